/* The help of a command from its table: what a table does not have gives no heading. */
#include "helper.h"

#include <stdio.h>
#include <string.h>

#include "show/help.h"

/* The help of a verb with these examples. */
static char *help_with(plm *w, const char *const *examples)
{
    static const plm_help_option none[] = {{.name = NULL}};
    static char copy[2000];
    const plm_help_verb verb = {.name = "fold",
                                .usage = "FILE",
                                .help = "folds a file",
                                .details = "",
                                .options = none,
                                .examples = examples};
    plm_text t = {.w = w};
    plm_help_of_verb(&verb, (plm_screen){.width = 80}, &t);
    assert_false(t.failed);
    (void)snprintf(copy, sizeof copy, "%s", plm_text_get(&t));
    plm_text_free(&t);
    return copy;
}

static void examples_have_a_heading_if_there_are_any(void **state)
{
    static const char *const none[] = {NULL};
    static const char *const one[] = {"plummet fold a.txt", "folds it", NULL, NULL};
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    (void)state;
    assert_null(strstr(help_with(w, NULL), "EXAMPLES"));
    assert_null(strstr(help_with(w, none), "EXAMPLES"));
    assert_non_null(strstr(help_with(w, one), "EXAMPLES"));
    assert_non_null(strstr(help_with(w, one), "plummet fold a.txt"));
    assert_non_null(strstr(help_with(w, NULL), "plummet fold FILE"));
    plm_close(w);
}

/* A reader pastes all examples into a shell: no line of a comment may be a command. */
static void each_line_of_a_comment_is_a_comment(void **state)
{
    static const char *const two[] = {"plummet fold a.txt",
                                      "folds a file whose lines are wider than the screen of this "
                                      "test, which has eighty columns",
                                      NULL, NULL};
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    (void)state;
    assert_non_null(strstr(help_with(w, two), "\n"
                                              "  # folds a file whose lines are wider than the "
                                              "screen of this test, which has\n"
                                              "  # eighty columns\n"
                                              "  plummet fold a.txt\n"));
    plm_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(examples_have_a_heading_if_there_are_any),
                                       cmocka_unit_test(each_line_of_a_comment_is_a_comment)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
