/* Philox against the known answers of its authors' library, and the deviates against what they
 * should be. */
#include "helper.h"

#include <math.h>

#include "base/random.h"

/* Random123 (Salmon et al.), kat_vectors, philox4x32 with 10 rounds. */
static void gives_known_answers(void **state)
{
    static const struct {
        uint32_t counter[4], key[2], out[4];
    } known[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        uint32_t out[4];
        plm_philox(known[i].counter, known[i].key, out);
        assert_memory_equal(out, known[i].out, sizeof(out));
    }
}

static void streams_differ_and_repeat(void **state)
{
    (void)state;
    plm_random a = plm_random_open(1, PLM_RANDOM_SHUFFLE, 2, 3), b = a;
    plm_random others[] = {
        plm_random_open(2, PLM_RANDOM_SHUFFLE, 2, 3), plm_random_open(1, PLM_RANDOM_SPLIT, 2, 3),
        plm_random_open(1, PLM_RANDOM_SHUFFLE, 3, 3), plm_random_open(1, PLM_RANDOM_SHUFFLE, 2, 4),
        plm_random_open((uint64_t)1 << 32 | 1, PLM_RANDOM_SHUFFLE, 2, 3)};
    for (int i = 0; i < 1000; i++) {
        const uint32_t x = plm_random_next(&a);
        assert_int_equal(x, plm_random_next(&b));
        for (size_t k = 0; k < sizeof(others) / sizeof(others[0]); k++)
            if (i == 0)
                assert_int_not_equal(x, plm_random_next(&others[k]));
    }
}

static void is_uniform(void **state)
{
    enum { COUNT = 1000000, BINS = 100 };
    static long bin[BINS];
    double sum = 0, chi = 0;
    (void)state;
    plm_random r = plm_random_open(7, PLM_RANDOM_TEST, 0, 0);
    for (int i = 0; i < COUNT; i++) {
        const double u = plm_random_uniform(&r);
        assert_true(u >= 0 && u < 1);
        sum += u;
        bin[(int)(u * BINS)]++;
    }
    for (int i = 0; i < BINS; i++)
        chi += ((double)bin[i] - COUNT / BINS) * ((double)bin[i] - COUNT / BINS) / (COUNT / BINS);
    assert_true(fabs(sum / COUNT - 0.5) < 4 * 0.2887 / sqrt(COUNT));
    assert_true(chi > 50 && chi < 160); /* 99 degrees of freedom: 4 deviations */
}

/* The textbook formula with libm, number by number: accurate to 1e-14. */
static void normal_follows_box_and_muller(void **state)
{
    (void)state;
    plm_random r = plm_random_open(3, PLM_RANDOM_TEST, 1, 2), same = r;
    double worst = 0, sum = 0, squares = 0, fourth = 0;
    enum { COUNT = 1000000 };
    for (int i = 0; i < COUNT; i++) {
        const double u = 1 - plm_random_uniform(&same), v = plm_random_uniform(&same);
        const double expected = sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
        const double x = plm_random_normal(&r);
        worst = fmax(worst, fabs(x - expected));
        sum += x;
        squares += x * x;
        fourth += x * x * x * x;
    }
    assert_true(worst < 1e-14);
    assert_true(fabs(sum / COUNT) < 4.0 / sqrt(COUNT));
    assert_true(fabs(squares / COUNT - 1) < 4 * sqrt(2.0 / COUNT));
    assert_true(fabs(fourth / COUNT - 3) < 4 * sqrt(96.0 / COUNT));
}

/* These bits must never change: trained nets are told by a seed. */
static void normal_bits_stay(void **state)
{
    (void)state;
    plm_random r = plm_random_open(42, PLM_RANDOM_INITIALIZER, 5, 6);
    uint64_t folded = 0;
    for (int i = 0; i < 10000; i++) {
        const double x = plm_random_normal(&r);
        uint64_t bits;
        memcpy(&bits, &x, sizeof(bits));
        folded = (folded ^ bits) * 0x100000001b3u;
    }
    assert_true(folded == 0x3562e57a5649a7dfu);
}

static void below_is_unbiased(void **state)
{
    long bin[3] = {0};
    (void)state;
    plm_random r = plm_random_open(5, PLM_RANDOM_TEST, 0, 0);
    for (int i = 0; i < 300000; i++)
        bin[plm_random_below(&r, 3)]++;
    for (int i = 0; i < 3; i++)
        assert_true(labs(bin[i] - 100000) < 4 * 258);
    assert_int_equal(plm_random_below(&r, 1), 0);
    /* 3 * 2^62: with a plain remainder, the first quarter would come up twice as often. */
    const uint64_t n = (uint64_t)3 << 62;
    long low = 0;
    for (int i = 0; i < 30000; i++) {
        const uint64_t x = plm_random_below(&r, n);
        assert_true(x < n);
        low += x < (uint64_t)1 << 62;
    }
    assert_true(labs(low - 10000) < 4 * 82);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_known_answers), cmocka_unit_test(streams_differ_and_repeat),
        cmocka_unit_test(is_uniform),          cmocka_unit_test(normal_follows_box_and_muller),
        cmocka_unit_test(normal_bits_stay),    cmocka_unit_test(below_is_unbiased)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
