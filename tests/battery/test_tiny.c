/* No layer and no loss passes tiny gradients on: a backward pass writes numbers of at least
 * PLM_TINY, or 0. Gradients of about that size are made by small sample weights. Two kinds of op
 * are left out: products, whose reader sees to it, and sums, which only cancel. */
#include "battery.h"

#include <math.h>
#include <stdio.h>

#include "graph/plan_parts.h"
#include "kernel/tiny.h"

enum { ROWS = 19 };

static bool left_out(const plm_op_kind *op)
{
    static const char *const names[] = {"dense", "dense_transpose", "repeat"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(op->kind.name, names[i]) == 0)
            return true;
    return false;
}

static size_t tiny_of(const plm_real *g, const plm_shape *shape)
{
    const size_t count = (size_t)(ROWS * shape->lines * shape->stride);
    size_t tiny = 0;
    for (size_t i = 0; g != NULL && i < count; i++)
        tiny += fabs((double)g[i]) > 0 && fabs((double)g[i]) < (double)PLM_TINY;
    return tiny;
}

/* An op that only copies may pass on what a product made. */
static void check_plan(battery_report *r, const plm_plan *plan, const char *what)
{
    for (size_t k = 0; k < plan->steps; k++) {
        const plm_step *s = &plan->step[k];
        for (int i = 0; i < s->inputs && !left_out(s->op); i++) {
            const size_t before = tiny_of(s->out.g, &s->out.shape);
            const size_t after = tiny_of(s->in[i].g, &s->in[i].shape);
            r->checks++;
            if (after > before)
                battery_complain(r, "%s: op %s writes %zu tiny numbers (given %zu)", what,
                                 s->op->kind.name, after, before);
        }
    }
}

static void check_net(battery_report *r, plm *w, const battery_example *e, const battery_form *form,
                      const char *what)
{
    battery_net n;
    float weight[ROWS];
    if (battery_net_open(&n, w, e, form, ROWS) < 0)
        return; /* test_layers and test_losses complain of that */
    for (int i = 0; i < ROWS; i++)
        weight[i] = ldexpf(1, -94 - i % 8);
    battery_net_stir(&n, 5);
    n.batch.weight = weight;
    plm_plan *plan = battery_net_bind(&n, PLM_PLAN_TRAIN, 0, ROWS, false);
    plm_plan_set_dirty(plan);
    plm_plan_run(plan);
    check_plan(r, plan, what);
    battery_net_close(&n);
}

static void layers(void **state)
{
    battery_report r = {0};
    plm *w = battery_open(1, NULL);
    (void)state;
    for (const plm_kind *const *k = battery_kinds(w, "layer"); *k != NULL; k++)
        for (const char *const *text = (*k)->examples; text != NULL && *text != NULL; text++) {
            battery_example e;
            if (battery_parse(*text, &e))
                check_net(&r, w, &e, &(battery_form){.front = true, .stored = true}, *text);
        }
    plm_close(w);
    battery_end(&r);
}

static void activations_and_losses(void **state)
{
    static const char *const families[] = {"activation", "loss"};
    battery_report r = {0};
    plm *w = battery_open(1, NULL);
    (void)state;
    for (int f = 0; f < 2; f++)
        for (const plm_kind *const *k = battery_kinds(w, families[f]); *k != NULL; k++) {
            battery_example e;
            battery_form form = {.front = true, .stored = true};
            char spec[400], text[500];
            if (!battery_base_spec(*k, spec, sizeof spec))
                continue;
            if (f == 1)
                form.loss = spec;
            snprintf(text, sizeof text, f == 1 ? "dense(3) <- [4]" : "activation(%s) <- [4]", spec);
            if (battery_parse(text, &e))
                check_net(&r, w, &e, &form, spec);
        }
    plm_close(w);
    battery_end(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(layers),
                                       cmocka_unit_test(activations_and_losses)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
