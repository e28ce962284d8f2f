/* Reads the text of a rule: signs, words and blanks; and says what is wrong with it.
 *
 * An error shows the part of the rule around the place where reading stopped, as rules may be
 * long. */
#include "nn/expression_reader.h"

#include <stdio.h>
#include <string.h>

/* Number of characters that a message shows on either side of an error. */
enum { EXCERPT = 24 };

/* ---- errors ---- */

/* Fails at position `at`, with an excerpt of the text around it. The message gives the column,
 * counted from 1, and up to EXCERPT characters on either side, since a rule is often one of many
 * keys on a long line. */
plm_status plm_rule_fail(const plm_rule_reader *r, size_t at, const char *hint, const char *what)
{
    const size_t first = at > EXCERPT ? at - EXCERPT : 0;
    const size_t rest = strlen(r->text + at), after = rest > EXCERPT ? EXCERPT : rest;
    char where[160];
    snprintf(where, sizeof where, "column %zu of \"%s%.*s%s\"", at + 1, first > 0 ? "..." : "",
             (int)(at - first + after), r->text + first, rest > after ? "..." : "");
    return plm_fail(r->a->w, PLM_E_SPEC, where, hint, "%s", what);
}

/* Returns a hint if the text at s is the notation of another language (C, JavaScript or a Python
 * lambda); else a hint with two examples. */
static const char *hint_for(const char *s)
{
    static const char *const known[][2] = {
        {"^", "write a power as **"},
        {"?", "write: 0.01 if epoch < 5 else 0.001"},
        {"&&", "write `and` in place of &&"},
        {"||", "write `or` in place of ||"},
        {"!", "write `not` in place of !"},
        {"=", "to compare, write =="},
        {":", "write the rule alone, without lambda or def"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strncmp(s, known[i][0], strlen(known[i][0])) == 0)
            return known[i][1];
    return "write a rule such as 0.01 * 0.1 ** (epoch / 20) or 0.01 if epoch < 5 else 0.001";
}

/* Fails with "expected X, found Y" at the next character. A byte that is not printable ASCII is
 * shown by its code, since it may be a part of a character. */
plm_status plm_rule_expected(const plm_rule_reader *r, const char *expected)
{
    char what[160];
    const char c = r->text[r->at];
    if (c == '\0')
        snprintf(what, sizeof what, "expected %s, but the rule ends", expected);
    else if ((unsigned char)c < ' ' || (unsigned char)c > '~')
        snprintf(what, sizeof what, "expected %s, found byte 0x%02x", expected,
                 (unsigned)(unsigned char)c);
    else
        snprintf(what, sizeof what, "expected %s, found '%c'", expected, c);
    return plm_rule_fail(r, r->at, hint_for(r->text + r->at), what);
}

/* ---- operators and words ---- */

/* True for a letter or an underscore. isalpha is not used because it depends on the locale. */
bool plm_rule_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
/* True for a digit. isdigit is not used because it depends on the locale. */
bool plm_rule_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Skips blanks. An expression that is written as a block of YAML may contain line ends, which also
 * count as blanks. */
void plm_rule_skip_blanks(plm_rule_reader *r)
{
    while (r->text[r->at] == ' ' || r->text[r->at] == '\t' || r->text[r->at] == '\n' ||
           r->text[r->at] == '\r')
        r->at++;
}

/* Returns the length of the word at the current position; 0 = none. */
size_t plm_rule_word(const plm_rule_reader *r)
{
    size_t n = 0;
    if (!plm_rule_letter(r->text[r->at]))
        return 0;
    while (plm_rule_letter(r->text[r->at + n]) || plm_rule_digit(r->text[r->at + n]))
        n++;
    return n;
}

/* Skips the operator or word if it comes next, and returns true. An operator that is only the
 * beginning of a longer one, such as * of **, is not taken. token: consists of letters only or of
 * signs only. So `take` reads words and operators, and no separate pass has to split the text. */
bool plm_rule_take(plm_rule_reader *r, const char *token)
{
    const size_t n = strlen(token);
    plm_rule_skip_blanks(r);
    /* a word must match as a whole: `or` is not the beginning of `order` */
    if (plm_rule_letter(token[0])) {
        if (plm_rule_word(r) != n || strncmp(r->text + r->at, token, n) != 0)
            return false;
    } else {
        const char next = strncmp(r->text + r->at, token, n) == 0 ? r->text[r->at + n] : '\0';
        if (strncmp(r->text + r->at, token, n) != 0 ||
            (n == 1 && strchr("*/", token[0]) && next == token[0]) ||
            (n == 1 && strchr("<>", token[0]) && next == '='))
            return false;
    }
    r->at += n;
    return true;
}
