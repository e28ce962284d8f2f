/* The random numbers of noise: Philox with 7 rounds against the known answers of its authors'
 * library, and its statistics. Every test has a fixed seed, so it passes always or never; the
 * borders are those of 5 deviations. */
#include "kernel_support.h"

#include "op/random_numbers.h"

/* Random123 (Salmon et al.), kat_vectors, philox4x32 with 7 rounds: counter, key, answer. */
static const uint32_t known[][10] = {
    {0, 0, 0, 0, 0, 0, 0x5f6fb709, 0x0d893f64, 0x4f121f81, 0x4f730a48},
    {0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0x5207ddc2, 0x45165e59,
     0x4d8ee751, 0x8c52f662},
    {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0, 0x4dfccaba, 0x190a87f0,
     0xc47362ba, 0xb6b5242a}};

static void gives_known_answers(void **state)
{
    (void)state;
    for (int isa = 0; plm_kernels_name(isa); isa++)
        for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
            const uint32_t *k = known[i], block = k[0] % 16;
            uint32_t out[PLM_DRAW];
            const plm_draw d = {.key = {k[4], k[5]},
                                .stream = {k[2], k[3]},
                                .first = (uint64_t)k[1] << 32 | (k[0] - block),
                                .draws = 1};
            plm_kernels_find(plm_kernels_name(isa))->draw(out, &d);
            for (size_t word = 0; word < 4; word++)
                assert_int_equal(out[16 * word + block], k[6 + word]);
        }
}

/* ---- statistics ---- */

enum { ROWS = 2000, WIDTH = 256, COUNT = ROWS * WIDTH };

typedef struct {
    plm_running run;
    plm_step step;
    uint32_t *number; /* [ROWS][WIDTH] of one update */
    plm_real *normal; /* [ROWS][WIDTH] */
} noise_case;

/* All that a layer draws for an epoch of rows, in one update of one node. */
static void draw_all(noise_case *c, uint64_t seed, int64_t update, uint32_t node)
{
    c->run = (plm_running){.kernel = plm_kernels_find(NULL), .seed = seed, .step = update};
    c->step = (plm_step){
        .run = &c->run, .stream = node, .out.shape = {.lines = 1, .stride = WIDTH, .width = WIDTH}};
    const plm_random r = plm_step_random(&c->step, -1);
    c->number = malloc(COUNT * sizeof *c->number);
    c->normal = numbers(COUNT);
    assert_non_null(c->number);
    for (int64_t row = 0; row < ROWS; row++) {
        plm_step_numbers(&c->step, &r, row, 0, WIDTH, c->number + row * WIDTH);
        plm_step_normals(&c->step, &r, row, 0, WIDTH, c->normal + row * WIDTH);
    }
}

static void free_all(noise_case *c)
{
    free(c->number), free(c->normal);
}

/* Chi-square of counts that should be equal, as deviations from its mean. */
static double surprise(const long *count, size_t bins, double each)
{
    double chi = 0;
    for (size_t i = 0; i < bins; i++)
        chi += ((double)count[i] - each) * ((double)count[i] - each) / each;
    return (chi - (double)(bins - 1)) / sqrt(2.0 * (double)(bins - 1));
}

/* Each byte of the numbers takes all values equally often. */
static void check_bytes(const noise_case *c)
{
    for (int byte = 0; byte < 4; byte++) {
        long count[256] = {0};
        for (size_t i = 0; i < COUNT; i++)
            count[c->number[i] >> 8 * byte & 255]++;
        assert_true(fabs(surprise(count, 256, COUNT / 256.0)) < 5);
    }
}

/* Pairs of numbers `apart` from one another: their upper four bits take all 256 values equally
 * often. Neighbours are words of other blocks; 16 apart are words of one block; WIDTH apart are
 * rows. */
static void check_pairs(const uint32_t *a, const uint32_t *b, size_t n)
{
    long count[256] = {0};
    for (size_t i = 0; i < n; i++)
        count[(a[i] >> 28) << 4 | b[i] >> 28]++;
    assert_true(fabs(surprise(count, 256, (double)n / 256)) < 5);
}

/* Of 1024 pairs of bits, one of a number and one of another, each pair agrees half of the time. */
static void check_bits(const uint32_t *a, const uint32_t *b, size_t n)
{
    static long agree[32][32];
    memset(agree, 0, sizeof agree);
    for (size_t i = 0; i < n; i += 8)
        for (int j = 0; j < 32; j++) {
            const uint32_t equal = ~((a[i] >> j & 1 ? ~0u : 0u) ^ b[i]);
            for (int k = 0; k < 32; k++)
                agree[j][k] += equal >> k & 1;
        }
    for (int j = 0; j < 32; j++)
        for (int k = 0; k < 32; k++)
            assert_true(fabs((double)agree[j][k] - (double)n / 16) < 5 * sqrt((double)n / 32));
}

static void numbers_are_independent(void **state)
{
    noise_case c, other;
    (void)state;
    draw_all(&c, 1, 0, 1);
    check_bytes(&c);
    static const size_t apart[] = {1, 8, 15, 16, 17, 32, 48, 64, WIDTH, 2 * WIDTH};
    for (size_t i = 0; i < sizeof apart / sizeof apart[0]; i++) {
        check_pairs(c.number, c.number + apart[i], COUNT - 512);
        check_bits(c.number, c.number + apart[i], COUNT - 512);
    }
    /* another seed, the next update, the next node */
    static const uint32_t next[][3] = {{2, 0, 1}, {1, 1, 1}, {1, 0, 2}};
    for (size_t i = 0; i < sizeof next / sizeof next[0]; i++) {
        draw_all(&other, next[i][0], next[i][1], next[i][2]);
        check_pairs(c.number, other.number, COUNT);
        check_bits(c.number, other.number, COUNT);
        free_all(&other);
    }
    free_all(&c);
}

/* What dropout does: numbers of a row below a threshold; their number has the binomial's mean and
 * variance, and so have those of a column. */
static void check_sums(const noise_case *c, size_t lines, size_t each, size_t step, size_t within)
{
    const double rate = 0.3;
    double mean = 0, square = 0;
    for (size_t i = 0; i < lines; i++) {
        double below = 0;
        for (size_t j = 0; j < each; j++)
            below += c->number[i * step + j * within] < (uint32_t)(rate * 4294967296.0);
        mean += below / (double)lines;
        square += below * below / (double)lines;
    }
    const double n = (double)each, variance = n * rate * (1 - rate);
    assert_true(fabs(mean - n * rate) < 5 * sqrt(variance / (double)lines));
    assert_true(fabs((square - mean * mean) / variance - 1) < 5 * sqrt(2.0 / (double)lines));
}

static void dropped_shares_are_binomial(void **state)
{
    noise_case c;
    (void)state;
    draw_all(&c, 3, 7, 2);
    check_sums(&c, ROWS, WIDTH, WIDTH, 1);
    check_sums(&c, WIDTH, ROWS, 1, WIDTH);
    free_all(&c);
}

/* Mean of a product of two lists. */
static double mean_product(const plm_real *a, const plm_real *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)a[i] * (double)b[i];
    return sum / (double)n;
}

/* The two halves of a pair lie 32 apart: neither they nor their squares go together. */
static void check_correlation(const plm_real *normal, size_t apart)
{
    const size_t n = COUNT - apart;
    plm_real *square = numbers(COUNT);
    for (size_t i = 0; i < COUNT; i++)
        square[i] = normal[i] * normal[i] - 1;
    assert_true(fabs(mean_product(normal, normal + apart, n)) < 5 / sqrt((double)n));
    assert_true(fabs(mean_product(square, square + apart, n)) < 5 * 2 / sqrt((double)n));
    assert_true(fabs(mean_product(square, normal + apart, n)) < 5 * sqrt(2 / (double)n));
    free(square);
}

static void deviates_are_normal(void **state)
{
    noise_case c;
    long count[64] = {0};
    double sum = 0, square = 0, third = 0, fourth = 0;
    (void)state;
    draw_all(&c, 11, 5, 3);
    for (size_t i = 0; i < COUNT; i++) {
        const double x = (double)c.normal[i];
        sum += x, square += x * x, third += x * x * x, fourth += x * x * x * x;
        count[(int)(64 * 0.5 * erfc(-x / sqrt(2.0)))]++;
    }
    const double n = COUNT;
    assert_true(fabs(sum / n) < 5 / sqrt(n));
    assert_true(fabs(square / n - 1) < 5 * sqrt(2 / n));
    assert_true(fabs(third / n) < 5 * sqrt(15 / n));
    assert_true(fabs(fourth / n - 3) < 5 * sqrt(96 / n));
    assert_true(fabs(surprise(count, 64, n / 64)) < 5);
    static const size_t apart[] = {1, 16, 32, 64, WIDTH};
    for (size_t i = 0; i < sizeof apart / sizeof apart[0]; i++)
        check_correlation(c.normal, apart[i]);
    free_all(&c);
}

/* A pair's deviates are those of Box and Muller. */
static void pairs_follow_box_and_muller(void **state)
{
    noise_case c;
    (void)state;
    draw_all(&c, 4, 4, 4);
    for (size_t at = 0; at < COUNT; at += PLM_DRAW)
        for (size_t i = at; i < at + PLM_DRAW / 2; i++) {
            const double u = ((double)(c.number[i] >> 8) + 1) / 16777216;
            const double v = (double)(c.number[i + PLM_DRAW / 2] >> 8) / 16777216;
            const double length = sqrt(-2 * log(u)), turn = 6.283185307179586 * v;
            assert_true(fabs((double)c.normal[i] - length * cos(turn)) < 2e-6);
            assert_true(fabs((double)c.normal[i + PLM_DRAW / 2] - length * sin(turn)) < 2e-6);
        }
    free_all(&c);
}

/* A piece of a row has the numbers that the whole row has there. */
static void pieces_agree(void **state)
{
    noise_case c;
    uint32_t piece[PLM_NUMBERS];
    (void)state;
    draw_all(&c, 9, 2, 5);
    const plm_random r = plm_step_random(&c.step, -1);
    plm_step_numbers(&c.step, &r, 17, 128, 100, piece);
    assert_memory_equal(piece, c.number + 17 * WIDTH + 128, 100 * sizeof *piece);
    free_all(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_known_answers),         cmocka_unit_test(numbers_are_independent),
        cmocka_unit_test(dropped_shares_are_binomial), cmocka_unit_test(deviates_are_normal),
        cmocka_unit_test(pairs_follow_box_and_muller), cmocka_unit_test(pieces_agree)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
