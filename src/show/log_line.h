/* Makes the line of metrics that is printed for a finished epoch. The metrics are chosen once for a
 * run, so that all lines have the same columns. */
#ifndef PLM_SHOW_LOG_LINE_H
#define PLM_SHOW_LOG_LINE_H

#include "plummet_run.h"
#include "show/screen.h"

/* The columns of the line. */
typedef struct {
    uint64_t names; /* hash of the names for which the columns were chosen; 0 = not chosen yet */
    /* [count] indices of the logs that are printed, in ascending order */
    int count, shown[PLM_RUN_MAX_LOGS];
    int digits;         /* max width of a number; 0 = no limit */
    bool seconds, rate; /* true = they are printed */
    int left_out;       /* number of logs that are not shown */
} plm_log_line;

/* Chooses the columns for the names of logs and a width (0 = no limit). By descending importance:
 * the loss, the validation loss, a validation metric, the same metric on the training rows, the
 * next validation metric, ... epoch: width of the text before the metrics. True if the names are
 * new; otherwise nothing changes. */
bool plm_log_line_choose(plm_log_line *l, int width, int epoch, int logs, const plm_log *log);
/* Appends the metrics, a star if this is the best epoch so far, and seconds and rows per second if
 * the line has them. */
void plm_log_line_add(const plm_log_line *l, plm_screen s, const plm_log *log, bool best,
                      double seconds, double rate, plm_text *out);
/* True for a value that is in history.csv and --json, but not in the lines of the epochs: the
 * gradient norm and the share of the penalty. */
bool plm_log_is_background(const char *name);
/* Returns how many of the event's logs the lines of the epochs print; these are the first ones. Not
 * printed are gradient_norm, penalty_share and a learning rate that is constant. */
int plm_log_shown(const plm_event *e);
/* Returns the importance of a metric; the lowest number is the most important. k: its index among
 * the training or among the validation metrics. */
int plm_log_rank(const char *name, int k);
/* Writes a number in at most `digits` characters (6 or more; 0 = as plm_metric_text) into
 * out[room]. */
void plm_log_number(char *out, size_t room, double value, int digits);
/* Writes a rate in rows per second, such as "12.3k/s"; "" if it is unknown. */
void plm_log_rate(char *out, size_t room, double rate);

#endif
