/* What errors say: of models, of pipelines, and of calls that lack an argument. Each row holds the
 * status, words of the message and words of the hint. */
#include "model_support.h"

#include "model/model.h"

/* The last error must say this. */
static void check_error(plm *w, const char *given, plm_status status, const char *what,
                        const char *hint)
{
    const plm_error *e = plm_last_error(w);
    if (e->status != status || strstr(e->what, what) == NULL || strstr(e->hint, hint) == NULL)
        fail_msg("%s: status %d, '%s', hint '%s'", given, (int)e->status, e->what, e->hint);
}

static const struct {
    const char *layers, *optimizer, *metrics;
    plm_status status;
    const char *what, *hint;
} models[] = {
    {"input(1000000000, 1000000000, 1000000000)", "sgd", NULL, PLM_E_SHAPE,
     "the input's shape is too large", "use shorter axes"},
    {"input(1000000000) | dense(1000000000)", "sgd", NULL, PLM_E_SHAPE,
     "parameter kernel has too many elements", "use a smaller layer"},
    {"input(4) | dense(3, bias_initializer=orthogonal)", "sgd", NULL, PLM_E_SHAPE,
     "orthogonal is for matrices, not for rank 1", "use glorot_uniform or zeros"},
    {"input(4) | dense(3, bias_initializer=identity)", "sgd", NULL, PLM_E_SHAPE,
     "identity is for matrices, not for rank 1", "use orthogonal"},
    {"input(4) | dense(3, kernel_initializer=random_uniform(minval=0.5, maxval=-0.5))", "sgd", NULL,
     PLM_E_SPEC, "minval 0.5 is above maxval -0.5", "at most maxval"},
    {"input(2) | normalization(method=robust, mean=[1, 2])", "sgd", NULL, PLM_E_SPEC,
     "method=robust computes statistics from the data, but mean is given as well", "leave out one"},
    {"input(2) | normalization(method=robust, variance=[1, 2])", "sgd", NULL, PLM_E_SPEC,
     "but variance is given as well", "leave out one"},
    {"input(2) | normalization(mean=[1, 2, 3], variance=[1, 2, 3])", "sgd", NULL, PLM_E_SHAPE,
     "mean has 3 numbers, but the input has 2 columns", "a number for each column"},
    {"input(2) | random_leaky_relu(lower=0.5, upper=0.1)", "sgd", NULL, PLM_E_SPEC,
     "lower 0.5 is above upper 0.1", "at most upper"},
    {"input(2) | discretization(bin_boundaries=[1, 3, 2])", "sgd", NULL, PLM_E_SPEC,
     "2 follows 3 in bin_boundaries", "ascending order"},
    {"input(2) | discretization(bin_boundaries=[1, 1])", "sgd", NULL, PLM_E_SPEC,
     "1 follows 1 in bin_boundaries", "ascending order"},
    {"input(2, 3) | repeat_vector(4)", "sgd", NULL, PLM_E_SHAPE,
     "repeat takes rows with one axis, not", "put the layer flatten before it"},
    {"input(2, 3) | permute(2, 1, 2)", "sgd", NULL, PLM_E_SHAPE,
     "3 axes are named, but the input has 2 besides the batch", "name each axis once"},
    {"input(2, 3, 4) | permute(2, 1)", "sgd", NULL, PLM_E_SHAPE,
     "2 axes are named, but the input has 3 besides the batch", "name each axis once"},
    {"input(2, 3) | permute(1, 1)", "sgd", NULL, PLM_E_SHAPE,
     "an axis is named twice, or is not one of the 2 axes of the input", "name each axis once"},
    {"input(2, 3) | permute(1, 3)", "sgd", NULL, PLM_E_SHAPE,
     "an axis is named twice, or is not one of the 2 axes of the input", "name each axis once"},
    {"input(1, 1, 1, 1, 1, 1, 1, 2) | embedding(5, 3)", "sgd", NULL, PLM_E_SHAPE,
     "an input of 8 axes cannot get one more axis", "put the layer flatten before it"},
    {"input(1, 1, 1, 1, 1, 1, 1, 2) | category_encoding(5, output_mode=one_hot)", "sgd", NULL,
     PLM_E_SHAPE, "an input of 8 axes cannot get one more axis", "put the layer flatten before it"},
    {"input(4) | dense(3)",
     "adagrad(one_cycle(0.1, steps=10, max_momentum=0.95, min_momentum=0.85))", NULL, PLM_E_SPEC,
     "adagrad has no momentum that one_cycle could change", "or use sgd"},
    {"input(4) | dense(3)", "sgd",
     "[mse, mae, mse, mae, mse, mae, mse, mae, mse, mae, mse, mae, mse, mae, mse, mae, mse]",
     PLM_E_SPEC, "too many metrics", "use at most 16 metrics"},
    {"input(4) | dense(3)",
     "sgd(per_step('1+(1+(1+(1+(1+(1+(1+(1+(1+(1+(1+(1+(1+(1+(1+(1+(1+(1+(1+(1+(1+(1+(1+(1+(1+(1+("
     "1+(1+(1+(1+(1+(1+(1+(1+(1+(1+(1+(1+(1+(1+(1))))))))))))))))))))))))))))))))))))))))'))",
     NULL, PLM_E_SPEC, "the rule is nested too deep", "fewer brackets"},
    {"input(4) | dense(3, kernel_initializer='1')", "sgd", NULL, PLM_E_SPEC,
     "expected the name of a kind of initializer, got 1", "write name or name(key=value)"},
    {"input(4) | dense(3, kernel_initializer='\\'zeros\\'')", "sgd", NULL, PLM_E_SPEC,
     "kernel_initializer must be a spec such as name or name(key=value), got 'zeros'",
     "initial values of the kernel"},
};

static void test_models(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        test_memory memory = {0};
        plm *w = test_open(&memory, NULL);
        plm_model *m = plm_model_new(w);
        plm_add(m, "%s", models[i].layers);
        assert_true(plm_compile(m, models[i].optimizer, "mse", models[i].metrics) < 0);
        check_error(w, models[i].layers, models[i].status, models[i].what, models[i].hint);
        plm_model_free(m);
        test_close(w, &memory);
    }
}

static const struct {
    const char *pipeline;
    plm_status status;
    const char *what, *hint;
} pipelines[] = {
    {"", PLM_E_SPEC, "the pipeline is empty", "begin the pipeline with a source"},
    {"digits | mixup(0.2)", PLM_E_SPEC, "class numbers cannot be mixed", "use one_hot | mixup"},
    {"digits | also_target(target) | also_target(target) | also_target(target) | "
     "also_target(target)",
     PLM_E_SPEC, "the data would have more than 4 targets", "remove one also_target"},
    {"digits | take(9) | take(9) | take(9) | take(9) | take(9) | take(9) | take(9) | take(9) | "
     "take(9) | take(9) | take(9) | take(9) | take(9) | take(9) | take(9) | take(9) | take(9) | "
     "take(9) | take(9) | take(9) | take(9) | take(9) | take(9) | take(9) | take(9) | take(9) | "
     "take(9) | take(9) | take(9) | take(9) | take(9) | take(9) | take(9)",
     PLM_E_SPEC, "the pipeline has more than 32 transforms", "remove some transforms"},
};

static void test_pipelines(void **state)
{
    (void)state;
    test_memory memory = {0};
    plm *w = test_open(&memory, NULL);
    for (size_t i = 0; i < sizeof pipelines / sizeof *pipelines; i++) {
        assert_null(plm_data_open(w, "%s", pipelines[i].pipeline));
        check_error(w, pipelines[i].pipeline, pipelines[i].status, pipelines[i].what,
                    pipelines[i].hint);
    }
    test_close(w, &memory);
}

/* Terms in a row fill the code of a rule before its text is too long. */
static void test_long_rule(void **state)
{
    (void)state;
    char rule[4000] = "sgd(per_step('1";
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    plm_model *m = plm_model_new(w);
    for (int i = 0; i < 600; i++)
        strcat(rule, " + 1");
    strcat(rule, "'))");
    plm_add(m, "input(4) | dense(3)");
    assert_true(plm_compile(m, rule, "mse", NULL) < 0);
    check_error(w, rule, PLM_E_SPEC, "the rule is too long", "write a shorter rule");
    plm_model_free(m);
    test_close(w, &memory);
}

/* What compiles, and fails when it is trained or changed. */
static void test_fits(void **state)
{
    (void)state;
    static const struct {
        const char *observers;
        plm_status status;
        const char *what, *hint;
    } fits[] = {
        {"progress", PLM_E_ORDER, "the runtime has no log function to write to",
         "PLM_OPTIONS(.log = your_function)"},
        {"early_stopping(monitor=mean)", PLM_E_SPEC,
         "'mean' is monitored, but mode=auto cannot know whether higher is better",
         "add mode=max if higher is better, or mode=min"},
    };
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    plm_model *m = plm_model_new(w);
    plm_data *d = plm_data_open(w, "digits | take(20) | batch(10)");
    plm_add(m, "input(64) | dense(1)");
    assert_int_equal(plm_compile(m, "sgd", "mse", "mean"), PLM_OK);
    for (size_t i = 0; i < sizeof fits / sizeof *fits; i++) {
        assert_true(plm_fit(m, d, PLM_FIT(.observers = fits[i].observers)) < 0);
        check_error(w, fits[i].observers, fits[i].status, fits[i].what, fits[i].hint);
    }
    assert_int_equal(plm_fit(m, d, PLM_FIT(.observers = "early_stopping(monitor=mean, mode=max)")),
                     PLM_OK);
    assert_true(plm_model_set_learning_rate_factor(m, "*/bias;*/gamma", 2) < 0);
    check_error(w, "*/bias;*/gamma", PLM_E_SPEC, "'*/bias;*/gamma' has a semicolon",
                "separate patterns by '|'");
    assert_true(plm_model_set_steps(m, 0) < 0);
    check_error(w, "0 steps", PLM_E_SPEC, "a run cannot have 0 steps", "give 1 or more");
    assert_null(plm_data_split(d, "shuffle"));
    check_error(w, "shuffle", PLM_E_SPEC, "shuffle does not split a stream", "split(0.1)");
    plm_data_free(d);
    plm_model_free(m);
    test_close(w, &memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_models), cmocka_unit_test(test_pipelines),
        cmocka_unit_test(test_long_rule), cmocka_unit_test(test_fits)};
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
