/* Stochastic gradient descent computes x -= lr g. With momentum it computes m = momentum m - lr g,
 * then x += m; Nesterov's variant computes x += momentum m - lr g with the new m. Definitions are
 * those of Keras. */
#include "kernel/per_isa.h"
#include "nn/nn.h"

typedef struct {
    const plm_spec *learning_rate; /* a number or a schedule */
    double momentum;               /* fraction of the last step that is added; 0 = none */
    bool nesterov;                 /* true = look ahead by the momentum */
} sgd;

static const plm_field fields[] = {
    PLM_FIELD_OF(sgd, learning_rate, PLM_SPEC, "0.01", "schedule",
                 "size of a step: a number or a schedule"),
    PLM_FIELD(sgd, momentum, PLM_REAL, "0", 0, 1,
              "fraction of the last step that is added to the next one"),
    PLM_FIELD(sgd, nesterov, PLM_BOOL, "false", 0, 0, "true = look ahead along the momentum"),
    {0}};

static const char *const slots[] = {"momentum", NULL};

/* Returns the slots in use: the momentum, if it is configured. */
static uint32_t uses(const void *config)
{
    return ((const sgd *)config)->momentum > 0 ? 1u : 0u;
}

/* Updates x without momentum: x -= rate g. */
static PLM_BODY void plain_body(plm_real *restrict x, const plm_real *restrict g, size_t count,
                                plm_real rate)
{
    for (size_t i = 0; i < PLM_WHOLE(count); i++)
        x[i] -= rate * plm_flushed(g[i]);
}
PLM_PER_ISA(plain,
            (const char *isa, plm_real *restrict x, const plm_real *restrict g, size_t count,
             plm_real rate),
            (x, g, count, rate))

/* Updates a span. With momentum: m = momentum m - rate g, then x += m; Nesterov: x += momentum m -
 * rate g. This is the form of Keras, in which x is already the point to which the momentum leads,
 * so that the gradient is taken there. */
static void update(const void *config, const plm_span *s)
{
    const sgd *c = config;
    const plm_real rate = (plm_real)s->rate, momentum = (plm_real)c->momentum;
    if (!(c->momentum > 0)) {
        plain(s->isa, s->p, s->g, s->count, rate);
        return;
    }
    plm_momentum_step *const step = c->nesterov ? s->kernel->nesterov : s->kernel->momentum;
    step(s->p, s->g, s->slot[0], s->count, rate, momentum);
}

const plm_optimizer_kind plm_optimizer_sgd = {
    .kind = {.name = "sgd",
             .help = "stochastic gradient descent, with optional momentum",
             .formula = "x -= lr g; with momentum: m = momentum m - lr g, x += m; nesterov: x += "
                        "momentum m - lr g",
             .notes = "It needs the least time and memory. With momentum=0.9, nesterov=true and a "
                      "falling learning rate, its final result is often the best. Its learning "
                      "rate must be tuned, for example by the range test.",
             .source = "Robbins and Monro, A stochastic approximation method, 1951; Polyak, Some "
                       "methods of speeding up the convergence of iteration methods, 1964; "
                       "Sutskever, Martens, Dahl and Hinton, On the importance of initialization "
                       "and momentum in deep learning, ICML 2013",
             .config_size = sizeof(sgd),
             .fields = fields,
             .examples = PLM_LIST("sgd(0.1)", "sgd(0.05, momentum=0.9)",
                                  "sgd(0.05, momentum=0.9, nesterov=true)")},
    .rate_offset = offsetof(sgd, learning_rate),
    .momentum_offset = offsetof(sgd, momentum),
    .slots = slots,
    .uses = uses,
    .update = update,
};
