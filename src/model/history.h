/* A table with the metrics of the epochs of a training. It grows by a row with each epoch, and by a
 * column when a later fit measures a new metric. Internal. */
#ifndef PLM_MODEL_HISTORY_H
#define PLM_MODEL_HISTORY_H

#include "base/text.h"

/* The table. Zero-initialise it, then set w. The first column is "epoch", counted from 1. NaN = not
 * measured. */
typedef struct {
    plm *w;
    char **name;            /* [columns] */
    double *value;          /* [rows][columns] */
    int64_t rows, capacity; /* number of rows; number of rows for which `value` has memory */
    int columns;
} plm_epochs;

/* Adds the row of an epoch (from 1). log: [logs] its metrics. After an error no row was added. */
PLM_CHECKED plm_status plm_epochs_add(plm_epochs *t, int64_t epoch, int logs, const plm_log *log);
/* Removes the rows after an epoch. 0 = removes all rows and all columns. */
void plm_epochs_cut(plm_epochs *t, int64_t epoch);
/* Replaces the table.
 * names: the names of the columns, separated by line feeds.
 * value: [rows][columns].
 * Errors: E_FORMAT for an empty or too long name. */
PLM_CHECKED plm_status plm_epochs_set(plm_epochs *t, const char *names, int columns, int64_t rows,
                                      const double *value);
/* Adds the names of the columns to out, separated by line feeds. */
void plm_epochs_names(const plm_epochs *t, plm_text *out);

#endif
