/* Measures what an initializer and an activation together do to the variance of outputs and of
 * gradients in a deep net. */
#ifndef PLM_STUDY_VARIANCE_H
#define PLM_STUDY_VARIANCE_H

#include "plummet.h"

/* Maximum number of depths. */
enum { PLM_VARIANCE_DEPTHS = 4 };

/* What to measure: every pair of an initializer and an activation. */
typedef struct {
    int initializers, activations, depths;
    /* [initializers], [activations] specs, borrowed */
    const char *const *initializer, *const *activation;
    /* [depths] numbers of layers, rising, at least 1 */
    int64_t depth[PLM_VARIANCE_DEPTHS];
    int64_t width; /* units of every layer, at least 2 */
    int64_t rows;  /* rows of standard normal numbers that pass through each net */
    int64_t nets;  /* number of nets; each result is the median over them */
    int64_t seed;
} plm_variance_plan;

/* Ratios of variances for each depth. outputs: the variance of the outputs of the last layer over
 * that of the inputs. gradients: the variance of the gradients at the inputs over that at the
 * outputs. Infinity = a number was no longer finite. */
typedef struct {
    double outputs[PLM_VARIANCE_DEPTHS], gradients[PLM_VARIANCE_DEPTHS];
} plm_variance;

/* Fills out [activations][initializers]. Each net gets a runtime of its own, for its seed.
 * Errors, recorded on w: E_SPEC for a spec that is not understood or an activation of whole rows;
 * E_MEMORY. */
PLM_CHECKED plm_status plm_variance_measure(plm *w, const plm_variance_plan *plan,
                                            plm_variance *out);

/* What happens to the variance in a net of n layers. */
typedef enum {
    PLM_VARIANCE_KEEPS,    /* it changes by at most a factor of 10 * 1.02^n */
    PLM_VARIANCE_DRIFTS,   /* it changes by at most a factor of 10 * 1.07^n */
    PLM_VARIANCE_VANISHES, /* it becomes smaller than that */
    PLM_VARIANCE_EXPLODES  /* it becomes larger than that */
} plm_variance_verdict;

/* Returns the verdict on one ratio of variances behind `depth` layers. */
plm_variance_verdict plm_variance_evaluate(double ratio, int64_t depth);
/* Returns the worse one of the verdicts on the outputs and on the gradients of the deepest net. If
 * both are equally bad, returns that on gradients, since without them nothing is learned. */
plm_variance_verdict plm_variance_evaluate_pair(const plm_variance_plan *plan,
                                                const plm_variance *v);

#endif
