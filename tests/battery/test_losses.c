/* Every loss with every flag: a row's loss is the row's alone, weights scale it and its
 * gradient, saturated predictions give finite numbers, and NaN is never swallowed: it reaches
 * the loss, and plm_fit stops with E_NUMERIC. */
#include "battery.h"
#include "said.h"

#include <math.h>
#include <stdio.h>

#include "data/data.h"

enum { ROWS = 13, WIDTH = 3 };

typedef struct {
    battery_report *r;
    plm *w;
    const char *head; /* layer below the loss */
    int rank;         /* 1: [n, 4]; 2: [n, 3, 4]; 3: [n, 2, 3, 4] */
    bool one_hot;
} setting;

static void begin_with(const setting *t, battery_net *n, const char *loss, int64_t count)
{
    battery_example e = {.text = loss, .inputs = 1, .rank = {t->rank}};
    const bool learns = strncmp(t->head, "dense", 5) == 0;
    const battery_form form = {
        .loss = loss, .front = learns, .stored = true, .one_hot = t->one_hot};
    char error[1400];
    for (int i = 0; i < t->rank; i++)
        e.dims[0][i] = 4 - (t->rank - 1 - i);
    snprintf(e.spec, sizeof e.spec, "%s", t->head);
    t->r->checks++;
    if (battery_net_open(n, t->w, &e, &form, count) < 0)
        fail_msg("%s on %s: %s", loss, t->head, battery_error(t->w, error, sizeof error));
}

static void begin(const setting *t, battery_net *n, const char *loss)
{
    begin_with(t, n, loss, ROWS);
}

/* Losses of classes refuse an output of one unit. */
static bool choice_there(const plm_kind *kind, const char *head)
{
    const plm_loss_kind *loss = (const plm_loss_kind *)(const void *)kind;
    return strncmp(head, "dense(1,", 8) != 0 || loss->logits_of == NULL ||
           strcmp(loss->logits_of, "softmax") != 0;
}

/* Runs check with every loss, every flag, several heads. */
static void run_all(battery_saying *check, const char *const *heads)
{
    battery_report r = {0};
    plm *w = battery_open(1, NULL);
    for (const plm_kind *const *k = battery_kinds(w, "loss"); *k != NULL; k++)
        for (int i = 0; heads[i] != NULL; i++)
            for (int variant = 0; variant < 6 && choice_there(*k, heads[i]); variant++) {
                setting t = {&r, w, heads[i], 1 + variant / 2, variant % 2 == 1};
                battery_each_saying(*k, check, &t);
            }
    plm_close(w);
    battery_end(&r);
}

static const char *const bounded[] = {"dense(3, activation=sigmoid)",
                                      "dense(3, activation=softmax)",
                                      "dense(1, activation=sigmoid)", NULL};

/* An input as it comes: its rows are not stored by lines. */
static const char *const as_it_comes[] = {"rescaling(0.125, offset=0.5)", NULL};

/* ---- rows ---- */

/* Losses of rows first .. first + rows, into out. */
static void values_of(battery_net *n, int64_t first, int64_t rows, plm_real *out)
{
    plm_plan *plan = battery_net_bind(n, PLM_PLAN_EVALUATE, first, rows, false);
    plm_plan_run(plan);
    memcpy(out, plm_plan_read(plan, n->m->head[0].losses), (size_t)rows * sizeof *out);
}

/* A masked loss is the mean over the rows that count, so a row's share depends on the others. */
static bool is_masked(const char *loss)
{
    return strstr(loss, "ignore_class=") != NULL;
}

static void check_rows(void *argument, const char *loss)
{
    const setting *t = argument;
    battery_net n;
    plm_real all[ROWS], one[ROWS];
    begin(t, &n, loss);
    values_of(&n, 0, ROWS, all);
    for (int i = 0; i < ROWS; i++)
        values_of(&n, i, 1, one + i);
    for (int i = 0; i < ROWS; i++) {
        if (!isfinite(all[i]) || !isfinite(one[i]))
            battery_complain(t->r, "%s on %s: the loss of row %d is not finite", loss, t->head, i);
        else if (!is_masked(loss) && memcmp(&all[i], &one[i], sizeof *all) != 0)
            battery_complain(t->r, "%s on %s: row %d is %.9g by itself and %.9g in a batch", loss,
                             t->head, i, (double)one[i], (double)all[i]);
    }
    battery_net_close(&n);
}

static void rows(void **state)
{
    (void)state;
    run_all(check_rows, bounded);
    run_all(check_rows, as_it_comes);
}

/* ---- lines ---- */

/* A row of several lines has the mean of their losses: the same numbers as rows of one line each
 * tell it. */
static void check_lines(void *argument, const char *loss)
{
    const setting *t = argument;
    if (strncmp(loss, "dice", 4) == 0 || strncmp(loss, "tversky", 7) == 0)
        return; /* their sums run over the whole row */
    const setting flat = {t->r, t->w, t->head, 1, t->one_hot};
    const int lines = t->rank == 1 ? 1 : t->rank == 2 ? 3 : 6;
    battery_net n, m;
    plm_real rows_of[ROWS], lines_of[ROWS * 6];
    begin(t, &n, loss);
    begin_with(&flat, &m, loss, ROWS * lines);
    values_of(&n, 0, ROWS, rows_of);
    values_of(&m, 0, ROWS * lines, lines_of);
    for (int i = 0; i < ROWS; i++) {
        double sum = 0;
        for (int k = 0; k < lines; k++)
            sum += (double)lines_of[i * lines + k];
        if (fabs((double)rows_of[i] - sum / lines) <= 1e-5 * (1 + fabs(sum)))
            continue;
        battery_complain(
            t->r, "%s on %s, rank %d: the loss of row %d is %.9g, the mean of its lines %.9g", loss,
            t->head, t->rank, i, (double)rows_of[i], sum / lines);
        break;
    }
    battery_net_close(&n);
    battery_net_close(&m);
}

static void lines(void **state)
{
    (void)state;
    run_all(check_lines, bounded);
    run_all(check_lines, as_it_comes);
}

/* ---- weights ---- */

static plm_real *gradient_of(battery_net *n)
{
    plm_plan_run(battery_net_bind(n, PLM_PLAN_TRAIN, 0, ROWS, false));
    plm_real *g = battery_take(n->m->vector.trained, sizeof *g);
    memcpy(g, n->m->vector.g, n->m->vector.trained * sizeof *g);
    return g;
}

/* Weights that are powers of two scale without rounding. */
static void check_weights(void *argument, const char *loss)
{
    const setting *t = argument;
    const float four[] = {1, 0.5f, 0, 2};
    battery_net n;
    plm_real plain[ROWS], weighted[ROWS];
    float weight[ROWS];
    begin(t, &n, loss);
    values_of(&n, 0, ROWS, plain);
    for (int i = 0; i < ROWS; i++)
        weight[i] = four[i % 4];
    n.batch.weight = weight;
    values_of(&n, 0, ROWS, weighted);
    for (int i = 0; i < ROWS; i++)
        if (!(fabs((double)(weighted[i] - (plm_real)weight[i] * plain[i])) <=
              1e-7 * fabs((double)plain[i])))
            battery_complain(t->r, "%s on %s: weight %g turns the loss of row %d from %.9g to %.9g",
                             loss, t->head, (double)weight[i], i, (double)plain[i],
                             (double)weighted[i]);
    n.batch.weight = NULL;
    plm_real *g = gradient_of(&n);
    for (int i = 0; i < ROWS; i++)
        weight[i] = 4;
    n.batch.weight = weight;
    plm_real *times_4 = gradient_of(&n);
    for (size_t i = 0; i < n.m->vector.trained; i++)
        if (!(fabs((double)(times_4[i] - 4 * g[i])) <= 1e-5 * fabs((double)g[i]) + 1e-12)) {
            battery_complain(t->r, "%s on %s: weights of 4 turn gradient %zu from %.9g to %.9g",
                             loss, t->head, i, (double)g[i], (double)times_4[i]);
            break;
        }
    free(g);
    free(times_4);
    battery_net_close(&n);
}

static void weights(void **state)
{
    (void)state;
    run_all(check_weights, bounded);
}

/* ---- edges ---- */

/* Kernels so large that sigmoid and softmax are 0 and 1 to the last bit. */
static void check_saturated(void *argument, const char *loss)
{
    const setting *t = argument;
    battery_net n;
    plm_real value[ROWS];
    begin(t, &n, loss);
    for (size_t k = 0; k < n.m->graph.weights; k++) {
        const plm_weight *weight = &n.m->graph.weight[k];
        for (size_t i = 0;
             weight->rank == 2 && strncmp(weight->layer, "front_", 6) != 0 && i < weight->size; i++)
            n.m->vector.p[weight->offset + i] *= 3000;
    }
    values_of(&n, 0, ROWS, value);
    plm_real *g = gradient_of(&n);
    for (int i = 0; i < ROWS; i++)
        if (!isfinite(value[i])) {
            battery_complain(t->r, "%s on a saturated %s: the loss of row %d is not finite", loss,
                             t->head, i);
            break;
        }
    for (size_t i = 0; i < n.m->vector.trained; i++)
        if (!isfinite(g[i])) {
            battery_complain(t->r, "%s on a saturated %s: gradient %zu is not finite", loss,
                             t->head, i);
            break;
        }
    free(g);
    battery_net_close(&n);
}

static void edges(void **state)
{
    (void)state;
    run_all(check_saturated, bounded);
}

/* ---- NaN ---- */

/* One number of the head's kernel becomes NaN, so that every row's prediction holds one. */
static void check_nan(void *argument, const char *loss)
{
    const setting *t = argument;
    battery_net n;
    plm_real value[ROWS];
    if (is_masked(loss))
        return;
    begin(t, &n, loss);
    for (size_t k = 0; k < n.m->graph.weights; k++)
        if (n.m->graph.weight[k].rank == 2)
            n.m->vector.p[n.m->graph.weight[k].offset] = (plm_real)NAN;
    values_of(&n, 0, ROWS, value);
    for (int i = 0; i < ROWS; i++)
        if (!isnan(value[i])) {
            battery_complain(t->r, "%s on %s: row %d of NaN has a loss of %g", loss, t->head, i,
                             (double)value[i]);
            break;
        }
    plm_data *d = plm_data_arrays(t->w, &n.batch.input[0], &n.batch.target[0], "batch(5)");
    if (d == NULL)
        fail_msg("%s", plm_last_error(t->w)->what);
    const plm_status status = plm_fit(n.m, d, NULL);
    if (status != PLM_E_NUMERIC)
        battery_complain(t->r, "%s on %s: plm_fit gives %d on NaN", loss, t->head, status);
    plm_data_free(d);
    battery_net_close(&n);
}

static void not_a_number(void **state)
{
    static const char *const heads[] = {"dense(3)", "dense(3, activation=softmax)", NULL};
    (void)state;
    run_all(check_nan, heads);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rows), cmocka_unit_test(lines),
                                       cmocka_unit_test(weights), cmocka_unit_test(edges),
                                       cmocka_unit_test(not_a_number)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
