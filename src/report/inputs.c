/* Which inputs matter. */
#include "report/html.h"

enum { SHOWN = 25 };

/* Makes all of them as CSV. */
static void inputs_csv(const plm_explaining *x, plm_text *csv)
{
    const bool classes = x->of->classes > 0;
    plm_text_format(csv, "column,%s,low,high,%s\n", classes ? "log_loss_rise" : "rmse_rise",
                    classes ? "accuracy_fall" : "r2_fall");
    for (int64_t i = 0; i < x->groups.count; i++) {
        const plm_importance *m = &x->importance[i];
        plm_text_add_cell(csv, x->groups.at[m->group].name, ",");
        plm_text_format(csv, ",%.9g,%.9g,%.9g,%.9g\n", m->rise.value, m->rise.low, m->rise.high,
                        m->fall);
    }
}

/* Writes one column as a row of the table. most: the largest loss increase of all columns, whose
 * bar is the longest. */
static void line(FILE *f, const plm_explaining *x, const plm_importance *m, double most)
{
    const double share = most > 0 && m->rise.value > 0 ? m->rise.value / most : 0;
    fputs("<tr><th scope=\"row\">", f);
    plm_html_text(f, x->groups.at[m->group].name);
    fprintf(f, "</th><td class=\"bar long\" style=\"--v:%.3f\"><b>", share);
    plm_html_figure(f, m->rise.value);
    fputs("</b> ", f);
    plm_html_interval(f, &m->rise);
    fputs("</td><td class=\"n\">", f);
    plm_html_figure(f, m->fall);
    fputs("</td></tr>\n", f);
}

/* Writes how much each column matters. Bars are relative to the most important column, which comes
 * first. The CSV has all columns, also those that the table leaves out. */
void plm_report_inputs(const plm_report *r, FILE *f)
{
    const plm_explaining *x = &r->inputs;
    const bool classes = x->of->classes > 0;
    plm_text csv = {.w = r->w};
    plm_html_section(f, "inputs", "Which columns matter");
    fprintf(
        f,
        "<p class=\"soft\">How much the %s increases when a column is shuffled among %lld rows, "
        "%lld times. Columns with the same information share their importance.</p>\n",
        classes ? "log loss" : "rmse", (long long)x->rows, (long long)x->repeats);
    fprintf(f,
            "<div class=\"scroll\"><table class=\"list\">\n<thead><tr><th>column</th><th>%s "
            "increase</th><th class=\"n\">%s decrease</th></tr></thead>\n<tbody>\n",
            classes ? "log loss" : "rmse", classes ? "accuracy" : "r2");
    for (int64_t i = 0; i < x->groups.count && i < SHOWN; i++)
        line(f, x, &x->importance[i], x->importance[0].rise.value);
    fputs("</tbody></table></div>\n", f);
    if (x->groups.count > SHOWN)
        fprintf(f, "<p class=\"soft\">and %lld more columns, which matter less</p>\n",
                (long long)(x->groups.count - SHOWN));
    inputs_csv(x, &csv);
    plm_html_csv(f, "importance.csv", &csv);
    plm_html_section_end(f);
}
