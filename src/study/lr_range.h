/* The learning-rate range test (Smith, Cyclical learning rates for training neural networks, WACV
 * 2017). The learning rate grows by the same factor with every batch; the loss shows which rates
 * are too low, good or too high. Four rules read a rate from the curve of the loss; the rate of the
 * first rule is recommended. */
#ifndef PLM_STUDY_LR_RANGE_H
#define PLM_STUDY_LR_RANGE_H

#include "plummet.h"

/* Number of rules, and maximum number of points of a curve. */
enum { PLM_LR_RULES = 4, PLM_LR_CURVE = 400 };

/* The settings of a test. */
typedef struct {
    double from, to;           /* learning rates of the first and the last step, 0 < from < to */
    int64_t steps;             /* batches, at least 2 */
    const float *class_weight; /* [classes] class weights, as in plm_fit_options; NULL = none */
    int classes;
    /* Called after each batch with its event; NULL = no call. */
    void (*watch)(void *user, const plm_event *event);
    /* Called after each batch; true ends the test early. NULL = no call. */
    bool (*stop)(void *user);
    void *user; /* first argument of watch and stop */
} plm_lr_range_options;

/* A rule that reads a learning rate from the curve. */
typedef struct {
    const char *name; /* short, for people */
    const char *key;  /* name for programs */
    const char *rule; /* description of the rule, without a full stop */
    double rate;      /* the rate that the rule chose; 0 = none on this curve */
} plm_lr_rule;

/* What a test found. */
typedef struct {
    plm *w;
    plm_lr_range_options o;
    int64_t done;        /* number of steps that were measured, all with a finite loss */
    double *rate, *loss; /* [done] learning rate and loss of each step, as measured */
    /* true = the test ended early, since the loss grew beyond plm_lr_range_bound or was not
     * finite */
    bool blown;
    bool stopped; /* true = stop() ended the test, so there is no curve */
    /* moving average of the loss after the first steps: the loss at the beginning */
    double first;
    double min;     /* minimum of the moving average */
    int64_t min_at; /* number of steps after which the moving average was `min` */
    /* The smoothed curve: x = learning rates, y = losses, `count` points. count 0 = the loss blew
     * up after too few steps. */
    int count;
    double x[PLM_LR_CURVE], y[PLM_LR_CURVE];
    int lowest; /* index of the lowest point of the curve */
    plm_lr_rule rule[PLM_LR_RULES];
} plm_lr_range;

/* Runs the test on a compiled model and applies the rules to the curve. The test trains the model.
 * Free `out` after success and after failure. A loss that is no longer finite is a result, not an
 * error. Errors: those of plm_fit; E_MEMORY. */
PLM_CHECKED plm_status plm_lr_range_run(plm_model *m, plm_data *d, const plm_lr_range_options *o,
                                        plm_lr_range *out);
/* Frees the measured rates and losses. */
void plm_lr_range_free(plm_lr_range *t);
/* Returns the loss of the curve at a rate, to draw a mark on the curve: y of the last point whose
 * rate is not above it. */
double plm_lr_range_loss(const plm_lr_range *t, double rate);

/* ---- lr_curve.c ---- */

/* Returns the loss beyond which a test ends. */
double plm_lr_range_bound(const plm_lr_range *t);
/* Smooths the losses to a curve and applies the rules. With too few steps, the curve stays empty
 * and count stays 0. */
void plm_lr_range_evaluate(plm_lr_range *t);

#endif
