/* Every layer by its examples: it builds, its rows do not depend on one another's company, it
 * trains, it comes back from a document bit for bit, and its bits are the same on any number of
 * threads and any instruction set. */
#include "battery.h"

#include <math.h>
#include <stdio.h>

#include "model/document.h"

enum { ROWS = 19 };

typedef void check_function(battery_report *r, plm *w, const battery_example *e);

/* Runs check on every example of every layer. */
static void for_each(battery_report *r, plm *w, check_function *check)
{
    for (const plm_kind *const *k = battery_kinds(w, "layer"); *k != NULL; k++)
        for (const char *const *text = (*k)->examples; text != NULL && *text != NULL; text++) {
            battery_example e;
            if (battery_parse(*text, &e))
                check(r, w, &e);
        }
}

static void run_all(check_function *check)
{
    battery_report r = {0};
    plm *w = battery_open(2, NULL);
    for_each(&r, w, check);
    plm_close(w);
    battery_end(&r);
}

static bool open_net(battery_report *r, battery_net *n, plm *w, const battery_example *e,
                     const battery_form *form)
{
    char error[1200];
    r->checks++;
    if (battery_net_open(n, w, e, form, ROWS) >= 0)
        return true;
    battery_complain(r, "%s: %s", e->text, battery_error(w, error, sizeof error));
    return false;
}

/* ---- examples are there ---- */

static void examples(void **state)
{
    battery_report r = {0};
    plm *w = battery_open(1, NULL);
    (void)state;
    for (const plm_kind *const *k = battery_kinds(w, "layer"); *k != NULL; k++) {
        battery_example e;
        r.checks++;
        if (strcmp((*k)->name, "input") != 0 &&
            ((*k)->examples == NULL || (*k)->examples[0] == NULL))
            battery_complain(
                &r, "layer %s has no examples: add .examples = PLM_LIST(\"%s(...) <- [4]\")",
                (*k)->name, (*k)->name);
        for (const char *const *text = (*k)->examples; text != NULL && *text != NULL; text++)
            if (!battery_parse(*text, &e))
                battery_complain(
                    &r, "layer %s: the example '%s' is not of the form 'kind(...) <- [4] [4]'",
                    (*k)->name, *text);
    }
    plm_close(w);
    battery_end(&r);
}

/* ---- shapes ---- */

static void check_shapes(battery_report *r, plm *w, const battery_example *e)
{
    const battery_form form = {0};
    battery_net n;
    int64_t dims[8], product = 0;
    if (!open_net(r, &n, w, e, &form))
        return;
    const plm_shape *s = plm_graph_shape(&n.m->graph, n.m->head[0].prediction);
    if (plm_model_output_shape(n.m, dims) != s->rank ||
        !plm_checked_product(s->rank, s->dims, &product))
        battery_complain(r, "%s: the output's rank is %d", e->text, s->rank);
    else if (product != s->lines * s->width || s->stride < s->width)
        battery_complain(r, "%s: %lld numbers in a row, stored as %lld lines of %lld, %lld apart",
                         e->text, (long long)product, (long long)s->lines, (long long)s->width,
                         (long long)s->stride);
    if (plm_model_summary(n.m, 80) == NULL)
        battery_complain(r, "%s: no summary", e->text);
    battery_net_close(&n);
}

static void shapes(void **state)
{
    (void)state;
    run_all(check_shapes);
}

/* ---- rows ---- */

static size_t predict(battery_net *n, int64_t first, int64_t rows, plm_real *out)
{
    plm_plan *plan = battery_net_bind(n, PLM_PLAN_PREDICT, first, rows, true);
    plm_plan_run(plan);
    return battery_net_output(n, plan, rows, out);
}

static bool all_finite(const plm_real *x, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!isfinite(x[i]))
            return false;
    return true;
}

/* In use a row's result is the row's alone: the same bits in a batch and by itself, and again
 * when asked again. */
static void check_rows(battery_report *r, plm *w, const battery_example *e)
{
    const battery_form form = {0};
    battery_net n;
    if (!open_net(r, &n, w, e, &form))
        return;
    battery_net_stir(&n, 500);
    const size_t each = predict(&n, 0, ROWS, NULL);
    plm_real *all = battery_take(each * ROWS, sizeof *all),
             *one = battery_take(each * ROWS, sizeof *one);
    predict(&n, 0, ROWS, all);
    if (!all_finite(all, each * ROWS))
        battery_complain(r, "%s: the output is not finite", e->text);
    for (int64_t i = 0; i < ROWS; i++)
        predict(&n, i, 1, one + (size_t)i * each);
    if (memcmp(all, one, each * ROWS * sizeof *all) != 0)
        battery_complain(r, "%s: rows by themselves differ from the same rows in a batch", e->text);
    predict(&n, 0, ROWS, one);
    if (memcmp(all, one, each * ROWS * sizeof *all) != 0)
        battery_complain(r, "%s: the same rows give another result the second time", e->text);
    free(all);
    free(one);
    battery_net_close(&n);
}

static void rows(void **state)
{
    (void)state;
    run_all(check_rows);
}

/* ---- training ---- */

static void train(battery_net *n, int steps, bool all_threads)
{
    for (int k = 0; k < steps; k++) {
        const int64_t count =
            /* the last batch of an epoch is smaller */
            k % 2 == 0 ? n->batch.rows : n->batch.rows - 4;
        plm_training_step(n->m->training,
                          battery_net_bind(n, PLM_PLAN_TRAIN, 0, count, all_threads));
    }
}

static void check_training(battery_report *r, plm *w, const battery_example *e)
{
    const battery_form form = {.front = true, .optimizer = "sgd(0.01, momentum=0.9)"};
    battery_net n;
    if (!open_net(r, &n, w, e, &form))
        return;
    train(&n, 4, true);
    if (!isfinite(battery_net_loss(&n, n.m->plan[PLM_PLAN_TRAIN])))
        battery_complain(r, "%s: the loss is not finite after 4 steps", e->text);
    if (!all_finite(n.m->vector.p, n.m->vector.length))
        battery_complain(r, "%s: a parameter is not finite after 4 steps", e->text);
    battery_net_close(&n);
}

static void training(void **state)
{
    (void)state;
    run_all(check_training);
}

/* What an earlier, larger batch left in memory never shows: gradients of a few rows are the same
 * bits on a fresh plan. */
static void check_leftovers(battery_report *r, plm *w, const battery_example *e)
{
    const battery_form form = {.front = true, .stored = true};
    battery_net n;
    if (!open_net(r, &n, w, e, &form))
        return;
    const size_t bytes = n.m->vector.trained * sizeof(plm_real);
    plm_real *fresh = battery_take(1, bytes), *p = battery_take(1, bytes);
    memcpy(p, n.m->vector.p, bytes);
    plm_plan_run(battery_net_bind(&n, PLM_PLAN_TRAIN, 0, 5, true));
    memcpy(fresh, n.m->vector.g, bytes);
    plm_plan_run(battery_net_bind(&n, PLM_PLAN_TRAIN, 0, ROWS, true));
    plm_plan_run(battery_net_bind(&n, PLM_PLAN_TRAIN, 0, 5, true));
    if (memcmp(fresh, n.m->vector.g, bytes) != 0)
        battery_complain(r, "%s: a larger batch before changes the gradient of a smaller one",
                         e->text);
    if (memcmp(p, n.m->vector.p, bytes) != 0)
        battery_complain(r, "%s: a pass without an update moves what is learned", e->text);
    free(fresh);
    free(p);
    battery_net_close(&n);
}

static void leftovers(void **state)
{
    (void)state;
    run_all(check_leftovers);
}

/* trainable=false: what a layer has learned stays, bit for bit, while the layers below go on
 * learning. */
static void check_frozen(battery_report *r, plm *w, const battery_example *e)
{
    const battery_form form = {.front = true};
    battery_example frozen = *e;
    battery_net n;
    plm_arena a = {.w = w};
    const plm_spec *s = NULL;
    if (plm_spec_parse(&a, e->spec, &s) < 0)
        fail_msg("'%s' is no spec", e->spec);
    const size_t length = strlen(e->spec) - (s->called ? 1 : 0);
    if (strstr(e->spec, "trainable=") == NULL)
        snprintf(frozen.spec, sizeof frozen.spec, "%.*s%s%strainable=false)", (int)length, e->spec,
                 s->called ? "" : "(", s->count > 0 ? ", " : "");
    plm_arena_free(&a);
    if (!open_net(r, &n, w, &frozen, &form))
        return;
    plm_real *before = battery_take(n.m->vector.length, sizeof *before);
    memcpy(before, n.m->vector.p, n.m->vector.length * sizeof *before);
    train(&n, 2, false);
    for (size_t k = 0; k < n.m->graph.weights; k++) {
        const plm_weight *weight = &n.m->graph.weight[k];
        const bool same = memcmp(before + weight->offset, n.m->vector.p + weight->offset,
                                 weight->count * sizeof *before) == 0;
        const bool tested =
            strncmp(weight->layer, "front_", 6) != 0 && strcmp(weight->layer, "low") != 0;
        if (tested && !weight->state && !same)
            battery_complain(r, "%s: %s moves although it is frozen", frozen.spec, weight->name);
    }
    free(before);
    battery_net_close(&n);
}

static void frozen(void **state)
{
    (void)state;
    run_all(check_frozen);
}

/* ---- save and load ---- */

static void check_return(battery_report *r, plm *w, const battery_example *e, battery_net *n)
{
    plm_document d = {0};
    battery_net back = {.batch = n->batch};
    char error[1200];
    plm_status status = plm_document_from_model(n->m, &d);
    if (status >= 0)
        status = plm_document_to_model(w, &d, "the battery", &back.m);
    plm_document_free(&d);
    if (status < 0) {
        battery_complain(r, "%s: %s", e->text, battery_error(w, error, sizeof error));
        return;
    }
    const size_t each = predict(n, 0, ROWS, NULL);
    plm_real *y = battery_take(each * ROWS, sizeof *y),
             *again = battery_take(each * ROWS, sizeof *again);
    predict(n, 0, ROWS, y);
    if (predict(&back, 0, ROWS, NULL) != each)
        battery_complain(r, "%s: the output has another shape after save and load", e->text);
    else if (predict(&back, 0, ROWS, again), memcmp(y, again, each * ROWS * sizeof *y) != 0)
        battery_complain(r, "%s: predictions differ after save and load", e->text);
    free(y);
    free(again);
    plm_model_free(back.m);
}

static void check_saving(battery_report *r, plm *w, const battery_example *e)
{
    const battery_form form = {.front = true, .metrics = "mae"};
    battery_net n;
    if (!open_net(r, &n, w, e, &form))
        return;
    battery_net_stir(&n, 600);
    /* files hold float32: numbers of the double build do not fit in */
    if (sizeof(plm_real) == sizeof(float))
        train(&n, 2, false);
    for (size_t i = 0; i < n.m->vector.length; i++)
        n.m->vector.p[i] = (plm_real)(float)n.m->vector.p[i];
    check_return(r, w, e, &n);
    battery_net_close(&n);
}

static void saving(void **state)
{
    (void)state;
    run_all(check_saving);
}

/* ---- same bits ---- */

/* All parameters after three steps, and the predictions then. */
static plm_real *bits_of(battery_report *r, plm *w, const battery_example *e, bool stored,
                         size_t *count)
{
    const battery_form form = {
        .front = true, .optimizer = "sgd(0.02, momentum=0.9)", .stored = stored};
    battery_net n;
    *count = 0;
    if (!open_net(r, &n, w, e, &form))
        return NULL;
    train(&n, 3, true);
    const size_t each = predict(&n, 0, ROWS, NULL), length = n.m->vector.length;
    plm_real *bits = battery_take(length + each * ROWS, sizeof *bits);
    memcpy(bits, n.m->vector.p, length * sizeof *bits);
    predict(&n, 0, ROWS, bits + length);
    *count = length + each * ROWS;
    battery_net_close(&n);
    return bits;
}

typedef struct {
    plm *w;
    char name[60];
    bool stored; /* gradients whole, then the update */
} machine;

enum { MACHINES = 32 };

/* 1 to 4 threads on the best instruction set, 1 and 3 on the others. Index 0 is what all are
 * held against. */
static int open_machines(machine *m)
{
    int count = 0;
    for (int i = 0; plm_isa_available(i) != NULL && count + 4 <= MACHINES; i++)
        for (int threads = 1; threads <= 4; threads += i == 0 ? 1 : 2) {
            m[count].w = battery_open(threads, plm_isa_available(i));
            m[count].stored = threads == 3;
            snprintf(m[count].name, sizeof m[count].name, "%d threads on %s, gradients %s", threads,
                     plm_isa_available(i), threads == 3 ? "stored" : "used at once");
            count++;
        }
    return count;
}

static void compare_bits(battery_report *r, const machine *m, int machines,
                         const battery_example *e)
{
    size_t count = 0, other = 0;
    plm_real *bits = bits_of(r, m[0].w, e, m[0].stored, &count);
    for (int i = 1; i < machines && bits != NULL; i++) {
        plm_real *others = bits_of(r, m[i].w, e, m[i].stored, &other);
        size_t first = 0;
        while (others != NULL && first < count &&
               memcmp(&bits[first], &others[first], sizeof *bits) == 0)
            first++;
        if (others == NULL || other != count)
            battery_complain(r, "%s: other shapes with %s", e->text, m[i].name);
        else if (first < count)
            battery_complain(r, "%s: other bits with %s: number %zu of %zu is %.9g, not %.9g",
                             e->text, m[i].name, first, count, (double)others[first],
                             (double)bits[first]);
        free(others);
    }
    free(bits);
}

static void same_bits(void **state)
{
    battery_report r = {0};
    machine m[MACHINES];
    (void)state;
    const int machines = open_machines(m);
    for (const plm_kind *const *k = battery_kinds(m[0].w, "layer"); *k != NULL; k++)
        for (const char *const *text = (*k)->examples; text != NULL && *text != NULL; text++) {
            battery_example e;
            if (battery_parse(*text, &e))
                compare_bits(&r, m, machines, &e);
        }
    for (int i = 0; i < machines; i++)
        plm_close(m[i].w);
    battery_end(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(examples),  cmocka_unit_test(shapes),
                                       cmocka_unit_test(rows),      cmocka_unit_test(training),
                                       cmocka_unit_test(leftovers), cmocka_unit_test(frozen),
                                       cmocka_unit_test(saving),    cmocka_unit_test(same_bits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
