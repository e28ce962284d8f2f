/* Every metric with every flag: a batch's figure is the mean of its rows' figures, one row is
 * enough, saturated predictions give finite numbers, NaN is never a better figure than the
 * worst. */
#include "battery.h"
#include "said.h"

#include <math.h>
#include <stdio.h>

enum { ROWS = 13 };

typedef struct {
    battery_report *r;
    plm *w;
    int rank;     /* of a row: [4], [3, 4] or [2, 3, 4] */
    int saturate; /* the head's kernel times this */
    const char *head;
} setting;

/* The first of these losses whose targets the metric fits. */
static bool begin(const setting *t, battery_net *n, const char *metric, int64_t rows)
{
    static const char *const losses[] = {"mean_squared_error", "sparse_categorical_crossentropy"};
    char error[1400];
    if (strstr(metric, "num_labels=") != NULL || strstr(metric, "num_classes=") != NULL)
        return false; /* it only holds the net to a width: unit.metric_gathered */
    t->r->checks++;
    for (int i = 0; i < 2; i++) {
        battery_example e = {.text = metric, .inputs = 1, .rank = {t->rank}};
        const battery_form form = {.loss = losses[i], .metrics = metric, .one_hot = true};
        snprintf(e.spec, sizeof e.spec, "%s", t->head);
        for (int k = 0; k < t->rank; k++)
            e.dims[0][k] = 4 - (t->rank - 1 - k);
        if (battery_net_open(n, t->w, &e, &form, rows) >= 0)
            return true;
    }
    battery_complain(t->r, "%s: %s", metric, battery_error(t->w, error, sizeof error));
    return false;
}

/* The metric over rows first .. first + rows. */
static double figure(battery_net *n, int64_t first, int64_t rows)
{
    plm_training *t = n->m->training;
    plm_log logs[4] = {{0}};
    plm_plan *plan = battery_net_bind(n, PLM_PLAN_EVALUATE, first, rows, false);
    plm_training_reset(t);
    if (plm_training_reserve(t, rows) < 0)
        fail_msg("out of memory");
    plm_plan_run(plan);
    plm_training_add_batch(t, plan, rows);
    if (plm_training_logs(t, false, logs, 4) < 2)
        fail_msg("no metric in the logs");
    return logs[1].value;
}

/* A metric that gathers over an epoch (AUC, precision) is no mean over rows. */
static bool gathers(const battery_net *n)
{
    return n->m->training->metric[0].kind->gather != NULL;
}

static void check_rows(void *argument, const char *metric)
{
    const setting *t = argument;
    battery_net n;
    double sum = 0;
    if (!begin(t, &n, metric, ROWS))
        return;
    for (size_t i = 0; i < n.m->vector.length; i++)
        n.m->vector.p[i] *= (plm_real)t->saturate;
    const double all = figure(&n, 0, ROWS);
    for (int i = 0; i < ROWS; i++)
        sum += figure(&n, i, 1);
    if (!isfinite(all))
        battery_complain(t->r, "%s: the figure is %g", metric, all);
    else if (!gathers(&n) && strstr(metric, "ignore_class=") == NULL &&
             !(fabs(all - sum / ROWS) <= 1e-6 * fmax(1, fabs(all))))
        battery_complain(t->r, "%s: %.9g of a batch, %.9g of its rows one by one", metric, all,
                         sum / ROWS);
    battery_net_close(&n);
}

/* A batch of rows of several lines has the figure of the same numbers as rows of one line each. */
static void check_lines(void *argument, const char *metric)
{
    const setting *t = argument;
    const setting flat = {t->r, t->w, 1, t->saturate, t->head};
    const int lines = t->rank == 1 ? 1 : t->rank == 2 ? 3 : 6;
    battery_net n, m;
    if (!begin(t, &n, metric, ROWS))
        return;
    if (begin(&flat, &m, metric, ROWS * lines)) {
        const double of_rows = figure(&n, 0, ROWS), of_lines = figure(&m, 0, ROWS * lines);
        if (!(fabs(of_rows - of_lines) <= 1e-5 * fmax(1, fabs(of_rows))))
            battery_complain(t->r, "%s on %s: %.9g of rows of %d lines, %.9g of the lines as rows",
                             metric, t->head, of_rows, lines, of_lines);
        battery_net_close(&m);
    }
    battery_net_close(&n);
}

static void run_all(battery_saying *check, int saturate, const char *head)
{
    battery_report r = {0};
    plm *w = battery_open(1, NULL);
    for (const plm_kind *const *k = battery_kinds(w, "metric"); *k != NULL; k++)
        for (int rank = 1; rank <= 3; rank++) {
            setting t = {&r, w, rank, saturate, head};
            battery_each_saying(*k, check, &t);
        }
    plm_close(w);
    battery_end(&r);
}

static const char softmax[] = "dense(3, activation=softmax)",
                  as_it_comes[] = "rescaling(0.125, offset=0.5)";

static void rows(void **state)
{
    (void)state;
    run_all(check_rows, 1, softmax);
    run_all(check_rows, 1, as_it_comes);
}

static void lines(void **state)
{
    (void)state;
    run_all(check_lines, 1, softmax);
    run_all(check_lines, 1, as_it_comes);
}

static void edges(void **state)
{
    (void)state;
    run_all(check_rows, 3000, softmax);
}

/* NaN shows as NaN, or counts as wrong: an accuracy of 0. */
static void check_nan(void *argument, const char *metric)
{
    const setting *t = argument;
    battery_net n;
    if (!begin(t, &n, metric, ROWS))
        return;
    const plm_kind *kind = &n.m->training->metric[0].kind->kind;
    const bool accuracy = strstr(kind->name, "accuracy") != NULL;
    for (size_t i = 0; i < n.m->vector.length; i++)
        n.m->vector.p[i] = (plm_real)NAN;
    const double all = figure(&n, 0, ROWS);
    if (!accuracy && !gathers(&n) && !isnan(all) && strstr(metric, "ignore_class=") == NULL)
        battery_complain(t->r, "%s: rows of NaN have a figure of %g", metric, all);
    if (accuracy && !isnan(all) && strstr(kind->name, "categorical") != NULL && all > 0)
        battery_complain(t->r, "%s: rows of NaN have an accuracy of %g", metric, all);
    battery_net_close(&n);
}

static void not_a_number(void **state)
{
    (void)state;
    run_all(check_nan, 1, softmax);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rows), cmocka_unit_test(lines),
                                       cmocka_unit_test(edges), cmocka_unit_test(not_a_number)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
