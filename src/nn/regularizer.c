/* Defines penalties on the elements of parameters: l1, l2 and both. They are added to the gradient
 * before clipping, and to the reported loss. All kinds share one struct and one function.
 *
 * l1 is the factor of the sum of |x|, l2 the factor of the sum of x^2. The gradient of l1 has the
 * same size for all elements, so many elements become 0; the gradient of l2 is larger for larger
 * elements. */
#include "kernel/per_isa.h"
#include "nn/penalty.h"

/* The factors of both penalties. */
typedef struct {
    double l1, l2; /* factors of sum |x| and of sum x^2 */
} strengths;

/* Returns the factors l1 and l2. A factor for which the kind has no key is 0, so one formula serves
 * all three kinds. */
static plm_penalty both(const void *config)
{
    const strengths *c = config;
    return (plm_penalty){.l1 = c->l1, .l2 = c->l2};
}

static const plm_field l1_fields[] = {
    PLM_FIELD(strengths, l1, PLM_REAL, "0.01", 0, 1e9, "factor of sum |w|"), {0}};
static const plm_field l2_fields[] = {
    PLM_FIELD(strengths, l2, PLM_REAL, "0.01", 0, 1e9, "factor of sum w^2"), {0}};
static const plm_field both_fields[] = {
    PLM_FIELD(strengths, l1, PLM_REAL, "0", 0, 1e9, "factor of sum |w|"),
    PLM_FIELD(strengths, l2, PLM_REAL, "0", 0, 1e9, "factor of sum w^2"),
    {0}};

const plm_regularizer_kind plm_regularizer_l1 = {
    .kind = {.name = "l1",
             .alias = "L1",
             .help = "penalty on the size of weights, by which many weights become zero",
             .formula = "l1 sum |w|",
             .source = "Tibshirani, Regression shrinkage and selection via the lasso, 1996",
             .config_size = sizeof(strengths),
             .fields = l1_fields},
    .strengths = both};
const plm_regularizer_kind plm_regularizer_l2 = {
    .kind = {.name = "l2",
             .alias = "L2",
             .help = "penalty on the square of weights, by which all weights become small",
             .formula = "l2 sum w^2",
             .notes = "There is no factor 1/2, as in Keras. Adaptive optimizers scale this "
                      "gradient away; with them use weight_decay of adamw.",
             .source = "Krogh and Hertz, A simple weight decay can improve generalization, 1991",
             .config_size = sizeof(strengths),
             .fields = l2_fields},
    .strengths = both};
const plm_regularizer_kind plm_regularizer_l1_l2 = {
    .kind = {.name = "l1_l2",
             .alias = "L1L2",
             .help = "l1 and l2 penalties together",
             .formula = "l1 sum |w| + l2 sum w^2",
             .source =
                 "Zou and Hastie, Regularization and variable selection via the elastic net, 2005",
             .config_size = sizeof(strengths),
             .fields = both_fields},
    .strengths = both};

/* Finds the regularizer that a spec names. spec == NULL: no penalty. A kind without l1 and l2
 * (orthogonal) needs the whole parameter; it is stored in out->whole. */
plm_status plm_penalty_bind(plm_arena *a, const plm_spec *spec, plm_penalty *out)
{
    const plm_kind *kind = NULL;
    const void *config = NULL;
    *out = (plm_penalty){0};
    if (spec == NULL)
        return PLM_OK;
    PLM_TRY(plm_kind_bind(a, "regularizer", spec, &kind, &config));
    const plm_regularizer_kind *found = (const plm_regularizer_kind *)(const void *)kind;
    if (found->strengths != NULL)
        *out = found->strengths(config);
    else
        *out = (plm_penalty){.whole = found, .config = config};
    return PLM_OK;
}

/* Returns the penalty of a parameter x [count], added up in double in a fixed order. x [count]
 * includes the padding, whose zeros add nothing. The sum is in double, since it may have millions
 * of terms. */
double plm_penalty_sum(const plm_penalty *p, const plm_kernels *kernel, const plm_real *x,
                       size_t count)
{
    const double absolute = p->l1 != 0 ? kernel->sum_absolute(x, count) : 0;
    const double square = p->l2 != 0 ? kernel->sum_squares(x, count) : 0;
    return p->l1 * absolute + p->l2 * square;
}

/* Computes g += first sign(x) + second x, for g and x [count]. At x = 0, where |x| has no
 * derivative, the first term is 0. */
static PLM_BODY void add_body(plm_real *restrict g, const plm_real *restrict x, size_t count,
                              plm_real first, plm_real second)
{
    for (size_t i = 0; i < PLM_WHOLE(count); i++) {
        const plm_real sign = x[i] > 0 ? first : x[i] < 0 ? -first : 0;
        g[i] += sign + second * x[i];
    }
}
PLM_PER_ISA(add,
            (const char *isa, plm_real *restrict g, const plm_real *restrict x, size_t count,
             plm_real first, plm_real second),
            (g, x, count, first, second))

/* Adds the derivative of the penalty at x [count] to g [count], elementwise, with the same bits on
 * every instruction set. The derivative of l2 x^2 is 2 l2 x, as there is no factor 1/2. */
void plm_penalty_gradient(const plm_penalty *p, const char *isa, const plm_real *x, plm_real *g,
                          size_t count)
{
    add(isa, g, x, count, (plm_real)p->l1, (plm_real)(2.0 * p->l2));
}
