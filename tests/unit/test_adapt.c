/* What layers take from the training data: quartiles against a sorted copy, and what is refused. */
#include "data_support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "train/adapt.h"

static int by_size(const void *a, const void *b)
{
    const plm_real x = *(const plm_real *)a, y = *(const plm_real *)b;
    return x < y ? -1 : x > y;
}

/* The number at `share` of a sorted list, as numpy's quantile gives it. */
static double sorted_at(const plm_real *x, size_t count, double share)
{
    const double place = share * (double)(count - 1);
    const size_t k = (size_t)place;
    const double next = (double)x[k + 1 < count ? k + 1 : k];
    return (double)x[k] + (place - (double)k) * (next - (double)x[k]);
}

/* Number i of a list of one of four forms: random, rising, falling, few different values. */
static plm_real number(int form, size_t i, size_t count)
{
    const uint32_t random = (uint32_t)i * 2654435761U;
    switch (form) {
    case 0:
        return (plm_real)(random >> 12) / 1000;
    case 1:
        return (plm_real)i;
    case 2:
        return (plm_real)(count - i);
    default:
        return (plm_real)(random >> 30);
    }
}

static void quartiles_are_those_of_the_sorted_list(void **state)
{
    static plm_real x[1001], sorted[1001];
    (void)state;
    for (int form = 0; form < 4; form++)
        for (size_t count = 1; count <= 1001; count += count < 12 ? 1 : 141) {
            for (size_t i = 0; i < count; i++)
                x[i] = sorted[i] = number(form, i, count);
            qsort(sorted, count, sizeof *sorted, by_size);
            const plm_quartiles q = plm_quartiles_of(x, count);
            const double got[5] = {q.lowest, q.quarter, q.median, q.three_quarters, q.highest};
            for (int k = 0; k < 5; k++)
                assert_true(got[k] == sorted_at(sorted, count, 0.25 * k));
        }
}

/* NaN has no place in an order; the search must end all the same. */
static void quartiles_end_with_nan(void **state)
{
    plm_real x[9] = {3, NAN, 1, NAN, 2, NAN, 5, 4, NAN};
    (void)state;
    (void)plm_quartiles_of(x, 9);
}

/* Compiles `input(3), layer[, dense(1)]` and adapts it. Returns the status. */
static plm_status adapted(plm *w, const char *layer, bool last)
{
    float x[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, y[12] = {0};
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(3)");
    plm_add(m, "%s", layer);
    if (!last)
        plm_add(m, "dense(1)");
    plm_status status = plm_compile(m, "sgd", "mse", "");
    const plm_view given = plm_view_of(x, PLM_F32, 2, (int64_t[]){4, 3});
    const plm_view wanted = plm_view_of(y, PLM_F32, 2, (int64_t[]){4, last ? 3 : 1});
    plm_data *d = plm_data_arrays(w, &given, &wanted, "batch(3)");
    if (status >= 0)
        status = plm_adapt(m, d);
    plm_data_free(d);
    plm_model_free(m);
    return status;
}

static void an_inverse_is_an_output_or_has_numbers(void **state)
{
    plm *w = plm_open(NULL);
    (void)state;
    assert_int_equal(adapted(w, "normalization(invert=true)", true), PLM_OK);
    assert_int_equal(adapted(w, "normalization(invert=true, mean=1, variance=2)", false), PLM_OK);
    assert_int_equal(adapted(w, "normalization(invert=true)", false), PLM_E_SPEC);
    assert_non_null(strstr(plm_last_error(w)->what, "not an output of the model"));
    plm_close(w);
}

/* Columns of a list are whole numbers, exist and are there once. */
static void columns_exist_once(void **state)
{
    static const struct {
        const char *layer, *what;
        plm_status status;
    } cases[] = {
        {"periodic_embedding(columns=[2, 0])", NULL, PLM_OK},
        {"periodic_embedding(columns=[1, 0, 2])", NULL, PLM_OK},
        {"periodic_embedding(columns=[3])", "no column 3: the last axis has 3 columns",
         PLM_E_SHAPE},
        {"periodic_embedding(columns=[1, 1])", "column 1 is named twice", PLM_E_SHAPE},
        {"periodic_embedding(columns=[0.5])", "0.5 is no column", PLM_E_SPEC},
    };
    plm *w = plm_open(NULL);
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(adapted(w, cases[i].layer, false), cases[i].status);
        if (cases[i].what)
            assert_non_null(strstr(plm_last_error(w)->what, cases[i].what));
    }
    plm_close(w);
}

static void lists_fit_the_columns(void **state)
{
    plm *w = plm_open(NULL);
    (void)state;
    assert_int_equal(adapted(w, "normalization(mean=[1, 2])", false), PLM_E_SHAPE);
    assert_non_null(strstr(plm_last_error(w)->what, "mean has 2 numbers"));
    assert_int_equal(adapted(w, "normalization(variance=[1, 2, 3, 4])", false), PLM_E_SHAPE);
    assert_int_equal(adapted(w, "normalization(mean=1, method=robust)", false), PLM_E_SPEC);
    assert_int_equal(adapted(w, "normalization(variance=-1)", false), PLM_E_SPEC);
    assert_int_equal(adapted(w, "dense(3, bias_initializer=constant([1, 2]))", true), PLM_E_SHAPE);
    assert_int_equal(adapted(w, "dense(3, bias_initializer=constant([1, 2, 3]))", true), PLM_OK);
    plm_close(w);
}

/* The distance of the quartiles divides; half of the whole range where it is 0, and 1 where that is
 * 0, too. */
static void a_robust_column_is_divided_by_its_quartiles(void **state)
{
    (void)state;
    float x[] = {0, 0, 3, 0.1F, 0, 3, 0.2F, 0, 3, 0.3F, 0, 3, 10, 4, 3}, y[5] = {0};
    float asked[] = {0.3F, 4, 5}, got[3];
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(3) | normalization(method=robust)");
    assert_int_equal(plm_compile(m, NULL, NULL, NULL), PLM_OK);
    const plm_view given = plm_view_of(x, PLM_F32, 2, (int64_t[]){5, 3});
    const plm_view wanted = plm_view_of(y, PLM_F32, 2, (int64_t[]){5, 1});
    plm_data *d = plm_data_arrays(w, &given, &wanted, "batch(3)");
    assert_int_equal(plm_adapt(m, d), PLM_OK);
    const plm_view in = plm_view_of(asked, PLM_F32, 2, (int64_t[]){1, 3});
    plm_view out = plm_view_of(got, PLM_F32, 2, (int64_t[]){1, 3});
    assert_int_equal(plm_predict(m, &in, &out), PLM_OK);
    const float right[] = {0.5F, 2, 2}; /* 0.1 / 0.2, 4 / 2, (5 - 3) / 1 */
    for (int i = 0; i < 3; i++)
        assert_true(fabsf(got[i] - right[i]) < 1e-5F);
    plm_data_free(d);
    plm_model_free(m);
    plm_close(w);
}

/* Keeps all warnings, a line for each. */
static void keep_warning(void *user, int level, const char *line)
{
    if (level > 0) {
        strcat(user, line);
        strcat(user, "\n");
    }
}

static const struct {
    const char *header, *first, *second, *warning;
} column_tables[] = {
    {"a,b,y", "1,2,0", "3,5,1", ""},
    {"a,b,y", "1,2,0", "1,5,1",
     "column 'a' has the same value in every row, so it is not scaled\n"},
    {"a,b,y", "1,5,0", "1,5,1",
     "columns 'a', 'b' have the same value in every row, so they are not scaled\n"},
    {"a,b,c,y", "1,2,3,0", "1,2,3,1",
     "columns 'a', 'b', 'c' have the same value in every row, so they are not scaled\n"},
    {"a,b,c,d,e,f,y", "0,1,2,3,4,5,0", "9,1,2,3,4,5,1",
     "columns 'b', 'c', 'd' and 2 more have the same value in every row, so they are not "
     "scaled\n"},
    {"a,b,y", "1000000,1e30,0", "1000000.0625,-1e30,1",
     "column 'a' hardly varies (standard deviation 0.031, mean 1e+06), so normalization makes "
     "its noise as large as other columns: leave out the column, or scale it in the data\n"
     "column 'b' varies too much for float32 (standard deviation 1e+30, mean 0), so "
     "normalization makes it 0: divide the column by a power of ten in the data\n"},
    {"a,b,y", "1e30,2000000,0", "-1e30,2000000.125,1", NULL},
    {"a,b,y", "1e30,3e30,0", "-1e30,-3e30,1",
     "columns 'a', 'b' vary too much for float32 (the first: standard deviation 1e+30, mean "
     "0), so normalization makes them 0: divide these columns by a power of ten in the data\n"},
};

/* Columns that cannot be normalized well are named: up to three, and the number of the others. */
static void columns_are_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof column_tables / sizeof *column_tables; i++) {
        char warnings[2000] = "", text[256], data[700];
        plm *w = plm_open(PLM_OPTIONS(.threads = 1, .log = keep_warning, .user = warnings));
        plm_model *m = plm_model_new(w);
        snprintf(text, sizeof text, "%s\n%s\n%s\n", column_tables[i].header, column_tables[i].first,
                 column_tables[i].second);
        snprintf(data, sizeof data, "csv('%s', target=y) | batch(2)",
                 test_write_text("columns.csv", text));
        plm_data *d = plm_data_open(w, "%s", data);
        assert_non_null(d);
        plm_add(m, "input(%d)", (int)strcspn(column_tables[i].header, "y") / 2);
        plm_add(m, "normalization | dense(1)");
        assert_int_equal(plm_compile(m, "sgd", "mse", NULL), PLM_OK);
        assert_int_equal(plm_adapt(m, d), PLM_OK);
        if (column_tables[i].warning != NULL && strcmp(warnings, column_tables[i].warning) != 0)
            fail_msg("%s / %s: '%s'", column_tables[i].first, column_tables[i].second, warnings);
        plm_data_free(d);
        plm_model_free(m);
        plm_close(w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quartiles_are_those_of_the_sorted_list),
        cmocka_unit_test(quartiles_end_with_nan),
        cmocka_unit_test(an_inverse_is_an_output_or_has_numbers),
        cmocka_unit_test(lists_fit_the_columns),
        cmocka_unit_test(columns_exist_once),
        cmocka_unit_test(a_robust_column_is_divided_by_its_quartiles),
        cmocka_unit_test(columns_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
