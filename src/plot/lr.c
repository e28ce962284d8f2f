/* A chart of the learning-rate range test: the loss over the rate, with the recommended rate. */
#include "plot/lr.h"

/* Makes the chart of a range test: the loss over the learning rate, and a mark at the rate that is
 * recommended. */
plm_status plm_plot_lr(plm *w, const plm_lr_range *t, const plm_lr_trials *trials, const char *name,
                       plm_plot *out)
{
    PLM_TRY(plm_plot_begin(w, 1, out));
    plm_arena *a = &out->arena;
    const double rate = plm_lr_recommended(t, trials);
    plm_series *series = plm_arena_array(a, 2, sizeof *series);
    double *point = plm_arena_array(a, 2, sizeof *point);
    const char *title = plm_arena_format(a, "Learning-rate range test of %s", name);
    const char *mark = plm_arena_format(a, "recommended: %.2g", rate);
    if (!series || !point || !title || !mark)
        return PLM_E_MEMORY;
    out->chart[0] = (plm_chart){.title = title,
                                .x_label = "learning rate",
                                .y_label = "loss",
                                .log_x = true,
                                .series = series,
                                .count = 1};
    series[0] = (plm_series){.name = "loss, smoothed", .x = t->x, .y = t->y, .count = t->count};
    if (!(rate >= t->x[0] && rate <= t->x[t->count - 1]))
        return PLM_OK;
    point[0] = rate;
    point[1] = plm_lr_range_loss(t, rate);
    series[1] = (plm_series){.name = mark, .x = &point[0], .y = &point[1], .count = 1, .mark = 'R'};
    out->chart[0].count = 2;
    return PLM_OK;
}
