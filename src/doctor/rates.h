/* Functions that several findings about the learning rate use. */
#ifndef PLM_DOCTOR_RATES_H
#define PLM_DOCTOR_RATES_H

#include "doctor/finding.h"

/* Returns the largest norm(update) / norm(weights) in a step over the layers with weights, and sets
 * *layer to this layer. Layers whose weights are 0 at the beginning are left out. 0 and *layer =
 * -1: no layer remains. */
double plm_largest_update(const plm_case *c, const plm_sample *s, int64_t *layer);
/* Returns the number of trained weights in the matrices of a layer. */
double plm_layer_weights(const plm_case *c, int64_t layer);
/* Returns the largest update of the first step relative to the weights of its layer, predicted from
 * a pass of the untrained net. The prediction is exact for sgd, and for optimizers whose first step
 * changes each weight by the learning rate. NaN = unknown for this optimizer. Sets *layer. */
double plm_predicted_update(const plm_case *c, int64_t *layer);
/* Returns how far all planned steps will move a layer's weights, relative to their size, if the
 * gradient stays as it is; of a schedule only if its rate is highest at the end. NaN = unknown.
 * Sets *layer. */
double plm_predicted_way(const plm_case *c, int64_t *layer);
/* Learning rates at some steps of a training, computed by its schedule. */
typedef struct {
    double first, from, to; /* rates of step 0, and of the two steps that are asked for */
    double highest, sum;    /* of the steps from 0 to `to` */
} plm_rates;
/* Computes the rates from the schedule of the training; in a long training some steps are skipped.
 * False = the rate is constant, or unknown. */
bool plm_rates_ask(const plm_case *c, int64_t from, int64_t to, plm_rates *out);
/* Returns the model's optimizer with another value of a key, such as "learning_rate"; NULL = no
 * memory, or value is NULL. */
const char *plm_optimizer_with(plm_arena *a, const plm_model *m, const char *key,
                               const char *value);
/* Adds a remedy: the optimizer with its learning rate times `factor`, rounded to one digit. */
void plm_rate_remedy(plm_report *r, const plm_case *c, double factor);

#endif
