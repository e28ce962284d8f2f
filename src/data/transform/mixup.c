/* mixup: replaces each row of a batch, targets included, by a weighted mean of itself and another
 * row of the batch. The weight of the row itself has the distribution Beta(alpha, alpha), drawn for
 * each row, as in Keras. The other row is `shift` rows further in the same batch, modulo its size,
 * where the shift is drawn for each batch, so no further rows are read. Mixed rows are written in
 * place along the cycles of this shift, with memory for one row. (Zhang, Cisse, Dauphin and
 * Lopez-Paz, mixup: beyond empirical risk minimization, ICLR 2018) */
#include <math.h>
#include <string.h>

#include "data/data.h"
#include "kernel/kernel.h"

typedef struct {
    double alpha; /* the weight has the distribution Beta(alpha, alpha) */
    int64_t seed; /* -1 = the seed of the runtime */
} mixup;

static const plm_field fields[] = {
    PLM_FIELD(mixup, alpha, PLM_REAL, "0.2", 1e-3, 1e3,
              "alpha of the Beta distribution of the weight: near 0 rows are hardly mixed, 1 = all "
              "weights are equally likely, above 1 = weights are nearer to one half"),
    PLM_FIELD(mixup, seed, PLM_INT, "-1", 0, 9e15,
              "seed of this transform; none = the seed of the run"),
    {0}};

/* Allocates memory for one row. Fails for class numbers if the data has more than two classes,
 * since a mean of class numbers is meaningless. */
static plm_status settle(plm_transform *t)
{
    plm_data *d = t->data;
    const plm_part *target = &d->part[d->source->inputs];
    size_t widest = 1;
    if (d->source->targets > 0 && target->width == 1 && d->classes > 2)
        return plm_fail(d->w, PLM_E_SPEC, t->spec,
                        "use one_hot | mixup, with categorical_crossentropy as the loss",
                        "class numbers cannot be mixed");
    for (int i = 0; i < plm_data_parts(d); i++)
        widest = d->part[i].width > widest ? d->part[i].width : widest;
    t->state = plm_arena_array(&d->arena, widest, sizeof(float));
    return t->state ? PLM_OK : PLM_E_MEMORY;
}

/* Returns the logarithm of x > 0. It uses the library's own function, so that the bits do not
 * depend on libm. */
static double log_of(const plm_kernels *k, double x)
{
    plm_real y = (plm_real)x;
    k->log(&y, &y, 1);
    return (double)y;
}

/* Returns the logarithm of a random number with the distribution Gamma(a). The method is that of
 * Marsaglia and Tsang, A simple method for generating gamma variables, 2000; for a < 1 it draws
 * Gamma(a + 1) and multiplies by u^(1/a). */
static double log_gamma_deviate(const plm_kernels *k, plm_random *r, double a)
{
    const double d = (a < 1 ? a + 1 : a) - 1.0 / 3, c = 1 / sqrt(9 * d);
    double v = 0, x = 0, log_v = 0;
    do {
        x = plm_random_normal(r);
        v = 1 + c * x;
        v = v * v * v;
        log_v = v > 0 ? log_of(k, v) : 0;
    } while (v <= 0 || log_of(k, 1 - plm_random_uniform(r)) >= 0.5 * x * x + d - d * v + d * log_v);
    const double boost = a < 1 ? log_of(k, 1 - plm_random_uniform(r)) / a : 0;
    return log_of(k, d) + log_v + boost;
}

/* Returns a random number with the distribution Beta(a, a): g / (g + h) of two gamma deviates,
 * which is the sigmoid of log g - log h. */
static float weight_of(const plm_kernels *k, plm_random *r, double a)
{
    static const plm_real none[4] = {0};
    const double g = log_gamma_deviate(k, r, a);
    plm_real y = (plm_real)(g - log_gamma_deviate(k, r, a));
    k->activation[PLM_ACTIVATION_sigmoid].forward(&y, &y, 1, none);
    return (float)y;
}

/* Sets x [width] to weight * x + (1 - weight) * other. */
static void mix_row(float *x, const float *other, size_t width, float weight)
{
    for (size_t i = 0; i < width; i++)
        x[i] = weight * x[i] + (1 - weight) * other[i];
}

/* Returns the greatest common divisor of a and b, by Euclid's algorithm. It is the number of cycles
 * of a shift by b among a rows. */
static int64_t common_divisor(int64_t a, int64_t b)
{
    while (b != 0) {
        const int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Mixes row i with row i + shift, modulo the number of rows, for one part of the batch. Rows that
 * are `shift` apart form cycles. Only the first row of a cycle must be copied before it is
 * overwritten, since it is also the partner of the last. */
static void mix_part(float *x, float *first, size_t width, int64_t rows, int64_t shift,
                     plm_random r, const plm_transform *t)
{
    const plm_kernels *k = t->data->w->kernel;
    const double alpha = ((const mixup *)t->config)->alpha;
    const int64_t cycles = common_divisor(rows, shift), length = rows / cycles;
    for (int64_t c = 0; c < cycles; c++) {
        memcpy(first, x + (size_t)c * width, width * sizeof *x);
        for (int64_t n = 0, at = c; n < length; n++) {
            const int64_t next = (at + shift) % rows;
            mix_row(x + (size_t)at * width, n + 1 < length ? x + (size_t)next * width : first,
                    width, weight_of(k, &r, alpha));
            at = next;
        }
    }
}

/* Draws the shift, then mixes all parts (inputs, targets) with the same weights: each part uses a
 * copy of the random stream. Sample weights are not mixed. */
static plm_status change(const plm_transform *t, float *const value[PLM_PARTS], int64_t rows)
{
    plm_data *d = t->data;
    const int weights = d->source->weighted ? plm_source_weight(d->source) : -1;
    plm_random r =
        plm_random_open(plm_data_seed(d, ((const mixup *)t->config)->seed), PLM_RANDOM_MIXUP,
                        (uint32_t)d->epoch, (uint32_t)(d->given - rows));
    if (rows < 2)
        return PLM_OK;
    const int64_t shift = 1 + (int64_t)plm_random_below(&r, (uint64_t)rows - 1);
    for (int i = 0; i < plm_data_parts(d); i++)
        if (i != weights)
            mix_part(value[i], t->state, d->part[i].width, rows, shift, r, t);
    return PLM_OK;
}

extern const plm_transform_kind plm_transform_mixup;
const plm_transform_kind plm_transform_mixup = {
    .kind = {.name = "mixup",
             .alias = "MixUp",
             .help = "trains on weighted means of two rows and of their targets, drawn again in "
                     "every batch",
             .formula =
                 "x = w x_i + (1 - w) x_j, y = w y_i + (1 - w) y_j, w from Beta(alpha, alpha)",
             .notes = "Reduces overfitting and overconfidence. Apply one_hot to class numbers "
                      "first. Put mixup after shuffle, since the partner is a row of the same "
                      "batch. Validation rows that are split off are not mixed.",
             .source = "Zhang et al., mixup: beyond empirical risk minimization, ICLR 2018",
             .config_size = sizeof(mixup),
             .fields = fields,
             .examples = PLM_LIST("digits | shuffle | one_hot | mixup",
                                  "digits | shuffle | one_hot | mixup(0.4) | batch(64)")},
    .role = PLM_TRANSFORM_CHANGES,
    .training_only = true,
    .settle = settle,
    .change = change,
};
