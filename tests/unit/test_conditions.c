/* Conditions on metrics: each operator below, at and above its limit; what is no condition. */
#include "helper.h"

#include <math.h>
#include <stdio.h>

#include "run/conditions.h"

/* True if the condition holds for accuracy = value. */
static bool holds(const char *condition, double value)
{
    helper h;
    bool hold = false;
    const plm_log log[] = {{"loss", 3}, {"accuracy", value}};
    helper_open(&h);
    const plm_status status = plm_conditions_hold(&h.w, "--assert", condition, log, 2, &hold);
    assert_int_equal(status, hold ? PLM_OK : PLM_E_DATA);
    helper_close(&h);
    return hold;
}

static void operators_at_their_limit(void **state)
{
    static const struct {
        const char *operator;
        bool below, at, above;
    } row[] = {{">=", false, true, true},
               {">", false, false, true},
               {"<=", true, true, false},
               {"<", true, false, false},
               {"==", false, true, false}};
    char text[32];
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        for (int blanks = 0; blanks < 2; blanks++) {
            (void)snprintf(text, sizeof text, blanks ? "accuracy %s 0.5 " : "accuracy%s0.5",
                           row[i].operator);
            assert_int_equal(holds(text, 0.25), row[i].below);
            assert_int_equal(holds(text, 0.5), row[i].at);
            assert_int_equal(holds(text, 0.75), row[i].above);
            assert_false(holds(text, NAN));
        }
}

static void all_must_hold(void **state)
{
    helper h;
    bool hold = true;
    const plm_log log[] = {{"loss", 0.5}, {"accuracy", 0.75}};
    (void)state;
    helper_open(&h);
    assert_int_equal(plm_conditions_hold(&h.w, "--assert", "accuracy>0.7, loss<0.6", log, 2, &hold),
                     PLM_OK);
    assert_true(hold);
    assert_int_equal(plm_conditions_hold(&h.w, "--assert", "accuracy>0.7, loss<0.5", log, 2, &hold),
                     PLM_E_DATA);
    assert_false(hold);
    assert_error(&h.w, PLM_E_DATA, "the condition loss<0.5 does not hold: loss is 0.5", NULL);
    assert_int_equal(plm_conditions_hold(&h.w, "--assert", "acuracy>0.7", log, 2, &hold),
                     PLM_E_SPEC);
    assert_error(&h.w, PLM_E_SPEC, "there is no metric 'acuracy'", "did you mean accuracy?");
    helper_close(&h);
}

static void what_is_no_condition(void **state)
{
    static const char *const bad[] = {"accuracy",     "accuracy>",   ">0.5",       "accuracy>>0.5",
                                      "accuracy=0.5", "accuracy!=1", "accuracy>a", "accuracy>0.5x"};
    helper h;
    (void)state;
    helper_open(&h);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(plm_conditions_check(&h.w, "--assert", bad[i]), PLM_E_SPEC);
        assert_error(&h.w, PLM_E_SPEC, "is not a condition", "operators: >= <= > < ==");
    }
    assert_int_equal(plm_conditions_check(&h.w, "--assert", "a>=1, b<-2.5e3"), PLM_OK);
    assert_int_equal(plm_conditions_check(&h.w, "--assert", NULL), PLM_OK);
    helper_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(operators_at_their_limit),
                                       cmocka_unit_test(all_must_hold),
                                       cmocka_unit_test(what_is_no_condition)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
