/* A column of a table that is copied to the predictions, such as a customer number. */
#ifndef PLM_EVALUATION_ID_COLUMN_H
#define PLM_EVALUATION_ID_COLUMN_H

#include "data/cells.h"
#include "data/typed.h"
#include "run/job.h"
#include "evaluation/source.h"

/* The column. Its cells come from the table in memory if the data has types; if the data is
 * csv(...), the file is read a second time, row by row, in parallel with the predictions.
 * Zero-initialise it. */
typedef struct {
    const char *name; /* its title; borrowed from the settings */
    const char *file; /* for messages */
    plm_cells cells;
    const plm_typed *typed; /* the table in memory; NULL = read `cells` from the file */
    int64_t row;            /* of `typed`: the next one */
    plm_text text;          /* its cell */
    size_t index;           /* of the column */
    /* If the table has several series, the column of their times is copied, too. also: its title;
     * NULL = there is no such column. */
    const char *also;
    size_t also_index;
    plm_text also_text;
} plm_id_column;

/* Opens the column with this name (or number: "0", "-1" = the last) in the table that was opened as
 * the job's data. name = NULL: the column that is an id in the model's schema; *found = false if
 * the table has no such column. Errors: E_SPEC for data that is neither a file nor a table in
 * memory with all its rows, and for a column that does not exist. */
PLM_CHECKED plm_status plm_id_column_open(plm_id_column *c, plm_job *j, plm_settings *s,
                                          const plm_job_table *t, const char *name, bool *found);
/* Sets *cell to the text of the column in the next row, and *also to the text of the time column,
 * NULL = there is no time column. Both are valid until the next call. */
PLM_CHECKED plm_status plm_id_column_next(plm_id_column *c, const char **cell, const char **also);
/* Closes the file. */
void plm_id_column_close(plm_id_column *c);

#endif
