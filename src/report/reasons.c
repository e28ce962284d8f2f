/* Finds what made the worst rows wrong: which columns moved the prediction of such a row in the
 * direction of its error. */
#include <math.h>

#include "assess/importance.h"
#include "data/typed.h"
#include "report/html.h"

/* OTHERS: rows that a row is compared with. LEAST, MOST: random orders of the columns for a row;
 * with fewer the reason would be chance, more change little. LISTED: max number of columns. PART:
 * the reasons get a PART-th of the budget of the page. BUDGET: of the page, by default. */
enum { OTHERS = 200, LEAST = 10, MOST = 40, LISTED = 3, PART = 4, BUDGET = 100000 };

/* What the reasons of the rows of one target need. */
typedef struct {
    plm_report *r;
    const plm_assessment *s;
    plm_input_groups groups; /* which inputs belong together */
    plm_predicted others;    /* other rows, from which values are taken */
    plm_explain_options options;
} finding;

/* Returns 1 if the prediction of a row is too large, or if its class is wrong: then the columns
 * that raised it are the reason. Else -1: those that lowered it. */
static double direction(const plm_assessment *s, int64_t at)
{
    const plm_predicted_target *t = s->target;
    if (t->classes > 0)
        return plm_predicted_class(t, at) != t->truth[at] ? 1 : -1;
    return t->guess[at] > t->wanted[at] ? 1 : -1;
}

/* Appends one column: "size = 31 (+12.4)". */
static void add_column(const finding *f, const plm_contribution *c, int64_t row, plm_text *t)
{
    const plm_input_group *g = &f->groups.at[c->group];
    plm_text cell = {.w = t->w};
    char number[32];
    plm_typed_cell(f->r->rows->source, (size_t)g->column, row, &cell);
    plm_figure_print(fabs(c->value), number);
    plm_text_format(t, "%s%s = %s (%s%s)", t->length > 0 ? ", " : "", g->name,
                    cell.length > 0 ? plm_text_get(&cell) : "missing", c->value > 0 ? "+" : "-",
                    number);
    t->failed = t->failed || cell.failed;
    plm_text_free(&cell);
}

/* Appends the columns that moved the prediction in the direction of the error by more than twice
 * their standard error, the strongest first. */
static void list(const finding *f, const plm_explanation *e, double way, int64_t row, plm_text *t)
{
    int listed = 0;
    for (int64_t k = 0; k < f->groups.count && listed < LISTED; k++)
        if (e->part[k].value * way > 2 * e->part[k].error) {
            add_column(f, &e->part[k], row, t);
            listed++;
        }
}

/* Finds the reason of row `at` of the predictions. *out: in the arena of the page; "" = no column
 * stands out. */
static plm_status find_row(finding *f, int64_t at, const char **out)
{
    plm_report *r = f->r;
    const int64_t row = r->found.predicted.row[at];
    plm_predicted one = {.w = r->job->w};
    plm_arena a = {.w = r->job->w};
    plm_text t = {.w = r->job->w};
    plm_explanation e;
    plm_status status = plm_predicted_row(&one, r->job->model, r->rows, row);
    if (status >= 0 && one.rows > 0)
        status = plm_explain(&one, &f->others, f->groups, &f->options, &a, &e);
    if (status >= 0 && one.rows > 0)
        list(f, &e, direction(f->s, at), row, &t);
    *out = status >= 0 && !t.failed ? plm_arena_text(&r->found.arena, plm_text_get(&t), t.length)
                                    : NULL;
    status = status >= 0 && !*out ? PLM_E_MEMORY : status;
    plm_text_free(&t);
    plm_arena_free(&a);
    plm_predicted_free(&one);
    return status;
}

/* Finds the reasons of the worst rows of target k. */
static plm_status find_target(finding *f, int k)
{
    plm_report *r = f->r;
    f->s = &r->found.of[k];
    f->options.target = k;
    for (int i = 0; i < f->s->worst; i++)
        if (r->found.predicted.row[f->s->worst_row[i]] >= 0)
            PLM_TRY(find_row(f, f->s->worst_row[i], &r->reason[k][i]));
    return PLM_OK;
}

/* Finds the reasons of all targets. Does nothing for data without columns, and where the budget of
 * predictions is too small. */
plm_status plm_report_reasons(plm_report *r)
{
    finding f = {.r = r, .groups = r->inputs.groups, .others = {.w = r->job->w}};
    int64_t rows = 0;
    for (int k = 0; k < r->found.targets; k++)
        rows += r->found.of[k].worst;
    if (f.groups.count == 0 || f.groups.at[0].column < 0 || rows == 0)
        return PLM_OK;
    const int64_t budget = (r->budget > 0 ? r->budget : BUDGET) / PART;
    const int64_t orders = budget / (rows * (f.groups.count + 1));
    if (orders < LEAST)
        return PLM_OK;
    f.options.samples = orders < MOST ? (int)orders : MOST;
    plm_status status = plm_predicted_sample(&f.others, r->job->model, r->rows, OTHERS, 0);
    for (int k = 0; k < r->found.targets && status >= 0; k++)
        status = find_target(&f, k);
    plm_predicted_free(&f.others);
    return status < 0 ? plm_job_fail_at(r->job, status, NULL) : PLM_OK;
}
