/* The regularizer orthogonal_regularizer: a penalty if the rows, or the columns, of a matrix are
 * not orthogonal. The penalty is the mean over all pairs of |cosine of the angle between them|. It
 * needs the whole matrix, so it is added to the gradient after the whole gradient is stored. All
 * sums are in double, in a fixed order. */
#include <math.h>

#include "nn/penalty.h"

typedef struct {
    double factor;    /* of the mean over pairs */
    const char *mode; /* rows or columns */
} orthogonal;

/* A matrix as `count` vectors of `length` numbers: its rows or its columns. */
typedef struct {
    const plm_weight *weight; /* its layout and place */
    size_t count, length;     /* how many vectors; numbers of each */
    bool columns;             /* the vectors are the columns */
    double strength;          /* factor of each pair */
} vectors;

/* Returns the index of number j of vector i among the stored numbers of the parameter. */
static size_t index_of(const vectors *v, size_t i, size_t j)
{
    const size_t row = v->columns ? j : i, column = v->columns ? i : j;
    if (v->weight->layout != PLM_LAYOUT_PANELS)
        return row * v->weight->columns + column;
    return (column / PLM_LANES * v->weight->rows + row) * PLM_LANES + column % PLM_LANES;
}

/* Returns the dot product of vectors i and k. */
static double dot(const vectors *v, const plm_real *p, size_t i, size_t k)
{
    double sum = 0;
    for (size_t j = 0; j < v->length; j++)
        sum += (double)p[index_of(v, i, j)] * (double)p[index_of(v, k, j)];
    return sum;
}

/* Adds the gradient with respect to vector i: strength (s - (s . u) u) / |x|, where u is vector
 * i scaled to length 1, and s is the sum of the other vectors scaled to length 1, each with the
 * sign of its cosine with u. inverse [count]: 1 / length of each vector, or 0. s [length]:
 * working memory. A pair at right angles adds nothing to s. A vector of zeros has no angle and
 * no gradient. */
static void add_gradient(const vectors *v, const plm_real *p, plm_real *g, size_t i,
                         const double *inverse, double *s)
{
    double along = 0;
    for (size_t j = 0; j < v->length; j++)
        s[j] = 0;
    for (size_t k = 0; k < v->count; k++) {
        const double cosine = k != i ? dot(v, p, i, k) * inverse[i] * inverse[k] : 0;
        const double sign = cosine > 0 ? inverse[k] : cosine < 0 ? -inverse[k] : 0;
        for (size_t j = 0; j < v->length && cosine != 0; j++)
            s[j] += sign * (double)p[index_of(v, k, j)];
        along += fabs(cosine);
    }
    for (size_t j = 0; j < v->length; j++) {
        const size_t at = index_of(v, i, j);
        g[at] += (plm_real)(v->strength * inverse[i] * (s[j] - along * (double)p[at] * inverse[i]));
    }
}

/* Computes the penalty and adds its gradient to g (plm_regularizer_kind.matrix). Lengths are
 * computed once, so a cosine is a dot product and two multiplications. The time grows with the
 * square of the number of vectors. */
static double matrix(const void *config, const plm_weight *weight, const plm_real *p, plm_real *g,
                     double *work)
{
    const orthogonal *c = config;
    const bool columns = c->mode[0] == 'c';
    vectors v = {.weight = weight,
                 .count = columns ? weight->columns : weight->rows,
                 .length = columns ? weight->rows : weight->columns,
                 .columns = columns};
    double *inverse = work, sum = 0;
    if (v.count < 2)
        return 0;
    v.strength = c->factor / ((double)v.count * (double)(v.count - 1) / 2);
    for (size_t i = 0; i < v.count; i++) {
        const double square = dot(&v, p, i, i);
        inverse[i] = square > 0 ? 1 / sqrt(square) : 0;
    }
    for (size_t i = 0; i < v.count; i++)
        for (size_t k = 0; k < i; k++)
            sum += fabs(dot(&v, p, i, k)) * inverse[i] * inverse[k];
    for (size_t i = 0; g != NULL && i < v.count; i++)
        add_gradient(&v, p, g, i, inverse, work + v.count);
    return v.strength * sum;
}

static const plm_field fields[] = {
    PLM_FIELD(orthogonal, factor, PLM_REAL, "0.01", 0, 1e9,
              "factor of the mean of |cosine| over all pairs"),
    PLM_FIELD_OF(
        orthogonal, mode, PLM_CHOICE, "rows", "rows|columns",
        "the vectors: rows (one for each input of a layer) or columns (one for each unit)"),
    {0}};

const plm_regularizer_kind plm_regularizer_orthogonal_regularizer = {
    .kind = {.name = "orthogonal_regularizer",
             .alias = "orthogonal",
             .help = "penalty on angles, by which rows or columns become orthogonal",
             .formula = "factor * mean over pairs of |cosine between the two|",
             .notes =
                 "It is for matrices only. With mode=columns, units learn different features. The "
                 "number of orthogonal vectors cannot exceed their length. A step takes time in "
                 "proportion to the square of the number of vectors times their length.",
             .source = "Brock, Lim, Ritchie and Weston, Neural photo editing with introspective "
                       "adversarial networks, ICLR 2017",
             .config_size = sizeof(orthogonal),
             .fields = fields},
    .matrix = matrix};
