/* history.csv: a row an epoch, in the words of plm_history and with the seconds. The file is made
 * of the rows that the model (or its checkpoint) knows; only the seconds come from the file of a
 * run that goes on. */
#ifndef PLM_CLI_HISTORY_H
#define PLM_CLI_HISTORY_H

#include "cli.h"

typedef struct {
    plm *w; /* writes the file */
    char *path;
    char *text; /* what the file must hold: a header and rows */
    size_t length, capacity;
    int columns;    /* of the header, without the seconds */
    double before;  /* seconds of the epochs before a resume */
    plm_file *file; /* open to add rows; NULL = not yet, or the file must be written whole */
    bool failed;    /* could not be written at last; reported */
} plm_cli_history;

/* An empty history; takes path over. Nothing is read or written. */
void plm_cli_history_new(plm_cli_history *h, plm *w, char *path);
/* Takes the rows of a run that goes on; seconds come from the file as it is. A file that holds
 * something else, or none, costs the seconds alone; one that cannot be read is an error. Returns
 * an exit code. */
int plm_cli_history_restore(plm_cli_history *h, const plm_history *rows);
/* Takes the rows of the file up to an epoch, as far as they are whole and in order. Returns an
 * exit code. */
int plm_cli_history_keep(plm_cli_history *h, int64_t epochs);
/* Writes the file, unless it holds already what it must hold. Returns an exit code. */
int plm_cli_history_write(plm_cli_history *h);
/* Adds the last of the rows. A row that cannot be written is written later, with all others. */
void plm_cli_history_add(plm_cli_history *h, const plm_history *rows, double seconds);
/* The run has another folder now: takes path over and writes the file there. */
int plm_cli_history_move(plm_cli_history *h, char *path);
/* Closes, and leaves the file as it is. */
void plm_cli_history_drop(plm_cli_history *h);
/* Closes. keep: the file is complete, or the error is reported and kept in failed; else it is
 * removed. */
void plm_cli_history_close(plm_cli_history *h, bool keep);

#endif
