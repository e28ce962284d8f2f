/* The regularizer orthogonal_regularizer: a penalty if the rows, or the columns, of a matrix are
 * not orthogonal. The penalty is the mean over all pairs of |cosine of the angle between them|. It
 * needs the whole matrix, so it is added to the gradient after the whole gradient is stored. All
 * sums are in double, in a fixed order. */
#include <math.h>
#include <string.h>

#include "kernel/per_isa.h"
#include "nn/penalty.h"

typedef struct {
    double factor;    /* of the mean over pairs */
    const char *mode; /* rows or columns */
} orthogonal;

/* A matrix as `count` vectors of `length` numbers: its rows or its columns. */
typedef struct {
    const plm_weight *weight;      /* its layout and place */
    size_t count, length;          /* how many vectors; numbers of each */
    size_t stride;                 /* length, rounded up to a multiple of 16 */
    bool columns;                  /* the vectors are the columns */
    double strength;               /* factor of each pair */
    double *inverse, *unit, *turn; /* working memory: see `work` */
} vectors;

/* Describes the vectors of a parameter, without their memory. */
static vectors vectors_of(const orthogonal *c, const plm_weight *weight)
{
    const bool columns = c->mode[0] == 'c';
    vectors v = {.weight = weight,
                 .count = columns ? weight->columns : weight->rows,
                 .length = columns ? weight->rows : weight->columns,
                 .columns = columns};
    v.stride = (v.length + PLM_LANES - 1) / PLM_LANES * PLM_LANES;
    if (v.count > 1)
        v.strength = c->factor / ((double)v.count * (double)(v.count - 1) / 2);
    return v;
}

/* Returns the size of the working memory: turn [stride], the sum of the other vectors; unit
 * [count][stride], the vectors scaled to length 1; inverse [count], 1 / length of each, or 0. */
static size_t work(const void *config, const plm_weight *weight)
{
    const vectors v = vectors_of(config, weight);
    return v.stride + v.count * v.stride + v.count;
}

/* Returns the index of number j of vector i among the stored numbers of the parameter. */
static size_t index_of(const vectors *v, size_t i, size_t j)
{
    const size_t row = v->columns ? j : i, column = v->columns ? i : j;
    if (v->weight->layout != PLM_LAYOUT_PANELS)
        return row * v->weight->columns + column;
    return (column / PLM_LANES * v->weight->rows + row) * PLM_LANES + column % PLM_LANES;
}

/* Copies vector i, scaled to length 1, to its place in `unit`. */
static void take_unit(const vectors *v, const plm_real *p, size_t i)
{
    double *unit = v->unit + i * v->stride, square = 0;
    for (size_t j = 0; j < v->stride; j++)
        unit[j] = j < v->length ? (double)p[index_of(v, i, j)] : 0;
    for (size_t j = 0; j < v->length; j++)
        square += unit[j] * unit[j];
    v->inverse[i] = square > 0 ? 1 / sqrt(square) : 0;
    for (size_t j = 0; j < v->length; j++)
        unit[j] *= v->inverse[i];
}

/* Adds the |cosines| of the angles between `one` and the vectors unit [count][stride] to *along. If
 * turn [stride] is not NULL, adds the vectors to it, each with the sign of its cosine. A vector of
 * zeros and one at a right angle add nothing. */
static PLM_BODY void meet_body(const double *unit, size_t count, size_t stride, const double *one,
                               double *restrict along, double *restrict turn)
{
    for (size_t k = 0; k < count; k++, unit += stride) {
        double part[PLM_LANES] = {0};
        for (size_t j = 0; j < PLM_WHOLE(stride); j += PLM_LANES)
            for (size_t l = 0; l < PLM_LANES; l++)
                part[l] += one[j + l] * unit[j + l];
        for (size_t half = PLM_LANES / 2; half > 0; half /= 2)
            for (size_t l = 0; l < half; l++)
                part[l] += part[l + half];
        const double cosine = part[0], sign = (double)((cosine > 0) - (cosine < 0));
        *along += fabs(cosine);
        if (turn != NULL)
            for (size_t j = 0; j < PLM_WHOLE(stride); j++)
                turn[j] += sign * unit[j];
    }
}
PLM_PER_ISA(meet,
            (const char *isa, const double *unit, size_t count, size_t stride, const double *one,
             double *restrict along, double *restrict turn),
            (unit, count, stride, one, along, turn))

/* Adds the gradient with respect to vector i to g: strength (s - (s . u) u) / |x|, where u is
 * vector i scaled to length 1, and s is the sum of the others scaled to length 1, each with the
 * sign of its cosine with u. Returns the sum of the |cosines|, which is s . u. */
static double add_gradient(const vectors *v, const char *isa, plm_real *g, size_t i)
{
    const double *unit = v->unit, *one = unit + i * v->stride;
    double along = 0;
    memset(v->turn, 0, v->stride * sizeof *v->turn);
    meet(isa, unit, i, v->stride, one, &along, v->turn);
    meet(isa, one + v->stride, v->count - i - 1, v->stride, one, &along, v->turn);
    for (size_t j = 0; j < v->length; j++)
        g[index_of(v, i, j)] +=
            (plm_real)(v->strength * v->inverse[i] * (v->turn[j] - along * one[j]));
    return along;
}

/* Computes the penalty and adds its gradient to g (plm_regularizer_kind.matrix). The vectors are
 * copied first, one after the other and scaled to length 1, so that a cosine is one product. With a
 * gradient each pair is met twice. The time grows with the square of the number of vectors. */
static double matrix(const void *config, const plm_weight *weight, const char *isa,
                     const plm_real *p, plm_real *g, double *memory)
{
    vectors v = vectors_of(config, weight);
    double sum = 0;
    if (v.count < 2)
        return 0;
    v.turn = memory;
    v.unit = v.turn + v.stride;
    v.inverse = v.unit + v.count * v.stride;
    for (size_t i = 0; i < v.count; i++)
        take_unit(&v, p, i);
    for (size_t i = 0; i < v.count; i++) {
        if (g != NULL)
            sum += add_gradient(&v, isa, g, i) / 2;
        else
            meet(isa, v.unit, i, v.stride, v.unit + i * v.stride, &sum, NULL);
    }
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
    .matrix = matrix,
    .work = work};
