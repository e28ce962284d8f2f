/* Assesses the targets of a job's model, see assessment.h.
 *
 * The values here are computed from the predictions of all rows at once, with intervals, while
 * metrics are summed up batch by batch. A value that is both is printed once. */
#include "evaluation/assessment.h"

#include <stdlib.h>
#include <string.h>

#include "data/data.h"

/* at: index of a row in the predictions. row: its row number in the source. */
typedef struct {
    int64_t at, row;
} place;

/* Compares two rows for qsort by their row number in the source. */
static int by_row(const void *a, const void *b)
{
    const int64_t x = ((const place *)a)->row, y = ((const place *)b)->row;
    return (x > y) - (x < y);
}

/* Finds the file lines of the worst rows of all targets. The file is read at most once. */
static void find_lines(plm_assessments *s, const plm_data *d)
{
    enum { MOST = PLM_ASSESS_TARGETS * PLM_WORST };
    plm_predicted *p = &s->predicted;
    place found[MOST];
    int64_t row[MOST], line[MOST];
    int count = 0;
    for (int k = 0; k < s->targets; k++)
        for (int i = 0; i < s->of[k].worst; i++, count++)
            found[count] = (place){s->of[k].worst_row[i], p->row[s->of[k].worst_row[i]]};
    qsort(found, (size_t)count, sizeof *found, by_row);
    for (int i = 0; i < count; i++)
        row[i] = found[i].row;
    plm_data_lines(d, count, row, line);
    for (int i = 0; i < count; i++)
        p->line[found[i].at] = line[i];
}

/* Predicts the rows and assesses each target. s->targets is the number of targets assessed so far,
 * also after an error. */
plm_status plm_assessments_make(plm_assessments *s, plm_job *j, plm_data *d, uint64_t seed)
{
    s->arena.w = s->predicted.w = j->w;
    plm_status status = plm_predicted_open(&s->predicted, j->model, d);
    for (int k = 0; status >= 0 && k < s->predicted.targets; k++) {
        status = plm_assess(&s->predicted, k, seed, 0, &s->arena, &s->of[k]);
        s->of[k].before = plm_assess_row_before(&s->predicted, &s->predicted.target[k], d);
        s->targets += status >= 0;
    }
    find_lines(s, d);
    return status < 0 ? plm_job_fail_at(j, status, NULL) : PLM_OK;
}

/* Frees the predictions and the metrics. */
void plm_assessments_free(plm_assessments *s)
{
    plm_predicted_free(&s->predicted);
    plm_arena_free(&s->arena);
    *s = (plm_assessments){.targets = 0};
}

/* True if one of the logs has this name. */
static bool has_log(const plm_log *log, int logs, const char *name)
{
    for (int i = 0; i < logs; i++)
        if (!strcmp(log[i].name, name))
            return true;
    return false;
}

/* Adds the values of an assessment to the metrics of a test, unless a metric has the same name. */
plm_status plm_assessments_logs(plm_assessments *s, plm_log *log, int *logs, int capacity)
{
    for (int k = 0; k < s->targets; k++)
        for (int i = 0; i < s->of[k].figures; i++) {
            const plm_figure *f = &s->of[k].figure[i];
            const char *name = f->name;
            if (s->targets > 1)
                name = plm_arena_format(&s->arena, "%s_%s", s->of[k].target->name, f->name);
            if (!name)
                return PLM_E_MEMORY;
            if (*logs < capacity && !has_log(log, *logs, name))
                log[(*logs)++] = (plm_log){name, f->is.value};
        }
    return PLM_OK;
}

/* Compares the name of a metric with the names of the values that are computed in the same way. */
bool plm_assessments_has(const plm_assessments *s, const char *metric)
{
    static const char *const same[][2] = {{"accuracy", "accuracy"},
                                          {"root_mean_squared_error", "rmse"},
                                          {"mean_absolute_error", "mae"},
                                          {"mae", "mae"},
                                          {"r2_score", "r2"}};
    for (size_t i = 0; s->targets == 1 && i < sizeof same / sizeof *same; i++)
        if (!strcmp(metric, same[i][0]) && plm_assessment_figure(&s->of[0], same[i][1]))
            return true;
    return false;
}

/* Appends a list with one object for each target. */
void plm_assessments_json(const plm_assessments *s, int most, plm_text *t)
{
    plm_text_add(t, "[");
    for (int k = 0; k < s->targets; k++) {
        plm_text_add(t, k > 0 ? "," : "");
        plm_assessment_json(t, s, k, most);
    }
    plm_text_add(t, "]");
}
