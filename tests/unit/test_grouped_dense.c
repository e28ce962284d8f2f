/* Inputs of the highest rank for a layer that has one axis more in between. */
#include "model_support.h"

/* The status of a model whose input has this shape. */
static plm_status built(const char *input)
{
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_model *m = plm_model_new(w);
    plm_add(m, "%s", input);
    plm_add(m, "periodic_embedding");
    plm_add(m, "flatten");
    plm_add(m, "dense(1)");
    const plm_status status = plm_compile(m, "sgd", "mse", NULL);
    plm_model_free(m);
    plm_close(w);
    return status;
}

static void test_rank(void **state)
{
    (void)state;
    assert_int_equal(built("input(3)"), PLM_OK);
    assert_int_equal(built("input(1, 1, 1, 1, 1, 2, 3)"), PLM_OK);
    assert_int_equal(built("input(1, 1, 1, 1, 1, 1, 2, 3)"), PLM_E_SHAPE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rank)};
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
