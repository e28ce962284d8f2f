/* Constraints on parameters. They are enforced after each update, but not on the first values, as
 * in Keras. Norms are along axis 0: in a kernel [fan_in, units], the incoming weights of each unit
 * have one norm. */
#include <math.h>

#include "kernel/tiny.h"
#include "nn/penalty.h"

static const double TINY = 1e-7; /* added to norms before a division, as in Keras */

/* Settings of all constraints with a norm. max_value, min_value: bounds of the norm; rate: see
 * project_between; axis: only 0. */
typedef struct {
    double max_value, min_value, rate; /* bounds of a norm; part of the way to them */
    int64_t axis;                      /* axis along which a norm is taken */
} limits;

/* Returns the Euclidean norm of a column of `rows` numbers, which are `stride` apart. */
static double norm_of(const plm_real *x, size_t rows, size_t stride)
{
    double sum = 0;
    for (size_t i = 0; i < rows; i++)
        sum += (double)x[i * stride] * (double)x[i * stride];
    return sqrt(sum);
}

/* Multiplies a column of `rows` numbers, which are `stride` apart, by a factor. */
static void scale_column(plm_real *x, size_t rows, size_t stride, double factor)
{
    const plm_real f = (plm_real)factor;
    for (size_t i = 0; i < rows; i++)
        x[i * stride] = plm_flushed(x[i * stride] * f);
}

/* Scales columns whose norm is above max_value down to that norm. */
static void project_max(const void *config, plm_real *x, size_t rows, size_t columns, size_t stride)
{
    const limits *c = config;
    for (size_t j = 0; j < columns; j++) {
        const double norm = norm_of(x + j, rows, stride);
        /* below the maximum, Keras multiplies by n / (eps + n), which is 1 except for rounding */
        if (norm > c->max_value)
            scale_column(x + j, rows, stride, c->max_value / (TINY + norm));
    }
}

/* Scales columns to norm 1. */
static void project_unit(const void *config, plm_real *x, size_t rows, size_t columns,
                         size_t stride)
{
    (void)config;
    for (size_t j = 0; j < columns; j++)
        scale_column(x + j, rows, stride, 1.0 / (TINY + norm_of(x + j, rows, stride)));
}

/* Moves the norm of columns towards the range from min_value to max_value, by `rate` of the way: 1
 * = into the range, 0 = not at all. */
static void project_between(const void *config, plm_real *x, size_t rows, size_t columns,
                            size_t stride)
{
    const limits *c = config;
    for (size_t j = 0; j < columns; j++) {
        const double norm = norm_of(x + j, rows, stride);
        const double clipped = norm < c->min_value   ? c->min_value
                               : norm > c->max_value ? c->max_value
                                                     : norm;
        const double desired = c->rate * clipped + (1.0 - c->rate) * norm;
        scale_column(x + j, rows, stride, desired / (TINY + norm));
    }
}

/* Sets negative elements to 0. */
static void project_positive(const void *config, plm_real *x, size_t rows, size_t columns,
                             size_t stride)
{
    (void)config;
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++)
            if (!(x[i * stride + j] >= 0))
                x[i * stride + j] = 0;
}

static const plm_field max_fields[] = {
    PLM_FIELD(limits, max_value, PLM_REAL, "2", 0, 1e30, "maximum norm"),
    PLM_FIELD(limits, axis, PLM_INT, "0", 0, 0, "axis of the norm; only 0"),
    {0}};
static const plm_field unit_fields[] = {
    PLM_FIELD(limits, axis, PLM_INT, "0", 0, 0, "axis of the norm; only 0"), {0}};
static const plm_field between_fields[] = {
    PLM_FIELD(limits, min_value, PLM_REAL, "0", 0, 1e30, "minimum norm"),
    PLM_FIELD(limits, max_value, PLM_REAL, "1", 0, 1e30, "maximum norm"),
    PLM_FIELD(limits, rate, PLM_REAL, "1", 0, 1,
              "how far the norm moves into the range: 1 = all the way"),
    PLM_FIELD(limits, axis, PLM_INT, "0", 0, 0, "axis of the norm; only 0"),
    {0}};

const plm_constraint_kind plm_constraint_max_norm = {
    .kind = {.name = "max_norm",
             .alias = "MaxNorm",
             .help = "each unit's weights have at most this norm",
             .formula = "w clip(|w|, 0, max_value) / |w|",
             .notes = "Limits weights without pulling them to zero; works well with dropout.",
             .source = "Srebro and Shraibman, Rank, trace-norm and max-norm, 2005",
             .config_size = sizeof(limits),
             .fields = max_fields},
    .project = project_max};
const plm_constraint_kind plm_constraint_non_neg = {
    .kind = {.name = "non_neg",
             .alias = "NonNeg",
             .help = "weights below zero become zero",
             .formula = "max(w, 0)"},
    .project = project_positive};
const plm_constraint_kind plm_constraint_unit_norm = {
    .kind = {.name = "unit_norm",
             .alias = "UnitNorm",
             .help = "each unit's weights have norm 1",
             .formula = "w / |w|",
             .config_size = sizeof(limits),
             .fields = unit_fields},
    .project = project_unit};
const plm_constraint_kind plm_constraint_min_max_norm = {
    .kind = {.name = "min_max_norm",
             .alias = "MinMaxNorm",
             .help = "each unit's norm is between two bounds",
             .formula = "w (rate clip(|w|, min_value, max_value) + (1 - rate) |w|) / |w|",
             .config_size = sizeof(limits),
             .fields = between_fields},
    .project = project_between};

/* spec NULL = no constraint. */
plm_status plm_constraint_bind(plm_arena *a, const plm_spec *spec, plm_constraint *out)
{
    const plm_kind *kind = NULL;
    *out = (plm_constraint){0};
    if (spec == NULL)
        return PLM_OK;
    PLM_TRY(plm_kind_bind(a, "constraint", spec, &kind, &out->config));
    out->kind = (const plm_constraint_kind *)(const void *)kind;
    if (kind->config_size == sizeof(limits) && ((const limits *)out->config)->axis != 0)
        return plm_fail(a->w, PLM_E_UNSUPPORTED, NULL, "leave out axis",
                        "%s: norms are along axis 0 only", kind->name);
    return PLM_OK;
}

/* A parameter in panels is a series of matrices [rows, PLM_LANES]; any other is one matrix. */
void plm_constraint_apply(const plm_constraint *c, const plm_weight *weight, plm_real *p)
{
    plm_real *x = p + weight->offset;
    if (weight->layout != PLM_LAYOUT_PANELS)
        c->kind->project(c->config, x, weight->rows, weight->columns, weight->columns);
    else
        for (size_t at = 0; at < weight->size; at += weight->rows * PLM_LANES)
            c->kind->project(c->config, x + at, weight->rows, PLM_LANES, PLM_LANES);
}
