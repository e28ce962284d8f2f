/* Writes the settings of the run with their origin, and the layers of its model. */
#include "report/html.h"

/* Writes the value of a key: one line for each item. */
static void value(FILE *f, const plm_setting *s)
{
    for (size_t i = 0; i < s->count; i++) {
        fputs(i > 0 ? "<br><code>" : "<code>", f);
        plm_html_text(f, s->item[i].text);
        fputs("</code>", f);
    }
}

/* Lists the keys that have a value, in the order of the table of keys. The seed is listed even if
 * the user did not set it, as it is needed to repeat the run. */
void plm_report_settings(const plm_report *r, FILE *f)
{
    const plm_settings *s = r->settings;
    const char *layers = plm_model_summary(r->job->model, 78);
    plm_html_section(f, "settings", "Settings");
    fputs(
        "<p class=\"soft\">said: given by you; chosen: follows from the data and the model; "
        "default: the default value of plummet.</p>\n<div class=\"scroll\"><table class=\"list "
        "settings\">\n<thead><tr><th>key</th><th>value</th><th>origin</th></tr></thead>\n<tbody>\n",
        f);
    for (int i = 0; i < s->count; i++) {
        if (!s->at[i].given)
            continue;
        fprintf(f, "<tr><th scope=\"row\">%s</th><td>", s->keys[i].name);
        value(f, &s->at[i]);
        fprintf(f, "</td><td>%s</td></tr>\n", plm_setting_origin(&s->at[i]));
    }
    if (!plm_setting_of(s, "seed")->given)
        fputs("<tr><th scope=\"row\">seed</th><td><code>0</code></td><td>default</td></tr>\n", f);
    fputs("</tbody></table></div>\n", f);
    if (layers) {
        fputs("<details open><summary>Layers</summary>\n<pre>", f);
        plm_html_escape(f, layers);
        fputs("</pre></details>\n", f);
    }
    plm_html_section_end(f);
}
