/* The learning-rate range test (Smith, Cyclical learning rates for training neural networks,
 * WACV 2017): the rate grows by the same factor with every batch; the loss tells which rates are
 * too small, good, too large. */
#ifndef PLM_CLI_RANGE_TEST_H
#define PLM_CLI_RANGE_TEST_H

#include "cli.h"

enum { PLM_CLI_SUGGESTIONS = 3, PLM_CLI_CURVE = 400 };

/* One rate that is advised; rate 0 = the curve does not have it. */
typedef struct {
    char mark;        /* in the chart */
    const char *name; /* short, for people */
    const char *key;  /* for programs */
    const char *rule;
    double rate, loss;
} plm_cli_suggestion;

typedef struct {
    double from, to;     /* rates of the first and the last step */
    int64_t steps, done; /* asked for; with a finite loss */
    double *rate, *loss; /* of each step that is done, as measured */
    bool blown;          /* ended early: the loss left 4 times its minimum, or was not finite */
    double mean, weight; /* of the loss, as the test goes: an exponential average */
    double least;        /* lowest mean so far */
    int64_t least_at;    /* after how many steps */
    double sum;          /* of the epoch's losses so far, weighted with rows */
    int64_t rows;
    void (*watch)(void *user, const plm_event *event); /* after each batch; NULL = nobody */
    void *user;
    /* by plm_cli_range_test_judge: the curve, smoothed and at most PLM_CLI_CURVE points */
    int count;
    double x[PLM_CLI_CURVE], y[PLM_CLI_CURVE];
    int lowest; /* its lowest point */
    plm_cli_suggestion suggestion[PLM_CLI_SUGGESTIONS];
} plm_cli_range_test;

/* Room for the steps. */
void plm_cli_range_test_open(plm_cli_range_test *t, double from, double to, int64_t steps);
void plm_cli_range_test_free(plm_cli_range_test *t);
/* The observer that runs the test during a fit. It ends the fit. */
plm_observer plm_cli_range_test_observer(plm_cli_range_test *t);
/* Smooths the curve and finds the suggestions. false = too few steps with a finite loss. */
bool plm_cli_range_test_judge(plm_cli_range_test *t);

#endif
