/* Marks and line ends in text: every instruction set as a loop over bytes. */
#include <string.h>

#include "base/random.h"
#include "helper.h"
#include "kernel/kernel.h"
#include "kernel/scan.h"

enum { BLOCKS = 37, BYTES = 64 * BLOCKS };

static void fill(char *text, size_t n, plm_random *r)
{
    static const char few[] = {',', ';', '\n', '\r', '"', '\0', '1', ' '};
    for (size_t i = 0; i < n; i++)
        text[i] = plm_random_below(r, 2) ? few[plm_random_below(r, sizeof few)]
                                         : (char)plm_random_below(r, 256);
}

static bool is_marked(char c, const char delimiter[2])
{
    return c == delimiter[0] || c == delimiter[1] || c == '\n' || c == '\r' || c == '"' || c == 0;
}

static void marks(void **state)
{
    static const char delimiters[][2] = {{',', ','}, {' ', '\t'}, {(char)0xE9, ';'}};
    static char text[BYTES + 8];
    uint64_t mask[BLOCKS + 1]; /* the last one belongs to nobody */
    plm_random r = plm_random_open(1, PLM_RANDOM_TEST, 0, 0);
    (void)state;
    for (int turn = 0; turn < 60; turn++) {
        const char *delimiter = delimiters[turn % 3];
        const size_t shift = (size_t)turn % 8;
        fill(text, sizeof text, &r);
        for (int i = -1; i < 0 || plm_kernels_name(i); i++) {
            mask[BLOCKS] = 0xA5A5;
            plm_scan_cells(i < 0 ? NULL : plm_kernels_name(i), text + shift, BLOCKS, delimiter,
                           mask);
            assert_int_equal(mask[BLOCKS], 0xA5A5);
            for (size_t k = 0; k < BYTES; k++)
                assert_int_equal(mask[k / 64] >> k % 64 & 1, is_marked(text[shift + k], delimiter));
        }
    }
}

static void line_ends(void **state)
{
    static char text[BYTES + 1];
    plm_random r = plm_random_open(2, PLM_RANDOM_TEST, 0, 0);
    (void)state;
    for (size_t n = 0; n <= BYTES; n += n < 300 ? 1 : 97) {
        size_t expected = 0;
        fill(text, sizeof text, &r);
        for (size_t i = 0; i < n; i++)
            expected += text[i] == '\n' || (text[i] == '\r' && text[i + 1] != '\n');
        for (int i = -1; i < 0 || plm_kernels_name(i); i++)
            assert_int_equal(plm_scan_line_ends(i < 0 ? NULL : plm_kernels_name(i), text, n),
                             expected);
    }
    memset(text, '\n', sizeof text);
    for (int i = 0; plm_kernels_name(i); i++)
        assert_int_equal(plm_scan_line_ends(plm_kernels_name(i), text, BYTES), BYTES);
}

static void lowest_bits(void **state)
{
    (void)state;
    for (int i = 0; i < 64; i++)
        assert_int_equal(plm_lowest_bit(~UINT64_C(0) << i), i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks),
        cmocka_unit_test(line_ends),
        cmocka_unit_test(lowest_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
