/* No function compiled for AVX leaves the upper halves of the vector registers in use, in whatever
 * build: on Intel all code without AVX, libm for example, would then run many times slower. The
 * processor itself says which registers are in use (XGETBV with ECX = 1). Every function of every
 * kernel table is called: a function that is new in the table and not called here fails the
 * test. */
#include "kernel_support.h"
#include "nn_support.h"

#include "kernel/per_isa.h"
#include "nn/penalty.h"
#include "op/random_numbers.h"

#if defined(__x86_64__)
#include <cpuid.h>

/* State components: bits 128 to 255 of the registers 0 to 15, and bits 256 to 511 of the same. */
enum { UPPER_YMM = 1 << 2, UPPER_ZMM = 1 << 6 };

static bool can_tell(void)
{
    unsigned a = 0, b = 0, c = 0, d = 0;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE) || !(c & bit_AVX))
        return false;
    return __get_cpuid_count(0xD, 1, &a, &b, &c, &d) && (a & 4);
}

static bool upper_in_use(void)
{
    unsigned low = 0, high = 0;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(1));
    return (low & (UPPER_YMM | UPPER_ZMM)) != 0;
}

static void clean(void)
{
    __asm__ volatile("vzeroupper");
}

/* xmm0 is all that a caller knows of; the instruction writes the whole register. */
static void use_upper(void)
{
    __asm__ volatile("vcmpps $15, %%ymm0, %%ymm0, %%ymm0" : : : "xmm0");
}
#else
static bool can_tell(void)
{
    return false;
}
static bool upper_in_use(void)
{
    return false;
}
static void clean(void) {}
static void use_upper(void) {}
#endif

/* Skips the test on a machine that does not tell, or not exactly. */
static void need_the_processor(void)
{
    bool tells = can_tell();
    if (tells) {
        clean();
        tells = !upper_in_use();
        use_upper();
        tells = tells && upper_in_use();
        clean();
    }
    if (!tells) {
        print_message("skipped: this processor does not tell which vector registers are in use\n");
        skip();
    }
}

static void check_clean(const char *isa, const char *what)
{
    const bool in_use = upper_in_use();
    clean();
    if (in_use)
        fail_msg("%s, %s: leaves the upper halves of vector registers in use", isa, what);
}

/* ---- the functions of the tables ---- */

/* Whole vectors and a rest; 16 short rows at once, then single ones, short and long. */
enum { COUNT = 16 * 20, PART = 37, ROWS = 19, SHORT = 10, LONG = 40, STRIDE = 48 };

typedef struct {
    const plm_kernels *k;
    plm_real *x, *y, *z; /* [FAR] each */
} table_case;

/* More numbers than the matrix product takes a second cache to hold: it then looks ahead. */
enum { FAR = 300 * 1024 };

/* CALL runs statements that call one function, then looks at the registers. */
#define CALL(name, ...)                                                                            \
    do {                                                                                           \
        clean();                                                                                   \
        __VA_ARGS__;                                                                               \
        check_clean(t->k->isa, name);                                                              \
    } while (0)

static void call_maps(const table_case *t)
{
    const plm_real p[3] = {1, 0, 1};
    plm_map *const maps[] = {t->k->flush, t->k->log, t->k->tanh, t->k->softplus};
    for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++)
        for (size_t n = 0; n <= COUNT; n += PART)
            CALL("flush, log, tanh or softplus", maps[i](t->y, t->x, n));
    for (size_t n = 0; n <= COUNT; n += PART)
        CALL("binary_logits", assert_true(t->k->binary_logits(t->z, t->x, t->y, n, p) < 1e9));
}

static void call_activations(const table_case *t)
{
    const plm_real p[4] = {(plm_real)0.5, 5, 0, 0};
    for (int a = 0; a < PLM_ACTIVATION_COUNT; a++)
        for (size_t n = 0; n <= COUNT; n += PART) {
            CALL("activation forward", t->k->activation[a].forward(t->y, t->x, n, p));
            CALL("activation backward", t->k->activation[a].backward(t->z, t->y, t->x, n, p));
        }
}

/* Steps of Adam, where this instruction set has functions of their own for them. */
static void call_adam(const table_case *t)
{
    const plm_adam_factors factors = {(plm_real)0.01, (plm_real)1e-7, (plm_real)0.1,
                                      (plm_real)0.01};
    plm_adam_step *const steps[] = {t->k->adam_by_divider, t->k->adam_by_fma};
    for (size_t n = 0; n < COUNT; n++)
        t->z[n] = t->z[COUNT + n] = 1;
    for (size_t i = 0; i < 2; i++)
        for (size_t n = 16; n <= COUNT && steps[i] != NULL; n += 48)
            CALL("adam", steps[i](t->y, t->x, t->z, t->z + COUNT, n, &factors));
    if (t->k->root_by_fma != NULL)
        CALL("root_by_fma", t->k->root_by_fma(t->y, t->z, COUNT));
}

static void call_softmax(const table_case *t)
{
    for (size_t width = SHORT; width <= LONG; width += LONG - SHORT) {
        CALL("softmax", t->k->softmax(t->y, t->x, ROWS, width, STRIDE, STRIDE, t->z));
        CALL("softmax_backward", t->k->softmax_backward(t->z, t->x, t->y, ROWS, width, STRIDE));
        CALL("log_softmax", t->k->log_softmax(t->y, t->x, ROWS, width, STRIDE, STRIDE));
        CALL("log_softmax_backward",
             t->k->log_softmax_backward(t->z, t->x, t->y, ROWS, width, STRIDE));
    }
}

static void call_arrays(const table_case *t)
{
    for (size_t n = 0; n <= COUNT; n += PART) {
        CALL("add", t->k->add(t->z, t->x, t->y, n));
        CALL("scale_shift", t->k->scale_shift(t->z, t->x, 2, 3, n));
        CALL("sum", assert_true(t->k->sum(t->x, n) < 1e9));
        CALL("sum_squares", assert_true(t->k->sum_squares(t->x, n) >= 0));
        CALL("sum_absolute", assert_true(t->k->sum_absolute(t->x, n) >= 0));
        CALL("update_before",
             t->k->update_before(t->z, t->x, t->y, n / 16 * 16, (double[2]){0, 0}));
        CALL("update_after", assert_true(t->k->update_after(t->x, t->y, n / 16 * 16) >= 0));
        CALL("momentum", t->k->momentum(t->y, t->x, t->z, n / 16 * 16, (plm_real)0.01, 1));
        CALL("nesterov", t->k->nesterov(t->y, t->x, t->z, n / 16 * 16, (plm_real)0.01, 1));
    }
    call_adam(t);
    CALL("transpose16", t->k->transpose16(t->z, 16, t->x, 16));
    CALL("draw", t->k->draw((uint32_t *)t->z, &(plm_draw){.draws = 3}));
}

static void call_columns(const table_case *t)
{
    for (size_t width = 0; width <= 96; width += 16) {
        CALL("scale_columns",
             t->k->scale_columns(t->z, t->x, t->y, t->y + 96, ROWS, width, 96, 96));
        CALL("column_sum", t->k->column_sum(t->z, t->x, ROWS, width, 96));
        CALL("column_deviation", t->k->column_deviation(t->z, t->x, t->y, ROWS, width, 96));
    }
}

/* Every height and width of a tile; half panels; A by rows and by columns, turned or not; depths
 * of one piece and of several; operands beyond the second cache. */
static void call_gemm(const table_case *t)
{
    plm_gemm g = {.a = t->x, .b = t->y, .c = t->z, .c_row = 16};
    for (size_t turn = 0; turn < 4 * 17 * 5; turn++) {
        g.rows = turn / 20;
        g.panels = turn % 5;
        g.half = turn & 1;
        g.depth = turn % 20 < 10 ? 7 : 1100;
        g.a_row = turn / 2 % 2 ? 1 : g.depth;
        g.a_step = turn / 2 % 2 ? 32 : 1;
        g.b_step = 16;
        g.b_panel = g.panels == 4 ? FAR / 4 : 16 * g.depth;
        g.c_panel = 16 * g.rows;
        g.accumulate = turn / 4 % 2;
        g.pack_a = turn / 2 % 2 && turn / 8 % 2;
        g.start = turn / 8 % 2 ? t->x : NULL;
        CALL("gemm", t->k->gemm(&g));
    }
}

/* Which bytes of the table the callers above take care of. */
static void assert_all_called(void)
{
#define MEMBER(name) {offsetof(plm_kernels, name), sizeof(((plm_kernels *)0)->name)}
    static const struct {
        size_t at, size;
    } called[] = {MEMBER(isa),
                  MEMBER(packs_from),
                  MEMBER(gemm),
                  MEMBER(activation),
                  MEMBER(flush),
                  MEMBER(log),
                  MEMBER(tanh),
                  MEMBER(softplus),
                  MEMBER(binary_logits),
                  MEMBER(softmax),
                  MEMBER(softmax_backward),
                  MEMBER(log_softmax),
                  MEMBER(log_softmax_backward),
                  MEMBER(add),
                  MEMBER(scale_shift),
                  MEMBER(scale_columns),
                  MEMBER(column_sum),
                  MEMBER(column_deviation),
                  MEMBER(sum),
                  {offsetof(plm_kernels, sum_absolute), 2 * sizeof(plm_map *)},
                  MEMBER(update_before),
                  MEMBER(update_after),
                  {offsetof(plm_kernels, momentum), 2 * sizeof(plm_momentum_step *)},
                  {offsetof(plm_kernels, adam_by_divider), 3 * sizeof(plm_map *)},
                  MEMBER(draw),
                  MEMBER(transpose16)};
    bool found[sizeof(plm_kernels)] = {false};
    for (size_t i = 0; i < sizeof called / sizeof called[0]; i++)
        for (size_t at = 0; at < called[i].size; at++)
            found[called[i].at + at] = true;
    for (size_t at = 0; at < sizeof found; at++)
        if (!found[at])
            fail_msg("the member of plm_kernels at byte %zu is not called by this test: add it",
                     at);
}

static void test_tables(void **state)
{
    (void)state;
    need_the_processor();
    assert_all_called();
    dice d = {88172645463325252u};
    table_case t = {
        .x = numbers_unit(&d, FAR), .y = numbers_unit(&d, FAR), .z = numbers_unit(&d, FAR)};
    for (int i = 0; plm_kernels_name(i); i++) {
        t.k = plm_kernels_find(plm_kernels_name(i));
        call_maps(&t);
        call_activations(&t);
        call_softmax(&t);
        call_arrays(&t);
        call_columns(&t);
        call_gemm(&t);
    }
    free(t.x), free(t.y), free(t.z);
}

/* ---- functions made by PLM_PER_ISA ---- */

static PLM_BODY void twice_body(plm_real *restrict x, size_t count)
{
    for (size_t i = 0; i < PLM_WHOLE(count); i++)
        x[i] += x[i];
}
PLM_PER_ISA(twice, (const char *isa, plm_real *restrict x, size_t count), (x, count))

/* The call for an optimizer that needs a whole parameter: a matrix of 16 rows. */
static void update_whole(const plm_optimizer_kind *o, const void *config, const plm_span *s)
{
    const plm_weight weight = {.name = "dense/kernel",
                               .layer = "dense",
                               .rank = 2,
                               .dims = {16, COUNT / 16},
                               .rows = 16,
                               .columns = COUNT / 16,
                               .count = COUNT,
                               .size = COUNT};
    enum { SPACE = 64 * COUNT };
    plm_real *space = aligned_alloc(64, SPACE * sizeof *space);
    assert_non_null(space);
    memset(space, 0, SPACE * sizeof *space);
    const plm_whole whole = {.weight = &weight,
                             .kernel = plm_kernels_find(s->isa),
                             .memory = space,
                             .work = space + SPACE / 2};
    assert_true((!o->memory || o->memory(config, &weight) <= SPACE / 2) &&
                (!o->work || o->work(config, &weight) <= SPACE / 2));
    clean();
    o->update_whole(config, s, &whole);
    free(space);
}

static void check_optimizer(plm *w, const plm_kind *kind, const char *text, const char *isa,
                            plm_real *x)
{
    plm_arena a = {.w = w};
    const void *config = NULL;
    double state[4] = {0};
    plm_span s = {.p = x,
                  .g = x + COUNT,
                  .count = COUNT,
                  .rate = 0.001,
                  .step = 1,
                  .isa = isa,
                  .kernel = plm_kernels_find(isa)};
    const plm_optimizer_kind *o = (const plm_optimizer_kind *)(const void *)kind;
    for (int i = 0; i < PLM_SLOTS; i++)
        s.slot[i] = x + (2 + i) * COUNT;
    plm_optimizer_common common = {0};
    const plm_kind *found = NULL;
    assert_int_equal(
        plm_kind_bind_common(&a, "optimizer", parse(&a, text), &found, &config, &common), PLM_OK);
    if (o->begin)
        o->begin(config, &s, state);
    clean();
    if (o->update)
        o->update(config, &s);
    else
        update_whole(o, config, &s);
    check_clean(isa, text);
    if (o->rest)
        o->rest(config, &s, true);
    check_clean(isa, text);
    plm_arena_free(&a);
}

static void check_optimizers(plm *w, const char *isa, plm_real *x)
{
    const plm_family *family = plm_family_find(w, "optimizer");
    assert_non_null(family);
    for (const plm_kind *const *kind = family->kinds; *kind; kind++) {
        check_optimizer(w, *kind, (*kind)->name, isa, x);
        for (const char *const *text = (*kind)->examples; text && *text; text++)
            check_optimizer(w, *kind, *text, isa, x);
    }
}

static void check_others(const char *isa, plm_real *x)
{
    const plm_kernels *k = plm_kernels_find(isa);
    plm_running run = {.kernel = k};
    const plm_step step = {.run = &run, .out.shape = {.lines = 1, .stride = 64, .width = 64}};
    const plm_random r = plm_step_random(&step, 1);
    uint32_t number[PLM_NUMBERS];
    clean();
    twice(isa, x, COUNT);
    check_clean(isa, "PLM_PER_ISA in this test");
    plm_penalty_gradient(&(plm_penalty){.l1 = 1, .l2 = 1}, isa, x, x + COUNT, COUNT);
    check_clean(isa, "penalty");
    plm_step_numbers(&step, &r, 0, 0, PLM_NUMBERS, number);
    check_clean(isa, "random numbers");
    plm_step_normals(&step, &r, 0, 0, PLM_NUMBERS, x);
    check_clean(isa, "normal deviates");
}

static void test_per_isa(void **state)
{
    (void)state;
    need_the_processor();
    dice d = {88172645463325252u};
    for (int i = 0; plm_kernels_name(i); i++) {
        plm_real *x = numbers_unit(&d, (2 + PLM_SLOTS) * COUNT);
        for (size_t n = 0; n < (2 + PLM_SLOTS) * COUNT; n++)
            x[n] += 1; /* no square root of a negative number */
        plm *w = open_runtime(plm_kernels_name(i));
        check_optimizers(w, plm_kernels_name(i), x);
        check_others(plm_kernels_name(i), x);
        plm_close(w);
        free(x);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_tables),
                                       cmocka_unit_test(test_per_isa)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
