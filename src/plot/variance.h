/* Pictures of how initializers change the variance of outputs and gradients. v in all calls is a
 * matrix [activations][initializers]. */
#ifndef PLM_PLOT_VARIANCE_H
#define PLM_PLOT_VARIANCE_H

#include "plot/plot.h"
#include "study/variance.h"

/* Makes a heat map of all pairs of an activation and an initializer. The colour of a pair is the
 * ratio of the gradients' variances in the deepest net. For each activation, the initializer that
 * suits it is marked; marks: the legend's word for such a mark, for example "Frame". Errors:
 * E_MEMORY. */
PLM_CHECKED plm_status plm_plot_variance_heat(plm *w, const plm_variance_plan *plan,
                                              const plm_variance *v, const char *marks,
                                              plm_plot *out);
/* Makes two charts for each activation, for outputs and gradients: a line for each initializer over
 * the layers of the deepest net. All charts have the same axes. legend: the index of the only chart
 * that has a legend. Errors: E_MEMORY. */
PLM_CHECKED plm_status plm_plot_variance_lines(plm *w, const plm_variance_plan *plan,
                                               const plm_variance *v, int legend, plm_plot *out);

#endif
