/* Nadam: Adam with Nesterov momentum. Definition: Keras. m and v are as in Adam; u(t) = b1 (1 -
 * 0.96^t / 2), P is the product of u(1) to u(t), u = u(t), u' = u(t+1).
 * x -= lr (u' m / (1 - P u') + (1 - u) g / (1 - P)) / (sqrt(v / (1 - b2^t)) + epsilon)
 *
 * The step looks ahead by using the momentum of the next step, u(t+1), for m. Source: Dozat,
 * Incorporating Nesterov momentum into Adam, 2016. */
#include <tgmath.h>

#include "kernel/per_isa.h"
#include "nn/nn.h"
#include "nn/optimizer/power.h"

typedef struct {
    const plm_spec *learning_rate;  /* a number or a schedule */
    double beta_1, beta_2, epsilon; /* beta_1: decay of m. beta_2: decay of v. epsilon: number added
                                     * to the root of v. */
} nadam;

static const plm_field fields[] = {
    PLM_FIELD_OF(nadam, learning_rate, PLM_SPEC, "0.001", "schedule",
                 "size of a step: a number or a schedule"),
    PLM_FIELD(nadam, beta_1, PLM_REAL, "0.9", 0, 0.9999999, "decay of the mean of gradients"),
    PLM_FIELD(nadam, beta_2, PLM_REAL, "0.999", 0, 0.9999999,
              "decay of the mean of squared gradients"),
    PLM_FIELD(nadam, epsilon, PLM_REAL, "1e-7", 1e-30, 1,
              "small number added to keep the division finite"),
    {0}};

static const char *const slots[] = {"m", "v", NULL};

/* Computes the three factors of this step. state[0] keeps P from step to step; a training starts
 * with P = 1. scalar[0]: factor of m; scalar[1]: factor of g; scalar[2]: correction of the root of
 * v. */
static void begin(const void *config, plm_span *span, double state[4])
{
    const nadam *c = config;
    const double now = c->beta_1 * (1 - 0.5 * plm_power(0.96, span->step));
    const double next = c->beta_1 * (1 - 0.5 * plm_power(0.96, span->step + 1));
    state[0] = (span->step <= 1 ? 1 : state[0]) * now;
    span->scalar[0] = span->rate * next / (1 - state[0] * next);
    span->scalar[1] = span->rate * (1 - now) / (1 - state[0]);
    span->scalar[2] = 1 / sqrt(1 - plm_power(c->beta_2, span->step));
}

/* Coefficients of the loop, as plm_real: the factors of m and of g, the bias correction of sqrt(v),
 * new_1 = 1 - b1 and new_2 = 1 - b2. */
typedef struct {
    plm_real of_mean, of_gradient, correction, epsilon, new_1, new_2;
} coefficients;

/* Updates x [count]. m, v [count]: as in Adam. */
static PLM_BODY void step_body(plm_real *restrict x, const plm_real *restrict g,
                               plm_real *restrict m, plm_real *restrict v, size_t count,
                               coefficients k)
{
    for (size_t i = 0; i < PLM_WHOLE(count); i++) {
        const plm_real slope = plm_flushed(g[i]);
        const plm_real mean = plm_flushed(m[i] + (slope - m[i]) * k.new_1);
        const plm_real square = plm_flushed(v[i] + (plm_square(g[i]) - v[i]) * k.new_2);
        m[i] = mean;
        v[i] = square;
        x[i] -=
            (k.of_mean * mean + k.of_gradient * slope) / (sqrt(square) * k.correction + k.epsilon);
    }
}
PLM_PER_ISA(step,
            (const char *isa, plm_real *restrict x, const plm_real *restrict g,
             plm_real *restrict m, plm_real *restrict v, size_t count, coefficients k),
            (x, g, m, v, count, k))

/* Updates a span. */
static void update(const void *config, const plm_span *s)
{
    const nadam *c = config;
    const coefficients k = {.of_mean = (plm_real)s->scalar[0],
                            .of_gradient = (plm_real)s->scalar[1],
                            .correction = (plm_real)s->scalar[2],
                            .epsilon = (plm_real)c->epsilon,
                            .new_1 = (plm_real)(1 - c->beta_1),
                            .new_2 = (plm_real)(1 - c->beta_2)};
    step(s->isa, s->p, s->g, s->slot[0], s->slot[1], s->count, k);
}

const plm_optimizer_kind plm_optimizer_nadam = {
    .kind =
        {.name = "nadam",
         .help = "adam with Nesterov momentum",
         .formula =
             "x -= lr (u' m / (1 - P u') + (1 - u) g / (1 - P)) / (sqrt(v / (1 - b2^t)) + "
             "epsilon), u = b1 (1 - 0.96^t / 2), u' is the next u, P the product of all u so far",
         .notes = "It often learns a little faster than adam, at the same cost.",
         .source = "Dozat, Incorporating Nesterov momentum into Adam, ICLR workshop 2016",
         .config_size = sizeof(nadam),
         .fields = fields,
         .examples = PLM_LIST("nadam(0.01)")},
    .rate_offset = offsetof(nadam, learning_rate),
    .momentum_offset = offsetof(nadam, beta_1),
    .slots = slots,
    .begin = begin,
    .update = update,
};
