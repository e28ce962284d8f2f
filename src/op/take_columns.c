/* take_columns(columns): keeps some columns of the last axis, in the order of the list, or, with
 * rest=true, all columns that are not in the list, in their own order. An example: [.., 5] with
 * take_columns([4, 0]) becomes [.., 2]. The layer periodic_embedding uses it to separate the
 * numbers of a table from its other columns. */
#include <string.h>

#include "graph/op.h"
#include "op/few.h"

typedef struct {
    plm_reals columns; /* indices on the last axis, counted from 0 */
    bool rest;         /* keep the columns that are not in the list */
} take_columns;

/* Data of the op: the index in x of each column of y. */
typedef struct {
    int64_t count;  /* number of columns of y */
    int64_t from[]; /* [count] */
} taken;

static const plm_field fields[] = {PLM_FIELD(take_columns, columns, PLM_REALS, NULL, 0, 1e9,
                                             "columns of the last axis, counted from 0"),
                                   PLM_FIELD(take_columns, rest, PLM_BOOL, "false", 0, 0,
                                             "true = keep all columns that are not in the list"),
                                   {0}};

/* Fails if a number is not whole, or a column does not exist or is in the list twice. seen:
 * [width], all false; becomes true for the columns of the list. */
static plm_status check(const plm_shaping *o, int64_t width, bool *seen)
{
    const take_columns *c = o->config;
    for (int i = 0; i < c->columns.count; i++) {
        const int64_t column = (int64_t)c->columns.at[i];
        if ((double)column != c->columns.at[i])
            return plm_fail(o->graph->w, PLM_E_SPEC, NULL, "columns are counted from 0",
                            "%g is no column: it is not a whole number", c->columns.at[i]);
        if (column >= width)
            return plm_fail(o->graph->w, PLM_E_SHAPE, NULL, "columns are counted from 0",
                            "there is no column %lld: the last axis has %lld columns",
                            (long long)column, (long long)width);
        if (seen[column])
            return plm_fail(o->graph->w, PLM_E_SHAPE, NULL, "name each column once",
                            "column %lld is named twice", (long long)column);
        seen[column] = true;
    }
    return PLM_OK;
}

/* Sets the shape of the output and the list of the columns that are kept. */
static plm_status shape(plm_shaping *o)
{
    const take_columns *c = o->config;
    const plm_shape *x = o->in[0];
    const int64_t width = x->rank > 0 ? x->dims[x->rank - 1] : 1;
    bool *seen = plm_arena_take(o->arena, (size_t)width * sizeof *seen);
    taken *t = plm_arena_take(o->arena, sizeof *t + (size_t)width * sizeof *t->from);
    if (!seen || !t)
        return PLM_E_MEMORY;
    PLM_TRY(check(o, width, seen));
    for (int i = 0; i < c->columns.count && !c->rest; i++)
        t->from[t->count++] = (int64_t)c->columns.at[i];
    for (int64_t i = 0; i < width && c->rest; i++)
        if (!seen[i])
            t->from[t->count++] = i;
    if (t->count == 0)
        return plm_fail(o->graph->w, PLM_E_SHAPE, NULL, "keep at least one column",
                        "no column is left of %lld", (long long)width);
    int64_t dims[PLM_RANK] = {0};
    const int rank = x->rank > 0 ? x->rank : 1;
    memcpy(dims, x->dims, sizeof dims);
    dims[rank - 1] = t->count;
    o->state = t;
    o->out = plm_shape_lines(rank, dims);
    return PLM_OK;
}

/* Copies the columns of rows first <= n < last from x to y. The padding of y becomes 0. */
static void forward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const taken *t = s->state;
    const plm_shape *x = &s->in[0].shape, *y = &s->out.shape;
    (void)thread;
    for (int64_t line = first * y->lines; line < last * y->lines; line++) {
        const plm_real *from = s->in[0].x + line * x->stride;
        plm_real *to = s->out.x + line * y->stride;
        for (int64_t i = 0; i < t->count; i++)
            to[i] = from[t->from[i]];
        plm_few_clear(to + t->count, (size_t)(y->stride - t->count));
    }
}

/* Copies the gradients of the columns back. Columns that are not kept get the gradient 0. */
static void backward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const taken *t = s->state;
    const plm_shape *x = &s->in[0].shape, *y = &s->out.shape;
    (void)thread;
    if (s->in[0].g == NULL)
        return;
    for (int64_t line = first * y->lines; line < last * y->lines; line++) {
        const plm_real *from = s->out.g + line * y->stride;
        plm_real *to = s->in[0].g + line * x->stride;
        memset(to, 0, (size_t)x->stride * sizeof *to);
        for (int64_t i = 0; i < t->count; i++)
            to[t->from[i]] = from[i];
    }
}

const plm_op_kind plm_op_take_columns = {
    .kind = {.name = "take_columns",
             .help = "keeps some columns of the last axis",
             .config_size = sizeof(take_columns),
             .fields = fields},
    .shape = shape,
    .moves = true,
    .cpu = {.forward = {{.run = forward, .split = PLM_SPLIT_ROWS}},
            .backward = {{.run = backward, .split = PLM_SPLIT_ROWS}}},
};
