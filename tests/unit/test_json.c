/* The border to jansson: what is UTF-8, faults told with their place, memory asked for before it
 * is taken, and hostile texts bounded. */
#include "helper.h"

#include <math.h>

#include "base/json.h"
#include "base/letters.h"
#include "run/json_text.h"

static void utf8_is_told_from_other_bytes(void **state)
{
    static const char *const good[] = {"",
                                       "a",
                                       "\x7f",
                                       "\xc2\x80",
                                       "\xdf\xbf",
                                       "\xe0\xa0\x80",
                                       "\xed\x9f\xbf",
                                       "\xee\x80\x80",
                                       "\xef\xbf\xbf",
                                       "\xf0\x90\x80\x80",
                                       "\xf4\x8f\xbf\xbf",
                                       "\xf0\x9d\x84\x9e\xc3\xa9x"};
    static const char *const bad[] = {"\x80",
                                      "\xbf",
                                      "\xc0\x80",
                                      "\xc1\xbf",
                                      "\xc2",
                                      "\xc2\x7f",
                                      "\xc2\xc0",
                                      "\xe0\x80\x80",
                                      "\xe0\x9f\xbf",
                                      "\xe1\x80",
                                      "\xe1\x80\x7f",
                                      "\xed\xa0\x80",
                                      "\xed\xbf\xbf",
                                      "\xf0\x80\x80\x80",
                                      "\xf0\x8f\xbf\xbf",
                                      "\xf1\x80\x80",
                                      "\xf1\x80\x80\xc0",
                                      "\xf4\x90\x80\x80",
                                      "\xf5\x80\x80\x80",
                                      "\xff",
                                      "a\xe9"};
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(plm_utf8_valid(good[i], strlen(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(plm_utf8_valid(bad[i], strlen(bad[i])));
    assert_false(plm_utf8_valid("\xc3\xa9", 1));
}

static plm_status parse(plm *w, const char *text)
{
    json_t *out = NULL;
    const plm_status status = plm_json_parse(w, "file", "header", text, strlen(text), &out);
    assert_true((status == PLM_OK) == (out != NULL));
    json_decref(out);
    return status;
}

static void faults_have_a_place(void **state)
{
    static const char *const bad[] = {"",
                                      "{",
                                      "}",
                                      "[1,]",
                                      "{\"a\":1,}",
                                      "{\"a\":1,\"a\":2}",
                                      "[] x",
                                      "\"\xff\"",
                                      "\"\\ud800\"",
                                      "\"\\u0000\"",
                                      "[01]",
                                      "[1.]",
                                      "nul",
                                      "[99999999999999999999]",
                                      "\"a",
                                      "{\"a\" 1}",
                                      "\"\n\""};
    helper h;
    (void)state;
    helper_open(&h);
    assert_int_equal(parse(&h.w, "{\"a\":[1,{\"b\":\"\\\"},{[\"}]}  "), PLM_OK);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(parse(&h.w, bad[i]), PLM_E_FORMAT);
        assert_error(&h.w, PLM_E_FORMAT, "header, byte ", "damaged");
        assert_string_equal(h.w.error.where, "file");
    }
    helper_close(&h);
}

/* An error in a table of JSON names the column whose value it is in, if it is in one. */
static void columns_are_named(void **state)
{
    static const char *const bad[][2] = {{"{\"a\": 1, \"b\": [1, }", "b"},
                                         {"{\"a\": {\"b\": x}}", "a"},
                                         {"{\"a\\\"c\": x}", "a\\\"c"},
                                         {"{\"a\": 1, x", NULL},
                                         {"{:x}", NULL}};
    helper h;
    (void)state;
    helper_open(&h);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char column[80];
        json_t *out = NULL;
        snprintf(column, sizeof column, ", column '%s': ", bad[i][1] ? bad[i][1] : "");
        assert_int_equal(plm_json_parse(&h.w, "file", "JSON", bad[i][0], strlen(bad[i][0]), &out),
                         PLM_E_FORMAT);
        assert_int_equal(strstr(h.w.error.what, bad[i][1] ? column : ", column") != NULL,
                         bad[i][1] != NULL);
    }
    helper_close(&h);
}

static plm_status parse_a_long_name(plm *w)
{
    return parse(w, "{\"a name that is longer than any buffer jansson begins with\":[1,2,3]}");
}

static void memory_that_fails_is_told_as_such(void **state)
{
    (void)state;
    assert_survives_failed_memory(parse_a_long_name);
}

/* Many small parts cost jansson a hundred times their text. */
static void hostile_texts_are_bounded(void **state)
{
    enum { COUNT = 1200000 };
    helper h;
    char *text = calloc(1, 3 * COUNT + 2);
    (void)state;
    text[0] = '[';
    for (size_t i = 0; i < COUNT; i++)
        memcpy(text + 1 + 3 * i, i + 1 < COUNT ? "{}," : "{}]", 3);
    helper_open(&h);
    assert_int_equal(parse(&h.w, text), PLM_E_UNSUPPORTED);
    assert_error(&h.w, PLM_E_UNSUPPORTED, "more than 256 MiB", NULL);
    text[0] = '"'; /* all of it one string */
    text[3 * COUNT] = '"';
    assert_int_equal(parse(&h.w, text), PLM_OK);
    helper_close(&h);
    free(text);
}

/* An object that is written: letters that hide are escaped, above U+FFFF by two escapes, and what
 * JSON does not have becomes null. */
static void an_object_is_written(void **state)
{
    static const char *const texts[][2] = {
        {"gr\xc3\xbc\xc3\x9f \xf0\x9f\x99\x82", "\"gr\xc3\xbc\xc3\x9f \xf0\x9f\x99\x82\""},
        {"\"\\/", "\"\\\"\\\\/\""},
        {"\n\x1b\x7f", "\"\\u000a\\u001b\\u007f\""},
        {"\xe2\x80\xae\xef\xbb\xbf", "\"\\u202e\\ufeff\""},
        {"\xf3\xa0\x81\x81", "\"\\udb40\\udc41\""},
        {"\xe9t\xc3", "\"\\ufffdt\\ufffd\""}};
    static const char *const name[] = {"x", "y"};
    static const double value[] = {0.5, INFINITY};
    helper h;
    (void)state;
    helper_open(&h);
    plm_text t = {.w = &h.w};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        t.length = 0;
        plm_json_text_string(&t, texts[i][0]);
        assert_string_equal(plm_text_get(&t), texts[i][1]);
    }
    t.length = 0;
    plm_json_text j = plm_json_text_begin(&t);
    plm_json_text_number(&j, "a", 2);
    plm_json_text_number(&j, "b", NAN);
    plm_json_text_reals(&j, "c", 2, value);
    plm_json_text_member(&j, "d", "e");
    plm_json_text_named(&j, "f", 2, name, value);
    plm_json_text_end(&j);
    assert_string_equal(plm_text_get(&t), "{\"a\":2,\"b\":null,\"c\":[0.5,null],\"d\":\"e\","
                                          "\"f\":{\"x\":0.5,\"y\":null}}\n");
    plm_text_free(&t);
    helper_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf8_is_told_from_other_bytes),
        cmocka_unit_test(faults_have_a_place),
        cmocka_unit_test(columns_are_named),
        cmocka_unit_test(memory_that_fails_is_told_as_such),
        cmocka_unit_test(hostile_texts_are_bounded),
        cmocka_unit_test(an_object_is_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
