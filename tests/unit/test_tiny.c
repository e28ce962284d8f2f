/* No denormal number stays in a training: gradients, weights, slots of optimizers and averages are
 * 0 or normal, on every instruction set, and all instruction sets give the same bits. Weights get
 * gradients first, then none for 2,000 updates, so that all averages decay; or their gradients
 * vanish in deep nets. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/kinds.h"
#include "kernel/kernel.h"
#include "kernel/tiny.h"
#include "nn/nn.h"
#include "train/train.h"

enum { ROWS = 8, WIDTH = 4, WARM = 5, COLD = 2000, LAYERS = 100, DEEP_STEPS = 3 };

static bool denormal(plm_real x)
{
    return fpclassify(x) == FP_SUBNORMAL;
}

static uint64_t mix(uint64_t hash, const void *data, size_t bytes)
{
    const unsigned char *at = data;
    for (size_t i = 0; i < bytes; i++)
        hash = (hash ^ at[i]) * 1099511628211u;
    return hash;
}

/* Fails at a denormal number; joins the bits of the vector to the hash. */
static uint64_t look(uint64_t hash, const plm_real *x, size_t count, const char *vector,
                     const char *what, const char *isa)
{
    for (size_t i = 0; x && i < count; i++)
        if (denormal(x[i]))
            fail_msg("%s, %s: number %zu of %s is %a", what, isa, i, vector, (double)x[i]);
    return x ? mix(hash, x, count * sizeof *x) : hash;
}

static uint64_t look_at_all(const plm_model *m, const char *what, const char *isa)
{
    const plm_parameters_vector *v = &m->vector;
    uint64_t hash = look(14695981039346656037u, v->p, v->length, "the weights", what, isa);
    hash = look(hash, v->g, v->trained, "the gradients", what, isa);
    for (int i = 0; i < PLM_SLOTS; i++)
        hash = look(hash, v->slot[i], v->trained, "a slot", what, isa);
    return look(hash, m->training->average, v->trained, "the average", what, isa);
}

static void step(plm_model *m, plm_real target, plm_real weight, int steps)
{
    float x[ROWS * WIDTH], y[ROWS], weights[ROWS];
    for (int i = 0; i < ROWS * WIDTH; i++)
        x[i] = (float)(i * 7 % 11) / 5 - 1;
    for (int i = 0; i < ROWS; i++) {
        y[i] = (float)target * (float)(i % 3);
        weights[i] = (float)weight;
    }
    const plm_batch b = {.rows = ROWS,
                         .inputs = 1,
                         .targets = 1,
                         .weight = weights,
                         .input = {{x, PLM_F32, 2, {ROWS, WIDTH}}},
                         .target = {{y, PLM_F32, 2, {ROWS, 1}}}};
    for (int i = 0; i < steps; i++)
        assert_int_equal(plm_train_batch(m, &b, NULL, 0), PLM_OK);
}

static void compile(plm_model *m, const char *optimizer)
{
    if (plm_compile(m, optimizer, "mse", NULL) < 0)
        fail_msg("%s: %s", optimizer, plm_last_error(m->w)->what);
}

static plm *open_with(const char *isa)
{
    plm *w = plm_open(PLM_OPTIONS(.isa = isa, .threads = 1, .seed = 3));
    assert_non_null(w);
    return w;
}

/* ---- averages that decay ---- */

static uint64_t decay(const char *optimizer, const char *isa)
{
    plm *w = open_with(isa);
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(%d)", WIDTH);
    plm_add(m, "dense(6, activation=tanh)");
    plm_add(m, "batch_normalization(momentum=0.8)");
    plm_add(m, "dense(1)");
    compile(m, optimizer);
    step(m, 1, 1, WARM);
    step(m, 1, (plm_real)1e-9, WARM);
    step(m, 1, (plm_real)1e-16, WARM);
    step(m, 1, 0, COLD);
    const uint64_t hash = look_at_all(m, optimizer, isa);
    plm_model_free(m);
    plm_close(w);
    return hash;
}

static void decay_everywhere(const char *optimizer)
{
    const uint64_t first = decay(optimizer, "plain");
    for (int i = 0; plm_kernels_name(i); i++)
        if (decay(optimizer, plm_kernels_name(i)) != first)
            fail_msg("%s: %s gives other bits than plain", optimizer, plm_kernels_name(i));
}

static void optimizers_end_at_zero(void **state)
{
    (void)state;
    plm *w = open_with(NULL);
    const plm_family *family = plm_family_find(w, "optimizer");
    assert_non_null(family);
    for (const plm_kind *const *kind = family->kinds; *kind; kind++) {
        decay_everywhere((*kind)->name);
        for (const char *const *text = (*kind)->examples; text && *text; text++)
            decay_everywhere(*text);
    }
    plm_close(w);
}

static void averages_and_decays_end_at_zero(void **state)
{
    (void)state;
    decay_everywhere("sgd(0.1, momentum=0.9, use_ema=true, ema_momentum=0.9)");
    decay_everywhere("sgd(0.1, weight_decay=0.7, use_ema=true, ema_momentum=0.9)");
    decay_everywhere("adam(0.1, weight_decay=1, global_clipnorm=1)");
    decay_everywhere("adam(0.01, clipnorm=1e-3, gradient_accumulation_steps=2)");
}

/* ---- gradients that vanish ---- */

static uint64_t vanish(const char *const *layer, const char *optimizer, const char *isa)
{
    plm *w = open_with(isa);
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(%d)", WIDTH);
    for (int i = 0; i < LAYERS; i++)
        for (const char *const *each = layer; *each; each++)
            plm_add(m, "%s", *each);
    plm_add(m, "dense(1)");
    compile(m, optimizer);
    step(m, 1, 1, DEEP_STEPS);
    const uint64_t hash = look_at_all(m, layer[0], isa);
    plm_model_free(m);
    plm_close(w);
    return hash;
}

/* global_clipnorm keeps the gradients in memory, where they can be looked at. */
static void vanishing_gradients_end_at_zero(void **state)
{
    static const char *const nets[][4] = {
        {"dense(20, activation=sigmoid)"},
        {"dense(20, kernel_initializer=random_normal(stddev=0.02))"},
        {"dense(20)", "activation(hard_sigmoid)"},
        {"dense(20, kernel_initializer=random_normal(stddev=0.02))", "alpha_dropout(0.1)"},
        {"dense(20, kernel_initializer=random_normal(stddev=0.02))", "prelu"},
        {"dense(20, activation=softmax)"},
        {"rescaling(0.1)", "dense(20)"}};
    (void)state;
    for (size_t n = 0; n < sizeof nets / sizeof nets[0]; n++) {
        const uint64_t stored =
            vanish(nets[n], "sgd(0.1, momentum=0.9, global_clipnorm=1)", "plain");
        const uint64_t fused = vanish(nets[n], "adam(0.001)", "plain");
        for (int i = 0; plm_kernels_name(i); i++) {
            const char *isa = plm_kernels_name(i);
            assert_true(vanish(nets[n], "sgd(0.1, momentum=0.9, global_clipnorm=1)", isa) ==
                        stored);
            assert_true(vanish(nets[n], "adam(0.001)", isa) == fused);
        }
    }
}

/* ---- the rule itself ---- */

static void flushes_below_the_limit(void **state)
{
    (void)state;
    assert_true(plm_flushed(PLM_TINY) > 0 && plm_flushed(-PLM_TINY) < 0);
    assert_true(!(plm_flushed(PLM_TINY / 2) > 0) && !(plm_flushed(-PLM_TINY / 2) < 0));
    assert_true(isnan(plm_flushed((plm_real)NAN)) && isinf(plm_flushed((plm_real)INFINITY)));
    assert_true(isnan(plm_square((plm_real)NAN)));
    assert_true(plm_square(PLM_TINY_ROOT) >= PLM_TINY);
    assert_true(!(plm_square(PLM_TINY_ROOT / 2) > 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(flushes_below_the_limit),
                                       cmocka_unit_test(optimizers_end_at_zero),
                                       cmocka_unit_test(averages_and_decays_end_at_zero),
                                       cmocka_unit_test(vanishing_gradients_end_at_zero)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
