/* The notation: what is read, how it is printed, and what every mistake says. */
#include "helper.h"

#include <math.h>

#include "base/spec.h"

static const plm_spec *parse(plm_arena *a, const char *text)
{
    const plm_spec *s = NULL;
    if (plm_spec_parse(a, text, &s) < 0)
        fail_msg("'%s': %s, %s", text, a->w->what, a->w->where);
    assert_non_null(s);
    return s;
}

/* Parses the first text of each pair. It must be printed as the second, which reads back as itself.
 */
static void assert_printed(size_t count, const char *const (*pairs)[2])
{
    helper h;
    helper_open(&h);
    plm_arena a = {.w = &h.w};
    for (size_t i = 0; i < count; i++) {
        const char *once = plm_spec_text(&a, parse(&a, pairs[i][0]));
        assert_string_equal(once, pairs[i][1]);
        assert_string_equal(plm_spec_text(&a, parse(&a, once)), once);
    }
    plm_arena_free(&a);
    helper_close(&h);
}

static void prints_canonically(void **state)
{
    static const char *const pairs[][2] = {
        {"dense( 300 ,activation = elu)", "dense(300, activation=elu)"},
        {"dense(300, activation=elu, kernel_initializer=variance_scaling(scale=2, mode=fan_avg))",
         "dense(300, activation=elu, kernel_initializer=variance_scaling(scale=2, mode=fan_avg))"},
        {"flatten()", "flatten"},
        {"flatten", "flatten"},
        {"f(1/255, 1 / 2)", "f(1/255, 1/2)"},
        {"f(1e-7, 0.10, .5, 5., +3, -0.5e1, 1E2)", "f(1e-07, 0.1, 0.5, 5, 3, -5, 100)"},
        {"f(inf, -inf, information)", "f(inf, -inf, information)"},
        {"f(20_000, 1_0.5, 1e1_0, +1_0/2_0)", "f(20000, 10.5, 10000000000, 10/20)"},
        {"f((3, 4), [5], (), [1, [2]],)", "f([3, 4], [5], [], [1, [2]])"},
        {"csv('a b.csv', target=\"it's\")", "csv('a b.csv', target='it\\'s')"},
        {"f('\\\\ \\n\\t\\r\\'\\\"')", "f('\\\\ \\n\\t\\r\\'\"')"},
        {"f(9007199254740993, 12345678901234567890)", "f(9007199254740993, 12345678901234567890)"},
        {"  \n\tx ", "x"},
        {"0.1", "0.1"},
        {"f('\xc3\xa9')", "f('\xc3\xa9')"},
    };
    (void)state;
    assert_printed(sizeof pairs / sizeof *pairs, pairs);
}

/* Dictionaries of get_config(), in the notation of Python and of JSON. */
static void reads_dictionaries(void **state)
{
    static const char *const pairs[][2] = {
        {"{'name': 'dense', 'units': 3}", "dense(name='dense', units=3)"},
        {"{ 'name' : 'dense_12', 'bias': None , }", "dense(name='dense_12', bias=None)"},
        {"{'name': 'relu6'}", "relu6(name='relu6')"},
        {"{'name': '_1'}", "_1(name='_1')"},
        {"f(2, **{'rate': 1e-07, 'on': True, 'of': (1, 2)})",
         "f(2, rate=1e-07, on=True, of=[1, 2])"},
        {"f(** {}, k=1)", "f(k=1)"},
        {"{'module': 'm', 'class_name': 'Zeros', 'config': {}, 'registered_name': None}", "Zeros"},
        {"{\"class_name\": \"F\", \"config\": {\"seed\": null, \"on\": true}}",
         "F(seed=none, on=true)"},
        {"{'class_name': 'function', 'config': 'relu'}", "relu"},
        {"{'class_name': 'F'}", "F"},
        {"f(**{'t': {'class_name': 'DTypePolicy', 'config': {'name': 'float32'}}})",
         "f(t='float32')"},
        {"g(k={'class_name': 'F', 'config': {'of': {'class_name': 'G', 'config': {'a': 1}}}})",
         "g(k=F(of=G(a=1)))"},
        {"f([{'name': 'a'}, {'class_name': 'B', 'config': {}}])", "f([a(name='a'), B])"},
        {"tf.nn.relu", "relu"},
        {"tfa.2m", "tfa.2m"}, /* what follows the module must be a name */
        {"keras.layers.Dense.from_config({'name': 'd', 'units': 3})", "Dense(name='d', units=3)"},
        {"F.from_config( config = {'of': {'class_name': 'G', 'config': {'a': 1}}} )",
         "F(of=G(a=1))"},
        {"f(keras.activations.get('relu'), a=keras.layers.deserialize({'name': 'f'}), b=get(1))",
         "f('relu', a=f(name='f'), b=get(1))"},
        {"[F.from_config ({}), from_config(1)]", "[F, from_config(1)]"},
    };
    (void)state;
    assert_printed(sizeof pairs / sizeof *pairs, pairs);
}

/* Lists are repeated and appended as in Python. */
static void computes_lists(void **state)
{
    static const char *const pairs[][2] = {
        {"f([0.5]*3)", "f([0.5, 0.5, 0.5])"},
        {"f(a=(1, 2,) * 2, b=[3] * 0)", "f(a=[1, 2, 1, 2], b=[])"},
        {"[0] + [1, 2] * 2 + [3] * 2", "[0, 1, 2, 1, 2, 3, 3]"},
        {"[0] * 2 + [1] + (2, 3)", "[0, 0, 1, 2, 3]"},
        {"[[1, 2] * 2, f()] * 2", "[[1, 2, 1, 2], f, [1, 2, 1, 2], f]"},
        {"[] * 99999999999999999999 + []", "[]"},
        {"f([1] , k = [2] )", "f([1], k=[2])"},
    };
    (void)state;
    assert_printed(sizeof pairs / sizeof *pairs, pairs);
}

static void keeps_values_and_places(void **state)
{
    helper h;
    (void)state;
    helper_open(&h);
    plm_arena a = {.w = &h.w};
    const plm_spec *s = parse(&a, "dense(3, 1/4, rate=-2.5, name='x', more=f())");
    assert_int_equal(s->type, PLM_SPEC_NAME);
    assert_true(s->called);
    assert_int_equal(s->count, 5);
    assert_true(s->argument[0].value->whole);
    assert_true(s->argument[0].value->number == 3);
    assert_false(s->argument[1].value->whole);
    assert_true(s->argument[1].value->number == 0.25);
    assert_string_equal(s->argument[2].key, "rate");
    assert_true(s->argument[2].value->number == -2.5);
    assert_int_equal(s->argument[2].column, 15);
    assert_int_equal(s->argument[2].value->column, 20);
    assert_int_equal(s->argument[3].value->type, PLM_SPEC_TEXT);
    assert_true(s->argument[4].value->called);
    assert_false(parse(&a, "flatten")->called);
    assert_true(isinf(parse(&a, "inf")->number));
    plm_arena_free(&a);
    helper_close(&h);
}

static const struct {
    const char *text, *what, *where;
} mistakes[] = {
    {"", "but the text ends", "column 1"},
    {"dense(", "but the text ends", "column 7"},
    {"dense(3", "expected ',' or ')', but the text ends", "column 8"},
    {"dense(3 4)", "expected ',' or ')', found '4'", "column 9 of \"dense(3 4)\""},
    {"[3 4)", "expected ',' or ']'", "column 4"},
    {"dense(,)", "found ','", "column 7"},
    {"dense(a=1, 2)", "by position comes after one by key", "column 12"},
    {"dense(a=1, A=2)", "duplicate key", "column 12"},
    {"dense(use_bias=1, usebias=2)", "duplicate key", "column 19"},
    {"[a=1]", "a list cannot have keys", "column 2"},
    {"'abc", "does not end", "column 1"},
    {"f('\\d')", "unknown escape", "column 4"},
    {"f('\\", "unknown escape", "column 4"},
    {"3x", "directly followed by a name", "column 1"},
    {"1.2.3", "directly followed by a name", "column 1"},
    {"a b", "expected the end, found 'b'", "column 3"},
    {"f(1/0)", "not a number", "column 5"},
    {"f(1/x)", "expected a number, found 'x'", "column 5"},
    {"f(inf/2)", "not a number", "column 7"},
    {"1e999", "too large", "column 1"},
    {"1e300/1e-300", "too large", "column 7"},
    {"-", "a number", "column 1"},
    {"+x", "a number", "column 1"},
    {"f(#)", "found '#'", "column 3"},
    {"\xff", "byte 0xff", "column 1"},
    {"f(a.)", "expected ',' or ')', found '.'", "column 4"},
    {"f)", "expected the end", "column 2"},
    {"{", "expected a key in quotes, but the text ends", "column 2"},
    {"f({a: 1})", "expected a key in quotes, found 'a'", "column 4"},
    {"{'a' 1}", "expected ':', found '1'", "column 6"},
    {"{'a': 1 'b'}", "expected ',' or '}'", "column 9"},
    {"{'a b': 1}", "the key is not a name", "column 2"},
    {"{'name': 'x', 'a': 1, 'A': 2}", "duplicate key", "column 23"},
    {"f(a=1, **{'a': 2})", "duplicate key", "column 11"},
    {"f(**{'a': 2}, 3)", "by position comes after one by key", "column 15"},
    {"f(**3)", "expected '{', found '3'", "column 5"},
    {"[**{'a': 1}]", "found '*'", "column 2"},
    {"f({'seed': None})", "neither 'class_name' nor 'name'", "column 3"},
    {"{'name': 'a b'}", "neither 'class_name' nor 'name'", "column 1"},
    {"f(**{'a': {'b': 1}})", "neither 'class_name' nor 'name'", "column 11"},
    {"{'class_name': 'a b', 'config': {}}", "class_name is not a name", "column 1"},
    {"{'class_name': 'F', 'config': 3}", "config is not a dictionary", "column 1"},
    {"1_", "directly followed by a name", "column 1"},
    {"1__0", "directly followed by a name", "column 1"},
    {"F.from_config(config)", "expected '{', found 'c'", "column 15"},
    {"F.from_config", "expected '(', but the text ends", "column 14"},
    {"F.from_config({'a': 1}, 2)", "expected ')', found ','", "column 23"},
    {"[0] * 1.5", "cannot be repeated", "column 7"},
    {"[0] * -1", "cannot be repeated", "column 7"},
    {"[0] * n", "expected a number, found 'n'", "column 7"},
    {"[0] ** 2", "expected a number, found '*'", "column 6"},
    {"[0] + 1", "expected '[', found '1'", "column 7"},
    {"[1, 2] * 32769", "more than 65536", "column 10"},
    {"[0] * 99999999999999999999999", "more than 65536", "column 7"},
    {"[[0] * 60000, [0] * 60000]", "more than 65536", "column 21"},
    {"[0] * 65536 + [1]", "more than 65536", "column 15"},
};

static void tells_every_mistake(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
        helper h;
        helper_open(&h);
        plm_arena a = {.w = &h.w};
        const plm_spec *s = NULL;
        assert_int_equal(plm_spec_parse(&a, mistakes[i].text, &s), PLM_E_SPEC);
        assert_null(s);
        assert_error(&h.w, PLM_E_SPEC, mistakes[i].what, NULL);
        if (!strstr(h.w.where, mistakes[i].where))
            fail_msg("'%s': place '%s', expected '%s'", mistakes[i].text, h.w.where,
                     mistakes[i].where);
        assert_true(h.w.hint[0] != '\0');
        plm_arena_free(&a);
        helper_close(&h);
    }
}

static void bounds_depth_and_counts(void **state)
{
    enum { MANY = 66000 };
    helper h;
    (void)state;
    helper_open(&h);
    plm_arena a = {.w = &h.w};
    const plm_spec *s = NULL;
    plm_text t = {.w = &h.w};
    for (int i = 0; i < 32; i++)
        plm_text_add(&t, "[");
    for (int i = 0; i < 32; i++)
        plm_text_add(&t, "]");
    assert_int_equal(plm_spec_parse(&a, plm_text_get(&t), &s), PLM_OK);
    plm_text_free(&t);
    for (int braces = 0; braces < 2; braces++) {
        for (int i = 0; i < 100000; i++)
            plm_text_add(&t, braces ? "{'a': " : "f(");
        assert_int_equal(plm_spec_parse(&a, plm_text_get(&t), &s), PLM_E_SPEC);
        assert_error(&h.w, PLM_E_SPEC, "deeper than 32", NULL);
        plm_text_free(&t);
    }
    plm_text_add(&t, "[0");
    for (int i = 0; i < MANY; i++)
        plm_text_add(&t, ",0");
    plm_text_add(&t, "]");
    assert_int_equal(plm_spec_parse(&a, plm_text_get(&t), &s), PLM_E_SPEC);
    assert_error(&h.w, PLM_E_SPEC, "65536", NULL);
    plm_text_free(&t);
    plm_text_add(&t, "f(");
    for (int i = 0; i < 300; i++)
        plm_text_format(&t, "k%d=1,", i);
    plm_text_add(&t, ")");
    assert_int_equal(plm_spec_parse(&a, plm_text_get(&t), &s), PLM_E_SPEC);
    assert_error(&h.w, PLM_E_SPEC, "256 keys", NULL);
    plm_text_free(&t);
    assert_int_equal(plm_spec_parse(&a, NULL, &s), PLM_E_SPEC);
    plm_arena_free(&a);
    helper_close(&h);
}

static void reads_sequences(void **state)
{
    helper h;
    size_t count = 9;
    const plm_spec *const *s = NULL;
    (void)state;
    helper_open(&h);
    plm_arena a = {.w = &h.w};
    assert_int_equal(
        plm_spec_parse_sequence(&a, "csv('a|b') | shuffle|batch(32) ", '|', &count, &s), PLM_OK);
    assert_int_equal(count, 3);
    assert_string_equal(s[0]->argument[0].value->text, "a|b");
    assert_string_equal(s[2]->text, "batch");
    assert_int_equal(plm_spec_parse_sequence(&a, "accuracy, mae", ',', &count, &s), PLM_OK);
    assert_int_equal(count, 2);
    assert_int_equal(plm_spec_parse_sequence(&a, "  ", '|', &count, &s), PLM_OK);
    assert_int_equal(count, 0);
    assert_int_equal(plm_spec_parse_sequence(&a, "a | ", '|', &count, &s), PLM_E_SPEC);
    assert_int_equal(plm_spec_parse_sequence(&a, "| a", '|', &count, &s), PLM_E_SPEC);
    assert_int_equal(plm_spec_parse_sequence(&a, "a, b", '|', &count, &s), PLM_E_SPEC);
    assert_error(&h.w, PLM_E_SPEC, "expected '|' or the end, found ','", "separate steps by |");
    plm_arena_free(&a);
    helper_close(&h);
}

static void quotes_any_text(void **state)
{
    helper h;
    char all[256];
    (void)state;
    helper_open(&h);
    for (int i = 0; i < 255; i++)
        all[i] = (char)(i + 1);
    all[255] = '\0';
    plm_arena a = {.w = &h.w};
    plm_text t = {.w = &h.w};
    plm_spec_quote(&t, all);
    assert_string_equal(parse(&a, plm_text_get(&t))->text, all);
    plm_text_free(&t);
    plm_arena_free(&a);
    helper_close(&h);
}

static plm_status parse_and_print(plm *w)
{
    plm_arena a = {.w = w};
    const plm_spec *s = NULL;
    plm_status status =
        plm_spec_parse(&a, "f(1, 2/3, 'text', [1, 2, 3, 4, 5, 6, 7, 8, 9], k=g(h(x)))", &s);
    if (status >= 0 && !plm_spec_text(&a, s))
        status = PLM_E_MEMORY;
    plm_arena_free(&a);
    return status;
}

static void survives_failed_memory(void **state)
{
    (void)state;
    assert_survives_failed_memory(parse_and_print);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints_canonically),    cmocka_unit_test(reads_dictionaries),
        cmocka_unit_test(computes_lists),        cmocka_unit_test(keeps_values_and_places),
        cmocka_unit_test(tells_every_mistake),   cmocka_unit_test(bounds_depth_and_counts),
        cmocka_unit_test(reads_sequences),       cmocka_unit_test(quotes_any_text),
        cmocka_unit_test(survives_failed_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
