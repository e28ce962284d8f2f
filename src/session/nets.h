/* A run of several nets (key nets). Each net starts from other weights, reads the rows in another
 * order and, if the validation is a split, holds out another part of the rows. The nets are trained
 * side by side and become one model, whose outputs are the means of their outputs. */
#ifndef PLM_SESSION_NETS_H
#define PLM_SESSION_NETS_H

#include "session/training.h"

typedef struct plm_run_nets plm_run_nets;

/* Returns the number of nets of a run; 1 if the key nets is not set. */
int plm_run_nets_count(const plm_settings *s);
/* If the run has several nets, makes them and sets t->nets. The job must be built. Errors: E_SPEC
 * for keys that cannot be used with several nets. */
PLM_CHECKED plm_status plm_run_nets_build(plm_run_training *t);
/* Trains all nets. on: nets that have a checkpoint continue from it. Errors are recorded on the
 * runtime of t->job. */
PLM_CHECKED plm_status plm_run_nets_fit(plm_run_training *t, bool on);
/* Returns the job of the first net whose fit failed, and sets *index to its number, from 0, and
 * *epochs to the number of epochs that it has finished; NULL = none failed. (nets_end.c) */
const plm_job *plm_run_nets_failed(const plm_run_nets *n, int *index, int64_t *epochs);
/* Calibrates the nets, if the run has the key calibrate, and replaces the model of t->job by a
 * model that averages all nets. If the run has one net, it is only calibrated. (nets_end.c) */
PLM_CHECKED plm_status plm_run_nets_join(plm_run_training *t);
/* Checks the key calibrate. E_SPEC if the nets cannot be calibrated: there is no validation, or
 * they are not classifiers. (nets_end.c) */
PLM_CHECKED plm_status plm_run_calibrate_check(plm_run_training *t);
/* Sets the metrics of the training to the means over the nets, each measured with the weights that
 * the net kept. (nets_end.c) */
void plm_run_nets_metrics(plm_run_training *t);
/* Writes which epochs the weights come from, such as "of epochs 24, 31, 17, the best of each net";
 * "" = all come from the last epoch. (nets_end.c) */
void plm_run_nets_weights(const plm_run_nets *n, char *out, size_t capacity);
/* Frees them; NULL is fine. */
void plm_run_nets_free(plm_run_nets *n);
/* Returns the history of the run: for each epoch, the means over the nets. */
plm_history plm_run_nets_history(const plm_run_nets *n);

#endif
