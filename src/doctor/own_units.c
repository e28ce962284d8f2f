/* Converts facts about the rows to the units of the user's table. A table with words or gaps is
 * encoded by a schema, which standardizes its numbers; in messages they must look as in the file.
 */
#include <math.h>

#include "data/source.h"
#include "doctor/facts.h"
#include "table/schema.h"

/* Returns the index of the first value of an input column of the schema among the columns of the
 * facts: those of the first input come before those of the second. */
static int64_t first_value(const plm_schema *s, size_t column)
{
    const int part = plm_schema_part(s, column);
    int64_t at = 0;
    for (size_t i = 0; i < s->columns; i++) {
        if (s->column[i].role != PLM_ROLE_INPUT)
            continue;
        const int other = plm_schema_part(s, i);
        if (other < part || (other == part && i < column))
            at += (int64_t)plm_column_width(&s->column[i]);
    }
    return at;
}

/* True if the first value of a column is its number less `center`, divided by `deviation`. */
static bool is_standardized(const plm_column *c)
{
    const bool linear = c->scaling == PLM_SCALE_STANDARD || c->scaling == PLM_SCALE_MIN_MAX;
    return c->encoding == PLM_ENCODE_STANDARDIZE && linear && c->deviation > 0;
}

/* Sets the units of all columns that the schema standardizes. */
void plm_facts_take_units(const plm_data *d, plm_data_facts *f)
{
    const plm_schema *s = d->source->schema;
    for (size_t i = 0; s != NULL && i < s->columns; i++) {
        const plm_column *c = &s->column[i];
        const int64_t at = c->role == PLM_ROLE_INPUT ? first_value(s, i) : f->columns;
        if (at >= f->columns || !is_standardized(c))
            continue;
        f->column[at].center = c->center;
        f->column[at].unit = c->deviation;
    }
    const plm_column *target = s != NULL ? plm_schema_target(s, 0) : NULL;
    if (target == NULL || !is_standardized(target))
        return;
    f->target_center = target->center;
    f->target_unit = target->deviation;
}

/* Returns a standardized value in the user's units. A 0 remains as a tiny number, since
 * standardized values are rounded to single precision. */
static double own(double center, double unit, double value)
{
    const double x = center + unit * value;
    if (!(unit > 0))
        return value;
    return fabs(x) < 1e-6 * unit ? 0 : x;
}

double plm_column_own(const plm_data_column *c, double value)
{
    return own(c->center, c->unit, value);
}

double plm_column_own_deviation(const plm_data_column *c, double deviation)
{
    return c->unit > 0 ? c->unit * deviation : deviation;
}

double plm_target_own(const plm_data_facts *d, double value)
{
    return own(d->target_center, d->target_unit, value);
}
