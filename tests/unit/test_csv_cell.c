/* Text as a cell of CSV: quotes only where they are needed, and what our own reader makes of it. */
#include "data_support.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *text, *separator, *cell;
} cases[] = {{"loss", ",", "loss"},
             {"", ",", ""},
             {"a,b", NULL, "\"a,b\""},
             {"a;b", ",", "\"a;b\""},
             {"a;b", ";", "\"a;b\""},
             {"a,b", ";", "\"a,b\""},
             {"1.5", ".", "\"1.5\""},
             {"a :: b", "::", "\"a :: b\""},
             {"say \"hi\"", ",", "\"say \"\"hi\"\"\""},
             {"two\nlines", ",", "\"two\nlines\""},
             {"two\r", ",", "\"two\r\""},
             {" begins", ",", "\" begins\""},
             {"ends\t", ",", "\"ends\t\""},
             {"\"", ",", "\"\"\"\""}};
enum { CASES = sizeof cases / sizeof cases[0] };

static void cells(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASES; i++)
        for (size_t room = 0; room < 24; room++) {
            char out[24] = "full full full full fun";
            const size_t length = strlen(cases[i].cell);
            assert_int_equal(plm_csv_cell(cases[i].text, cases[i].separator, out, room), length);
            if (room > length)
                assert_string_equal(out, cases[i].cell);
            else if (room > 0) {
                assert_int_equal(strlen(out), room - 1);
                assert_memory_equal(out, cases[i].cell, room - 1);
            } else
                assert_int_equal(out[0], 'f');
        }
    assert_int_equal(plm_csv_cell(NULL, NULL, NULL, 0), 0);
}

/* Names of columns come back from a file. */
static void read_back(void **state)
{
    test_memory m;
    plm *w = test_open(&m, NULL);
    (void)state;
    for (size_t i = 0; i < CASES; i++) {
        char cell[32], text[64];
        if (cases[i].text[0] == '\0' || strpbrk(cases[i].text, "\r\n\t") != NULL)
            continue; /* no names of columns */
        plm_csv_cell(cases[i].text, ",", cell, sizeof cell);
        snprintf(text, sizeof text, "%s,y\n1,2\n", cell);
        plm_data *d = plm_data_open(w, "csv('%s', target='%s', header=true)",
                                    test_write_text("c.csv", text), cases[i].text);
        if (d == NULL)
            fail_msg("%s: %s", text, plm_last_error(w)->what);
        test_rows r = test_read(d, 0);
        assert_true(r.y[0] > 0.5F && r.y[0] < 1.5F);
        test_forget(&r);
        plm_data_free(d);
    }
    test_close(w, &m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(cells), cmocka_unit_test(read_back)};
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
