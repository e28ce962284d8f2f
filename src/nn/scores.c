/* Predictions in rising order. New ones are sorted by merging, which keeps the order of equal
 * ones, then merged with those sorted before. So equal ones are always added up in the order of
 * the rows. */
#include "nn/scores.h"

#include <math.h>
#include <string.h>

#include "base/arena.h"

enum { FIRST_CAPACITY = 1024, MAX_DROPPED = 52 };

/* Merges from[0, middle) and from[middle, end) into `to`; of equal ones, those of the first part
 * come first. */
static void merge(const plm_score *from, size_t middle, size_t end, plm_score *to)
{
    size_t i = 0, j = middle;
    for (size_t k = 0; k < end; k++)
        to[k] = j >= end || (i < middle && from[i].score <= from[j].score) ? from[i++] : from[j++];
}

/* Sorts x[0, count), using `spare` as memory. */
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

/* Rounds a score down by dropping its low bits. Keeps the order of scores. */
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

/* Rounds the sorted scores, and adds up equal ones. */
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
    /* too many different scores: drop a bit more, until neighbours have joined */
    while (s->count > s->max && s->rough < MAX_DROPPED) {
        s->rough++;
        gather_equals(s);
    }
}

/* Allocates more memory. */
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

void plm_scores_add(plm_scores *s, double score, double weight, bool positive)
{
    const bool bad = isnan(score);
    const double counted = bad ? (double)NAN : weight;
    s->at[s->count++] = (plm_score){.score = bad ? -(double)INFINITY : score,
                                    .positive = positive ? counted : 0,
                                    .negative = positive ? 0 : counted};
}

void plm_scores_clear(plm_scores *s)
{
    s->count = s->sorted = 0;
    s->rough = 0;
}

void plm_scores_free(plm *w, plm_scores *s)
{
    plm_release(w, s->at);
    plm_release(w, s->spare);
    *s = (plm_scores){.max = s->max};
}
