/* FTRL-Proximal. Definition: Keras. With q = -learning_rate_power, n the sum of squared gradients,
 * z the linear term:
 *     n' = n + g^2
 *     z += g + 2 l2_shrinkage x - (n'^q - n^q) / lr * x
 *     x = (clip(z, -l1, l1) - z) / (n'^q / lr + 2 l2 + beta / lr)
 * So a weight is exactly 0 as long as |z| <= l1. A power of -0.5 is a square root, which has the
 * same bits everywhere; other powers are computed by the C library. */
#include <math.h>
#include <tgmath.h>

#include "kernel/per_isa.h"
#include "nn/nn.h"

typedef struct {
    const plm_spec *learning_rate;                                 /* a number or a schedule */
    double learning_rate_power, initial_accumulator_value;         /* -q; first n */
    double l1_regularization_strength, l2_regularization_strength; /* l1, l2 of the formula */
    double l2_shrinkage_regularization_strength, beta;
} ftrl;

static const plm_field fields[] = {
    PLM_FIELD_OF(ftrl, learning_rate, PLM_SPEC, "0.001", "schedule",
                 "size of a step: a number or a schedule"),
    PLM_FIELD(
        ftrl, learning_rate_power, PLM_REAL, "-0.5", -10, 0,
        "exponent by which steps shrink as squared gradients add up; 0 = steps do not shrink"),
    PLM_FIELD(ftrl, initial_accumulator_value, PLM_REAL, "0.1", 0, 1e6,
              "initial value of the sum of squared gradients"),
    PLM_FIELD(ftrl, l1_regularization_strength, PLM_REAL, "0", 0, 1e6,
              "L1 penalty: weights whose linear term is smaller than this are 0"),
    PLM_FIELD(ftrl, l2_regularization_strength, PLM_REAL, "0", 0, 1e6,
              "L2 penalty, which is added to the divisor of the update"),
    PLM_FIELD(ftrl, l2_shrinkage_regularization_strength, PLM_REAL, "0", 0, 1e6,
              "L2 penalty that acts like a penalty in the loss"),
    PLM_FIELD(ftrl, beta, PLM_REAL, "0", 0, 1e6,
              "beta of the paper, which makes the first steps smaller"),
    {0}};

static const char *const slots[] = {"accumulator", "linear", NULL};

/* Returns the initial value of a slot: the sum of squares starts above 0. */
static double slot_start(const void *config, int slot)
{
    return slot == 0 ? ((const ftrl *)config)->initial_accumulator_value : 0;
}

/* Coefficients of the loop, as plm_real. over = 1 / lr, extra = 2 l2 + beta / lr. */
typedef struct {
    plm_real over, extra, l1, shrinkage, power;
} coefficients;

/* Which function computes n^q. It is a constant in each variant of the loop. */
typedef enum { ROOT, ONE, POWER } power_kind;

/* Returns n^q. */
static PLM_BODY plm_real power_of(plm_real n, plm_real q, power_kind kind)
{
    return kind == ROOT ? sqrt(n) : kind == ONE ? 1 : pow(n, q);
}

/* Updates x [count]. n, z [count]: the sum of squares and the linear term. Padding, and weights
 * that never had a gradient, give 0 / 0, which is replaced by 0. */
static PLM_BODY void move(plm_real *restrict x, const plm_real *restrict g, plm_real *restrict n,
                          plm_real *restrict z, size_t count, coefficients k, power_kind kind)
{
    for (size_t i = 0; i < PLM_WHOLE(count); i++) {
        const plm_real sum = n[i] + plm_square(g[i]);
        const plm_real now = power_of(sum, k.power, kind), before = power_of(n[i], k.power, kind);
        const plm_real slope = plm_flushed(g[i]) + k.shrinkage * x[i];
        const plm_real line = plm_flushed(z[i] + (slope - (now - before) * k.over * x[i]));
        const plm_real low = line < -k.l1 ? -k.l1 : line, clipped = low > k.l1 ? k.l1 : low;
        const plm_real curve = now * k.over + k.extra;
        n[i] = sum;
        z[i] = line;
        x[i] = curve > 0 ? (clipped - line) / (curve > 0 ? curve : 1) : 0;
    }
}

/* Compiles one variant of the loop for all instruction sets. */
#define FORM(name, kind)                                                                           \
    static PLM_BODY void name##_body(plm_real *restrict x, const plm_real *restrict g,             \
                                     plm_real *restrict n, plm_real *restrict z, size_t count,     \
                                     coefficients k)                                               \
    {                                                                                              \
        move(x, g, n, z, count, k, kind);                                                          \
    }                                                                                              \
    PLM_PER_ISA(name,                                                                              \
                (const char *isa, plm_real *restrict x, const plm_real *restrict g,                \
                 plm_real *restrict n, plm_real *restrict z, size_t count, coefficients k),        \
                (x, g, n, z, count, k))
FORM(by_root, ROOT)
FORM(constant, ONE)
FORM(by_power, POWER)

/* Updates a span by the loop that the config needs. */
static void update(const void *config, const plm_span *s)
{
    const ftrl *c = config;
    const double q = -c->learning_rate_power;
    if (!(s->rate > 0)) /* the update divides by the rate; with a rate of 0 nothing changes */
        return;
    const coefficients k = {.over = (plm_real)(1 / s->rate),
                            .extra =
                                (plm_real)(2 * c->l2_regularization_strength + c->beta / s->rate),
                            .l1 = (plm_real)c->l1_regularization_strength,
                            .shrinkage = (plm_real)(2 * c->l2_shrinkage_regularization_strength),
                            .power = (plm_real)q};
    const bool root = !(q < 0.5) && !(q > 0.5), one = !(q > 0);
    (root  ? by_root
     : one ? constant
           : by_power)(s->isa, s->p, s->g, s->slot[0], s->slot[1], s->count, k);
}

const plm_optimizer_kind plm_optimizer_ftrl = {
    .kind =
        {.name = "ftrl",
         .help = "follow the regularized leader, which gives sparse weights, for shallow models",
         .formula = "n' = n + g^2, z += g - (n'^q - n^q) / lr x, x = (clip(z, -l1, l1) - z) / "
                    "(n'^q / lr + 2 l2 + beta / lr), q = -learning_rate_power",
         .notes =
             "It is made for linear models with many inputs of which few are not 0, such as models "
             "of click rates. l1_regularization_strength gives weights that are exactly 0. The "
             "initial weights fade as gradients add up, so adam is better for deep nets.",
         .source = "McMahan et al., Ad click prediction: a view from the trenches, KDD 2013",
         .config_size = sizeof(ftrl),
         .fields = fields,
         .examples = PLM_LIST("ftrl(0.1)", "ftrl(0.1, l1_regularization_strength=0.001)",
                              "ftrl(0.1, learning_rate_power=-0.4, beta=0.1)")},
    .rate_offset = offsetof(ftrl, learning_rate),
    .slots = slots,
    .slot_start = slot_start,
    .update = update,
};
