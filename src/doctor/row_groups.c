/* Divides rows into groups by one column after the other, and sums up for each group how well the
 * net predicts it. A column of words, or of at most VALUES different numbers, gives a group for
 * each of its values. The rows of other columns are divided into quarters and tenths by rising
 * numbers, so that a group at an end of the range is found, too. Equal numbers stay together. The
 * rows with a missing cell are a group. */
#include "doctor/row_groups.h"

#include <math.h>
#include <string.h>

#include "doctor/row_columns.h"

/* MOST_ROWS, MOST_NUMBERS: max number of rows that are predicted, and of their inputs.
 * MOST_COLUMNS: max number of columns. VALUES: see above. */
enum { MOST_ROWS = 50000, MOST_NUMBERS = 20000000, MOST_COLUMNS = 2000, VALUES = 20 };

/* What is being measured. */
typedef struct {
    plm_arena *a;    /* gets the result */
    plm_arena local; /* everything else */
    plm_predicted p;
    const plm_data *d;
    plm_row_groups *out;
    size_t capacity; /* of out->group */
    double *count;   /* [classes] rows of each class in a group */
    double **loss;   /* [targets][rows] */
    /* [targets] sums over all rows; of classes, how many rows each has: [targets][classes] */
    plm_row_sums *all;
    double **total;
} measuring;

/* ---- losses ---- */

/* Returns the loss of the net for a row. */
static double loss_of(const plm_predicted_target *t, int64_t row)
{
    if (t->classes == 0)
        return (t->guess[row] - t->wanted[row]) * (t->guess[row] - t->wanted[row]);
    double sum = 0;
    for (int k = 0; k < t->classes; k++) {
        const double off =
            (double)t->probability[row * t->classes + k] - (k == t->truth[row] ? 1 : 0);
        sum += off * off;
    }
    return sum;
}

/* Adds the losses of a row to the sums. */
static void add_row(plm_row_sums *s, const plm_predicted_target *t, int64_t row, double loss,
                    double constant)
{
    s->rows++;
    s->loss += loss;
    s->loss_square += loss * loss;
    s->constant += constant;
    s->constant_square += constant * constant;
    s->both += loss * constant;
    s->right += t->classes > 0 && plm_predicted_class(t, row) == t->truth[row];
}

/* Sums up the rows at[rows] of a target of numbers. The mean of the other rows is farther from a
 * row than that of all, by the factor rows / (rows - 1). */
static plm_row_sums sum_numbers(const measuring *g, int target, const int64_t *at, int64_t rows)
{
    const plm_predicted_target *t = &g->p.target[target];
    const double factor = (double)rows / (double)(rows - 1);
    double mean = 0;
    plm_row_sums s = {0};
    for (int64_t i = 0; i < rows; i++)
        mean += t->wanted[at[i]] / (double)rows;
    for (int64_t i = 0; i < rows; i++) {
        const double off = (t->wanted[at[i]] - mean) * factor;
        add_row(&s, t, at[i], g->loss[target][at[i]], off * off);
    }
    return s;
}

/* Returns the sum of the squares of count[classes]; *most: the largest. */
static double squares_of(const double *count, int classes, double *most)
{
    double sum = 0;
    *most = 0;
    for (int k = 0; k < classes; k++) {
        sum += count[k] * count[k];
        *most = fmax(*most, count[k]);
    }
    return sum;
}

/* Returns the Brier loss of a row of a class that `own` of `rows` rows have, if the shares of the
 * classes among the other rows are predicted. squares: of the numbers of rows of the classes. */
static double shares_loss(double squares, double own, double rows)
{
    const double others = rows - 1;
    return (squares - 2 * own + 1) / (others * others) - 2 * (own - 1) / others + 1;
}

/* Sums up the rows at[rows] of a target of classes. */
static plm_row_sums sum_classes(const measuring *g, int target, const int64_t *at, int64_t rows)
{
    const plm_predicted_target *t = &g->p.target[target];
    plm_row_sums s = {0};
    double most = 0;
    memset(g->count, 0, (size_t)t->classes * sizeof *g->count);
    for (int64_t i = 0; i < rows; i++)
        g->count[t->truth[at[i]]]++;
    const double squares = squares_of(g->count, t->classes, &most);
    for (int64_t i = 0; i < rows; i++)
        add_row(&s, t, at[i], g->loss[target][at[i]],
                shares_loss(squares, g->count[t->truth[at[i]]], (double)rows));
    s.most = most;
    return s;
}

/* Returns the sums over the rows that do not belong to a group, whose counts are in g->count. */
static plm_row_sums rest_of(const measuring *g, int target, const plm_row_sums *own,
                            const int64_t *at, int64_t rows)
{
    const plm_predicted_target *t = &g->p.target[target];
    const plm_row_sums *all = &g->all[target];
    plm_row_sums s = {.rows = all->rows - own->rows,
                      .loss = all->loss - own->loss,
                      .loss_square = all->loss_square - own->loss_square,
                      .right = all->right - own->right};
    double sum = 0, square = 0;
    if (s.rows < 2)
        return s;
    for (int k = 0; k < t->classes; k++)
        g->count[k] = g->total[target][k] - g->count[k];
    const double squares = squares_of(g->count, t->classes, &s.most);
    for (int k = 0; k < t->classes; k++)
        s.constant += g->count[k] * shares_loss(squares, g->count[k], s.rows);
    if (t->classes > 0)
        return s;
    for (int64_t i = 0; i < rows; i++) {
        const double off = t->wanted[at[i]] - g->total[target][0];
        sum += off;
        square += off * off;
    }
    /* the numbers of all rows sum to 0 around their mean, which is total[0] */
    const double factor = s.rows / (s.rows - 1), mean = -sum / s.rows;
    s.constant = factor * factor * (g->total[target][1] - square - s.rows * mean * mean);
    return s;
}

/* ---- groups ---- */

/* Adds the rows at[rows] as a group for each target. value: NULL = their cells are missing. */
static plm_status add_group(measuring *g, const char *column, const char *value, const int64_t *at,
                            int64_t rows)
{
    for (int k = 0; k < g->p.targets; k++) {
        plm_row_groups *out = g->out;
        plm_row_group *list =
            plm_arena_grow(g->a, out->group, (size_t)out->groups, &g->capacity, sizeof *list);
        if (list == NULL)
            return PLM_E_MEMORY;
        out->group = list;
        const plm_row_sums own =
            g->p.target[k].classes > 0 ? sum_classes(g, k, at, rows) : sum_numbers(g, k, at, rows);
        list[out->groups++] = (plm_row_group){.column = column,
                                              .value = value,
                                              .target = k,
                                              .own = own,
                                              .rest = rest_of(g, k, &own, at, rows)};
    }
    return PLM_OK;
}

/* Adds the rows c->order[first] to c->order[last - 1] as a group, unless they are too few. */
static plm_status add_range(measuring *g, const plm_row_column *c, const plm_input_group *column,
                            int64_t first, int64_t last)
{
    if (last - first < PLM_GROUP_ROWS || last - first == g->p.rows)
        return PLM_OK;
    const char *value =
        plm_row_column_text(c, g->d, column, &g->p, c->order[first], c->order[last - 1], g->a);
    return value != NULL ? add_group(g, c->name, value, c->order + first, last - first)
                         : PLM_E_MEMORY;
}

/* Returns the end of the cells that are equal to the one at `last` - 1. */
static int64_t end_of_equal(const plm_row_column *c, int64_t last)
{
    while (last > 0 && last < c->filled && !(c->x[c->order[last - 1]] < c->x[c->order[last]]))
        last++;
    return last;
}

/* Divides the rows of a column into `parts` parts with about as many rows each. */
static plm_status add_parts(measuring *g, const plm_row_column *c, const plm_input_group *column,
                            int parts)
{
    int64_t first = 0;
    for (int k = 1; k <= parts && first < c->filled; k++) {
        const int64_t last = end_of_equal(c, c->filled * k / parts);
        if (last <= first)
            continue;
        PLM_TRY(add_range(g, c, column, first, last));
        first = last;
    }
    return PLM_OK;
}

/* Makes each value of a column a group. */
static plm_status add_values(measuring *g, const plm_row_column *c, const plm_input_group *column)
{
    for (int64_t first = 0, last = 0; first < c->filled; first = last) {
        last = end_of_equal(c, first + 1);
        PLM_TRY(add_range(g, c, column, first, last));
    }
    return PLM_OK;
}

/* Adds the rows without a cell, if there are enough. */
static plm_status add_missing(measuring *g, const plm_row_column *c)
{
    int64_t *at = plm_allocate_array(g->p.w, (size_t)c->missing + 1, sizeof *at), rows = 0;
    plm_status status = at != NULL ? PLM_OK : PLM_E_MEMORY;
    for (int64_t i = 0; i < g->p.rows && at != NULL; i++)
        if (isnan(c->x[i]))
            at[rows++] = i;
    if (status >= 0 && rows >= PLM_GROUP_ROWS && rows < g->p.rows)
        status = add_group(g, c->name, NULL, at, rows);
    plm_release(g->p.w, at);
    return status;
}

/* Divides the rows by a column. */
static plm_status divide(measuring *g, plm_row_column *c, const plm_input_group *column)
{
    int64_t values = 0;
    if (!plm_row_column_fill(c, g->d, column, &g->p))
        return PLM_OK;
    c->name = plm_arena_text(g->a, column->name, SIZE_MAX);
    if (c->name == NULL)
        return PLM_E_MEMORY;
    for (int64_t at = 0; at < c->filled && values <= VALUES; values++)
        at = end_of_equal(c, at + 1);
    g->out->columns++;
    PLM_TRY(add_missing(g, c));
    if (c->alike || values <= VALUES)
        return add_values(g, c, column);
    PLM_TRY(add_parts(g, c, column, 4));
    return add_parts(g, c, column, 10);
}

/* ---- all rows ---- */

/* Computes the losses of a target, and its sums over all rows. False = some loss is not finite. */
static bool sum_all(measuring *g, int target, const int64_t *at)
{
    const plm_predicted_target *t = &g->p.target[target];
    double *total = g->total[target];
    for (int64_t i = 0; i < g->p.rows; i++) {
        g->loss[target][i] = loss_of(t, i);
        if (!isfinite(g->loss[target][i]))
            return false;
    }
    g->all[target] = t->classes > 0 ? sum_classes(g, target, at, g->p.rows)
                                    : sum_numbers(g, target, at, g->p.rows);
    for (int64_t i = 0; i < g->p.rows; i++)
        total[t->classes > 0 ? t->truth[i] : 0] +=
            t->classes > 0 ? 1 : t->wanted[i] / (double)g->p.rows;
    for (int64_t i = 0; i < g->p.rows && t->classes == 0; i++)
        total[1] += (t->wanted[i] - total[0]) * (t->wanted[i] - total[0]);
    return true;
}

/* Allocates the memory for the targets. */
static plm_status open_targets(measuring *g)
{
    const size_t targets = (size_t)g->p.targets + 1;
    int classes = 1;
    g->loss = plm_arena_array(&g->local, targets, sizeof *g->loss);
    g->total = plm_arena_array(&g->local, targets, sizeof *g->total);
    g->all = plm_arena_array(&g->local, targets, sizeof *g->all);
    g->out->target = plm_arena_array(g->a, targets, sizeof *g->out->target);
    if (g->loss == NULL || g->total == NULL || g->all == NULL || g->out->target == NULL)
        return PLM_E_MEMORY;
    for (int k = 0; k < g->p.targets; k++) {
        const plm_predicted_target *t = &g->p.target[k];
        const char *name = plm_arena_text(g->a, t->name, SIZE_MAX);
        classes = t->classes > classes ? t->classes : classes;
        g->out->target[k] = (plm_row_target){name, t->classes};
        g->loss[k] = plm_arena_array(&g->local, (size_t)g->p.rows + 1, sizeof **g->loss);
        g->total[k] = plm_arena_array(&g->local, (size_t)t->classes + 2, sizeof **g->total);
        if (name == NULL || g->loss[k] == NULL || g->total[k] == NULL)
            return PLM_E_MEMORY;
    }
    g->count = plm_arena_array(&g->local, (size_t)classes + 1, sizeof *g->count);
    return g->count != NULL ? PLM_OK : PLM_E_MEMORY;
}

/* Sums up all rows. *finite = false: some prediction is not finite. */
static plm_status sum_up(measuring *g, bool *finite)
{
    int64_t *at = plm_arena_array(&g->local, (size_t)g->p.rows + 1, sizeof *at);
    PLM_TRY(at != NULL ? open_targets(g) : PLM_E_MEMORY);
    for (int64_t i = 0; i < g->p.rows; i++)
        at[i] = i;
    *finite = true;
    for (int k = 0; k < g->p.targets && *finite; k++)
        *finite = sum_all(g, k, at);
    return PLM_OK;
}

/* True if the columns of the data have names, and its rows are independent: rows of one person,
 * which a column of groups marks, are alike. */
static bool is_divided(const plm_data *d)
{
    const plm_table *t = &d->source->table[0];
    const plm_schema *s = d->source->schema;
    for (size_t i = 0; s != NULL && i < s->columns; i++)
        if (s->column[i].role == PLM_ROLE_GROUP)
            return false;
    return s != NULL || (t->column != NULL && d->part[0].rank == 1 && t->width == d->part[0].width);
}

/* Divides the rows by all columns. */
static plm_status measure(measuring *g, plm_model *m, plm_data *d)
{
    plm_input_groups columns;
    plm_row_column column;
    bool finite = false;
    int64_t width = 1;
    for (int i = 0; i < d->source->inputs; i++)
        width += (int64_t)d->part[i].width;
    const int64_t most = MOST_NUMBERS / width;
    PLM_TRY(plm_predicted_sample(&g->p, m, d, most < MOST_ROWS ? most : MOST_ROWS, 0));
    PLM_TRY(plm_input_groups_find(m, d, &g->local, &columns));
    if (g->p.rows <= PLM_GROUP_ROWS || g->p.targets == 0 || columns.count > MOST_COLUMNS)
        return PLM_OK;
    PLM_TRY(sum_up(g, &finite));
    PLM_TRY(plm_row_column_open(&column, &g->local, g->p.rows));
    g->out->rows = g->p.rows;
    g->out->targets = g->p.targets;
    for (int64_t i = 0; i < columns.count && finite; i++)
        PLM_TRY(divide(g, &column, &columns.at[i]));
    return PLM_OK;
}

plm_status plm_row_groups_measure(plm_arena *a, plm_model *m, plm_data *d, plm_row_groups **out)
{
    *out = NULL;
    if (!is_divided(d))
        return PLM_OK;
    measuring g = {.a = a,
                   .local = {.w = m->w},
                   .p = {.w = m->w},
                   .d = d,
                   .out = plm_arena_take(a, sizeof *g.out)};
    if (g.out == NULL)
        return PLM_E_MEMORY;
    const plm_status status = measure(&g, m, d);
    plm_predicted_free(&g.p);
    plm_arena_free(&g.local);
    *out = status >= 0 && g.out->groups > 0 ? g.out : NULL;
    return status;
}
