/* Shows the progress of a fit on stderr. On a terminal, one line is redrawn while an epoch runs.
 * After each epoch one line is printed and stays; in a file or a pipe only these lines are printed.
 * */
#ifndef PLM_CLI_PROGRESS_H
#define PLM_CLI_PROGRESS_H

#include "live.h"
#include "show/epoch_line.h"

/* The progress of a fit. */
typedef struct {
    plm_screen screen;
    bool quiet;         /* print nothing */
    plm_cli_live *live; /* the picture above the redrawn line; NULL = none */
    bool drawn;         /* true = the redrawn line is on the terminal, without a newline */
    int above;          /* lines of the picture above it */
    /* when the line was last redrawn, in seconds since the fit began; -1 = never */
    double drawn_at;
    plm_epoch_lines lines;
} plm_cli_progress;

/* Makes the progress of a fit. batch: number of rows of a batch, from which the number of batches
 * is computed. */
plm_cli_progress plm_cli_progress_new(bool quiet, int64_t batch);
/* Called after a batch: redraws the line, at most 10 times a second. */
void plm_cli_progress_batch(plm_cli_progress *p, const plm_event *e);
/* Called after an epoch: prints its line. */
void plm_cli_progress_epoch(plm_cli_progress *p, const plm_event *e);
/* Clears the redrawn line, so that something else can be printed. */
void plm_cli_progress_clear(plm_cli_progress *p);

#endif
