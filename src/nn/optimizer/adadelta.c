/* Adadelta, as Keras defines it. G = rho G + (1 - rho) g^2
 * d = -sqrt((D + epsilon) / (G + epsilon)) g
 * D = rho D + (1 - rho) d^2
 * x += lr d
 *
 * Source: Zeiler, ADADELTA: an adaptive learning rate method, 2012. D estimates the size of steps
 * and G the size of gradients, so their quotient gives a step the unit of a weight. */
#include <tgmath.h>

#include "kernel/per_isa.h"
#include "nn/nn.h"

typedef struct {
    const plm_spec *learning_rate; /* a number or a schedule */
    double rho, epsilon;           /* rho: decay of both means. epsilon: number added under the
                                    * roots. */
} adadelta;

static const plm_field fields[] = {
    PLM_FIELD_OF(adadelta, learning_rate, PLM_SPEC, "0.001", "schedule",
                 "size of a step, a number or a schedule; 1 in the paper"),
    PLM_FIELD(adadelta, rho, PLM_REAL, "0.95", 0, 0.9999999, "decay of both means of squares"),
    PLM_FIELD(
        adadelta, epsilon, PLM_REAL, "1e-7", 1e-30, 1,
        "small number added, which makes the first steps possible and keeps the division finite"),
    {0}};

static const char *const slots[] = {"accumulated_grad", "accumulated_delta_var", NULL};

/* Coefficients of the loop, as plm_real. rest = 1 - rho. */
typedef struct {
    plm_real rate, rho, rest, epsilon; /* as in the formula above */
} coefficients;

/* Updates x [count]. gradients, steps [count]: G and D, the decaying means of squares of gradients
 * and of steps. */
static PLM_BODY void step_body(plm_real *restrict x, const plm_real *restrict g,
                               plm_real *restrict gradients, plm_real *restrict steps, size_t count,
                               coefficients k)
{
    for (size_t i = 0; i < PLM_WHOLE(count); i++) {
        const plm_real slope = plm_flushed(g[i]);
        const plm_real square = plm_flushed(k.rho * gradients[i] + k.rest * plm_square(g[i]));
        const plm_real step = sqrt(steps[i] + k.epsilon) * slope / sqrt(square + k.epsilon);
        gradients[i] = square;
        steps[i] = plm_flushed(k.rho * steps[i] + k.rest * plm_square(step));
        x[i] -= k.rate * step;
    }
}
PLM_PER_ISA(step,
            (const char *isa, plm_real *restrict x, const plm_real *restrict g,
             plm_real *restrict gradients, plm_real *restrict steps, size_t count, coefficients k),
            (x, g, gradients, steps, count, k))

/* Updates a span. */
static void update(const void *config, const plm_span *s)
{
    const adadelta *c = config;
    const coefficients k = {.rate = (plm_real)s->rate,
                            .rho = (plm_real)c->rho,
                            .rest = (plm_real)(1 - c->rho),
                            .epsilon = (plm_real)c->epsilon};
    step(s->isa, s->p, s->g, s->slot[0], s->slot[1], s->count, k);
}

const plm_optimizer_kind plm_optimizer_adadelta = {
    .kind =
        {.name = "adadelta",
         .help =
             "computes the size of steps from past steps and gradients, in the unit of the weights",
         .formula = "G = rho G + (1 - rho) g^2, d = -sqrt((D + epsilon) / (G + epsilon)) g, "
                    "D = rho D + (1 - rho) d^2, x += lr d",
         .notes = "It has little to tune but starts slowly. With the default learning rate of "
                  "Keras it is very slow: use 1.",
         .source = "Zeiler, ADADELTA: an adaptive learning rate method, 2012",
         .config_size = sizeof(adadelta),
         .fields = fields,
         .examples = PLM_LIST("adadelta(1)")},
    .rate_offset = offsetof(adadelta, learning_rate),
    .slots = slots,
    .update = update,
};
