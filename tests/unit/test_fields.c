/* Field tables: defaults, order, keys, ranges, and what every mistake says. */
#include "helper.h"

#include <math.h>

#include "base/fields.h"

typedef struct {
    int64_t units;
    double rate, limit;
    bool use_bias;
    const char *label, *mode;
    const plm_spec *activation;
    plm_ints shape;
    plm_reals weights;
} config;

static const plm_field fields[] = {
    PLM_FIELD(config, units, PLM_INT, NULL, 1, 1e9, "width of the output"),
    PLM_FIELD_OF(config, activation, PLM_SPEC, "linear", "activation", "applied to the result"),
    {.name = "rate",
     .type = PLM_REAL,
     .offset = offsetof(config, rate),
     .fallback = "1/4",
     .low = 0,
     .high = 1,
     .help = "a share",
     .alias = "lr|eta"},
    PLM_FIELD(config, limit, PLM_REAL, "nan", 0, INFINITY, "where to cut"),
    PLM_FIELD(config, use_bias, PLM_BOOL, "true", 0, 0, "adds a bias"),
    PLM_FIELD(config, label, PLM_TEXT, "", 0, 0, "a name"),
    PLM_FIELD_OF(config, mode, PLM_CHOICE, "fan_in", "fan_in|fan_out|fan_avg", "which fan"),
    PLM_FIELD(config, shape, PLM_INTS, "[1, 2]", -1, 1000, "sizes"),
    PLM_FIELD(config, weights, PLM_REALS, "", 0, 0, "one a class"),
    {0}};

typedef struct {
    plm_ints target;
    const char *order;
} reshape;

static const plm_field reshape_fields[] = {
    PLM_FIELD(reshape, target, PLM_INTS, NULL, -1, 1e9, "the new shape"),
    PLM_FIELD(reshape, order, PLM_TEXT, "c", 0, 0, ""),
    {0}};

typedef struct {
    const char *name;
    bool trainable;
} shared;

static const plm_field shared_fields[] = {
    PLM_FIELD(shared, name, PLM_TEXT, "", 0, 0, "name of the layer"),
    PLM_FIELD(shared, trainable, PLM_BOOL, "true", 0, 0, "may it learn"),
    {0}};

static const plm_kind dense_kind = {
    .name = "dense",
    .alias = "Dense|fully_connected",
    .help = "a fully connected layer",
    .formula = "y = f(x W + b)",
    .notes = "One line that is much longer than eighty columns, so that it has to be "
             "broken somewhere.\nAnother paragraph.",
    .source = "Rosenblatt 1958",
    .config_size = sizeof(config),
    .fields = fields,
    .examples = PLM_LIST("dense(3) <- [4]")};
static const plm_kind reshape_kind = {
    .name = "reshape", .config_size = sizeof(reshape), .fields = reshape_fields};
static const plm_kind flatten_kind = {.name = "flatten", .help = "one long row"};
static const plm_kind relu_kind = {.name = "relu", .alias = "ReLU"},
                      linear_kind = {.name = "linear"}, he_kind = {.name = "he_normal"};
static const plm_kind *const layers[] = {&dense_kind, &reshape_kind, &flatten_kind, NULL};
static const plm_kind *const activations[] = {&relu_kind, &linear_kind, NULL};
static const plm_kind *const initializers[] = {&he_kind, NULL};
static const plm_family families[] = {
    {"layer", "what a net is made of", layers, NULL, NULL},
    {"activation", "between layers", activations, NULL, NULL},
    {"initializer", "how weights begin", initializers, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL}};

typedef struct {
    helper h;
    plm_arena a;
} bench;

static void bench_open(bench *b)
{
    helper_open(&b->h);
    b->h.w.families = families;
    b->a = (plm_arena){.w = &b->h.w};
}

static void bench_close(bench *b)
{
    plm_arena_free(&b->a);
    helper_close(&b->h);
}

static plm_status bind(bench *b, const char *text, const void **out)
{
    const plm_kind *kind = NULL;
    const plm_spec *s = NULL;
    PLM_TRY(plm_spec_parse(&b->a, text, &s));
    return plm_kind_bind(&b->a, "layer", s, &kind, out);
}

static const void *bound(bench *b, const char *text)
{
    const void *out = NULL;
    if (bind(b, text, &out) < 0)
        fail_msg("'%s': %s, %s, %s", text, b->h.w.what, b->h.w.where, b->h.w.hint);
    return out;
}

static void fills_defaults(void **state)
{
    bench b;
    (void)state;
    bench_open(&b);
    const config *c = bound(&b, "dense(7)");
    assert_int_equal(c->units, 7);
    assert_string_equal(c->activation->text, "linear");
    assert_true(c->rate == 0.25);
    assert_true(isnan(c->limit));
    assert_true(c->use_bias);
    assert_string_equal(c->label, "");
    assert_string_equal(c->mode, "fan_in");
    assert_int_equal(c->shape.count, 2);
    assert_int_equal(c->shape.at[1], 2);
    assert_int_equal(c->weights.count, 0);
    bench_close(&b);
}

static void binds_by_position_and_key(void **state)
{
    bench b;
    (void)state;
    bench_open(&b);
    const config *c =
        bound(&b, "Dense(1e3, relu, 0.5, none, False, row, FanOut, [3, 4], [0.5, 2])");
    assert_int_equal(c->units, 1000);
    assert_string_equal(c->activation->text, "relu");
    assert_true(c->rate == 0.5);
    assert_true(isnan(c->limit));
    assert_false(c->use_bias);
    assert_string_equal(c->label, "row");
    assert_string_equal(c->mode, "fan_out");
    assert_int_equal(c->shape.at[0], 3);
    assert_int_equal(c->weights.count, 2);
    assert_true(c->weights.at[1] == 2);
    c = bound(&b, "fully_connected(units=2, eta=1, Use_Bias=0, shape=5, weights=(1, 2, 3), "
                  "activation='relu')");
    assert_true(c->rate == 1);
    assert_int_equal(c->shape.count, 1);
    assert_int_equal(c->shape.at[0], 5);
    assert_int_equal(c->weights.count, 3);
    assert_string_equal(c->activation->text, "relu");
    c = bound(&b, "dense(1, activation=none, limit=inf, label=3)");
    assert_null(c->activation);
    assert_true(isinf(c->limit));
    assert_string_equal(c->label, "3");
    bench_close(&b);
}

static void lists_take_the_rest(void **state)
{
    bench b;
    (void)state;
    bench_open(&b);
    const reshape *r = bound(&b, "reshape(3, -1, 5, order=f)");
    assert_int_equal(r->target.count, 3);
    assert_int_equal(r->target.at[1], -1);
    assert_string_equal(r->order, "f");
    r = bound(&b, "reshape((3, 4), f)");
    assert_int_equal(r->target.count, 2);
    assert_string_equal(r->order, "f");
    r = bound(&b, "reshape(target=[])");
    assert_int_equal(r->target.count, 0);
    bench_close(&b);
}

static void keeps_whole_numbers_exact(void **state)
{
    static const plm_field whole[] = {{.name = "n", .type = PLM_INT, .fallback = "0"}, {0}};
    static const plm_kind kind = {.name = "k", .config_size = sizeof(int64_t), .fields = whole};
    static const struct {
        const char *text;
        int64_t value;
    } good[] = {{"k(9007199254740993)", 9007199254740993},
                {"k(9223372036854775807)", INT64_MAX},
                {"k(-9223372036854775808)", INT64_MIN},
                {"k(+12)", 12},
                {"k(007)", 7},
                {"k(1e15)", 1000000000000000},
                {"k(10/5)", 2}};
    static const char *const bad[] = {"k(9223372036854775808)",
                                      "k(-9223372036854775809)",
                                      "k(1.5)",
                                      "k(1e16)",
                                      "k(inf)",
                                      "k('3')",
                                      "k(x)",
                                      "k([3])"};
    bench b;
    const plm_spec *s = NULL;
    int64_t n = 0;
    (void)state;
    bench_open(&b);
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_int_equal(plm_spec_parse(&b.a, good[i].text, &s), PLM_OK);
        assert_int_equal(plm_fields_bind(&b.a, "test", &kind, s, &n, NULL, NULL), PLM_OK);
        assert_true(n == good[i].value);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(plm_spec_parse(&b.a, bad[i], &s), PLM_OK);
        assert_int_equal(plm_fields_bind(&b.a, "test", &kind, s, &n, NULL, NULL), PLM_E_SPEC);
        assert_error(&b.h.w, PLM_E_SPEC, "n must be a whole number", NULL);
    }
    bench_close(&b);
}

static const struct {
    const char *text, *what, *hint;
} mistakes[] = {
    {"dense(0)", "units must be between 1 and 1000000000, got 0", "units: width of the output"},
    {"dense(1.5)", "units must be a whole number, got 1.5", NULL},
    {"dense(1, rate=1.01)", "rate must be between 0 and 1, got 1.01", NULL},
    {"dense(1, limit=-1)", "limit must be at least 0, got -1", NULL},
    {"dense(1, rate=nan)", "rate must be a number, got nan", NULL},
    {"dense(1, rate=none)", "rate must be a number, got none", NULL},
    {"dense(1, use_bias=2)", "use_bias must be true or false, got 2", NULL},
    {"dense(1, use_bias=yes)", "use_bias must be true or false, got yes", NULL},
    {"dense(1, mode=fan_av)", "mode must be one of fan_in, fan_out, fan_avg, got fan_av",
     "did you mean fan_avg?"},
    {"dense(1, mode=[1])", "mode must be one of", "which fan"},
    {"dense(1, label=f(2))", "label must be a text", NULL},
    {"dense(1, shape=x)", "shape must be a whole number, got x", NULL},
    {"dense(1, shape=[1, 2000])", "shape must be between -1 and 1000, got 2000", NULL},
    {"dense(1, shape=[1, 2, 3, 4, 5, 6, 7, 8, 9])", "at most 8", NULL},
    {"dense(1, weights=[1, a])", "weights must be a number, got a", NULL},
    {"dense(1, rellu)", "unknown activation 'rellu'", "did you mean relu?"},
    {"dense(1, activation='re lu')", "expected the end", NULL},
    {"dense", "layer dense needs units", "write dense(units=...)"},
    {"dense()", "layer dense needs units", NULL},
    {"dense(1, activaton=relu)", "unknown key 'activaton' of layer dense",
     "did you mean activation?"},
    {"dense(1, zzz=1)", "unknown key 'zzz' of layer dense", "known: units, activation, rate"},
    {"dense(1, units=2)", "units is given twice", NULL},
    {"dense(1, lr=1, eta=1)", "rate is given twice", NULL},
    {"dense(1, relu, 1, 1, 1, a, fan_in, [1], [1], 5)",
     "takes at most 9 arguments by position, got 10", "in this order: units, activation"},
    {"flatten(1)", "flatten takes no arguments by position, got 1", "write flatten alone"},
    {"flatten(a=1)", "unknown key 'a' of layer flatten", "takes no arguments"},
    {"dence(1)", "unknown layer 'dence'", "did you mean dense?"},
    {"xyzzy", "unknown layer 'xyzzy'", "known: dense, reshape, flatten"},
    {"3", "expected the name of a kind of layer, got 3", NULL},
    {"'dense'", "layer dense needs units", NULL},
};

static void tells_every_mistake(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
        bench b;
        const void *c = NULL;
        bench_open(&b);
        assert_int_equal(bind(&b, mistakes[i].text, &c), PLM_E_SPEC);
        assert_error(&b.h.w, PLM_E_SPEC, mistakes[i].what, mistakes[i].hint);
        bench_close(&b);
    }
}

static void common_keys_go_by_key_only(void **state)
{
    bench b;
    const plm_spec *s = NULL;
    shared common = {0};
    (void)state;
    bench_open(&b);
    assert_int_equal(plm_spec_parse(&b.a, "flatten(name=f1, trainable=false)", &s), PLM_OK);
    assert_int_equal(
        plm_fields_bind(&b.a, "layer", &flatten_kind, s, &common, shared_fields, &common), PLM_OK);
    assert_string_equal(common.name, "f1");
    assert_false(common.trainable);
    assert_int_equal(plm_spec_parse(&b.a, "flatten", &s), PLM_OK);
    assert_int_equal(
        plm_fields_bind(&b.a, "layer", &flatten_kind, s, &common, shared_fields, &common), PLM_OK);
    assert_string_equal(common.name, "");
    assert_true(common.trainable);
    assert_int_equal(plm_spec_parse(&b.a, "flatten(f1)", &s), PLM_OK);
    assert_int_equal(
        plm_fields_bind(&b.a, "layer", &flatten_kind, s, &common, shared_fields, &common),
        PLM_E_SPEC);
    assert_int_equal(plm_spec_parse(&b.a, "flatten(nam=f1)", &s), PLM_OK);
    assert_int_equal(
        plm_fields_bind(&b.a, "layer", &flatten_kind, s, &common, shared_fields, &common),
        PLM_E_SPEC);
    assert_error(&b.h.w, PLM_E_SPEC, "unknown key 'nam'", "did you mean name?");
    bench_close(&b);
}

static void finds_kinds(void **state)
{
    bench b;
    (void)state;
    bench_open(&b);
    assert_ptr_equal(plm_kind_find(&b.h.w, "initializer", "HeNormal"), &he_kind);
    assert_ptr_equal(plm_kind_find(&b.h.w, "layer", "FullyConnected"), &dense_kind);
    assert_null(plm_kind_find(&b.h.w, "nothing", "x"));
    assert_error(&b.h.w, PLM_E_INTERNAL, "no family", NULL);
    bench_close(&b);
}

static void describes_kinds(void **state)
{
    bench b;
    (void)state;
    bench_open(&b);
    plm_text t = {.w = &b.h.w};
    plm_kind_describe(&t, &(const plm_family){.name = "layer"}, &dense_kind);
    const char *text = plm_text_get(&t);
    static const char *const pieces[] = {"layer dense (also Dense, fully_connected)",
                                         "y = f(x W + b)",
                                         "units: whole number, 1 to 1000000000; required",
                                         "limit: number, at least 0; default none",
                                         "mode: one of fan_in, fan_out, fan_avg; default fan_in",
                                         "rate: number, 0 to 1; default 1/4; also lr, eta",
                                         "Another paragraph.",
                                         "Rosenblatt 1958",
                                         "dense(3) <- [4]"};
    for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++)
        if (!strstr(text, pieces[i]))
            fail_msg("'%s' is not in the help:\n%s", pieces[i], text);
    for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
        assert_true(strcspn(line, "\n") <= 80);
    plm_text_free(&t);
    plm_family_describe(&t, &families[0]);
    assert_string_equal(plm_text_get(&t),
                        "dense    a fully connected layer\nreshape  -\nflatten  one long row\n");
    plm_text_free(&t);
    bench_close(&b);
}

static plm_status bind_all(plm *w)
{
    const void *c = NULL;
    const plm_kind *kind = NULL;
    const plm_spec *s = NULL;
    plm_arena a = {.w = w};
    w->families = families;
    plm_status status = plm_spec_parse(
        &a, "dense(7, 'relu', lr=1, mode=fan_in, shape=[1, 2], weights=[1, 2], label='x')", &s);
    if (status >= 0)
        status = plm_kind_bind(&a, "layer", s, &kind, &c);
    plm_arena_free(&a);
    return status;
}

static void survives_failed_memory(void **state)
{
    (void)state;
    assert_survives_failed_memory(bind_all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fills_defaults),
        cmocka_unit_test(binds_by_position_and_key),
        cmocka_unit_test(lists_take_the_rest),
        cmocka_unit_test(keeps_whole_numbers_exact),
        cmocka_unit_test(tells_every_mistake),
        cmocka_unit_test(common_keys_go_by_key_only),
        cmocka_unit_test(finds_kinds),
        cmocka_unit_test(describes_kinds),
        cmocka_unit_test(survives_failed_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
