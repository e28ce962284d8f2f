/* Makes the lines that a fit prints: one line is redrawn after each batch, and another line is
 * printed after each epoch and stays. */
#ifndef PLM_SHOW_EPOCH_LINE_H
#define PLM_SHOW_EPOCH_LINE_H

#include "assess/epochs.h"
#include "show/log_line.h"

/* The state that all lines of a fit share. Zero-initialise it, then set best to INFINITY. */
typedef struct {
    const char *unit;   /* word for an epoch; NULL = "epoch" */
    int64_t batch;      /* rows of a batch, to count batches */
    double epoch_began; /* when the epoch began, in seconds since the fit began */
    /* the best value so far of the metric that decides the best epoch; negated if larger values of
     * it are better */
    double best;
    /* the metric that decides the best epoch (plm_epochs_monitor_of); "" = val_loss */
    plm_epochs_monitor monitor;
    plm_log_line columns; /* columns of the lines that epochs leave */
    bool brief;           /* true = the screen is narrow, so write " 4/100" instead of "epoch
                           * 4/100" */
} plm_epoch_lines;

/* Appends the line of a batch, without a line end: epoch, progress bar, batches, remaining time,
 * rate and metrics. The least important parts are left out, so that the line is narrower than the
 * screen. */
void plm_batch_line_add(const plm_epoch_lines *p, plm_screen s, const plm_event *e, plm_text *out);
/* Records a finished epoch; must be called even if its line is not printed. True if it is the best
 * epoch so far. *seconds: duration of the epoch. */
bool plm_epoch_lines_take(plm_epoch_lines *p, const plm_event *e, double *seconds);
/* Chooses the columns of the lines, at the first epoch and whenever the set of metrics changes.
 * Returns the number of metrics that have no column; 0 = nothing was chosen, or all metrics have a
 * column. */
int plm_epoch_lines_choose(plm_epoch_lines *p, plm_screen s, const plm_event *e);
/* Appends the line of an epoch. best, seconds: results of plm_epoch_lines_take. */
void plm_epoch_line_add(const plm_epoch_lines *p, plm_screen s, const plm_event *e, bool best,
                        double seconds, plm_text *out);

#endif
