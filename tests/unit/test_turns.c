/* Which net of several is called the first whose loss was not finite: the one of the earliest
 * epoch, and in that the lowest. The others go on as long as they could come before it. */
#include "helper.h"
#include "session/turns.h"

static void the_first_to_fail(void **state)
{
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_turns *t = plm_turns_open(w, 4, 2);
    (void)state;
    assert_non_null(t);
    for (int k = 0; k < 4; k++)
        assert_false(plm_turns_stopping(t, k, 0));
    plm_turns_fail(t, 2, 5);
    /* in the same epoch a lower one may fail as well, and any one in an epoch before */
    assert_false(plm_turns_stopping(t, 0, 5));
    assert_false(plm_turns_stopping(t, 1, 5));
    assert_false(plm_turns_stopping(t, 3, 4));
    assert_true(plm_turns_stopping(t, 3, 5));
    assert_true(plm_turns_stopping(t, 0, 6));
    /* one that fails later does not count */
    plm_turns_fail(t, 3, 5);
    plm_turns_fail(t, 0, 6);
    assert_false(plm_turns_stopping(t, 1, 5));
    assert_true(plm_turns_stopping(t, 3, 5));
    plm_turns_fail(t, 1, 5);
    assert_false(plm_turns_stopping(t, 0, 5));
    assert_true(plm_turns_stopping(t, 2, 5));
    plm_turns_fail(t, 3, 2);
    assert_true(plm_turns_stopping(t, 0, 5));
    assert_false(plm_turns_stopping(t, 2, 2));
    plm_turns_stop(t);
    assert_true(plm_turns_stopping(t, 0, 0));
    plm_turns_close(t);
    plm_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_to_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
