/* Writes the section about the epochs of the run: a chart for each metric, and the numbers as
 * CSV. */
#include "plot/plot.h"
#include "report/html.h"

/* Makes the history as CSV, without the seconds, which differ from run to run. */
static void history_csv(const plm_history *h, plm_text *csv)
{
    for (int64_t i = -1; i < h->rows; i++) {
        for (int k = 0; k < h->columns; k++) {
            const double value = i < 0 ? 0 : h->value[i * h->columns + k];
            plm_text_add(csv, k > 0 ? "," : "");
            if (i < 0)
                plm_text_add_cell(csv, h->name[k], ",");
            else if (value == value)
                plm_text_format(csv, "%.9g", value);
        }
        plm_text_add(csv, "\n");
    }
}

/* Writes the charts of `plummet plot history`. The title of a chart becomes the caption of its
 * figure, as HTML wraps captions and SVG does not. */
plm_status plm_report_curves(const plm_report *r, FILE *f, const plm_history *h)
{
    plm_plot plot = {0};
    plm_text csv = {.w = r->w};
    plm_status status = plm_plot_history(r->w, (plm_plot_specs){1, &r->folder}, &plot);
    plm_html_section(f, "training", "Training");
    fputs("<div class=\"charts\">\n", f);
    for (int i = 0; status >= 0 && i < plot.charts; i++) {
        plm_chart chart = plot.chart[i];
        const char *title = chart.title;
        chart.title = chart.y_label = NULL;
        status = plm_html_chart(r->w, f, &chart, title);
    }
    fputs("</div>\n", f);
    history_csv(h, &csv);
    plm_html_csv(f, "history.csv", &csv);
    plm_html_section_end(f);
    plm_plot_free(&plot);
    return status;
}
