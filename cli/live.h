/* The heat maps of `train --watch`, above the redrawn progress line. They show the doctor's
 * measurements of each layer over time. */
#ifndef PLM_CLI_LIVE_H
#define PLM_CLI_LIVE_H

#include "output.h"
#include "session/training.h"

/* The picture of a training. Zero-initialise it; free it with plm_cli_live_free. */
typedef struct {
    const plm_run_training *training; /* NULL = nothing is shown */
    char *text;                       /* as it was made last; NULL = nothing yet */
    int lines;                        /* number of lines of the text */
} plm_cli_live;

/* Makes the picture again from all measurements so far. On a terminal it fits the size of the
 * terminal, with space for the progress below; in a file or a pipe it is 79 columns wide and as
 * high as needed. */
void plm_cli_live_make(plm_cli_live *l);
/* Makes the picture a last time, and prints it on stderr. */
void plm_cli_live_end(plm_cli_live *l);
void plm_cli_live_free(plm_cli_live *l);
/* Prints the picture for the measurements of a diagnosis on stdout, and an empty line; nothing
 * if nothing was measured. On a terminal, some lines are left free for the findings below the
 * picture. */
void plm_cli_live_print(plm *w, const plm_diagnosis *d);

#endif
