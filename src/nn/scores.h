/* Keeps the predictions of an epoch in ascending order, for exact areas under curves
 * (metric_curve.c). */
#ifndef PLM_NN_SCORES_H
#define PLM_NN_SCORES_H

#include "base/runtime.h"

/* A score, with the sum of the weights of the positive rows and of the negative rows that have this
 * score. */
typedef struct {
    double score, positive, negative;
} plm_score;

/* A list of predictions. The first `sorted` entries are in ascending order, each score once; the
 * others follow in the order in which they came. */
typedef struct {
    /* [capacity] at: the list. spare: memory of the same size for sorting. */
    plm_score *at, *spare;
    size_t count, sorted, capacity;
    /* maximum number of different scores; if there are more, neighbouring scores are joined */
    size_t max;
    /* how many low bits of each score are dropped, which makes neighbouring scores equal */
    int rough;
} plm_scores;

/* Allocates memory for `more` further predictions. No other call here allocates. */
PLM_CHECKED plm_status plm_scores_reserve(plm *w, plm_scores *s, size_t more);
/* Adds a prediction; its memory must be reserved before. weight: the sample weight of its row. A
 * NaN makes every area NaN. */
void plm_scores_add(plm_scores *s, double score, double weight, bool positive);
/* Sorts all predictions and joins equal ones, adding up their weights. The sums do not depend on
 * when this is called. */
void plm_scores_settle(plm_scores *s);
/* Removes all predictions. */
void plm_scores_clear(plm_scores *s);
/* Frees the memory; `max` stays. */
void plm_scores_free(plm *w, plm_scores *s);

#endif
