/* Every optimizer by its bare name, its examples and each common key: it makes a quadratic
 * smaller; padding of weights and slots stays zero; updates within the weight pass and after it
 * give the same bits, and so does every number of threads and every instruction set. */
#include "battery.h"

#include <math.h>
#include <stdio.h>

enum { ROWS = 21, STEPS = 20 };

/* Two layers with widths that leave padding, in panels and in biases. */
static const battery_example net_of = {.text = "dense(19) <- [5]",
                                       .spec = "dense(19, activation=tanh)",
                                       .inputs = 1,
                                       .rank = {1},
                                       .dims = {{5}}};

static bool open_net(battery_report *r, battery_net *n, plm *w, const char *optimizer, bool linear)
{
    const battery_example line = {
        .text = "dense(3) <- [5]", .spec = "dense(3)", .inputs = 1, .rank = {1}, .dims = {{5}}};
    const battery_form form = {.optimizer = optimizer, .head = linear ? NULL : "dense(3)"};
    char error[1400];
    r->checks++;
    if (battery_net_open(n, w, linear ? &line : &net_of, &form, ROWS) >= 0)
        return true;
    battery_complain(r, "%s: %s", optimizer, battery_error(w, error, sizeof error));
    return false;
}

static void train(battery_net *n, int steps, bool all_threads)
{
    for (int k = 0; k < steps; k++)
        plm_training_step(n->m->training,
                          battery_net_bind(n, PLM_PLAN_TRAIN, 0, n->batch.rows, all_threads));
}

/* ---- every optimizer, every way to say it ---- */

typedef void check_function(battery_report *r, plm *w, const char *optimizer, bool said);

static void with_common_keys(battery_report *r, plm *w, const plm_kind *kind, check_function *check)
{
    char values[8][40], base[400];
    if (!battery_base_spec(kind, base, sizeof base))
        return;
    for (const plm_field *f = plm_optimizer_common_fields; f->name != NULL; f++) {
        const int count = battery_values_of(f, values);
        for (int i = 1; i < count; i++) {
            plm_arena a = {.w = w};
            check(r, w, battery_respell(&a, kind, base, f->name, values[i]), true);
            plm_arena_free(&a);
        }
    }
}

static void run_all(check_function *check, bool common)
{
    battery_report r = {0};
    plm *w = battery_open(2, NULL);
    for (const plm_kind *const *k = battery_kinds(w, "optimizer"); *k != NULL; k++) {
        check(&r, w, (*k)->name, false);
        r.checks++;
        if ((*k)->examples == NULL)
            battery_complain(&r,
                             "optimizer %s has no examples: add .examples = PLM_LIST(\"%s(0.01)\")",
                             (*k)->name, (*k)->name);
        for (const char *const *e = (*k)->examples; e != NULL && *e != NULL; e++)
            check(&r, w, *e, true);
        if (common)
            with_common_keys(&r, w, *k, check);
    }
    plm_close(w);
    battery_end(&r);
}

/* ---- a quadratic ---- */

static double loss_now(battery_net *n)
{
    plm_plan *plan = battery_net_bind(n, PLM_PLAN_EVALUATE, 0, n->batch.rows, false);
    plm_plan_run(plan);
    return battery_net_loss(n, plan);
}

/* A linear net under squared errors, whose targets a net of its kind has made: the least loss is
 * 0. The defaults may be slow; an example must show a rate at which it works. */
static void check_quadratic(battery_report *r, plm *w, const char *optimizer, bool said)
{
    battery_net n;
    if (!open_net(r, &n, w, optimizer, true))
        return;
    float *x = n.batch.input[0].data, *y = n.batch.target[0].data;
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < 3; j++)
            y[3 * i + j] = 0.5f * x[5 * i] - 0.25f * x[5 * i + 1 + j] + 0.1f * (float)j;
    const double before = loss_now(&n);
    train(&n, 500, false);
    const double after = loss_now(&n);
    if (!(after < before * (said ? 0.5 : 1)))
        battery_complain(r, "%s: 500 steps bring the loss of a quadratic from %.6g to %.6g",
                         optimizer, before, after);
    battery_net_close(&n);
}

static void quadratic(void **state)
{
    (void)state;
    run_all(check_quadratic, false);
}

/* ---- padding ---- */

/* A vector holds nothing but its weights' own numbers. */
static bool padding_is_zero(const plm_model *m, const plm_real *vector)
{
    plm_real *own = battery_take(m->vector.length, sizeof *own);
    for (size_t k = 0; k < m->graph.weights; k++) {
        const plm_weight *weight = &m->graph.weight[k];
        if (weight->offset >= m->vector.trained)
            continue;
        plm_real *values = battery_take(weight->count, sizeof *values);
        plm_weight_read(weight, vector, values);
        plm_weight_write(weight, own, values);
        free(values);
    }
    bool zero = true;
    for (size_t i = 0; i < m->vector.trained; i++)
        zero = zero && memcmp(&own[i], &vector[i], sizeof *own) == 0;
    free(own);
    return zero;
}

static void check_padding(battery_report *r, plm *w, const char *optimizer, bool said)
{
    battery_net n;
    (void)said;
    if (!open_net(r, &n, w, optimizer, false))
        return;
    train(&n, STEPS, false);
    if (!padding_is_zero(n.m, n.m->vector.p))
        battery_complain(r, "%s: padding of the weights is not zero", optimizer);
    for (int i = 0; i < PLM_SLOTS; i++)
        if (n.m->vector.slot[i] != NULL && !padding_is_zero(n.m, n.m->vector.slot[i]))
            battery_complain(r, "%s: padding of slot %d is not zero", optimizer, i);
    for (size_t i = 0; i < n.m->vector.trained; i++)
        if (!isfinite(n.m->vector.p[i])) {
            battery_complain(r, "%s: a weight is not finite after %d steps", optimizer, STEPS);
            break;
        }
    battery_net_close(&n);
}

static void padding(void **state)
{
    (void)state;
    run_all(check_padding, true);
}

/* ---- same bits ---- */

/* Weights and slots after STEPS steps, one after the other; stored = gradients whole, then the
 * update. */
static plm_real *bits_of(battery_report *r, plm *w, const char *optimizer, bool stored,
                         size_t *count)
{
    battery_net n;
    *count = 0;
    if (!open_net(r, &n, w, optimizer, false))
        return NULL;
    if (stored) {
        n.m->fused = false;
        if (plm_parameters_slots(n.m, 0, true) < 0)
            fail_msg("out of memory");
    }
    train(&n, STEPS, true);
    const size_t length = n.m->vector.trained;
    plm_real *bits = battery_take(length * (1 + PLM_SLOTS), sizeof *bits);
    memcpy(bits, n.m->vector.p, length * sizeof *bits);
    for (int i = 0; i < PLM_SLOTS; i++)
        if (n.m->vector.slot[i] != NULL)
            memcpy(bits + length * (size_t)(1 + i), n.m->vector.slot[i], length * sizeof *bits);
    *count = length * (1 + PLM_SLOTS);
    battery_net_close(&n);
    return bits;
}

static void compare(battery_report *r, const char *optimizer, const char *how, const plm_real *bits,
                    plm_real *others, size_t count)
{
    size_t first = 0;
    while (bits != NULL && others != NULL && first < count &&
           memcmp(&bits[first], &others[first], sizeof *bits) == 0)
        first++;
    if (first < count)
        battery_complain(r, "%s: other bits %s, number %zu of %zu", optimizer, how, first, count);
    free(others);
}

static void check_stored(battery_report *r, plm *w, const char *optimizer, bool said)
{
    size_t count = 0, other = 0;
    (void)said;
    plm_real *bits = bits_of(r, w, optimizer, false, &count);
    compare(r, optimizer, "with stored gradients", bits, bits_of(r, w, optimizer, true, &other),
            count);
    free(bits);
}

static void stored(void **state)
{
    (void)state;
    run_all(check_stored, true);
}

/* Against two threads on the best instruction set: 1 to 4 threads there, 1 and 3 on the others. */
static void check_machines(battery_report *r, plm *w, const char *optimizer, bool said)
{
    size_t count = 0, other = 0;
    char how[100];
    (void)said;
    plm_real *bits = bits_of(r, w, optimizer, false, &count);
    for (int i = 0; plm_isa_available(i) != NULL; i++)
        for (int threads = 1; threads <= 4; threads += i == 0 ? 1 : 2) {
            plm *v = battery_open(threads, plm_isa_available(i));
            snprintf(how, sizeof how, "with %d threads on %s", threads, plm_isa_available(i));
            compare(r, optimizer, how, bits, bits_of(r, v, optimizer, threads == 3, &other), count);
            plm_close(v);
        }
    free(bits);
}

static void machines(void **state)
{
    (void)state;
    run_all(check_machines, false);
}

/* A schedule that turns the momentum is taken by those that have one, and refused in clear words
 * by the others. */
static void momentum(void **state)
{
    battery_report r = {0};
    plm *w = battery_open(1, NULL);
    (void)state;
    for (const plm_kind *const *k = battery_kinds(w, "optimizer"); *k != NULL; k++) {
        const bool has = ((const plm_optimizer_kind *)(const void *)*k)->momentum_offset > 0;
        char spec[200];
        const battery_form form = {.optimizer = spec, .head = "dense(3)"};
        battery_net n;
        snprintf(spec, sizeof spec, "%s(one_cycle(0.1, 9, max_momentum=0.9, min_momentum=0.8))",
                 (*k)->name);
        r.checks++;
        const plm_status status = battery_net_open(&n, w, &net_of, &form, ROWS);
        if (has ? status < 0
                : status != PLM_E_SPEC || strstr(plm_last_error(w)->what, "no momentum") == NULL)
            battery_complain(&r, "%s: %d, %s", spec, status, plm_last_error(w)->what);
        if (status >= 0)
            battery_net_close(&n);
    }
    plm_close(w);
    battery_end(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(quadratic), cmocka_unit_test(padding),
                                       cmocka_unit_test(stored), cmocka_unit_test(machines),
                                       cmocka_unit_test(momentum)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
