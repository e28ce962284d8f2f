/* AdamW: Adam with weight decay by itself: x -= lr weight_decay x, then Adam's step. Definition: Keras, which decays
 * every trained parameter, biases included. */
#include <tgmath.h>

#include "kernel/per_isa.h"
#include "nn/nn.h"
#include "nn/optimizer/power.h"

typedef struct {
    const plm_spec *learning_rate;
    double weight_decay, beta_1, beta_2, epsilon;
    bool amsgrad;
} adamw;

static const plm_field fields[] = {
    PLM_FIELD_OF(adamw, learning_rate, PLM_SPEC, "0.001", "schedule", "size of a step: a number or a schedule"),
    PLM_FIELD(adamw, weight_decay, PLM_REAL, "0.004", 0, 1e6, "part of a weight that goes, times the learning rate"),
    PLM_FIELD(adamw, beta_1, PLM_REAL, "0.9", 0, 0.9999999, "decay of the mean of gradients"),
    PLM_FIELD(adamw, beta_2, PLM_REAL, "0.999", 0, 0.9999999, "decay of the mean of their squares"),
    PLM_FIELD(adamw, epsilon, PLM_REAL, "1e-7", 1e-30, 1, "keeps the division finite"),
    PLM_FIELD(adamw, amsgrad, PLM_BOOL, "false", 0, 0, "divides by the largest mean of squares so far"),
    {0}};

static const char *const slots[] = {"m", "v", "v_hat", NULL};

static uint32_t uses(const void *config) { return ((const adamw *)config)->amsgrad ? 7u : 3u; }

static void begin(const void *config, plm_span *span, double state[4])
{
    const adamw *c = config;
    (void)state;
    const double one = 1 - plm_power(c->beta_1, span->step), two = 1 - plm_power(c->beta_2, span->step);
    span->scalar[0] = span->rate * sqrt(two) / one;
    span->scalar[1] = span->rate * c->weight_decay;
}

/* What the loops need, cast once. */
typedef struct {
    plm_real alpha, decay, epsilon, new_1, new_2;
} coefficients;

static PLM_BODY void step_body(plm_real *restrict x, const plm_real *restrict g, plm_real *restrict m,
                               plm_real *restrict v, size_t count, coefficients k)
{
    for (size_t i = 0; i < PLM_WHOLE(count); i++) {
        const plm_real mean = m[i] + (g[i] - m[i]) * k.new_1;
        const plm_real square = v[i] + (g[i] * g[i] - v[i]) * k.new_2;
        m[i] = mean;
        v[i] = square;
        x[i] = (x[i] - x[i] * k.decay) - k.alpha * mean / (sqrt(square) + k.epsilon);
    }
}
PLM_PER_ISA(step,
            (const char *isa, plm_real *restrict x, const plm_real *restrict g, plm_real *restrict m,
             plm_real *restrict v, size_t count, coefficients k),
            (x, g, m, v, count, k))

static PLM_BODY void step_largest_body(plm_real *restrict x, const plm_real *restrict g, plm_real *restrict m,
                                       plm_real *restrict v, plm_real *restrict largest, size_t count,
                                       coefficients k)
{
    for (size_t i = 0; i < PLM_WHOLE(count); i++) {
        const plm_real mean = m[i] + (g[i] - m[i]) * k.new_1;
        const plm_real square = v[i] + (g[i] * g[i] - v[i]) * k.new_2;
        const plm_real most = largest[i] > square ? largest[i] : square;
        m[i] = mean;
        v[i] = square;
        largest[i] = most;
        x[i] = (x[i] - x[i] * k.decay) - k.alpha * mean / (sqrt(most) + k.epsilon);
    }
}
PLM_PER_ISA(step_largest,
            (const char *isa, plm_real *restrict x, const plm_real *restrict g, plm_real *restrict m,
             plm_real *restrict v, plm_real *restrict largest, size_t count, coefficients k),
            (x, g, m, v, largest, count, k))

static void update(const void *config, const plm_span *s)
{
    const adamw *c = config;
    const coefficients k = {.alpha = (plm_real)s->scalar[0], .decay = (plm_real)s->scalar[1],
                            .epsilon = (plm_real)c->epsilon, .new_1 = (plm_real)(1 - c->beta_1),
                            .new_2 = (plm_real)(1 - c->beta_2)};
    if (c->amsgrad)
        step_largest(s->isa, s->p, s->g, s->slot[0], s->slot[1], s->slot[2], s->count, k);
    else
        step(s->isa, s->p, s->g, s->slot[0], s->slot[1], s->count, k);
}

const plm_optimizer_kind plm_optimizer_adamw = {
    .kind = {.name = "adamw", .help = "adam with weight decay apart from the gradient",
             .formula = "x -= lr weight_decay x, then adam's step",
             .notes = "Adam where l2 is wanted: a penalty in the gradient is divided by adam's step sizes and loses its "
                      "meaning, decay keeps it.",
             .source = "Loshchilov and Hutter, Decoupled weight decay regularization, ICLR 2019",
             .config_size = sizeof(adamw), .fields = fields,
             .examples = PLM_LIST("adamw(0.01)", "adamw(0.01, weight_decay=0.1, amsgrad=true)")},
    .rate_offset = offsetof(adamw, learning_rate),
    .slots = slots,
    .uses = uses,
    .begin = begin,
    .update = update,
};
