/* The epoch that is shown as the best one is that whose weights were kept. */
#include "helper.h"

#include <math.h>
#include <string.h>

#include "assess/epochs.h"
#include "show/epoch_line.h"

/* The metric, and whether higher is better, by the text of the observers. */
static void test_monitor(void **state)
{
    static const struct {
        const char *observers, *name;
        bool larger;
    } rows[] = {
        {NULL, "val_loss", false},
        {"", "val_loss", false},
        {"csv_logger(a.csv)", "val_loss", false},
        {"best_weights", "val_loss", false},
        {"best_weights()", "val_loss", false},
        {"best_weights(monitor=val_calibrated)", "val_calibrated", false},
        {"csv_logger(a.csv), best_weights(monitor=val_calibrated)", "val_calibrated", false},
        {"best_weights(mode=max, monitor=val_f1)", "val_f1", true},
        {"best_weights(monitor=val_mae, mode=min)", "val_mae", false},
        {"best_weights(monitor=val_auc)", "val_auc", true},
        {"best_weights(val_accuracy)", "val_accuracy", true},
        {"best_weights(monitor='val_acc')", "val_acc", true},
        {"best_weights(monitor=val_side_mean_squared_error)", "val_side_mean_squared_error", false},
        {"best_weights(monitor=val_side_loss)", "val_side_loss", false},
        {"best_weights(monitor=val_mine)", "val_loss", false},         /* direction unknown */
        {"early_stopping(monitor=val_calibrated)", "val_loss", false}, /* restores nothing */
        {"EarlyStopping(monitor='val_accuracy', restore_best_weights=True)", "val_accuracy", true},
        {"early_stopping(val_f1, 0.01, 5, 0, max, restore_best_weights=true)", "val_f1", true},
        {"best_weights(monitor=val_mae), early_stopping(monitor=val_auc, restore_best_weights=1)",
         "val_auc", true},
        {"early_stopping(monitor=val_auc, restore_best_weights=1), best_weights(monitor=val_mae)",
         "val_auc", true},
        {"best_weights(monitor=val_calibrated", "val_loss", false}}; /* no end */
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const plm_epochs_monitor m = plm_epochs_monitor_of(w, rows[i].observers);
        assert_string_equal(m.name, rows[i].name);
        assert_int_equal(m.larger, rows[i].larger);
    }
    plm_close(w);
}

/* A history in which each metric has another best epoch. */
static void test_row(void **state)
{
    static const char *const name[] = {"epoch", "val_loss", "val_calibrated", "val_f1_score"};
    static const double value[] = {1, .5, .9, .1, 2, .2, .8, .3, 3, .3, .1, .2};
    const plm_history h = {.columns = 4, .rows = 3, .name = name, .value = value};
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    (void)state;
    assert_int_equal(plm_epochs_kept(w, &h, "", 0), 1);
    assert_int_equal(plm_epochs_kept(w, &h, "best_weights(monitor=val_calibrated)", 0), 2);
    assert_int_equal(plm_epochs_kept(w, &h, "best_weights(monitor=val_f1, mode=max)", 0), 1);
    assert_int_equal(plm_epochs_kept(w, &h, "best_weights(monitor=val_f1, mode=min)", 0), 0);
    assert_int_equal(plm_epochs_kept(w, &h, "best_weights(monitor=val_gone, mode=min)", 0), 1);
    assert_int_equal(plm_epochs_kept(w, &h, "best_weights(monitor=val_f1_score)", 0), 1);
    /* the last value is better, but not by enough; the first two epochs do not count */
    assert_int_equal(plm_epochs_kept(w, &h, "best_weights(val_calibrated, min_delta=0.75)", 0), 2);
    assert_int_equal(plm_epochs_kept(w, &h, "best_weights(val_calibrated, min_delta=0.85)", 0), 0);
    assert_int_equal(
        plm_epochs_kept(w, &h, "early_stopping(restore_best_weights=1, start_from_epoch=2)", 0), 2);
    /* a resume has changed the loss after epoch 2, or after the last epoch */
    assert_int_equal(plm_epochs_kept(w, &h, "", 2), 2);
    assert_int_equal(plm_epochs_kept(w, &h, "best_weights(monitor=val_f1, mode=min)", 1), 2);
    assert_int_equal(plm_epochs_kept(w, &h, "", 3), -1);
    plm_close(w);
}

/* The star of the lines that epochs print. */
static void test_star(void **state)
{
    static const double loss[] = {.5, .2, .3, .4}, f1[] = {.1, .1, .3, .2};
    static const bool by_loss[] = {true, true, false, false}, by_f1[] = {true, false, true, false};
    (void)state;
    plm_epoch_lines a = {.best = INFINITY}, b = {.best = INFINITY};
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    b.monitor = plm_epochs_monitor_of(w, "best_weights(monitor=val_f1_score)");
    plm_close(w);
    for (int i = 0; i < 4; i++) {
        const plm_log log[] = {{.name = "val_loss", .value = loss[i]},
                               {.name = "val_f1", .value = f1[i]}};
        const plm_event e = {.log = log, .logs = 2};
        double seconds = 0;
        assert_int_equal(plm_epoch_lines_take(&a, &e, &seconds), by_loss[i]);
        assert_int_equal(plm_epoch_lines_take(&b, &e, &seconds), by_f1[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_monitor), cmocka_unit_test(test_row),
                                       cmocka_unit_test(test_star)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
