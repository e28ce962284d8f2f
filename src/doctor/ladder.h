/* The hidden layers of a net, ordered by their distance from the outputs, as several findings see
 * them. */
#ifndef PLM_DOCTOR_LADDER_H
#define PLM_DOCTOR_LADDER_H

#include "doctor/finding.h"

/* The most layers that a ladder has; of a deeper net it has the lowest and the highest. */
enum { PLM_LADDER = 512 };

/* Hidden layers: layer[0] is the furthest from the outputs. */
typedef struct {
    int64_t layer[PLM_LADDER]; /* [count] indices in plm_case.spot */
    int64_t count;
} plm_ladder;

/* Finds the hidden dense layers. */
void plm_ladder_find(const plm_case *c, plm_ladder *l);
/* True if at least half as many layers normalize their inputs between the first and the last hidden
 * layer as there are hidden layers. The sizes of weights and of their gradients then say little:
 * the gradient of such a net grows from layer to layer, and it trains all the same (Yang et al., A
 * mean field theory of batch normalization, 2019). */
bool plm_ladder_is_normalized(const plm_case *c, const plm_ladder *l);
/* Returns rms(dz) of the lowest hidden layer over that of the highest one in these readings; NaN =
 * there are fewer than three hidden layers, or one of them has no gradient. */
double plm_ladder_ratio(const plm_ladder *l, const plm_reading *reading);
/* The same for a training: the median of its last 10 measured steps, or of the look before it if it
 * has fewer than 3. *part: which of the two; *reading: the readings it was taken from last. */
double plm_ladder_ratio_of(const plm_case *c, const plm_ladder *l, plm_part_of_finding *part,
                           const plm_reading **reading);
/* How the gradient changes on its way down, measured as by plm_ladder_ratio_of. */
typedef struct {
    plm_ladder ladder;
    double ratio; /* of the lowest hidden layer to the highest; NaN = unknown */
    double each;  /* the geometric mean of the ratios from each layer to the one below it */
    plm_level level;
    plm_part_of_finding part;
    const plm_reading *reading;
} plm_ladder_change;

/* Measures the change. True if the ratio passes a threshold (plm_report_level), while the training
 * makes no good progress: then it may be a fault. */
bool plm_ladder_change_find(const plm_case *c, double warning, double error,
                            plm_ladder_change *out);
/* Adds up to 6 layers with the rms of dz as bars on a log scale, the highest layer first. */
void plm_ladder_draw(plm_report *r, const plm_case *c, const plm_ladder *l,
                     const plm_reading *reading);
/* True if the training makes good progress, so that small gradients and saturation are no fault:
 * the loss is below half of the first one. */
bool plm_case_learns(const plm_case *c);
/* The median of values [count], which it sorts; NaN for none. */
double plm_median(double *values, int64_t count);

#endif
