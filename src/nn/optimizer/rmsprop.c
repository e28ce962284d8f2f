/* RMSprop computes v = rho v + (1 - rho) g^2, x -= lr g / sqrt(v + epsilon). centered subtracts the
 * square of the mean gradient a from v; momentum accumulates the steps: m = momentum m + step, x -=
 * m. Definitions: Keras.
 *
 * Source: Tieleman and Hinton, lecture 6.5 of Neural networks for machine learning, 2012; centered:
 * Graves, Generating sequences with recurrent neural networks, 2013. */
#include <tgmath.h>

#include "kernel/per_isa.h"
#include "nn/nn.h"

typedef struct {
    const plm_spec *learning_rate; /* a number or a schedule */
    double rho, momentum, epsilon; /* rho: decay of v. momentum: decay of the steps. epsilon: number
                                    * added under the root. */
    bool centered;                 /* true = subtract the square of the mean gradient */
} rmsprop;

static const plm_field fields[] = {
    PLM_FIELD_OF(rmsprop, learning_rate, PLM_SPEC, "0.001", "schedule",
                 "size of a step: a number or a schedule"),
    PLM_FIELD(rmsprop, rho, PLM_REAL, "0.9", 0, 0.9999999,
              "decay of the mean of squared gradients"),
    PLM_FIELD(rmsprop, momentum, PLM_REAL, "0", 0, 1,
              "fraction of the last step that is added to the next one"),
    PLM_FIELD(rmsprop, epsilon, PLM_REAL, "1e-7", 1e-30, 1,
              "small number added to keep the division finite"),
    PLM_FIELD(
        rmsprop, centered, PLM_BOOL, "false", 0, 0,
        "true = divide by the standard deviation of gradients instead of their root mean square"),
    {0}};

static const char *const slots[] = {"velocity", "momentum", "average_gradient", NULL};

/* Returns the slots in use: velocity always; momentum and average_gradient only if they are
 * configured. Slots that are not used are not allocated, and are not in checkpoints. */
static uint32_t uses(const void *config)
{
    const rmsprop *c = config;
    return 1u | (c->momentum > 0 ? 2u : 0u) | (c->centered ? 4u : 0u);
}

/* Coefficients of the loops, as plm_real. rest = 1 - rho. */
typedef struct {
    plm_real rate, rho, rest, momentum, epsilon;
} coefficients;

/* Updates x [count]; one loop serves all variants. slot: v, m and a (see the head of this file),
 * [count] each. heavy = true: with momentum. `heavy` and `centered` are constants where the loop is
 * inlined, so each variant has a loop without branches. */
static PLM_BODY void move(plm_real *restrict x, const plm_real *restrict g, plm_real *const *slot,
                          size_t count, coefficients k, bool heavy, bool centered)
{
    plm_real *restrict v = slot[0], *restrict m = slot[1], *restrict a = slot[2];
    for (size_t i = 0; i < PLM_WHOLE(count); i++) {
        const plm_real slope = plm_flushed(g[i]);
        const plm_real square = plm_flushed(k.rho * v[i] + k.rest * plm_square(g[i]));
        plm_real spread = square;
        v[i] = square;
        if (centered) {
            const plm_real mean = plm_flushed(k.rho * a[i] + k.rest * slope);
            const plm_real left = square - plm_square(mean);
            a[i] = mean;
            spread = left > 0 ? left : 0; /* rounding may make the difference negative */
        }
        plm_real step = k.rate * slope / sqrt(spread + k.epsilon);
        if (heavy) {
            step = plm_flushed(step + k.momentum * m[i]);
            m[i] = step;
        }
        x[i] -= step;
    }
}

/* Compiles one variant of the loop for all instruction sets. */
#define FORM(name, heavy, centered)                                                                \
    static PLM_BODY void name##_body(plm_real *restrict x, const plm_real *restrict g,             \
                                     plm_real *const *slot, size_t count, coefficients k)          \
    {                                                                                              \
        move(x, g, slot, count, k, heavy, centered);                                               \
    }                                                                                              \
    PLM_PER_ISA(name,                                                                              \
                (const char *isa, plm_real *restrict x, const plm_real *restrict g,                \
                 plm_real *const *slot, size_t count, coefficients k),                             \
                (x, g, slot, count, k))
FORM(plain, false, false)
FORM(heavy, true, false)
FORM(centered, false, true)
FORM(heavy_centered, true, true)

/* Updates a span by the loop that the config needs. */
static void update(const void *config, const plm_span *s)
{
    const rmsprop *c = config;
    const coefficients k = {.rate = (plm_real)s->rate,
                            .rho = (plm_real)c->rho,
                            .rest = (plm_real)(1 - c->rho),
                            .momentum = (plm_real)c->momentum,
                            .epsilon = (plm_real)c->epsilon};
    if (c->centered && c->momentum > 0)
        heavy_centered(s->isa, s->p, s->g, s->slot, s->count, k);
    else if (c->centered)
        centered(s->isa, s->p, s->g, s->slot, s->count, k);
    else if (c->momentum > 0)
        heavy(s->isa, s->p, s->g, s->slot, s->count, k);
    else
        plain(s->isa, s->p, s->g, s->slot, s->count, k);
}

const plm_optimizer_kind plm_optimizer_rmsprop = {
    .kind = {.name = "rmsprop",
             .help = "a step size for each weight, from its recent gradients",
             .formula = "v = rho v + (1 - rho) g^2, x -= lr g / sqrt(v + epsilon)",
             .notes = "It is like adagrad but forgets old gradients, so it does not slow down for "
                      "ever. Adam is mostly as good or better.",
             .source = "Tieleman and Hinton, Lecture 6.5: RMSProp, Coursera: Neural networks for "
                       "machine learning, 2012",
             .config_size = sizeof(rmsprop),
             .fields = fields,
             .examples = PLM_LIST("rmsprop(0.01)", "rmsprop(0.01, rho=0.8, momentum=0.5)",
                                  "rmsprop(0.01, centered=true)")},
    .rate_offset = offsetof(rmsprop, learning_rate),
    .momentum_offset = offsetof(rmsprop, momentum),
    .slots = slots,
    .uses = uses,
    .update = update,
};
