/* Measures which inputs matter, see explanation.h, in one of two ways. Over all rows: how much
 * worse do the predictions become if a column is shuffled? For one row: how much does each of its
 * values move the prediction away from the mean prediction? Both are about columns of the table,
 * not about the values that a column is encoded as. */
#include "evaluation/explanation.h"

#include <stdio.h>
#include <string.h>

#include "data/data.h"
#include "data/typed.h"

/* Rows that a single row is compared with. */
enum { OTHERS = 500 };

/* Measures the importance of all groups. */
static plm_status over_rows(plm_explaining *e)
{
    plm_importance_options o = {
        .rows = e->rows, .repeats = (int)e->repeats, .seed = e->seed, .target = e->target};
    PLM_TRY(
        plm_importance_measure(e->job->model, e->data, e->groups, &o, &e->arena, &e->importance));
    if (e->rows > o.rows && !e->quiet)
        plm_warn(e->job->home, "rows=%lld: there %s only %lld row%s, all used", (long long)e->rows,
                 o.rows == 1 ? "is" : "are", (long long)o.rows, o.rows == 1 ? "" : "s");
    e->rows = o.rows;
    return PLM_OK;
}

/* Fails since the data does not give the row: it has fewer rows, or a step such as take(100) or
 * keep_classes leaves the row out. */
static plm_status fail_row(const plm_explaining *e)
{
    const long long row = (long long)e->row, rows = (long long)e->data->source->rows;
    if (rows < 0)
        return plm_fail(e->job->w, PLM_E_SPEC, "--row", "rows are counted from 1",
                        "the data has no row %lld", row);
    if (row > rows)
        return plm_fail(e->job->w, PLM_E_SPEC, "--row", "rows are counted from 1",
                        "there is no row %lld: the data has the rows 1 to %lld", row, rows);
    return plm_fail(e->job->w, PLM_E_SPEC, "--row", "name another row, or change the data",
                    "row %lld of %lld is left out of the data, by a step such as take or skip", row,
                    rows);
}

/* Explains the prediction of one row. It may be any row of the data, also a training row. */
static plm_status of_row(plm_explaining *e)
{
    plm_job *j = e->job;
    plm_data *const place[] = {e->data, j->validation, j->data};
    for (int i = 0; i < 3 && e->one.rows == 0; i++) {
        if (!place[i])
            continue;
        plm_predicted_free(&e->one);
        PLM_TRY(plm_predicted_row(&e->one, j->model, place[i], e->row - 1));
    }
    if (e->one.rows == 0)
        return fail_row(e);
    PLM_TRY(plm_predicted_sample(&e->others, j->model, e->data, OTHERS, e->seed));
    const plm_explain_options o = {.target = e->target, .seed = e->seed};
    PLM_TRY(plm_explain(&e->one, &e->others, e->groups, &o, &e->arena, &e->of_row));
    e->of = &e->one.target[e->target];
    return PLM_OK;
}

/* Fails because no target has the requested name or number. */
static plm_status fail_output(const plm_explaining *e)
{
    const plm_predicted *p = &e->others;
    plm_text names = {.w = e->arena.w};
    for (int k = 0; k < p->targets; k++)
        plm_text_format(&names, "%s%d%s%.60s", k > 0 ? ", " : "", k,
                        *p->target[k].name ? " = " : "", p->target[k].name);
    const plm_status status = plm_fail(e->arena.w, PLM_E_SPEC, "output", plm_text_get(&names),
                                       "there is no output '%.60s': there %s %d, numbered from 0",
                                       e->output, p->targets == 1 ? "is" : "are", p->targets);
    plm_text_free(&names);
    return status;
}

/* Finds the target with the requested name or number, and the number of targets. */
static plm_status find_target(plm_explaining *e)
{
    const plm_predicted *p = &e->others;
    PLM_TRY(plm_predicted_sample(&e->others, e->job->model, e->data, 1, e->seed));
    e->targets = p->targets;
    bool found = e->output == NULL || p->targets == 0; /* without targets, measuring fails */
    for (int k = 0; k < p->targets && !found; k++) {
        char number[16];
        (void)snprintf(number, sizeof number, "%d", k);
        found = !strcmp(e->output, p->target[k].name) || !strcmp(e->output, number);
        e->target = k;
    }
    PLM_TRY(found ? PLM_OK : fail_output(e));
    plm_predicted_free(&e->others);
    return PLM_OK;
}

/* Sets e->of, the target that is explained. The importance was measured on other rows, whose
 * targets are freed, so the targets are opened again. */
static plm_status describe(plm_explaining *e)
{
    plm_status status = plm_predicted_sample(&e->others, e->job->model, e->data, 1, e->seed);
    e->of = &e->others.target[e->target];
    return status;
}

/* Measures what the options of e select, on the rows of e->data. Errors are recorded on the job's
 * runtime, j->home. */
plm_status plm_explaining_run(plm_explaining *e)
{
    plm_job *j = e->job;
    plm_data_info about;
    e->arena.w = e->one.w = e->others.w = j->w;
    plm_status status = plm_data_get_info(e->data, &about); /* fits the columns of a table */
    if (status >= 0)
        status = plm_input_groups_find(j->model, e->data, &e->arena, &e->groups);
    if (status >= 0)
        status = find_target(e);
    if (status >= 0)
        status = e->row > 0 ? of_row(e) : over_rows(e);
    if (status >= 0 && e->row == 0)
        status = describe(e);
    return status < 0 ? plm_job_fail_at(j, status, NULL) : PLM_OK;
}

/* Frees the rows and the importances. */
void plm_explaining_free(plm_explaining *e)
{
    plm_predicted_free(&e->one);
    plm_predicted_free(&e->others);
    plm_arena_free(&e->arena);
}

/* Appends the value that the explained row has in the column of a group, as it is in the table: a
 * word or a date as text, otherwise a number. */
void plm_explaining_value(const plm_explaining *e, int64_t group, plm_text *t)
{
    const plm_input_group *g = &e->groups.at[group];
    if (g->column >= 0)
        plm_typed_cell(e->data->source, (size_t)g->column, e->one.row[0], t);
    else
        plm_text_format(t, "%.6g", (double)e->one.input[g->input][g->first]);
}
