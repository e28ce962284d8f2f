/* What a repair would change: for each fault, the changes of the run file, key by key. Names,
 * arrows, repetitions and other arguments of the user's texts stay as they are. */
#include "model_support.h"
#include "helper.h"

#include <stdio.h>
#include <string.h>

#include "repair/changes.h"
#include "repair/layer_edits.h"
#include "run/runfile.h"

static const char deep[] = "input(4), 3 * dense(40, activation=sigmoid, name=a) | dropout(0.1), "
                           "dense(30, sigmoid) <- a, dense(3, activation=softmax) | softmax";

/* A fault in a run, and the changes that are tried: "key=value; key=value" and a line end each. */
typedef struct {
    const char *code, *model, *optimizer, *data;
    const char *key, *value; /* a remedy of the finding, or NULL */
    const char *wanted;
    int classes, width; /* of the target; 0 = it is a number */
} fault;

static const char two[] = "input(4), dense(8, activation=relu, bias_initializer=ones), dense(3)";
static const char strong[] = "dense(8, kernel_regularizer=l2(1)), dense(8), dense(3)";
static const char mixed[] = "dense(8), dropout(0.2), dense(8, relu) | alpha_dropout(0.1), "
                            "dense(9, activation=linear), keras.layers.Dense(3, activation=none)";

static const fault faults[] = {
    /* all hidden layers, and not the last dense layer; other parts of an item stay */
    {"G101", deep, "sgd", "digits", NULL, NULL,
     "model.1=3 * dense(40, name=a, activation=selu, kernel_initializer=lecun_normal) | "
     "dropout(0.1); "
     "model.2=dense(30, selu, kernel_initializer=lecun_normal) <- a\n"
     "model.1=3 * dense(40, name=a, activation=relu, kernel_initializer=he_normal) | dropout(0.1); "
     "model.2=dense(30, relu, kernel_initializer=he_normal) <- a\n"
     "model.1=3 * dense(40, activation=sigmoid, name=a) | batch_normalization | dropout(0.1); "
     "model.2=dense(30, sigmoid) <- a | batch_normalization\n",
     0, 0},
    {"G102", two, "sgd(0.1)", "digits", NULL, NULL,
     "model.1=dense(8, activation=relu, bias_initializer=ones, kernel_initializer=he_normal)\n"
     "optimizer=sgd(0.1, clipnorm=1)\n"
     "model.1=dense(8, activation=relu, bias_initializer=ones) | batch_normalization\n",
     0, 0},
    {"G102", two, "sgd(0.1, clipnorm=5)", "digits", NULL, NULL,
     "model.1=dense(8, activation=relu, bias_initializer=ones, kernel_initializer=he_normal)\n"
     "model.1=dense(8, activation=relu, bias_initializer=ones) | batch_normalization\n",
     0, 0},
    {"G103", two, "sgd", "digits", NULL, NULL,
     "model.1=dense(8, activation=relu)\n"
     "model.1=dense(8, activation=relu, bias_initializer=ones, kernel_initializer=he_normal)\n"
     "model.1=dense(8, bias_initializer=ones, activation=leaky_relu, "
     "kernel_initializer=he_normal)\n",
     0, 0},
    {"G104", two, "sgd", "digits", NULL, NULL,
     "model.1=dense(8, activation=relu, bias_initializer=ones, kernel_initializer=he_normal)\n"
     "model=[input(4), normalization, dense(8, activation=relu, bias_initializer=ones), "
     "dense(3)]\n",
     0, 0},
    {"G110", two, "sgd", "digits", NULL, NULL,
     "optimizer=adam(0.001)\n"
     "optimizer=sgd(clipnorm=1)\n"
     "model=[input(4), normalization, dense(8, activation=relu, bias_initializer=ones), "
     "dense(3)]\n",
     0, 0},
    {"G110", two, "adam(0.001)", "digits", NULL, NULL,
     "optimizer=adam(0.001)\n"
     "optimizer=adam(0.001, clipnorm=1)\n"
     "model=[input(4), normalization, dense(8, activation=relu, bias_initializer=ones), "
     "dense(3)]\n",
     0, 0},
    {"O403", strong, "sgd", "digits", NULL, NULL,
     "model.0=dense(8, kernel_regularizer=l2(0.0001))\n", 0, 0},
    {"S302", mixed, "sgd", "digits", NULL, NULL, "", 0, 0},
    {"S303", mixed, "sgd", "digits", NULL, NULL,
     "model.0=dense(8, kernel_initializer=glorot_uniform); model.2=dense(8, relu, "
     "kernel_initializer=he_normal) | alpha_dropout(0.1); model.3=dense(9, activation=linear, "
     "kernel_initializer=glorot_uniform)\n",
     0, 0},
    {"S305", two, "sgd(9)", "digits", NULL, NULL, "optimizer=adam(0.001)\n", 0, 0},
    {"S308", two, "sgd(0.1, clipnorm=1e-9)", "digits", NULL, NULL, "optimizer=sgd(0.1)\n", 0, 0},
    {"S308", two, "sgd(0.1)", "digits", NULL, NULL, "", 0, 0},
    {"S308", two, NULL, "digits", NULL, NULL, "", 0, 0},
    {"D202", two, "sgd", "digits", NULL, NULL,
     "model=[input(4), normalization, dense(8, activation=relu, bias_initializer=ones), "
     "dense(3)]\n",
     0, 0},
    {"D202", "dense(3)", "sgd", "digits", NULL, NULL, "model=[normalization, dense(3)]\n", 0, 0},
    {"D202", "[rescaling(1/16), flatten, rescaling(1/255), dense(3)]", "sgd", "digits", NULL, NULL,
     "model.2=normalization\n", 0, 0},
    {"D202", "input(4) | dense(3)", "sgd", "digits", NULL, NULL, "", 0, 0},
    {"D203", two, "sgd", "digits", NULL, NULL,
     "model=[input(4), dense(8, activation=relu, bias_initializer=ones), dense(3), "
     "normalization(invert=true)]\n",
     0, 0},
    {"D212", two, "sgd", "digits | batch(8) | cache", NULL, NULL,
     "data=digits | shuffle | batch(8) | cache\n", 0, 0},
    {"D212", two, "sgd", "csv('a|b.csv')", NULL, NULL, "data=csv('a|b.csv') | shuffle\n", 0, 0},
    {"D212", two, "sgd", "digits | batch(8)", NULL, NULL, "data=digits | shuffle | batch(8)\n", 0,
     0},
    {"S309", two, "sgd", "digits | shuffle | batch(1) | cache", NULL, NULL,
     "data=digits | shuffle | batch(32) | cache\n", 0, 0},
    {"S309", two, "sgd", "batch.csv", NULL, NULL, "data=batch.csv | batch(32)\n", 0, 0},
    {"S309", two, "sgd", "digits", NULL, NULL, "data=digits | batch(32)\n", 0, 0},
    {"S301", deep, "sgd", "digits", NULL, NULL,
     "model.3=dense(3, activation=sigmoid) | softmax; loss=binary_crossentropy\n", 2, 1},
    {"S301", deep, "sgd", "digits", NULL, NULL, "loss=sparse_categorical_crossentropy\n", 3, 1},
    {"S301", deep, "sgd", "digits", NULL, NULL, "loss=categorical_crossentropy\n", 2, 2},
    {"S301", "flatten", "sgd", "digits", NULL, NULL, "loss=mean_squared_error\n", 0, 0},
    {"S300", "input(4), 2 * dense(8, activation=rellu)", "rellu(0.1)", "digits", "",
     "did you mean relu, elu or selu?",
     "model.1=2 * dense(8, activation=relu); optimizer=relu(0.1)\n", 0, 0},
    {"S300", "input(4), dense(8, activation=rellu)", "sgd", "digits", "",
     "did you mean selu or relu?", "model.1=dense(8, activation=selu)\n", 0, 0},
    {"S300", "input(4), dense(8, activation=rellu)", "sgd", "digits", "",
     "did you mean the layer relu?", "", 0, 0},
    {"S300", "input(4), dense(8, activation=rellu)", "sgd", "digits", "", "write relu", "", 0, 0},
    {"S300", "input(4), dense(8, activation=elu)", "sgd", "digits", "", "did you mean relu?", "", 0,
     0},
    {"S301", deep, "sgd", "digits", NULL, NULL,
     "model.3=dense(3, activation=linear) | softmax; loss=mean_squared_error\n", 0, 0},
    {"S300", "input(4), dense(8, activation=rellu)", "sgd", "digits", "", "did you mean relu?",
     "model.1=dense(8, activation=relu)\n", 0, 0},
    {"Q999", two, "sgd", "digits", NULL, NULL, "", 0, 0},
    /* remedies of the finding */
    {"G101", two, "sgd", "digits", "model.1", "dense(8, activation=tanh)",
     "model.1=dense(8, bias_initializer=ones, activation=tanh, kernel_initializer=glorot_uniform)\n"
     "model.1=dense(8, bias_initializer=ones, activation=selu, kernel_initializer=lecun_normal)\n"
     "model.1=dense(8, activation=relu, bias_initializer=ones) | batch_normalization\n",
     0, 0},
    {"O401", mixed, "sgd", "digits", "model.1", "dropout(0.5)", "model.1=dropout(0.5)\n", 0, 0},
    {"O401", mixed, "sgd", "digits", "model.1", "dropout(rate=0.5)", "model.1=dropout(0.5)\n", 0,
     0},
    {"O401", mixed, "sgd", "digits", "model.9", "dropout(rate=0.5)", "", 0, 0},
    {"O401", mixed, "sgd", "digits", "model.x", "dropout(rate=0.5)", "", 0, 0},
    {"O401", mixed, "sgd", "digits", "model.1", "dense(8)", "model.1=dense(8)\n", 0, 0},
    {"S301", two, "sgd", "digits", "model.2", "dense(3, activation=softmax)",
     "model.2=dense(3, activation=softmax)\n"
     "model.2=dense(3, activation=linear); loss=mean_squared_error\n",
     0, 0},
    {"S302", mixed, "sgd", "digits", "model.0", "dense(8, activation=relu)",
     "model.0=dense(8, activation=relu)\n", 0, 0},
    {"S302", mixed, "sgd", "digits", "model.1", "identity", "model.1=identity\n", 0, 0},
    {"S310", two, "sgd", "digits", "unfreeze", "*", "unfreeze=*\n", 0, 0},
    {"S303", mixed, "sgd", "digits", "model", "[dense(3)]",
     "model=[dense(3)]\n"
     "model.0=dense(8, kernel_initializer=glorot_uniform); model.2=dense(8, relu, "
     "kernel_initializer=he_normal) | alpha_dropout(0.1); model.3=dense(9, activation=linear, "
     "kernel_initializer=glorot_uniform)\n",
     0, 0},
    {"S305", two, "sgd", "digits", "optimizer", "sgd(0.5)",
     "optimizer=sgd(0.5)\n"
     "optimizer=adam(0.001)\n",
     0, 0},
    {"S305", two, "sgd", "digits", "optimizer", "adam(0.001)", "optimizer=adam(0.001)\n", 0, 0},
    {"S305", two, "sgd", "digits", "epochs", "9", "optimizer=adam(0.001)\n", 0, 0},
    {"S305", two, "sgd", "digits", "loss", "mse",
     "loss=mse\n"
     "optimizer=adam(0.001)\n",
     0, 0},
    {"S305", two, "sgd", "digits", "class_weight", "balanced",
     "class_weight=balanced\n"
     "optimizer=adam(0.001)\n",
     0, 0},
};

/* Adds a change to what was found. */
static void add_change(plm_text *t, const plm_change *c)
{
    for (int i = 0; i < c->sets; i++)
        plm_text_format(t, "%s%s=%s", i > 0 ? "; " : "", c->set[i].key, c->set[i].value);
    plm_text_add(t, "\n");
}

/* Gives the diagnosis rows whose target has these classes, or one column for each. */
static plm_data *add_rows(plm *w, plm_diagnosis *d, plm_job *job, const fault *f)
{
    enum { ROWS = 24 };
    static float x[ROWS], y[ROWS * 2];
    for (int i = 0; i < ROWS; i++) {
        x[i] = (float)(i * 7 % 11);
        y[i] = f->classes > 0 ? (float)(i % f->classes) : (float)i / 7;
    }
    for (int i = 0; i < 2 * ROWS && f->width > 1; i++)
        y[i] = i % 4 == 0 || i % 4 == 3;
    const plm_view in = {.data = x, .dtype = PLM_F32, .rank = 2, .dims = {ROWS, 1}};
    const plm_view out = {.data = y,
                          .dtype = PLM_F32,
                          .rank = f->width > 1 ? 2 : 1,
                          .dims = {ROWS, f->width > 1 ? f->width : 0}};
    plm_data *data = plm_data_arrays(w, &in, &out, "batch(8)");
    assert_non_null(data);
    assert_int_equal(plm_data_get_info(data, &job->about), PLM_OK);
    assert_int_equal(plm_diagnosis_data(d, data, NULL), PLM_OK);
    return data;
}

/* Opens the settings with the keys of the run. */
static void give_keys(plm_settings *s, plm *w, const fault *f)
{
    char line[1024];
    const char *const given[][2] = {
        {"model", f->model}, {"optimizer", f->optimizer}, {"data", f->data}};
    assert_int_equal(plm_settings_open(s, w, plm_run_keys), PLM_OK);
    for (size_t i = 0; i < 3; i++) {
        if (given[i][1] == NULL)
            continue;
        snprintf(line, sizeof line, "%s=%s", given[i][0], given[i][1]);
        assert_int_equal(plm_settings_override(s, line), PLM_OK);
    }
}

static void check(const fault *f)
{
    test_memory memory = {0};
    plm *w = test_open(&memory, NULL);
    plm_settings s;
    plm_job job = {0};
    plm_examined e = {.settings = &s, .job = &job};
    give_keys(&s, w, f);
    plm_arena a = {.w = w};
    plm_text t = {.w = w};
    plm_change c[PLM_REPAIR_CHANGES];
    assert_int_equal(plm_diagnosis_open(w, NULL, NULL, &e.diagnosis), PLM_OK);
    plm_data *data = add_rows(w, e.diagnosis, &job, f);
    const plm_remedy remedy = {.key = f->key, .value = f->value};
    const plm_finding finding = {.code = f->code,
                                 .key = "",
                                 .what = "unknown activation 'rellu'",
                                 .remedies = f->key != NULL,
                                 .remedy = &remedy};
    int count = -1;
    assert_int_equal(plm_changes_find(&a, &e, &finding, c, &count), PLM_OK);
    for (int i = 0; i < count; i++)
        add_change(&t, &c[i]);
    if (strcmp(plm_text_get(&t), f->wanted) != 0)
        fail_msg("%s of %s:\n%s, not\n%s", f->code, f->model, plm_text_get(&t), f->wanted);
    plm_diagnosis_free(e.diagnosis);
    plm_data_free(data);
    plm_text_free(&t);
    plm_arena_free(&a);
    plm_settings_free(&s);
    test_close(w, &memory);
}

static void changes_of_faults(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        check(&faults[i]);
}

/* Each block of memory fails in turn: that is told, and no change gets lost in silence. */
static plm_status changes_without_memory(plm *w)
{
    static const struct {
        const char *code, *given;
        int changes;
    } work[] = {{"G101", "model=dense(8, relu) | dropout(0.1), dense(3) <- a b", 2},
                {"G102", "optimizer=sgd(0.1)", 1},
                {"D202", "model=input(4), dense(3)", 1},
                {"S309", "data=digits | batch(1)", 1},
                {"S300", "model=dense(8, rellu), dense(3)", 2},
                {"O401", "model=dropout(0.2), dense(8)", 1}};
    const plm_remedy remedies[] = {{.key = "", .value = "did you mean relu?"},
                                   {.key = "model.0", .value = "dropout(0.5)"},
                                   {.key = "loss", .value = "mse"}};
    plm_status status = PLM_OK;
    for (size_t i = 0; i < sizeof work / sizeof *work && status >= 0; i++) {
        plm_settings s;
        plm_arena a = {.w = w};
        plm_change c[PLM_REPAIR_CHANGES];
        const plm_examined e = {.settings = &s};
        const plm_finding f = {.code = work[i].code,
                               .key = "",
                               .what = "unknown activation 'rellu'",
                               .remedies = i < 4 ? 0 : 6 - (int)i,
                               .remedy = i == 4 ? remedies : remedies + 1};
        int count = 0;
        status = plm_settings_open(&s, w, plm_run_keys);
        if (status >= 0)
            status = plm_settings_override(&s, work[i].given);
        if (status >= 0)
            status = plm_changes_find(&a, &e, &f, c, &count);
        if (status >= 0)
            if (count != work[i].changes)
                fail_msg("%s: %d changes, not %d", work[i].code, count, work[i].changes);
        plm_arena_free(&a);
        plm_settings_free(&s);
    }
    return status;
}

static void memory_runs_out(void **state)
{
    (void)state;
    assert_survives_failed_memory(changes_without_memory);
}

/* Faults of the rows are not repaired, but for scales and the order of rows. */
static void rows_are_left_alone(void **state)
{
    (void)state;
    static const struct {
        const char *code, *key;
        bool refused;
    } rows[] = {{"D201", "data", true},  {"D202", "data", false}, {"D203", "data", false},
                {"D212", "data", false}, {"D212", "", true},      {"D209", "", true},
                {"G101", "", false},     {"S301", "loss", false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(
            plm_change_is_refused(&(plm_finding){.code = rows[i].code, .key = rows[i].key}),
            rows[i].refused);
}

/* The same change sets the same keys to the same values, and no others. */
static void the_same_change(void **state)
{
    (void)state;
    const plm_change one = {.sets = 1, .set = {{.key = "loss", .value = "mse"}}},
                     both = {.sets = 2,
                             .set = {{.key = "loss", .value = "mse"},
                                     {.key = "optimizer", .value = "sgd"}}},
                     key = {.sets = 1, .set = {{.key = "optimizer", .value = "mse"}}},
                     value = {.sets = 1, .set = {{.key = "loss", .value = "mae"}}};
    assert_true(plm_change_is_same(&one, &one) && plm_change_is_same(&both, &both));
    assert_false(plm_change_is_same(&one, &both) || plm_change_is_same(&both, &one));
    assert_false(plm_change_is_same(&one, &key) || plm_change_is_same(&one, &value));
}

/* A change has room for so many keys; one more is refused. */
static void the_most_keys(void **state)
{
    (void)state;
    plm_change c = {0};
    for (int i = 0; i < PLM_CHANGE_SETS; i++)
        assert_int_equal(plm_change_set(&c, "loss", "mse"), PLM_OK);
    assert_int_equal(plm_change_set(&c, "loss", "mse"), PLM_E_UNSUPPORTED);
    assert_int_equal(c.sets, PLM_CHANGE_SETS);
    assert_int_equal(plm_change_set(&(plm_change){0}, NULL, "mse"), PLM_E_MEMORY);
    assert_int_equal(plm_change_set(&(plm_change){0}, "loss", NULL), PLM_E_MEMORY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(changes_of_faults), cmocka_unit_test(memory_runs_out),
        cmocka_unit_test(rows_are_left_alone), cmocka_unit_test(the_same_change),
        cmocka_unit_test(the_most_keys)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
