/* The columns by which rows are divided into groups, for row_groups.c. */
#ifndef PLM_DOCTOR_ROW_COLUMNS_H
#define PLM_DOCTOR_ROW_COLUMNS_H

#include "assess/importance.h"
#include "data/data.h"

/* The cells of an input column for the rows of predictions. */
typedef struct {
    const char *name; /* set by the caller */
    bool alike;       /* true = rows belong together only if their cells are equal, as words do */
    double *x; /* [rows] the number or date of a cell, or the number of its word; NaN = missing */
    int64_t *order;  /* [rows] the rows with a cell by rising x */
    int64_t filled;  /* length of order */
    int64_t missing; /* number of rows without a cell */
} plm_row_column;

/* Allocates the arrays of a column for `rows` rows. */
PLM_CHECKED plm_status plm_row_column_open(plm_row_column *c, plm_arena *a, int64_t rows);
/* Fills c with an input column of d. False = its cells cannot be compared, such as those of lagged
 * columns and long texts. g: the column; p: the rows, with their inputs. */
bool plm_row_column_fill(plm_row_column *c, const plm_data *d, const plm_input_group *g,
                         const plm_predicted *p);
/* Returns the text of a cell, or of the range of cells from `low` to `high`, in the arena: "Bonn",
 * "18 to 30". low, high: rows of p. NULL = no memory. */
const char *plm_row_column_text(const plm_row_column *c, const plm_data *d,
                                const plm_input_group *g, const plm_predicted *p, int64_t low,
                                int64_t high, plm_arena *a);

#endif
