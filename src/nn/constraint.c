/* Constraints on parameters. They are enforced after each update, but not on the initial values, as
 * in Keras. Norms are taken along axis 0 unless the key axis gives another axis: in a kernel
 * [fan_in, units], each unit has the norm of its incoming weights.
 *
 * A constraint computes a factor for each part of a parameter (such as a column) from the norm of
 * the part; constraint_norm.c finds the parts and applies the factors. */
#include <math.h>

#include "kernel/per_isa.h"
#include "nn/penalty.h"

static const double TINY = 1e-7; /* number added to norms before a division, as in Keras */

/* Settings of all constraints with a norm. max_value, min_value: bounds of the norm. rate: fraction
 * of the distance to the bounds by which a norm is moved (into_range). axis: the axes along which
 * norms are computed. */
typedef struct {
    /* max_value, min_value: bounds of a norm. rate: fraction of the distance to the bounds by which
     * a norm is moved. */
    double max_value, min_value, rate;
    plm_ints axis; /* axes along which a norm is taken */
} limits;

/* Each of the next functions returns the factor that multiplies elements whose norm is `norm`. */

/* Reduces a norm above max_value to max_value. (Keras multiplies a smaller norm n by n / (eps + n),
 * which is 1 except for rounding.) */
static double below_max(const void *config, double norm)
{
    const limits *c = config;
    return norm > c->max_value ? c->max_value / (TINY + norm) : 1;
}

/* Returns the factor that makes the norm 1. */
static double to_unit(const void *config, double norm)
{
    (void)config;
    return 1.0 / (TINY + norm);
}

/* Moves the norm towards the range from min_value to max_value, by the fraction `rate` of the
 * distance: 1 = into the range, 0 = not at all. */
static double into_range(const void *config, double norm)
{
    const limits *c = config;
    const double clipped = norm < c->min_value   ? c->min_value
                           : norm > c->max_value ? c->max_value
                                                 : norm;
    return (c->rate * clipped + (1.0 - c->rate) * norm) / (TINY + norm);
}

/* Sets negative elements to 0. A choice for each element, and not a branch, lets the compiler use
 * vectors; signs of weights cannot be predicted. */
static void make_positive(const plm_constraint *c, plm_real *p)
{
    plm_real *x = p + c->weight->offset;
    for (size_t i = 0; i < PLM_WHOLE(c->weight->size); i++)
        x[i] = x[i] >= 0 ? x[i] : 0;
}

#define AXIS_FIELD                                                                                 \
    PLM_FIELD(limits, axis, PLM_INTS, "0", -2, 1,                                                  \
              "axes of the norm: 0 = the weights into each unit, 1 = the weights out of each "     \
              "input, [0, 1] = all weights")
static const plm_field max_fields[] = {
    PLM_FIELD(limits, max_value, PLM_REAL, "2", 0, 1e30, "maximum norm"), AXIS_FIELD, {0}};
static const plm_field unit_fields[] = {AXIS_FIELD, {0}};
static const plm_field between_fields[] = {
    PLM_FIELD(limits, min_value, PLM_REAL, "0", 0, 1e30, "minimum norm"),
    PLM_FIELD(limits, max_value, PLM_REAL, "1", 0, 1e30, "maximum norm"),
    PLM_FIELD(limits, rate, PLM_REAL, "1", 0, 1,
              "fraction of the distance by which a norm moves into the range: 1 = all of it"),
    AXIS_FIELD,
    {0}};

const plm_constraint_kind plm_constraint_max_norm = {
    .kind = {.name = "max_norm",
             .alias = "MaxNorm",
             .help = "limits the norm of each unit's weights",
             .formula = "w clip(|w|, 0, max_value) / |w|",
             .notes =
                 "It limits weights without pulling them to zero, and works well with dropout.",
             .source = "Srebro and Shraibman, Rank, trace-norm and max-norm, 2005",
             .config_size = sizeof(limits),
             .fields = max_fields},
    .factor = below_max};
const plm_constraint_kind plm_constraint_non_neg = {
    .kind = {.name = "non_neg",
             .alias = "NonNeg",
             .help = "sets weights below zero to zero",
             .formula = "max(w, 0)"},
    .apply = make_positive};
const plm_constraint_kind plm_constraint_unit_norm = {
    .kind = {.name = "unit_norm",
             .alias = "UnitNorm",
             .help = "scales each unit's weights to norm 1",
             .formula = "w / |w|",
             .config_size = sizeof(limits),
             .fields = unit_fields},
    .factor = to_unit};
const plm_constraint_kind plm_constraint_min_max_norm = {
    .kind = {.name = "min_max_norm",
             .alias = "MinMaxNorm",
             .help = "keeps the norm of each unit's weights between two bounds",
             .formula = "w (rate clip(|w|, min_value, max_value) + (1 - rate) |w|) / |w|",
             .config_size = sizeof(limits),
             .fields = between_fields},
    .factor = into_range};

/* ---- binding ---- */

/* Determines along which axes of a parameter, seen as a matrix, norms are computed. A vector
 * counts as one column. Errors: an axis that the parameter does not have, or an axis that is
 * named twice. */
static plm_status take_axes(plm *w, plm_constraint *c)
{
    const plm_ints *axis = &((const limits *)c->config)->axis;
    bool taken[2] = {false, false};
    for (int i = 0; i < axis->count; i++) {
        const int rank = c->weight->rank < 2 ? 1 : 2;
        const int64_t k = axis->at[i] < 0 ? axis->at[i] + rank : axis->at[i];
        if (k < 0 || k >= rank || taken[k])
            return plm_fail(w, PLM_E_SPEC, NULL,
                            "leave out the key axis, or give axes that the parameter has",
                            k < 0 || k >= rank ? "%s: the parameter has no axis %lld"
                                               : "%s: axis %lld is named twice",
                            c->kind->kind.name, (long long)axis->at[i]);
        taken[k] = true;
    }
    c->along_rows = taken[0];
    c->along_columns = taken[1];
    return PLM_OK;
}

/* Finds the constraint that a parameter's spec names, and reads its arguments. out->kind stays NULL
 * if the parameter has no constraint. */
plm_status plm_constraint_bind(plm_arena *a, const plm_weight *weight, plm_constraint *out)
{
    const plm_kind *kind = NULL;
    *out = (plm_constraint){.weight = weight};
    if (weight->constraint == NULL)
        return PLM_OK;
    PLM_TRY(plm_kind_bind(a, "constraint", weight->constraint, &kind, &out->config));
    out->kind = (const plm_constraint_kind *)(const void *)kind;
    if (out->kind->factor != NULL)
        return take_axes(a->w, out);
    if (!out->kind->keeps)
        return PLM_OK;
    out->work = plm_arena_array(a, weight->rows + weight->columns, sizeof *out->work);
    return out->work != NULL ? PLM_OK : PLM_E_MEMORY;
}
