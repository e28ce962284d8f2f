/* Adamax computes m += (g - m)(1 - b1), u = max(b2 u, |g|), x -= lr / (1 - b1^t) * m / (u +
 * epsilon). It is Adam with a decaying maximum of |g| in place of the root of a mean square.
 * Definition: Keras.
 *
 * Source: Kingma and Ba, Adam, 2015, section 7.1. The maximum needs no bias correction, since it is
 * at least |g| from the first step on. */
#include "kernel/per_isa.h"
#include "nn/nn.h"
#include "nn/optimizer/power.h"

typedef struct {
    const plm_spec *learning_rate;  /* a number or a schedule */
    double beta_1, beta_2, epsilon; /* beta_1: decay of m. beta_2: decay of u. epsilon: number added
                                     * to u. */
} adamax;

static const plm_field fields[] = {
    PLM_FIELD_OF(adamax, learning_rate, PLM_SPEC, "0.001", "schedule",
                 "size of a step: a number or a schedule"),
    PLM_FIELD(adamax, beta_1, PLM_REAL, "0.9", 0, 0.9999999, "decay of the mean of gradients"),
    PLM_FIELD(adamax, beta_2, PLM_REAL, "0.999", 0, 0.9999999, "decay of the maximum of gradients"),
    PLM_FIELD(adamax, epsilon, PLM_REAL, "1e-7", 1e-30, 1,
              "small number added to keep the division finite"),
    {0}};

static const char *const slots[] = {"m", "u", NULL};

/* Computes the learning rate with bias correction. */
static void begin(const void *config, plm_span *span, double state[4])
{
    (void)state;
    span->scalar[0] = span->rate / (1 - plm_power(((const adamax *)config)->beta_1, span->step));
}

/* Coefficients of the loop, as plm_real. alpha: learning rate with bias correction; new_1 = 1 - b1,
 * old_2 = b2. */
typedef struct {
    plm_real alpha, epsilon, new_1, old_2;
} coefficients;

/* Updates x [count]. m [count]: decaying mean of gradients; u [count]: decaying maximum of their
 * size. */
static PLM_BODY void step_body(plm_real *restrict x, const plm_real *restrict g,
                               plm_real *restrict m, plm_real *restrict u, size_t count,
                               coefficients k)
{
    for (size_t i = 0; i < PLM_WHOLE(count); i++) {
        const plm_real slope = plm_flushed(g[i]), held = k.old_2 * u[i];
        const plm_real mean = plm_flushed(m[i] + (slope - m[i]) * k.new_1);
        const plm_real size = slope < 0 ? -slope : slope;
        const plm_real largest = plm_flushed(held > size ? held : size);
        m[i] = mean;
        u[i] = largest;
        x[i] -= k.alpha * mean / (largest + k.epsilon);
    }
}
PLM_PER_ISA(step,
            (const char *isa, plm_real *restrict x, const plm_real *restrict g,
             plm_real *restrict m, plm_real *restrict u, size_t count, coefficients k),
            (x, g, m, u, count, k))

/* Updates a span. */
static void update(const void *config, const plm_span *s)
{
    const adamax *c = config;
    const coefficients k = {.alpha = (plm_real)s->scalar[0],
                            .epsilon = (plm_real)c->epsilon,
                            .new_1 = (plm_real)(1 - c->beta_1),
                            .old_2 = (plm_real)c->beta_2};
    step(s->isa, s->p, s->g, s->slot[0], s->slot[1], s->count, k);
}

const plm_optimizer_kind plm_optimizer_adamax = {
    .kind =
        {.name = "adamax",
         .help = "adam with a decaying maximum of gradients instead of the mean of squares",
         .formula =
             "m += (g - m)(1 - b1), u = max(b2 u, |g|), x -= lr / (1 - b1^t) * m / (u + epsilon)",
         .notes = "It is sometimes more stable than adam, but adam is mostly better.",
         .source = "Kingma and Ba, Adam: a method for stochastic optimization, ICLR 2015",
         .config_size = sizeof(adamax),
         .fields = fields,
         .examples = PLM_LIST("adamax(0.01)")},
    .rate_offset = offsetof(adamax, learning_rate),
    .momentum_offset = offsetof(adamax, beta_1),
    .slots = slots,
    .begin = begin,
    .update = update,
};
