/* The predictions of an epoch in rising order, for exact areas under curves. */
#ifndef PLM_NN_SCORES_H
#define PLM_NN_SCORES_H

#include "base/runtime.h"

/* A prediction, and the weights of the positives and of the negatives that got it. */
typedef struct {
    double score, positive, negative;
} plm_score;

/* A list of predictions. The first `sorted` entries are in rising order, each score once; the
 * others follow in the order in which they came. */
typedef struct {
    plm_score *at, *spare; /* [capacity] the list, and memory to sort */
    size_t count, sorted, capacity;
    /* maximum number of different scores; if there are more, neighbours are joined */
    size_t max;
    int rough; /* number of low bits of scores that are dropped to join neighbours */
} plm_scores;

/* Makes sure that `more` predictions can be added. The only call here that allocates. */
PLM_CHECKED plm_status plm_scores_reserve(plm *w, plm_scores *s, size_t more);
/* Adds a prediction. A NaN makes every area NaN. */
void plm_scores_add(plm_scores *s, double score, double weight, bool positive);
/* Sorts all predictions and adds up equal ones. The sums do not depend on when this is called. */
void plm_scores_settle(plm_scores *s);
/* Removes all predictions. */
void plm_scores_clear(plm_scores *s);
/* Frees the memory. */
void plm_scores_free(plm *w, plm_scores *s);

#endif
