/* history.csv: a row an epoch. */
#ifndef PLM_CLI_HISTORY_H
#define PLM_CLI_HISTORY_H

#include "cli.h"

typedef struct {
    FILE *f;
    char *path;
    char *header;  /* the first line; NULL = not written yet */
    double before; /* seconds of the epochs before a resume */
    bool failed;   /* could not be written; reported already */
} plm_cli_history;

/* Begins a new history; takes path over. Returns an exit code. */
int plm_cli_history_open(plm_cli_history *h, char *path);
/* Goes on with one, if there is one: rows of later epochs than `epochs` are cut away. Takes path
 * over. */
int plm_cli_history_go_on(plm_cli_history *h, char *path, int64_t epochs);
/* Writes a row; the columns are those of the first one. */
void plm_cli_history_row(plm_cli_history *h, int64_t epoch, double seconds, int logs,
                         const plm_log *log);
/* Closes; an error is reported and kept in failed, unless the file is of no use any more. */
void plm_cli_history_close(plm_cli_history *h, bool discard);

#endif
