/* A picture of the learning-rate range test. */
#ifndef PLM_PLOT_LR_H
#define PLM_PLOT_LR_H

#include "plot/plot.h"
#include "study/lr_trials.h"

/* Makes a chart of the loss over the learning rate. The recommended rate is marked if it lies on
 * the curve. trials: NULL = only the range test was run. name: the name of the run. The picture
 * uses the numbers in `range`, which must outlive it. Errors: E_MEMORY. */
PLM_CHECKED plm_status plm_plot_lr(plm *w, const plm_lr_range *t, const plm_lr_trials *trials,
                                   const char *name, plm_plot *out);

#endif
