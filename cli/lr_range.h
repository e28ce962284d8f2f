/* The learning-rate range test (Smith, Cyclical learning rates for training neural networks, WACV
 * 2017): the rate grows by the same factor with every batch; the loss shows which rates are too
 * small, good, too large. Four rules read a rate from the curve; the first is recommended. */
#ifndef PLM_CLI_LR_RANGE_H
#define PLM_CLI_LR_RANGE_H

#include "cli.h"

enum { PLM_CLI_LR_RULES = 4, PLM_CLI_LR_CURVE = 400 };

/* The rate that a rule gives; 0 = the curve does not have it. */
typedef struct {
    const char *name; /* short, for people */
    const char *key;  /* for programs */
    const char *rule;
    double rate;
} plm_cli_lr_rule;

typedef struct {
    double from, to;     /* rates of the first and the last step */
    int64_t steps, done; /* asked for; with a finite loss */
    double *rate, *loss; /* of each step that is done, as measured */
    bool blown;          /* ended early: the loss grew beyond the bound, or was not finite */
    double mean, weight; /* of the loss, as the test goes: an exponential average */
    double first;        /* that average after the first steps */
    double least;        /* lowest average so far */
    int64_t least_at;    /* after how many steps */
    double sum;          /* of the epoch's losses so far, weighted with rows */
    int64_t rows;
    void (*watch)(void *user, const plm_event *event); /* after each batch; NULL = nobody */
    void *user;
    bool (*stop)(void *user); /* after each batch: whether to give up; NULL = never */
    bool stopped;             /* it was given up */
    /* by plm_cli_lr_range_judge: the curve, smoothed and at most PLM_CLI_LR_CURVE points */
    int count;
    double x[PLM_CLI_LR_CURVE], y[PLM_CLI_LR_CURVE];
    int lowest; /* its lowest point */
    plm_cli_lr_rule rule[PLM_CLI_LR_RULES];
} plm_cli_lr_range;

/* Takes memory for the steps. */
void plm_cli_lr_range_open(plm_cli_lr_range *t, double from, double to, int64_t steps);
void plm_cli_lr_range_free(plm_cli_lr_range *t);
/* The observer that runs the test during a fit. It ends the fit. */
plm_observer plm_cli_lr_range_observer(plm_cli_lr_range *t);
/* Smooths the curve and applies the rules. false = too few steps with a finite loss. */
bool plm_cli_lr_range_judge(plm_cli_lr_range *t);
/* The loss of the curve at a rate, to draw a mark on it. */
double plm_cli_lr_range_loss(const plm_cli_lr_range *t, double rate);

#endif
