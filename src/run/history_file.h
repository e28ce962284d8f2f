/* history.csv: a row an epoch, in the words of plm_history and with the seconds. The file is made
 * of the rows that the model (or its checkpoint) knows; only the seconds come from the file of a
 * run that goes on. */
#ifndef PLM_RUN_HISTORY_FILE_H
#define PLM_RUN_HISTORY_FILE_H

#include "base/text.h"

typedef struct {
    plm *w;            /* writes the file */
    const char *path;  /* borrowed */
    plm_text text;     /* what the file must hold: a header and rows */
    int columns;       /* of the header, without the seconds */
    double before;     /* seconds of the epochs before a resume */
    plm_file *file;    /* open to add rows; NULL = not yet, or the file must be written whole */
    plm_status failed; /* below 0: it could not be written at last */
} plm_history_file;

/* An empty history. Nothing is read or written. */
void plm_history_file_new(plm_history_file *h, plm *w, const char *path);
/* Takes the rows of a run that goes on; seconds come from the file as it is. A file that holds
 * something else, or none, costs the seconds alone; one that cannot be read is an error. */
PLM_CHECKED plm_status plm_history_file_restore(plm_history_file *h, const plm_history *rows);
/* Takes the rows of the file up to an epoch, as far as they are whole and in order. */
PLM_CHECKED plm_status plm_history_file_keep(plm_history_file *h, int64_t epochs);
/* Writes the file, unless it holds already what it must hold. */
PLM_CHECKED plm_status plm_history_file_write(plm_history_file *h);
/* Adds the last of the rows. A row that cannot be written is written later, with all others. */
void plm_history_file_add(plm_history_file *h, const plm_history *rows, double seconds);
/* The run has another folder now: writes the file there. */
PLM_CHECKED plm_status plm_history_file_move(plm_history_file *h, const char *path);
/* Closes, and leaves the file as it is. */
void plm_history_file_drop(plm_history_file *h);
/* Closes. keep: the file is complete, or the error is returned and kept in failed; else it is
 * removed. */
PLM_CHECKED plm_status plm_history_file_close(plm_history_file *h, bool keep);

#endif
