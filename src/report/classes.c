/* Writes the section of a target whose values are classes: the confusion matrix, the metrics of
 * each class, the calibration. The tables are HTML, the chart of the calibration is SVG, and a link
 * saves the numbers as CSV. */
#include <math.h>

#include "report/html.h"

enum { MOST_CELLS = 40 }; /* a larger matrix would not be readable */

/* Writes the confusion matrix as a table. The shade of a cell is its share of the rows of its true
 * class: blue if the prediction is right, orange if it is wrong. */
static void matrix(FILE *f, const plm_assessment *s)
{
    const plm_predicted_target *t = s->target;
    fputs("<figure class=\"wide\"><figcaption>Confusion matrix: rows are true classes, columns "
          "predicted classes</figcaption>\n<div class=\"scroll\"><table "
          "class=\"matrix\">\n<tr><td></td>",
          f);
    for (int k = 0; k < t->classes; k++) {
        fputs("<th scope=\"col\"><span>", f);
        plm_html_text(f, t->label[k]);
        fputs("</span></th>", f);
    }
    fputs("</tr>\n", f);
    for (int i = 0; i < t->classes; i++) {
        const double rows = s->of_class[i].rows > 0 ? (double)s->of_class[i].rows : 1;
        fputs("<tr><th scope=\"row\">", f);
        plm_html_text(f, t->label[i]);
        fputs("</th>", f);
        for (int k = 0; k < t->classes; k++) {
            const int64_t n = s->confusion[i * t->classes + k];
            fprintf(f, "<td class=\"%s%s\" style=\"--v:%.3f\">%lld</td>", i == k ? "r" : "w",
                    n == 0 ? " z" : "", (double)n / rows, (long long)n);
        }
        fputs("</tr>\n", f);
    }
    fputs("</table></div></figure>\n", f);
}

/* Writes a metric of a class: its number, a bar of this length, its confidence interval. */
static void class_figure(FILE *f, const plm_interval *is)
{
    const double share = isnan(is->value) ? 0 : is->value;
    fprintf(f, "<td class=\"bar\" style=\"--v:%.3f\"><b>", share);
    plm_html_figure(f, is->value);
    fputs("</b> ", f);
    plm_html_interval(f, is);
    fputs("</td>", f);
}

/* Writes the table of the classes. */
static void table(FILE *f, const plm_assessment *s)
{
    fputs(
        "<div class=\"scroll\"><table class=\"list\">\n<thead><tr><th>class</th><th>precision</th>"
        "<th>recall</th><th>F1</th><th class=\"n\">rows</th></tr></thead>\n<tbody>\n",
        f);
    for (int k = 0; k < s->target->classes; k++) {
        const plm_class_figures *c = &s->of_class[k];
        fputs("<tr><th scope=\"row\">", f);
        plm_html_text(f, s->target->label[k]);
        fputs("</th>", f);
        class_figure(f, &c->precision);
        class_figure(f, &c->recall);
        class_figure(f, &c->f1);
        fprintf(f, "<td class=\"n\">%lld</td></tr>\n", (long long)c->rows);
    }
    fputs("</tbody></table></div>\n", f);
}

/* Makes the matrix as CSV. */
static void matrix_csv(const plm_assessment *s, plm_text *csv)
{
    const plm_predicted_target *t = s->target;
    plm_text_add(csv, "true class");
    for (int k = 0; k < t->classes; k++) {
        plm_text_add(csv, ",");
        plm_text_add_cell(csv, t->label[k], ",");
    }
    for (int i = 0; i < t->classes; i++) {
        plm_text_add(csv, "\n");
        plm_text_add_cell(csv, t->label[i], ",");
        for (int k = 0; k < t->classes; k++)
            plm_text_format(csv, ",%lld", (long long)s->confusion[i * t->classes + k]);
    }
    plm_text_add(csv, "\n");
}

/* Makes the bins of the calibration (confidence, share of right predictions) as CSV. */
static void bins_csv(const plm_assessment *s, plm_text *csv)
{
    plm_text_add(csv, "low,high,confidence,accuracy,rows\n");
    for (int i = 0; i < PLM_BINS; i++) {
        const plm_calibration_bin *b = &s->bin[i];
        if (b->rows > 0)
            plm_text_format(csv, "%.3g,%.3g,%.9g,%.9g,%lld\n", b->low, b->high, b->confidence,
                            b->accuracy, (long long)b->rows);
    }
}

/* Writes the calibration: accuracy against confidence. On the dotted diagonal both are equal. */
static plm_status calibration(const plm_report *r, FILE *f, const plm_assessment *s)
{
    static const double corner[] = {0, 1};
    double x[PLM_BINS], y[PLM_BINS];
    int count = 0;
    for (int i = 0; i < PLM_BINS; i++)
        if (s->bin[i].rows > 0) {
            x[count] = s->bin[i].confidence;
            y[count++] = s->bin[i].accuracy;
        }
    const plm_series series[] = {
        {.x = x, .y = y, .count = count, .points = true, .style = PLM_LINE_THICK},
        {.x = corner, .y = corner, .count = 2, .style = PLM_LINE_REFERENCE}};
    const plm_chart chart = {.x_label = "confidence: probability of the predicted class",
                             .y_label = "share of rows predicted correctly",
                             .series = series,
                             .count = 2};
    plm_text csv = {.w = r->w};
    fputs("<div class=\"charts\">\n", f);
    const plm_status status = plm_html_chart(r->w, f, &chart, "Calibration");
    fputs("<div class=\"scroll\"><table class=\"list\">\n<thead><tr><th>confidence</th>"
          "<th class=\"n\">mean</th><th class=\"n\">right</th><th "
          "class=\"n\">rows</th></tr></thead>\n",
          f);
    for (int i = 0; i < PLM_BINS; i++) {
        const plm_calibration_bin *b = &s->bin[i];
        if (b->rows > 0)
            fprintf(f,
                    "<tr><td>%.1f&thinsp;&ndash;&thinsp;%.1f</td><td class=\"n\">%.3f</td>"
                    "<td class=\"n\">%.3f</td><td class=\"n\">%lld</td></tr>\n",
                    b->low, b->high, b->confidence, b->accuracy, (long long)b->rows);
    }
    fputs("</table></div>\n</div>\n", f);
    bins_csv(s, &csv);
    plm_html_csv(f, "calibration.csv", &csv);
    return status;
}

/* Writes the section of a target that has classes: the confusion matrix, unless there are too many
 * classes, and its numbers as CSV; then a row for each class, then the calibration. */
plm_status plm_report_classes(const plm_report *r, FILE *f, const plm_assessment *s, int number)
{
    char id[32];
    plm_text csv = {.w = r->w};
    snprintf(id, sizeof id, "target-%d", number);
    plm_html_section(f, id, *s->target->name ? s->target->name : "Classes");
    if (s->of_class && s->target->classes <= MOST_CELLS)
        matrix(f, s);
    if (s->of_class) {
        matrix_csv(s, &csv);
        plm_html_csv(f, "confusion.csv", &csv);
        table(f, s);
    }
    const plm_status status = calibration(r, f, s);
    plm_html_section_end(f);
    return status;
}
