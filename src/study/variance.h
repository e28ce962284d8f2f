/* What an initializer and an activation do together to the variance of outputs and of gradients,
 * measured. */
#ifndef PLM_STUDY_VARIANCE_H
#define PLM_STUDY_VARIANCE_H

#include "plummet.h"

enum { PLM_VARIANCE_DEPTHS = 4 };

/* What to measure. All pairs of initializer and activation are. */
typedef struct {
    int initializers, activations, depths;
    const char *const *initializer, *const *activation; /* specs; borrowed */
    int64_t depth[PLM_VARIANCE_DEPTHS];                 /* rising, from 1 */
    int64_t width;                                      /* units of every layer, from 2 */
    int64_t rows; /* of standard normal numbers that go through */
    int64_t nets; /* each result is the median of that many nets */
    int64_t seed;
} plm_variance_plan;

/* Variance behind each of the depths over the variance before it; infinity once a number is no
 * longer finite. */
typedef struct {
    double outputs[PLM_VARIANCE_DEPTHS], gradients[PLM_VARIANCE_DEPTHS];
} plm_variance;

/* Fills out [activations][initializers]. Opens runtimes of its own, for their seeds. Errors, on w:
 * E_SPEC for specs that are not understood, and for activations of whole rows; E_MEMORY. */
PLM_CHECKED plm_status plm_variance_measure(plm *w, const plm_variance_plan *plan,
                                            plm_variance *out);

/* What becomes of the variance. */
typedef enum {
    PLM_VARIANCE_KEEPS,    /* within a factor of 10, and of 1.02 for each layer */
    PLM_VARIANCE_DRIFTS,   /* within a factor of 10, and of 1.07 for each layer */
    PLM_VARIANCE_VANISHES, /* less */
    PLM_VARIANCE_EXPLODES  /* more */
} plm_variance_verdict;

/* The verdict on one ratio behind `depth` layers. */
plm_variance_verdict plm_variance_evaluate(double ratio, int64_t depth);
/* The worse verdict on the deepest net's outputs and gradients; of two alike, that on gradients:
 * without them nothing is learnt. */
plm_variance_verdict plm_variance_evaluate_pair(const plm_variance_plan *plan,
                                                const plm_variance *v);

#endif
