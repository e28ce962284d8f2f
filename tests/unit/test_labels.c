/* Tables of labels, letter by letter: where numbers and texts begin, and what goes below. */
#include "helper.h"

#include <math.h>

#include "show/labels.h"

/* Checks the table on a screen. */
static void check(const plm_labels *t, plm_screen s, const char *wanted)
{
    plm_text text = {0};
    plm_labels_add(t, s, &text);
    assert_string_equal(plm_text_get(&text), wanted);
    plm_text_free(&text);
}

static void numbers_are_aligned(void **state)
{
    (void)state;
    plm_labels t = {0};
    plm_labels_number(&t, "test", "loss", 0.0431);
    plm_labels_number(&t, "test", "mean", 123.25);
    plm_labels_value(&t, "rows", "40", "");
    plm_labels_value(&t, "time", "1.5", " s, 3 epochs");
    plm_labels_text(&t, "model", "runs/a");
    check(&t, (plm_screen){.width = 80},
          "test loss    0.0431\n"
          "test mean  123.2500\n"
          "rows        40\n"
          "time         1.5 s, 3 epochs\n"
          "model      runs/a\n");
}

/* Beside its label a text may be as wide as the screen, and no wider; a file has no width. */
static void long_texts_go_below(void **state)
{
    (void)state;
    plm_labels t = {0};
    plm_labels_text(&t, "model", "0123456789");
    plm_labels_value(&t, "rows", "1", " and a text behind a number, which stays");
    const char *const beside = "model  0123456789\n"
                               "rows   1 and a text behind a number, which stays\n",
                      *const below = "model\n  0123456789\n"
                                     "rows   1 and a text behind a number, which stays\n";
    check(&t, (plm_screen){.width = 17, .terminal = true}, beside);
    check(&t, (plm_screen){.width = 16, .terminal = true}, below);
    check(&t, (plm_screen){.width = 16}, beside);
}

/* A full table takes no more rows. */
static void many_rows(void **state)
{
    (void)state;
    plm_labels *t = calloc(1, sizeof *t);
    assert_non_null(t);
    for (int i = 0; i < PLM_LABELS + 3; i++)
        plm_labels_text(t, "a", i < PLM_LABELS ? "b" : "c");
    assert_int_equal(t->rows, PLM_LABELS);
    assert_string_equal(t->row[PLM_LABELS - 1].text, "b");
    free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(numbers_are_aligned),
                                       cmocka_unit_test(long_texts_go_below),
                                       cmocka_unit_test(many_rows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
