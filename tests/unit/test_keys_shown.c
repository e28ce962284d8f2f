/* The keys of run files as the help shows them: each line is full, and none is too wide. */
#include "helper.h"

#include <string.h>

#include "show/describe.h"

/* Checks the lines from the one at `at` on that continue a help: `indent` blanks, at most `width`
 * columns, and no room for the first word of the next one. `begin`: column of the first line. */
static const char *check_lines(const char *at, size_t begin, size_t indent, size_t width)
{
    size_t used = begin + strcspn(at, "\n");
    assert_true(used <= width ||
                strcspn(at, " \n") == used - begin); /* a long word is not broken */
    at = strchr(at, '\n') + 1;
    while (strncmp(at, "                       ", indent) == 0 && at[indent] != '\0') {
        const char *text = at + indent;
        assert_true(*text != ' ');
        assert_true(used + 1 + strcspn(text, " \n") > width);
        used = indent + strcspn(text, "\n");
        assert_true(used <= width || strcspn(text, " \n") == used - indent);
        at = strchr(at, '\n') + 1;
    }
    return at;
}

/* One key: its name, its argument, and its help below, indented by two. */
static void one_key(void **state)
{
    (void)state;
    for (int width = 30; width <= 60; width += 7) {
        plm_text t = {0};
        const plm_screen s = {.width = width, .terminal = true};
        plm_run_key_add(plm_run_key_find("epochs"), s, &t);
        const char *at = plm_text_get(&t);
        assert_memory_equal(at, "key epochs\n  epochs: N\n  ", 25);
        at = strstr(at, ": N\n") + 6;
        const char *last = strstr(at, "  In a run file");
        assert_non_null(last);
        (void)check_lines(at, 2, 2, (size_t)plm_screen_page(s));
        plm_text_free(&t);
    }
    assert_int_equal(plm_run_key_find("epoch"), -1);
}

/* All keys, each with its help in a second column, or, on a narrow page, below it. */
static void all_keys(void **state)
{
    (void)state;
    for (int width = 50; width <= 80; width += 15) {
        plm_text t = {0};
        const plm_screen s = {.width = width, .terminal = true};
        int keys = 0;
        plm_run_keys_add(s, &t);
        for (const char *at = plm_text_get(&t); *at != '\0'; keys++) {
            const size_t page = (size_t)plm_screen_page(s), column = page < 60 ? 2 : 23;
            const char *help = page < 60 ? strchr(at, '\n') + 3 : at + 23;
            assert_true(*at != ' ' && help[-1] == ' ' && *help != ' ');
            at = check_lines(help, column, column, page);
        }
        assert_true(keys > 40);
        plm_text_free(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(one_key), cmocka_unit_test(all_keys)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
