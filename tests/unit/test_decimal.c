/* Decimals become the doubles that strtod finds: random bits, ties, subnormals, overflow, many
 * digits. `test_decimal NUMBER` tries so many random ones. */
#include <float.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/notation.h"
#include "base/random.h"
#include "helper.h"

static long tries = 200000;

/* The same bits, by the quick way alone where it decides, and the same end. */
static void check(const char *text)
{
    char *expected_end = NULL;
    const char *end = NULL;
    const double expected = strtod(text, &expected_end), value = plm_text_number(text, &end);
    if (end != expected_end || memcmp(&value, &expected, sizeof value) != 0)
        fail_msg("%s: %.17g, not %.17g", text, value, expected);
    plm_decimal d;
    double quick = expected;
    end = plm_decimal_read(text, &d);
    if (end != expected_end || (plm_decimal_double(&d, &quick) && !(quick >= expected)) ||
        quick > expected)
        fail_msg("%s: %.17g, not %.17g", text, quick, expected);
}

static uint64_t random_bits(plm_random *r)
{
    const uint64_t high = plm_random_below(r, UINT32_MAX), low = plm_random_below(r, UINT32_MAX);
    return high << 32 ^ low << 1 ^ high >> 7;
}

static double random_double(plm_random *r)
{
    uint64_t bits = 0;
    double value = 0;
    do {
        bits = random_bits(r);
        memcpy(&value, &bits, sizeof value);
    } while (!(value - value <= 0));
    return value;
}

static void random_patterns(void **state)
{
    char text[64];
    plm_random r = plm_random_open(5, PLM_RANDOM_TEST, 0, 0);
    (void)state;
    for (long i = 0; i < tries; i++) {
        const double value = random_double(&r);
        (void)snprintf(text, sizeof text,
                       i % 3 == 0   ? "%.17g"
                       : i % 3 == 1 ? "%.9g"
                                    : "%.16e",
                       value);
        check(text);
        (void)snprintf(text, sizeof text, "%.9g", (double)(float)plm_random_uniform(&r));
        check(text);
        if (i % 10 == 0) { /* the shortest form takes many turns */
            plm_text_from_number(value, text, sizeof text);
            check(text);
        }
    }
}

/* Digits and exponents that no double was printed as. */
static void random_digits(void **state)
{
    char text[64];
    plm_random r = plm_random_open(6, PLM_RANDOM_TEST, 0, 0);
    (void)state;
    for (long i = 0; i < tries; i++) {
        const uint64_t digits = random_bits(&r) >> plm_random_below(&r, 64);
        const int exponent = (int)plm_random_below(&r, 700) - 360;
        (void)snprintf(text, sizeof text, "%s%llue%d", i % 2 ? "-" : "", (unsigned long long)digits,
                       exponent);
        check(text);
        (void)snprintf(text, sizeof text, "%llu.%020llu", (unsigned long long)digits % 1000000,
                       (unsigned long long)random_bits(&r));
        check(text);
    }
}

/* Halfway between two neighbours, all digits of it, and just beside: the last digit one more or
 * less, another one behind. */
static void halfway(void **state)
{
    static char text[2000];
    plm_random r = plm_random_open(7, PLM_RANDOM_TEST, 0, 0);
    (void)state;
    for (long i = 0; i < tries / 20; i++) {
        const uint64_t odd = random_bits(&r) >> 10 | UINT64_C(1) << 53 | 1; /* 54 bits */
        const int power = i % 4 == 0 ? -1074 + (int)plm_random_below(&r, 60)
                                     : (int)plm_random_below(&r, 160) - 100;
        long double tie = (long double)odd;
        for (int k = 0; k < power; k++)
            tie *= 2;
        for (int k = 0; k > power; k--)
            tie /= 2;
        int length = snprintf(text, sizeof text - 2, "%.*Lf", power < 0 ? -power : 0, tie);
        check(text);
        text[length - 1] = (char)(text[length - 1] + (text[length - 1] == '9' ? -1 : 1));
        check(text);
        text[length - 1] = (char)(text[length - 1] - (text[length - 1] == '0' ? -1 : 2));
        check(text);
        if (strchr(text, '.') == NULL)
            text[length++] = '.';
        memcpy(text + length, "1", 2);
        check(text);
    }
}

static const char *const edge[] = {"0",
                                   "-0",
                                   "0.0",
                                   "-0e9",
                                   "0e400",
                                   "0e-400",
                                   "000000000000000000000000000000.5",
                                   "1e308",
                                   "1.7976931348623157e308",
                                   "1.7976931348623158e308",
                                   "1.7976931348623159e308",
                                   "1e309",
                                   "-1e309",
                                   "1e400",
                                   "1e99999999999999999999",
                                   "1e-99999999999999999999",
                                   "4.9406564584124654e-324",
                                   "2.4703282292062327e-324",
                                   "2.4703282292062328e-324",
                                   "2.2250738585072011e-308",
                                   "2.2250738585072014e-308",
                                   "2.225073858507201e-308",
                                   "9007199254740991",
                                   "9007199254740992",
                                   "9007199254740993",
                                   "9007199254740994",
                                   "9007199254740993.0000000000000000000000001",
                                   "9007199254740992.9999999999999999999",
                                   "9007199254740991e22",
                                   "9007199254740991e23",
                                   "9007199254740991e-22",
                                   "1e22",
                                   "1e23",
                                   "18446744073709551615",
                                   "18446744073709551616",
                                   "99999999999999999999",
                                   "9999999999999999999",
                                   "9999999999999999999.9999999999999999999",
                                   "8.988465674311582e307",
                                   "0.1234567890123456789012345678901234567890",
                                   "1090544144181609348835077142190",
                                   "123456789012345678901234567890e-10",
                                   ".5",
                                   "5.",
                                   "5.e3",
                                   "-.5e-3",
                                   "1e+5",
                                   "1E5",
                                   "+1.5",
                                   "1.00000000000000011102230246251565404236316680908203125",
                                   "1.00000000000000011102230246251565404236316680908203124",
                                   "1.00000000000000011102230246251565404236316680908203126",
                                   "1.5e",
                                   "1.5e+",
                                   "1.5ex",
                                   "7,5"};

static void edges(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof edge / sizeof edge[0]; i++)
        check(edge[i]);
}

/* 0.000...01e1000000 is a number like others. */
static void long_texts(void **state)
{
    enum { ZEROS = 100000 };
    static char text[ZEROS + 64];
    (void)state;
    memset(text, '0', ZEROS);
    text[1] = '.';
    (void)snprintf(text + ZEROS, 64, "123456789e%d", ZEROS);
    check(text);
    text[0] = '1';
    text[1] = '0';
    (void)snprintf(text + ZEROS, 64, "1e-%d", ZEROS);
    check(text);
}

static void what_is_no_decimal(void **state)
{
    static const char *const texts[] = {"",   "-",   "+",   ".",  "-.", "+.e1",
                                        "e5", "inf", "nan", " 1", "--1"};
    plm_decimal d;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_null(plm_decimal_read(texts[i], &d));
}

static void eight_digits(void **state)
{
    (void)state;
    assert_int_equal(plm_eight_value(plm_eight_bytes("12345678")), 12345678);
    assert_int_equal(plm_eight_value(plm_eight_bytes("99999999")), 99999999);
    assert_int_equal(plm_eight_value(plm_eight_bytes("00000007")), 7);
    for (size_t i = 0; i < 8; i++)
        for (int c = 0; c < 256; c++) {
            char text[] = "01234567";
            text[i] = (char)c;
            assert_int_equal(plm_eight_are_digits(plm_eight_bytes(text)), c >= '0' && c <= '9');
        }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_patterns), cmocka_unit_test(random_digits),
        cmocka_unit_test(halfway),         cmocka_unit_test(edges),
        cmocka_unit_test(long_texts),      cmocka_unit_test(what_is_no_decimal),
        cmocka_unit_test(eight_digits),
    };
    if (argc > 1)
        tries = atol(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
