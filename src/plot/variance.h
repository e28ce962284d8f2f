/* Pictures of what initializers do to the variance of outputs and gradients. v in all calls is a
 * matrix [activations][initializers]. */
#ifndef PLM_PLOT_VARIANCE_H
#define PLM_PLOT_VARIANCE_H

#include "plot/plot.h"
#include "study/variance.h"

/* Makes a heat map of all pairs. The colour of a pair is the ratio of the gradients in the deepest
 * net. Pairs of an activation with the initializer that belongs to it are marked; marks: how, for
 * the legend: "Frame". Errors: E_MEMORY. */
PLM_CHECKED plm_status plm_plot_variance_heat(plm *w, const plm_variance_plan *plan,
                                              const plm_variance *v, const char *marks,
                                              plm_plot *out);
/* Makes two charts for each activation, of the outputs and of the gradients: a line for each
 * initializer over the layers of the deepest net. All charts have the same axes. legend: number of
 * the chart that has the legend. Errors: E_MEMORY. */
PLM_CHECKED plm_status plm_plot_variance_lines(plm *w, const plm_variance_plan *plan,
                                               const plm_variance *v, int legend, plm_plot *out);

#endif
