/* plummet plot schedule: draws learning rates over a training, several on one chart. */
#include <stdlib.h>

#include "output.h"
#include "plot.h"
#include "study/rates.h"

enum { MAX_CURVES = 7 };

static const char usual[] =
    "exponential_decay(0.01, 300, 0.5), inverse_time_decay(0.01, 100, 0.5), "
    "piecewise_constant_decay([300, 700], [0.01, 0.005, 0.001]), cosine_decay(0.01, 1000), "
    "one_cycle(0.01, 1000)";

/* Computes the curves and draws them. */
static int plot(const plm_cli_call *call, plm *w, const plm_cli_specs *names)
{
    static const int64_t epoch_bounds[2] = {1, 10000}, step_bounds[2] = {1, 100000};
    int64_t epochs = 10, steps = 100;
    plm_curve curve[MAX_CURVES] = {{0}};
    plm_series series[MAX_CURVES];
    int code = plm_cli_whole_option(call, "epochs", epoch_bounds, &epochs);
    code = code ? code : plm_cli_whole_option(call, "steps", step_bounds, &steps);
    if (!code && names->count > MAX_CURVES)
        code = plm_cli_fail(PLM_EXIT_USAGE, names->text[MAX_CURVES], "draw them in two pictures",
                            "more than %d curves cannot be told apart", MAX_CURVES);
    if (!code && epochs * steps > 1000000)
        code = plm_cli_fail(PLM_EXIT_USAGE, "--steps", "give fewer epochs or steps",
                            "more than a million steps");
    for (int i = 0; i < names->count && !code; i++) {
        code = plm_cli_code(w, plm_rate_curve(w, names->text[i], epochs, steps, &curve[i]));
        series[i] = (plm_series){
            .name = names->text[i], .x = curve[i].x, .y = curve[i].y, .count = curve[i].count};
    }
    char *title =
        names->count == 1 ? plm_cli_format("%s", names->text[0]) : plm_cli_format("Learning rates");
    char *label = plm_cli_format("epochs of %lld steps", (long long)steps);
    const plm_chart chart = {title, label, "learning rate", .series = series,
                             .count = names->count};
    code = code ? code : plm_cli_charts_show(&chart, 1, 1, plm_cli_picture_of(call));
    for (int i = 0; i < names->count && i < MAX_CURVES; i++)
        plm_curve_free(w, &curve[i]);
    free(title);
    free(label);
    return code;
}

int plm_cli_plot_schedule(const plm_cli_call *call)
{
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    if (!w)
        return plm_cli_fail(PLM_EXIT_INTERNAL, NULL, NULL, "out of memory");
    plm_cli_specs names = plm_cli_specs_of_call(call, usual);
    const int code = plot(call, w, &names);
    plm_cli_specs_free(&names);
    plm_close(w);
    return code;
}
