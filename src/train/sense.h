/* Detects nets and fits that cannot learn. Nets are checked by a table of rules when they are
 * compiled (sense.c), fits when their data is known (sense_data.c). */
#ifndef PLM_TRAIN_SENSE_H
#define PLM_TRAIN_SENSE_H

#include "data/data.h"
#include "train/train.h"

/* An output of a net, as its loss sees it. */
typedef struct {
    const plm_model *model;
    int output;
    int64_t units; /* length of the last axis */
    /* activation that computes the output, such as "softmax" or "linear"; NULL = the output is
     * computed by something else */
    const char *function;
    double low, high; /* bounds of its values */
    /* if the output is converted back from standardized numbers (normalization(invert=true)): the
     * activation that computes these numbers, NULL = none, and its bounds */
    const char *inner;
    double inner_low, inner_high;
    /* if the output is an activation times a constant plus another one: its name, and the bounds of
     * the output; NULL = it is not */
    const char *scaled;
    double scaled_low, scaled_high;
    bool noisy;       /* in training the output passes dropout or noise */
    const char *loss; /* name of its loss; NULL = none */
    bool from_logits; /* setting from_logits of the loss */
} plm_head;

/* Sets the bounds of an activation; they are infinite for functions that are not in the table, and
 * for NULL. (activation_bounds.c) */
void plm_activation_bounds(const char *function, double *low, double *high);
/* Describes an output of a built model. */
plm_head plm_head_of(const plm_model *m, int output);
/* A pattern for the names of losses that measure the distance between output and target. */
extern const char plm_sense_distances[];
/* True if the combination of an output and its loss is allowed but rarely intended; adds a sentence
 * about it to *what. */
bool plm_sense_output(const plm_head *h, plm_text *what);
/* Checks a compiled model by every rule. Errors: E_SPEC for combinations that are never intended;
 * other rules give warnings. */
PLM_CHECKED plm_status plm_sense_compiled(const plm_model *m);

/* The facts about a fit that begins. */
typedef struct {
    const plm_training *training;
    const plm_data *data;
    int64_t batches; /* number of batches in all epochs; 0 = unknown */
    bool first;      /* true = the fit starts a training; false = it continues one */
} plm_sense_fit;

/* Checks a fit whose data is known, before its first step. Errors: E_SPEC if all class weights are
 * 0; other rules give warnings. */
PLM_CHECKED plm_status plm_sense_fitted(const plm_sense_fit *f);

#endif
