/* Writes the section of a target whose values are numbers: predicted against true values. */
#include "report/html.h"

/* Max number of rows in a chart. If there are more, this many are drawn, evenly spaced. */
enum { SHOWN = 500 };

/* The rows that are shown. */
typedef struct {
    int count;
    double wanted[SHOWN], guess[SHOWN], error[SHOWN];
    double ends[2]; /* the lowest and the highest true number */
} points;

/* Picks the rows. */
static void pick(const plm_assessment *s, points *p)
{
    const int64_t step = (s->rows + SHOWN - 1) / SHOWN;
    p->ends[0] = p->ends[1] = plm_predicted_truth(s->target, 0);
    for (int64_t i = 0; i < s->rows; i += step) {
        const double wanted = plm_predicted_truth(s->target, i);
        p->wanted[p->count] = wanted;
        p->guess[p->count] = s->target->guess[i];
        p->error[p->count++] = s->target->guess[i] - wanted;
        p->ends[0] = wanted < p->ends[0] ? wanted : p->ends[0];
        p->ends[1] = wanted > p->ends[1] ? wanted : p->ends[1];
    }
}

/* Makes all rows that are shown as CSV. */
static void points_csv(const points *p, plm_text *csv)
{
    plm_text_add(csv, "true,predicted\n");
    for (int i = 0; i < p->count; i++)
        plm_text_format(csv, "%.12g,%.12g\n", p->wanted[i], p->guess[i]);
}

/* Writes a scatter plot of y against the true values, with the line on which perfect predictions
 * lie. */
static plm_status scatter(const plm_report *r, FILE *f, const points *p, const double *y,
                          const double *perfect, const char *label, const char *caption)
{
    const plm_series series[] = {
        {.x = p->wanted, .y = y, .count = p->count, .points = true, .style = PLM_LINE_HIDDEN},
        {.x = p->ends, .y = perfect, .count = 2, .style = PLM_LINE_REFERENCE}};
    const plm_chart chart = {.x_label = "true", .y_label = label, .series = series, .count = 2};
    return plm_html_chart(r->w, f, &chart, caption);
}

/* Writes the section of one target that is a number: predicted against true values, and errors
 * against true values. A reference line shows where perfect predictions would be. Of many rows,
 * some are picked, so that the page stays small. */
plm_status plm_report_numbers(const plm_report *r, FILE *f, const plm_assessment *s, int number)
{
    static const double none[] = {0, 0};
    char id[32];
    points p = {.count = 0};
    plm_text csv = {.w = r->w};
    pick(s, &p);
    snprintf(id, sizeof id, "target-%d", number);
    plm_html_section(f, id, *s->target->name ? s->target->name : "Predictions");
    fputs("<div class=\"charts\">\n", f);
    plm_status status = scatter(r, f, &p, p.guess, p.ends, "predicted", "Predicted against true");
    if (status >= 0)
        status = scatter(r, f, &p, p.error, none, "predicted minus true", "Errors against true");
    fputs("</div>\n", f);
    points_csv(&p, &csv);
    plm_html_csv(f, "predictions.csv", &csv);
    plm_html_section_end(f);
    return status;
}
