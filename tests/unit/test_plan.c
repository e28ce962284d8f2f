/* What a plan lets its products call into cache for the op behind them: that it is what that op
 * reads, whole and inside the memory it is said of, whatever the sizes of the layers; that there
 * is something to call for where there should be; and that the bits are those of a plan that
 * calls for nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "data_support.h"
#include "graph/plan_parts.h"
#include "model/model.h"

enum { ROWS = 20, MOST_LAYERS = 40, WIDEST = 500, OUTPUTS = 3, LARGE = 1 << 16 };

/* [width] -> layers, the last of them dense(3). */
typedef struct {
    int width;
    const char *layer[MOST_LAYERS];
} net;

#define FIVE(x) x, x, x, x, x

static const net deep = {100,
                         {FIVE("dense(100, activation=tanh)"), FIVE("dense(100)"),
                          FIVE("dense(100, activation=elu)"), FIVE("dense(100, activation=relu)"),
                          "dense(3)"}};

/* Small beside large, one column, more than is called for (500 x 500), layers without weights in
 * between. */
static const net uneven = {
    7,
    {"dense(500)", "dense(1)", "dense(17, activation=relu)", "dense(400)", "batch_normalization",
     "dense(33)", "dropout(0.5)", "dense(500)", "dense(100)", "reshape(4, 25)", "dense(20)",
     "flatten", "layer_normalization", "dense(500)", "dense(500)", "prelu", "dense(3)"}};

/* Weights that two ops read, a frozen layer, a layer with two readers and one with two inputs. */
static const net shared = {300,
                           {"dense(200, activation=tanh, name=a)", "dense(150, name=b)",
                            "dense(150, trainable=false)", "dense_transpose(b)",
                            "dense_transpose(a)", "dense(90, name=c)", "dense(90, name=d)",
                            "add() <- c d", "dense(300)", "dense(3)"}};

static const net one_layer = {500, {"dense(3)"}};
static const net one_wide_layer = {500, {"dense(500)", "dense(3)"}};

static const net *const nets[] = {&deep, &uneven, &shared, &one_layer, &one_wide_layer};
enum { NETS = sizeof nets / sizeof *nets };

static plm_model *compiled(plm *w, const net *n)
{
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(%d)", n->width);
    for (int i = 0; i < MOST_LAYERS && n->layer[i] != NULL; i++)
        plm_add(m, "%s", n->layer[i]);
    if (plm_compile(m, "sgd(0.001, momentum=0.9)", "mse", NULL) < 0)
        fail_msg("%s: %s", plm_last_error(w)->where, plm_last_error(w)->what);
    return m;
}

/* The kernel that a step reads: the only weight in panels. */
static const plm_operand *kernel_of(const plm_step *s)
{
    for (int i = 0; i < s->inputs; i++)
        if (s->in[i].weight != NULL && s->in[i].weight->layout == PLM_LAYOUT_PANELS)
            return &s->in[i];
    return NULL;
}

/* Forward, what is called for is the kernel of the next step that has one: whole, and in the
 * long vector. */
static int check_forward(const plm_model *m, const plm_plan *plan, size_t k)
{
    const plm_prefetch_range *soon = &plan->step[k].forward_prefetch;
    const plm_operand *next = NULL;
    if (soon->count == 0)
        return 0;
    for (size_t n = k + 1; n < plan->graph->nodes && next == NULL; n++)
        next = kernel_of(&plan->step[n]);
    assert_non_null(next);
    assert_ptr_equal(soon->x, m->vector.p + next->weight->offset);
    assert_int_equal(soon->count, next->weight->size);
    assert_true(next->weight->offset + next->weight->size <= m->vector.length);
    assert_true(soon->count <= LARGE);
    return 1;
}

/* The numbers that a step keeps from its forward pass. */
static size_t keeps(const plm_step *s)
{
    return s->memory != NULL ? s->op->cpu.memory(s) : 0;
}

/* Backward, it is what the nearest step below reads: what it keeps, whole, in the plan's block and
 * before the scratch; its kernel if it keeps nothing and has a gradient to compute. */
static int check_backward(const plm_model *m, const plm_plan *plan, size_t k)
{
    const plm_prefetch_range *soon = &plan->step[k].backward_prefetch;
    const plm_step *below = NULL;
    if (soon->count == 0)
        return 0;
    for (size_t n = k; n-- > 0 && below == NULL;)
        if (keeps(&plan->step[n]) > 0 ||
            (kernel_of(&plan->step[n]) != NULL && plan->step[n].in[0].g != NULL))
            below = &plan->step[n];
    assert_non_null(below);
    assert_true(soon->count <= LARGE);
    if (keeps(below) == 0) {
        const plm_weight *kernel = kernel_of(below)->weight;
        assert_ptr_equal(soon->x, m->vector.p + kernel->offset);
        assert_int_equal(soon->count, kernel->size);
        return 1;
    }
    assert_ptr_equal(soon->x, below->memory);
    assert_int_equal(soon->count, below->op->cpu.memory(below));
    assert_true(soon->x >= plan->block && soon->x + soon->count <= plan->running.scratch);
    return 1;
}

/* How many products of a plan have something to call for, forward and backward. */
static void count_soon(plm_model *m, plm_plan_use use, int found[2])
{
    plm_plan *plan = NULL;
    found[0] = found[1] = 0;
    assert_int_equal(plm_model_new_plan(m, use, ROWS, &plan), PLM_OK);
    for (size_t k = 0; k < plan->graph->nodes; k++) {
        const int forward = check_forward(m, plan, k), backward = check_backward(m, plan, k);
        found[0] += kernel_of(&plan->step[k]) != NULL ? forward : 0;
        found[1] += kernel_of(&plan->step[k]) != NULL ? backward : 0;
    }
    plm_plan_close(plan);
}

static void points_at_the_next_op(void **state)
{
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1, .seed = 3));
    w->second_cache = 1 << 17; /* in numbers: hints follow the cache, which differs by machine */
    for (int i = 0; i < NETS; i++) {
        plm_model *m = compiled(w, nets[i]);
        for (int use = 0; use < PLM_PLANS; use++) {
            int found[2];
            count_soon(m, (plm_plan_use)use, found);
            if (nets[i] == &one_layer)
                assert_true(found[0] == 0 && found[1] == 0);
            /* Of 21 products 19 are followed by a large one; 19 follow one that keeps a kernel
             * turned, which the first, without a gradient of its input, does not. */
            if (nets[i] == &deep) {
                assert_int_equal(found[0], 19);
                assert_int_equal(found[1], use == PLM_PLAN_TRAIN ? 19 : 0);
            }
            if (nets[i] == &uneven || nets[i] == &shared)
                assert_true(found[0] > 3 && (use != PLM_PLAN_TRAIN || found[1] > 3));
        }
        plm_model_free(m);
    }
    plm_close(w);
}

/* Of several threads, some other has written half of it. */
static void several_threads_call_for_nothing(void **state)
{
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 2, .seed = 3, .unpinned = true));
    w->second_cache = 1 << 17; /* in numbers: hints follow the cache, which differs by machine */
    plm_model *m = compiled(w, &deep);
    plm_plan *plan = NULL;
    assert_int_equal(plm_model_new_plan(m, PLM_PLAN_TRAIN, ROWS, &plan), PLM_OK);
    size_t found[2] = {0, 0};
    for (int alone = 0; alone <= 1; alone++)
        for (size_t k = 0; k < plan->graph->nodes; k++) {
            const plm_step *s = &plan->step[k];
            plan->running.alone = alone != 0;
            found[alone] += plm_step_prefetch(s, &s->forward_prefetch).count;
            found[alone] += plm_step_prefetch(s, &s->backward_prefetch).count;
        }
    assert_true(found[0] == 0 && found[1] > 0);
    plm_plan_close(plan);
    plm_model_free(m);
    plm_close(w);
}

/* One thread trains each layer's weights in its turn, several all weights after all gradients of
 * inputs: the same passes in both lists. */
static void lists_have_the_same_passes(void **state)
{
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 4, .seed = 3, .unpinned = true));
    for (int i = 0; i < NETS; i++) {
        plm_model *m = compiled(w, nets[i]);
        plm_plan *plan = NULL;
        assert_int_equal(plm_model_new_plan(m, PLM_PLAN_TRAIN, ROWS, &plan), PLM_OK);
        const plm_pass_list *one = &plan->alone, *several = &plan->several;
        assert_int_equal(one->count, several->count);
        assert_int_equal(one->first_running, several->first_running);
        for (size_t k = 0; k < one->count; k++) {
            size_t at = 0;
            while (at < several->count && (several->planned[at].pass != one->planned[k].pass ||
                                           several->planned[at].step != one->planned[k].step))
                at++;
            assert_true(at < several->count);
            assert_true(!one->planned[k].by_units || several->planned[at].by_units);
        }
        plm_plan_close(plan);
        plm_model_free(m);
    }
    plm_close(w);
}

/* A plan has no more barriers than it had when each of them was due: too many give the same bits,
 * but take longer. Rows of a deep net pass through all its layers without one in prediction. */
static void barriers_are_few(void **state)
{
    static const size_t stages[NETS][PLM_PLANS][2] = {
        {{23, 62}, {3, 3}, {2, 2}, {2, 2}},   {{19, 30}, {14, 14}, {13, 13}, {13, 13}},
        {{15, 26}, {10, 10}, {9, 9}, {9, 9}}, {{3, 4}, {2, 2}, {1, 1}, {1, 1}},
        {{4, 5}, {2, 2}, {2, 2}, {2, 2}},
    };
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 2, .seed = 3, .unpinned = true));
    for (int i = 0; i < NETS; i++) {
        plm_model *m = compiled(w, nets[i]);
        for (int use = 0; use < PLM_PLANS; use++) {
            plm_plan *plan = NULL;
            assert_int_equal(plm_model_new_plan(m, (plm_plan_use)use, ROWS, &plan), PLM_OK);
            assert_int_equal(plan->alone.stages, stages[i][use][0]);
            assert_int_equal(plan->several.stages, stages[i][use][1]);
            plm_plan_close(plan);
        }
        plm_model_free(m);
    }
    plm_close(w);
}

/* The ways that a plan has, and what the caller learns of the choice. */
static void the_choice_is_reported(void **state)
{
    (void)state;
    static const int ways[] = {0, 1, 2, 2, 3};
    assert_int_equal(plm_model_threads(NULL), 0);
    for (int form = 2; form < 10; form++) {
        const int threads = form / 2;
        plm *w = plm_open(
            PLM_OPTIONS(.threads = threads, .fixed_threads = form % 2 != 0, .unpinned = true));
        plm_model *m = compiled(w, &deep);
        plm_plan *plan = NULL;
        assert_int_equal(plm_model_threads(m), 0);
        assert_int_equal(plm_model_plan(m, PLM_PLAN_TRAIN, ROWS, &plan), PLM_OK);
        assert_int_equal(plan->trial.ways, form % 2 != 0 ? 1 : ways[threads]);
        plan->work = 1e30;
        plan->parts = 1; /* as if it had run */
        assert_int_equal(plm_model_threads(m), threads);
        plan->trial.chosen = plan->trial.ways - 1;
        assert_int_equal(plm_model_threads(m), form % 2 != 0 ? threads : 1);
        if (plan->trial.ways == 3)
            plan->trial.chosen = 1;
        assert_int_equal(plm_model_threads(m), plan->trial.ways == 3 ? 2 : plm_model_threads(m));
        plan->work = plan->updated = 0;
        assert_int_equal(plm_model_threads(m), 1);
        plan->updated = 1e30; /* few rows, many weights to update */
        plan->trial.chosen = 0;
        assert_int_equal(plm_model_threads(m), threads);
        plm_model_free(m);
        plm_close(w);
    }
}

/* All parameters after some steps; to be freed. */
static plm_real *trained(const net *n, const char *isa, int threads, size_t *bytes)
{
    static float x[ROWS * WIDEST], y[ROWS * OUTPUTS];
    for (int i = 0; i < ROWS * WIDEST; i++)
        x[i] = (float)(i * 37 % 101) / 101.0f - 0.5f;
    for (int i = 0; i < ROWS * OUTPUTS; i++)
        y[i] = (float)(i % 7) / 7.0f;
    plm_batch b = {.rows = ROWS, .inputs = 1, .targets = 1};
    b.input[0] = (plm_view){.data = x, .dtype = PLM_F32, .rank = 2, .dims = {ROWS, n->width}};
    b.target[0] = (plm_view){.data = y, .dtype = PLM_F32, .rank = 2, .dims = {ROWS, OUTPUTS}};
    plm *w = plm_open(PLM_OPTIONS(.threads = threads, .isa = isa, .seed = 3, .unpinned = true));
    plm_model *m = compiled(w, n);
    for (int i = 0; i < 3; i++)
        assert_int_equal(plm_train_batch(m, &b, NULL, 0), PLM_OK);
    *bytes = m->vector.length * sizeof *m->vector.p;
    plm_real *out = malloc(*bytes);
    assert_non_null(out);
    memcpy(out, m->vector.p, *bytes);
    plm_model_free(m);
    plm_close(w);
    return out;
}

static void changes_no_bit(void **state)
{
    (void)state;
    for (int k = 0; plm_isa_available(k) != NULL; k++)
        for (int i = 0; i < NETS; i++) {
            size_t bytes = 0;
            plm_real *one = trained(nets[i], plm_isa_available(k), 1, &bytes);
            plm_real *two = trained(nets[i], plm_isa_available(k), 2, &bytes);
            if (memcmp(one, two, bytes) != 0)
                fail_msg("net %d on %s: one thread has other bits than two", i,
                         plm_isa_available(k));
            free(one);
            free(two);
        }
}

/* A plan of more bytes than an address can count is refused, wherever its size overflows: in one
 * value, in their sum, or in its bytes. None is said to need less than its values. */
static void plans_of_any_size(void **state)
{
    enum { WIDTH = 1 << 10, LAYERS = 40 };
    test_memory memory;
    size_t last = 0;
    bool refused = false;
    (void)state;
    plm *w = test_open(&memory, NULL);
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(%d)", WIDTH);
    plm_add(m, "scale");
    for (int i = 0; i < LAYERS; i++)
        plm_add(m, "leaky_relu");
    if (plm_compile(m, "sgd", "mse", NULL) < 0)
        fail_msg("%s: %s", plm_last_error(w)->where, plm_last_error(w)->what);
    for (int k = 0; k < 63; k++) {
        size_t bytes = 0;
        const int64_t rows = INT64_C(1) << k;
        const plm_status status = plm_model_plan_bytes(m, PLM_PLAN_TRAIN, rows, &bytes);
        assert_true(status == PLM_OK || status == PLM_E_MEMORY);
        assert_false(refused && status == PLM_OK);
        refused = status != PLM_OK;
        assert_true(refused ||
                    (bytes > last && bytes / LAYERS / WIDTH / sizeof(plm_real) >= (size_t)rows));
        last = bytes;
    }
    assert_true(refused);
    plm_model_free(m);
    test_close(w, &memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_at_the_next_op),
        cmocka_unit_test(several_threads_call_for_nothing),
        cmocka_unit_test(lists_have_the_same_passes),
        cmocka_unit_test(barriers_are_few),
        cmocka_unit_test(the_choice_is_reported),
        cmocka_unit_test(changes_no_bit),
        cmocka_unit_test(plans_of_any_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
