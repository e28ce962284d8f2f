/* Chooses the rows of a split if rows are in groups, so that all rows of a group are on the same
 * side. Groups are taken in the order of the rows, and the size of the part is as near to the
 * requested size as whole groups allow. For cross-validation, groups are assigned to folds of equal
 * size: the largest group first, each to the fold with the most free space. */
#include <stdint.h>
#include <stdlib.h>

#include "data/data.h"

/* A group: its number of rows, its first position in the order of the rows, and the fold to which
 * it is assigned. */
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
 * [groups of the source]: index of each group in the list. The order may be shuffled, so which
 * group is taken first depends on the seed. */
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

/* Returns the group that brings a part of `load` rows nearest to `size` rows if it is added; -1 =
 * no group brings it nearer. If the part is empty, a group is always returned. */
static int64_t nearest(const group *list, int64_t count, int64_t size, int64_t load)
{
    int64_t best = -1, off = load > 0 ? size - load : INT64_MAX;
    for (int64_t i = 0; i < count; i++) {
        const int64_t miss = llabs(load + list[i].rows - size);
        if (list[i].fold != 0 && miss < off) {
            best = i;
            off = miss;
        }
    }
    return best;
}

/* Assigns groups to fold 0, in the order of the list, as long as the fold has at most `size` -
 * `gap` rows. Returns the number of rows of the fold. */
static int64_t fill(group *list, int64_t count, int64_t size, int64_t gap)
{
    int64_t load = 0;
    for (int64_t i = 0; i < count; i++) {
        const bool fits = load + list[i].rows + gap <= size;
        list[i].fold = fits ? 0 : 1;
        load += fits ? list[i].rows : 0;
    }
    return load;
}

/* Finds the numbers of rows, up to `most`, that groups outside of fold 0 can have together; stops
 * when `want` is found. by [most + 1]: for each sum, the group that was added last; -1 = no groups
 * have this sum. This is the subset-sum problem, solved by dynamic programming. by[sum] is set only
 * once, so the groups of a sum can be traced back to 0. The inner loop runs downwards, so that no
 * group is used twice. */
static void find_sums(const group *list, int64_t count, int64_t want, int64_t most, int64_t *by)
{
    for (int64_t sum = 0; sum <= most; sum++)
        by[sum] = -1;
    for (int64_t i = 0; i < count && by[want] < 0; i++)
        for (int64_t sum = most; list[i].fold != 0 && sum >= list[i].rows; sum--) {
            const int64_t rest = sum - list[i].rows;
            if (by[sum] < 0 && (rest == 0 || by[rest] >= 0))
                by[sum] = i;
        }
}

/* Adds groups to fold 0: those whose rows together are nearest to `want`. A sum of twice `want` or
 * more is not used. */
static void complete(group *list, int64_t want, int64_t most, const int64_t *by)
{
    int64_t sum = 0;
    for (int64_t off = 0; off < want && sum == 0; off++)
        if (by[want - off] >= 0)
            sum = want - off;
        else if (want + off <= most && by[want + off] >= 0)
            sum = want + off;
    for (; sum > 0; sum -= list[by[sum]].rows)
        list[by[sum]].fold = 0;
}

/* Chooses the groups of fold 0, if only this fold is split off. Its size is as near to `size` as
 * whole groups allow. Groups are first taken in the order of the list; for the last `gap` rows the
 * best sum of groups is searched. The search takes about `gap` times `count` steps, so SUMS limits
 * `gap`. */
static plm_status choose_part(const plm_data *d, group *list, int64_t count, int64_t n,
                              int64_t size)
{
    enum { SUMS = 1 << 26 };
    const int64_t limit = SUMS / count, gap = size < limit ? size : limit;
    int64_t load = fill(list, count, size, gap);
    const int64_t want = size - load, twice = 2 * want, other = n - load - 1;
    if (want > 0 && want <= 2 * limit) {
        const int64_t most = twice < other ? twice : other;
        int64_t *by = plm_allocate_array(d->w, (size_t)most + 1, sizeof *by);
        if (!by)
            return PLM_E_MEMORY;
        find_sums(list, count, want, most, by);
        complete(list, want, most, by);
        plm_release(d->w, by);
    }
    load = 0;
    for (int64_t i = 0; i < count; i++)
        load += list[i].fold == 0 ? list[i].rows : 0;
    const int64_t last = nearest(list, count, size, load);
    if (last >= 0 && load + list[last].rows < n)
        list[last].fold = 0;
    return PLM_OK;
}

/* Assigns the groups to `folds` folds of `size` rows, and to one more fold with the remaining rows,
 * which is never split off. That fold also gets the groups that are larger than a fold, if there
 * are enough other groups. load: [folds + 1], initially zero. */
static void deal(group *list, int64_t count, int64_t folds, int64_t size, int64_t rest,
                 int64_t *load)
{
    int64_t large = 0;
    while (large < count && list[large].rows > size)
        large++;
    if (count - large < folds)
        large = 0;
    for (int64_t i = 0; i < count; i++) {
        int64_t best = i < large ? folds : 0, room = size - load[0];
        for (int64_t k = 1; k <= folds && i >= large; k++) {
            const int64_t left = (k < folds ? size : rest) - load[k];
            best = left > room ? k : best;
            room = left > room ? left : room;
        }
        list[i].fold = best;
        load[best] += list[i].rows;
    }
}

/* Marks the rows of the groups of a fold. Returns the number of these rows. */
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

/* Checks that the rows have groups, and that there are enough groups for the fold. */
static plm_status check(const plm_data *d, int64_t count, int64_t fold)
{
    if (count > 1 && fold < count)
        return PLM_OK;
    return plm_fail(
        d->w, PLM_E_DATA, plm_source_title(d->source),
        "use data with more groups, remove group, or train with nets=1 or validation=none",
        "the rows to split belong to only %lld group%s", (long long)count, count == 1 ? "" : "s");
}

/* Assigns the groups to folds of equal size, the largest first. Sets *folds to the number of folds,
 * which is at most the number of groups. */
static plm_status deal_folds(const plm_data *d, group *list, int64_t count, int64_t n, int64_t size,
                             int64_t *folds)
{
    const int64_t most = n / size;
    *folds = most < count ? most : count;
    int64_t *load = plm_allocate_array(d->w, (size_t)*folds + 1, sizeof *load);
    if (!load)
        return PLM_E_MEMORY;
    qsort(list, (size_t)count, sizeof *list, by_size);
    deal(list, count, *folds, size, *folds < most ? 0 : n - most * size, load);
    plm_release(d->w, load);
    return PLM_OK;
}

/* Chooses the rows of a fold so that the rows of a group stay together. list [n], at [rows of the
 * source]: scratch memory. */
static plm_status choose(const plm_data *d, int64_t n, const int64_t *order,
                         const plm_group_fold *f, group *list, int64_t *at)
{
    const int64_t count = collect(d, n, order, list, at);
    PLM_TRY(check(d, count, f->fold));
    *f->folds = 1;
    PLM_TRY(f->alone ? choose_part(d, list, count, n, f->rows)
                     : deal_folds(d, list, count, n, f->rows, f->folds));
    *f->gone = mark(d, n, list, count, f->fold, at, f->goes);
    return *f->gone > 0 && *f->gone < n ? PLM_OK : check(d, count, count);
}

/* Chooses the rows of a fold. Allocates the scratch memory: the list of groups, and for each row
 * the index of its group. */
plm_status plm_data_group_fold(const plm_data *d, int64_t n, const int64_t *order,
                               const plm_group_fold *f)
{
    const plm_source *s = d->source;
    if (!s->group)
        return plm_fail(d->w, PLM_E_DATA, plm_source_title(s), "use a table with the group column",
                        "the table has no column of groups to split by");
    group *list = plm_allocate_array(d->w, (size_t)n + 1, sizeof *list);
    int64_t *at = plm_allocate_array(d->w, (size_t)s->rows + 1, sizeof *at);
    const plm_status status = list && at ? choose(d, n, order, f, list, at) : PLM_E_MEMORY;
    plm_release(d->w, list);
    plm_release(d->w, at);
    return status;
}
