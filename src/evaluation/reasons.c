/* Finds the columns that explain the worst predictions: those that moved the prediction of such a
 * row in the direction of its error. */
#include <math.h>
#include <string.h>

#include "assess/importance.h"
#include "base/letters.h"
#include "data/typed.h"
#include "evaluation/assessment.h"

/* OTHERS: number of rows that a row is compared with. LEAST, MOST: limits of the number of random
 * orders of the columns for a row; with fewer than LEAST the result would be chance, more than MOST
 * change little. LISTED: max number of columns that are named for a row.
 * LETTERS: max number of letters of a name or cell that are shown. */
enum { OTHERS = 200, LEAST = 10, MOST = 40, LISTED = 3, LETTERS = 40 };

/* State while the worst predictions of one target are explained. */
typedef struct {
    plm_job *job;
    plm_data *rows;
    plm_assessments *found;
    const plm_assessment *s;
    int most;                /* number of rows */
    plm_input_groups groups; /* which inputs belong together */
    plm_predicted others;    /* other rows, from which values are taken */
    plm_explain_options options;
} finding;

/* Returns the sign of the contributions that explain the error. 1 = the prediction of the row is
 * too large, or its class is wrong: the columns that raised the prediction explain it. -1 = all
 * other cases: the columns that lowered it explain it. */
static double direction(const plm_assessment *s, int64_t at)
{
    const plm_predicted_target *t = s->target;
    if (t->classes > 0)
        return plm_predicted_class(t, at) != t->truth[at] ? 1 : -1;
    return t->guess[at] > t->wanted[at] ? 1 : -1;
}

/* Appends a name or a cell; a longer one is cut and ends in "...". */
static void add_short(plm_text *t, const char *s)
{
    const bool cut = plm_utf8_letters(s) > LETTERS;
    size_t at = 0;
    for (int i = 0; cut && i < LETTERS - 3; i++) {
        const size_t bytes = plm_utf8_letter(s + at, strlen(s + at), NULL);
        at += bytes > 0 ? bytes : 1;
    }
    plm_text_append(t, s, cut ? at : strlen(s));
    plm_text_add(t, cut ? "..." : "");
}

/* Appends one column: "size = 31 (+12.4)". */
static void add_column(const finding *f, const plm_contribution *c, int64_t row, plm_text *t)
{
    const plm_input_group *g = &f->groups.at[c->group];
    plm_text cell = {.w = t->w};
    char number[32];
    plm_typed_cell(f->rows->source, (size_t)g->column, row, &cell);
    plm_figure_print(fabs(c->value), number);
    plm_text_add(t, t->length > 0 ? ", " : "");
    add_short(t, g->name);
    plm_text_add(t, " = ");
    add_short(t, cell.length > 0 ? plm_text_get(&cell) : "missing");
    plm_text_format(t, " (%s%s)", c->value > 0 ? "+" : "-", number);
    plm_text_done(t, &cell);
}

/* Appends the columns that explain an error, the largest contribution first: those whose
 * contribution has the sign `way`, is larger than twice its standard error, and is not tiny beside
 * the largest contribution, of either sign. */
static void list(const finding *f, const plm_explanation *e, double way, int64_t row, plm_text *t)
{
    static const double tiny =
        0.05; /* smaller shares of the largest contribution explain nothing */
    double largest = 0;
    int listed = 0;
    for (int64_t k = 0; k < f->groups.count; k++)
        largest = fmax(largest, fabs(e->part[k].value));
    for (int64_t k = 0; k < f->groups.count && listed < LISTED; k++)
        if (e->part[k].value * way > fmax(2 * e->part[k].error, tiny * largest)) {
            add_column(f, &e->part[k], row, t);
            listed++;
        }
}

/* Finds the columns that explain the prediction of row `at`. *out: a text in the arena of f->found;
 * "" = no column stands out. */
static plm_status find_row(finding *f, int64_t at, const char **out)
{
    plm *w = f->job->w;
    const int64_t row = f->found->predicted.row[at];
    plm_predicted one = {.w = w};
    plm_arena a = {.w = w};
    plm_text t = {.w = w};
    plm_explanation e;
    plm_status status = plm_predicted_row(&one, f->job->model, f->rows, row);
    if (status >= 0 && one.rows > 0)
        status = plm_explain(&one, &f->others, f->groups, &f->options, &a, &e);
    if (status >= 0 && one.rows > 0)
        list(f, &e, direction(f->s, at), row, &t);
    *out = status >= 0 && !t.failed ? plm_arena_text(&f->found->arena, plm_text_get(&t), t.length)
                                    : NULL;
    status = status >= 0 && !*out ? PLM_E_MEMORY : status;
    plm_text_free(&t);
    plm_arena_free(&a);
    plm_predicted_free(&one);
    return status;
}

/* Finds the columns that explain the worst predictions of target k. */
static plm_status find_target(finding *f, int k)
{
    plm_assessments *found = f->found;
    f->s = &found->of[k];
    f->options.target = k;
    for (int i = 0; i < f->s->worst && i < f->most; i++)
        if (found->predicted.row[f->s->worst_row[i]] >= 0)
            PLM_TRY(find_row(f, f->s->worst_row[i], &found->reason[k][i]));
    return PLM_OK;
}

/* Explains the worst predictions. Does nothing for data without columns, or if the budget of
 * predictions is too small. */
plm_status plm_assessments_reasons(plm_assessments *s, plm_job *j, plm_data *d,
                                   plm_input_groups groups, int most, int64_t budget)
{
    finding f = {
        .job = j, .rows = d, .found = s, .most = most, .groups = groups, .others = {.w = j->w}};
    int64_t rows = 0;
    for (int k = 0; k < s->targets; k++)
        rows += s->of[k].worst < most ? s->of[k].worst : most;
    if (groups.count == 0 || groups.at[0].column < 0 || rows == 0)
        return PLM_OK;
    const int64_t orders = budget / (rows * (groups.count + 1));
    if (orders < LEAST)
        return PLM_OK;
    f.options.samples = orders < MOST ? (int)orders : MOST;
    plm_status status = plm_predicted_sample(&f.others, j->model, d, OTHERS, 0);
    for (int k = 0; k < s->targets && status >= 0; k++)
        status = find_target(&f, k);
    plm_predicted_free(&f.others);
    return status < 0 ? plm_job_fail_at(j, status, NULL) : PLM_OK;
}
