/* Shows the progress of a fit on stderr. On a terminal, one line is redrawn while an epoch runs.
 * Each epoch leaves one line, also in a file or a pipe. */
#ifndef PLM_CLI_PROGRESS_H
#define PLM_CLI_PROGRESS_H

#include "live.h"
#include "log_line.h"

/* The progress of a fit. */
typedef struct {
    plm_cli_screen screen;
    bool quiet;         /* print nothing */
    const char *unit;   /* word for an epoch; NULL = "epoch" */
    plm_cli_live *live; /* a picture above the redrawn line; NULL = none */
    bool drawn;         /* the redrawn line is on the terminal, without a line end */
    int above;          /* lines of the picture above it */
    bool brief;         /* the terminal is narrow, so print " 4/100" instead of "epoch  4/100" */
    plm_cli_log_line columns; /* columns of the lines that epochs leave */
    int64_t batch;            /* number of rows of a batch, to count batches */
    /* when the line was last redrawn, in seconds since the fit began; -1 = never */
    double drawn_at;
    double epoch_began; /* when the epoch began, in seconds since the fit began */
    double best;        /* lowest val_loss so far */
} plm_cli_progress;

/* batch: rows of a batch, to count batches. */
plm_cli_progress plm_cli_progress_new(bool quiet, int64_t batch);
/* Called after a batch: redraws the line, at most 10 times a second. */
void plm_cli_progress_batch(plm_cli_progress *p, const plm_event *e);
/* Called after an epoch: prints its line. */
void plm_cli_progress_epoch(plm_cli_progress *p, const plm_event *e);
/* Clears the redrawn line, so that something else can be printed. */
void plm_cli_progress_clear(plm_cli_progress *p);

#endif
