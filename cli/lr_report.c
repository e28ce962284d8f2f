/* Prints the result of lr-find as text or JSON, and draws its curve. */
#include "lr_report.h"

#include "output.h"
#include "picture.h"
#include "plot/lr.h"
#include "run/lr_json.h"

/* Bounds of the width of text, in columns. */
enum { WIDEST = 80, NARROWEST = 20 };

/* Returns the width of text: that of the terminal, within the bounds. */
static int width_of_text(void)
{
    const int width = plm_cli_width(stdout);
    return width > WIDEST ? WIDEST : width < NARROWEST ? NARROWEST : width;
}

static void print(const char *text)
{
    plm_cli_wrap(stdout, 0, 0, width_of_text() - 1, text);
}

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

/* Prints the table of trials. */
static void print_trials(const plm_lr_trials *t)
{
    plm_text text = {0};
    plm_lr_trials_table(t, width_of_text(), &text);
    if (text.failed)
        plm_cli_end_without_memory();
    fputs(plm_text_get(&text), stdout);
    plm_text_free(&text);
}

/* Prints chart, trials, recommendation and remarks. Returns an exit code. */
static int print_text(const plm_cli_lr_report *r, const plm_plot *chart)
{
    char text[300];
    const int code = plm_cli_plot_show(chart, (plm_cli_picture){0});
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

/* Prints the result as one JSON object. */
static void print_json(const plm_cli_lr_report *r)
{
    plm_text text = {0};
    plm_lr_json(r->range, r->tries, &text);
    if (text.failed)
        plm_cli_end_without_memory();
    fputs(plm_text_get(&text), stdout);
    plm_text_free(&text);
}

int plm_cli_lr_report_print(plm *w, const plm_cli_lr_report *r)
{
    plm_plot chart = {0};
    int code = plm_cli_code(w, plm_plot_lr(w, r->range, r->tries, r->name, &chart));
    if (!code && r->json)
        print_json(r);
    else if (!code)
        code = print_text(r, &chart);
    if (!code && r->picture)
        code = plm_cli_plot_show(&chart, (plm_cli_picture){.path = r->picture});
    plm_plot_free(&chart);
    return code;
}
