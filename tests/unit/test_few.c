/* Copies and clearings of few numbers, of every size up to beyond the largest: only these numbers
 * change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "op/few.h"

enum { MOST = 2 * PLM_FEW + 3 };

/* Fills x[MOST + 1] with numbers that are all different from 0 and from those of another begin. */
static void fill(plm_real *x, int begin)
{
    for (int i = 0; i <= MOST; i++)
        x[i] = (plm_real)(begin + i);
}

static void test_copy(void **state)
{
    plm_real from[MOST + 1], to[MOST + 1];
    (void)state;
    fill(from, 1);
    for (int count = 0; count <= MOST; count++) {
        fill(to, 1000);
        plm_few_copy(to, from, (size_t)count);
        for (int i = 0; i <= MOST; i++)
            assert_int_equal((int)to[i], i < count ? 1 + i : 1000 + i);
    }
}

static void test_clear(void **state)
{
    plm_real to[MOST + 1];
    (void)state;
    for (int count = 0; count <= MOST; count++) {
        fill(to, 1000);
        plm_few_clear(to, (size_t)count);
        for (int i = 0; i <= MOST; i++)
            assert_int_equal((int)to[i], i < count ? 0 : 1000 + i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_copy), cmocka_unit_test(test_clear)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
