/* plummet lr-find: the learning-rate range test of a run, its curve and three suggestions. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "chart.h"
#include "net.h"
#include "range_test.h"
#include "runfile.h"
#include "verbs.h"

enum { DEFAULT_STEPS = 100, MOST_STEPS = 1000000, CHART_WIDTH = 80, CHART_HEIGHT = 20 };

static const plm_cli_option options[] = {
    {"from", 0, "RATE", "the rate of the first batch, default 1e-6"},
    {"to", 0, "RATE", "the rate of the last batch, default 10"},
    {"steps", 0, "N", "batches, default those of one epoch, but at least 100"},
    {"output", 'o', "FILE", "draw the curve into this file, too: .svg or .png"},
    {"json", 0, NULL, "suggestions and curve as one JSON object, without a chart"},
    {"quiet", 'q', NULL, "no progress"},
    {0}};

static const char *const examples[] = {
    "plummet lr-find digits",
    "the run that is built in: 8x8 digits",
    "plummet lr-find net.yaml --from 1e-4 --to 1 -o rates.svg",
    "other rates; the curve as a picture",
    "plummet lr-find net.yaml optimizer=sgd data='mnist | shuffle | batch(128)'",
    "with keys replaced",
    NULL};

static const char *const idle[] = {
    "epochs",     "validation_freq", "observers",     "checkpoint",    "metrics",       "out",
    "unlabelled", "pretraining",     "pseudo_labels", "pseudo_rounds", "pseudo_epochs", NULL};

/* What the options say; steps 0 = by the data. */
typedef struct {
    double from, to;
    int64_t steps;
    const char *picture;
    bool json, quiet;
} wishes;

static int read_rate(const plm_cli_call *call, const char *name, double *rate)
{
    const char *text = plm_cli_option_of(call, name);
    if (!text || (plm_cli_real(text, rate) && *rate > 0 && isfinite(*rate)))
        return PLM_EXIT_GOOD;
    char where[16];
    snprintf(where, sizeof where, "--%s", name);
    return plm_cli_fail(PLM_EXIT_USAGE, where, "give a number above 0, such as 1e-5",
                        "a rate cannot be '%s'", text);
}

static int read_options(wishes *o, const plm_cli_call *call)
{
    const char *steps = plm_cli_option_of(call, "steps");
    *o = (wishes){.from = 1e-6,
                  .to = 10,
                  .picture = plm_cli_option_of(call, "output"),
                  .json = plm_cli_option_of(call, "json") != NULL,
                  .quiet = plm_cli_option_of(call, "quiet") != NULL};
    int code = read_rate(call, "from", &o->from);
    code = code ? code : read_rate(call, "to", &o->to);
    if (code)
        return code;
    if (!(o->from < o->to))
        return plm_cli_fail(PLM_EXIT_USAGE, "--from", "give --to a higher rate",
                            "the rate does not grow");
    if (steps && !(plm_cli_whole(steps, &o->steps) && o->steps >= 10 && o->steps <= MOST_STEPS))
        return plm_cli_fail(PLM_EXIT_USAGE, "--steps", "a whole number from 10 to 1000000",
                            "steps cannot be '%s'", steps);
    return plm_cli_picture_check(o->picture);
}

typedef struct {
    plm_cli_progress progress;
    const plm_cli_range_test *test;
    int64_t batch;
} watcher;

/* The steps of the test are shown as one epoch. */
static void on_batch(void *user, const plm_event *e)
{
    watcher *w = user;
    plm_event shown = *e;
    shown.epoch = 0;
    shown.epochs = 1;
    shown.row = w->test->done * w->batch;
    shown.rows = w->test->steps * w->batch;
    plm_cli_progress_batch(&w->progress, &shown);
}

/* That the loss leaves the finite numbers is what the test looks for. */
static int run_test(plm_cli_job *j, plm_cli_settings *s, const wishes *o, plm_cli_range_test *t)
{
    float class_weight[PLM_CLI_MOST_CLASSES];
    int classes = 0;
    const int code = plm_cli_run_class_weight(s, class_weight, PLM_CLI_MOST_CLASSES, &classes);
    if (code)
        return code;
    int64_t batch = j->about.batch > 0 ? j->about.batch : 1;
    int64_t epoch = j->about.rows > 0 ? (j->about.rows + batch - 1) / batch : DEFAULT_STEPS;
    int64_t steps = o->steps ? o->steps : epoch < DEFAULT_STEPS ? DEFAULT_STEPS : epoch;
    watcher w = {plm_cli_progress_new(o->quiet, batch), t, batch};
    plm_cli_range_test_open(t, o->from, o->to, steps < MOST_STEPS ? steps : MOST_STEPS);
    t->watch = on_batch;
    t->user = &w;
    j->progress = &w.progress;
    const plm_observer observer = plm_cli_range_test_observer(t);
    /* The test ends itself, after as many epochs as it takes. */
    plm_status status =
        plm_fit(j->model, j->data,
                PLM_FIT(.epochs = t->steps, .extra = &observer, .extras = 1,
                        .class_weight = classes ? class_weight : NULL, .classes = classes));
    plm_cli_progress_clear(&w.progress);
    j->progress = NULL;
    if (status == PLM_E_NUMERIC)
        t->blown = true;
    return status < 0 && status != PLM_E_NUMERIC ? plm_cli_job_fail(j, s, status) : PLM_EXIT_GOOD;
}

/* The curve and, as single points, the suggestions that it has; returns how many series. */
static int fill_chart(const plm_cli_range_test *t, plm_cli_series series[1 + PLM_CLI_SUGGESTIONS])
{
    int count = 1;
    series[0] = (plm_cli_series){.name = "loss, smoothed", .x = t->x, .y = t->y, .count = t->count};
    for (int i = 0; i < PLM_CLI_SUGGESTIONS; i++) {
        const plm_cli_suggestion *g = &t->suggestion[i];
        if (g->rate > 0)
            series[count++] = (plm_cli_series){
                .name = g->name, .x = &g->rate, .y = &g->loss, .count = 1, .mark = g->mark};
    }
    return count;
}

static void print_remark(const plm_cli_range_test *t)
{
    char text[240];
    if (t->lowest == 0)
        snprintf(text, sizeof text,
                 "The loss never fell: begin lower (--from), or is something else wrong?");
    else if (t->y[t->lowest] > t->y[0] - 0.05 * fabs(t->y[0]))
        snprintf(
            text, sizeof text,
            "The loss hardly fell: the suggestions mean little. Try other rates (--from, --to) "
            "or more --steps.");
    else if (t->blown)
        snprintf(text, sizeof text,
                 "Lowest loss at %.2g; at %.2g it had left 4 times its minimum: the test ended.",
                 t->x[t->lowest], t->rate[t->done - 1]);
    else
        snprintf(text, sizeof text,
                 "Lowest loss at %.2g; up to %.2g it did not leave 4 times its minimum%s",
                 t->x[t->lowest], t->to,
                 t->lowest > t->count * 9 / 10 ? ": go higher (--to)." : ".");
    plm_cli_wrap(stdout, 0, 0, CHART_WIDTH - 1, text);
}

static void print_suggestions(const plm_cli_range_test *t)
{
    for (int i = 0; i < PLM_CLI_SUGGESTIONS; i++) {
        const plm_cli_suggestion *g = &t->suggestion[i];
        char rate[32] = "none";
        if (g->rate > 0)
            snprintf(rate, sizeof rate, "%.2g", g->rate);
        int at = printf("%c  %-18s %-9s", g->mark, g->name, rate);
        plm_cli_wrap(stdout, at, at, CHART_WIDTH - 1, g->rule);
    }
}

static void print_json(const plm_cli_range_test *t)
{
    float column[PLM_CLI_CURVE];
    plm_cli_json j = plm_cli_json_begin(stdout);
    for (int i = 0; i < PLM_CLI_SUGGESTIONS; i++)
        plm_cli_json_number(&j, t->suggestion[i].key,
                            t->suggestion[i].rate > 0 ? t->suggestion[i].rate : NAN);
    plm_cli_json_number(&j, "lowest", t->x[t->lowest]);
    plm_cli_json_text(&j, "end", t->blown ? "blown up" : "reached");
    plm_cli_json_number(&j, "steps", (double)t->done);
    for (int i = 0; i < t->count; i++)
        column[i] = (float)t->x[i];
    plm_cli_json_numbers(&j, "rate", t->count, column);
    for (int i = 0; i < t->count; i++)
        column[i] = (float)t->y[i];
    plm_cli_json_numbers(&j, "loss", t->count, column);
    plm_cli_json_end(&j);
}

static int report(const plm_cli_range_test *t, const wishes *o, const char *name)
{
    plm_cli_series series[1 + PLM_CLI_SUGGESTIONS];
    char *title = plm_cli_format("Learning-rate range test of %s", name);
    const plm_cli_chart chart = {.title = title,
                                 .x_label = "learning rate",
                                 .y_label = "loss",
                                 .log_x = true,
                                 .series = series,
                                 .count = fill_chart(t, series)};
    int width = plm_cli_width(stdout), code = PLM_EXIT_GOOD;
    if (o->json) {
        print_json(t);
    } else {
        plm_cli_chart_terminal(stdout, &chart, width < CHART_WIDTH ? width : CHART_WIDTH,
                               CHART_HEIGHT, plm_cli_utf8());
        putchar('\n');
        print_suggestions(t);
        putchar('\n');
        print_remark(t);
    }
    if (o->picture)
        code = plm_cli_picture_save(&chart, 1, 1, o->picture);
    free(title);
    return code;
}

static int find(const plm_cli_call *call, plm_cli_settings *s, plm_cli_job *j)
{
    wishes o;
    plm_cli_range_test t = {0};
    int code = read_options(&o, call);
    code =
        code ? code : plm_cli_run_settings(s, call->argument[0], call->overrides, call->override);
    code = code ? code : plm_cli_net_build(j, s);
    code = code ? code : run_test(j, s, &o, &t);
    if (!code && !plm_cli_range_test_judge(&t))
        code = plm_cli_fail(PLM_EXIT_DIVERGED, call->argument[0], "begin lower: --from 1e-9",
                            "the loss blew up within %lld steps, at the rate %.2g",
                            (long long)t.done + 1, t.done ? t.rate[t.done - 1] : o.from);
    if (!code) {
        char *name = plm_cli_run_name(s, call->argument[0]);
        code = report(&t, &o, name);
        free(name);
    }
    plm_cli_range_test_free(&t);
    return code;
}

static int run(const plm_cli_call *call)
{
    plm_cli_settings s = plm_cli_settings_new(plm_cli_run_keys);
    plm_cli_job j = {0};
    int code = find(call, &s, &j);
    plm_cli_job_free(&j);
    plm_cli_settings_free(&s);
    return code;
}

const plm_cli_verb plm_verb_lr_find = {
    .name = "lr-find",
    .usage = "RUNFILE [key=value ...] [--from RATE] [--to RATE] [--steps N] [-o FILE] [--json]",
    .help = "which learning rate: the range test, its curve and three suggestions",
    .details =
        "Trains the net of a run file for one epoch while the learning rate grows by the same "
        "factor "
        "with every batch, and draws the loss over the rate (Smith, Cyclical learning rates for "
        "training neural networks, 2017). The optimizer's own rate or schedule does not matter, "
        "its "
        "other keys do. The test ends when the loss leaves 4 times its minimum or is no longer "
        "finite. No file is written but the one of -o: observers, checkpoints, epochs, metrics and "
        "what only pretrain reads have no effect, rows split off for validation or test are left "
        "out, "
        "and the net is forgotten.\n\nSuggestions are where to begin, for a constant rate; a "
        "schedule "
        "that ends low, and 1cycle above all, bears a higher top. Keys are those of train; those "
        "without effect are not listed.",
    .options = options,
    .keys = plm_cli_run_keys,
    .idle = idle,
    .examples = examples,
    .least = 1,
    .most = 1,
    .run = run};
