/* Paired comparisons: mean, standard error, interval, and what counts as proven. */
#include "helper.h"

#include <math.h>

#include "study/paired.h"

/* Differences 1, 2, 3: mean 2, standard error 1 / sqrt(3), t of 2 degrees of freedom 4.303. */
static void interval(void **state)
{
    const double first[] = {0, 0, 0}, second[] = {1, 2, 3};
    const plm_paired p = plm_paired_compare(3, first, second);
    (void)state;
    assert_int_equal(p.pairs, 3);
    assert_true(fabs(p.mean - 2) < 1e-12);
    assert_true(fabs(p.error - 1 / sqrt(3)) < 1e-12);
    assert_true(fabs(p.high - (2 + 4.303 / sqrt(3))) < 1e-9);
    assert_true(fabs(p.low - (2 - 4.303 / sqrt(3))) < 1e-9);
    /* more than two standard errors, but the interval has 0 in it */
    assert_false(plm_paired_proves(&p, 0.01));
}

/* The same gain with every seed is certain, unless it is too small or a loss. */
static void certain(void **state)
{
    const double first[] = {0.5, 0.6, 0.7}, better[] = {0.8, 0.9, 1.0};
    plm_paired p = plm_paired_compare(3, first, better);
    (void)state;
    assert_true(plm_paired_proves(&p, 0.01));
    assert_false(plm_paired_proves(&p, 0.31));
    p = plm_paired_compare(3, better, first);
    assert_false(plm_paired_proves(&p, 0.01));
    p = plm_paired_compare(3, first, first);
    assert_false(plm_paired_proves(&p, 0.01));
}

/* One pair says nothing of the spread; none says nothing at all. */
static void few(void **state)
{
    const double first[] = {0}, second[] = {1};
    plm_paired p = plm_paired_compare(1, first, second);
    (void)state;
    assert_true(isnan(p.error) && isnan(p.low));
    assert_false(plm_paired_proves(&p, 0));
    p = plm_paired_compare(0, first, second);
    assert_false(plm_paired_proves(&p, 0));
}

/* Eight pairs, the most: t of 7 degrees of freedom is 2.365. */
static void most(void **state)
{
    const double first[PLM_PAIRS] = {0}, second[PLM_PAIRS] = {1, 0, 1, 0, 1, 0, 1, 0};
    const plm_paired p = plm_paired_compare(PLM_PAIRS, first, second);
    (void)state;
    assert_true(fabs(p.mean - 0.5) < 1e-12);
    assert_true(fabs(p.error - sqrt(2.0 / 7 / 8)) < 1e-12);
    assert_true(fabs(p.high - p.mean - 2.365 * p.error) < 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(interval),
        cmocka_unit_test(certain),
        cmocka_unit_test(few),
        cmocka_unit_test(most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
