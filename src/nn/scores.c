/* Keeps predictions in ascending order. New predictions are sorted by merging, which keeps the
 * order of equal ones, and then merged with the predictions that were sorted before. So the weights
 * of equal predictions are always added up in the order of the rows, and the sums do not depend on
 * how often the list is sorted. */
#include "nn/scores.h"

#include <math.h>
#include <string.h>

#include "base/arena.h"

/* FIRST_CAPACITY: number of predictions for which memory is first allocated. MAX_DROPPED: how many
 * low bits of a score may be dropped: all bits of the fraction of a double. */
enum { FIRST_CAPACITY = 1024, MAX_DROPPED = 52 };

/* Merges the sorted parts from[0, middle) and from[middle, end) into to [end]. Of equal
 * predictions, those in the first part come first. */
static void merge(const plm_score *from, size_t middle, size_t end, plm_score *to)
{
    size_t i = 0, j = middle;
    for (size_t k = 0; k < end; k++)
        to[k] = j >= end || (i < middle && from[i].score <= from[j].score) ? from[i++] : from[j++];
}

/* Sorts x [count] by merging runs of 1, 2, 4, ... predictions. spare [count]: working memory.
 * Merging is stable, which quicksort is not: equal predictions keep the order of their rows. */
static void sort(plm_score *x, size_t count, plm_score *spare)
{
    plm_score *from = x, *to = spare;
    for (size_t run = 1; run < count; run *= 2) {
        for (size_t start = 0; start < count; start += 2 * run) {
            const size_t left = count - start, end = left < 2 * run ? left : 2 * run;
            merge(from + start, run < end ? run : end, end, to + start);
        }
        plm_score *swap = from;
        from = to;
        to = swap;
    }
    if (from != x)
        memcpy(x, from, count * sizeof *x);
}

/* Rounds a score down by setting its low bits to 0, which can make neighbouring scores equal but
 * never changes their order. The bits of negative numbers have the reverse order, so they are
 * inverted before and after. */
static double rounded(double score, int dropped)
{
    int64_t bits = 0;
    if (dropped == 0 || !isfinite(score))
        return score;
    memcpy(&bits, &score, sizeof bits);
    bits = bits < 0 ? bits ^ INT64_MAX : bits;
    bits &= ~(((int64_t)1 << dropped) - 1);
    bits = bits < 0 ? bits ^ INT64_MAX : bits;
    memcpy(&score, &bits, sizeof score);
    return score;
}

/* Rounds the sorted scores and joins equal ones, adding up their weights. The result overwrites the
 * list from its beginning. A NaN has the lowest score, and its weight of NaN makes the sums NaN. */
static void gather_equals(plm_scores *s)
{
    size_t last = 0;
    for (size_t i = 0; i < s->count; i++) {
        const plm_score next = {rounded(s->at[i].score, s->rough), s->at[i].positive,
                                s->at[i].negative};
        if (i > 0 && next.score <= s->at[last].score) {
            s->at[last].positive += next.positive;
            s->at[last].negative += next.negative;
        } else {
            last = i > 0 ? last + 1 : 0;
            s->at[last] = next;
        }
    }
    s->count = s->sorted = s->count > 0 ? last + 1 : 0;
}

/* Sorts all predictions and joins equal ones, adding up their weights. If there are still too many,
 * drops low bits of the scores, one after the other. This makes scores less precise, but not the
 * sums of weights. */
void plm_scores_settle(plm_scores *s)
{
    /* sort the new entries and merge them with the sorted ones */
    if (s->sorted < s->count) {
        sort(s->at + s->sorted, s->count - s->sorted, s->spare);
        merge(s->at, s->sorted, s->count, s->spare);
        plm_score *swap = s->at;
        s->at = s->spare;
        s->spare = swap;
        gather_equals(s);
    }
    /* if there are too many different scores, drop more bits until enough neighbours have joined */
    while (s->count > s->max && s->rough < MAX_DROPPED) {
        s->rough++;
        gather_equals(s);
    }
}

/* Allocates memory for `capacity` predictions and copies the list. */
static plm_status grow(plm *w, plm_scores *s, size_t capacity)
{
    plm_score *at = plm_allocate_array(w, capacity, sizeof *at);
    plm_score *spare = plm_allocate_array(w, capacity, sizeof *spare);
    if (at == NULL || spare == NULL) {
        plm_release(w, at);
        plm_release(w, spare);
        return PLM_E_MEMORY;
    }
    if (s->count > 0)
        memcpy(at, s->at, s->count * sizeof *at);
    plm_release(w, s->at);
    plm_release(w, s->spare);
    s->at = at;
    s->spare = spare;
    s->capacity = capacity;
    return PLM_OK;
}

/* Sorts the list before it allocates, since joining equal predictions may free enough places. The
 * capacity is doubled, up to twice the maximum number of different scores. Beyond that number,
 * neighbouring scores are joined instead. */
plm_status plm_scores_reserve(plm *w, plm_scores *s, size_t more)
{
    if (more <= s->capacity - s->count)
        return PLM_OK;
    plm_scores_settle(s);
    size_t wanted = s->count < s->max ? 2 * s->count : 2 * s->max;
    wanted = wanted > FIRST_CAPACITY ? wanted : FIRST_CAPACITY;
    wanted = wanted > s->count + more ? wanted : s->count + more;
    return wanted > s->capacity ? grow(w, s, wanted) : PLM_OK;
}

/* Adds a prediction; its memory must be reserved before. weight: the sample weight of its row. A
 * NaN is stored as the lowest score, with a weight of NaN, so that the list can be sorted. */
void plm_scores_add(plm_scores *s, double score, double weight, bool positive)
{
    const bool bad = isnan(score);
    const double counted = bad ? (double)NAN : weight;
    s->at[s->count++] = (plm_score){.score = bad ? -(double)INFINITY : score,
                                    .positive = positive ? counted : 0,
                                    .negative = positive ? 0 : counted};
}

/* Removes all predictions. The next epoch starts with full precision again. */
void plm_scores_clear(plm_scores *s)
{
    s->count = s->sorted = 0;
    s->rough = 0;
}

/* Frees the memory; `max` stays. Memory can be allocated again afterwards. */
void plm_scores_free(plm *w, plm_scores *s)
{
    plm_release(w, s->at);
    plm_release(w, s->spare);
    *s = (plm_scores){.max = s->max};
}
