/* Tables of text: what is longer than a cell is cut between two characters, and ends with dots; a
 * table that is too wide loses letters of its names. */
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

/* A table of two rows: columns of names, of numbers, and of names. */
static void fill(plm_grid *g)
{
    static const char *const cell[2][3] = {{"abcdefghijkl", "1.25", "abcdefgh"}, {"a", "10", "b"}};
    plm_grid_open(g, 3);
    for (int i = 0; i < 2; i++) {
        const int row = plm_grid_row(g);
        for (int k = 0; k < 3; k++)
            plm_grid_set(g, row, k, 0, "%s", cell[i][k]);
    }
}

/* Names are cut, the widest first, and numbers never; a column without text takes no room. */
static void tables_fit(void **state)
{
    helper h;
    plm_grid g = {0};
    plm_text t = {0};
    (void)state;
    helper_open(&h);
    g.w = t.w = &h.w;
    fill(&g);
    assert_int_equal(plm_grid_width(&g), 12 + 2 + 4 + 2 + 8);
    assert_true(plm_grid_fit(&g, 1 | 4, 22));
    assert_string_equal(g.cell[0], "abcd...");
    assert_string_equal(g.cell[2], "abcd...");
    assert_false(plm_grid_fit(&g, 1 | 4, 17));
    assert_string_equal(g.cell[0], "ab...");
    assert_string_equal(g.cell[1], "1.25");
    plm_grid_clear(&g, 1);
    assert_int_equal(plm_grid_width(&g), 5 + 2 + 5);
    plm_grid_print(&g, &t);
    assert_string_equal(plm_text_get(&t), "ab...  ab...\na          b\n");
    fill(&g);
    plm_grid_clear(&g, 0);
    assert_int_equal(plm_grid_width(&g), 4 + 2 + 8);
    plm_grid_free(&g);
    plm_text_free(&t);
    helper_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(long_texts), cmocka_unit_test(tables_fit)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
