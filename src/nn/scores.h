/* The predictions of an epoch in rising order, for areas that are exact. */
#ifndef PLM_NN_SCORES_H
#define PLM_NN_SCORES_H

#include "base/runtime.h"

/* A prediction, and what the positives and negatives that got it weigh. */
typedef struct {
    double score, positive, negative;
} plm_score;

/* The first `sorted` entries rise, and each score is there once; the others follow as they came.
 * `most` bounds the memory: where there are more different scores, neighbours count as one. */
typedef struct {
    plm_score *at, *spare; /* [capacity] */
    size_t count, sorted, capacity, most;
    int rough; /* low bits of a score that are dropped */
} plm_scores;

/* Makes room for so many more. The only call here that takes memory. */
PLM_CHECKED plm_status plm_scores_reserve(plm *w, plm_scores *s, size_t more);
/* A prediction that is NaN makes every area NaN. */
void plm_scores_add(plm_scores *s, double score, double weight, bool positive);
/* Sorts all and adds up equals. The sums do not depend on when this is called. */
void plm_scores_settle(plm_scores *s);
void plm_scores_clear(plm_scores *s);
void plm_scores_free(plm *w, plm_scores *s);

#endif
