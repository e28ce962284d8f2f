/* A training in memory as part of a document, and back. Internal to train/.
 *
 * To the tensors of the model come training/NAME/PARAMETER (vectors of the optimizer, the
 * average, gathered gradients, weights that observers keep) and some of numbers, float64:
 *   training/numbers         see plm_snapshot_number
 *   training/rate            the learning rate of the last step
 *   training/gathered_batches  how many batches the gathered gradients are of
 *   training/end             see plm_snapshot_end_number
 *   training/epoch           within an epoch: its batches and its sums so far
 *   training/scores/I/K      within an epoch: predictions of the I-th metric, see snapshot_scores.c
 *   training/history         a row for each epoch
 *   training/observer/K      what the K-th observer remembers
 * and of text, bytes: training/stopped_by, training/observers (kinds), training/history_names,
 * training/facts and training/run (same_run.c).
 * The shuffle and all noise are functions of seed, epoch and step: nothing else has to be kept. */
#ifndef PLM_TRAIN_SNAPSHOT_H
#define PLM_TRAIN_SNAPSHOT_H

#include "model/document.h"
#include "train/run.h"

#define PLM_SNAPSHOT_GATHERED PLM_DOCUMENT_TRAINING "gathered_batches"

/* What training/numbers holds, in this order. */
typedef enum {
    PLM_SNAPSHOT_EPOCH,
    PLM_SNAPSHOT_STEP,
    PLM_SNAPSHOT_UPDATES,
    PLM_SNAPSHOT_FORCED_RATE,
    PLM_SNAPSHOT_STATE,
    PLM_SNAPSHOT_NUMBERS = PLM_SNAPSHOT_STATE + 4
} plm_snapshot_number;

/* What training/end holds: 1 = the fit ended, epochs asked for, the best epoch. */
typedef enum {
    PLM_SNAPSHOT_ENDED,
    PLM_SNAPSHOT_ASKED,
    PLM_SNAPSHOT_BEST,
    PLM_SNAPSHOT_ENDS
} plm_snapshot_end_number;

/* A vector of a training. */
typedef struct {
    char name[32];
    plm_real *vector;
    bool whole; /* covers frozen and state parameters, too */
} plm_snapshot_vector;

/* The vectors of the optimizer and of the training itself, at most PLM_SNAPSHOT_OWN; returns how
 * many there are. batches: within an epoch. */
enum { PLM_SNAPSHOT_OWN = PLM_SLOTS + 3 };
int plm_snapshot_own(const plm_training *t, bool batches, plm_snapshot_vector *list);
/* Copies the sums of the epoch so far to `at` (out) or from it; at NULL = only counts them.
 * Returns how many numbers they are. */
size_t plm_snapshot_sums(plm_training *t, double *at, bool out);

/* Makes a document of the model and its training. Open d with {.arena = {.w = w}}. */
PLM_CHECKED plm_status plm_snapshot_take(plm_run *r, plm_document *d);
/* Keeps in r what makes this fit the one it is (same_run.c). */
PLM_CHECKED plm_status plm_same_run_note(plm_run *r, const plm_fit_options *o,
                                         const plm_data_info *info);
/* Holds it against a checkpoint: E_FORMAT for another net, E_SPEC for another run, else warnings;
 * none where the fit is over, and its rows do not matter any more. */
PLM_CHECKED plm_status plm_same_run_check(plm_run *r, const plm_document *d, const char *path,
                                          bool over);
/* Puts model and training back; r->first_epoch and r->skip tell where to go on, r->state how the
 * fit had ended. path: for messages. The model must be the same net. */
PLM_CHECKED plm_status plm_snapshot_restore(plm_run *r, const plm_document *d, const char *path);
/* How far the fit had come, without a model. */
PLM_CHECKED plm_status plm_snapshot_about(plm *w, const plm_document *d, const char *path,
                                          plm_fit_result *out);

#endif
