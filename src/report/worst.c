/* Writes the section about the rows with the largest loss. These rows often have wrong labels or
 * odd cells, so each is listed with its line in the file. */
#include "data/typed.h"
#include "report/html.h"

/* Max number of inputs that are listed beside a row: the most important ones. */
enum { INPUTS = 4 };

/* Returns the number of inputs that are listed beside a row; 0 if the data is not a table with
 * columns, since single pixels of a picture tell a reader nothing. */
static int64_t inputs_of(const plm_report *r)
{
    const plm_explaining *x = &r->inputs;
    if (x->groups.count == 0 || x->groups.at[0].column < 0)
        return 0;
    return x->groups.count < INPUTS ? x->groups.count : INPUTS;
}

/* Writes the titles of the table. reasons: true = it has a column for the inputs that explain the
 * prediction. */
static void head(const plm_report *r, FILE *f, const plm_assessment *s, bool reasons)
{
    const plm_explaining *x = &r->inputs;
    fprintf(f,
            "<thead><tr><th class=\"n\">row</th><th class=\"n\">line</th><th>true</th>"
            "<th>predicted</th><th class=\"n\">%s</th>",
            s->target->classes > 0 ? "probability of the true class" : "error");
    for (int64_t k = 0; k < inputs_of(r); k++) {
        fputs("<th>", f);
        plm_html_text(f, x->groups.at[x->importance[k].group].name);
        fputs("</th>", f);
    }
    fputs(reasons ? "<th>why</th></tr></thead>\n" : "</tr></thead>\n", f);
}

/* Writes the true and the predicted value of row `at`. */
static void answers(FILE *f, const plm_assessment *s, int64_t at)
{
    const plm_predicted_target *t = s->target;
    if (t->classes > 0) {
        fputs("<td>", f);
        plm_html_text(f, t->label[t->truth[at]]);
        fputs("</td><td>", f);
        plm_html_text(f, t->label[plm_predicted_class(t, at)]);
        fprintf(f, "</td><td class=\"n\">%.4f</td>",
                (double)t->probability[at * t->classes + t->truth[at]]);
        return;
    }
    const double error = t->guess[at] - t->wanted[at];
    fprintf(f, "<td>%.9g</td><td>%.9g</td><td class=\"n\">", plm_predicted_truth(t, at),
            t->guess[at]);
    plm_html_figure(f, error);
    fputs("</td>", f);
}

/* Writes one row. reason: the inputs that explain its prediction; NULL = the table has no column
 * for them. */
static void line(const plm_report *r, FILE *f, const plm_assessment *s, int64_t at,
                 const char *reason)
{
    const plm_predicted *p = &r->found.predicted;
    const plm_explaining *x = &r->inputs;
    fputs("<tr>", f);
    if (p->row[at] >= 0)
        fprintf(f, "<td class=\"n\">%lld</td>", (long long)p->row[at] + 1);
    else
        fputs("<td></td>", f);
    if (p->line[at] > 0)
        fprintf(f, "<td class=\"n\">%lld</td>", (long long)p->line[at]);
    else
        fputs("<td></td>", f);
    answers(f, s, at);
    for (int64_t k = 0; k < inputs_of(r); k++) {
        plm_text cell = {.w = r->w};
        plm_typed_cell(r->rows->source, (size_t)x->groups.at[x->importance[k].group].column,
                       p->row[at], &cell);
        fputs("<td>", f);
        plm_html_text(f, plm_text_get(&cell));
        fputs("</td>", f);
        plm_text_free(&cell);
    }
    if (reason) {
        fputs("<td>", f);
        plm_html_text(f, *reason ? reason : "no single column stands out");
        fputs("</td>", f);
    }
    fputs("</tr>\n", f);
}

/* Writes the rows with the largest loss. Each has its cells in the columns that matter most, as
 * they are in the table. */
void plm_report_worst(const plm_report *r, FILE *f, const plm_assessment *s, int number)
{
    char id[32];
    snprintf(id, sizeof id, "worst-%d", number);
    plm_html_section(f, id, "Worst rows");
    fputs("<p class=\"soft\">The rows with the largest loss, counted from 1 in the data. They "
          "often show errors in the data.</p>\n",
          f);
    const bool reasons = s->worst > 0 && r->found.reason[number][0] != NULL;
    if (reasons)
        fprintf(f,
                "<p class=\"soft\">Why: the columns that moved the prediction in the direction of "
                "the error, compared with other rows, and how far they moved %s.</p>\n",
                s->target->classes > 0 ? "the probability of the predicted class" : "it");
    fputs("<div class=\"scroll\"><table class=\"list\">\n", f);
    head(r, f, s, reasons);
    fputs("<tbody>\n", f);
    for (int i = 0; i < s->worst; i++)
        line(r, f, s, s->worst_row[i], reasons ? r->found.reason[number][i] : NULL);
    fputs("</tbody></table></div>\n", f);
    plm_html_section_end(f);
}
