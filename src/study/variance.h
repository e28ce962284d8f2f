/* Measures what an initializer and an activation together do to the variance of outputs and of
 * gradients in a deep net. */
#ifndef PLM_STUDY_VARIANCE_H
#define PLM_STUDY_VARIANCE_H

#include "plummet.h"

/* Maximum number of depths, of layers, and of widths in the cycle. */
enum { PLM_VARIANCE_DEPTHS = 4, PLM_VARIANCE_LAYERS = 200, PLM_VARIANCE_WIDTHS = 8 };

/* What to measure: every pair of an initializer and an activation. */
typedef struct {
    int initializers, activations, depths;
    /* [initializers], [activations] specs, borrowed */
    const char *const *initializer, *const *activation;
    /* [depths] numbers of layers in ascending order, each from 1 to PLM_VARIANCE_LAYERS */
    int64_t depth[PLM_VARIANCE_DEPTHS];
    /* [widths] Widths, used in a cycle: width[0] is the number of inputs, width[1] the number of
     * units of the first layer, and so on; after the last width the cycle starts again. Each is at
     * least 2. With one width all layers are equal, so that fan_in = fan_out. */
    int64_t width[PLM_VARIANCE_WIDTHS];
    int widths;
    int64_t rows; /* rows of standard normal numbers that pass through each net */
    int64_t nets; /* number of nets; each result is the median over them */
    int64_t seed;
} plm_variance_plan;

/* Ratios of variances for each depth. outputs: variance of the outputs of the last layer, divided
 * by that of the inputs. gradients: variance of the gradients at the inputs, divided by that at the
 * outputs. Infinity = a number was not finite. */
typedef struct {
    double outputs[PLM_VARIANCE_DEPTHS], gradients[PLM_VARIANCE_DEPTHS];
    /* The ratios after each layer of the deepest net, k = 0, 1, ... Element k is the ratio after k
     * layers: counted from the inputs for outputs, and from the outputs back for gradients. */
    double output_line[PLM_VARIANCE_LAYERS + 1], gradient_line[PLM_VARIANCE_LAYERS + 1];
} plm_variance;

/* Fills out [activations][initializers]. Each net has its own runtime, with its own seed.
 * Errors are recorded on w: E_SPEC for a spec that is not understood or an activation of whole
 * rows; E_MEMORY. */
PLM_CHECKED plm_status plm_variance_measure(plm *w, const plm_variance_plan *plan,
                                            plm_variance *out);

/* ---- variance_verdict.c ---- */

/* What happens to the variance in a net of n layers. */
typedef enum {
    PLM_VARIANCE_KEEPS,    /* the variance changes by at most a factor of 10 * 1.02^n */
    PLM_VARIANCE_DRIFTS,   /* the variance changes by at most a factor of 10 * 1.07^n */
    PLM_VARIANCE_VANISHES, /* the variance becomes smaller than PLM_VARIANCE_DRIFTS allows */
    PLM_VARIANCE_EXPLODES  /* the variance becomes larger than PLM_VARIANCE_DRIFTS allows */
} plm_variance_verdict;

/* Returns the verdict on the ratio of variances after `depth` layers. */
plm_variance_verdict plm_variance_evaluate(double ratio, int64_t depth);
/* Returns the worse one of the verdicts on the outputs and on the gradients of the deepest net. If
 * both are equally bad, returns the verdict on gradients, since a net cannot learn without
 * gradients. */
plm_variance_verdict plm_variance_evaluate_pair(const plm_variance_plan *plan,
                                                const plm_variance *v);

/* Returns the index of the initializer that suits activation number a. It is the one that the help
 * of the activation recommends; if that is not in the plan, the one whose ratios in the deepest net
 * are nearest to 1. v: [initializers] of this activation. */
int plm_variance_partner(const plm *w, const plm_variance_plan *plan, int a, const plm_variance *v);

#endif
