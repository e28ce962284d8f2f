/* Rules as expressions: values as Python gives them, and texts that are no rules. */
#include <math.h>

#include "nn/expression.h"
#include "nn_support.h"

static const char *const names[] = {"epoch", "step", "lr", NULL};
static const double values[] = {7, 1234, 0.01};

static const struct {
    const char *text;
    double value;
} items[] = {
    {"1", 1},
    {" .5 ", 0.5},
    {"1e-3 + 2.", 2.001},
    {"2 - 3 - 4", -5},
    {"2 / 4 / 2", 0.25},
    {"1 + 2 * 3", 7},
    {"(1 + 2) * 3", 9},
    {"2 ** 3 ** 2", 512},
    {"-2 ** 2", -4},
    {"2 ** -1", 0.5},
    {"2 ** - - 1", 2},
    {"- - 3", 3},
    {"+3 - +2", 1},
    {"7 // 2", 3},
    {"-7 // 2", -4},
    {"7 % 3", 1},
    {"-7 % 3", 2},
    {"7 % -3", -2},
    {"7.5 % 2", 1.5},
    {"6 % 3", 0},
    {"0.25 % 3", 0.25},
    {"0.25 % 0.5", 0.25},
    {"-0.25 % 0.5", 0.25},
    {"0.25 % -3", -2.75},
    {"-0.25 % -0.5", -0.25},
    {"2*-3", -6},
    {"epoch", 7},
    {"EPOCH + Step", 1241},
    {"0.01 * 0.1 ** (epoch / 20)", 0.0044668359215096314},
    {"0.01 if epoch < 5 else 0.005 if epoch < 15 else 0.001", 0.005},
    {"0.01 if (epoch < 5) else (0.005 if epoch < 7 else 0.001)", 0.001},
    {"1 if epoch <= 7 else 2", 1},
    {"1 if epoch >= 8 else 2", 2},
    {"1 if epoch > 6 else 2", 1},
    {"1 if epoch == 7 else 2", 1},
    {"1 if epoch != 7 else 2", 2},
    {"1 if not epoch else 2", 2},
    {"1 if not not epoch else 2", 1},
    {"1 if epoch > 5 and step < 1000 else 2", 2},
    {"1 if epoch > 5 or step < 1000 else 2", 1},
    {"1 if 0 and 0 or 1 else 2", 1},
    {"1 if not 1 == 2 else 2", 1},
    {"5 * (epoch < 10)", 5},
    {"1 if 0.5 and -0.5 else 2", 1},
    {"1 if 0 / 0 else 2", 2},
    {"1 if 0 / 0 == 0 / 0 or 0 / 0 != 1 else 2", 2},
    {"max(0 / 0, 3) * 10 + min(0 / 0, 2)", 32},
    {"1 if 1 / 0 > 1e300 else 2", 1},
    {"min(3, 2) + max(3, 2) * 10", 32},
    {"pow(2, 10)", 1024},
    {"exp(0) + log(1) + sqrt(9) + abs(-2)", 6},
    {"math.exp(1)", 2.7182818284590452},
    {"log10(1000) + log2(8)", 6},
    {"floor(-1.5) * 10 + ceil(1.2) + round(2.5)", -16},
    {"cos(pi) + sin(0) + tanh(0)", -1},
    {"lr * exp(-0.1) if epoch >= 5 else lr", 0.0090483741803595957},
    {"((((((((((1))))))))))", 1},
    {"1\n+\t2", 3},
};

static void test_values(void **state)
{
    plm *w = open_runtime(NULL);
    (void)state;
    for (size_t i = 0; i < sizeof items / sizeof *items; i++) {
        plm_arena a = {.w = w};
        plm_expression e;
        if (plm_expression_read(&a, items[i].text, names, &e) < 0)
            fail_msg("%s: %s", items[i].text, plm_last_error(w)->what);
        assert_near(plm_expression_value(&e, values), items[i].value, 1e-14, items[i].text, i);
        plm_arena_free(&a);
    }
    plm_close(w);
}

static const char *const bad[][3] = {
    /* text, where, what or hint */
    {"", "column 1 of", "the rule ends"},
    {"0.01 *", "column 7", "the rule ends"},
    {"0.01 0.02", "column 6", "the end or an operator, found '0'"},
    {"(1", "column 3", "expected ')'"},
    {"1)", "column 2", "found ')'"},
    {"epochh", "column 1", "did you mean epoch?"},
    {"0.1 * iteration", "column 7", "a rule may use epoch, step, lr"},
    {"sqr(2)", "column 1", "did you mean sqrt?"},
    {"exp 2", "column 5", "'(' after the name of a function"},
    {"exp(1, 2)", "column 6", "')' after one number"},
    {"min(1)", "column 6", "',' and a second number"},
    {"min(1, 2, 3)", "column 9", "')' after two numbers"},
    {"2 ^ 3", "column 3", "write a power as **"},
    {"epoch < 5 ? 1 : 2", "column 11", "0.01 if epoch < 5 else 0.001"},
    {"1 if epoch = 5 else 2", "column 12", "to compare, write =="},
    {"1 if epoch < 5 && 1 else 2", "column 16", "write `and`"},
    {"1 if epoch < 5", "column 15", "expected else"},
    {"1 if 5 < epoch < 9 else 2", "column 16", "join two comparisons by `and`"},
    {"lambda epoch: 1", "column 1", "unknown name 'lambda'"},
    {"2epoch", "column 1", "the * between"},
    {"1.2.3", "column 1", "followed by a name"},
    {"1e999", "column 1", "too large"},
    {"0.01\x01", "column 5", "byte 0x01"},
    {"1 ** ", "column 6", "the rule ends"},
    {"and 1", "column 1", "unknown name 'and'"},
    {"'a'", "column 1", "found '''"},
};

static void test_refused(void **state)
{
    plm *w = open_runtime(NULL);
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        plm_arena a = {.w = w};
        plm_expression e;
        assert_int_equal(plm_expression_read(&a, bad[i][0], names, &e), PLM_E_SPEC);
        const plm_error *error = plm_last_error(w);
        if (!strstr(error->where, bad[i][1]) ||
            (!strstr(error->what, bad[i][2]) && !strstr(error->hint, bad[i][2])))
            fail_msg("%s: '%s' / '%s' / '%s'", bad[i][0], error->where, error->what, error->hint);
        plm_arena_free(&a);
    }
    plm_close(w);
}

/* An unknown name is refused wherever a number may be. */
static void test_unknown_anywhere(void **state)
{
    static const char *const text[] = {"nothing",
                                       "-nothing",
                                       "+nothing",
                                       "(nothing)",
                                       "nothing ** 2",
                                       "2 ** nothing",
                                       "nothing * 2",
                                       "2 * nothing",
                                       "2 // nothing",
                                       "nothing / 2",
                                       "nothing + 1",
                                       "1 - nothing",
                                       "nothing < 1",
                                       "1 >= nothing",
                                       "not nothing",
                                       "nothing and 1",
                                       "1 and nothing",
                                       "nothing or 1",
                                       "1 or nothing",
                                       "nothing if 1 else 2",
                                       "1 if nothing else 2",
                                       "1 if 2 else nothing",
                                       "sqrt(nothing)",
                                       "min(nothing, 1)",
                                       "max(1, nothing)"};
    plm *w = open_runtime(NULL);
    (void)state;
    for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
        plm_arena a = {.w = w};
        plm_expression e;
        if (plm_expression_read(&a, text[i], names, &e) != PLM_E_SPEC ||
            !strstr(plm_last_error(w)->what, "unknown name 'nothing'"))
            fail_msg("%s: '%s'", text[i], plm_last_error(w)->what);
        plm_arena_free(&a);
    }
    plm_close(w);
}

/* A rule has at most 1024 instructions, whichever is the last: `first` and 511 additions of 1 are
 * 1024, or 1023 where there is another 1. */
static void test_full(void **state)
{
    static const struct {
        const char *before, *first, *after;
    } rule[] = {{"-(", "-1", ")"},           {"not (", "-1", ")"},  {"sqrt(", "-1", ")"},
                {"(", "1", ") * 1"},         {"(", "1", ") + 1"},   {"(", "1", ") ** 1"},
                {"(", "1", ") < 1"},         {"(", "1", ") and 1"}, {"(", "1", ") or 1"},
                {"min(", "1", ", 1)"},       {"(", "-1", ") * 1"},  {"(", "-1", ") if 1 else 1"},
                {"1 if 1 else (", "-1", ")"}};
    plm *w = open_runtime(NULL);
    (void)state;
    for (size_t i = 0; i < sizeof rule / sizeof *rule; i++)
        for (int fits = 0; fits < 2; fits++) {
            plm_arena a = {.w = w};
            plm_text t = {.w = w};
            plm_expression e;
            plm_text_format(&t, "%s%s", rule[i].before, rule[i].first);
            for (int k = 0; k < (fits ? 509 : 511); k++)
                plm_text_add(&t, "+1");
            plm_text_add(&t, rule[i].after);
            const plm_status status = plm_expression_read(&a, plm_text_get(&t), names, &e);
            if (status != (fits ? PLM_OK : PLM_E_SPEC) ||
                (!fits && !strstr(plm_last_error(w)->what, "the rule is too long")))
                fail_msg("%s..%s: '%s'", rule[i].before, rule[i].after, plm_last_error(w)->what);
            plm_text_free(&t);
            plm_arena_free(&a);
        }
    plm_close(w);
}

/* Parts may be nested 64 deep, each sign, power, `not` and bracket counted: the rule itself, its
 * `not` level and its first operand are three. */
static void test_depth(void **state)
{
    static const struct {
        const char *part, *end;
        int fits;
    } rule[] = {{"-", "", 61},  {"+", "", 61},     {"1 ** ", "", 61},       {"not ", "", 61},
                {"(", ")", 20}, {"exp(", ")", 20}, {"1 if 1 else ", "", 61}};
    plm *w = open_runtime(NULL);
    (void)state;
    for (size_t i = 0; i < sizeof rule / sizeof *rule; i++)
        for (int more = 0; more < 2; more++) {
            plm_arena a = {.w = w};
            plm_text t = {.w = w};
            plm_expression e;
            for (int k = 0; k < rule[i].fits + more; k++)
                plm_text_add(&t, rule[i].part);
            plm_text_add(&t, "1");
            for (int k = 0; k < rule[i].fits + more; k++)
                plm_text_add(&t, rule[i].end);
            const plm_status status = plm_expression_read(&a, plm_text_get(&t), names, &e);
            if (status != (more ? PLM_E_SPEC : PLM_OK) ||
                (more && !strstr(plm_last_error(w)->what, "the rule is nested too deep")))
                fail_msg("%d of '%s': status %d, '%s'", rule[i].fits + more, rule[i].part, status,
                         plm_last_error(w)->what);
            plm_text_free(&t);
            plm_arena_free(&a);
        }
    plm_close(w);
}

/* Text of any length is read or refused, and what was read can be asked. */
static void test_bounds(void **state)
{
    static const char *const part[][3] = {{"(", "1", ")"},           {"-", "1", ""},
                                          {"not ", "1", ""},         {"1 ** ", "1", ""},
                                          {"1 if 1 else ", "1", ""}, {"exp(", "1", ")"},
                                          {"1 + ", "1", ""},         {"1 + (", "1", ")"},
                                          {"min(1, ", "1", ")"},     {"1 if (", "1", ") else 2"}};
    plm *w = open_runtime(NULL);
    (void)state;
    for (size_t i = 0; i < sizeof part / sizeof *part; i++)
        for (int count = 1; count < 3000; count += 1 + count / 7) {
            plm_arena a = {.w = w};
            plm_text t = {.w = w};
            plm_expression e;
            for (int k = 0; k < count; k++)
                plm_text_add(&t, part[i][0]);
            plm_text_add(&t, part[i][1]);
            for (int k = 0; k < count; k++)
                plm_text_add(&t, part[i][2]);
            const plm_status status = plm_expression_read(&a, plm_text_get(&t), names, &e);
            assert_true(status == PLM_OK || status == PLM_E_SPEC);
            if (status == PLM_OK)
                assert_true(plm_expression_value(&e, values) > -INFINITY); /* not NaN */
            assert_true(count > 10 || status == PLM_OK);
            plm_text_free(&t);
            plm_arena_free(&a);
        }
    plm_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_unknown_anywhere),
        cmocka_unit_test(test_full),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
