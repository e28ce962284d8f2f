/* Keeps a table of the epochs of a training, and gives it to programs. It has a row for each epoch
 * and a column for each value that the fit has logged. A column may be added late, as the val_
 * values are if a second fit has validation data: its earlier rows are NaN. A resumed fit first
 * removes the rows after its checkpoint. The numbers are one array [rows][columns], so a new column
 * moves all of them. */
#include "model/history.h"

#include <math.h>
#include <string.h>

#include "model/model.h"

/* Adds a column to the table, with NaN in all rows. */
static plm_status add_column(plm_epochs *t, const char *name)
{
    const int columns = t->columns + 1;
    /* all memory is allocated before the table is changed, so that an error changes nothing */
    char **names = plm_allocate_array(t->w, (size_t)columns, sizeof *names);
    double *value =
        plm_allocate_array(t->w, (size_t)t->capacity * (size_t)columns + 1, sizeof *value);
    char *copy = plm_duplicate(t->w, name);
    if (names == NULL || value == NULL || copy == NULL) {
        plm_release(t->w, names);
        plm_release(t->w, value);
        plm_release(t->w, copy);
        return PLM_E_MEMORY;
    }
    /* copy the old rows; the new column has no values in them */
    for (int64_t row = 0; row < t->rows; row++) {
        memcpy(value + row * columns, t->value + row * t->columns,
               (size_t)t->columns * sizeof *value);
        value[row * columns + t->columns] = NAN;
    }
    if (t->columns > 0)
        memcpy(names, t->name, (size_t)t->columns * sizeof *names);
    names[t->columns] = copy;
    plm_release(t->w, t->name);
    plm_release(t->w, t->value);
    t->name = names;
    t->value = value;
    t->columns = columns;
    return PLM_OK;
}

/* Returns the index of the column of a metric; -1 = there is none. Column 0 is the epoch. */
static int column_of(const plm_epochs *t, const char *name)
{
    for (int i = 1; i < t->columns; i++)
        if (strcmp(t->name[i], name) == 0)
            return i;
    return -1;
}

/* Makes sure that one more row fits; doubles the capacity if it does not. */
static plm_status reserve(plm_epochs *t)
{
    if (t->rows < t->capacity)
        return PLM_OK;
    const int64_t capacity = t->capacity > 0 ? 2 * t->capacity : 16;
    const size_t columns = (size_t)t->columns;
    double *value = plm_allocate_array(t->w, (size_t)capacity * columns + 1, sizeof *value);
    if (value == NULL)
        return PLM_E_MEMORY;
    if (t->rows > 0)
        memcpy(value, t->value, (size_t)t->rows * columns * sizeof *value);
    plm_release(t->w, t->value);
    t->value = value;
    t->capacity = capacity;
    return PLM_OK;
}

/* Adds the row of an epoch (from 1), after columns for metrics that are new. log: [logs] the
 * epoch's metrics. Columns that are not in `log` get NaN. */
plm_status plm_epochs_add(plm_epochs *t, int64_t epoch, int logs, const plm_log *log)
{
    if (t->columns == 0)
        PLM_TRY(add_column(t, "epoch"));
    for (int i = 0; i < logs; i++)
        if (column_of(t, log[i].name) < 0)
            PLM_TRY(add_column(t, log[i].name));
    PLM_TRY(reserve(t));
    double *row = t->value + t->rows * t->columns;
    row[0] = (double)epoch;
    for (int i = 1; i < t->columns; i++)
        row[i] = NAN;
    for (int i = 0; i < logs; i++)
        row[column_of(t, log[i].name)] = log[i].value;
    t->rows++;
    return PLM_OK;
}

/* Removes the last rows, those of epochs after `epoch` (column 0). epoch == 0: frees the whole
 * table. */
void plm_epochs_cut(plm_epochs *t, int64_t epoch)
{
    while (t->rows > 0 && (epoch == 0 || t->value[(t->rows - 1) * t->columns] > (double)epoch))
        t->rows--;
    if (epoch > 0)
        return;
    for (int i = 0; i < t->columns; i++)
        plm_release(t->w, t->name[i]);
    plm_release(t->w, t->name);
    plm_release(t->w, t->value);
    *t = (plm_epochs){.w = t->w};
}

/* Replaces the table by the table of a checkpoint: adds the columns one by one, then copies the
 * rows. names: one name on each line. value: [rows][columns]. */
plm_status plm_epochs_set(plm_epochs *t, const char *names, int columns, int64_t rows,
                          const double *value)
{
    plm_epochs_cut(t, 0);
    for (const char *at = names; t->columns < columns; at += *at == '\n') {
        char name[256];
        const size_t length = strcspn(at, "\n");
        if (length == 0 || length >= sizeof name)
            return PLM_E_FORMAT;
        memcpy(name, at, length);
        name[length] = '\0';
        PLM_TRY(add_column(t, name));
        at += length;
    }
    for (int64_t row = 0; row < rows; row++) {
        PLM_TRY(reserve(t));
        memcpy(t->value + row * columns, value + row * columns, (size_t)columns * sizeof *value);
        t->rows++;
    }
    return PLM_OK;
}

/* Appends the names of the columns to `out`, one on each line, for a checkpoint. */
void plm_epochs_names(const plm_epochs *t, plm_text *out)
{
    for (int i = 0; i < t->columns; i++)
        plm_text_format(out, "%s%s", i > 0 ? "\n" : "", t->name[i]);
}

/* Describes the history of a model. Gives pointers into the table, not copies, so they are valid
 * until the next epoch. */
plm_status plm_model_history(const plm_model *m, plm_history *out)
{
    if (m == NULL || out == NULL)
        return plm_fail(m != NULL ? m->w : NULL, PLM_E_ORDER, "plm_model_history",
                        "give a model and a plm_history to fill", "an argument is NULL");
    const plm_epochs *t = &m->epochs;
    *out = (plm_history){.rows = t->rows,
                         .columns = t->columns,
                         .name = (const char *const *)t->name,
                         .value = t->value};
    return PLM_OK;
}
