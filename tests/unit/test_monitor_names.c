/* Names of metrics as code of Keras writes them: an observer understands each name of the kind that
 * a metric of the run has, and no other. */
#include "callback_support.h"

#include <stdio.h>
#include <string.h>

/* A fit of one epoch of a net with one sigmoid, which is compiled with `metrics`. */
static plm_status fit(plm *w, const char *metrics, const char *observers)
{
    plm_data *d = arrays(w), *rest = arrays(w);
    plm_model *m = net(w);
    assert_int_equal(plm_compile(m, "adam", "binary_crossentropy", metrics), PLM_OK);
    const plm_status status =
        plm_fit(m, d, PLM_FIT(.epochs = 1, .validation = rest, .observers = observers));
    plm_model_free(m);
    plm_data_free(d);
    plm_data_free(rest);
    return status;
}

static void names_of_one_kind(void **state)
{
    static const struct {
        const char *metrics, *monitor;
        bool known;
    } rows[] = {
        {"accuracy", "val_accuracy", true},
        {"accuracy", "val_acc", true},
        {"accuracy", "acc", true},
        {"accuracy", "val_binary_accuracy", true},
        {"accuracy", "val_sparse_categorical_accuracy", false}, /* it is of another kind */
        {"accuracy", "val_categorical_accuracy", false},
        {"acc", "val_accuracy", true},
        {"BinaryAccuracy", "val_binary_accuracy", true},
        {"binary_accuracy(name=right)", "val_accuracy", true},
        {"accuracy, binary_accuracy", "val_binary_accuracy", true}, /* exactly this name */
        {"accuracy, binary_accuracy", "val_acc", false},            /* which of the two? */
        {"mse", "val_mean_squared_error", true},
        {"mean_squared_error", "val_mse", true},
        {"MeanAbsoluteError", "val_mean_absolute_error", true},
        {"mae", "mean_absolute_error", true},
        {"mse", "val_mae", false},
        {"AUC", "val_auc", true},
        {"precision([0.2, 0.8])", "val_precision", false}, /* it has two values */
        {"mse", "val_loss", true},
    };
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[200];
        snprintf(text, sizeof text, "early_stopping(monitor='%s', mode=min)", rows[i].monitor);
        const plm_status status = fit(w, rows[i].metrics, text);
        if (status != (rows[i].known ? PLM_OK : PLM_E_SPEC))
            fail_msg("%s, %s: %d", rows[i].metrics, text, (int)status);
        if (!rows[i].known)
            assert_non_null(strstr(plm_last_error(w)->what, "but the metrics are loss, "));
    }
    plm_close(w);
}

/* mode=auto knows the direction of the metric that is meant, and what is watched is its value. */
static void other_names_decide_alike(void **state)
{
    static const char *const monitors[] = {"val_accuracy", "val_acc", "val_binary_accuracy"};
    int64_t best[3];
    (void)state;
    for (int i = 0; i < 3; i++) {
        plm *w = plm_open(PLM_OPTIONS(.threads = 1));
        plm_data *d = arrays(w), *rest = arrays(w);
        plm_model *m = net(w);
        plm_fit_result result;
        char text[100];
        snprintf(text, sizeof text, "best_weights(monitor=%s)", monitors[i]);
        assert_int_equal(plm_fit(m, d,
                                 PLM_FIT(.epochs = 12, .validation = rest, .observers = text,
                                         .result = &result)),
                         PLM_OK);
        best[i] = result.best_epoch;
        plm_model_free(m);
        plm_data_free(d);
        plm_data_free(rest);
        plm_close(w);
    }
    assert_true(best[0] > 1);
    assert_int_equal(best[1], best[0]);
    assert_int_equal(best[2], best[0]);
}

/* A class of Keras gives its values the name of its kind. */
static void classes_in_the_logs(void **state)
{
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_data *d = arrays(w);
    plm_model *m = net(w);
    plm_log log[4];
    (void)state;
    assert_int_equal(plm_compile(m, "adam", "bce", "BinaryAccuracy(), keras.metrics.AUC(), mse"),
                     PLM_OK);
    assert_int_equal(plm_evaluate(m, d, log, 4), PLM_OK);
    assert_string_equal(log[1].name, "binary_accuracy");
    assert_string_equal(log[2].name, "auc");
    assert_string_equal(log[3].name, "mse");
    plm_model_free(m);
    plm_data_free(d);
    plm_close(w);
}

/* A typing error gets the nearest name. */
static void nearest_name(void **state)
{
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    (void)state;
    assert_int_equal(fit(w, "accuracy", "early_stopping(monitor=val_accurcy)"), PLM_E_SPEC);
    assert_string_equal(plm_last_error(w)->hint, "did you mean val_accuracy?");
    plm_close(w);
}

/* A file name of another format is an error before the first step. */
static void endings_of_other_formats(void **state)
{
    static const struct {
        const char *observer, *hint;
    } rows[] = {
        {"ModelCheckpoint('best.keras')", "'best.safetensors'"},
        {"checkpoint('a.b/n-{epoch:02d}.h5')", "'a.b/n-{epoch:02d}.safetensors'"},
        {"ModelCheckpoint('m.weights.h5', save_weights_only=True)", "'m.safetensors'"},
    };
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(fit(w, "accuracy", rows[i].observer), PLM_E_SPEC);
        assert_non_null(strstr(plm_last_error(w)->what, "a checkpoint is a safetensors file"));
        assert_non_null(strstr(plm_last_error(w)->hint, rows[i].hint));
    }
    plm_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_one_kind), cmocka_unit_test(other_names_decide_alike),
        cmocka_unit_test(classes_in_the_logs), cmocka_unit_test(nearest_name),
        cmocka_unit_test(endings_of_other_formats)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
