/* Compares the predictions of a time series with the simplest forecast: each value is that of the
 * row before. A series that changes slowly, and a table with several series of different levels,
 * have an r2 near 1 for this forecast already, so the rmse of always predicting the mean says
 * little about a model. */
#include <math.h>
#include <string.h>

#include "data/typed.h"
#include "evaluation/assessment.h"

/* Returns the index of the schema's column that has the target `name` of the row before; SIZE_MAX =
 * there is none. */
static size_t find_before(const plm_schema *s, const char *name)
{
    size_t i = 0;
    while (i < s->columns &&
           (s->column[i].lag != 1 || s->column[s->column[i].from].role != PLM_ROLE_TARGET ||
            strcmp(s->column[s->column[i].from].name, name) != 0))
        i++;
    return i < s->columns ? i : SIZE_MAX;
}

/* Returns the last known value before a row; NaN = there is none. c: the column of the row before.
 * i: its index in the schema. */
static double value_before(const plm_source *source, const plm_raw_column *c, size_t i, int64_t row)
{
    const plm_typed *t = source->state;
    if (row < 0 || row >= t->store.rows)
        return (double)NAN;
    return isnan(c->number[row]) ? plm_cell_carried(&source->schema->column[i], c, row)
                                 : c->number[row];
}

/* Returns the rmse of predicting the last known value before each row. NaN if the target is not a
 * number, or if its rows are not a series. A row without a known value before it is left out. */
double plm_assess_row_before(const plm_predicted *p, const plm_predicted_target *target,
                             const plm_data *d)
{
    const plm_source *source = d->source;
    if (!source->series || !source->schema || !source->state || target->classes > 0)
        return (double)NAN;
    const plm_typed *t = source->state;
    const size_t i = find_before(source->schema, target->name);
    if (i == SIZE_MAX || t->place[i] == SIZE_MAX)
        return (double)NAN;
    double square = 0, count = 0;
    for (int64_t k = 0; k < p->rows; k++) {
        const double x = value_before(source, &t->store.column[t->place[i]], i, p->row[k]),
                     error = x - target->wanted[k];
        if (!isfinite(x))
            continue;
        count++;
        square += (error * error - square) / count;
    }
    return count > 0 ? sqrt(square) : (double)NAN;
}
