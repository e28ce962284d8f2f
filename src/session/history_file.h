/* The file history.csv of a run: one row per epoch, with the columns of plm_history and the seconds
 * since the start. The rows come from the model or its checkpoint, not from an older file, so they
 * are reliable. Only the seconds of a resumed run come from its old file. */
#ifndef PLM_SESSION_HISTORY_FILE_H
#define PLM_SESSION_HISTORY_FILE_H

#include "base/text.h"

/* A history file. Set up by plm_history_file_new. */
typedef struct {
    plm *w;           /* runtime, which writes the file */
    const char *path; /* path of the file; borrowed */
    plm_text text;    /* the complete text of the file: a header and rows */
    int columns;      /* number of columns of the header, without the seconds */
    double before;    /* seconds that the epochs before a resume took */
    /* the file, open for appending; NULL = not open yet, or the whole file is to be written at the
     * end */
    plm_file *file;
    plm_status failed; /* below 0: status of the last attempt to write the whole file, which failed
                        * */
} plm_history_file;

/* Sets up an empty history. Nothing is read or written. path must outlive it. */
void plm_history_file_new(plm_history_file *h, plm *w, const char *path);
/* Takes over the rows of a resumed run; the seconds come from the existing file. If there is no
 * file, or if it holds something else, the seconds are unknown. A file that cannot be read is an
 * error. */
PLM_CHECKED plm_status plm_history_file_restore(plm_history_file *h, const plm_history *rows);
/* Takes over the rows of the existing file up to epoch `epochs`, stopping at a row that is
 * incomplete or out of order. */
PLM_CHECKED plm_status plm_history_file_keep(plm_history_file *h, int64_t epochs);
/* Writes the whole text to the file, unless the file holds it already, and opens it to append. */
PLM_CHECKED plm_status plm_history_file_write(plm_history_file *h);
/* Adds the last row of `rows`. seconds: since the start or the resume. If the row cannot be written
 * now, it is written when the file is closed. */
void plm_history_file_add(plm_history_file *h, const plm_history *rows, double seconds);
/* Writes the file to `path`, which must outlive h. To be called when the run has a new folder. */
PLM_CHECKED plm_status plm_history_file_move(plm_history_file *h, const char *path);
/* Closes the history without writing, and leaves the file as it is. */
void plm_history_file_drop(plm_history_file *h);
/* Closes the history. keep: writes the whole file if it is not complete; an error is returned and
 * also kept in h->failed. keep = false: removes the file. */
PLM_CHECKED plm_status plm_history_file_close(plm_history_file *h, bool keep);

#endif
