/* A CSV file to which an observer adds rows during a fit. Internal to train/. */
#ifndef PLM_TRAIN_LOG_FILE_H
#define PLM_TRAIN_LOG_FILE_H

#include "base/stream.h"
#include "base/text.h"

/* The file. Zero-initialise it, then set w, path and separator. */
typedef struct {
    plm *w;
    const char *path, *separator; /* path of the file; text between the columns; both borrowed */
    plm_file *file;               /* open to add rows; NULL = not opened yet */
    /* true = this fit, or the one that it resumes, has written the file */
    bool known;
} plm_log_file;

/* Appends a row of `count` names to a text. */
void plm_log_names(const plm_log_file *f, int count, const char *const *name, plm_text *out);
/* Appends a row of `count` numbers to a text. */
void plm_log_numbers(const plm_log_file *f, int count, const double *value, plm_text *out);
/* Makes the folder of a file that an observer is going to write, and checks that the file can be
 * written, so that an error comes before the first step. */
PLM_CHECKED plm_status plm_log_prepare(plm *w, const char *path);
/* Opens the file to add rows. */
PLM_CHECKED plm_status plm_log_open(plm_log_file *f);
/* Adds a row of `count` numbers to the open file, so that programs that watch the file see it at
 * once. */
PLM_CHECKED plm_status plm_log_add(const plm_log_file *f, int count, const double *value);
/* Frees an observer that begins with a plm_log_file (plm_observer.free). A file that is still open
 * belongs to a fit that ended by an error; the rows that were added stay in it. */
void plm_log_release(void *self);

#endif
