/* CSV: what is read, and how every fault is told with its row, line and column. */
#include "data_support.h"

#include <stdio.h>
#include <string.h>

/* Opens text as a file with the given arguments and reads it whole. */
static test_rows read_text(plm *w, const char *text, const char *arguments)
{
    const char *path = test_write_text("table.csv", text);
    plm_data *d = plm_data_open(w, "csv('%s'%s)", path, arguments);
    if (!d)
        fail_msg("%s: %s (%s)", text, plm_last_error(w)->what, plm_last_error(w)->where);
    test_rows r = test_read(d, 0);
    assert_int_equal(r.end, PLM_END);
    plm_data_free(d);
    return r;
}

/* The table is [1, 2 -> 3], [4, 5 -> 6], however it is written. */
static void check_six(plm *w, const char *text, const char *arguments)
{
    test_rows r = read_text(w, text, arguments);
    const float x[4] = {1, 2, 4, 5}, y[2] = {3, 6};
    if (r.rows != 2 || r.width[0] != 2 || r.width[1] != 1 || memcmp(r.x, x, sizeof x) ||
        memcmp(r.y, y, sizeof y))
        fail_msg("%lld rows of %zu from: %s", (long long)r.rows, r.width[0], text);
    test_forget(&r);
}

static void one_table_in_many_ways(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    check_six(w, "1,2,3\n4,5,6\n", "");
    check_six(w, "1,2,3\n4,5,6", "");
    check_six(w, "1,2,3\r\n4,5,6\r\n", "");
    check_six(w, "1,2,3\r4,5,6\r", "");
    check_six(w,
              "\xEF\xBB\xBF"
              "1,2,3\n4,5,6\n",
              "");
    check_six(w,
              "\xEF\xBB\xBF"
              "a,b,c\n1,2,3\n4,5,6\n",
              "");
    check_six(w, "\n\n1,2,3\n\n  \n4,5,6\n\n\n", "");
    check_six(w, "a,b,c\n1,2,3\n4,5,6\n", "");
    check_six(w, "a,b,c\n1,2,3\n4,5,6\n", ", target=c, header=true");
    check_six(w, "a,c,b\n1,3,2\n4,6,5\n", ", target=c");
    check_six(w, "A Name,\"the, \"\"target\"\"\",b\n1,3,2\n4,6,5\n", ", target='the, \"target\"'");
    check_six(w, "3,1,2\n6,4,5\n", ", target=0");
    check_six(w, "3,1,2\n6,4,5\n", ", target=-3");
    check_six(w, "1;2;3\n4;5;6\n", "");
    check_six(w, "1\t2\t3\n4\t5\t6\n", "");
    check_six(w, "1|2|3\n4|5|6\n", "");
    check_six(w, "  1   2 3  \n4 5\t6 \n", "");
    check_six(w, "1 2 3\n4 5 6\n", ", delimiter=space");
    check_six(w, "1x2x3\n4x5x6\n", ", delimiter=x");
    check_six(w, "1;2;3\n4;5;6\n", ", delimiter=';'");
    check_six(w, "\"1\",\"2\",\"3\"\n\"4\",\"5\",\"6\"\n", "");
    check_six(w, " 1 , 2 ,3\n4 ,\t5, 6 \n", "");
    check_six(w, "1e0,+2,30e-1\n4.0,.5e1,6.\n", "");
    check_six(w, "7,7,7\n1,2,3\n4,5,6\n", ", header=true");
    check_six(w, "# a remark\nanother\n1,2,3\n4,5,6\n", ", skip=2");
    check_six(w, "\"a\nb\",c,d\n1,2,3\n4,5,6\n", "");
    test_clean();
    test_close(w, &m);
}

static void targets(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    test_rows r = read_text(w, "a,b,c,d\n1,2,3,4\n5,6,7,8\n", ", target=[d, 'a']");
    assert_int_equal(r.width[0], 2);
    assert_int_equal(r.width[1], 2);
    assert_true(r.x[0] == 2 && r.x[1] == 3 && r.y[0] == 4 && r.y[1] == 1 && r.y[2] == 8 &&
                r.y[3] == 5);
    test_forget(&r);
    r = read_text(w, "1,2,3,4\n5,6,7,8\n", ", target=(0, -1)");
    assert_true(r.x[2] == 6 && r.y[2] == 5 && r.y[3] == 8);
    test_forget(&r);
    r = read_text(w, "1,2,3,4\n5,6,7,8\n", ", target=none");
    assert_int_equal(r.width[0], 4);
    assert_null(r.y);
    test_forget(&r);
    r = read_text(w, "1\n2\n3\n", ", target=none");
    assert_int_equal(r.rows, 3);
    assert_int_equal(r.width[0], 1);
    test_forget(&r);
    test_clean();
    test_close(w, &m);
}

static void numbers_are_exact(void **state)
{
    (void)state;
    static const char *const text[] = {"0.1",
                                       "-0.1",
                                       "3.4028234e38",
                                       "1.17549435e-38",
                                       "16777217",
                                       "0.30000001192092896",
                                       "123456789012345678",
                                       "1e-50",
                                       "-0",
                                       "1.000000059604644775390625"};
    static const float number[] = {0.1f,     -0.1f, 3.4028234e38f,         1.17549435e-38f,
                                   16777216, 0.3f,  123456789012345678.0f, 0,
                                   -0.0f,    1.0f};
    test_memory m;
    plm *w = test_open(&m, NULL);
    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++) {
        test_rows r = read_text(w, text[i], ", target=none");
        assert_memory_equal(&r.x[0], &number[i], sizeof(float));
        test_forget(&r);
    }
    test_clean();
    test_close(w, &m);
}

static const struct {
    const char *text, *arguments, *part;
    plm_status status;
} faults[] = {
    {"", "", "the file is empty", PLM_E_DATA},
    {"\n\n\n", "", "the file is empty", PLM_E_DATA},
    {"a,b\n", "", "after the header", PLM_E_DATA},
    {"1,2,3\n4,5\n", "", "line 2: row 2 has 2 cells, but the first row has 3", PLM_E_DATA},
    {"a,b\n1,2\n\n3,4,5\n", "", "line 4: row 2 has 3 cells, but the header has 2", PLM_E_DATA},
    {"1,2\n3,\n", "", "row 2 (line 2), column 1", PLM_E_DATA},
    {"1,2\n3,\n", "", "the cell is empty", PLM_E_DATA},
    {"a,b\n1,2\n3,x y\n", "", "row 2 (line 3), column 'b'", PLM_E_DATA},
    {"a,b\n1,2\n3,x y\n", "", "'x y' is not a number", PLM_E_DATA},
    {"a,b\n1,2\nx y,3\n", "", "write a number into the cell", PLM_E_DATA},
    {"a,b\n1,yes\n", ", target=b", "write classes as 0, 1, 2", PLM_E_DATA},
    {"a;b\n1;2\n3;0,5\n", "", "decimals with a point", PLM_E_DATA},
    {"a,a,b\n1,2,3\n", ", target=a", "columns 0 and 1 are both called 'a'", PLM_E_SPEC},
    {"a,b\n\"1\n\",2\n3,x\n", "", "row 1 (line 2), column 'a'", PLM_E_DATA},
    {"a,\"b\r\"\r1,2\r3,x\r", "", "row 2 (line 4)", PLM_E_DATA},
    {"a,\"b\r\n\"\r\n1,2\r\n3,x\r\n", "", "row 2 (line 4)", PLM_E_DATA},
    {"a,b\n1,NaN\n", "", "the cell is NaN", PLM_E_DATA},
    {"a,b\n1,-inf\n", "", "row 1 (line 2), column 'b'", PLM_E_DATA},
    {"a,b\n1,-inf\n", "", "infinite", PLM_E_DATA},
    {"a,b\n1,1e39\n", "", "too large for float32", PLM_E_DATA},
    {"a,b\n1,\"2\n", "", "line 2: the quote that opens here is never closed", PLM_E_FORMAT},
    {"a,b\n1,\"2\"3\n", "", "line 2: there is text after a closing quote", PLM_E_FORMAT},
    {"a,b\n1,2\n", ", target=c", "columns: a, b", PLM_E_SPEC},
    {"alpha,beta\n1,2\n", ", target=bata", "did you mean 'beta'?", PLM_E_SPEC},
    {"1,2\n3,4\n", ", target=beta", "no header", PLM_E_SPEC},
    {"1,2\n3,4\n", ", target=2", "no column 2", PLM_E_SPEC},
    {"1,2\n3,4\n", ", target=-3", "no column -3", PLM_E_SPEC},
    {"1,2\n3,4\n", ", target=[0, -2]", "is used twice", PLM_E_SPEC},
    {"1,2\n3,4\n", ", target=[0, 1]", "no column is left for the inputs", PLM_E_DATA},
    {"1,2\n3,4\n", ", delimiter=abc", "is not a delimiter", PLM_E_SPEC},
    {"1,2\n3,4\n", ", header=maybe", "auto, true, false", PLM_E_SPEC},
    {"1,2\n3,4\n", ", skip=2", "the file is empty", PLM_E_DATA},
    {"1,2\n3,4\n", ", headers=true", "did you mean header?", PLM_E_SPEC},
    {"a,b\n1,2\n", ", header=false", "'a' is not a number", PLM_E_DATA},
};

static void faults_are_told(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        const char *path = test_write_text("bad.csv", faults[i].text);
        test_refused(w, faults[i].status, faults[i].part, "csv('%s'%s)", path, faults[i].arguments);
    }
    test_clean();
    test_close(w, &m);
}

static void files_that_are_no_tables(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    const char *path = test_write("zero.csv", "1,2\n3,\0004\n", 9);
    test_refused(w, PLM_E_FORMAT, "line 2: the file has a zero byte", "csv('%s')", path);
    test_refused(w, PLM_E_IO, "missing.csv", "csv('%s')", test_path("missing.csv"));
    test_refused(w, PLM_E_IO, "", "csv('%s')", test_path(""));
    test_refused(w, PLM_E_SPEC, "needs file", "csv");
    test_clean();
    test_close(w, &m);
}

/* A first line of text above text is data, not a header: so the fault names the text, not a
 * ragged header. */
static void headers_are_recognised(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    test_refused(w, PLM_E_DATA, "row 1 (line 1), column 0", "csv('%s')",
                 test_write_text("a.csv", "M,1,2\nF,2,3\n"));
    test_refused(w, PLM_E_DATA, "row 1 (line 2), column 'sex'", "csv('%s')",
                 test_write_text("a.csv", "sex,a,b\nM,1,2\nF,2,3\n"));
    test_refused(w, PLM_E_DATA, "row 1 (line 2), column '1'", "csv('%s')",
                 test_write_text("a.csv", "sex,1,b\n7,x,3\n"));
    test_rows r = read_text(w, "\"\",a,b\n1,2,3\n", "");
    assert_int_equal(r.rows, 1);
    test_forget(&r);
    test_clean();
    test_close(w, &m);
}

static void packed_and_long(void **state)
{
    (void)state;
    enum { ROWS = 5000 };
    static char text[ROWS * 40];
    size_t n = (size_t)snprintf(text, sizeof text, "first column,second column,label\n");
    for (int i = 0; i < ROWS; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%d,%d.5,%d\n", i, -i, i % 3);
    test_memory m;
    plm *w = test_open(&m, NULL);
    const char *path = test_write_packed("my table.v2.csv.gz", text, n);
    plm_data *d = plm_data_open(w, "csv('%s', target=label) | one_hot | batch(999)", path);
    plm_data_info info;
    assert_non_null(d);
    assert_int_equal(plm_data_get_info(d, &info), PLM_OK);
    assert_string_equal(info.name, "my_table");
    assert_int_equal(info.rows, ROWS);
    test_rows r = test_read(d, 0);
    assert_int_equal(r.rows, ROWS);
    assert_int_equal(r.width[1], 3);
    for (int i = 0; i < ROWS; i++)
        assert_true(r.x[2 * i] == (float)i && r.x[2 * i + 1] == (i ? -(float)i - 0.5f : 0.5f));
    test_forget(&r);
    plm_data_free(d);
    test_clean();
    test_close(w, &m);
}

static const struct {
    const char *file, *arguments;
    int64_t rows;
    size_t inputs, targets;
} tables[] = {
    {"iris.csv", "", 150, 4, 1},
    {"wine_data.csv", ", skip=1", 178, 13, 1},
    {"breast_cancer.csv", ", skip=1", 569, 30, 1},
    {"diabetes.csv", "", 442, 10, 1},
    {"digits.csv.gz", "", 1797, 64, 1},
    {"concrete.csv", ", target=compressive_strength", 1030, 8, 1},
    {"meats.csv", ", target=[water, fat, protein]", 215, 100, 3},
    {"winequality-red.csv", ", target=quality", 1599, 11, 1},
    {"winequality-white.csv", ", target='fixed acidity'", 4898, 11, 1},
    {"banknote_authentication.csv", "", 1372, 4, 1},
    {"wheat-seeds.csv", "", 210, 7, 1},
    {"ECG5000_TRAIN.txt.gz", ", target=0", 500, 140, 1},
};

static void shared_tables(void **state)
{
    (void)state;
    const char *shared = test_shared();
    test_memory m;
    if (!shared)
        skip();
    plm *w = test_open(&m, NULL);
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        plm_data *d =
            plm_data_open(w, "csv('%s/tabular/%s'%s)", shared, tables[i].file, tables[i].arguments);
        if (!d)
            fail_msg("%s: %s", tables[i].file, plm_last_error(w)->what);
        test_rows r = test_read(d, 0);
        assert_int_equal(r.rows, tables[i].rows);
        assert_int_equal(r.width[0], tables[i].inputs);
        assert_int_equal(r.width[1], tables[i].targets);
        test_forget(&r);
        plm_data_free(d);
    }
    test_refused(w, PLM_E_DATA, "column 'ocean_proximity'",
                 "csv('%s/tabular/california-housing.csv')", shared);
    test_refused(w, PLM_E_DATA, "'Adelie' is not a number", "csv('%s/tabular/penguins.csv')",
                 shared);
    test_refused(w, PLM_E_DATA, "row 1 (line 1), column 0", "csv('%s/tabular/abalone.csv')",
                 shared);
    test_close(w, &m);
}

static void every_allocation_fails_in_turn(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    const char *text = "a,b,c\n1,2,3\n4,5,6\n";
    const char *path = test_write_packed("memory.csv.gz", text, strlen(text));
    for (int streamed = 0; streamed < 2; streamed++) {
        bool done = false;
        for (long k = 1; !done; k++) {
            m.calls = 0;
            m.fail_at = k;
            plm_data *d = plm_data_open(w, "csv('%s', target=b, stream=%s) | shuffle", path,
                                        streamed ? "true" : "false");
            test_rows r = {0};
            if (d)
                r = test_read(d, 0);
            done = d && r.end == PLM_END;
            if (!done)
                assert_int_equal(plm_last_error(w)->status, PLM_E_MEMORY);
            m.fail_at = 0;
            test_forget(&r);
            plm_data_free(d);
            assert_true(k < 1000);
        }
    }
    test_clean();
    test_close(w, &m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_table_in_many_ways),
        cmocka_unit_test(targets),
        cmocka_unit_test(numbers_are_exact),
        cmocka_unit_test(faults_are_told),
        cmocka_unit_test(files_that_are_no_tables),
        cmocka_unit_test(headers_are_recognised),
        cmocka_unit_test(packed_and_long),
        cmocka_unit_test(shared_tables),
        cmocka_unit_test(every_allocation_fails_in_turn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
