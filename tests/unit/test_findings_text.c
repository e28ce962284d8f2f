/* Findings for a screen with colours and for one without: only the word that begins a finding has
 * a colour. */
#include "helper.h"

#include <stdio.h>
#include <string.h>

#include "show/findings.h"

static const char findings[] = "error[G101]: a\n  error[ is no beginning\nwarning[S1]: b\n\n"
                               "note[D2]: c]\nerrors\nnote[D3]";

static void check(bool colour, const char *wanted)
{
    helper h;
    helper_open(&h);
    plm_text t = {.w = &h.w};
    plm_text_add_findings(&t, (plm_screen){.width = 80, .terminal = colour, .colour = colour},
                          findings);
    assert_string_equal(plm_text_get(&t), wanted);
    plm_text_free(&t);
    helper_close(&h);
}

static void colours(void **state)
{
    (void)state;
    check(false,
          "error[G101]: a\n  error[ is no beginning\nwarning[S1]: b\n\nnote[D2]: c]\nerrors\n"
          "note[D3]\n");
    const plm_screen s = {.width = 80, .terminal = true, .colour = true};
    char wanted[400];
    const char *end = plm_paint_begin(s, PLM_PLAIN);
    snprintf(wanted, sizeof wanted,
             "%serror[G101]%s: a\n  error[ is no beginning\n%swarning[S1]%s: b\n\n"
             "%snote[D2]%s: c]\nerrors\n%snote[D3]%s\n",
             plm_paint_begin(s, PLM_RED), end, plm_paint_begin(s, PLM_YELLOW), end,
             plm_paint_begin(s, PLM_CYAN), end, plm_paint_begin(s, PLM_CYAN), end);
    check(true, wanted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(colours)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
