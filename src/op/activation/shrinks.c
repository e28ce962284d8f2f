/* Defines the shrinks and threshold: activations that set small numbers to a constant, mostly 0,
 * and pass or shift the others.
 *
 * Their slope is 0 or 1, so backward only tests whether x was above the threshold. Sources: Donoho
 * and Johnstone, Ideal spatial adaptation by wavelet shrinkage, 1994, for the hard and the soft
 * shrink; PyTorch for threshold. */
#include "op/op.h"

typedef struct {
    double threshold; /* magnitude up to which x becomes 0 */
} shrink_config;

static const plm_field shrink_fields[] = {
    PLM_FIELD(shrink_config, threshold, PLM_REAL, "0.5", 0, 1e30,
              "numbers from -threshold to threshold become 0"),
    {0}};

/* Sets up a hard shrink: p[0] = threshold. It gives x for |x| > p[0], else 0. */
static plm_activation_id hard_parameters(const void *config, plm_real p[4])
{
    p[0] = (plm_real)((const shrink_config *)config)->threshold;
    return PLM_ACTIVATION_hard_shrink;
}

/* Sets up a soft shrink: p[0] = threshold. It moves x by p[0] towards 0, and gives 0 for |x| <=
 * p[0]. */
static plm_activation_id soft_parameters(const void *config, plm_real p[4])
{
    p[0] = (plm_real)((const shrink_config *)config)->threshold;
    return PLM_ACTIVATION_soft_shrink;
}

typedef struct {
    double threshold, default_value; /* numbers above `threshold` pass; others become
                                      * default_value */
} threshold_config;

static const plm_field threshold_fields[] = {
    PLM_FIELD(threshold_config, threshold, PLM_REAL, NULL, -1e30, 1e30,
              "numbers above the threshold pass unchanged"),
    PLM_FIELD(threshold_config, default_value, PLM_REAL, NULL, -1e30, 1e30,
              "output for numbers at or below the threshold"),
    {0}};

/* Sets up a threshold activation: p[0] = threshold, p[1] = default_value. It gives x above p[0],
 * and the constant p[1] at or below it. */
static plm_activation_id threshold_parameters(const void *config, plm_real p[4])
{
    const threshold_config *c = config;
    p[0] = (plm_real)c->threshold;
    p[1] = (plm_real)c->default_value;
    return PLM_ACTIVATION_threshold;
}

const plm_activation_kind plm_activation_hard_shrink = {
    .kind = {.name = "hard_shrink",
             .help = "sets small numbers to 0 and passes the others",
             .formula = "y = x for |x| > threshold, else 0",
             .notes = "Gives sparse outputs on both sides of 0, as in sparse coding. Compared with "
                      "relu: negative numbers are kept. Cost: a jump at each threshold, and no "
                      "gradient between the thresholds. Initializer: glorot_uniform.",
             .source = "Donoho and Johnstone, Ideal spatial adaptation by wavelet shrinkage, 1994",
             .config_size = sizeof(shrink_config),
             .fields = shrink_fields},
    .id = PLM_ACTIVATION_hard_shrink,
    .parameters = hard_parameters};

const plm_activation_kind plm_activation_soft_shrink = {
    .kind = {.name = "soft_shrink",
             .help = "moves all numbers towards 0 by the threshold, at most to 0",
             .formula =
                 "y = x - threshold for x > threshold, x + threshold for x < -threshold, 0 between",
             .notes = "It is the step of iterative shrinkage for an l1 penalty. With it a net can "
                      "compute sparse codes, one step per layer. Compared with relu: negative "
                      "numbers are kept; unlike hard_shrink, there is no jump. Cost: no gradient "
                      "between the thresholds. Initializer: glorot_uniform.",
             .source =
                 "Donoho, De-noising by soft-thresholding, 1995; Gregor and LeCun, Learning fast "
                 "approximations of sparse coding, ICML 2010",
             .config_size = sizeof(shrink_config),
             .fields = shrink_fields},
    .id = PLM_ACTIVATION_soft_shrink,
    .parameters = soft_parameters};

const plm_activation_kind plm_activation_tanh_shrink = {
    .kind = {.name = "tanh_shrink",
             .help = "x minus tanh(x), which is almost 0 near 0",
             .formula = "y = x - tanh(x)",
             .notes =
                 "It is a smooth variant of soft_shrink with a threshold of 1. Compared with relu: "
                 "negative numbers are kept, and no unit dies. Cost: an exponential; near 0 the "
                 "slope is about x^2, so signals fade from layer to layer. Initializer: he_normal.",
             .source = "Collobert, Kavukcuoglu and Farabet, Torch7: a Matlab-like environment for "
                       "machine learning, 2011"},
    .id = PLM_ACTIVATION_tanh_shrink};

const plm_activation_kind plm_activation_threshold = {
    .kind =
        {.name = "threshold",
         .help = "passes numbers above a threshold, and sets the others to a constant",
         .formula = "y = x for x > threshold, else default_value",
         .notes =
             "threshold(0, 0) is relu; with a threshold above 0 few units are active, which is of "
             "use in autoencoders without biases. Compared with relu: there is a jump at the "
             "threshold. Cost: that of relu; units die as with relu. Initializer: he_normal.",
         .source = "Konda, Memisevic and Krueger, Zero-bias autoencoders and the benefits of "
                   "co-adapting features, ICLR 2015",
         .config_size = sizeof(threshold_config),
         .fields = threshold_fields,
         .examples = PLM_LIST("threshold(0.5, 0)", "threshold(-1, default_value=-2)")},
    .id = PLM_ACTIVATION_threshold,
    .parameters = threshold_parameters};
