/* Every initializer, by its bare name, its examples and each other value of its flags: all
 * numbers finite, the same for the same seed and parameter; those with a seed of their own
 * differ for another seed and another parameter, the rest do not. What distribution each should
 * have is tested by name in unit/. */
#include "battery.h"

#include <math.h>
#include <stdio.h>

typedef struct {
    int rank;
    int64_t dims[PLM_RANK];
} shape;

static const shape shapes[] = {{2, {3, 5}}, {2, {300, 100}}, {2, {1000, 10}},
                               {2, {1, 1}}, {1, {7}},        {4, {3, 3, 2, 4}}};
enum { SHAPES = sizeof shapes / sizeof *shapes, MATRICES = 4 };

static plm_status fill(plm *w, const char *text, const shape *of, uint64_t seed, uint32_t stream,
                       plm_real *values, size_t *count)
{
    plm_arena a = {.w = w};
    const plm_spec *s = NULL;
    plm_initialize about = {.rank = of->rank, .seed = seed, .stream = stream, .count = 1};
    memcpy(about.dims, of->dims, sizeof about.dims);
    for (int i = 0; i < of->rank; i++)
        about.count *= (size_t)of->dims[i];
    plm_fans(of->rank, of->dims, &about.fan_in, &about.fan_out);
    *count = about.count;
    plm_status status = plm_spec_parse(&a, text, &s);
    if (status >= 0)
        status = plm_initialize_weight(&a, s, &about, values);
    plm_arena_free(&a);
    return status;
}

enum { ROOM = 30000 };

/* How an initializer is said, and what that means. */
typedef struct {
    const char *text;
    bool random;  /* draws numbers */
    bool changed; /* a single argument is another than the default: it may not fit the others */
} saying;

/* Some are for matrices alone, and say so. */
static bool may_refuse(const saying *s, const shape *of, plm_status status)
{
    return (of - shapes >= MATRICES && status == PLM_E_SHAPE) ||
           (s->changed && status == PLM_E_SPEC);
}

static void check_size(battery_report *r, const char *text, const plm_real *x, size_t count)
{
    double most = 0;
    for (size_t i = 0; i < count; i++)
        most = isfinite(x[i]) ? fmax(most, fabs((double)x[i])) : INFINITY;
    if (!(most < 1e3))
        battery_complain(r, "%s: numbers up to %g for a shape of %zu numbers", text, most, count);
}

/* Fills y again: with the same seed, with another seed, for another parameter. */
static void check_again(battery_report *r, plm *w, const saying *s, const shape *of,
                        const plm_real *x, plm_real *y)
{
    static const char *const what[] = {"the same seed", "another seed", "another parameter"};
    for (int other = 0; other < 3; other++) {
        size_t count = 0;
        memset(y, 0xff, ROOM * sizeof *y);
        fill(w, s->text, of, other == 1 ? 2 : 1, other == 2 ? 1 : 0, y, &count);
        const bool same = memcmp(x, y, count * sizeof *x) == 0, wanted = other == 0 || !s->random;
        if (same != wanted && (count > 1 || other == 0)) /* one number may be but a sign to draw */
            battery_complain(r, "%s: %s gives %s numbers", s->text, what[other],
                             same ? "the same" : "other");
    }
}

static void check_fill(battery_report *r, plm *w, const saying *s, const shape *of)
{
    char error[1400];
    size_t count = 0;
    plm_real *x = battery_take(ROOM, sizeof *x), *y = battery_take(ROOM, sizeof *y);
    r->checks++;
    if (fill(w, s->text, of, 1, 0, x, &count) >= 0) {
        check_size(r, s->text, x, count);
        check_again(r, w, s, of, x, y);
    } else if (!may_refuse(s, of, plm_last_error(w)->status)) {
        battery_complain(r, "%s: %s", s->text, battery_error(w, error, sizeof error));
    }
    free(x);
    free(y);
}

static void check_spec(battery_report *r, plm *w, const saying *s)
{
    for (int i = 0; i < SHAPES; i++)
        check_fill(r, w, s, &shapes[i]);
}

/* An own seed rules whatever the runtime's seed is. */
static void check_own_seed(battery_report *r, plm *w, const plm_kind *kind)
{
    char text[200];
    size_t count = 0;
    plm_real x[15], y[15];
    r->checks++;
    snprintf(text, sizeof text, "%s(seed=5)", kind->name);
    if (fill(w, text, &shapes[0], 1, 0, x, &count) < 0 ||
        fill(w, text, &shapes[0], 2, 0, y, &count) < 0 || memcmp(x, y, sizeof x) != 0)
        battery_complain(r, "%s: its own seed does not rule", text);
}

static void check_kind(battery_report *r, plm *w, const plm_kind *kind)
{
    char values[8][40], base[400], text[500];
    bool random = false;
    for (const plm_field *f = kind->fields; f != NULL && f->name != NULL; f++)
        random = random || strcmp(f->name, "seed") == 0;
    if (battery_base_spec(kind, base, sizeof base))
        check_spec(r, w, &(saying){base, random, false});
    for (const char *const *e = kind->examples; e != NULL && *e != NULL; e++)
        check_spec(r, w, &(saying){*e, random, false});
    for (const plm_field *f = kind->fields; f != NULL && f->name != NULL; f++) {
        const int count = strcmp(f->name, "seed") == 0 ? 0 : battery_values_of(f, values);
        for (int i = 1; i < count; i++) {
            plm_arena a = {.w = w};
            snprintf(text, sizeof text, "%s", battery_respell(&a, kind, base, f->name, values[i]));
            plm_arena_free(&a);
            check_spec(r, w, &(saying){text, random, true});
        }
    }
    if (random)
        check_own_seed(r, w, kind);
}

static void initializers(void **state)
{
    battery_report r = {0};
    plm *w = battery_open(1, NULL);
    (void)state;
    for (const plm_kind *const *k = battery_kinds(w, "initializer"); *k != NULL; k++)
        check_kind(&r, w, *k);
    plm_close(w);
    battery_end(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(initializers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
