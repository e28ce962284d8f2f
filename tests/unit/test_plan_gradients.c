/* The memory of a training plan: a gradient has one buffer, and each further reader of its value
 * one more; a layer that no output depends on has none. */
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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_readers)};
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
