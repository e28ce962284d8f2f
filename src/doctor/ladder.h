/* The hidden layers of a net, ordered by their distance from the outputs. Several findings use
 * them. */
#ifndef PLM_DOCTOR_LADDER_H
#define PLM_DOCTOR_LADDER_H

#include "doctor/finding.h"

/* Max number of layers of a ladder. For a deeper net, only the lowest and the highest layers are in
 * the ladder. */
enum { PLM_LADDER = 512 };

/* Hidden layers: layer[0] is the one furthest from the outputs. */
typedef struct {
    int64_t layer[PLM_LADDER]; /* [count] indices in plm_case.spot */
    int64_t count;
    /* 1 + the hidden layer from which layer[0] takes its input, if there is one: in a net with skip
     * connections, layer[0] may be in a branch, and the gradient comes down beside it; 0 = none */
    int64_t below;
} plm_ladder;

/* True if the output of layer i is only added to another value. A branch that ends with weights of
 * 0 or small ones adds nothing or little at first, which is a usual beginning of residual nets, and
 * the sum passes its gradient on to the branch. */
bool plm_case_is_added(const plm_case *c, int64_t i);
/* Finds the hidden dense layers. */
void plm_ladder_find(const plm_case *c, plm_ladder *l);
/* True if the number of normalization layers above the first hidden layer is at least half the
 * number of hidden layers. Then the sizes of weights and gradients say little: the gradient of such
 * a net grows from layer to layer, but the net can be trained (Yang et al., A mean field theory of
 * batch normalization, 2019). */
bool plm_ladder_is_normalized(const plm_case *c, const plm_ladder *l);
/* Returns the size of the gradient dz (with respect to the weighted sums) in the lowest hidden
 * layer, next to the inputs, or in the one below it if that is larger, divided by that in the
 * highest; NaN = there are fewer than three
 * hidden layers, or one of the two has no gradient. */
double plm_ladder_ratio(const plm_ladder *l, const plm_reading *reading);
/* Returns the ratio of plm_ladder_ratio for a training: the median over its last 10 measured steps.
 * If fewer than 3 steps were measured, it is the ratio in the untrained net. *part: which of the
 * two it is. *reading: the last measurements that were used. */
double plm_ladder_ratio_of(const plm_case *c, const plm_ladder *l, plm_part_of_finding *part,
                           const plm_reading **reading);
/* How the gradient changes from the highest to the lowest hidden layer. */
typedef struct {
    plm_ladder ladder;
    /* rms(dz) of the lowest hidden layer divided by that of the highest; NaN = unknown */
    double ratio;
    double each; /* the geometric mean of the ratios between each layer and the next one */
    plm_level level;
    plm_part_of_finding part;
    const plm_reading *reading;
} plm_ladder_change;

/* Measures how the gradient changes. True if the ratio is beyond a threshold (plm_report_level),
 * while the training makes no good progress: then it may be a fault. */
bool plm_ladder_change_find(const plm_case *c, double warning, double error,
                            plm_ladder_change *out);
/* Adds the rms of dz in up to 6 layers as bars on a log scale, the highest layer first. */
void plm_ladder_draw(plm_report *r, const plm_case *c, const plm_ladder *l,
                     const plm_reading *reading);
/* True if the training makes good progress: the loss is below half of the first loss. Then small
 * gradients and saturation are no fault. */
bool plm_case_learns(const plm_case *c);
/* Returns the accuracy (classes = true) or R2 of the last epoch, of the training or of the
 * validation rows, whichever is better; NaN = no epoch is complete, or the metric is not measured.
 * */
double plm_case_reach(const plm_case *c, bool classes);
/* True if the net predicts classes; false if it predicts numbers, which may be whole. */
bool plm_case_predicts_classes(const plm_case *c);
/* Returns the accuracy or R2 of k nearest neighbours, k = 5; NaN = unknown. */
double plm_case_nearest(const plm_case *c);
/* True if the training is over, and the net predicts much worse than k nearest neighbours do: by
 * 0.1 of accuracy or R2. */
bool plm_case_falls_short(const plm_case *c);
/* True if the loss was still falling when the training ended: by 5 % in the last third of its
 * epochs. */
bool plm_case_still_falls(const plm_case *c);
/* Returns the score of the best constant prediction of the validation rows. For classes it is the
 * accuracy: the share of the most frequent class, or 0 if the share is unknown. For numbers it is
 * 0, the R2 of the mean. */
double plm_case_constant(const plm_case *c);
/* Returns the loss of a constant prediction; 0 = unknown. */
double plm_case_constant_loss(const plm_case *c);
/* True if the final model has the weights of its best epoch, so that later epochs do no harm. False
 * also for a C program without a run file, for which this is unknown. */
bool plm_case_keeps_best(const plm_case *c);
/* Returns the median of values [count], and sorts them; NaN = there are no values. */
double plm_median(double *values, int64_t count);

#endif
