/* Every gradient against finite differences, to 1e-6 (in the double build; see slopes.c for the
 * other): layers by their examples, ops that no layer's example reaches by their own,
 * activations inside and outside of dense, losses with every flag. */
#include "slopes.h"
#include "said.h"

#include <math.h>
#include <stdio.h>

/* ---- layers ---- */

static void check_widths(battery_report *r, plm *w, const battery_example *e)
{
    static const int64_t widths[] = {1, 15, 16, 17, 33, 100};
    const battery_form form = {.front = true, .stored = true};
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        battery_example wide = *e;
        battery_widen(&wide, widths[i]);
        battery_slopes_of(r, w, &wide, &form, widths[i] == 17 ? 33 : 5, true);
    }
}

static void check_example(battery_report *r, plm *w, const char *text)
{
    const battery_form form = {.front = true, .stored = true};
    battery_example e;
    if (!battery_parse(text, &e)) {
        battery_complain(r, "example '%s' is not of the form 'kind(...) <- [4] [4]'", text);
        return;
    }
    bool built = true;
    for (int64_t rows = 1; rows <= 33 && built; rows = rows == 1 ? 5 : rows + 28)
        built = battery_slopes_of(r, w, &e, &form, rows, false);
    if (built)
        check_widths(r, w, &e);
}

/* Values with several readers: the same value at every input of a layer that joins several; an
 * output that goes on to another layer. Gradients must add up. */
static void check_readers(battery_report *r, plm *w, const char *text)
{
    const battery_form shared = {.front = true, .stored = true, .shared = true};
    const battery_form tapped = {
        .front = true, .stored = true, .tapped = true, .head = "dense(3, activation=tanh)"};
    battery_example e;
    if (!battery_parse(text, &e))
        return;
    bool alike = e.inputs > 1;
    for (int i = 1; i < e.inputs; i++)
        alike =
            alike && e.rank[i] == e.rank[0] && memcmp(e.dims[i], e.dims[0], sizeof e.dims[0]) == 0;
    if (alike)
        battery_slopes_of(r, w, &e, &shared, 5, false);
    battery_slopes_of(r, w, &e, &tapped, 5, false);
}

static void readers(void **state)
{
    (void)state;
    battery_report r = {0};
    plm *w = battery_open(1, NULL);
    for (const plm_kind *const *k = battery_kinds(w, "layer"); *k != NULL; k++)
        for (const char *const *e = (*k)->examples; e != NULL && *e != NULL; e++)
            check_readers(&r, w, *e);
    plm_close(w);
    battery_end(&r);
}

static void layers(void **state)
{
    (void)state;
    battery_report r = {0};
    plm *w = battery_open(1, NULL);
    for (const plm_kind *const *k = battery_kinds(w, "layer"); *k != NULL; k++)
        for (const char *const *e = (*k)->examples; e != NULL && *e != NULL; e++)
            check_example(&r, w, *e);
    plm_close(w);
    battery_end(&r);
}

/* ---- ops ---- */

/* The ops of a net are struck off the list. */
static void strike(const plm_model *m, const plm_kind *const *kinds, bool *reached)
{
    for (size_t n = 0; n < m->graph.nodes; n++)
        for (size_t k = 0; kinds[k] != NULL; k++)
            reached[k] = reached[k] || kinds[k] == &m->graph.node[n].op->kind;
}

static void find_reached(plm *w, const plm_kind *const *ops, bool *reached)
{
    for (const plm_kind *const *k = battery_kinds(w, "layer"); *k != NULL; k++)
        for (const char *const *text = (*k)->examples; text != NULL && *text != NULL; text++) {
            const battery_form form = {0};
            battery_example e;
            battery_net n;
            if (battery_parse(*text, &e) && battery_net_open(&n, w, &e, &form, 1) >= 0) {
                strike(n.m, ops, reached);
                battery_net_close(&n);
            }
        }
}

/* An op as a layer: config is the op's spec. */
static plm_value emit_op(plm_builder *b, const void *config, int count, const plm_value *x)
{
    return plm_emit(b, count, x, "%s", (const char *)config);
}

static void ops(void **state)
{
    static const plm_layer_kind wrapper = {.kind = {.name = "wrapper"}, .emit = emit_op};
    const battery_form form = {.front = true, .stored = true, .wrapper = &wrapper};
    bool reached[256] = {false};
    battery_report r = {0};
    plm *w = battery_open(1, NULL);
    const plm_kind *const *kinds = battery_kinds(w, "op");
    (void)state;
    find_reached(w, kinds, reached);
    for (size_t k = 0; kinds[k] != NULL; k++) {
        const plm_op_kind *op = (const plm_op_kind *)(const void *)kinds[k];
        r.checks++;
        if (op->cpu.backward[0].run != NULL && !reached[k] && kinds[k]->examples == NULL)
            battery_complain(
                &r,
                "op %s: no layer's example emits it: add one, or give the op examples such as "
                "\"%s(...) <- [4]\"",
                kinds[k]->name, kinds[k]->name);
        for (const char *const *text = kinds[k]->examples; text != NULL && *text != NULL; text++) {
            battery_example e;
            if (!battery_parse(*text, &e))
                battery_complain(&r, "example '%s' is not of the form 'kind(...) <- [4] [4]'",
                                 *text);
            else
                for (int64_t rows = 1; rows <= 33; rows += 16)
                    battery_slopes_of(&r, w, &e, &form, rows, false);
        }
    }
    plm_close(w);
    battery_end(&r);
}

/* ---- activations ---- */

/* One function, as the argument of dense and as a layer of its own. A function that halves the last
 * axis needs an even number. */
static void check_function(battery_report *r, plm *w, const char *function, bool halves)
{
    const battery_form form = {.front = true, .stored = true};
    for (size_t i = 0; i < 3; i++)
        for (int64_t rows = 1; rows <= 33; rows += 16) {
            battery_example e = {
                .inputs = 1, .rank = {rows == 17 ? 2 : 1}, .dims = {{3 + halves, 6}}};
            e.text = e.spec;
            if (i == 1)
                snprintf(e.spec, sizeof e.spec, "activation(%s)", function);
            else
                snprintf(e.spec, sizeof e.spec, "dense(%d, activation=%s%s)",
                         (i == 0 ? 5 : 17) + halves, function, i == 0 ? "" : ", use_bias=false");
            battery_slopes_of(r, w, &e, &form, rows, false);
        }
}

/* True if the function jumps. The steps of the float build are so long that they often cross it. */
static bool jumps(const plm_kind *kind)
{
    return sizeof(plm_real) == sizeof(float) &&
           (strcmp(kind->name, "hard_shrink") == 0 || strcmp(kind->name, "threshold") == 0);
}

static void activations(void **state)
{
    (void)state;
    battery_report r = {0};
    plm *w = battery_open(1, NULL);
    for (const plm_kind *const *k = battery_kinds(w, "activation"); *k != NULL; k++) {
        const bool halves = ((const plm_activation_kind *)(const void *)*k)->halves;
        bool required = false;
        for (const plm_field *f = (*k)->fields; f != NULL && f->name != NULL; f++)
            required = required || f->fallback == NULL;
        if (!required && !jumps(*k))
            check_function(&r, w, (*k)->name, halves);
        for (const char *const *e = (*k)->examples; e != NULL && *e != NULL && !jumps(*k); e++)
            check_function(&r, w, *e, halves);
    }
    plm_close(w);
    battery_end(&r);
}

/* ---- losses ---- */

/* Heads and what they put below the loss: numbers around 1/2, any numbers, probabilities,
 * distributions. */
typedef struct {
    const char *spec, *function;
} head;

static const head heads[] = {
    {"dense(3, kernel_initializer=random_uniform(-0.1, 0.1), bias_initializer=constant(0.6))",
     "linear"},
    {"dense(3)", "linear"},
    {"dense(3, activation=sigmoid)", "sigmoid"},
    {"dense(3, activation=softmax)", "softmax"},
    {"dense(17, activation=softmax)", "softmax"},
};

/* Does the loss read what the head's function was applied to? */
static bool reads_logits(const plm_model *m)
{
    const plm_graph_value *v = &m->graph.value[m->head[0].losses.id];
    return m->graph.node[v->index].input[0] != m->head[0].prediction.id;
}

static void check_loss_on(battery_report *r, plm *w, const char *loss, const head *on,
                          const battery_form *like)
{
    battery_form form = *like;
    form.loss = loss;
    for (int64_t rows = 1; rows <= 33; rows = rows == 1 ? 5 : rows + 28)
        for (int rank = 1; rank <= 3; rank++) {
            battery_example e = {.inputs = 1, .rank = {rank}, .dims = {{3, 2, 2}}};
            battery_net n;
            char what[600], error[1200];
            snprintf(e.spec, sizeof e.spec, "%s", on->spec);
            snprintf(what, sizeof what, "%s on %s, rank %d, %s targets", loss, on->spec, rank,
                     form.one_hot ? "one-hot" : "soft");
            r->checks++;
            if (battery_net_open(&n, w, &e, &form, rows) < 0) {
                battery_complain(r, "%s: %s", what, battery_error(w, error, sizeof error));
                return;
            }
            plm_plan *plan = battery_net_bind(&n, PLM_PLAN_TRAIN, 0, rows, false);
            plm_plan_run(plan);
            const plm_loss_kind *kind = n.m->head[0].loss;
            if (kind->logits_of != NULL && strcmp(kind->logits_of, on->function) == 0 &&
                strstr(loss, "from_logits=true") == NULL && !reads_logits(n.m))
                battery_complain(r, "%s: the loss does not take the logits below %s", what,
                                 on->function);
            if (isfinite(battery_net_loss(&n, plan)))
                battery_check_slopes(r, &n, what);
            else if (on != &heads[1]) /* numbers of any sign: not every loss is defined there */
                battery_complain(r, "%s: the loss is not finite", what);
            battery_net_close(&n);
        }
}

static void check_loss(battery_report *r, plm *w, const char *loss)
{
    const battery_form soft = {.front = true, .stored = true},
                       hot = {.front = true, .stored = true, .one_hot = true};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        check_loss_on(r, w, loss, &heads[i], &soft);
        check_loss_on(r, w, loss, &heads[i], &hot);
    }
}

typedef struct {
    battery_report *r;
    plm *w;
} listener;

static void heard(void *argument, const char *text)
{
    const listener *l = argument;
    check_loss(l->r, l->w, text);
}

static void losses(void **state)
{
    (void)state;
    battery_report r = {0};
    plm *w = battery_open(1, NULL);
    listener l = {&r, w};
    for (const plm_kind *const *k = battery_kinds(w, "loss"); *k != NULL; k++)
        battery_each_saying(*k, heard, &l);
    plm_close(w);
    battery_end(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(layers), cmocka_unit_test(readers),
                                       cmocka_unit_test(ops), cmocka_unit_test(activations),
                                       cmocka_unit_test(losses)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
