/* A chart of learning rates over a training. */
#include "study/rates.h"

#include "plot/plot.h"

/* Makes a chart of the learning rate of each schedule at every step of a training. */
plm_status plm_plot_schedules(plm *w, plm_plot_specs specs, int64_t epochs, int64_t steps,
                              plm_plot *out)
{
    /* from FEW_EPOCHS on, the ticks of the axis are whole epochs */
    enum { MOST_STEPS = 1000000, FEW_EPOCHS = 3 };
    PLM_TRY(plm_plot_begin(w, 1, out));
    PLM_TRY(plm_plot_check(w, specs, PLM_PLOT_CURVES));
    if (epochs > MOST_STEPS / steps)
        return plm_fail(w, PLM_E_SPEC, "steps", "use fewer epochs or steps",
                        "the schedule has more than a million steps");
    plm_series *series = plm_arena_array(&out->arena, (size_t)specs.count, sizeof *series);
    const char *label = plm_arena_format(&out->arena, "epochs of %lld steps", (long long)steps);
    if (!series || !label)
        return PLM_E_MEMORY;
    for (int i = 0; i < specs.count; i++) {
        plm_curve curve = {0};
        plm_status status = plm_rate_curve(w, specs.text[i], epochs, steps, &curve);
        status = status < 0 ? status : plm_plot_series(out, &curve, specs.text[i], &series[i]);
        plm_curve_free(w, &curve);
        PLM_TRY(status);
    }
    out->chart[0] = (plm_chart){.title = specs.count == 1 ? specs.text[0] : "Learning rates",
                                .x_label = label,
                                .whole_x = epochs >= FEW_EPOCHS,
                                .y_label = "learning rate",
                                .series = series,
                                .count = specs.count};
    return PLM_OK;
}
