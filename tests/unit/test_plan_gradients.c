/* The memory of a training plan: a gradient has one buffer, and each further reader of its value
 * one more; a layer that no output depends on has none, nor has an input. */
#include "model_support.h"

#include "graph/plan_parts.h"
#include "model/model.h"

enum { ROWS = 20 };

/* Numbers of a buffer. */
static size_t size_of(const plm_shape *s)
{
    return ((size_t)s->lines * (size_t)s->stride * ROWS + PLM_LANES - 1) / PLM_LANES * PLM_LANES;
}

/* Counts the temporary gradients of a plan, and checks that all buffers fill the block. */
static int count_temporary(const plm_plan *plan)
{
    const plm_graph *g = plan->graph;
    const plm_memory *m = &plan->memory;
    size_t all = 0;
    int count = 0;
    for (size_t id = 1; id < g->values; id++) {
        all += m->value[id] != PLM_NOWHERE ? size_of(&g->value[id].shape) : 0;
        all += m->gradient[id] != PLM_NOWHERE ? size_of(&g->value[id].shape) : 0;
    }
    for (size_t k = 0; k < g->nodes; k++)
        for (int i = 0; i < g->node[k].inputs; i++) {
            if (m->grad_tmp[k * PLM_OPERANDS + (size_t)i] == PLM_NOWHERE)
                continue;
            assert_true(plan->reverse.backward[k]);
            all += size_of(&g->value[g->node[k].input[i]].shape);
            count++;
        }
    assert_int_equal(m->total, all);
    return count;
}

/* readers: how many layers read the first one; if `dead`, one more that no output depends on. */
static int temporary(int readers, bool dead)
{
    const int64_t dims[] = {30};
    plm *w = plm_open(PLM_OPTIONS(.threads = 1, .seed = 3));
    plm_model *m = plm_model_new(w);
    plm_value read[3];
    plm_plan *plan = NULL;
    const plm_value first = plm_apply(m, plm_input(m, "x", 1, dims), "dense(20, activation=tanh)");
    for (int i = 0; i < readers; i++)
        read[i] = plm_apply(m, first, "dense(10)");
    const plm_value sum = readers > 1 ? plm_merge(m, readers, read, "add") : read[0];
    if (dead)
        (void)plm_apply(m, first, "dense(10)");
    plm_output(m, sum);
    assert_int_equal(plm_compile(m, "sgd", "mse", NULL), PLM_OK);
    assert_int_equal(plm_model_new_plan(m, PLM_PLAN_TRAIN, ROWS, &plan), PLM_OK);
    const int count = count_temporary(plan);
    plm_plan_close(plan);
    plm_model_free(m);
    plm_close(w);
    return count;
}

static void test_readers(void **state)
{
    (void)state;
    assert_int_equal(temporary(1, false), 0);
    assert_int_equal(temporary(2, false), 1);
    assert_int_equal(temporary(3, false), 2);
    assert_int_equal(temporary(1, true), 0);
    assert_int_equal(temporary(2, true), 1);
}

/* One step of x * w with respect to w, where the inputs themselves need no gradient: a layer's
 * output that is multiplied by the input. The loss is the squared error from 0, y = x (w x + b):
 * dw = 2 y x^2, db = 2 y x. */
static void test_input_without_gradient(void **state)
{
    static float x[] = {3}, target[] = {0};
    float w_and_b[2] = {0};
    const int64_t dims[] = {1};
    plm_batch batch = {.rows = 1, .inputs = 1, .targets = 1};
    plm_log log[1];
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_model *m = plm_model_new(w);
    const plm_value in = plm_input(m, "x", 1, dims);
    const plm_value line = plm_apply(m, in, "dense(1, kernel_initializer=constant(0.5))");
    plm_output(m, plm_merge(m, 2, (plm_value[]){in, line}, "multiply"));
    assert_int_equal(plm_compile(m, "sgd(0.01)", "mse", NULL), PLM_OK);
    batch.input[0] = (plm_view){.data = x, .dtype = PLM_F32, .rank = 2, .dims = {1, 1}};
    batch.target[0] = (plm_view){.data = target, .dtype = PLM_F32, .rank = 2, .dims = {1, 1}};
    assert_int_equal(plm_train_batch(m, &batch, log, 1), PLM_OK);
    assert_float_equal(log[0].value, 4.5 * 4.5, 1e-4);
    for (int i = 0; i < 2; i++)
        assert_int_equal(plm_parameter_read(m, i, &w_and_b[i]), PLM_OK);
    assert_float_equal(w_and_b[0], (float)(0.5 - 0.01 * 2 * 4.5 * 9), 1e-5f);
    assert_float_equal(w_and_b[1], (float)(-0.01 * 2 * 4.5 * 3), 1e-5f);
    plm_model_free(m);
    plm_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_readers),
                                       cmocka_unit_test(test_input_without_gradient)};
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
