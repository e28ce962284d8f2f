/* Draws the weights of a dense layer from an initializer, and makes a histogram of them. */
#ifndef PLM_STUDY_WEIGHTS_H
#define PLM_STUDY_WEIGHTS_H

#include "study/curve.h"

/* Statistics of the initial weights that an initializer has drawn at random. */
typedef struct {
    double mean, deviation, low, high;
    plm_curve density; /* the outline of the histogram; its area is 1 */
} plm_drawn_weights;

/* Draws the kernel [inputs, units] of a dense layer and makes its histogram of `bins` bins. spec:
 * an initializer. Free out->density after success and after failure.
 * Errors: E_SPEC, E_MEMORY. */
PLM_CHECKED plm_status plm_weights_draw(plm *w, const char *spec, int64_t inputs, int64_t units,
                                        int bins, plm_drawn_weights *out);

#endif
