/* Packs buffers with lifetimes into one block. The method is greedy: the largest buffer first, each
 * at the lowest offset that is free during its whole life.
 *
 * All buffers are sorted by the time at which their lives begin; they are the leaves of a binary
 * tree. Each node of the tree holds the latest time at which the life of a placed buffer below it
 * ends. With the tree, the placed buffers that live at the same time as a new one are found
 * quickly: a search skips every subtree whose lives end too early. So the n values of a chain of
 * layers take n log n steps. */
#include "graph/places.h"

#include <stdlib.h>

/* The tree of placed buffers. Leaf i, at latest[leaves + i], belongs to by_begin[i]. */
typedef struct {
    plm_buffer **by_begin; /* [count] all buffers, sorted by `from` */
    /* number of buffers; number of leaves, a power of two that is at least count */
    size_t count, leaves;
    /* [2 * leaves] for each node, the latest `to` of the placed buffers below it; INT64_MIN = none.
     * The root is node 1, and the children of node i are 2i and 2i + 1. */
    int64_t *latest;
    /* [count] scratch memory: the placed buffers whose lives overlap the life of the buffer to
     * place */
    plm_buffer **meeting;
} tree;

/* Comparison for qsort: larger buffers first. Buffers of equal size are ordered by `where`, so that
 * equal plans get equal places. */
static int larger_first(const void *a, const void *b)
{
    const plm_buffer *x = a, *y = b;
    if (x->size != y->size)
        return x->size < y->size ? 1 : -1;
    return x->where < y->where ? -1 : x->where > y->where;
}

/* Comparison for qsort: buffers whose lives begin earlier first; leaf_of uses the same order. */
static int earlier_first(const void *a, const void *b)
{
    const plm_buffer *x = *(plm_buffer *const *)a, *y = *(plm_buffer *const *)b;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return x < y ? -1 : x > y;
}

/* Comparison for qsort: buffers with lower offsets first. */
static int lower_first(const void *a, const void *b)
{
    const plm_buffer *x = *(plm_buffer *const *)a, *y = *(plm_buffer *const *)b;
    return x->at < y->at ? -1 : x->at > y->at;
}

/* Makes the tree, without any placed buffer. */
static plm_status open_tree(tree *t, plm_arena *a, plm_buffer *list, size_t count)
{
    *t = (tree){.count = count, .leaves = 1};
    while (t->leaves < count)
        t->leaves *= 2;
    t->by_begin = plm_arena_array(a, count + 1, sizeof(plm_buffer *));
    t->meeting = plm_arena_array(a, count + 1, sizeof(plm_buffer *));
    t->latest = plm_arena_array(a, 2 * t->leaves, sizeof *t->latest);
    if (t->by_begin == NULL || t->meeting == NULL || t->latest == NULL)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < count; i++)
        t->by_begin[i] = &list[i];
    for (size_t i = 0; i < 2 * t->leaves; i++)
        t->latest[i] = INT64_MIN;
    qsort(t->by_begin, count, sizeof(plm_buffer *), earlier_first);
    return PLM_OK;
}

/* Returns the number of buffers whose lives begin at `time` or earlier (binary search). */
static size_t begun(const tree *t, int64_t time)
{
    size_t low = 0, high = t->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (t->by_begin[middle]->from <= time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Appends the placed buffers below `node` to `meeting` that are among the first `end` leaves and
 * whose lives end at `since` or later. The node covers leaves [first, first + size). found: how
 * many buffers `meeting` has; returns the new number. */
static size_t gather(const tree *t, size_t node, size_t first, size_t size, size_t end,
                     int64_t since, size_t found)
{
    if (first >= end || t->latest[node] < since)
        return found;
    if (size == 1) {
        t->meeting[found] = t->by_begin[first];
        return found + 1;
    }
    found = gather(t, 2 * node, first, size / 2, end, since, found);
    return gather(t, 2 * node + 1, first + size / 2, size / 2, end, since, found);
}

/* Returns the leaf of a buffer: its index in by_begin, found by binary search. */
static size_t leaf_of(const tree *t, const plm_buffer *b)
{
    size_t low = 0, high = t->count - 1;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const plm_buffer *x = t->by_begin[middle];
        if (x->from < b->from || (x->from == b->from && x < b))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Records that b is placed: enters the end of its life in its leaf and in the nodes above. */
static void mark_placed(const tree *t, const plm_buffer *b)
{
    for (size_t i = t->leaves + leaf_of(t, b); i > 0; i /= 2)
        if (t->latest[i] < b->to)
            t->latest[i] = b->to;
}

/* Returns the lowest offset at which b overlaps no placed buffer during its life. */
static size_t lowest_place(const tree *t, const plm_buffer *b)
{
    size_t at = 0;
    const size_t count = gather(t, 1, 0, t->leaves, begun(t, b->to), b->from, 0);
    qsort(t->meeting, count, sizeof(plm_buffer *), lower_first);
    for (size_t i = 0; i < count; i++) {
        const plm_buffer *other = t->meeting[i];
        if (other->at > at && other->at - at >= b->size)
            break;
        if (other->at + other->size > at)
            at = other->at + other->size;
    }
    return at;
}

/* Places one buffer after the other, the largest first. apart = true: each buffer begins where the
 * previous one ends, and no two share memory. */
plm_status plm_places_find(plm_arena *a, plm_buffer *list, size_t count, bool apart, size_t *total)
{
    tree t = {0};
    qsort(list, count, sizeof *list, larger_first);
    if (!apart)
        PLM_TRY(open_tree(&t, a, list, count));
    for (size_t i = 0; i < count; i++) {
        plm_buffer *b = &list[i];
        size_t end = 0;
        b->at = apart ? *total : lowest_place(&t, b);
        if (!plm_checked_add(b->at, b->size, &end))
            return plm_fail_memory(a->w, "memory of the net: the outputs of the layers for a whole "
                                         "batch are too large to address");
        *b->where = b->at;
        *total = end > *total ? end : *total;
        if (!apart)
            mark_placed(&t, b);
    }
    return PLM_OK;
}
