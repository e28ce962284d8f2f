/* What an initializer and an activation do together to the variance of outputs and of gradients,
 * measured. */
#ifndef PLM_CLI_PLOT_VARIANCE_H
#define PLM_CLI_PLOT_VARIANCE_H

#include "plot.h"

enum { PLM_CLI_DEPTHS = 4 };

typedef struct {
    plm_cli_specs initializers, activations;
    int depths;
    int64_t depth[PLM_CLI_DEPTHS]; /* rising */
    int64_t width;                 /* units of every layer */
    int64_t rows;                  /* of standard normal numbers that go through */
    int64_t nets;                  /* the median of so many */
    int64_t seed;
} plm_cli_variance_plan;

/* Variance behind each of the depths over the variance before it; infinity once a number is no
 * longer finite. */
typedef struct {
    double outputs[PLM_CLI_DEPTHS], gradients[PLM_CLI_DEPTHS];
} plm_cli_variance;

/* Fills out: for each activation a figure for each initializer. Returns an exit code. */
int plm_cli_variance_measure(const plm_cli_variance_plan *plan, plm_cli_variance *out);

#endif
