/* The heat maps of `train --watch`: what the doctor measures in each layer, over time, above the
 * redrawn line of the progress. */
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

/* Makes the picture anew, from all readings so far. On a terminal, lines and columns are those that
 * it has, and the progress has its place below; else they are as many as are needed, 79 columns
 * wide. */
void plm_cli_live_make(plm_cli_live *l);
/* Makes and prints it a last time on stderr. */
void plm_cli_live_end(plm_cli_live *l);
void plm_cli_live_free(plm_cli_live *l);

#endif
