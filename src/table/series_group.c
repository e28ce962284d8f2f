/* Several series in one table: each group of rows, such as those of one shop, is a separate series.
 * */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "table/series.h"

/* ---- all groups by one time ---- */

/* A row and its relative position in its group (0 to 1), for sorting. */
typedef struct {
    double share;
    int64_t row;
} progress;

/* Compares two rows for qsort by their position; rows with the same position keep their order. */
static int by_share(const void *a, const void *b)
{
    const progress *x = a, *y = b;
    if (x->share != y->share)
        return x->share < y->share ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

/* Sets the relative positions of all rows. Rows that have fewer than `before` rows before them get
 * a negative one. */
static void set_shares(const plm_store *t, int64_t before, progress *out)
{
    for (int64_t first = 0, end = 0; first < t->rows; first = end) {
        end = plm_series_end(t, first);
        const double rows = (double)(end - first - before);
        for (int64_t i = first; i < end; i++) {
            const double past = (double)(t->before[i] - before) + 0.5;
            out[i] = (progress){rows > 0 ? past / rows : -1, i};
        }
    }
}

/* Sorts the rows of all series by their relative position in their own series, so that a split by
 * order gives each series the same share of training and validation. */
plm_status plm_series_blend(plm_store *t, int64_t before)
{
    plm *w = t->arena.w;
    progress *list = plm_allocate_array(w, (size_t)t->rows + 1, sizeof *list);
    int64_t *row = plm_allocate_array(w, (size_t)t->rows + 1, sizeof *row);
    plm_status status = list != NULL && row != NULL ? PLM_OK : PLM_E_MEMORY;
    if (status >= 0) {
        set_shares(t, before, list);
        qsort(list, (size_t)t->rows, sizeof *list, by_share);
        for (int64_t i = 0; i < t->rows; i++)
            row[i] = list[i].row;
        status = plm_store_sort(t, row);
    }
    plm_release(w, list);
    plm_release(w, row);
    return status;
}

/* ---- rows after the last ---- */

/* Fills the times of the rows from `to` on; they continue the times of rows `from` to end - 1. */
static plm_status add_times(plm_store *t, const plm_series_by *by, int64_t from, int64_t end,
                            int64_t to, int64_t rows)
{
    const size_t known = (size_t)(end - from);
    double *time = plm_allocate_array(t->arena.w, known + (size_t)rows, sizeof *time);
    if (time == NULL)
        return PLM_E_MEMORY;
    memcpy(time, t->column[by->time].number + from, known * sizeof *time);
    const plm_status status =
        plm_series_continue(t->arena.w, by, time, (int64_t)known, rows, from == 0);
    memcpy(t->column[by->time].number + to, time + known, (size_t)rows * sizeof *time);
    plm_release(t->arena.w, time);
    return status;
}

/* True if a group can be continued: it has enough rows for the inputs of the next one, and its
 * times have a step. */
static bool can_go_on(const plm_series_by *by, int64_t rows, int64_t before)
{
    return rows >= before && (rows >= 2 || by->time == SIZE_MAX);
}

/* Counts the groups that can be continued. */
static int64_t count_groups(const plm_store *t, const plm_series_by *by, int64_t before)
{
    int64_t groups = 0;
    for (int64_t first = 0, end = 0; first < t->rows; first = end) {
        end = plm_series_end(t, first);
        groups += can_go_on(by, end - first, before);
    }
    return groups;
}

/* Adds rows at the end of the table; the next plm_series_sort sorts them into their groups. */
plm_status plm_series_extend(plm_store *t, const plm_series_by *by, int64_t rows, int64_t before)
{
    const int64_t known = t->rows, groups = count_groups(t, by, before);
    int64_t to = known;
    PLM_TRY(plm_store_add_empty(t, groups * rows, by->where));
    plm_raw_column *c = &t->column[by->group];
    t->rows = known; /* of the groups that are looked at */
    for (int64_t first = 0, end = 0; first < known; first = end) {
        end = plm_series_end(t, first);
        if (!can_go_on(by, end - first, before))
            continue;
        if (by->time != SIZE_MAX)
            PLM_TRY(add_times(t, by, first, end, to, rows));
        for (int64_t i = to; i < to + rows; i++) {
            c->number[i] = c->number[first];
            if (c->code != NULL)
                c->code[i] = c->code[first];
        }
        to += rows;
    }
    t->rows = to;
    c->missing -= groups * rows;
    return PLM_OK;
}
