/* The weights of classes in a focal loss: one for all, or one for each class. */
#include "helper.h"

#include <math.h>

enum { CLASSES = 3 };

/* The loss of one row of class k whose prediction is uniform; below 0 = the status of compiling. */
static double loss_of(plm *w, const char *loss, int k)
{
    float x[2] = {0}, y[CLASSES] = {0};
    plm_log log = {0};
    y[k] = 1;
    const plm_view in = {x, PLM_F32, 2, {1, 2}}, out = {y, PLM_F32, 2, {1, CLASSES}};
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(2)");
    plm_add(m, "dense(%d, activation=softmax)", CLASSES);
    const plm_status status = plm_compile(m, "sgd", loss, NULL);
    plm_data *d = plm_data_arrays(w, &in, &out, NULL);
    if (status >= 0)
        assert_int_equal(plm_evaluate(m, d, &log, 1), PLM_OK);
    plm_data_free(d);
    plm_model_free(m);
    return status < 0 ? (double)status : log.value;
}

static void a_number_for_each_class_or_one(void **state)
{
    static const double alpha[CLASSES] = {0.5, 1, 4};
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    for (int k = 0; k < CLASSES; k++) {
        const double one = loss_of(w, "categorical_focal_crossentropy(alpha=1)", k);
        assert_true(one > 0);
        const double each = loss_of(w, "categorical_focal_crossentropy(alpha=[0.5, 1, 4])", k),
                     two = loss_of(w, "categorical_focal_crossentropy(alpha=[2])", k);
        assert_true(fabs(each - alpha[k] * one) < 1e-5 && fabs(two - 2 * one) < 1e-5);
    }
    assert_true(loss_of(w, "categorical_focal_crossentropy(alpha=[1, 2])", 0) == PLM_E_SHAPE);
    assert_error(w, PLM_E_SHAPE, "a single number, or a number for each class", NULL);
    assert_true(loss_of(w, "categorical_focal_crossentropy(alpha=[1, 2, 3, 4])", 0) == PLM_E_SHAPE);
    plm_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_number_for_each_class_or_one)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
