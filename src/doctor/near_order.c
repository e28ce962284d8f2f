/* Looks for a row of the file from which on the labels are coded in another way, as if two files
 * with other codes had been put together. Similar rows then have the same class if they are on the
 * same side of that row, and have it less often than by chance if they are not. */
#include <math.h>
#include <stdlib.h>

#include "doctor/near_rows.h"

/* Rows before and behind the row, at least; and how far, in standard errors, the agreement must be
 * from chance. Each row is in several pairs, and the best of all rows is taken, so this is strict.
 */
enum { SIDE = 40, CERTAIN = 8 };

/* A row of the sample, and its number in the source. */
typedef struct {
    int64_t place, row;
} placed;

/* Compares two rows, for qsort: by their numbers in the source. */
static int by_place(const void *a, const void *b)
{
    const placed *x = a, *y = b;
    return (x->place > y->place) - (x->place < y->place);
}

/* Counts of pairs of neighbours, and how many of them have the same class. */
typedef struct {
    double pairs, same;
} pairs;

/* The sums for one row of the file: pairs before it, behind it, and with one row on each side; of
 * the rows before and behind it, the number of each class, and the sums of products of these
 * numbers, which give the agreement by chance. */
typedef struct {
    pairs before, behind, all;
    double rows[2], own[2], both;
    double *count[2]; /* [PLM_DOCTOR_CLASSES] */
} sides;

/* Moves a row of a class from behind the row to before it. */
static void move(sides *s, int class)
{
    double *a = &s->count[0][class], *b = &s->count[1][class];
    s->both -= *a * *b;
    s->own[0] += 2 * *a + 1;
    s->own[1] -= 2 * *b - 1;
    s->rows[0]++;
    s->rows[1]--;
    (*a)++;
    (*b)--;
    s->both += *a * *b;
}

/* Returns how far the agreement of pairs is above chance, in standard errors. */
static double beyond(const pairs *p, double chance)
{
    return (p->same - p->pairs * chance) / sqrt(fmax(p->pairs * chance * (1 - chance), 1e-9));
}

/* Judges the row for which the sums are. If similar rows on both sides contradict each other more
 * clearly than for the rows so far (*least), sets the members of *out. */
static void judge(const sides *s, int64_t place, double *least, plm_neighbours *out)
{
    static const double clear = 0.8; /* of the agreement by chance */
    const double *n = s->rows;
    const pairs *a = &s->before, *b = &s->behind,
                across = {s->all.pairs - a->pairs - b->pairs, s->all.same - a->same - b->same};
    if (n[0] < SIDE || n[1] < SIDE || !(across.pairs > 0))
        return;
    const double chance = s->both / (n[0] * n[1]), now = beyond(&across, chance),
                 before = (s->own[0] - n[0]) / (n[0] * (n[0] - 1)),
                 behind = (s->own[1] - n[1]) / (n[1] * (n[1] - 1));
    if (!(now < *least) || !(across.same < clear * chance * across.pairs) ||
        beyond(a, before) < CERTAIN || beyond(b, behind) < CERTAIN)
        return;
    *least = now;
    out->turned = place;
    out->turned_same = (a->same + b->same) / (a->pairs + b->pairs);
    out->turned_across = across.same / across.pairs;
    out->turned_chance = chance;
}

/* Sorts the rows by their places, and counts for each the pairs of neighbours that are complete
 * with it: first[i], those whose first row it is; last[i], those whose last row it is. rank [rows]:
 * scratch memory. */
static void count_pairs(const plm_near_rows *r, placed *order, int64_t *rank, pairs *first,
                        pairs *last, pairs *all)
{
    for (int64_t i = 0; i < r->rows; i++)
        order[i] = (placed){r->place[i], i};
    qsort(order, (size_t)r->rows, sizeof *order, by_place);
    for (int64_t i = 0; i < r->rows; i++)
        rank[order[i].row] = i;
    for (int64_t n = 0; n < r->rows * PLM_NEAREST; n++) {
        const int64_t i = n / PLM_NEAREST, k = r->nearest[n],
                      low = rank[i] < rank[k] ? rank[i] : rank[k],
                      high = rank[i] < rank[k] ? rank[k] : rank[i];
        const double same = fabs((double)(r->y[i] - r->y[k])) < 0.5;
        first[low].pairs++;
        first[low].same += same;
        last[high].pairs++;
        last[high].same += same;
        all->pairs++;
        all->same += same;
    }
}

/* Judges each row, in the order of the file. */
static void judge_all(const plm_near_rows *r, const placed *order, const pairs *first,
                      const pairs *last, sides *s, plm_neighbours *out)
{
    double least = -CERTAIN;
    s->behind = s->all;
    s->rows[1] = (double)r->rows;
    for (int64_t i = 0; i < r->rows; i++)
        s->count[1][(int)r->y[i]]++;
    for (int k = 0; k < PLM_DOCTOR_CLASSES; k++)
        s->own[1] += s->count[1][k] * s->count[1][k];
    for (int64_t i = 0; i + 1 < r->rows; i++) {
        s->behind.pairs -= first[i].pairs;
        s->behind.same -= first[i].same;
        s->before.pairs += last[i].pairs;
        s->before.same += last[i].same;
        move(s, (int)r->y[order[i].row]);
        judge(s, order[i + 1].place, &least, out);
    }
}

/* The work is that of sorting the rows. */
plm_status plm_near_order(const plm_near_rows *r, plm_arena *a, plm_neighbours *out)
{
    sides s = {.count = {NULL}};
    if (r->place == NULL)
        return PLM_OK;
    placed *order = plm_arena_array(a, (size_t)r->rows, sizeof *order);
    int64_t *rank = plm_arena_array(a, (size_t)r->rows, sizeof *rank);
    pairs *first = plm_arena_array(a, 2 * (size_t)r->rows, sizeof *first);
    s.count[0] = plm_arena_array(a, 2 * PLM_DOCTOR_CLASSES, sizeof *s.count[0]);
    if (order == NULL || rank == NULL || first == NULL || s.count[0] == NULL)
        return PLM_E_MEMORY;
    s.count[1] = s.count[0] + PLM_DOCTOR_CLASSES;
    count_pairs(r, order, rank, first, first + r->rows, &s.all);
    judge_all(r, order, first, first + r->rows, &s, out);
    return PLM_OK;
}
