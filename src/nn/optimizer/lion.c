/* Lion computes x -= lr sign(b1 m + (1 - b1) g), then m = b2 m + (1 - b2) g. Steps have the size
 * lr, however large the gradient is. Definition: Keras.
 *
 * Source: Chen and others, Symbolic discovery of optimization algorithms, 2023. The sign makes
 * steps larger than Adam's, so rates are usually 3 to 10 times lower. */
#include "kernel/per_isa.h"
#include "nn/nn.h"

typedef struct {
    const plm_spec *learning_rate; /* a number or a schedule */
    double beta_1, beta_2;         /* weight of m in the step; decay of m */
} lion;

static const plm_field fields[] = {
    PLM_FIELD_OF(lion, learning_rate, PLM_SPEC, "0.001", "schedule",
                 "size of a step: a number or a schedule"),
    PLM_FIELD(lion, beta_1, PLM_REAL, "0.9", 0, 1,
              "weight of the momentum in the direction of the step"),
    PLM_FIELD(lion, beta_2, PLM_REAL, "0.99", 0, 1, "decay of the momentum"),
    {0}};

static const char *const slots[] = {"momentum", NULL};

/* Coefficients of the loop, as plm_real. old_1 = b1, new_1 = 1 - b1; old_2 = b2, new_2 = 1 - b2. */
typedef struct {
    plm_real rate, old_1, new_1, old_2, new_2;
} coefficients;

/* Updates x [count] by steps of equal size. m [count]: momentum. */
static PLM_BODY void step_body(plm_real *restrict x, const plm_real *restrict g,
                               plm_real *restrict m, size_t count, coefficients k)
{
    for (size_t i = 0; i < PLM_WHOLE(count); i++) {
        const plm_real slope = plm_flushed(g[i]);
        const plm_real way = k.old_1 * m[i] + k.new_1 * slope;
        m[i] = plm_flushed(k.old_2 * m[i] + k.new_2 * slope);
        x[i] -= way > 0 ? k.rate : way < 0 ? -k.rate : 0;
    }
}
PLM_PER_ISA(step,
            (const char *isa, plm_real *restrict x, const plm_real *restrict g,
             plm_real *restrict m, size_t count, coefficients k),
            (x, g, m, count, k))

/* Updates a span. */
static void update(const void *config, const plm_span *s)
{
    const lion *c = config;
    const coefficients k = {.rate = (plm_real)s->rate,
                            .old_1 = (plm_real)c->beta_1,
                            .new_1 = (plm_real)(1 - c->beta_1),
                            .old_2 = (plm_real)c->beta_2,
                            .new_2 = (plm_real)(1 - c->beta_2)};
    step(s->isa, s->p, s->g, s->slot[0], s->count, k);
}

const plm_optimizer_kind plm_optimizer_lion = {
    .kind = {.name = "lion",
             .help = "makes steps of equal size along the sign of the momentum",
             .formula = "x -= lr sign(b1 m + (1 - b1) g), m = b2 m + (1 - b2) g",
             .notes = "It stores one number for each weight, where adam stores two. It needs a "
                      "learning rate three to ten times smaller than adam's, and large batches.",
             .source = "Chen et al., Symbolic discovery of optimization algorithms, NeurIPS 2023",
             .config_size = sizeof(lion),
             .fields = fields,
             .examples = PLM_LIST("lion(0.01)")},
    .rate_offset = offsetof(lion, learning_rate),
    .slots = slots,
    .update = update,
};
