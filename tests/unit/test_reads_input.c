/* Whether a run reads its rows from standard input: what its run.yaml says, or why it cannot be
 * read. */
#include "data_support.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "evaluation/evaluation.h"

/* Writes the run.yaml, and asks. */
static plm_status ask(plm *w, const char *text, bool *found)
{
    (void)test_write_text("run.yaml", text);
    char folder[512];
    snprintf(folder, sizeof folder, "%s", test_path("run.yaml"));
    *strrchr(folder, '/') = '\0';
    *found = true;
    return plm_run_reads_input(w, folder, found);
}

static void input(void **state)
{
    plm *w = plm_open(NULL);
    bool found = false;
    (void)state;
    assert_int_equal(ask(w, "data: digits\n", &found), PLM_OK);
    assert_false(found);
    assert_int_equal(ask(w, "data: csv('/dev/stdin', y)\n", &found), PLM_OK);
    assert_true(found);
    assert_int_equal(ask(w, "data: digits\ntest: csv('/dev/stdin', y)\n", &found), PLM_OK);
    assert_true(found);
    assert_int_equal(ask(w, "what: [\n", &found), PLM_E_SPEC);
    assert_false(found);
    plm_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(input)};
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
