/* Ids that an embedding or an encoding does not have are an error, in training and prediction,
 * before anything is computed; what lies between the input and the layer may only move them. */
#include "data_support.h"

#include <math.h>
#include <string.h>

#include "model/model.h"

/* A compiled model with input(4), the layers and a dense layer. */
static plm_model *model_of(plm *w, const char *layers)
{
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(4)");
    plm_add(m, "%s", layers);
    plm_add(m, "flatten | dense(1)");
    assert_int_equal(plm_compile(m, "sgd", "mse", ""), PLM_OK);
    return m;
}

/* Predicts and trains on 20 rows of 1, 2, 0, 1 whose row 13 ends with `last`. Both must agree. */
static plm_status run(plm *w, const char *layers, float last, plm_dtype dtype)
{
    float x[80], y[20] = {0};
    int64_t whole[80];
    plm_model *m = model_of(w, layers);
    for (int i = 0; i < 80; i++) {
        x[i] = (float)((i % 4 + 1) % 3);
        whole[i] = (int64_t)x[i];
    }
    x[13 * 4 + 3] = last;
    whole[13 * 4 + 3] = (int64_t)last;
    const plm_view in =
        plm_view_of(dtype == PLM_F32 ? (void *)x : (void *)whole, dtype, 2, (int64_t[]){20, 4});
    plm_view out = plm_view_of(y, PLM_F32, 2, (int64_t[]){20, 1});
    plm_error_record error;
    const plm_status status = plm_predict_with_error(m, 1, &in, 1, &out, &error);
    assert_int_equal(error.status, status);
    plm_batch b = {.rows = 20, .inputs = 1, .targets = 1, .input = {in}, .target = {out}};
    if (dtype == PLM_F32)
        assert_int_equal(plm_train_batch(m, &b, NULL, 0), status);
    if (status < 0)
        assert_non_null(strstr(error.what, "whole numbers from 0 to 2"));
    plm_model_free(m);
    return status;
}

static void ids_are_checked(void **state)
{
    const char *const layers[3] = {"embedding(3, 2)", "category_encoding(3)",
                                   "reshape(2, 2) | permute(2, 1) | embedding(3, 2)"};
    plm *w = plm_open(NULL);
    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(run(w, layers[i], 2, PLM_F32), PLM_OK);
        assert_int_equal(run(w, layers[i], 3, PLM_F32), PLM_E_DATA);
        assert_int_equal(run(w, layers[i], -1, PLM_F32), PLM_E_DATA);
        assert_int_equal(run(w, layers[i], 0.5F, PLM_F32), PLM_E_DATA);
        assert_int_equal(run(w, layers[i], (float)NAN, PLM_F32), PLM_E_DATA);
        assert_int_equal(run(w, layers[i], 2, PLM_I64), PLM_OK);
        assert_int_equal(run(w, layers[i], 3, PLM_I64), PLM_E_DATA);
    }
    plm_close(w);
}

/* Two layers read the same input: the smaller number of ids holds. Numbers that are computed, and
 * inputs of other layers, may be anything. */
static void the_smaller_table_holds(void **state)
{
    plm *w = plm_open(NULL);
    plm_model *m = plm_model_new(w);
    (void)state;
    plm_add(m, "input(4, name=x)");
    plm_add(m, "embedding(9, 2, name=a) <- x");
    plm_add(m, "embedding(5, 2, name=b) <- x");
    plm_add(m, "add(name=c) <- a b");
    plm_add(m, "input(3, name=z)");
    plm_add(m, "discretization([0, 1]) | embedding(2, 4) | flatten(name=d)");
    plm_add(m, "flatten(name=e) <- c");
    plm_add(m, "concatenate() <- d e");
    if (plm_compile(m, "sgd", "mse", "") < 0)
        fail_msg("%s: %s", plm_last_error(w)->where, plm_last_error(w)->what);
    assert_int_equal(m->ids[0], 5);
    assert_int_equal(m->ids[1], 0);
    plm_model_free(m);
    plm_close(w);
}

/* An id that a net computes and the table does not have gives NaN, never memory of others. */
static void computed_ids_give_nan(void **state)
{
    plm *w = plm_open(NULL);
    plm_model *m = model_of(w, "discretization([0, 1]) | embedding(2, 4)");
    float x[4] = {-1, 0.5F, 2, 0}, y = 0;
    const plm_view in = plm_view_of(x, PLM_F32, 2, (int64_t[]){1, 4});
    plm_view out = plm_view_of(&y, PLM_F32, 2, (int64_t[]){1, 1});
    (void)state;
    assert_int_equal(plm_predict(m, &in, &out), PLM_OK);
    assert_true(y != y);
    plm_model_free(m);
    plm_close(w);
}

static void specs_are_checked(void **state)
{
    const struct {
        const char *layer, *what;
    } bad[] = {{"discretization([])", "no bin_boundaries"},
               {"discretization([1, 1])", "1 follows 1"},
               {"integer_lookup([])", "vocabulary is empty"},
               {"integer_lookup([1, 2.5])", "not a whole number"},
               {"integer_lookup([3, 1, 3])", "3 twice"},
               {"embedding(3, 2, mask_zero=true)", "mask_zero"}};
    plm *w = plm_open(NULL);
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        plm_model *m = plm_model_new(w);
        plm_add(m, "input(4)");
        plm_add(m, "%s", bad[i].layer);
        assert_true(plm_compile(m, "sgd", "", "") < 0);
        if (strstr(plm_last_error(w)->what, bad[i].what) == NULL)
            fail_msg("%s: %s", bad[i].layer, plm_last_error(w)->what);
        plm_model_free(m);
    }
    plm_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_checked),
        cmocka_unit_test(the_smaller_table_holds),
        cmocka_unit_test(computed_ids_give_nan),
        cmocka_unit_test(specs_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
