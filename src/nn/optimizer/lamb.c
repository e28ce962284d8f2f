/* Lamb: Adam's step, made as long as the weights of its parameter. Definition: Keras. m and v are
 * as in Adam:
 *     u = m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + epsilon)
 *     x -= lr |x| / |u| u, where |x| / |u| is 1 if either norm is 0
 * The norms are those of a whole parameter, such as a kernel.
 *
 * Source: You and others, Large batch optimization for deep learning: training BERT in 76 minutes,
 * ICLR 2020. With large batches, few steps are made; one rate for all layers would then be too high
 * for some and too low for others. */
#include <math.h>
#include <tgmath.h>

#include "kernel/per_isa.h"
#include "nn/nn.h"
#include "nn/optimizer/power.h"
#include "nn/optimizer/step.h"

typedef struct {
    const plm_spec *learning_rate;  /* a number or a schedule */
    double beta_1, beta_2, epsilon; /* beta_1: decay of m. beta_2: decay of v. epsilon: number added
                                     * to the root of v. */
} lamb;

static const plm_field fields[] = {
    PLM_FIELD_OF(lamb, learning_rate, PLM_SPEC, "0.001", "schedule",
                 "size of a step relative to the size of the weights: a number or a schedule"),
    PLM_FIELD(lamb, beta_1, PLM_REAL, "0.9", 0, 0.9999999, "decay of the mean of gradients"),
    PLM_FIELD(lamb, beta_2, PLM_REAL, "0.999", 0, 0.9999999,
              "decay of the mean of squared gradients"),
    PLM_FIELD(lamb, epsilon, PLM_REAL, "1e-7", 1e-30, 1,
              "small number added to keep the division finite"),
    {0}};

static const char *const slots[] = {"momentum", "velocity", NULL};

/* Computes the bias corrections of m and of sqrt(v) for this step. */
static void begin(const void *config, plm_span *span, double state[4])
{
    const lamb *c = config;
    (void)state;
    span->scalar[0] = 1 / (1 - plm_power(c->beta_1, span->step));
    span->scalar[1] = 1 / sqrt(1 - plm_power(c->beta_2, span->step));
}

/* Coefficients of the loop, as plm_real: the bias corrections, and new_1 = 1 - b1, new_2 = 1 -
 * b2. */
typedef struct {
    plm_real of_mean, of_root, epsilon, new_1, new_2; /* all as in the formula above */
} coefficients;

/* Updates m, v [count] and replaces g by the step u. */
static PLM_BODY void moments_body(plm_real *restrict g, plm_real *restrict m, plm_real *restrict v,
                                  size_t count, coefficients k)
{
    for (size_t i = 0; i < PLM_WHOLE(count); i++) {
        const plm_real slope = plm_flushed(g[i]);
        const plm_real mean = plm_flushed(m[i] + (slope - m[i]) * k.new_1);
        const plm_real square = plm_flushed(v[i] + (plm_square(g[i]) - v[i]) * k.new_2);
        m[i] = mean;
        v[i] = square;
        g[i] = plm_flushed(mean * k.of_mean / (sqrt(square) * k.of_root + k.epsilon));
    }
}
PLM_PER_ISA(moments,
            (const char *isa, plm_real *restrict g, plm_real *restrict m, plm_real *restrict v,
             size_t count, coefficients k),
            (g, m, v, count, k))

/* Updates a parameter. Its padding is 0 and does not change the norms. There are three passes over
 * the parameter: one computes the step u in g, one the norms of x and u, and one updates x. The
 * norms are summed in double in a fixed order, so they do not depend on the number of threads. */
static void update_whole(const void *config, const plm_span *s, const plm_whole *whole)
{
    const lamb *c = config;
    const coefficients k = {.of_mean = (plm_real)s->scalar[0],
                            .of_root = (plm_real)s->scalar[1],
                            .epsilon = (plm_real)c->epsilon,
                            .new_1 = (plm_real)(1 - c->beta_1),
                            .new_2 = (plm_real)(1 - c->beta_2)};
    moments(s->isa, s->g, s->slot[0], s->slot[1], s->count, k);
    const double weights = sqrt(whole->kernel->sum_squares(s->p, s->count));
    const double steps = sqrt(whole->kernel->sum_squares(s->g, s->count));
    const double ratio = weights > 0 && steps > 0 ? weights / steps : 1;
    step(s->isa, s->p, s->g, s->count, (plm_real)(s->rate * ratio));
}

const plm_optimizer_kind plm_optimizer_lamb = {
    .kind = {.name = "lamb",
             .help = "adam's step, scaled to the size of each parameter, for large batches",
             .formula = "u = m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + epsilon), x -= lr |x| / |u| "
                        "u; with m and v as in adam, and norms of whole parameters",
             .notes =
                 "For batches of thousands of rows, where adam's steps would have to be too large "
                 "for some layers. The learning rate is relative to the size of a parameter. "
                 "weight_decay is applied before the step and is not part of |u|, as in Keras.",
             .source = "You et al., Large batch optimization for deep learning: training BERT in "
                       "76 minutes, ICLR 2020",
             .config_size = sizeof(lamb),
             .fields = fields,
             .examples = PLM_LIST("lamb(0.01)", "lamb(0.02, beta_1=0.8, epsilon=1e-4)")},
    .rate_offset = offsetof(lamb, learning_rate),
    .momentum_offset = offsetof(lamb, beta_1),
    .slots = slots,
    .begin = begin,
    .update_whole = update_whole,
};
