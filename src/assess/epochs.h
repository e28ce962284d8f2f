/* Reads the history of a training: its columns by name, and its best epoch. Findings use it, and
 * all code that shows runs. */
#ifndef PLM_ASSESS_EPOCHS_H
#define PLM_ASSESS_EPOCHS_H

#include "plummet.h"

/* Returns the index of the column with this name; -1 = the history has no such column. */
int plm_epochs_column(const plm_history *h, const char *name);
/* Returns the index of the first column whose name begins with `start` and ends with `end`; -1 =
 * there is no such column. */
int plm_epochs_like(const plm_history *h, const char *start, const char *end);
/* Returns a value of the history; NaN if column is -1, or if there is no such row. */
double plm_epochs_value(const plm_history *h, int64_t row, int column);
/* Returns the row in which the column is smallest, or largest; -1 = the column has no finite value,
 * or column is -1. */
int64_t plm_epochs_best(const plm_history *h, int column, bool largest);

/* The metric that decides which epoch is the best one, whose weights are kept. */
typedef struct {
    char name[64]; /* the name of its column, such as val_loss, or another name of the metric */
    bool larger;   /* true = higher is better */
    double delta;  /* smaller changes are no improvement */
    int64_t first; /* number of first epochs that do not count */
} plm_epochs_monitor;

/* Returns the metric by which the epoch is chosen whose weights are kept: that of early_stopping
 * with restore_best_weights or of best_weights in `observers` (a key of run files; may be NULL). It
 * is val_loss if there is no such observer, or if its direction cannot be known from the text. */
plm_epochs_monitor plm_epochs_monitor_of(plm *w, const char *observers);
/* True if a value of this name in the logs is that of the metric. */
bool plm_epochs_monitors(const plm_epochs_monitor *m, const char *name);
/* Returns the row of the best epoch by that metric; by val_loss if the history lacks it. since:
 * number of first epochs that do not count, since a resume has changed what was measured
 * (plm_since). -1 = there was no validation. */
int64_t plm_epochs_kept(plm *w, const plm_history *h, const char *observers, int64_t since);
/* Returns the value of that metric in that row, negated if higher is better; infinity = there is
 * none. The metric is not replaced by val_loss. */
double plm_epochs_kept_value(plm *w, const plm_history *h, const char *observers, int64_t since);

#endif
