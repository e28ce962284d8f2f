/* The JSON reader: what it takes, what it refuses and where, and that running out of memory is told as such. */
#include "helper.h"

#include <stdio.h>

#include "base/json.h"

/* Reads one string; "" in `expected` with a status means refused. */
static void check_string(const char *text, const char *expected)
{
    helper h;
    helper_open(&h);
    plm_arena a = {.w = &h.w};
    const char *out = NULL;
    plm_json j = plm_json_open(&a, "file", "header", text, strlen(text));
    const plm_status status = plm_json_string(&j, &out);
    if (expected == NULL) {
        assert_int_equal(status, PLM_E_FORMAT);
        assert_string_equal(h.w.error.where, "file");
        assert_non_null(strstr(h.w.error.what, "header, byte "));
    } else {
        assert_int_equal(status, PLM_OK);
        assert_string_equal(out, expected);
        assert_int_equal(plm_json_end(&j), PLM_OK);
    }
    plm_arena_free(&a);
    helper_close(&h);
}

static void strings_are_decoded(void **state)
{
    (void)state;
    check_string("\"\"", "");
    check_string(" \t\r\n\"a b\" ", "a b");
    check_string("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t");
    check_string("\"\\u0041\\u00e9\\u20ac\"", "A\xc3\xa9\xe2\x82\xac");
    check_string("\"\\uD834\\udd1e\"", "\xf0\x9d\x84\x9e");
    check_string("\"\xc3\xa9\xe2\x82\xac\xf0\x9d\x84\x9e\x7f\"", "\xc3\xa9\xe2\x82\xac\xf0\x9d\x84\x9e\x7f");
}

static void bad_strings_are_refused(void **state)
{
    static const char *const bad[] = {
        "",           "x",           "\"",           "\"\\",         "\"\\\"",        "\"a",          "'a'",
        "\"\\x\"",    "\"\\u12\"",   "\"\\u12g4\"",  "\"\\u0000\"",  "\"\\ud800\"",  "\"\\udc00\"",  "\"\\ud800\\u0041\"",
        "\"\n\"",     "\"\x01\"",    "\"\x80\"",     "\"\xc0\x80\"", "\"\xc3\"",     "\"\xe0\x80\x80\"", "\"\xed\xa0\x80\"",
        "\"\xe2\x82\"", "\"\xf0\x80\x80\x80\"", "\"\xf4\x90\x80\x80\"", "\"\xf5\x80\x80\x80\"", "\"\xff\"", "\"\\ud800\\", "\"\\u"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        check_string(bad[i], NULL);
}

static plm_status read_whole(plm *w, const char *text, int64_t *out)
{
    plm_arena a = {.w = w};
    plm_json j = plm_json_open(&a, "file", "header", text, strlen(text));
    plm_status status = plm_json_whole(&j, out);
    if (status >= 0)
        status = plm_json_end(&j);
    plm_arena_free(&a);
    return status;
}

static void whole_numbers(void **state)
{
    static const char *const bad[] = {"", "-1", "+1", "01", "00", "1.0", "1e3", "1E3", ".5", "x", "9223372036854775808",
                                      "99999999999999999999999", "1 2", "0x1", "true", "\"1\""};
    helper h;
    int64_t value = 0;
    (void)state;
    helper_open(&h);
    assert_int_equal(read_whole(&h.w, "0", &value), PLM_OK);
    assert_int_equal(value, 0);
    assert_int_equal(read_whole(&h.w, " 9223372036854775807\n", &value), PLM_OK);
    assert_int_equal(value, INT64_MAX);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(read_whole(&h.w, bad[i], &value), PLM_E_FORMAT);
    helper_close(&h);
}

/* { name: [numbers], ... } to "name:1,2;". */
static plm_status read_lists(plm *w, const char *text, char *out, size_t room)
{
    plm_arena a = {.w = w};
    plm_json j = plm_json_open(&a, "file", "header", text, strlen(text));
    plm_status status = plm_json_enter(&j, '{');
    size_t at = 0;
    out[0] = '\0';
    for (bool more = true; status >= 0;) {
        const char *key = NULL;
        status = plm_json_more(&j, '}', &more);
        if (status < 0 || !more)
            break;
        status = plm_json_key(&j, &key);
        if (status >= 0)
            status = plm_json_enter(&j, '[');
        at += (size_t)snprintf(out + at, room - at, "%s:", key ? key : "");
        for (bool inside = true; status >= 0;) {
            int64_t value = 0;
            status = plm_json_more(&j, ']', &inside);
            if (status < 0 || !inside)
                break;
            status = plm_json_whole(&j, &value);
            at += (size_t)snprintf(out + at, room - at, "%lld,", (long long)value);
        }
    }
    if (status >= 0)
        status = plm_json_end(&j);
    plm_arena_free(&a);
    return status;
}

static void brackets_and_commas(void **state)
{
    static const char *const bad[] = {"{", "}", "[]", "{\"a\"}", "{\"a\":}", "{\"a\":[1,]}", "{\"a\":[,1]}", "{\"a\":[1 2]}",
                                      "{\"a\":[1],}", "{,\"a\":[1]}", "{\"a\":[1]\"b\":[2]}", "{\"a\" [1]}", "{\"a\":[1}",
                                      "{\"a\":[1]", "{\"a\":[1]}}", "{\"a\":[1]} x", "{a:[1]}", "{\"a\":[[1]]}", "{\"a\":{}}"};
    helper h;
    char out[64];
    (void)state;
    helper_open(&h);
    assert_int_equal(read_lists(&h.w, "{}", out, sizeof out), PLM_OK);
    assert_string_equal(out, "");
    assert_int_equal(read_lists(&h.w, " { \"a\" : [ 1 , 2 ] , \"b\":[],\"c\":[3]}  ", out, sizeof out), PLM_OK);
    assert_string_equal(out, "a:1,2,b:c:3,");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(read_lists(&h.w, bad[i], out, sizeof out), PLM_E_FORMAT);
        assert_non_null(strstr(h.w.error.what, "header, byte "));
    }
    helper_close(&h);
}

static void quoting_is_read_back(void **state)
{
    helper h;
    char all[128];
    (void)state;
    for (int c = 1; c < 128; c++)
        all[c - 1] = (char)c;
    all[127] = '\0';
    helper_open(&h);
    plm_text t = {.w = &h.w};
    plm_json_quote(&t, all);
    check_string(plm_text_get(&t), all);
    plm_text_free(&t);
    plm_json_quote(&t, "\xf0\x9d\x84\x9e\"\\");
    check_string(plm_text_get(&t), "\xf0\x9d\x84\x9e\"\\");
    plm_text_free(&t);
    helper_close(&h);
}

static plm_status read_long_string(plm *w)
{
    char text[10002];
    const char *out = NULL;
    memset(text, 'x', sizeof text);
    text[0] = text[sizeof text - 1] = '"';
    plm_arena a = {.w = w};
    plm_json j = plm_json_open(&a, "file", "header", text, sizeof text);
    const plm_status status = plm_json_string(&j, &out);
    plm_arena_free(&a);
    return status;
}

static void memory_that_fails_is_told_as_such(void **state)
{
    (void)state;
    assert_survives_failed_memory(read_long_string);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_are_decoded),   cmocka_unit_test(bad_strings_are_refused),
        cmocka_unit_test(whole_numbers),         cmocka_unit_test(brackets_and_commas),
        cmocka_unit_test(quoting_is_read_back),  cmocka_unit_test(memory_that_fails_is_told_as_such),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
