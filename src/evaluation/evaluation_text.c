/* Writes the result of an evaluation as text and as JSON. */
#include "assess/grid.h"
#include "base/metric_text.h"
#include "evaluation/evaluation.h"
#include "run/few_rows.h"
#include "run/json_text.h"

enum { EVERYTHING = 1 << 20 };

/* Appends what was evaluated. */
static void add_head(const plm_evaluation *e, plm_text *t, int width)
{
    plm_text line = {.w = t->w};
    if (e->about) {
        plm_text_add(&line, "data  ");
        plm_text_add_printable(&line, e->about);
        plm_text_wrap(t, 0, width < 60 ? 2 : 6, width, plm_text_get(&line));
    }
    if (e->rows >= 0)
        plm_text_format(t,
                        e->rows < PLM_FEW_ROWS ? "rows  %lld, so few that the metrics mean little\n"
                                               : "rows  %lld\n",
                        (long long)e->rows);
    plm_text_done(t, &line);
}

/* Appends metrics as a table. */
static void add_logs(const plm_log *log, int logs, int width, plm_text *t)
{
    plm_grid g = {.w = t->w};
    plm_grid_open(&g, 2);
    for (int i = 0; i < logs; i++) {
        char value[32];
        const int row = plm_grid_row(&g);
        plm_metric_text(value, sizeof value, log[i].value);
        plm_grid_set(&g, row, 0, 0, "%s", log[i].name);
        plm_grid_set(&g, row, 1, 0, "%s", value);
    }
    (void)plm_grid_fit(&g, 1, width); /* column 0 has the names */
    plm_grid_print(&g, t);
}

/* Writes the evaluation as text. A metric that the assessment also computes with a confidence
 * interval is shown only there. */
void plm_evaluation_text(const plm_evaluation *e, plm_text *t, int width)
{
    plm_log log[PLM_RUN_MAX_LOGS];
    int logs = 0;
    for (int i = 0; i < e->logs; i++)
        if (!plm_assessments_has(&e->found, e->log[i].name))
            log[logs++] = e->log[i];
    add_head(e, t, width > 0 ? width : EVERYTHING);
    if (e->found.targets != 1) {
        add_logs(log, logs, width > 0 ? width : EVERYTHING, t);
        logs = 0;
    }
    for (int k = 0; k < e->found.targets; k++) {
        plm_assessment_text(t, &e->found.of[k], log, logs, e->found.targets > 1, width);
        plm_by_column_text(&e->by, &e->found, k, width, t);
        plm_assessments_worst(&e->found, k, e->worst, width, t);
    }
}

/* Writes the evaluation as JSON: metrics are members of the object; the assessments are an array,
 * one element for each target. */
void plm_evaluation_json(const plm_evaluation *e, plm_text *t)
{
    plm_json_text j = plm_json_text_begin(t);
    if (e->about)
        plm_json_text_member(&j, "data", e->about);
    if (e->rows >= 0)
        plm_json_text_number(&j, "rows", (double)e->rows);
    for (int i = 0; i < e->all; i++)
        plm_json_text_number(&j, e->log[i].name, e->log[i].value);
    plm_text_add(t, ",\"targets\":");
    plm_assessments_json(&e->found, e->worst, t);
    plm_by_column_json(&e->by, &e->found, t);
    plm_json_text_end(&j);
}
