/* Finds nets and fits that cannot learn. One table of rules is checked when a net is compiled
 * (sense.c), one when the data is known (sense_data.c). */
#ifndef PLM_TRAIN_SENSE_H
#define PLM_TRAIN_SENSE_H

#include "data/data.h"
#include "train/train.h"

/* An output of a net, as its loss sees it. */
typedef struct {
    const plm_model *model;
    int output;
    int64_t units; /* length of the last axis */
    /* activation that made it: "softmax", "linear"; NULL = it is made by something else */
    const char *function;
    double low, high; /* bounds of its values */
    const char *loss; /* name of its loss; NULL = none */
    bool from_logits; /* setting of the loss */
} plm_head;

/* Describes an output of a built model. */
plm_head plm_head_of(const plm_model *m, int output);
/* Checks a compiled model by every rule. Errors: E_SPEC for what is never intended; the rest are
 * warnings. */
PLM_CHECKED plm_status plm_sense_compiled(const plm_model *m);

/* What a fit is about to do. */
typedef struct {
    const plm_training *training;
    const plm_data *data;
    int64_t batches; /* number of batches in all epochs; 0 = unknown */
    bool first;      /* it starts a training and does not continue one */
} plm_sense_fit;

/* The same for a fit whose data is known. */
PLM_CHECKED plm_status plm_sense_fitted(const plm_sense_fit *f);

#endif
