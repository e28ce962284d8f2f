/* What each column of the table is. */
#include "data/data.h"
#include "model/schema.h"
#include "report/html.h"

/* Writes a table with a row for each column of the data: its type and the reason for it, the number
 * of missing cells, and how its values are used. A model that was trained on arrays has no columns,
 * so this section is left out. */
void plm_report_columns(const plm_report *r, FILE *f)
{
    const plm_schema *s = plm_model_columns(r->job->model);
    if (!s)
        return;
    plm_html_section(f, "columns", "Columns");
    fputs("<div class=\"scroll\"><table class=\"list\">\n<thead><tr><th>column</th><th>type</th>"
          "<th>why</th><th class=\"n\">missing</th><th>what is done</th></tr></thead>\n<tbody>\n",
          f);
    for (size_t i = 0; i < s->columns; i++) {
        const plm_column *c = &s->column[i];
        char done[PLM_COLUMN_WORDS];
        plm_column_describe(c, done);
        fputs("<tr><th scope=\"row\">", f);
        plm_html_text(f, c->name);
        fprintf(f, "</th><td>%s</td><td>", plm_column_types[c->type]);
        plm_html_text(f, c->why);
        fputs("</td><td class=\"n\">", f);
        if (c->missing > 0)
            fprintf(f, "%lld", (long long)c->missing);
        fputs("</td><td>", f);
        plm_html_text(f, done);
        fputs("</td></tr>\n", f);
    }
    fputs("</tbody></table></div>\n", f);
    plm_html_section_end(f);
}
