/* Square roots by multiply-adds, and the steps of Adam that use them, against sqrt and the formulas
 * bit for bit; when they are chosen. */
#include "kernel_support.h"

#include "train/roots.h"
#include "kernel/tiny.h"
#include "plummet.h"

#ifdef PLM_DOUBLE
int main(void)
{
    puts("skipped: the double build has no such kernels");
    return 77;
}
#else

enum { BATCH = 4096 };

/* Compares `count` roots, of the floats with bits from `first` on. */
static void check_roots(const plm_kernels *k, uint32_t first, uint32_t count)
{
    static float x[BATCH], y[BATCH];
    for (uint32_t i = 0; i < count; i++)
        x[i] = float_from_bits(first + i);
    k->root_by_fma(y, x, count);
    for (uint32_t i = 0; i < count; i++)
        if (!same_number(y[i], sqrtf(x[i])))
            fail_msg("%s: the root of %a is %a, not %a", k->isa, (double)x[i], (double)y[i],
                     (double)sqrtf(x[i]));
}

/* All mantissas with both parities of the exponent, then each exponent from that of PLM_TINY on,
 * then 0, infinity and NaN. A root depends on the exponent by its parity alone. */
static void roots_are_exact(void **state)
{
    (void)state;
    for (int index = 0; plm_kernels_name(index); index++) {
        const plm_kernels *k = plm_kernels_find(plm_kernels_name(index));
        if (k->root_by_fma == NULL)
            continue;
        for (uint32_t bits = 0x3F800000; bits < 0x40800000; bits += BATCH)
            check_roots(k, bits, BATCH);
        for (uint32_t exponent = 27; exponent < 255; exponent++) {
            check_roots(k, exponent << 23, BATCH);
            check_roots(k, (exponent << 23 | 0x7FFFFF) - 15, 16);
        }
        check_roots(k, 0, 1);
        check_roots(k, 0x80000000, 1);
        check_roots(k, 0x7F800000, 32);
    }
}

/* The formulas of nn/optimizer/adam.c. */
static void step(float *x, const float *g, float *m, float *v, size_t n, const plm_adam_factors *k)
{
    for (size_t i = 0; i < n; i++) {
        const float slope = plm_flushed(g[i]);
        m[i] = plm_flushed(m[i] + (slope - m[i]) * k->new_1);
        v[i] = plm_flushed(v[i] + (plm_square(g[i]) - v[i]) * k->new_2);
        x[i] -= k->alpha * m[i] / (sqrtf(v[i]) + k->epsilon);
    }
}

static void steps_are_the_same(void **state)
{
    enum { TURNS = 2000 };
    static const plm_adam_factors k = {1e-3f, 1e-7f, 0.1f, 1e-3f};
    dice d = {88172645463325252u};
    (void)state;
    for (int turn = 0; turn < TURNS; turn++) {
        const size_t n = 16 * dice_below(&d, 14);
        float *x = numbers_unit(&d, n), *g = numbers_any(&d, n), *m = numbers_unit(&d, n);
        float *v = numbers_unit(&d, n);
        for (size_t i = 0; i < n; i++) /* some as small as after many steps without a gradient */
            v[i] = dice_below(&d, 4) ? v[i] * v[i] : ldexpf(v[i] * v[i], -96);
        for (int index = 0; plm_kernels_name(index); index++) {
            const plm_kernels *isa = plm_kernels_find(plm_kernels_name(index));
            for (int way = 0; way < 2; way++) {
                plm_adam_step *run = way ? isa->adam_by_fma : isa->adam_by_divider;
                float *x0 = numbers_copy(x, n), *m0 = numbers_copy(m, n), *v0 = numbers_copy(v, n);
                float *x1 = numbers_copy(x, n), *m1 = numbers_copy(m, n), *v1 = numbers_copy(v, n);
                for (int i = 0; i < 3 && run != NULL; i++) {
                    step(x0, g, m0, v0, n, &k);
                    run(x1, g, m1, v1, n, &k);
                }
                assert_same(x1, x0, n, isa->isa, "parameters of Adam");
                assert_same(m1, m0, n, isa->isa, "means of Adam");
                assert_same(v1, v0, n, isa->isa, "squares of Adam");
                free(x0), free(m0), free(v0), free(x1), free(m1), free(v1);
            }
        }
        free(x), free(g), free(m), free(v);
    }
}

/* Chosen with the first Adam, and only where there is something to choose; what the user chose
 * stays. */
static void choice_is_made(void **state)
{
    (void)state;
    for (int index = 0; plm_isa_available(index); index++) {
        const char *isa = plm_isa_available(index);
        plm *w = plm_open(PLM_OPTIONS(.threads = 1, .isa = isa));
        plm_model *m = plm_model_new(w);
        plm_add(m, "input(3)");
        plm_add(m, "dense(2)");
        assert_int_equal(plm_compile(m, "sgd(0.1)", "mse", NULL), PLM_OK);
        assert_int_equal(w->tuning.roots, 0);
        assert_int_equal(plm_compile(m, "adamw(0.1)", "mse", NULL), PLM_OK);
        assert_int_equal(w->tuning.roots != 0, w->kernel->adam_by_fma != NULL);
        plm_model_free(m);
        plm_close(w);
        for (int yes = 0; yes < 2; yes++) {
            w = plm_open(
                PLM_OPTIONS(.threads = 1, .isa = isa, .tuning = yes ? "roots=yes" : "roots=no"));
            plm_roots_choose(w);
            assert_int_equal(w->tuning.roots, yes ? 1 : -1);
            plm_close(w);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roots_are_exact),
        cmocka_unit_test(steps_are_the_same),
        cmocka_unit_test(choice_is_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
#endif
