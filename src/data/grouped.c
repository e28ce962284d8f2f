/* Chooses the rows of a split if rows are in groups, so that no group is in two parts. Groups are
 * assigned to folds of about the size that was asked for: the largest group first, each to the fold
 * with the most space left. So the size of a part is as near as whole groups allow. */
#include <stdlib.h>

#include "data/data.h"

/* A group: its number of rows, its first place in the order of the rows, and the fold that it is
 * assigned to. */
typedef struct {
    int64_t rows, first, number, fold;
} group;

/* Compares two groups: larger groups come first, groups of equal size in the order of their
 * rows. */
static int by_size(const void *a, const void *b)
{
    const group *x = a, *y = b;
    if (x->rows != y->rows)
        return x->rows > y->rows ? -1 : 1;
    return (x->first > y->first) - (x->first < y->first);
}

/* Returns the number of the group at a position of the stream. */
static int64_t group_at(const plm_data *d, int64_t position)
{
    return d->source->group[plm_data_row_at(d, position)];
}

/* Collects the groups of the stream in the order of their first rows, and returns their number. at
 * [groups of the source]: place of each group in the list. */
static int64_t collect(const plm_data *d, int64_t n, const int64_t *order, group *list, int64_t *at)
{
    int64_t count = 0;
    for (int64_t i = 0; i < n; i++)
        at[group_at(d, i)] = -1;
    for (int64_t i = 0; i < n; i++) {
        const int64_t number = group_at(d, order[i]);
        if (at[number] < 0) {
            at[number] = count;
            list[count++] = (group){.first = i, .number = number};
        }
        list[at[number]].rows++;
    }
    return count;
}

/* Assigns the groups to `folds` folds of `size` rows, and to one more fold of the other rows. load:
 * [folds + 1], zero. */
static void deal(group *list, int64_t count, int64_t folds, int64_t size, int64_t rest,
                 int64_t *load)
{
    for (int64_t i = 0; i < count; i++) {
        int64_t best = 0, room = size - load[0];
        for (int64_t k = 1; k <= folds; k++) {
            const int64_t left = (k < folds ? size : rest) - load[k];
            best = left > room ? k : best;
            room = left > room ? left : room;
        }
        list[i].fold = best;
        load[best] += list[i].rows;
    }
}

/* Marks the rows of the groups of a fold. Returns their number. */
static int64_t mark(const plm_data *d, int64_t n, const group *list, int64_t count, int64_t fold,
                    int64_t *at, bool *goes)
{
    int64_t gone = 0;
    for (int64_t i = 0; i < count; i++)
        at[list[i].number] = list[i].fold;
    for (int64_t i = 0; i < n; i++) {
        goes[i] = at[group_at(d, i)] == fold;
        gone += goes[i];
    }
    return gone;
}

/* Checks that there are groups, and enough of them for the fold. */
static plm_status check(const plm_data *d, int64_t count, int64_t fold)
{
    if (count > 1 && fold < count)
        return PLM_OK;
    return plm_fail(d->w, PLM_E_DATA, plm_source_title(d->source),
                    "give data with more groups, or leave group out",
                    "the rows to split belong to %lld group%s", (long long)count,
                    count == 1 ? "" : "s");
}

/* Does the work of plm_data_choose_groups in memory of the caller: list [n], at [rows of the
 * source], load [folds + 1]. */
static plm_status choose(const plm_data *d, int64_t n, const int64_t *order,
                         const plm_group_fold *f, group *list, int64_t *at)
{
    const int64_t count = collect(d, n, order, list, at);
    PLM_TRY(check(d, count, f->fold));
    const int64_t most = n / f->rows, folds = most < count ? most : count;
    int64_t *load = plm_allocate_array(d->w, (size_t)folds + 1, sizeof *load);
    if (!load)
        return PLM_E_MEMORY;
    qsort(list, (size_t)count, sizeof *list, by_size);
    deal(list, count, folds, f->rows, n - folds * f->rows, load);
    *f->gone = mark(d, n, list, count, f->fold, at, f->goes);
    plm_release(d->w, load);
    return *f->gone > 0 && *f->gone < n ? PLM_OK : check(d, 0, 0);
}

/* Both lists are working memory: the groups, and for each row the place of its group. */
plm_status plm_data_group_fold(const plm_data *d, int64_t n, const int64_t *order,
                               const plm_group_fold *f)
{
    const plm_source *s = d->source;
    if (!s->group)
        return plm_fail(d->w, PLM_E_DATA, plm_source_title(s), "give a table with this column",
                        "the table has no column of groups to split by");
    group *list = plm_allocate_array(d->w, (size_t)n + 1, sizeof *list);
    int64_t *at = plm_allocate_array(d->w, (size_t)s->rows + 1, sizeof *at);
    const plm_status status = list && at ? choose(d, n, order, f, list, at) : PLM_E_MEMORY;
    plm_release(d->w, list);
    plm_release(d->w, at);
    return status;
}
