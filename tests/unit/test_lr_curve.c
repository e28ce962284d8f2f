/* The rules that read a learning rate, on curves made by hand. */
#include "helper.h"

#include <math.h>
#include <string.h>

#include "study/lr_range.h"

enum { STEPS = 400, REACH = STEPS / 50 };

/* A loss over rates from 1e-4 to 1: 2, but for `dip` in the second half of the first steps that a
 * point is a mean of; it falls from 2 to 1 between the steps 200 and 300, and rises to 2 at the
 * end. */
static plm_lr_range *make(double dip)
{
    static double rate[STEPS], loss[STEPS];
    plm_lr_range *t = calloc(1, sizeof *t);
    assert_non_null(t);
    *t = (plm_lr_range){.o = {.from = 1e-4, .to = 1, .steps = STEPS},
                        .done = STEPS,
                        .rate = rate,
                        .loss = loss,
                        .first = 2,
                        .min = 1,
                        .min_at = 300};
    for (int i = 0; i < STEPS; i++) {
        rate[i] = pow(10, -4 + 4.0 * i / (STEPS - 1));
        loss[i] = i > REACH && i <= 2 * REACH ? dip
                  : i < 200                   ? 2
                  : i <= 300                  ? 2 - (i - 200) / 100.0
                                              : 1 + (i - 300) / 100.0;
    }
    return t;
}

static double rate_of(const plm_lr_range *t, const char *key)
{
    for (int i = 0; i < PLM_LR_RULES; i++)
        if (strcmp(t->rule[i].key, key) == 0)
            return t->rule[i].rate;
    fail_msg("no rule %s", key);
    return 0;
}

/* The first points are means of fewer steps: a fall there, however steep, is not the steepest. */
static void test_steepest(void **state)
{
    static const double dip[] = {2, 1};
    (void)state;
    for (int k = 0; k < 2; k++) {
        plm_lr_range *t = make(dip[k]);
        plm_lr_range_evaluate(t);
        assert_int_equal(t->count, STEPS);
        assert_int_equal(t->lowest, 300);
        const double found = rate_of(t, "steepest");
        assert_true(found > t->rate[200] && found < t->rate[300]);
        free(t);
    }
}

/* A loss that never falls has no such rate, nor has a test of too few steps a curve. */
static void test_none(void **state)
{
    (void)state;
    plm_lr_range *t = make(2);
    for (int i = 0; i < STEPS; i++)
        t->loss[i] = 2 + 1e-4 * i;
    t->min = 2;
    t->min_at = 0;
    plm_lr_range_evaluate(t);
    assert_int_equal(t->lowest, 0);
    assert_true(rate_of(t, "steepest") == 0 && rate_of(t, "midway") == 0);
    assert_true(rate_of(t, "minimum_tenth") == 0 && rate_of(t, "valley") == 0);
    free(t);
    for (int done = 4; done <= 5; done++) {
        t = make(2);
        t->done = done;
        plm_lr_range_evaluate(t);
        assert_int_equal(t->count, done < 5 ? 0 : 5);
        free(t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_steepest),
                                       cmocka_unit_test(test_none)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
