/* Text of strangers on its way to a terminal: what is no printable letter becomes an escape, in
 * every message. */
#include "helper.h"

#include <stdio.h>

#include "base/letters.h"

static const struct {
    const char *text, *shown;
} cases[] = {{"", ""},
             {"plain text, 50 % (a/b)", "plain text, 50 % (a/b)"},
             {"gr\xC3\xBC\xC3\x9F \xE6\xBC\xA2 \xF0\x9F\x99\x82",
              "gr\xC3\xBC\xC3\x9F \xE6\xBC\xA2 \xF0\x9F\x99\x82"},
             {"\x1b[2J\x1b]0;t\x07", "\\x1b[2J\\x1b]0;t\\x07"},
             {"a\tb\nc\rd\x7f", "a\\tb\\nc\\rd\\x7f"},
             {"\xC2\x9B"
              "31m",
              "\\u009b31m"},
             {"\xC2\x80\xC2\x9F\xC2\xA0", "\\u0080\\u009f\xC2\xA0"},
             {"\x9B", "\\x9b"},
             {"\xE2\x80\x8E\xE2\x80\x8F", "\\u200e\\u200f"},
             {"\xE2\x80\xAA\xE2\x80\xAE", "\\u202a\\u202e"},
             {"\xE2\x81\xA6\xE2\x81\xA9", "\\u2066\\u2069"},
             {"\xE2\x80\xA8\xE2\x80\xA9", "\\u2028\\u2029"},
             {"\xD8\x9C\xEF\xBB\xBF", "\\u061c\\ufeff"},
             {"\xE2\x80\x8C\xE2\x80\x8D", "\xE2\x80\x8C\xE2\x80\x8D"},
             {"\xF3\xA0\x81\x81", "\\U000e0041"},
             {"\xC3", "\\xc3"},
             {"\xC0\x9B", "\\xc0\\x9b"},
             {"\xED\xA0\x80", "\\xed\\xa0\\x80"},
             {"\xF4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
             {"\xE2\x80", "\\xe2\\x80"}};

static void what_is_shown(void **state)
{
    char out[200], again[200];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(plm_printable(cases[i].text, out, sizeof out), strlen(cases[i].shown));
        assert_string_equal(out, cases[i].shown);
        assert_int_equal(plm_printable(out, again, sizeof again), strlen(out));
        assert_string_equal(again, out); /* twice is as good as once */
        assert_true(plm_is_printable(out));
        assert_int_equal(plm_is_printable(cases[i].text),
                         strcmp(cases[i].text, cases[i].shown) == 0);
    }
    assert_int_equal(plm_printable(NULL, out, sizeof out), 0);
    assert_string_equal(out, "");
}

/* What a terminal acts on; of the other letters all are shown but those that are invisible. */
static const uint32_t controls[][2] = {{0x01, 0x1F},     {0x7F, 0x9F},     {0x200E, 0x200F},
                                       {0x2028, 0x202E}, {0x2066, 0x2069}, {0xD800, 0xDFFF}};
static const uint32_t invisible[][2] = {
    {0x061C, 0x061C}, {0x200B, 0x200B}, {0x2060, 0x206F}, {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}};

static bool is_within(uint32_t code, const uint32_t (*range)[2], size_t ranges)
{
    bool found = false;
    for (size_t i = 0; i < ranges; i++)
        found = found || (code >= range[i][0] && code <= range[i][1]);
    return found;
}

/* The bytes of a letter below U+10000, surrogates included. */
static void encode(uint32_t code, char text[4])
{
    memset(text, 0, 4);
    if (code < 0x80) {
        text[0] = (char)code;
    } else if (code < 0x800) {
        text[0] = (char)(0xC0 | code >> 6);
        text[1] = (char)(0x80 | (code & 0x3F));
    } else {
        text[0] = (char)(0xE0 | code >> 12);
        text[1] = (char)(0x80 | (code >> 6 & 0x3F));
        text[2] = (char)(0x80 | (code & 0x3F));
    }
}

static void every_letter(void **state)
{
    (void)state;
    for (uint32_t code = 1; code < 0x10000; code++) {
        char text[4], out[16];
        encode(code, text);
        plm_printable(text, out, sizeof out);
        if (is_within(code, controls, sizeof controls / sizeof controls[0]))
            assert_int_equal(out[0], '\\');
        else if (!is_within(code, invisible, sizeof invisible / sizeof invisible[0]))
            assert_string_equal(out, text);
    }
}

/* What does not fit is cut between letters and escapes, never inside. */
static void what_does_not_fit(void **state)
{
    static const char text[] = "a\xC3\xBC\x1b"
                               "b"; /* 1, 2, 4, 1 bytes are shown */
    static const char *const cut[] = {"",
                                      "a",
                                      "a",
                                      "a\xC3\xBC",
                                      "a\xC3\xBC",
                                      "a\xC3\xBC",
                                      "a\xC3\xBC",
                                      "a\xC3\xBC\\x1b",
                                      "a\xC3\xBC\\x1bb"};
    (void)state;
    assert_int_equal(plm_printable(text, NULL, 0), 8);
    for (size_t room = 1; room <= 9; room++) {
        char out[10];
        memset(out, 'x', sizeof out);
        assert_int_equal(plm_printable(text, out, room), 8);
        assert_string_equal(out, cut[room - 1]);
    }
}

static void on_log(void *user, int level, const char *text)
{
    (void)level;
    snprintf(user, 100, "%s", text);
}

static void messages_are_printable(void **state)
{
    helper h;
    char line[100] = "";
    (void)state;
    helper_open(&h);
    plm_fail(&h.w, PLM_E_DATA, "w\x1b", "m\xC2\x9B", "%s", "e\xE2\x80\xAE");
    assert_string_equal(h.w.error.what, "e\\u202e");
    assert_string_equal(h.w.error.where, "w\\x1b");
    assert_string_equal(h.w.error.hint, "m\\u009b");
    plm_fail_within(&h.w, "outer\x07");
    assert_string_equal(h.w.error.where, "outer\\x07: w\\x1b");
    h.w.options.log = on_log;
    h.w.options.user = line;
    plm_warn(&h.w, "column '%s'", "\x1b[31m");
    assert_string_equal(line, "column '\\x1b[31m'");
    helper_close(&h);
}

/* A long message is cut between letters. */
static void long_messages(void **state)
{
    helper h;
    char text[2 * PLM_WHAT_CAPACITY + 1];
    (void)state;
    helper_open(&h);
    for (size_t at = 0; at < 2; at++) {
        for (size_t i = 0; i + 2 < sizeof text; i += 2)
            memcpy(text + i + at, "\xC3\xBC", 2);
        text[0] = at ? 'a' : text[0];
        text[sizeof text - 1] = '\0';
        plm_fail(&h.w, PLM_E_DATA, "", "", "%s", text);
        assert_true(plm_is_printable(h.w.error.what));
        assert_null(strchr(h.w.error.what, '\\'));
    }
    helper_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_shown),     cmocka_unit_test(every_letter),
        cmocka_unit_test(what_does_not_fit), cmocka_unit_test(messages_are_printable),
        cmocka_unit_test(long_messages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
