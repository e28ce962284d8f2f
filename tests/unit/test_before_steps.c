/* What the doctor says before a net has made a step, and how it scales the columns that it compares
 * rows by. */
#include "helper.h"
#include "plummet_doctor.h"

#include <math.h>
#include <string.h>

#include "doctor/neighbours.h"

/* A diagnosis whose fit ends before its first step says nothing of steps. */
static void a_fit_without_steps_is_no_training(void **state)
{
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(64) | rescaling(1/16) | dense(30, activation=relu) | "
               "dense(10, activation=softmax)");
    assert_int_equal(plm_compile(m, "adam", "sparse_categorical_crossentropy", "accuracy"), PLM_OK);
    plm_data *d = plm_data_open(w, "digits | shuffle | batch(32)");
    plm_diagnosis *g = plm_doctor(m, d, PLM_DOCTOR(.rules = "vanishing_gradient, dead_units"));
    const plm_observer observer = plm_diagnosis_observer(g);
    const plm_fit_options fit = *PLM_FIT(.epochs = 1, .extra = &observer, .extras = 1);
    plm_fit_options none = fit;
    none.epochs = PLM_NO_EPOCHS;
    assert_non_null(strstr(plm_diagnosis_text(g, 80), "the data and the untrained net look"));
    assert_int_equal(plm_fit(m, d, &none), PLM_OK);
    assert_non_null(strstr(plm_diagnosis_text(g, 80), "the data and the untrained net look"));
    assert_int_equal(plm_fit(m, d, &fit), PLM_OK);
    assert_non_null(
        strstr(plm_diagnosis_text(g, 80), "the data, the net and its first steps look"));
    plm_diagnosis_free(g);
    plm_data_free(d);
    plm_model_free(m);
    plm_close(w);
}

/* A column counts in standard deviations; one with outliers in 1.5 times its median distance, and
 * at most 5 of these; one that does not vary not at all. */
static void columns_are_scaled(void **state)
{
    plm_data_column column[] = {
        {.mean = 4, .deviation = 2, .median = 3, .spread = 1, .min = -1, .max = 9},
        {.mean = 4, .deviation = 2, .median = 3, .spread = 2, .min = -1, .max = 900},
        {.mean = 4, .deviation = 2, .median = 3, .spread = 2, .min = -1, .max = 900},
        {.mean = 4, .deviation = 0, .median = 4, .spread = 0, .min = 4, .max = 4},
    };
    const plm_data_facts f = {.columns = 4, .column = column};
    const float row[] = {7, 9, 900, 4};
    float out[4];
    (void)state;
    plm_neighbours_scale(&f, row, out);
    assert_true(fabsf(out[0] - 1.5f) < 1e-6f); /* (7 - 4) / 2 */
    assert_true(fabsf(out[1] - 2) < 1e-6f);    /* (9 - 3) / (1.5 * 2) */
    assert_true(fabsf(out[2] - 5) < 1e-6f);
    assert_true(out[3] == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_fit_without_steps_is_no_training),
                                       cmocka_unit_test(columns_are_scaled)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
