/* Reads the numbers and quoted texts of specs, and reports where a text is wrong.
 *
 * Numbers are measured before they are converted, so that what is converted is exactly what the
 * notation allows, and not whatever a C function would accept. */
#include "base/spec_reader.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/code.h"
#include "base/names.h"
#include "base/notation.h"
#include "base/text.h"

enum { EXCERPT = 24 }; /* number of bytes that a message shows on each side of an error */

/* Fails at position `at`, with an excerpt of the text around it. The message shows EXCERPT
 * characters on either side, as specs can be long lists. */
plm_status plm_spec_fail_at(const plm_spec_reader *r, size_t at, const char *hint, const char *what)
{
    if (plm_code_find(r->text) != NULL)
        return plm_code_fail(r->a->w, "", r->text);
    const size_t first = at > EXCERPT ? at - EXCERPT : 0;
    const size_t before = at - first;
    size_t after = 0;
    while (after < EXCERPT && r->text[at + after])
        after++;
    char where[160];
    snprintf(where, sizeof(where), "column %zu of \"%s%.*s%s\"", at + 1, first ? "..." : "",
             (int)(before + after), r->text + first, r->text[at + after] ? "..." : "");
    return plm_fail(r->a->w, PLM_E_SPEC, where, hint, "%s", what);
}

/* True if an operator of Python follows a number or a name, as in 28 * 28. */
static bool is_computed(const plm_spec_reader *r)
{
    size_t at = r->at;
    if (plm_spec_peek(r) == '\0' || strchr("*+-/%", plm_spec_peek(r)) == NULL)
        return false;
    while (at > 0 && (r->text[at - 1] == ' ' || r->text[at - 1] == '/'))
        at--;
    return at > 0 && (plm_is_inside_name(r->text[at - 1]) || r->text[at - 1] == '.');
}

/* Fails with "expected X, found Y" at the next character. A byte that is not printable ASCII is
 * shown by its code. */
plm_status plm_spec_fail_expected(const plm_spec_reader *r, const char *expected, const char *hint)
{
    char what[160];
    const char c = plm_spec_peek(r);
    if (is_computed(r))
        hint = "numbers are not computed, except fractions such as 1/255: write the result";
    if (c == '\0')
        snprintf(what, sizeof(what), "expected %s, but the text ends", expected);
    else if ((unsigned char)c < ' ' || (unsigned char)c > '~')
        snprintf(what, sizeof(what), "expected %s, found byte 0x%02x", expected,
                 (unsigned)(unsigned char)c);
    else
        snprintf(what, sizeof(what), "expected %s, found '%c'", expected, c);
    return plm_spec_fail_at(r, r->at, hint, what);
}

/* ---- numbers ---- */

/* Returns the number of digits at s, with the _ between two of them, as in 20_000. */
static size_t measure_digits(const char *s)
{
    size_t n = 0;
    while (plm_is_digit(s[n]) || (n > 0 && s[n] == '_' && plm_is_digit(s[n + 1])))
        n++;
    return n;
}

/* Returns the length of an exponent, such as e-7, at s; 0 = none. */
static size_t measure_exponent(const char *s)
{
    if (*s != 'e' && *s != 'E')
        return 0;
    const size_t sign = s[1] == '-' || s[1] == '+', digits = measure_digits(s + 1 + sign);
    return digits ? 1 + sign + digits : 0;
}

/* Returns the length of the number; 0 = there is none. *whole: it has neither a point nor an
 * exponent. 'inf' is read as a number only if it is not the beginning of a name such as `infer`. */
size_t plm_spec_measure_decimal(const char *s, bool *whole)
{
    const size_t sign = *s == '-' || *s == '+';
    *whole = false;
    if (strncmp(s + sign, "inf", 3) == 0 && !plm_is_inside_name(s[sign + 3]))
        return sign + 3;
    const size_t before = measure_digits(s + sign);
    size_t n = sign + before, after = 0;
    if (s[n] == '.') {
        after = measure_digits(s + n + 1);
        n += 1 + after;
    }
    if (before + after == 0)
        return 0;
    n += measure_exponent(s + n);
    *whole = n == sign + before;
    return n;
}

/* Appends a decimal without a plus sign and _, and reads its value. */
static void append_decimal(plm_text *t, const char *s, size_t length, double *value)
{
    const size_t first = t->length;
    const char *end = NULL;
    for (size_t i = *s == '+'; i < length; i++)
        if (s[i] != '_')
            plm_text_append(t, s + i, 1);
    *value = plm_text_number(plm_text_get(t) + first, &end);
}

/* Reads one decimal. Its text, without a plus sign, is appended to t. */
static plm_status read_decimal(plm_spec_reader *r, plm_text *t, double *value, bool *whole)
{
    const size_t first = r->at, length = plm_spec_measure_decimal(r->text + r->at, whole);
    if (length == 0)
        return plm_spec_fail_expected(r, "a number",
                                      "write a number as 3, -0.5, 1e-3, 1/255 or inf");
    append_decimal(t, r->text + first, length, value);
    if (t->failed)
        return PLM_E_MEMORY;
    const bool infinite = r->text[first + length - 1] == 'f';
    if (!infinite && !isfinite(*value))
        return plm_spec_fail_at(r, first, "the largest number is 1.8e308; write inf for infinity",
                                "the number is too large");
    r->at = first + length;
    if (plm_is_inside_name(plm_spec_peek(r)) || plm_spec_peek(r) == '.')
        return plm_spec_fail_at(r, first, "a name begins with a letter, and text needs quotes",
                                "a number is directly followed by a name");
    return PLM_OK;
}

/* Reads a decimal or a fraction such as 1/255 into s. Its text, without blanks, is appended to
 * t. */
static plm_status read_number_text(plm_spec_reader *r, plm_spec *s, plm_text *t)
{
    PLM_TRY(read_decimal(r, t, &s->number, &s->whole));
    /* Blanks may come before a slash. If there is none, they are not part of the number. */
    const size_t end = r->at;
    plm_spec_skip_blanks(r);
    if (plm_spec_peek(r) != '/') {
        r->at = end;
        return PLM_OK;
    }
    r->at++;
    plm_spec_skip_blanks(r);
    const size_t below = r->at;
    double divisor = 1;
    bool whole = false;
    plm_text_add(t, "/");
    PLM_TRY(read_decimal(r, t, &divisor, &whole));
    if (!(fabs(divisor) > 0) || isinf(divisor) || isinf(s->number))
        return plm_spec_fail_at(
            r, below, "write a fraction of two finite numbers, the second of which is not zero",
            "this fraction is not a number");
    s->number /= divisor;
    s->whole = false;
    if (!isfinite(s->number))
        return plm_spec_fail_at(r, below, "the largest number is 1.8e308",
                                "the fraction is too large");
    return PLM_OK;
}

/* Reads a number into s. The text is kept beside the number, so that messages and files show 1/255
 * as it was written. */
plm_status plm_spec_read_number(plm_spec_reader *r, plm_spec *s)
{
    s->type = PLM_SPEC_NUMBER;
    plm_text t = {.w = r->a->w};
    plm_status status = read_number_text(r, s, &t);
    if (status >= 0) {
        s->text = t.failed ? NULL : plm_arena_text(r->a, plm_text_get(&t), t.length);
        status = s->text ? PLM_OK : PLM_E_MEMORY;
    }
    plm_text_free(&t);
    return status;
}

/* ---- text ---- */

/* Returns the character that the escape \c stands for; 0 = c is unknown. */
static char unescape(char c)
{
    static const char from[] = "\\'\"ntr", to[] = "\\'\"\n\t\r";
    const char *found = c ? strchr(from, c) : NULL;
    return found ? to[found - from] : '\0';
}

/* Finds the end of the text, counting characters, then copies it without the backslashes of
 * escapes. */
plm_status plm_spec_read_text(plm_spec_reader *r, plm_spec *s)
{
    const size_t first = r->at;
    const char quote = plm_spec_peek(r);
    size_t length = 0;
    for (r->at++; plm_spec_peek(r) != quote; r->at++, length++) {
        if (plm_spec_peek(r) == '\\' && !unescape(r->text[++r->at]))
            return plm_spec_fail_at(
                r, r->at - 1,
                "write \\\\ for a backslash, \\' for a quote; \\n, \\t and \\r are known",
                "an unknown escape in a quoted text");
        if (plm_spec_peek(r) == '\0')
            return plm_spec_fail_at(r, first, "end the text with the quote that it begins with",
                                    "a quoted text does not end");
    }
    char *text = plm_arena_text(r->a, r->text + first + 1, r->at - first - 1);
    if (!text)
        return PLM_E_MEMORY;
    /* remove the backslashes in place */
    size_t from = 0;
    for (size_t i = 0; i < length; i++, from++)
        text[i] = text[from] == '\\' ? unescape(text[++from]) : text[from];
    text[length] = '\0';
    r->at++;
    s->type = PLM_SPEC_TEXT;
    s->text = text;
    return PLM_OK;
}
