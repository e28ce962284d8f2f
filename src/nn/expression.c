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
#include "nn/expression_reader.h"

/* Limits: depth of nested parts, number of instructions, bytes of the text. */
enum { MAX_DEPTH = 64, MAX_CODE = 1024, MAX_LENGTH = 4096 };

/* Maximum number of variables that a rule may use, since a set of them is stored as the bits of a
 * uint32_t. */
enum { MAX_NAMES = 31 };

/* ---- code ---- */

/* Appends an instruction that takes `takes` numbers from the stack and puts one there. Fails if the
 * stack would become too high or the code too long. The code of operands always comes before that
 * of their operation, so the evaluation needs a stack and no recursion, and never finds the stack
 * empty. */
static plm_status put(plm_rule_reader *r, plm_instruction i, int takes)
{
    /* the height of the stack is checked here, so evaluation need not check it */
    r->height += 1 - takes;
    if (r->height > PLM_EXPRESSION_STACK || r->length >= MAX_CODE)
        return plm_rule_fail(r, r->at, "write a shorter rule, or use piecewise_constant_decay",
                             "the rule is too long");
    r->code = plm_arena_grow(r->a, r->code, r->length, &r->capacity, sizeof *r->code);
    if (r->code == NULL)
        return PLM_E_MEMORY;
    r->code[r->length++] = i;
    return PLM_OK;
}

/* Counts a nested part. Fails if parts are nested too deeply, as each one takes some of the C
 * stack. */
static plm_status enter(plm_rule_reader *r)
{
    return ++r->depth > MAX_DEPTH ? plm_rule_fail(r, r->at, "write the rule with fewer brackets",
                                                  "the rule is nested too deep")
                                  : PLM_OK;
}

/* ---- the grammar, from the strongest operators to the weakest ---- */

static plm_status read_choice(plm_rule_reader *r);

/* Reads a number. A name directly after a number, as in 2x, is an error. Hexadecimal numbers are
 * allowed. 'inf' and 'nan' begin with a letter, so they count as names. */
static plm_status read_number(plm_rule_reader *r)
{
    const char *end = NULL;
    const size_t first = r->at;
    const double number = plm_text_number(r->text + r->at, &end);
    r->at = (size_t)(end - r->text);
    if (end == r->text + first)
        return plm_rule_expected(r, "a number");
    if (!isfinite(number))
        return plm_rule_fail(r, first, "the largest number is 1.8e308", "the number is too large");
    if (plm_rule_letter(*end) || *end == '.')
        return plm_rule_fail(r, first, "write the * between a number and a name",
                             "a number is directly followed by a name");
    return put(r, (plm_instruction){.op = PLM_DO_NUMBER, .number = number}, 0);
}

/* Reads the arguments of a function and then appends the call. The function takes its arguments
 * from the stack, so their code comes first. */
static plm_status read_call(plm_rule_reader *r, int index)
{
    const plm_function *f = &plm_functions[index];
    if (!plm_rule_take(r, "("))
        return plm_rule_expected(r, "'(' after the name of a function");
    PLM_TRY(read_choice(r));
    if (f->two != NULL) {
        if (!plm_rule_take(r, ","))
            return plm_rule_expected(r, "',' and a second number");
        PLM_TRY(read_choice(r));
    }
    if (!plm_rule_take(r, ")"))
        return plm_rule_expected(r,
                                 f->two != NULL ? "')' after two numbers" : "')' after one number");
    return put(
        r, (plm_instruction){.op = f->two != NULL ? PLM_DO_CALL2 : PLM_DO_CALL1, .index = index},
        f->two != NULL ? 2 : 1);
}

/* Fails on an unknown name; the hint has the nearest known name, or lists the variables. The
 * nearest name may be that of a function, but the list has no functions, since a user who named an
 * unknown variable needs the variables. */
static plm_status fail_name(const plm_rule_reader *r, size_t at, const char *name)
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
        return plm_rule_fail(r, at, hint, what);
    }
    size_t n = (size_t)snprintf(hint, sizeof hint, "a rule may use");
    for (size_t i = 0; i < own && n < sizeof hint; i++)
        n += (size_t)snprintf(hint + n, sizeof hint - n, "%s %s", i > 0 ? "," : "", all[i]);
    return plm_rule_fail(r, at, hint, what);
}

/* Reads a variable, a function call or pi. A prefix "math." is ignored. Case and underscores of
 * variables are ignored, as everywhere in specs. A name of 64 characters or more cannot be known;
 * the error shows its beginning. Variables come first: no variable has the name of a function.
 * r->uses records which variables occur, so that one that the training does not know is reported
 * before it begins. */
static plm_status read_name(plm_rule_reader *r)
{
    const size_t at = r->at;
    if (strncmp(r->text + r->at, "math.", 5) == 0)
        r->at += 5;
    const size_t length = plm_rule_word(r);
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
static plm_status read_atom(plm_rule_reader *r)
{
    plm_rule_skip_blanks(r);
    const char c = r->text[r->at];
    if (plm_rule_take(r, "(")) {
        PLM_TRY(read_choice(r));
        return plm_rule_take(r, ")") ? PLM_OK : plm_rule_expected(r, "')'");
    }
    if (plm_rule_digit(c) || c == '.')
        return read_number(r);
    return plm_rule_letter(c) ? read_name(r) : plm_rule_expected(r, "a number, a name or '('");
}

/* Reads signs and powers: -a ** b is -(a ** b), and a ** -b is allowed. The power binds more
 * strongly than a sign on its left, and less strongly than a sign on its right, as in Python.
 * This function also reads the operand of a sign and the exponent, so `--x` and `2 ** -x` are
 * allowed. */
static plm_status read_unary(plm_rule_reader *r)
{
    PLM_TRY(enter(r));
    if (plm_rule_take(r, "-")) {
        PLM_TRY(read_unary(r));
        PLM_TRY(put(r, (plm_instruction){.op = PLM_DO_NEGATE}, 1));
    } else if (plm_rule_take(r, "+")) {
        PLM_TRY(read_unary(r));
    } else {
        PLM_TRY(read_atom(r));
        if (plm_rule_take(r, "**")) {
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

/* Skips one of the operators of a list if it comes next. The list ends with {NULL}. */
static const sign *take_sign(plm_rule_reader *r, const sign *signs)
{
    for (; signs->token != NULL; signs++)
        if (plm_rule_take(r, signs->token))
            return signs;
    return NULL;
}

/* Reads operands joined by operators that are applied from left to right, so 8 / 4 / 2 is (8 / 4) /
 * 2. part: the function that reads an operand. Four levels of the grammar have this form, so they
 * share this loop. */
static plm_status read_left(plm_rule_reader *r, const sign *signs,
                            plm_status (*part)(plm_rule_reader *))
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
static plm_status read_product(plm_rule_reader *r)
{
    static const sign signs[] = {{"*", PLM_DO_MULTIPLY},
                                 {"//", PLM_DO_WHOLE_DIVIDE},
                                 {"/", PLM_DO_DIVIDE},
                                 {"%", PLM_DO_REMAINDER},
                                 {NULL, PLM_DO_NUMBER}};
    return read_left(r, signs, read_unary);
}

/* Reads products, joined by + and -. */
static plm_status read_sum(plm_rule_reader *r)
{
    static const sign signs[] = {{"+", PLM_DO_ADD}, {"-", PLM_DO_SUBTRACT}, {NULL, PLM_DO_NUMBER}};
    return read_left(r, signs, read_product);
}

/* Reads one comparison, which gives 1 for true and 0 for false. A second comparison directly after
 * it is an error, since it means something else in Python. */
static plm_status read_comparison(plm_rule_reader *r)
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
        return plm_rule_fail(r, at, "join two comparisons by `and`: 5 <= epoch and epoch < 15",
                             "two comparisons in a row");
    return PLM_OK;
}

/* Reads `not` before a comparison, any number of times. Depth is counted, since every `not` calls
 * this function again. */
static plm_status read_not(plm_rule_reader *r)
{
    PLM_TRY(enter(r));
    if (plm_rule_take(r, "not")) {
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
static plm_status read_and(plm_rule_reader *r)
{
    static const sign signs[] = {{"and", PLM_DO_AND}, {NULL, PLM_DO_NUMBER}};
    return read_left(r, signs, read_not);
}

/* Reads comparisons that are joined by `and` and `or`. */
static plm_status read_or(plm_rule_reader *r)
{
    static const sign signs[] = {{"or", PLM_DO_OR}, {NULL, PLM_DO_NUMBER}};
    return read_left(r, signs, read_and);
}

/* Reads "value if condition else value"; the last part may be another choice. The code of all three
 * parts runs, then PLM_DO_SELECT picks one of two values. So the code needs no jumps. */
static plm_status read_choice(plm_rule_reader *r)
{
    PLM_TRY(enter(r));
    PLM_TRY(read_or(r));
    if (plm_rule_take(r, "if")) {
        PLM_TRY(read_or(r));
        if (!plm_rule_take(r, "else"))
            return plm_rule_expected(r, "else");
        PLM_TRY(read_choice(r));
        PLM_TRY(put(r, (plm_instruction){.op = PLM_DO_SELECT}, 3));
    }
    r->depth--;
    return PLM_OK;
}

/* Parses a rule, such as "0.1 * 0.9 ** epoch", into code for the stack machine. names: the names
 * that the rule may use. The length is checked first, by memchr, which reads no further than the
 * limit. */
plm_status plm_expression_read(plm_arena *a, const char *text, const char *const *names,
                               plm_expression *out)
{
    plm_rule_reader r = {.a = a, .text = text, .names = names};
    *out = (plm_expression){0};
    if (memchr(text, '\0', MAX_LENGTH) == NULL)
        return plm_fail(a->w, PLM_E_SPEC, "a rule", "write a shorter rule",
                        "the rule is longer than %d characters", MAX_LENGTH);
    PLM_TRY(read_choice(&r));
    plm_rule_skip_blanks(&r);
    if (text[r.at] != '\0')
        return plm_rule_expected(&r, "the end or an operator");
    *out = (plm_expression){.code = r.code, .length = (int)r.length, .uses = r.uses};
    return PLM_OK;
}
