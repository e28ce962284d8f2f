/* Writes the result of a training as text and as JSON. */
#ifndef PLM_SHOW_RESULT_H
#define PLM_SHOW_RESULT_H

#include "session/training.h"
#include "show/screen.h"

/* Appends the result as a table: the metrics of the saved weights, the time, and the reason why the
 * training ended. */
void plm_result_text(const plm_run_training *t, plm_screen screen, plm_text *out);
/* Appends what the user can do next, without a newline: how to resume a training that was stopped,
 * or why a resumed one had nothing left to do; or nothing. verb: name of the command, such as
 * "train". failed: the training ended by an error. full: the error is that the disk is full. */
void plm_result_advice(const plm_run_training *t, const char *verb, bool failed, bool full,
                       plm_text *out);
/* Appends the result as a line with one JSON object. status: "finished", "diverged", ... */
void plm_result_json(const plm_run_training *t, const char *status, plm_text *out);

#endif
