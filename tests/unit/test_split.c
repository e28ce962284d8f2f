/* Parts of a text between separators outside of brackets and quotes; numbers that are a whole text.
 */
#include "helper.h"

#include "base/split.h"

/* The parts of a text, each in its own place; their number. */
static int split(const char *text, char separator, char part[8][32])
{
    const char *at = NULL;
    size_t length = 0;
    int count = 0;
    while (count < 8 && plm_split_next(&text, separator, &at, &length)) {
        assert_true(length < sizeof part[0]);
        memcpy(part[count], at, length);
        part[count++][length] = '\0';
    }
    return count;
}

static void parts_end_outside_of_brackets_and_quotes(void **state)
{
    char part[8][32];
    (void)state;
    assert_int_equal(split(" f(a, b) , 'x,y', \"(,\", [1, (2, 3)] ", ',', part), 4);
    assert_string_equal(part[0], "f(a, b)");
    assert_string_equal(part[1], "'x,y'");
    assert_string_equal(part[2], "\"(,\"");
    assert_string_equal(part[3], "[1, (2, 3)]");
    assert_int_equal(split("'a\\',b',c", ',', part), 2);
    assert_string_equal(part[0], "'a\\',b'");
    assert_int_equal(split("a | b", '|', part), 2);
    assert_string_equal(part[1], "b");
}

/* Any text is cut: what is wrong in a part is found by whoever parses it. */
static void texts_that_are_wrong(void **state)
{
    char part[8][32];
    (void)state;
    assert_int_equal(split("", ',', part), 1);
    assert_string_equal(part[0], "");
    assert_int_equal(split(",", ',', part), 2);
    assert_int_equal(split("a), b", ',', part), 2);
    assert_string_equal(part[1], "b");
    assert_int_equal(split("'a, b", ',', part), 1);
    assert_int_equal(split("'a\\", ',', part), 1);
    assert_int_equal(split("(a, b", ',', part), 1);
}

static void lists_close_at_their_end(void **state)
{
    static const char *const one[] = {"[]", "[1, 2]", "(1,)", "[[1], [2]]", "['[', ']]']"};
    static const char *const none[] = {"[",      "1",         "[1] + [2]", "[1]*9",
                                       "[1, 2)", "(a) | (b)", "f(1)"};
    (void)state;
    for (size_t i = 0; i < sizeof one / sizeof *one; i++)
        assert_true(plm_is_enclosed(one[i], strlen(one[i])));
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_false(plm_is_enclosed(none[i], strlen(none[i])));
}

static void numbers_are_all_of_a_text(void **state)
{
    static const char *const none[] = {"", " 1", "1 ", "1.5", "x", "1x", "99999999999999999999"};
    int64_t whole = 0;
    double real = 0;
    (void)state;
    assert_true(plm_read_whole("-12", &whole) && whole == -12);
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_false(plm_read_whole(none[i], &whole));
    assert_true(plm_read_real("-1.5e1", &real) && real <= -15 && real >= -15);
    assert_false(plm_read_real(" 1", &real) || plm_read_real("1,5", &real) ||
                 plm_read_real("", &real));
    assert_true(plm_ends_with("a.csv", ".csv") && !plm_ends_with("csv", ".csv"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_end_outside_of_brackets_and_quotes),
        cmocka_unit_test(texts_that_are_wrong),
        cmocka_unit_test(lists_close_at_their_end),
        cmocka_unit_test(numbers_are_all_of_a_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
