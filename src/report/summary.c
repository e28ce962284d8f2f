/* Writes the top of the page: what was trained, and the metrics that matter most. */
#include <math.h>
#include <string.h>

#include "report/html.h"

/* Writes one metric as a card. help: meaning of the metric. */
static void card(FILE *f, const char *name, const char *help, const plm_interval *is)
{
    fputs("<div class=\"card\"><dt>", f);
    plm_html_text(f, name);
    fputs("</dt><dd><b>", f);
    plm_html_figure(f, is->value);
    fputs("</b> ", f);
    plm_html_interval(f, is);
    fputs("</dd><p>", f);
    plm_html_text(f, help);
    fputs("</p></div>\n", f);
}

/* Writes the metric of a constant prediction and, for a time series, that of predicting the value
 * of the row before, for comparison. */
static void baseline(FILE *f, const plm_assessment *s)
{
    fputs("<p class=\"soft\">", f);
    if (s->target->classes > 0) {
        fputs("Always predicting <q>", f);
        plm_html_text(f, s->target->label[s->common]);
        fputs("</q> would have an accuracy of ", f);
    } else {
        fprintf(f, "Always predicting the mean of %s rows would have an rmse of ",
                isnan(s->target->mean) ? "these" : "the training");
    }
    plm_html_figure(f, s->without);
    if (!isnan(s->before)) {
        fputs("; predicting the value of the row before, one of ", f);
        plm_html_figure(f, s->before);
    }
    fputs(".</p>\n", f);
}

/* Writes the cards of one target. */
static void target(FILE *f, const plm_assessment *s)
{
    if (*s->target->name) {
        fputs("<h2 class=\"target\">", f);
        plm_html_text(f, s->target->name);
        fputs("</h2>\n", f);
    }
    fputs("<dl class=\"cards\">\n", f);
    for (int i = 0; i < s->figures; i++)
        card(f, s->figure[i].name, s->figure[i].help, &s->figure[i].is);
    fputs("</dl>\n", f);
    baseline(f, s);
}

/* Writes a link to a section. */
static void link_to(FILE *f, const char *id, const char *word)
{
    fprintf(f, "<a href=\"#%s\">%s</a>\n", id, word);
}

/* Writes links to the sections that the page of this run has. */
static void navigation(const plm_report *r, FILE *f, int64_t epochs)
{
    const bool classes = r->found.targets > 0 && r->found.of[0].target->classes > 0;
    fputs("<nav>\n", f);
    if (epochs > 0)
        link_to(f, "training", "Training");
    if (r->found.targets > 0)
        link_to(f, "target-0", classes ? "Classes" : "Predictions");
    if (r->inputs.groups.count > 0)
        link_to(f, "inputs", "Which columns matter");
    if (r->found.targets > 0)
        link_to(f, "worst-0", "Worst rows");
    if (*plm_model_setting(r->job->model, "schema"))
        link_to(f, "columns", "Columns");
    link_to(f, "settings", "Settings");
    fputs("</nav>\n", f);
}

/* Writes the subtitle: the number of epochs, and the epoch from which the model's weights come. */
static void subtitle(const plm_report *r, FILE *f, int64_t epochs, int64_t best)
{
    fputs("<p class=\"soft\">", f);
    fprintf(f, "%lld epoch%s", (long long)epochs, epochs == 1 ? "" : "s");
    if (best > 0)
        fprintf(f, ", the best one %lld", (long long)best);
    fputs(" &middot; ", f);
    plm_html_text(f, plm_setting_joined(r->settings, "data"));
    fputs("</p>\n", f);
}

/* Writes the top of the page: name, epochs and data, links to the sections that the page has, and
 * the most important metrics of each target. */
void plm_report_summary(const plm_report *r, FILE *f, int64_t epochs, int64_t best)
{
    fputs("<header>\n<h1>", f);
    plm_html_text(f, plm_setting_joined(r->settings, "name"));
    fputs("</h1>\n", f);
    subtitle(r, f, epochs, best);
    navigation(r, f, epochs);
    fputs("</header>\n<main>\n<section id=\"figures\">\n", f);
    for (int k = 0; k < r->found.targets; k++)
        target(f, &r->found.of[k]);
    fputs("<p class=\"soft\">", f);
    fputs(r->rows ? "Evaluated on the " : "Not evaluated: ", f);
    plm_html_text(f, r->about ? r->about : "");
    if (r->rows && r->found.targets > 0)
        fprintf(
            f,
            " (%lld rows). The ranges contain 95&nbsp;%% of the bootstrap samples of these rows.",
            (long long)r->found.predicted.rows);
    else if (r->rows)
        fputs(". Metrics are shown only for outputs that predict one class or a few numbers.", f);
    fputs("</p>\n", f);
    plm_html_section_end(f);
}
