/* Cells of a table of text: what is longer than a cell is cut between two characters, and ends with
 * dots. */
#include "helper.h"

#include <stdio.h>
#include <string.h>

#include "assess/grid.h"

/* Sets a cell to `given` and compares it. */
static void check(int most, const char *given, const char *wanted)
{
    helper h;
    plm_grid g = {0};
    helper_open(&h);
    g.w = &h.w;
    plm_grid_open(&g, 1);
    assert_int_equal(plm_grid_row(&g), 0);
    plm_grid_set(&g, 0, 0, most, "%s", given);
    assert_string_equal(g.cell[0], wanted);
    plm_grid_free(&g);
    helper_close(&h);
}

#define TEN(x) x x x x x x x x x x

static void long_texts(void **state)
{
    (void)state;
    check(0, "abc", "abc");
    check(6, "abcdef", "abcdef");
    check(6, "abcdefg", "abc...");
    check(6, "\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac", "\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac");
    check(6, "\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac", "\u20ac\u20ac\u20ac...");
    /* a cell has 64 bytes, with "..." and the NUL; a euro sign has 3 */
    check(0, TEN("\u20ac") TEN("\u20ac") TEN("\u20ac"), TEN("\u20ac") TEN("\u20ac") "...");
    check(0, "x" TEN("\u20ac") TEN("\u20ac"),
          "x" TEN("\u20ac") "\u20ac\u20ac\u20ac\u20ac\u20ac"
                            "\u20ac\u20ac\u20ac\u20ac...");
    check(0, TEN("123456") "7", TEN("123456") "...");
    check(1, "abcd", "..."); /* 0 alone stands for as many as fit */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(long_texts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
