/* Adam computes m += (g - m)(1 - b1), v += (g^2 - v)(1 - b2), x -= alpha m / (sqrt(v) + epsilon)
 * with alpha = lr sqrt(1 - b2^t) / (1 - b1^t). As in Keras, and unlike PyTorch, epsilon is added
 * before the bias correction. amsgrad divides by the largest v so far.
 *
 * A step is proportional to m, the mean gradient, divided by the root of v, the mean square. So the
 * size of a step hardly depends on the size of the gradient. Both means begin at 0; 1 - b1^t and 1
 * - b2^t correct them in the first steps. Source: Kingma and Ba, Adam: a method for stochastic
 * optimization, ICLR 2015; amsgrad: Reddi, Kale and Kumar, On the convergence of Adam and beyond,
 * ICLR 2018. */
#include <tgmath.h>

#include "kernel/per_isa.h"
#include "nn/optimizer/adam.h"
#include "nn/optimizer/power.h"

typedef plm_adam_config adam;

const plm_field plm_adam_fields[] = {
    PLM_FIELD_OF(adam, learning_rate, PLM_SPEC, "0.001", "schedule",
                 "size of a step: a number or a schedule"),
    PLM_FIELD(adam, beta_1, PLM_REAL, "0.9", 0, 0.9999999, "decay of the mean of gradients"),
    PLM_FIELD(adam, beta_2, PLM_REAL, "0.999", 0, 0.9999999,
              "decay of the mean of squared gradients"),
    PLM_FIELD(adam, epsilon, PLM_REAL, "1e-7", 1e-30, 1,
              "small number added to keep the division finite"),
    PLM_FIELD(adam, amsgrad, PLM_BOOL, "false", 0, 0,
              "true = divide by the largest mean of squares so far"),
    {0}};

const char *const plm_adam_slots[] = {"m", "v", "v_hat", NULL};

/* Returns the slots that a config uses, as a bit mask: bits 0 and 1 are m and v; bit 2 is the
 * largest v, which only amsgrad uses. */
uint32_t plm_adam_uses(const void *config)
{
    return ((const adam *)config)->amsgrad ? 7u : 3u;
}

/* Computes alpha, the learning rate with bias correction, for this step, and stores it in
 * span->scalar[0]. The corrections are the same for all weights, so they are computed once per
 * step. */
void plm_adam_begin(const void *config, plm_span *span, double state[4])
{
    const adam *c = config;
    (void)state;
    const double one = 1 - plm_power(c->beta_1, span->step),
                 two = 1 - plm_power(c->beta_2, span->step);
    span->scalar[0] = span->rate * sqrt(two) / one;
}

/* Updates x [count]. m, v [count]: decaying means of gradients and of their squares. The means are
 * computed as m + (g - m)(1 - b1), which needs one multiplication and is exact where g equals m. */
static PLM_BODY void step_body(plm_real *restrict x, const plm_real *restrict g,
                               plm_real *restrict m, plm_real *restrict v, size_t count,
                               plm_adam_factors k)
{
    for (size_t i = 0; i < PLM_WHOLE(count); i++) {
        const plm_real slope = plm_flushed(g[i]);
        const plm_real mean = plm_flushed(m[i] + (slope - m[i]) * k.new_1);
        const plm_real square = plm_flushed(v[i] + (plm_square(g[i]) - v[i]) * k.new_2);
        m[i] = mean;
        v[i] = square;
        x[i] -= k.alpha * mean / (sqrt(square) + k.epsilon);
    }
}
PLM_PER_ISA(step,
            (const char *isa, plm_real *restrict x, const plm_real *restrict g,
             plm_real *restrict m, plm_real *restrict v, size_t count, plm_adam_factors k),
            (x, g, m, v, count, k))

/* Does the same as step, but with amsgrad: divides by the root of largest [count], the largest v of
 * all steps so far. */
static PLM_BODY void step_largest_body(plm_real *restrict x, const plm_real *restrict g,
                                       plm_real *restrict m, plm_real *restrict v,
                                       plm_real *restrict largest, size_t count, plm_adam_factors k)
{
    for (size_t i = 0; i < PLM_WHOLE(count); i++) {
        const plm_real slope = plm_flushed(g[i]);
        const plm_real mean = plm_flushed(m[i] + (slope - m[i]) * k.new_1);
        const plm_real square = plm_flushed(v[i] + (plm_square(g[i]) - v[i]) * k.new_2);
        const plm_real max = largest[i] > square ? largest[i] : square;
        m[i] = mean;
        v[i] = square;
        largest[i] = max;
        x[i] -= k.alpha * mean / (sqrt(max) + k.epsilon);
    }
}
PLM_PER_ISA(step_largest,
            (const char *isa, plm_real *restrict x, const plm_real *restrict g,
             plm_real *restrict m, plm_real *restrict v, plm_real *restrict largest, size_t count,
             plm_adam_factors k),
            (x, g, m, v, largest, count, k))

/* Updates a span. Slots: m, v and, with amsgrad, the largest v. */
void plm_adam_update(const void *config, const plm_span *s)
{
    const adam *c = config;
    const plm_adam_factors k = {.alpha = (plm_real)s->scalar[0],
                                .epsilon = (plm_real)c->epsilon,
                                .new_1 = (plm_real)(1 - c->beta_1),
                                .new_2 = (plm_real)(1 - c->beta_2)};
    if (c->amsgrad)
        step_largest(s->isa, s->p, s->g, s->slot[0], s->slot[1], s->slot[2], s->count, k);
    else if (s->adam != NULL)
        s->adam(s->p, s->g, s->slot[0], s->slot[1], s->count, &k);
    else
        step(s->isa, s->p, s->g, s->slot[0], s->slot[1], s->count, k);
}

const plm_optimizer_kind plm_optimizer_adam = {
    .kind = {.name = "adam",
             .help = "adaptive moments: uses momentum and a step size for each weight",
             .formula = "m += (g - m)(1 - b1), v += (g^2 - v)(1 - b2), "
                        "x -= lr sqrt(1 - b2^t) / (1 - b1^t) * m / (sqrt(v) + epsilon)",
             .notes = "It is a good first choice, since its default learning rate often works. It "
                      "stores two more numbers for each weight. If the net generalizes worse than "
                      "expected, try sgd with nesterov momentum.",
             .source =
                 "Kingma and Ba, Adam: a method for stochastic optimization, ICLR 2015; amsgrad: "
                 "Reddi, Kale "
                 "and Kumar, On the convergence of Adam and beyond, ICLR 2018",
             .config_size = sizeof(adam),
             .fields = plm_adam_fields,
             .examples = PLM_LIST("adam(0.01)", "adam(0.01, amsgrad=true)",
                                  "adam(0.02, beta_1=0.8, epsilon=1e-4)")},
    .rate_offset = offsetof(adam, learning_rate),
    .momentum_offset = offsetof(adam, beta_1),
    .slots = plm_adam_slots,
    .uses = plm_adam_uses,
    .begin = plm_adam_begin,
    .update = plm_adam_update,
    .is_adam = true,
};
