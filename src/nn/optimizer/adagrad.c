/* Adagrad: a += g^2, x -= lr g / sqrt(a + epsilon). Each weight has its own step size, which
 * shrinks as a grows. Definition: Keras.
 *
 * Source: Duchi, Hazan and Singer, Adaptive subgradient methods, JMLR 2011. Weights that seldom
 * have a gradient, such as the rows of an embedding, keep large steps. */
#include <tgmath.h>

#include "kernel/per_isa.h"
#include "nn/nn.h"

typedef struct {
    const plm_spec *learning_rate; /* a number or a schedule */
    /* initial_accumulator_value: initial value of a. epsilon: number added under the root. */
    double initial_accumulator_value, epsilon;
} adagrad;

static const plm_field fields[] = {PLM_FIELD_OF(adagrad, learning_rate, PLM_SPEC, "0.001",
                                                "schedule",
                                                "size of a step: a number or a schedule"),
                                   PLM_FIELD(adagrad, initial_accumulator_value, PLM_REAL, "0.1", 0,
                                             1e30, "initial value of the sum of squares"),
                                   PLM_FIELD(adagrad, epsilon, PLM_REAL, "1e-7", 1e-30, 1,
                                             "small number added to keep the division finite"),
                                   {0}};

static const char *const slots[] = {"accumulator", NULL};

/* Returns the initial value of the slot. */
static double slot_start(const void *config, int slot)
{
    (void)slot;
    return ((const adagrad *)config)->initial_accumulator_value;
}

/* Updates x [count]. a [count]: sums of squared gradients. */
static PLM_BODY void move_body(plm_real *restrict x, const plm_real *restrict g,
                               plm_real *restrict a, size_t count, plm_real rate, plm_real epsilon)
{
    for (size_t i = 0; i < PLM_WHOLE(count); i++) {
        const plm_real sum = a[i] + plm_square(g[i]);
        a[i] = sum;
        x[i] -= rate * plm_flushed(g[i]) / sqrt(sum + epsilon);
    }
}
PLM_PER_ISA(move,
            (const char *isa, plm_real *restrict x, const plm_real *restrict g,
             plm_real *restrict a, size_t count, plm_real rate, plm_real epsilon),
            (x, g, a, count, rate, epsilon))

/* Updates a span. */
static void update(const void *config, const plm_span *s)
{
    const adagrad *c = config;
    move(s->isa, s->p, s->g, s->slot[0], s->count, (plm_real)s->rate, (plm_real)c->epsilon);
}

const plm_optimizer_kind plm_optimizer_adagrad = {
    .kind =
        {.name = "adagrad",
         .help =
             "a step size for each weight, which shrinks with the squares of all past gradients",
         .formula = "a += g^2, x -= lr g / sqrt(a + epsilon)",
         .notes = "It is good for simple or sparse problems. Deep nets stop learning too early, "
                  "since steps only shrink; try rmsprop or adam for them.",
         .source = "Duchi, Hazan and Singer, Adaptive subgradient methods for online learning "
                   "and stochastic "
                   "optimization, JMLR 2011",
         .config_size = sizeof(adagrad),
         .fields = fields,
         .examples = PLM_LIST("adagrad(0.1)")},
    .rate_offset = offsetof(adagrad, learning_rate),
    .slots = slots,
    .slot_start = slot_start,
    .update = update,
};
