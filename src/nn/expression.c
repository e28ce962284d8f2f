/* Parses expressions by recursive descent into postfix code, which expression_value.c evaluates.
 * The text may come from an untrusted file, so depth and length are limited, and the height of the
 * stack is computed while parsing.
 *
 * The grammar is the part of Python's expressions that rules of schedules need. From the weakest
 * operator to the strongest:
 *
 *    choice      or [if or else choice]
 *    or          and {or and}
 *    and         not {and not}
 *    not         [not] comparison
 *    comparison  sum [< sum]
 *    sum         product {+ product}
 *    product     unary {* unary}
 *    unary       [-] unary | atom [** unary]
 *    atom        number | name | function(choice) | (choice) */
#include "nn/expression.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/names.h"
#include "base/notation.h"
#include "base/text.h"
#include "nn/expression_code.h"

/* Limits: depth of nested parts, number of instructions, bytes of the text. EXCERPT: number of
 * characters that a message shows on either side of an error. */
enum { MAX_DEPTH = 64, MAX_CODE = 1024, MAX_LENGTH = 4096, EXCERPT = 24 };

/* Maximum number of variables that a rule may use: a set of variables is the bits of a uint32_t. */
enum { MAX_NAMES = 31 };

/* The text being parsed and the code made so far. */
typedef struct {
    plm_arena *a;
    const char *text;         /* the rule */
    const char *const *names; /* names of variables, ended by NULL */
    size_t at;                /* index of the next byte to be read */
    int depth, height;        /* depth of nested parts; height of the stack */
    plm_instruction *code;    /* [length] in the arena */
    size_t length, capacity;  /* number of instructions in use; number for which there is memory */
    uint32_t uses;            /* bit i: the rule uses variable i */
} reader;

/* ---- errors ---- */

/* Fails at position `at`, with an excerpt of the text around it. The message gives the column,
 * counted from 1, and up to EXCERPT characters on either side, since a rule is often one of many
 * keys on a long line. */
static plm_status fail_at(const reader *r, size_t at, const char *hint, const char *what)
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
        {"&&", "write and"},
        {"||", "write or"},
        {"!", "write not"},
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
static plm_status fail_expected(const reader *r, const char *expected)
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
    return fail_at(r, r->at, hint_for(r->text + r->at), what);
}

/* ---- operators and words ---- */

/* True for a letter or an underscore. isalpha is not used because it depends on the locale. */
static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
/* True for a digit. isdigit is not used because it depends on the locale. */
static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Skips blanks. A rule in a YAML block may contain line ends; they are blanks, too. */
static void skip_blanks(reader *r)
{
    while (r->text[r->at] == ' ' || r->text[r->at] == '\t' || r->text[r->at] == '\n' ||
           r->text[r->at] == '\r')
        r->at++;
}

/* Returns the length of the word at the present position; 0 = none. */
static size_t measure_word(const reader *r)
{
    size_t n = 0;
    if (!is_letter(r->text[r->at]))
        return 0;
    while (is_letter(r->text[r->at + n]) || is_digit(r->text[r->at + n]))
        n++;
    return n;
}

/* Skips the operator or word if it comes next, and returns true. An operator that is only the
 * beginning of a longer one, such as * of **, is not taken. token: consists of letters only or of
 * signs only. So `take` reads words and operators, and no separate pass has to split the text. */
static bool take(reader *r, const char *token)
{
    const size_t n = strlen(token);
    skip_blanks(r);
    /* a word must match as a whole: `or` is not the beginning of `order` */
    if (is_letter(token[0])) {
        if (measure_word(r) != n || strncmp(r->text + r->at, token, n) != 0)
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

/* ---- code ---- */

/* Appends an instruction that removes `takes` numbers from the stack and adds one. A rule that
 * passes these checks can neither overflow the stack of the evaluation nor find it empty. */
static plm_status put(reader *r, plm_instruction i, int takes)
{
    /* the height of the stack is checked here, so evaluation need not check it */
    r->height += 1 - takes;
    if (r->height > PLM_EXPRESSION_STACK || r->length >= MAX_CODE)
        return fail_at(r, r->at, "write a shorter rule, or use piecewise_constant_decay",
                       "the rule is too long");
    r->code = plm_arena_grow(r->a, r->code, r->length, &r->capacity, sizeof *r->code);
    if (r->code == NULL)
        return PLM_E_MEMORY;
    r->code[r->length++] = i;
    return PLM_OK;
}

/* Counts a nested part. Fails if parts are nested too deeply, as each one takes some of the C
 * stack. */
static plm_status enter(reader *r)
{
    return ++r->depth > MAX_DEPTH ? fail_at(r, r->at, "write the rule with fewer brackets",
                                            "the rule is nested too deep")
                                  : PLM_OK;
}

/* ---- the grammar, from the strongest operators to the weakest ---- */

static plm_status read_choice(reader *r);

/* Reads a number. A name directly after a number, as in 2x, is an error. plm_text_number reads
 * hexadecimal numbers, too; 'inf' and 'nan' begin with a letter, so they are names. */
static plm_status read_number(reader *r)
{
    const char *end = NULL;
    const size_t first = r->at;
    const double number = plm_text_number(r->text + r->at, &end);
    r->at = (size_t)(end - r->text);
    if (end == r->text + first)
        return fail_expected(r, "a number");
    if (!isfinite(number))
        return fail_at(r, first, "the largest number is 1.8e308", "the number is too large");
    if (is_letter(*end) || *end == '.')
        return fail_at(r, first, "write the * between a number and a name",
                       "a number is directly followed by a name");
    return put(r, (plm_instruction){.op = PLM_DO_NUMBER, .number = number}, 0);
}

/* Reads the arguments of a function. The function takes its arguments from the stack, so their code
 * comes first. */
static plm_status read_call(reader *r, int index)
{
    const plm_function *f = &plm_functions[index];
    if (!take(r, "("))
        return fail_expected(r, "'(' after the name of a function");
    PLM_TRY(read_choice(r));
    if (f->two != NULL) {
        if (!take(r, ","))
            return fail_expected(r, "',' and a second number");
        PLM_TRY(read_choice(r));
    }
    if (!take(r, ")"))
        return fail_expected(r, f->two != NULL ? "')' after two numbers" : "')' after one number");
    return put(
        r, (plm_instruction){.op = f->two != NULL ? PLM_DO_CALL2 : PLM_DO_CALL1, .index = index},
        f->two != NULL ? 2 : 1);
}

/* Fails on an unknown name; the hint has the nearest known name, or lists the variables. Functions
 * are candidates for the nearest name, but are not listed: somebody who used an unknown variable
 * needs the list of variables. */
static plm_status fail_name(const reader *r, size_t at, const char *name)
{
    const char *all[MAX_NAMES + PLM_FUNCTIONS];
    size_t count = 0;
    char what[96], hint[320] = "did you mean ";
    for (; r->names[count] != NULL; count++)
        all[count] = r->names[count];
    const size_t own = count;
    for (size_t i = 0; i < PLM_FUNCTIONS; i++)
        all[count++] = plm_functions[i].name;
    const char *near = plm_name_nearest(name, all, count);
    snprintf(what, sizeof what, "unknown name '%s' in the rule", name);
    if (near != NULL) {
        snprintf(hint, sizeof hint, "did you mean %s?", near);
        return fail_at(r, at, hint, what);
    }
    size_t n = (size_t)snprintf(hint, sizeof hint, "a rule may use");
    for (size_t i = 0; i < own && n < sizeof hint; i++)
        n += (size_t)snprintf(hint + n, sizeof hint - n, "%s %s", i > 0 ? "," : "", all[i]);
    return fail_at(r, at, hint, what);
}

/* Reads a variable, a function call or pi. A prefix "math." is ignored. Case and underscores of
 * variables are ignored, as everywhere in specs. A name of 64 characters or more cannot be known;
 * the error shows its beginning. */
static plm_status read_name(reader *r)
{
    const size_t at = r->at;
    if (strncmp(r->text + r->at, "math.", 5) == 0)
        r->at += 5;
    const size_t length = measure_word(r);
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)(length < sizeof name ? length : sizeof name - 1),
             r->text + r->at);
    r->at += length;
    if (length < sizeof name) {
        for (int i = 0; r->names[i] != NULL; i++)
            if (plm_name_equal(r->names[i], name)) {
                r->uses |= 1u << i;
                return put(r, (plm_instruction){.op = PLM_DO_VALUE, .index = i}, 0);
            }
        for (int i = 0; i < PLM_FUNCTIONS; i++)
            if (strcmp(plm_functions[i].name, name) == 0)
                return read_call(r, i);
        if (strcmp(name, "pi") == 0)
            return put(r, (plm_instruction){.op = PLM_DO_NUMBER, .number = 3.14159265358979323846},
                       0);
    }
    return fail_name(r, at, name);
}

/* Reads a number, a name or a part in parentheses. */
static plm_status read_atom(reader *r)
{
    skip_blanks(r);
    const char c = r->text[r->at];
    if (take(r, "(")) {
        PLM_TRY(read_choice(r));
        return take(r, ")") ? PLM_OK : fail_expected(r, "')'");
    }
    if (is_digit(c) || c == '.')
        return read_number(r);
    return is_letter(c) ? read_name(r) : fail_expected(r, "a number, a name or '('");
}

/* Reads signs and powers: -a ** b is -(a ** b), and a ** -b is allowed. The power binds more
 * strongly than a sign on its left, and less strongly than a sign on its right, as in Python. */
static plm_status read_unary(reader *r)
{
    PLM_TRY(enter(r));
    if (take(r, "-")) {
        PLM_TRY(read_unary(r));
        PLM_TRY(put(r, (plm_instruction){.op = PLM_DO_NEGATE}, 1));
    } else if (take(r, "+")) {
        PLM_TRY(read_unary(r));
    } else {
        PLM_TRY(read_atom(r));
        if (take(r, "**")) {
            PLM_TRY(read_unary(r));
            PLM_TRY(put(r, (plm_instruction){.op = PLM_DO_POWER}, 2));
        }
    }
    r->depth--;
    return PLM_OK;
}

/* An operator and its operation. */
typedef struct {
    const char *token; /* as it is written */
    plm_operation op;  /* the operation of the operator */
} sign;

/* Skips one of the operators if it comes next. The list is ended by {NULL}. */
static const sign *take_sign(reader *r, const sign *signs)
{
    for (; signs->token != NULL; signs++)
        if (take(r, signs->token))
            return signs;
    return NULL;
}

/* Reads a chain of operators that are applied from left to right. part: the function that reads an
 * operand. So 8 / 4 / 2 is (8 / 4) / 2. */
static plm_status read_left(reader *r, const sign *signs, plm_status (*part)(reader *))
{
    PLM_TRY(part(r));
    for (const sign *s = take_sign(r, signs); s != NULL; s = take_sign(r, signs)) {
        PLM_TRY(part(r));
        PLM_TRY(put(r, (plm_instruction){.op = s->op}, 2));
    }
    return PLM_OK;
}

/* Reads factors that are joined by * // / and %. If two operators begin alike, the longer one comes
 * first in the list. */
static plm_status read_product(reader *r)
{
    static const sign signs[] = {{"*", PLM_DO_MULTIPLY},
                                 {"//", PLM_DO_WHOLE_DIVIDE},
                                 {"/", PLM_DO_DIVIDE},
                                 {"%", PLM_DO_REMAINDER},
                                 {NULL, PLM_DO_NUMBER}};
    return read_left(r, signs, read_unary);
}

/* Reads products, joined by + and -. */
static plm_status read_sum(reader *r)
{
    static const sign signs[] = {{"+", PLM_DO_ADD}, {"-", PLM_DO_SUBTRACT}, {NULL, PLM_DO_NUMBER}};
    return read_left(r, signs, read_product);
}

/* Reads one comparison. Two in a row, which mean something else in Python, are an error. A
 * comparison gives 1 for true and 0 for false. */
static plm_status read_comparison(reader *r)
{
    static const sign signs[] = {{"<=", PLM_DO_LESS_EQUAL},    {"<", PLM_DO_LESS},
                                 {">=", PLM_DO_GREATER_EQUAL}, {">", PLM_DO_GREATER},
                                 {"==", PLM_DO_EQUAL},         {"!=", PLM_DO_NOT_EQUAL},
                                 {NULL, PLM_DO_NUMBER}};
    PLM_TRY(read_sum(r));
    const sign *s = take_sign(r, signs);
    if (s == NULL)
        return PLM_OK;
    PLM_TRY(read_sum(r));
    PLM_TRY(put(r, (plm_instruction){.op = s->op}, 2));
    const size_t at = r->at;
    if (take_sign(r, signs) != NULL)
        return fail_at(r, at, "join two comparisons by `and`: 5 <= epoch and epoch < 15",
                       "two comparisons in a row");
    return PLM_OK;
}

/* Reads `not` before a comparison, any number of times. Depth is counted, since every `not` calls
 * this function again. */
static plm_status read_not(reader *r)
{
    PLM_TRY(enter(r));
    if (take(r, "not")) {
        PLM_TRY(read_not(r));
        PLM_TRY(put(r, (plm_instruction){.op = PLM_DO_NOT}, 1));
    } else {
        PLM_TRY(read_comparison(r));
    }
    r->depth--;
    return PLM_OK;
}

/* Reads comparisons that are joined by `and`. Both sides are always computed, which is harmless
 * since a rule has no side effects. */
static plm_status read_and(reader *r)
{
    static const sign signs[] = {{"and", PLM_DO_AND}, {NULL, PLM_DO_NUMBER}};
    return read_left(r, signs, read_not);
}

/* Reads comparisons that are joined by `and` and `or`. */
static plm_status read_or(reader *r)
{
    static const sign signs[] = {{"or", PLM_DO_OR}, {NULL, PLM_DO_NUMBER}};
    return read_left(r, signs, read_and);
}

/* Reads "value if condition else value"; the last part may be another choice. The code of all three
 * parts runs, then PLM_DO_SELECT picks one of two values. So a choice needs no jumps. */
static plm_status read_choice(reader *r)
{
    PLM_TRY(enter(r));
    PLM_TRY(read_or(r));
    if (take(r, "if")) {
        PLM_TRY(read_or(r));
        if (!take(r, "else"))
            return fail_expected(r, "else");
        PLM_TRY(read_choice(r));
        PLM_TRY(put(r, (plm_instruction){.op = PLM_DO_SELECT}, 3));
    }
    r->depth--;
    return PLM_OK;
}

/* Parses a rule, such as "0.1 * 0.9 ** epoch", into code for the stack machine. names: the names
 * that the rule may use. memchr looks for the end within the limit, so a longer text is not read to
 * its end. */
plm_status plm_expression_read(plm_arena *a, const char *text, const char *const *names,
                               plm_expression *out)
{
    reader r = {.a = a, .text = text, .names = names};
    *out = (plm_expression){0};
    if (memchr(text, '\0', MAX_LENGTH) == NULL)
        return plm_fail(a->w, PLM_E_SPEC, "a rule", "write a shorter rule",
                        "the rule is longer than %d characters", MAX_LENGTH);
    PLM_TRY(read_choice(&r));
    skip_blanks(&r);
    if (text[r.at] != '\0')
        return fail_expected(&r, "the end or an operator");
    *out = (plm_expression){.code = r.code, .length = (int)r.length, .uses = r.uses};
    return PLM_OK;
}
