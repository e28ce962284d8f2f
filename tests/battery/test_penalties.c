/* Every regularizer: its gradient against finite differences of its sum, nothing at zero, in the
 * loss that is reported. Every constraint: what it has projected once stays where it is, and
 * padding stays zero. */
#include "battery.h"
#include "said.h"

#include <math.h>
#include <stdio.h>

#include "nn/penalty.h"

enum { COUNT = 48, TRUE_ONES = 37 };

typedef struct {
    battery_report *r;
    plm *w;
} setting;

static void run_all(const char *family, battery_saying *check)
{
    battery_report r = {0};
    plm *w = battery_open(1, NULL);
    setting t = {&r, w};
    for (const plm_kind *const *k = battery_kinds(w, family); *k != NULL; k++)
        battery_each_saying(*k, check, &t);
    const bool any = battery_kinds(w, family)[0] != NULL;
    plm_close(w);
    if (any)
        battery_end(&r);
}

/* ---- regularizers ---- */

static void check_slope(const setting *t, const char *text, const plm_penalty *p, plm_real *x,
                        size_t i)
{
    _Alignas(64) plm_real g[COUNT] = {0};
    const plm_real at = x[i], h = (plm_real)ldexp(1, -10);
    plm_penalty_gradient(p, t->w->kernel->isa, x, g, COUNT);
    x[i] = at + h;
    const double above = plm_penalty_sum(p, t->w->kernel, x, COUNT);
    x[i] = at - h;
    const double below = plm_penalty_sum(p, t->w->kernel, x, COUNT),
                 slope = (above - below) / (2 * (double)h);
    x[i] = at;
    t->r->checks++;
    if (fabs(slope - (double)g[i]) > 1e-6 * fmax(1, fabs(slope)))
        battery_complain(t->r, "%s: gradient %.9g at %g, by differences %.9g", text, (double)g[i],
                         (double)at, slope);
    for (int j = TRUE_ONES; j < COUNT; j++)
        if (fabs((double)g[j]) > 0)
            battery_complain(t->r, "%s: a gradient of %g where the weight is 0", text,
                             (double)g[j]);
}

static void check_regularizer(void *argument, const char *text)
{
    const setting *t = argument;
    plm_arena a = {.w = t->w};
    plm_penalty p;
    const plm_spec *s = NULL;
    _Alignas(64) plm_real x[COUNT] = {0};
    char error[1400];
    if (plm_spec_parse(&a, text, &s) < 0 || plm_penalty_bind(&a, s, &p) < 0) {
        battery_complain(t->r, "%s: %s", text, battery_error(t->w, error, sizeof error));
        plm_arena_free(&a);
        return;
    }
    if (fabs(plm_penalty_sum(&p, t->w->kernel, x, COUNT)) > 0)
        battery_complain(t->r, "%s: zeros have a penalty", text);
    for (size_t i = 0; i < TRUE_ONES; i++) /* multiples of 2^-7, so that steps are exact in float */
        x[i] = (plm_real)((floor(256 * battery_uniform(700, i)) - 128 + 0.5) / 128);
    for (size_t i = 0; i < TRUE_ONES; i++)
        check_slope(t, text, &p, x, i);
    plm_arena_free(&a);
}

static void regularizers(void **state)
{
    (void)state;
    run_all("regularizer", check_regularizer);
}

static double loss_of(const setting *t, const char *layer)
{
    battery_example e = {.text = layer, .inputs = 1, .rank = {1}, .dims = {{5}}};
    const battery_form form = {0};
    battery_net n;
    char error[1400];
    plm_log log = {0};
    snprintf(e.spec, sizeof e.spec, "%s", layer);
    t->r->checks++;
    if (battery_net_open(&n, t->w, &e, &form, 4) < 0) {
        battery_complain(t->r, "%s: %s", layer, battery_error(t->w, error, sizeof error));
        return 0;
    }
    if (plm_train_batch(n.m, &n.batch, &log, 1) < 0)
        battery_complain(t->r, "%s: %s", layer, battery_error(t->w, error, sizeof error));
    battery_net_close(&n);
    return log.value;
}

static void check_cost(const setting *t, const char *layer, const char *plain, double cost)
{
    const double with = loss_of(t, layer), without = loss_of(t, plain);
    if (fabs(with - without - cost) > 1e-5 * (1 + fabs(with)))
        battery_complain(t->r, "%s: the loss is %.9g with it and %.9g without, it costs %.9g",
                         layer, with, without, cost);
}

/* The bias begins at 2 and has 3 numbers, and so does every row of the output: what they cost is
 * known by the sum. */
static void check_reported(void *argument, const char *text)
{
    static const char plain[] = "dense(3, kernel_initializer=zeros, bias_initializer=constant(2))";
    const setting *t = argument;
    const plm_real two[3] = {2, 2, 2};
    plm_arena a = {.w = t->w};
    plm_penalty p;
    const plm_spec *s = NULL;
    char layer[600];
    /* a penalty on a whole matrix takes neither a bias nor outputs; reference.penalties has it */
    if (plm_spec_parse(&a, text, &s) >= 0 && plm_penalty_bind(&a, s, &p) >= 0 && p.whole == NULL)
        for (int i = 0; i < 2; i++) {
            snprintf(layer, sizeof layer, "%.*s, %s_regularizer=%s)", (int)sizeof plain - 2, plain,
                     i == 0 ? "bias" : "activity", text);
            check_cost(t, layer, plain, plm_penalty_sum(&p, t->w->kernel, two, 3));
        }
    plm_arena_free(&a);
}

static void reported(void **state)
{
    (void)state;
    run_all("regularizer", check_reported);
}

/* ---- constraints ---- */

static void check_constraint(void *argument, const char *text)
{
    const setting *t = argument;
    const battery_form form = {.optimizer = "sgd(0.5)"};
    battery_example e = {.text = text, .inputs = 1, .rank = {1}, .dims = {{5}}};
    battery_net n;
    char error[1400];
    snprintf(e.spec, sizeof e.spec, "dense(19, kernel_constraint=%s, bias_constraint=%s)", text,
             text);
    t->r->checks++;
    if (battery_net_open(&n, t->w, &e, &form, 7) < 0) {
        if (plm_last_error(t->w)->status != PLM_E_UNSUPPORTED)
            battery_complain(t->r, "%s: %s", text, battery_error(t->w, error, sizeof error));
        return;
    }
    plm_training_step(n.m->training, battery_net_bind(&n, PLM_PLAN_TRAIN, 0, 7, false));
    const plm_model *m = n.m;
    plm_real *once = battery_take(m->vector.length, sizeof *once);
    memcpy(once, m->vector.p, m->vector.length * sizeof *once);
    bool nears = false; /* a constraint that comes nearer from step to step */
    for (size_t k = 0; k < m->graph.weights; k++)
        nears = nears || m->training->rule[k].constraint.kept != NULL;
    for (size_t k = 0; k < m->graph.weights; k++)
        if (m->training->rule[k].constraint.kind != NULL)
            plm_constraint_apply(&m->training->rule[k].constraint, m->vector.p);
    double moved = 0, size = 0;
    for (size_t i = 0; i < m->vector.length; i++) {
        moved = fmax(moved, fabs((double)(m->vector.p[i] - once[i])));
        size = fmax(size, fabs((double)once[i]));
    }
    if (!(moved <= 1e-5 * size) && !nears)
        battery_complain(t->r, "%s: applied again it moves weights by %g", text, moved);
    if (!isfinite(size))
        battery_complain(t->r, "%s: a weight is not finite", text);
    free(once);
    battery_net_close(&n);
}

static void constraints(void **state)
{
    (void)state;
    run_all("constraint", check_constraint);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(regularizers), cmocka_unit_test(reported),
                                       cmocka_unit_test(constraints)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
