/* Nets and fits that cannot learn. One table of rules for what can be seen when a net is compiled
 * (sense.c), one for what needs the data (sense_data.c). */
#ifndef PLM_TRAIN_SENSE_H
#define PLM_TRAIN_SENSE_H

#include "data/data.h"
#include "train/train.h"

/* An output of a net, as its loss meets it. */
typedef struct {
    const plm_model *model;
    int output;
    int64_t units;        /* of the last axis */
    const char *function; /* that made it: "softmax", "linear"; NULL = another kind of op */
    double low, high;     /* between which its values lie */
    const char *loss;     /* name of its kind; NULL = none */
    bool from_logits;     /* as said of the loss */
} plm_head;

/* Facts about output k of a built model. */
plm_head plm_head_of(const plm_model *m, int output);
/* Every rule on a compiled model: E_SPEC for what can never be meant, warnings for the rest. */
PLM_CHECKED plm_status plm_sense_compiled(const plm_model *m);

/* What a fit is about to do. */
typedef struct {
    const plm_training *training;
    const plm_data *data;
    int64_t batches; /* in all of it; 0 = unknown */
    bool first;      /* it begins a training, and does not go on with one */
} plm_sense_fit;

/* The same for a fit whose data are known. */
PLM_CHECKED plm_status plm_sense_fitted(const plm_sense_fit *f);

#endif
