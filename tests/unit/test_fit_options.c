/* Each option of a fit that makes no sense is refused before the first step, and named. */
#include "nn_support.h"

static float ones[4] = {1, 1, 1, 1};

static plm_status count_moment(void *self, plm_run *run, const plm_event *e)
{
    (void)run;
    (void)e;
    ++*(int *)self;
    return PLM_OK;
}

/* What plm_fit says to these options; the weights must stay as they are. */
static void refuse(const plm_fit_options *o, const char *word)
{
    plm *w = open_runtime(NULL);
    plm_model *m = plm_model_new(w);
    const plm_view rows = {ones, PLM_F32, 2, {4, 1}};
    plm_data *d = plm_data_arrays(w, &rows, &rows, NULL);
    float before[1], after[1];
    plm_add(m, "input(1)");
    plm_add(m, "dense(1, use_bias=false)");
    assert_int_equal(plm_compile(m, "sgd(0.1)", "mse", NULL), PLM_OK);
    assert_int_equal(plm_parameter_read(m, 0, before), PLM_OK);
    assert_int_equal(plm_fit(m, d, o), PLM_E_SPEC);
    if (strstr(plm_last_error(w)->what, word) == NULL)
        fail_msg("'%s' lacks %s", plm_last_error(w)->what, word);
    assert_int_equal(plm_parameter_read(m, 0, after), PLM_OK);
    assert_memory_equal(before, after, sizeof before);
    plm_data_free(d);
    plm_model_free(m);
    plm_close(w);
}

static void options(void **state)
{
    int told = 0;
    const plm_observer mine = {.on_event = count_moment, .self = &told};
    const float weight[2] = {1, 1};
    (void)state;
    refuse(PLM_FIT(.epochs = -1, .extra = &mine, .extras = 1), "epochs is -1");
    refuse(PLM_FIT(.initial_epoch = -2, .extra = &mine, .extras = 1), "initial_epoch is -2");
    refuse(PLM_FIT(.validation_freq = -3, .extra = &mine, .extras = 1), "validation_freq is -3");
    refuse(PLM_FIT(.checkpoint_epochs = -4, .extra = &mine, .extras = 1),
           "checkpoint_epochs is -4");
    refuse(PLM_FIT(.extras = 1), "extra is NULL");
    refuse(PLM_FIT(.extra = &mine, .extras = -1), "extras is -1");
    refuse(PLM_FIT(.classes = 2), "class_weight is NULL");
    refuse(PLM_FIT(.class_weight = weight, .classes = -1), "classes is -1");
    assert_int_equal(told, 0);
}

static void keep_warning(void *user, int level, const char *line)
{
    if (level == 1)
        snprintf(user, 200, "%s", line);
}

/* A target that is the same in every row is warned of as a fit begins, but not where it goes on. */
static void targets_that_do_not_vary(void **state)
{
    (void)state;
    for (int64_t first = 0; first < 2; first++) {
        char line[200] = "";
        plm *w = plm_open(PLM_OPTIONS(.threads = 1, .log = keep_warning, .user = line));
        plm_model *m = plm_model_new(w);
        const plm_view rows = {ones, PLM_F32, 2, {4, 1}};
        plm_data *d = plm_data_arrays(w, &rows, &rows, NULL);
        plm_add(m, "input(1)");
        plm_add(m, "dense(1)");
        assert_int_equal(plm_compile(m, "sgd(0.1)", "mse", NULL), PLM_OK);
        assert_int_equal(plm_fit(m, d, PLM_FIT(.epochs = 2, .initial_epoch = first)), PLM_OK);
        if ((strstr(line, "is 1 in every row") != NULL) != (first == 0))
            fail_msg("from epoch %d: '%s'", (int)first, line);
        plm_data_free(d);
        plm_model_free(m);
        plm_close(w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(options),
                                       cmocka_unit_test(targets_that_do_not_vary)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
