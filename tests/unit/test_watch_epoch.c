/* The metrics of one epoch, taken from a history in which it is neither the first nor the last. */
#include "helper.h"

#include <math.h>
#include <string.h>

#include "session/training.h"

static void one_epoch(void **state)
{
    static const char *const name[] = {"epoch", "loss", "val_loss"};
    static double value[] = {1, 0.9, 1.9, 2, 0.5, 1.5, 3, 0.4, 1.6};
    const plm_history rows = {.rows = 3, .columns = 3, .name = name, .value = value};
    plm_run_training *t = calloc(1, sizeof *t);
    (void)state;
    assert_non_null(t);
    for (int epoch = 1; epoch <= 3; epoch++) {
        plm_run_training_take(t, &rows, epoch);
        assert_int_equal(t->logs, 2);
        for (int i = 0; i < 2; i++) {
            assert_string_equal(t->log_name[i], name[i + 1]);
            assert_true(t->value[i] == value[(epoch - 1) * 3 + i + 1]);
        }
    }
    t->logs = 7;
    plm_run_training_take(t, &rows, 4); /* there is no such epoch */
    assert_int_equal(t->logs, 7);
    free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(one_epoch)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
