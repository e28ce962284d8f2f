/* Adafactor: the mean of squared gradients of a matrix is stored as the means of its rows and of
 * its columns, so it takes little memory. Definition: Keras. With b = 1 - t^beta_2_decay, s = g^2 +
 * epsilon_1:
 *     r += (mean of s along each row - r)(1 - b), c likewise along each column
 *     v = r / mean(r) c             of a vector: v += (s - v)(1 - b)
 *     u = g / sqrt(v), u /= max(1, rms(u) / clip_threshold)
 *     x -= max(epsilon_2, rms(x)) min(lr, 1 / sqrt(t)) u
 * A parameter of more axes is a stack of matrices, which its last two axes form. Keras computes the
 * minimum with and without relative_step, and so does this file.
 *
 * Source: Shazeer and Stern, Adafactor: adaptive learning rates with sublinear memory cost, ICML
 * 2018. Sums are in double and run over columns and rows in ascending order, by one thread, so the
 * bits do not depend on the number of threads. */
#include <math.h>
#include <tgmath.h>

#include "nn/nn.h"
#include "nn/optimizer/step.h"

typedef struct {
    const plm_spec *learning_rate;                             /* a number or a schedule */
    double beta_2_decay, epsilon_1, epsilon_2, clip_threshold; /* see the table below */
    bool relative_step;                                        /* without effect, as in Keras */
} adafactor;

static const plm_field fields[] = {
    PLM_FIELD_OF(adafactor, learning_rate, PLM_SPEC, "0.001", "schedule",
                 "size of a step relative to the size of the weights: a number or a schedule"),
    PLM_FIELD(adafactor, beta_2_decay, PLM_REAL, "-0.8", -10, -1e-3,
              "exponent of the decay of the mean of squared gradients, which is 1 - t^beta_2_decay "
              "in step t"),
    PLM_FIELD(adafactor, epsilon_1, PLM_REAL, "1e-30", 1e-30, 1,
              "number added to squared gradients"),
    PLM_FIELD(adafactor, epsilon_2, PLM_REAL, "0.001", 0, 1,
              "smallest size of the weights that is used to scale a step"),
    PLM_FIELD(adafactor, clip_threshold, PLM_REAL, "1", 1e-6, 1e6,
              "maximum root mean square of a step, before it is scaled to the weights"),
    PLM_FIELD(adafactor, relative_step, PLM_BOOL, "true", 0, 0,
              "accepted for Keras, without effect: the rate is always at most 1 / sqrt(t)"),
    {0}};

/* A parameter as a stack of `count` matrices with rows x columns numbers. pieces: number of pieces
 * of 16 columns in a row. fresh: weight of this step's squares in the means, 1 - b. epsilon: number
 * added to squares. sum: memory for the sum of each column. */
typedef struct {
    size_t count, rows, columns, pieces; /* all at least 1 */
    double fresh, epsilon;               /* of this step */
    double *sum;     /* [pieces * 16] working memory; after the sums, factors of the columns */
    const char *isa; /* instruction set */
} stack;

/* True if the parameter's mean squares are stored by rows and columns; *s then describes its
 * matrices. A kernel in panels is one matrix. An embedding or a kernel of several axes is stored
 * flat and is a stack of matrices. */
static bool is_factored(const plm_weight *weight, stack *s)
{
    const int rank = weight->rank;
    if (rank < 2)
        return false;
    s->rows = (size_t)weight->dims[rank - 2];
    s->columns = (size_t)weight->dims[rank - 1];
    s->pieces = (s->columns + PLM_LANES - 1) / PLM_LANES;
    s->count = weight->count / (s->rows * s->columns);
    /* the only layouts that this file supports */
    return weight->layout == PLM_LAYOUT_FLAT || weight->columns == s->columns;
}

/* Returns where the means of columns begin in the memory of a parameter: after the means of rows,
 * at the next multiple of 16, so that they are aligned. */
static size_t columns_at(const stack *s)
{
    return (s->count * s->rows + PLM_LANES - 1) / PLM_LANES * PLM_LANES;
}

/* Returns the size of the memory of a parameter, in numbers: the means of its rows, then those of
 * its columns, padded to whole pieces. A vector has v instead. */
static size_t memory(const void *config, const plm_weight *weight)
{
    stack s = {0};
    (void)config;
    if (!is_factored(weight, &s))
        return weight->size;
    return columns_at(&s) + s.count * s.pieces * PLM_LANES;
}

/* Returns the size of the working memory, in numbers: sums of columns, in double. */
static size_t work(const void *config, const plm_weight *weight)
{
    stack s = {0};
    (void)config;
    if (!is_factored(weight, &s))
        return 0;
    return 2 * s.pieces * PLM_LANES;
}

/* Computes scalar[0] = 1 - b, the weight of this step in the means, and scalar[1], the rate, which
 * is at most 1 / sqrt(t). */
static void begin(const void *config, plm_span *span, double state[4])
{
    const adafactor *c = config;
    (void)state;
    span->scalar[0] = pow((double)span->step, c->beta_2_decay);
    const double most = 1 / sqrt((double)span->step);
    span->scalar[1] = span->rate < most ? span->rate : most;
}

/* Returns where a piece of 16 columns of a row of matrix number `at` lies in the vectors of the
 * parameter. In panels, all rows of the stack follow one another within a piece; a flat parameter
 * is row-major. */
static size_t place(const plm_weight *weight, const stack *s, size_t at, size_t row, size_t piece)
{
    const size_t line = at * s->rows + row;
    return weight->layout == PLM_LAYOUT_PANELS ? (piece * weight->rows + line) * PLM_LANES
                                               : line * s->columns + piece * PLM_LANES;
}

/* Returns how many numbers lie between the beginnings of two neighbouring pieces of a row. */
static size_t apart(const plm_weight *weight)
{
    return weight->layout == PLM_LAYOUT_PANELS ? weight->rows * PLM_LANES : PLM_LANES;
}

/* Adds g^2 + epsilon of `pieces` whole pieces of a row, `step` numbers apart, to the sums of their
 * columns. lane [16] becomes the sums of the row, by lanes. */
static PLM_BODY void add_squares_body(const plm_real *restrict g, size_t pieces, size_t step,
                                      double epsilon, double *restrict columns,
                                      double *restrict lane)
{
    double sum[PLM_LANES] = {0};
    for (size_t p = 0; p < pieces; p++, g += step, columns += PLM_LANES)
        for (size_t j = 0; j < PLM_LANES; j++) {
            const double square = (double)g[j] * (double)g[j] + epsilon;
            columns[j] += square;
            sum[j] += square;
        }
    for (size_t j = 0; j < PLM_LANES; j++)
        lane[j] = sum[j];
}
PLM_PER_ISA(add_squares,
            (const char *isa, const plm_real *restrict g, size_t pieces, size_t step,
             double epsilon, double *restrict columns, double *restrict lane),
            (g, pieces, step, epsilon, columns, lane))

/* Adds g^2 + epsilon of row i of matrix number `at` to the sums of the columns. Returns their sum:
 * by lanes for whole pieces, then the last columns in their order. */
static double add_row(const plm_weight *weight, const stack *s, size_t at, const plm_real *g,
                      size_t i)
{
    const size_t whole = s->columns / PLM_LANES;
    double lane[PLM_LANES], sum = 0;
    add_squares(s->isa, g + place(weight, s, at, i, 0), whole, apart(weight), s->epsilon, s->sum,
                lane);
    for (size_t j = 0; j < PLM_LANES; j++)
        sum += lane[j];
    for (size_t j = whole * PLM_LANES; j < s->columns; j++) {
        const double x = (double)g[place(weight, s, at, i, whole) + j % PLM_LANES];
        s->sum[j] += x * x + s->epsilon;
        sum += x * x + s->epsilon;
    }
    return sum;
}

/* Updates the mean squares of the rows, r [rows], and of the columns, c [columns], of matrix number
 * `at`. Returns the mean of r. Only these two means are kept, not a square for each weight: v is
 * estimated as their product, which is exact if the squares have rank 1. */
static double take_means(const plm_weight *weight, const stack *s, size_t at, const plm_real *g,
                         plm_real *r, plm_real *c)
{
    const double old = 1 - s->fresh;
    double total = 0;
    for (size_t j = 0; j < s->pieces * PLM_LANES; j++)
        s->sum[j] = 0;
    for (size_t i = 0; i < s->rows; i++) {
        const double sum = add_row(weight, s, at, g, i);
        r[i] = (plm_real)((double)r[i] * old + sum / (double)s->columns * s->fresh);
        total += (double)r[i];
    }
    for (size_t j = 0; j < s->columns; j++)
        c[j] = (plm_real)((double)c[j] * old + s->sum[j] / (double)s->rows * s->fresh);
    return total / (double)s->rows;
}

/* Multiplies `pieces` whole pieces of a row of g, `step` numbers apart, by the factors of the row
 * and of the columns. */
static PLM_BODY void multiply_body(plm_real *restrict g, size_t pieces, size_t step, double row,
                                   const double *restrict columns)
{
    for (size_t p = 0; p < pieces; p++, g += step, columns += PLM_LANES)
        for (size_t j = 0; j < PLM_LANES; j++)
            g[j] = plm_flushed((plm_real)((double)g[j] * (row * columns[j])));
}
PLM_PER_ISA(multiply,
            (const char *isa, plm_real *restrict g, size_t pieces, size_t step, double row,
             const double *restrict columns),
            (g, pieces, step, row, columns))

/* Multiplies row i of matrix number `at` by its factor and those of the columns. */
static void multiply_row(const plm_weight *weight, const stack *s, size_t at, plm_real *g, size_t i,
                         double row)
{
    const size_t whole = s->columns / PLM_LANES;
    multiply(s->isa, g + place(weight, s, at, i, 0), whole, apart(weight), row, s->sum);
    for (size_t j = whole * PLM_LANES; j < s->columns; j++) {
        plm_real *x = g + place(weight, s, at, i, whole) + j % PLM_LANES;
        *x = plm_flushed((plm_real)((double)*x * (row * s->sum[j])));
    }
}

/* Returns 1 / sqrt(v), or 0 where v is 0: the gradients were tiny, too, and the step is 0. */
static double inverse_root(double v)
{
    return v > 0 ? 1 / sqrt(v) : 0;
}

/* Replaces the gradients of a stack of matrices by their steps u. For row i and column j, v is r[i]
 * c[j] / mean(r). A root of v for each weight would take most of the time of a training step; the
 * root of a product is the product of the roots, so there is one for each row and each column. */
static void factored_steps(const plm_weight *weight, const stack *s, plm_real *g,
                           plm_real *memory_of)
{
    plm_real *r = memory_of, *c = memory_of + columns_at(s);
    for (size_t at = 0; at < s->count; at++, r += s->rows, c += s->pieces * PLM_LANES) {
        const double mean = take_means(weight, s, at, g, r, c);
        for (size_t j = 0; j < s->columns; j++)
            s->sum[j] = inverse_root((double)c[j]);
        for (size_t i = 0; i < s->rows; i++)
            multiply_row(weight, s, at, g, i, inverse_root((double)r[i] / mean));
    }
}

/* Replaces the gradient of a vector by its steps u. v [count]: the mean of squares. */
static void vector_steps(plm_real *restrict g, plm_real *restrict v, size_t count, double fresh,
                         double epsilon)
{
    for (size_t i = 0; i < count; i++) {
        const double square = (double)g[i] * (double)g[i] + epsilon;
        v[i] = (plm_real)((double)v[i] * (1 - fresh) + square * fresh);
        g[i] = plm_flushed((plm_real)((double)g[i] / sqrt((double)v[i])));
    }
}

/* Updates a parameter. The padding of g is 0, and stays 0, since 0 / sqrt(v) is 0. The step is
 * limited to a root mean square of clip_threshold, then multiplied by the root mean square of
 * the weights. That is taken as epsilon_2 if it is smaller, so that weights that begin at 0 can
 * grow. */
static void update_whole(const void *config, const plm_span *s, const plm_whole *whole)
{
    const adafactor *c = config;
    const double count = (double)whole->weight->count;
    stack matrices = {.fresh = s->scalar[0],
                      .epsilon = c->epsilon_1,
                      .sum = (double *)(void *)whole->work,
                      .isa = s->isa};
    if (is_factored(whole->weight, &matrices))
        factored_steps(whole->weight, &matrices, s->g, whole->memory);
    else
        vector_steps(s->g, whole->memory, s->count, s->scalar[0], c->epsilon_1);
    const double steps = sqrt(whole->kernel->sum_squares(s->g, s->count) / count);
    const double weights = sqrt(whole->kernel->sum_squares(s->p, s->count) / count);
    const double over = steps / c->clip_threshold;
    const double size = weights > c->epsilon_2 ? weights : c->epsilon_2;
    step(s->isa, s->p, s->g, s->count, (plm_real)(size * s->scalar[1] / (over > 1 ? over : 1)));
}

const plm_optimizer_kind plm_optimizer_adafactor = {
    .kind = {.name = "adafactor",
             .help = "a step size for each weight, from means over rows and columns, which take "
                     "little memory",
             .formula = "r, c: decaying means of g^2 + epsilon_1 along rows and columns, v = r / "
                        "mean(r) c, u = g / sqrt(v) / max(1, rms / clip_threshold), x -= "
                        "max(epsilon_2, rms(x)) min(lr, 1 / sqrt(t)) u",
             .notes = "It stores one number for each row and each column of a matrix, while adam "
                      "stores two numbers for each weight. The learning rate is relative to the "
                      "size of a parameter, so it must be larger than adam's: try 0.01.",
             .source = "Shazeer and Stern, Adafactor: adaptive learning rates with sublinear "
                       "memory cost, ICML 2018",
             .config_size = sizeof(adafactor),
             .fields = fields,
             .examples = PLM_LIST("adafactor(0.02)", "adafactor(0.05, beta_2_decay=-0.6)")},
    .rate_offset = offsetof(adafactor, learning_rate),
    .begin = begin,
    .memory = memory,
    .work = work,
    .update_whole = update_whole,
};
