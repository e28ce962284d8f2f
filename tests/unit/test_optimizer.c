/* Every optimizer here against its rule in double for 1,000 updates, on every instruction set;
 * padding stays zero, and all instruction sets give the same bits. */
#include "nn_support.h"

enum { COUNT = 37, ROOM = 48, UPDATES = 1000 };

/* ---- the rules in double: one number's whole state ---- */

typedef struct {
    double x, a, b, c;
} number;

typedef void rule(number *n, double g, double rate, int64_t t);

static void r_sgd(number *n, double g, double rate, int64_t t)
{
    (void)t;
    n->x -= rate * g;
}

static void r_momentum(number *n, double g, double rate, int64_t t)
{
    (void)t;
    n->a = 0.9 * n->a - rate * g;
    n->x += n->a;
}

static void r_nesterov(number *n, double g, double rate, int64_t t)
{
    (void)t;
    n->a = 0.9 * n->a - rate * g;
    n->x += 0.9 * n->a - rate * g;
}

static double adam_step(number *n, double g, double rate, int64_t t, double *square)
{
    n->a = 0.9 * n->a + 0.1 * g;
    n->b = 0.999 * n->b + 0.001 * g * g;
    *square = n->b;
    return rate * sqrt(1 - pow(0.999, (double)t)) / (1 - pow(0.9, (double)t));
}

static void r_adam(number *n, double g, double rate, int64_t t)
{
    double square = 0;
    const double alpha = adam_step(n, g, rate, t, &square);
    n->x -= alpha * n->a / (sqrt(square) + 1e-7);
}

static void r_amsgrad(number *n, double g, double rate, int64_t t)
{
    double square = 0;
    const double alpha = adam_step(n, g, rate, t, &square);
    n->c = fmax(n->c, square);
    n->x -= alpha * n->a / (sqrt(n->c) + 1e-7);
}

static void r_rmsprop(number *n, double g, double rate, int64_t t)
{
    (void)t;
    n->a = 0.9 * n->a + 0.1 * g * g;
    n->x -= rate * g / sqrt(n->a + 1e-7);
}

static void r_rmsprop_all(number *n, double g, double rate, int64_t t)
{
    (void)t;
    n->a = 0.8 * n->a + 0.2 * g * g;
    n->b = 0.8 * n->b + 0.2 * g;
    n->c = 0.5 * n->c + rate * g / sqrt(n->a - n->b * n->b + 0.1);
    n->x -= n->c;
}

static void r_rmsprop_heavy(number *n, double g, double rate, int64_t t)
{
    (void)t;
    n->a = 0.9 * n->a + 0.1 * g * g;
    n->c = 0.5 * n->c + rate * g / sqrt(n->a + 1e-7);
    n->x -= n->c;
}

static void r_adagrad(number *n, double g, double rate, int64_t t)
{
    if (t == 1)
        n->a = 0.1;
    n->a += g * g;
    n->x -= rate * g / sqrt(n->a + 1e-7);
}

static void r_adamax(number *n, double g, double rate, int64_t t)
{
    n->a = 0.9 * n->a + 0.1 * g;
    n->b = fmax(0.999 * n->b, fabs(g));
    n->x -= rate * n->a / ((1 - pow(0.9, (double)t)) * (n->b + 1e-7));
}

static void r_nadam(number *n, double g, double rate, int64_t t)
{
    const double u = 0.9 * (1 - 0.5 * pow(0.96, (double)t)),
                 next = 0.9 * (1 - 0.5 * pow(0.96, (double)t + 1));
    n->c = (t == 1 ? 1 : n->c) * u;
    n->a = 0.9 * n->a + 0.1 * g;
    n->b = 0.999 * n->b + 0.001 * g * g;
    const double mean = next * n->a / (1 - n->c * next) + (1 - u) * g / (1 - n->c);
    n->x -= rate * mean / (sqrt(n->b / (1 - pow(0.999, (double)t))) + 1e-7);
}

static void r_adadelta(number *n, double g, double rate, int64_t t)
{
    (void)t;
    n->a = 0.95 * n->a + 0.05 * g * g;
    const double d = -sqrt((n->b + 1e-7) / (n->a + 1e-7)) * g;
    n->b = 0.95 * n->b + 0.05 * d * d;
    n->x += rate * d;
}

static void r_lion(number *n, double g, double rate, int64_t t)
{
    const double way = 0.9 * n->a + 0.1 * g;
    (void)t;
    n->x -= rate * ((way > 0) - (way < 0));
    n->a = 0.99 * n->a + 0.01 * g;
}

typedef struct {
    const char *spec;
    rule *update;
} item;

static const item items[] = {
    {"sgd(0.02)", r_sgd},
    {"sgd(0.01, momentum=0.9)", r_momentum},
    {"sgd(0.01, momentum=0.9, nesterov=true)", r_nesterov},
    {"adam(0.005)", r_adam},
    {"adam(0.005, amsgrad=true)", r_amsgrad},
    {"rmsprop(0.002)", r_rmsprop},
    {"rmsprop(0.002, momentum=0.5)", r_rmsprop_heavy},
    {"rmsprop(0.0005, rho=0.8, momentum=0.5, centered=true, epsilon=0.1)", r_rmsprop_all},
    {"adagrad(0.05)", r_adagrad},
    {"adamax(0.005)", r_adamax},
    {"nadam(0.005)", r_nadam},
    {"adadelta(1)", r_adadelta},
    {"lion(0.0009765625)", r_lion},
};
enum { ITEMS = sizeof items / sizeof *items };

/* ---- our side ---- */

typedef struct {
    const plm_optimizer_kind *kind;
    const void *config;
    plm_schedule schedule;
    plm_span span;
    double state[4];
    plm_real *block; /* p, g, slots: ROOM numbers each */
} ours;

static void ours_open(ours *o, plm_arena *a, const char *spec)
{
    memset(o, 0, sizeof *o);
    o->kind = (const void *)bind(a, "optimizer", spec, &o->config);
    const plm_spec *rate = NULL;
    memcpy(&rate, (const char *)o->config + o->kind->rate_offset, sizeof rate);
    assert_int_equal(plm_schedule_bind(a, rate, &o->schedule), PLM_OK);
    o->block = plm_allocate_array(a->w, (2 + PLM_SLOTS) * ROOM, sizeof *o->block);
    o->span = (plm_span){.p = o->block,
                         .g = o->block + ROOM,
                         .count = ROOM,
                         .isa = a->w->kernel->isa,
                         .kernel = a->w->kernel};
    const uint32_t uses = o->kind->uses ? o->kind->uses(o->config) : UINT32_MAX;
    for (int i = 0; i < PLM_SLOTS && o->kind->slots && o->kind->slots[i]; i++) {
        if (!(uses >> i & 1))
            continue;
        o->span.slot[i] = o->block + (2 + i) * ROOM;
        for (size_t k = 0; o->kind->slot_start && k < COUNT; k++)
            o->span.slot[i][k] = (plm_real)o->kind->slot_start(o->config, i);
    }
}

static void ours_update(ours *o, int64_t t)
{
    o->span.step = t;
    const plm_clock clock = {.step = t - 1};
    assert_int_equal(plm_schedule_ask(NULL, &o->schedule, &clock, &o->span.rate), PLM_OK);
    if (o->kind->begin)
        o->kind->begin(o->config, &o->span, o->state);
    o->kind->update(o->config, &o->span);
}

/* A gradient that pulls towards 0, with noise; the same on both sides. */
static double gradient(double x, plm_random *r)
{
    return x + 0.5 * plm_random_normal(r);
}

static void check_item(plm *w, const item *of)
{
    plm_arena a = {.w = w};
    ours o;
    number n[COUNT] = {{0}};
    ours_open(&o, &a, of->spec);
    plm_random r = plm_random_open(1, PLM_RANDOM_TEST, 0, 0);
    for (size_t i = 0; i < COUNT; i++) {
        o.span.p[i] = (plm_real)(2 * plm_random_normal(&r));
        n[i].x = (double)o.span.p[i];
    }
    for (int64_t t = 1; t <= UPDATES; t++) {
        for (size_t i = 0; i < COUNT; i++) {
            o.span.g[i] = (plm_real)gradient(n[i].x, &r);
            of->update(&n[i], (double)o.span.g[i], o.schedule.constant, t);
        }
        ours_update(&o, t);
        for (size_t i = COUNT; i < ROOM; i++)
            for (size_t k = 0; k < 2 + PLM_SLOTS; k++)
                assert_true(o.block[k * ROOM + i] == 0);
    }
    for (size_t i = 0; i < COUNT; i++)
        assert_near((double)o.span.p[i], n[i].x, rounding(1e-5, 1e-9), of->spec, i);
    plm_release(w, o.block);
    plm_arena_free(&a);
}

static void test_rules(void **state)
{
    (void)state;
    for (int k = 0; plm_isa_available(k); k++) {
        plm *w = open_runtime(plm_isa_available(k));
        for (size_t i = 0; i < ITEMS; i++)
            check_item(w, &items[i]);
        plm_close(w);
    }
}

static uint64_t bits_after(const char *isa, const char *spec)
{
    plm *w = open_runtime(isa);
    plm_arena a = {.w = w};
    ours o;
    uint64_t hash = 14695981039346656037u;
    ours_open(&o, &a, spec);
    plm_random r = plm_random_open(2, PLM_RANDOM_TEST, 0, 0);
    for (int64_t t = 1; t <= 50; t++) {
        for (size_t i = 0; i < COUNT; i++)
            o.span.g[i] = (plm_real)(plm_random_normal(&r) * (i % 3 == 0 ? 1e-9 : 1));
        ours_update(&o, t);
    }
    const unsigned char *byte = (const unsigned char *)o.block;
    for (size_t i = 0; i < (2 + PLM_SLOTS) * ROOM * sizeof(plm_real); i++)
        hash = (hash ^ byte[i]) * 1099511628211u;
    plm_release(w, o.block);
    plm_arena_free(&a);
    plm_close(w);
    return hash;
}

static void test_same_bits(void **state)
{
    (void)state;
    for (size_t i = 0; i < ITEMS; i++)
        for (int k = 0; plm_isa_available(k); k++)
            if (bits_after(plm_isa_available(k), items[i].spec) !=
                bits_after("plain", items[i].spec))
                fail_msg("%s differs on %s", items[i].spec, plm_isa_available(k));
}

static void test_faults(void **state)
{
    plm *w = open_runtime(NULL);
    plm_arena a = {.w = w};
    const plm_kind *kind = NULL;
    const void *config = NULL;
    (void)state;
    assert_int_equal(plm_kind_bind(&a, "optimizer", parse(&a, "sgd(momentum=2)"), &kind, &config),
                     PLM_E_SPEC);
    assert_int_equal(plm_kind_bind(&a, "optimizer", parse(&a, "adam(epsilon=0)"), &kind, &config),
                     PLM_E_SPEC);
    assert_int_equal(plm_kind_bind(&a, "optimizer", parse(&a, "adams"), &kind, &config),
                     PLM_E_SPEC);
    assert_non_null(strstr(plm_last_error(w)->hint, "adam"));
    plm_arena_free(&a);
    plm_close(w);
}

/* Each two of the three kinds of clipping exclude each other. */
static void test_clipping(void **state)
{
    static const char *const pairs[] = {"sgd(0.1, clipnorm=1, clipvalue=1)",
                                        "sgd(0.1, clipnorm=1, global_clipnorm=1)",
                                        "sgd(0.1, clipvalue=1, global_clipnorm=1)"};
    (void)state;
    plm *w = open_runtime(NULL);
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(1) | dense(1)");
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        assert_int_equal(plm_compile(m, pairs[i], "mse", NULL), PLM_E_SPEC);
        assert_string_equal(plm_last_error(w)->what,
                            "clipnorm, clipvalue and global_clipnorm exclude each other");
    }
    assert_int_equal(plm_compile(m, "sgd(0.1, global_clipnorm=1)", "mse", NULL), PLM_OK);
    plm_model_free(m);
    plm_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_same_bits),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_clipping),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
