/* A model reads new rows in the notation of its training: the order of day and month, and the
 * decimal mark. */
#include "data_support.h"

#include "data/typed.h"

/* Opens the column x of a file as a model of another file reads it. Returns its number in row 0;
 * -1 = the file is refused. */
static double number_by(plm *w, const char *training, const char *text)
{
    const char *schema = NULL;
    plm_arena arena = {.w = w};
    double out = -1;
    plm_data *d =
        plm_data_open(w, "table('%s', target=y)", test_write_text("notation.csv", training));
    assert_non_null(d);
    assert_int_equal(plm_data_schema(d, &arena, &schema), PLM_OK);
    const plm_known_columns known = {.schema = schema};
    plm_data *p = plm_data_open_known(w, &known, "table('%s')", test_write_text("rows.csv", text));
    if (p) {
        const plm_typed *t = p->source->state;
        out = t->store.column[t->place[0]].number[0];
    }
    plm_data_free(p);
    plm_data_free(d);
    plm_arena_free(&arena);
    return out;
}

/* Other rows of a file do not change how a cell is read: a row that contradicts the dates of the
 * training is refused. */
static void the_model_has_the_order_of_dates(void **state)
{
    static const char us[] = "x,y\n01/02/2023,1.5\n01/14/2023,2\n02/20/2023,3\n03/04/2023,5\n";
    static const char iso[] = "x,y\n2023-01-02,1.5\n2023-01-14,2\n2023-02-20,3\n2023-03-04,5\n";
    const double may = plm_cell_read("2024-05-02").value[PLM_FORMAT_YMD],
                 february = plm_cell_read("2024-02-05").value[PLM_FORMAT_YMD];
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    (void)state;
    assert_true(number_by(w, us, "x\n05/02/2024\n") == may);
    assert_true(number_by(w, us, "x\n2024-05-02\n") == may);
    assert_true(number_by(w, us, "x\n05/02/2024\n13/02/2024\n") == -1);
    test_error(w, PLM_E_DATA,
               "line 3, column 'x': '13/02/2024' is not a date written as month/day");
    assert_true(number_by(w, us, "x\n05/02/2024\nsoon\n") == -1);
    test_error(w, PLM_E_DATA, "line 3, column 'x': 'soon' is not a date");
    assert_true(number_by(w, us, "x\n20240502\n") == -1);
    test_error(w, PLM_E_DATA, "line 2, column 'x': 20240502 is not a date");
    assert_true(number_by(w, iso, "x\n2024-05-02\n20240502\n") == -1);
    test_error(w, PLM_E_DATA, "line 3, column 'x': 20240502 is not a date");
    assert_true(number_by(w, iso, "x\n05/02/2024\n13/02/2024\n") == february);
    assert_true(number_by(w, iso, "x\n05/02/2024\n03/02/2024\n") == -1);
    test_error(w, PLM_E_DATA, "such as '05/02/2024', may be day/month or month/day");
    test_close(w, &memory);
}

/* The same for the decimal mark. */
static void the_model_has_the_decimal_mark(void **state)
{
    static const char point[] = "x;y\n1,234.5;1.5\n2.25;2\n7,000;3\n12;5\n";
    static const char comma[] = "x;n;y\n1.234,5;1;1\n2,25;2;2,5\n7.000;3;3\n12;5;5\n";
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    (void)state;
    assert_true(number_by(w, point, "x;z\n1,234;1\n") == 1234);
    assert_true(number_by(w, point, "x;z\n1,234;1\n1,5;1\n") == -1);
    test_error(w, PLM_E_DATA, "line 3, column 'x': '1,5' is not a number with a decimal point");
    assert_true(number_by(w, comma, "x;n\n1,234;1\n") == 1.234);
    assert_true(number_by(w, comma, "x;n\n1.234;1,5\n") == 1234);
    assert_true(number_by(w, comma, "x;n\n1.234;1\n1.5;1\n") == -1);
    test_error(w, PLM_E_DATA, "line 3, column 'x': 1.5 is not a number with a decimal comma");
    test_close(w, &memory);
}

/* Returns the sum of the numbers of column x in the table of a training. */
static double sum_of(plm *w, const char *spec, const char *text)
{
    double sum = 0;
    plm_data *d = plm_data_open(w, spec, test_write_text("said.csv", text));
    const plm_typed *t = d ? d->source->state : NULL;
    for (int64_t i = 0; t && i < t->store.rows; i++)
        sum += t->store.column[0].number[i];
    plm_data_free(d);
    return t ? sum : -1;
}

/* The format that the user gives decides in the training, too, also for numbers whose texts are not
 * kept at first. */
static void the_user_has_the_last_word(void **state)
{
    static const char rows[] = "x,y\n2.749,1.5\n401,2\n1.000,3\n-12.050,5\n";
    static const char turned[] = "x;y\n2,749;1.5\n401;2\n1,000;3\n-12,050;5\n";
    static const char comma[] = "table('%s', target=y, columns='x=decimal_comma')";
    static const char point[] = "table('%s', target=y, columns='x=decimal_point')";
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    (void)state;
    assert_true(sum_of(w, comma, rows) == 2749 + 401 + 1000 - 12050);
    assert_true(sum_of(w, point, rows) == 2.749 + 401 + 1 - 12.05);
    assert_true(sum_of(w, point, turned) == 2749 + 401 + 1000 - 12050);
    assert_true(sum_of(w, comma, turned) == 2.749 + 401 + 1 - 12.05);
    assert_true(sum_of(w, comma, "x,y\n2.749,1.5\n401.5,2\n3,4\n5,6\n") == -1);
    test_error(w, PLM_E_DATA, "line 3, column 'x': 401.5 is not a number with a decimal comma");
    assert_true(sum_of(w, point, "x,y\n\"1,5\",1.5\n401.5,2\n3,4\n5,6\n") == -1);
    test_error(w, PLM_E_DATA, "line 2, column 'x': '1,5' is not a number");
    test_close(w, &memory);
}

/* 2.749 beside 401 is 2749, as no decimals are so; other numbers and other columns decide, too. */
static void small_numbers_tell_thousands(void **state)
{
    static const char table[] = "table('%s', target=y)";
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    (void)state;
    assert_true(sum_of(w, table, "x;y\n2.749;1\n401;2\n-1.500;3\n50;4\n") ==
                2749 + 401 - 1500 + 50);
    assert_true(sum_of(w, table, "x,y\n2.749,1\n401,2\n-1.500,3\n50,4\n") ==
                2749 + 401 - 1500 + 50);
    assert_true(sum_of(w, table, "x,y\n2.000,1\n50,2\n3.000,3\n60,4\n70,5\n") == 5180);
    assert_true(sum_of(w, table, "x,y\n2.749,1\n50,2\n3.001,3\n60,4\n") == 2.749 + 50 + 3.001 + 60);
    assert_true(sum_of(w, table, "x,y\n2.749,1\n401,2\n1.500,3\n1001,4\n") ==
                2.749 + 401 + 1.5 + 1001);
    assert_true(sum_of(w, table, "x,y\n2.749,1\n401,2\n1.5,3\n7,4\n") == 2.749 + 401 + 1.5 + 7);
    assert_true(sum_of(w, table, "x,y\n2.749,1\n401,2\n1.500,3.5\n7,4\n") == 2.749 + 401 + 1.5 + 7);
    assert_true(sum_of(w, table, "x;y\n2,749;1\n401;2\n1,500;3\n7;4\n") == 2749 + 401 + 1500 + 7);
    assert_true(sum_of(w, table, "x;y\n2,749;1\n3;2\n1,500;3\n7;4\n") == 2.749 + 3 + 1.5 + 7);
    test_close(w, &memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_model_has_the_order_of_dates),
        cmocka_unit_test(the_model_has_the_decimal_mark),
        cmocka_unit_test(the_user_has_the_last_word),
        cmocka_unit_test(small_numbers_tell_thousands),
    };
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
