/* Prints the result of lr-find as text or JSON, and draws its curve. */
#include "lr_report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "picture.h"
#include "output.h"

/* Columns and lines of the chart; min width of text; max number of metrics in the table. */
enum { CHART_WIDTH = 80, CHART_HEIGHT = 20, LEAST_WIDTH = 20, SHOWN = 3 };

/* Returns the width of chart and text: that of the terminal, but at most CHART_WIDTH. */
static int width_of_text(void)
{
    const int width = plm_cli_width(stdout);
    return width > CHART_WIDTH ? CHART_WIDTH : width < LEAST_WIDTH ? LEAST_WIDTH : width;
}

static void print(const char *text)
{
    plm_cli_wrap(stdout, 0, 0, width_of_text() - 1, text);
}

/* ---- the trials ---- */

/* Writes the heading of a log, such as "val_loss". */
static void head_of(const plm_lr_trials *t, int log, char *out, size_t room)
{
    snprintf(out, room, "%s%s", t->validation ? "val_" : "", t->name[log]);
}

/* Returns how many metrics of a trial fit beside its rate: at least 1 and at most SHOWN, if there
 * are any. */
static int figures(const plm_lr_trials *t)
{
    int width = 8 + 8, shown = 0;
    for (char head[64]; shown < t->logs && shown < SHOWN; shown++) {
        head_of(t, shown, head, sizeof head);
        width += 2 + (strlen(head) > 9 ? (int)strlen(head) : 9);
        if (shown && width >= width_of_text())
            break;
    }
    return shown;
}

/* Prints a row of the table of trials. The best one is marked. */
static void print_trial(const plm_lr_trials *t, int index)
{
    const plm_lr_trial *trial = &t->trial[index];
    printf("%-8.2g", trial->rate);
    for (int i = 0, shown = figures(t); i < shown; i++) {
        char value[32] = "", head[64];
        head_of(t, i, head, sizeof head);
        if (!trial->diverged)
            plm_cli_figure(value, sizeof value, trial->value[i]);
        else if (i == 0)
            snprintf(value, sizeof value, "diverged");
        printf("  %*s", strlen(head) > 9 ? (int)strlen(head) : 9, value);
    }
    puts(index == t->best ? "  lowest" : "");
}

/* Prints the table of trials: rates and their metrics. */
static void print_trials(const plm_lr_trials *t)
{
    fputs("rate    ", stdout);
    for (int i = 0, shown = figures(t); i < shown; i++) {
        char head[64];
        head_of(t, i, head, sizeof head);
        printf("  %9s", head);
    }
    putchar('\n');
    for (int i = 0; i < t->count; i++)
        print_trial(t, i);
    putchar('\n');
}

/* ---- text ---- */

/* Prints a sentence of the library. */
static void print_sentence(void (*write)(const plm_lr_range *, const plm_lr_trials *, plm_text *),
                           const plm_cli_lr_report *r)
{
    plm_text text = {0};
    write(r->range, r->tries, &text);
    if (text.failed)
        plm_cli_end_without_memory();
    print(plm_text_get(&text));
    plm_text_free(&text);
}

/* Prints the recommended rate and why, or what to try if there is none. */
static void print_recommended(const plm_cli_lr_report *r)
{
    const double rate = plm_lr_recommended(r->range, r->tries);
    if (rate > 0)
        printf("Recommended learning rate: %.2g\n", rate);
    else
        puts("Recommended learning rate: none");
    print_sentence(plm_lr_reason, r);
}

/* Fills the series of the chart: the curve and, if it lies on the curve, the recommended rate as a
 * single point. Returns the number of series. */
static int fill_chart(const plm_cli_lr_report *r, plm_series series[2], double point[2],
                      char name[48])
{
    const plm_lr_range *t = r->range;
    series[0] = (plm_series){.name = "loss, smoothed", .x = t->x, .y = t->y, .count = t->count};
    point[0] = plm_lr_recommended(r->range, r->tries);
    if (!(point[0] >= t->x[0] && point[0] <= t->x[t->count - 1]))
        return 1;
    point[1] = plm_lr_range_loss(t, point[0]);
    snprintf(name, 48, "recommended: %.2g", point[0]);
    series[1] = (plm_series){.name = name, .x = &point[0], .y = &point[1], .count = 1, .mark = 'R'};
    return 2;
}

/* Prints chart, trials, recommendation and remarks. Returns an exit code. */
static int print_text(const plm_cli_lr_report *r, const plm_chart *chart)
{
    char text[300];
    const int code = plm_cli_chart_print(chart, width_of_text(), CHART_HEIGHT);
    putchar('\n');
    if (r->tries)
        print_trials(r->tries);
    print_recommended(r);
    putchar('\n');
    print_sentence(plm_lr_other_rules, r);
    print_sentence(plm_lr_range_end, r);
    snprintf(text, sizeof text, "To measure it by short trainings: plummet lr-find %.200s --try",
             r->argument);
    if (!r->tries)
        print(text);
    return code;
}

/* ---- JSON ---- */

/* Adds the trials: a list of rates, and a list for each log. Diverged trials have null there. */
static void json_trials(plm_cli_json *j, const plm_lr_trials *t)
{
    double column[PLM_LR_TRIALS];
    char head[64];
    plm_cli_json_number(j, "try_steps", (double)t->steps);
    for (int i = 0; i < t->count; i++)
        column[i] = t->trial[i].rate;
    plm_cli_json_reals(j, "try_rate", t->count, column);
    for (int log = 0; log < t->logs; log++) {
        for (int i = 0; i < t->count; i++)
            column[i] = t->trial[i].diverged ? NAN : t->trial[i].value[log];
        snprintf(head, sizeof head, "try_%s%s", t->validation ? "val_" : "", t->name[log]);
        plm_cli_json_reals(j, head, t->count, column);
    }
}

/* Returns NaN, which JSON prints as null, if there is no rate. */
static double or_none(double rate)
{
    return rate > 0 ? rate : NAN;
}

/* Prints the result as one JSON object. rate and loss: the curve. */
static void print_json(const plm_cli_lr_report *r)
{
    const plm_lr_range *t = r->range;
    plm_cli_json j = plm_cli_json_begin(stdout);
    plm_cli_json_number(&j, "suggestion", or_none(plm_lr_recommended(r->range, r->tries)));
    plm_cli_json_text(&j, "by", r->tries ? "try" : t->rule[0].key);
    for (int i = 0; i < PLM_LR_RULES; i++)
        plm_cli_json_number(&j, t->rule[i].key, or_none(t->rule[i].rate));
    plm_cli_json_number(&j, "lowest", t->x[t->lowest]);
    plm_cli_json_text(&j, "end", t->blown ? "blown up" : "reached");
    plm_cli_json_number(&j, "steps", (double)t->done);
    plm_cli_json_reals(&j, "rate", t->count, t->x);
    plm_cli_json_reals(&j, "loss", t->count, t->y);
    if (r->tries)
        json_trials(&j, r->tries);
    plm_cli_json_end(&j);
}

int plm_cli_lr_report_print(const plm_cli_lr_report *r)
{
    plm_series series[2];
    double point[2];
    char name[48];
    char *title = plm_cli_format("Learning-rate range test of %s", r->name);
    const plm_chart chart = {.title = title,
                             .x_label = "learning rate",
                             .y_label = "loss",
                             .log_x = true,
                             .series = series,
                             .count = fill_chart(r, series, point, name)};
    int code = PLM_EXIT_GOOD;
    if (r->json)
        print_json(r);
    else
        code = print_text(r, &chart);
    if (!code && r->picture)
        code = plm_cli_picture_save(&chart, 1, 1, (plm_cli_picture){.path = r->picture});
    free(title);
    return code;
}
