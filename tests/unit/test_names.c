/* Names: patterns against a matcher by recursion, on all short patterns and names; and a pattern of
 * many stars, which takes a moment only. */
#include "helper.h"

#include <string.h>

#include "base/names.h"

static bool matches(const char *p, const char *name)
{
    if (*p == '\0')
        return *name == '\0';
    if (*p == '*')
        return matches(p + 1, name) || (*name != '\0' && matches(p, name + 1));
    return *name != '\0' && (*p == '?' || *p == *name) && matches(p + 1, name + 1);
}

/* The k-th text of at most `longest` letters out of `letters`, by counting; "" is the 0th. */
static void text_of(int k, const char *letters, char *out)
{
    const int base = (int)strlen(letters);
    for (; k > 0; k = (k - 1) / base)
        *out++ = letters[(k - 1) % base];
    *out = '\0';
}

static void patterns_match_as_defined(void **state)
{
    char pattern[16], name[16];
    (void)state;
    for (int i = 1; i < 1365; i++)      /* up to 5 of 4 letters */
        for (int k = 0; k < 127; k++) { /* up to 6 of 2 */
            text_of(i, "ab*?", pattern);
            text_of(k, "ab", name);
            if (plm_pattern_matches(pattern, name) != matches(pattern, name))
                fail_msg("'%s' and '%s'", pattern, name);
        }
    assert_true(plm_pattern_matches("x|a*", "abc"));
    assert_false(plm_pattern_matches("x|a", "abc"));
    assert_false(plm_pattern_matches("", "abc"));
    assert_false(plm_pattern_matches(NULL, "abc"));
}

static void many_stars_end_soon(void **state)
{
    char name[2001];
    (void)state;
    memset(name, 'a', 2000);
    name[2000] = '\0';
    assert_false(plm_pattern_matches("a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", name));
}

/* A word is found as a name is, whatever its letters; words too long to be a name are passed
 * over. */
static void words_are_found(void **state)
{
    char list[600] = "";
    size_t length = 0;
    (void)state;
    memset(list, 'a', 300);
    list[300] = '\0';
    strcat(list, "|Leaky_ReLU|relu");
    const char *at = plm_word_find(list, "leaky_relu", &length);
    assert_ptr_equal(at, list + 301);
    assert_int_equal(length, 10);
    at = plm_word_find(list, "relu", &length);
    assert_ptr_equal(at, list + 312);
    assert_int_equal(length, 4);
    assert_null(plm_word_find(list, "elu", &length));
    list[300] = '\0';
    assert_null(plm_word_find(list, list, &length));
    assert_null(plm_word_find("", "relu", &length));
    assert_null(plm_word_find(NULL, "relu", &length));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(patterns_match_as_defined),
                                       cmocka_unit_test(many_stars_end_soon),
                                       cmocka_unit_test(words_are_found)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
