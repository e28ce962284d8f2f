/* Numbers with nine digits are written as by printf. */
#include "helper.h"

#include <math.h>
#include <stdio.h>

#include "base/text.h"

/* True if nine digits of a number are written as by printf. */
static bool nine_is_right(plm *w, double value)
{
    char wanted[64];
    plm_text t = {.w = w};
    snprintf(wanted, sizeof wanted, "%.9g", value);
    plm_text_add_nine(&t, value);
    const bool right = strcmp(plm_text_get(&t), wanted) == 0;
    if (!right)
        print_error("%s is written as %s\n", wanted, plm_text_get(&t));
    plm_text_free(&t);
    return right;
}

static void edges_are_those_of_printf(void **state)
{
    static const double edges[] = {0,     -0.0, 1,    -1,     0.1,       0.5,        1e8,
                                   1e9,   1e22, 1e23, 1e-4,   9.9999e-5, 1e-5,       1e-13,
                                   1e-14, 1.5,  100,  5e-324, 123456789, 1234567890, 0.123456789};
    static const double more[] = {999999999.5,
                                  999999999.4,
                                  1e-300,
                                  1e300,
                                  2.5e-10,
                                  1.0 / 3,
                                  1e15 / 3,
                                  INFINITY,
                                  -INFINITY,
                                  1e7 + 0.5,
                                  1.0000000049999999,
                                  1.0000000050000001};
    helper h;
    (void)state;
    helper_open(&h);
    for (size_t i = 0; i < sizeof edges / sizeof *edges; i++)
        assert_true(nine_is_right(&h.w, edges[i]));
    for (size_t i = 0; i < sizeof more / sizeof *more; i++)
        assert_true(nine_is_right(&h.w, more[i]));
    helper_close(&h);
}

static void random_numbers_are_those_of_printf(void **state)
{
    helper h;
    uint64_t s = 1;
    (void)state;
    helper_open(&h);
    for (int i = 0; i < 200000; i++) {
        s = s * 6364136223846793005u + 1442695040888963407u;
        const double x = ldexp((double)(s >> 11), (int)(s % 120) - 100);
        assert_true(nine_is_right(&h.w, i % 2 ? x : -(double)(float)x));
    }
    helper_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edges_are_those_of_printf),
        cmocka_unit_test(random_numbers_are_those_of_printf),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
