/* Every optimizer here against its rule in double for 1,000 updates, on every instruction set; padding stays zero, and
 * all instruction sets give the same bits. */
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
    o->span = (plm_span){.p = o->block, .g = o->block + ROOM, .count = ROOM, .isa = a->w->kernel->isa};
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
    o->span.rate = plm_schedule_rate(&o->schedule, t - 1);
    if (o->kind->begin)
        o->kind->begin(o->config, &o->span, o->state);
    o->kind->update(o->config, &o->span);
}

/* A gradient that pulls towards 0, with noise; the same on both sides. */
static double gradient(double x, plm_random *r) { return x + 0.5 * plm_random_normal(r); }

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
            if (bits_after(plm_isa_available(k), items[i].spec) != bits_after("plain", items[i].spec))
                fail_msg("%s differs on %s", items[i].spec, plm_isa_available(k));
}

static void test_faults(void **state)
{
    plm *w = open_runtime(NULL);
    plm_arena a = {.w = w};
    const plm_kind *kind = NULL;
    const void *config = NULL;
    (void)state;
    assert_int_equal(plm_kind_bind(&a, "optimizer", parse(&a, "sgd(momentum=2)"), &kind, &config), PLM_E_SPEC);
    assert_int_equal(plm_kind_bind(&a, "optimizer", parse(&a, "adam(epsilon=0)"), &kind, &config), PLM_E_SPEC);
    assert_int_equal(plm_kind_bind(&a, "optimizer", parse(&a, "adams"), &kind, &config), PLM_E_SPEC);
    assert_non_null(strstr(plm_last_error(w)->mend, "adam"));
    plm_arena_free(&a);
    plm_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_same_bits),
        cmocka_unit_test(test_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
