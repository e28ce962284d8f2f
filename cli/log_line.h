/* The line of figures that a finished epoch leaves: which of its figures are shown is chosen
 * once for a run, so that every line has the same columns. */
#ifndef PLM_CLI_LOG_LINE_H
#define PLM_CLI_LOG_LINE_H

#include "output.h"

enum { PLM_CLI_LOGS = PLM_RUN_MAX_LOGS };

typedef struct {
    uint64_t names;                 /* a hash of the names that it was chosen for; 0 = none yet */
    int count, shown[PLM_CLI_LOGS]; /* indices of the logs, in their order */
    int digits;                     /* letters of a figure at most; 0 = as many as it takes */
    bool seconds, rate;
    int left_out;
} plm_cli_log_line;

/* Chooses for the names of logs and a width (0 = no limit): the loss first, then that of the
 * validation, a metric of the validation, the same of the training, the next metric, ...
 * `epoch` = letters before the figures. Returns whether the names are new. */
bool plm_cli_log_line_choose(plm_cli_log_line *l, int width, int epoch, int logs,
                             const plm_log *log);
/* Prints the figures, a star for the best epoch so far, and seconds and rows a second where
 * they fit. */
void plm_cli_log_line_print(const plm_cli_log_line *l, FILE *f, const plm_log *log, bool best,
                            double seconds, double rate);
/* How important a figure is; 1 = most. k: which of its half, training or validation, it is. */
int plm_cli_log_rank(const char *name, int k);
/* A figure in at most `digits` letters (6 or more), 0 = as plm_cli_figure shows it. */
void plm_cli_log_figure(char *out, size_t room, double value, int digits);
/* "12.3k/s"; "" = unknown. */
void plm_cli_log_rate(char *out, size_t room, double rate);

#endif
