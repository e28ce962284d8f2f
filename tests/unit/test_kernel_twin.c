/* Every function of every instruction set against its twin in plain C, bit for bit. */
#include "kernel_support.h"

enum { TURNS = 300, LARGEST = 201 };

typedef void twin_check(const plm_kernels *k, const plm_kernels *twin, dice *d);

/* Runs a check with every table but the twin's own. */
static void each_isa(twin_check *check, int turns)
{
    const plm_kernels *twin = plm_kernels_find("plain");
    assert_non_null(twin);
    for (int index = 0; plm_kernels_name(index); index++) {
        const plm_kernels *k = plm_kernels_find(plm_kernels_name(index));
        assert_non_null(k);
        dice d = {88172645463325252u};
        for (int turn = 0; k != twin && turn < turns; turn++)
            check(k, twin, &d);
    }
}

static const char *const activation_names[] = {
#define NAME(name, reads) #name,
    PLM_ACTIVATIONS(NAME)
#undef NAME
};

static void check_activations(const plm_kernels *k, const plm_kernels *twin, dice *d)
{
    const size_t n = dice_below(d, LARGEST), shift = dice_below(d, 3);
    plm_real *x = numbers_any(d, n + shift), *dy = numbers_any(d, n + shift);
    plm_real *y = numbers(n + shift), *expected = numbers(n + shift);
    const plm_real p[4] = {(plm_real)0.3 + dice_unit(d) / 4,
                           dice_below(d, 2) ? (plm_real)INFINITY : 5, dice_unit(d), 0};
    for (int a = 0; a < PLM_ACTIVATION_COUNT; a++) {
        k->activation[a].forward(y + shift, x + shift, n, p);
        twin->activation[a].forward(expected + shift, x + shift, n, p);
        assert_same(y + shift, expected + shift, n, k->isa, activation_names[a]);
        memcpy(y, dy, (n + shift) * sizeof *y); /* in place */
        k->activation[a].backward(y + shift, y + shift, x + shift, n, p);
        twin->activation[a].backward(expected + shift, dy + shift, x + shift, n, p);
        assert_same(y + shift, expected + shift, n, k->isa, activation_names[a]);
    }
    free(x), free(dy), free(y), free(expected);
}

static void check_maps(const plm_kernels *k, const plm_kernels *twin, dice *d)
{
    plm_map *const ours[] = {k->flush, k->log, k->tanh, k->softplus};
    plm_map *const theirs[] = {twin->flush, twin->log, twin->tanh, twin->softplus};
    const char *const names[] = {"flush", "log", "tanh", "softplus"};
    const size_t n = dice_below(d, LARGEST);
    plm_real *x = numbers_any(d, n), *y = numbers(n), *expected = numbers(n);
    for (int m = 0; m < 4; m++) {
        memcpy(y, x, n * sizeof *y);
        ours[m](y, y, n);
        theirs[m](expected, x, n);
        assert_same(y, expected, n, k->isa, names[m]);
    }
    free(x), free(y), free(expected);
}

/* Gradients wanted or not, targets smoothed or not, numbers of any size. */
static void check_binary(const plm_kernels *k, const plm_kernels *twin, dice *d)
{
    const size_t n = dice_below(d, LARGEST), shift = dice_below(d, 3);
    plm_real *x = dice_below(d, 2) ? numbers_any(d, n + shift) : numbers_unit(d, n + shift),
             *t = numbers_unit(d, n + shift), *g = numbers(n + shift),
             *expected = numbers(n + shift);
    const plm_real p[3] = {dice_below(d, 2) ? 1 : (plm_real)0.9,
                           dice_below(d, 2) ? 0 : (plm_real)0.05, dice_unit(d)};
    const bool wanted = dice_below(d, 2);
    const plm_real ours = k->binary_logits(wanted ? g : NULL, x + shift, t, n, p);
    const plm_real theirs = twin->binary_logits(wanted ? expected : NULL, x + shift, t, n, p);
    assert_same(&ours, &theirs, 1, k->isa, "binary_logits");
    if (wanted)
        assert_same(g, expected, n, k->isa, "gradients of binary_logits");
    free(x), free(t), free(g), free(expected);
}

static void check_arrays(const plm_kernels *k, const plm_kernels *twin, dice *d)
{
    const size_t n = dice_below(d, LARGEST);
    plm_real *a = numbers_any(d, n), *b = numbers_any(d, n), *y = numbers(n),
             *expected = numbers(n);
    k->add(y, a, b, n);
    twin->add(expected, a, b, n);
    assert_same(y, expected, n, k->isa, "add");
    const plm_real scale = dice_unit(d), shift = dice_unit(d);
    k->scale_shift(y, a, scale, shift, n);
    twin->scale_shift(expected, a, scale, shift, n);
    assert_same(y, expected, n, k->isa, "scale_shift");
    free(a), free(b), free(y), free(expected);
}

static void assert_same_double(double a, double b, const char *isa, const char *what)
{
    if (memcmp(&a, &b, sizeof a) != 0 && !(isnan(a) && isnan(b)))
        fail_msg("%s %s: %a, in plain C %a", isa, what, a, b);
}

static void check_sums(const plm_kernels *k, const plm_kernels *twin, dice *d)
{
    const size_t n = dice_below(d, LARGEST);
    plm_real *any = numbers_any(d, n), *unit = numbers_unit(d, n);
    assert_same_double(k->sum(any, n), twin->sum(any, n), k->isa, "sum");
    assert_same_double(k->sum(unit, n), twin->sum(unit, n), k->isa, "sum");
    assert_same_double(k->sum_absolute(any, n), twin->sum_absolute(any, n), k->isa, "absolute");
    assert_same_double(k->sum_squares(any, n), twin->sum_squares(any, n), k->isa, "sum_squares");
    assert_same_double(k->sum_squares(unit, n), twin->sum_squares(unit, n), k->isa, "sum_squares");
    const size_t whole = n / 16 * 16;
    plm_real *old = numbers(whole), *expected = numbers(whole);
    double sums[2], twins[2];
    k->update_before(old, any, unit, whole, sums);
    twin->update_before(expected, any, unit, whole, twins);
    assert_same(old, expected, whole, k->isa, "update_before");
    assert_same_double(sums[0], twins[0], k->isa, "update_before");
    assert_same_double(sums[1], twins[1], k->isa, "update_before");
    assert_same_double(k->update_after(unit, old, whole), twin->update_after(unit, old, whole),
                       k->isa, "update_after");
    free(old), free(expected);
    free(any), free(unit);
}

static void check_columns(const plm_kernels *k, const plm_kernels *twin, dice *d)
{
    const size_t rows = dice_below(d, 40), width = 16 * dice_below(d, 12),
                 stride = width + 16 * dice_below(d, 3);
    plm_real *a = numbers_unit(d, rows * stride), *mean = numbers_any(d, width);
    plm_real *y = numbers(width), *expected = numbers(width);
    k->column_sum(y, a, rows, width, stride);
    twin->column_sum(expected, a, rows, width, stride);
    assert_same(y, expected, width, k->isa, "column_sum");
    k->column_deviation(y, a, mean, rows, width, stride);
    twin->column_deviation(expected, a, mean, rows, width, stride);
    assert_same(y, expected, width, k->isa, "column_deviation");
    plm_real *wide = numbers_unit(d, rows * stride),
             *wide_expected = numbers_copy(wide, rows * stride);
    const plm_real *shift = dice_below(d, 2) ? mean : NULL;
    k->scale_columns(wide, a, mean, shift, rows, width, stride, stride);
    twin->scale_columns(wide_expected, a, mean, shift, rows, width, stride, stride);
    assert_same(wide, wide_expected, rows * stride, k->isa, "scale_columns");
    free(a), free(mean), free(y), free(expected), free(wide), free(wide_expected);
}

/* A row's result does not depend on the rows beside it (short ones are taken 16 at a time). */
static void check_softmax_rows(const plm_kernels *k, const plm_kernels *twin, dice *d)
{
    const size_t rows = 16 + dice_below(d, 40), width = 1 + dice_below(d, 16),
                 stride = 16 * (1 + dice_below(d, 2));
    plm_real *x = numbers_any(d, rows * stride), *dy = numbers_any(d, rows * stride);
    plm_real *y = numbers(rows * stride), *one = numbers(stride), *log_sum = numbers(rows),
             one_log_sum;
    (void)twin;
    k->softmax(y, x, rows, width, stride, stride, log_sum);
    for (size_t i = 0; i < rows; i++) {
        k->softmax(one, x + i * stride, 1, width, stride, stride, &one_log_sum);
        assert_same(y + i * stride, one, stride, k->isa, "softmax of a row");
        assert_same(log_sum + i, &one_log_sum, 1, k->isa, "log_sum of a row");
    }
    k->softmax_backward(y, dy, x, rows, width, stride);
    for (size_t i = 0; i < rows; i++) {
        k->softmax_backward(one, dy + i * stride, x + i * stride, 1, width, stride);
        assert_same(y + i * stride, one, stride, k->isa, "softmax_backward of a row");
    }
    k->log_softmax(y, x, rows, width, stride, stride);
    for (size_t i = 0; i < rows; i++) {
        k->log_softmax(one, x + i * stride, 1, width, stride, stride);
        assert_same(y + i * stride, one, stride, k->isa, "log_softmax of a row");
    }
    k->log_softmax_backward(y, dy, x, rows, width, stride);
    for (size_t i = 0; i < rows; i++) {
        k->log_softmax_backward(one, dy + i * stride, x + i * stride, 1, width, stride);
        assert_same(y + i * stride, one, stride, k->isa, "log_softmax_backward of a row");
    }
    free(x), free(dy), free(y), free(one), free(log_sum);
}

static void check_softmax(const plm_kernels *k, const plm_kernels *twin, dice *d)
{
    const size_t rows = dice_below(d, 40), width = 1 + dice_below(d, dice_below(d, 2) ? 16 : 120);
    const size_t stride = width + dice_below(d, 40);
    const size_t count = rows * stride;
    plm_real *x = dice_below(d, 2) ? numbers_unit(d, count) : numbers_any(d, count);
    plm_real *dy = numbers_unit(d, count), *y = numbers(count), *expected = numbers(count);
    plm_real *dx = numbers(count), *dx_expected = numbers(count);
    plm_real *log_sum = numbers(rows), *log_sum_expected = numbers(rows);
    k->softmax(y, x, rows, width, stride, stride, log_sum);
    twin->softmax(expected, x, rows, width, stride, stride, log_sum_expected);
    assert_same(y, expected, count, k->isa, "softmax");
    assert_same(log_sum, log_sum_expected, rows, k->isa, "log_sum of softmax");
    k->softmax_backward(dx, dy, y, rows, width, stride);
    twin->softmax_backward(dx_expected, dy, y, rows, width, stride);
    assert_same(dx, dx_expected, count, k->isa, "softmax_backward");
    memcpy(y, x, count * sizeof *y); /* in place */
    k->log_softmax(y, y, rows, width, stride, stride);
    twin->log_softmax(expected, x, rows, width, stride, stride);
    assert_same(y, expected, count, k->isa, "log_softmax");
    k->log_softmax_backward(dx, dy, y, rows, width, stride);
    twin->log_softmax_backward(dx_expected, dy, y, rows, width, stride);
    assert_same(dx, dx_expected, count, k->isa, "log_softmax_backward");
    free(x), free(dy), free(y), free(expected), free(dx), free(dx_expected), free(log_sum),
        free(log_sum_expected);
}

static void check_transpose(const plm_kernels *k, const plm_kernels *twin, dice *d)
{
    const size_t to_stride = 16 * (1 + dice_below(d, 4)), from_stride = 16 * (1 + dice_below(d, 4));
    plm_real *from = numbers_any(d, 15 * from_stride + 16);
    plm_real *to = numbers_unit(d, 15 * to_stride + 16),
             *expected = numbers_copy(to, 15 * to_stride + 16);
    k->transpose16(to, to_stride, from, from_stride);
    twin->transpose16(expected, to_stride, from, from_stride);
    assert_same(to, expected, 15 * to_stride + 16, k->isa, "transpose16");
    assert_true(same_number(to[3 * to_stride + 5], from[5 * from_stride + 3]));
    free(from), free(to), free(expected);
}

/* Both products from the same C; c_size numbers of C are compared, those beside the product too. */
static void compare_products(const plm_kernels *k, const plm_kernels *twin, plm_gemm g,
                             size_t c_size)
{
    plm_real *expected = numbers_copy(g.c, c_size);
    k->gemm(&g);
    plm_real *c = g.c;
    g.c = expected;
    twin->gemm(&g);
    assert_same(c, expected, c_size, k->isa, "gemm");
    free(expected);
}

/* Sometimes one number of x is a NaN or infinite. */
static void spoil(dice *d, plm_real *x, size_t count, plm_real value)
{
    if (count && dice_below(d, 16) == 0)
        x[dice_below(d, count)] = value;
}

/* One product in the layout of the engine's three uses: x W and dY W' (A by rows), x' dY (A by
 * columns). */
static void check_gemm_of(const plm_kernels *k, const plm_kernels *twin, dice *d,
                          const size_t shape[3])
{
    const size_t rows = shape[0], depth = shape[1], panels = shape[2];
    const bool by_columns = dice_below(d, 2), packed_b = dice_below(d, 2),
               packed_c = dice_below(d, 2);
    const size_t a_stride = (by_columns ? rows : depth) + dice_below(d, 20);
    const size_t wide = panels * 16 + 16 * dice_below(d, 3);
    const size_t a_size = (by_columns ? depth : rows) * a_stride;
    plm_real *a = numbers_unit(d, a_size), *b = numbers_unit(d, depth * wide);
    plm_real *start = numbers_unit(d, panels * 16), *c = numbers_unit(d, rows * wide);
    spoil(d, a, a_size, (plm_real)NAN);
    spoil(d, b, depth * wide, (plm_real)INFINITY);
    plm_gemm g = {.a = a,
                  .a_row = a_stride,
                  .a_step = 1,
                  .b = b,
                  .b_panel = 16,
                  .b_step = wide,
                  .c = c,
                  .c_row = wide,
                  .c_panel = 16,
                  .rows = rows,
                  .panels = panels,
                  .depth = depth};
    if (by_columns)
        g.a_row = 1, g.a_step = a_stride;
    if (packed_b)
        g.b_panel = depth * 16, g.b_step = 16;
    if (packed_c)
        g.c_row = 16, g.c_panel = rows * 16;
    g.start = dice_below(d, 2) ? start : NULL;
    g.accumulate = dice_below(d, 3) == 0;
    g.half = dice_below(d, 2);
    g.pack_a = by_columns && dice_below(d, 2);
    g.stream_b = !by_columns && dice_below(d, 2);
    compare_products(k, twin, g, rows * wide);
    free(a), free(b), free(start), free(c);
}

static void check_gemm(const plm_kernels *k, const plm_kernels *twin, dice *d)
{
    check_gemm_of(k, twin, d, (size_t[]){dice_below(d, 40), dice_below(d, 60), dice_below(d, 8)});
}

/* Shapes beyond the blocks of the depth, and tall ones. */
static void check_large_gemm(const plm_kernels *k, const plm_kernels *twin, dice *d)
{
    check_gemm_of(k, twin, d,
                  (size_t[]){dice_below(d, 30), 100 + dice_below(d, 1100), 1 + dice_below(d, 9)});
    check_gemm_of(k, twin, d,
                  (size_t[]){100 + dice_below(d, 300), dice_below(d, 70), 1 + dice_below(d, 22)});
    /* Beyond the blocks of a turned A in each direction: 48 rows, 256 deep, 32 panels. */
    check_gemm_of(
        k, twin, d,
        (size_t[]){40 + dice_below(d, 20), 240 + dice_below(d, 40), 31 + dice_below(d, 4)});
}

#ifndef PLM_DOUBLE
/* FNV-1a over numbers; every NaN counts as one and the same. */
static uint64_t mix(uint64_t hash, const plm_real *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const plm_real value = isnan(x[i]) ? (plm_real)0x1.2345p+99 : x[i];
        unsigned char bytes[sizeof value];
        memcpy(bytes, &value, sizeof value);
        uint32_t bits = 0;
        memcpy(&bits, bytes, sizeof bits);
        hash = (hash ^ bits) * 1099511628211u;
    }
    return hash;
}

enum { MIXED = 4096 };

static uint64_t mix_functions(uint64_t hash, const plm_kernels *k, const plm_real *x,
                              const plm_real *unit)
{
    plm_real *y = numbers(MIXED);
    const plm_real p[4] = {(plm_real)0.25, 5, (plm_real)0.125, 0};
    for (int a = 0; a < PLM_ACTIVATION_COUNT; a++) {
        k->activation[a].forward(y, x, MIXED, p);
        hash = mix(hash, y, MIXED);
        k->activation[a].backward(y, unit, x, MIXED, p);
        hash = mix(hash, y, MIXED);
    }
    plm_map *const maps[] = {k->log, k->tanh, k->softplus, k->flush};
    for (int m = 0; m < 4; m++) {
        maps[m](y, x, MIXED);
        hash = mix(hash, y, MIXED);
    }
    const plm_real total = k->binary_logits(y, x, unit, MIXED, p);
    hash = mix(mix(hash, y, MIXED), &total, 1);
    free(y);
    return hash;
}

static uint64_t mix_sums(uint64_t hash, const plm_kernels *k, const plm_real *unit)
{
    plm_real *y = numbers(MIXED);
    k->softmax(y, unit, 40, 100, 100, 100, NULL);
    hash = mix(hash, y, 4000);
    const plm_gemm g = {.a = unit + 2048,
                        .a_row = 64,
                        .a_step = 1,
                        .b = unit,
                        .b_panel = 1024,
                        .b_step = 16,
                        .c = y,
                        .c_row = 64,
                        .c_panel = 16,
                        .start = unit,
                        .rows = 32,
                        .panels = 4,
                        .depth = 64};
    k->gemm(&g);
    hash = mix(hash, y, 32 * 64);
    free(y);
    const plm_real sums[2] = {(plm_real)k->sum(unit, MIXED), (plm_real)k->sum_squares(unit, MIXED)};
    return mix(hash, sums, 2);
}

/* The plain kernels give these bits on every machine and with every compiler; the other tables
 * equal the plain ones. If this number changes, trained weights change: say so in the change
 * log. */
static void same_on_every_machine(void **state)
{
    (void)state;
    const plm_kernels *k = plm_kernels_find("plain");
    dice d = {88172645463325252u};
    plm_real *x = numbers_any(&d, MIXED), *unit = numbers_unit(&d, MIXED);
    const uint64_t hash = mix_sums(mix_functions(14695981039346656037u, k, x, unit), k, unit);
    free(x), free(unit);
    if (hash != 0x4bba8a255dda3206u)
        fail_msg("the bits of the plain kernels have changed: 0x%016llxu",
                 (unsigned long long)hash);
}
#else
static void same_on_every_machine(void **state)
{
    (void)state; /* in double, libm decides the last bits */
}
#endif

static void activations(void **state)
{
    (void)state, each_isa(check_activations, TURNS);
}
/* Blocks whose number crosses 32 bits, several draws at once. */
static void check_draws(const plm_kernels *k, const plm_kernels *twin, dice *d)
{
    enum { DRAWS = 5 };
    uint32_t ours[DRAWS * PLM_DRAW], theirs[DRAWS * PLM_DRAW];
    const plm_draw what = {.key = {(uint32_t)dice_next(d), (uint32_t)dice_next(d)},
                           .stream = {(uint32_t)dice_next(d), (uint32_t)dice_next(d)},
                           .first = dice_below(d, 2) ? 0xFFFFFFE0u : dice_next(d) / 16 * 16,
                           .draws = dice_below(d, DRAWS + 1)};
    k->draw(ours, &what);
    twin->draw(theirs, &what);
    if (memcmp(ours, theirs, what.draws * PLM_DRAW * sizeof *ours) != 0)
        fail_msg("%s: other random numbers than in plain C", k->isa);
}

/* Steps with momentum: numbers of all kinds in x, g and m, no parameters or some registers. */
static void check_momentum(const plm_kernels *k, const plm_kernels *twin, dice *d)
{
    const size_t n = dice_below(d, 7) * PLM_LANES;
    const plm_real rate = (1 + dice_unit(d)) / 2, factor = (1 + dice_unit(d)) / 2;
    plm_real *x = numbers_any(d, n), *g = numbers_any(d, n), *m = numbers_any(d, n);
    plm_real *y = numbers(n), *after = numbers(n);
    memcpy(y, x, n * sizeof *y), memcpy(after, m, n * sizeof *m);
    if (dice_below(d, 2)) {
        k->momentum(x, g, m, n, rate, factor), twin->momentum(y, g, after, n, rate, factor);
    } else {
        k->nesterov(x, g, m, n, rate, factor), twin->nesterov(y, g, after, n, rate, factor);
    }
    assert_same(x, y, n, k->isa, "parameters after a step with momentum");
    assert_same(m, after, n, k->isa, "momentum");
    free(x), free(g), free(m), free(y), free(after);
}

static void maps(void **state)
{
    (void)state, each_isa(check_maps, TURNS);
}
static void draws(void **state)
{
    (void)state, each_isa(check_draws, TURNS);
}
static void momentum(void **state)
{
    (void)state, each_isa(check_momentum, TURNS);
}
static void binary(void **state)
{
    (void)state, each_isa(check_binary, TURNS);
}
static void arrays(void **state)
{
    (void)state, each_isa(check_arrays, TURNS);
}
static void sums(void **state)
{
    (void)state, each_isa(check_sums, TURNS);
}
static void columns(void **state)
{
    (void)state, each_isa(check_columns, TURNS);
}
static void softmax(void **state)
{
    (void)state, each_isa(check_softmax, TURNS);
    each_isa(check_softmax_rows, 40);
}
static void transpose(void **state)
{
    (void)state, each_isa(check_transpose, 40);
}
static void gemm(void **state)
{
    (void)state, each_isa(check_gemm, 3 * TURNS);
}
static void large_gemm(void **state)
{
    (void)state, each_isa(check_large_gemm, 6);
}

static void names(void **state)
{
    (void)state;
    assert_null(plm_kernels_find("abacus"));
    assert_null(plm_kernels_name(-1));
    assert_string_equal(plm_kernels_find(NULL)->isa, plm_kernels_name(0));
    int last = 0;
    while (plm_kernels_name(last + 1))
        last++;
    assert_string_equal(plm_kernels_name(last), "plain");
    assert_true(plm_activation_reads_x(PLM_ACTIVATION_gelu));
    assert_false(plm_activation_reads_x(PLM_ACTIVATION_relu));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),      cmocka_unit_test(activations),
        cmocka_unit_test(maps),       cmocka_unit_test(binary),
        cmocka_unit_test(draws),      cmocka_unit_test(momentum),
        cmocka_unit_test(arrays),     cmocka_unit_test(sums),
        cmocka_unit_test(columns),    cmocka_unit_test(softmax),
        cmocka_unit_test(transpose),  cmocka_unit_test(gemm),
        cmocka_unit_test(large_gemm), cmocka_unit_test(same_on_every_machine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
