/* The progress of a fit on stderr: one line redrawn on a terminal, one plain line an epoch
 * elsewhere. */
#ifndef PLM_CLI_PROGRESS_H
#define PLM_CLI_PROGRESS_H

#include "log_line.h"

typedef struct {
    plm_cli_screen screen;
    bool quiet;
    const char *unit;         /* what the passes are called; NULL = "epoch" */
    bool drawn;               /* a line without an end stands on the terminal */
    bool brief;               /* " 4/100" for "epoch  4/100", since the terminal is narrow */
    plm_cli_log_line columns; /* of the lines that epochs leave */
    int64_t batch;            /* rows of a batch, to count steps */
    double drawn_at;          /* seconds since the fit began */
    double epoch_began;       /* the same */
    double best;              /* lowest val_loss so far */
} plm_cli_progress;

plm_cli_progress plm_cli_progress_new(bool quiet, int64_t batch);
/* After a batch: redraws at most 10 times a second. */
void plm_cli_progress_batch(plm_cli_progress *p, const plm_event *e);
/* After an epoch: its finished line. */
void plm_cli_progress_epoch(plm_cli_progress *p, const plm_event *e);
/* Takes a half-drawn line away, before something else is printed. */
void plm_cli_progress_clear(plm_cli_progress *p);

#endif
