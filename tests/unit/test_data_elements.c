/* Rows gathered in any order, of every number type and width, by every instruction set: the same
 * bits as one by one. */
#include "data_support.h"

#include <stdlib.h>
#include <string.h>

#include "data/data.h"

enum { ROWS = 64, WIDEST = 900 };

/* Shuffled, rising, with runs, with repetitions. */
static void order_rows(int64_t row[ROWS], int kind)
{
    for (int64_t i = 0; i < ROWS; i++) {
        const int64_t orders[4] = {i * 37 % ROWS, i, i / 8 * 8 + (i + 3) % 8, i / 5};
        row[i] = orders[kind];
    }
}

static void compare(plm_dtype e, size_t width, const char *isa, int kind,
                    const unsigned char *bytes)
{
    static float together[ROWS * WIDEST + 1], alone[WIDEST];
    int64_t row[ROWS];
    const size_t size = plm_element_size(e) * width, n = kind == 0 ? ROWS : ROWS - 7;
    order_rows(row, kind);
    together[n * width] = -77; /* nothing is written behind the last row */
    plm_element_gather(isa, e, together, bytes, width, row, n);
    for (size_t i = 0; i < n; i++) {
        plm_element_decode(e, alone, bytes + (size_t)row[i] * size, width);
        if (memcmp(alone, together + i * width, width * sizeof *alone) != 0)
            fail_msg("%s, width %zu, %s, order %d: row %zu differs", plm_element_name(e), width,
                     isa ? isa : "none", kind, i);
    }
    assert_true(together[n * width] == -77);
}

static void gathered_as_one_by_one(void **state)
{
    static const size_t widths[] = {1, 3, 16, 17, 64, 130, 784, WIDEST};
    /* callers' arrays lie anywhere */
    unsigned char *block = malloc((size_t)ROWS * WIDEST * 8 + 1), *bytes = block + 1;
    (void)state;
    assert_non_null(block);
    for (size_t i = 0; i < (size_t)ROWS * WIDEST * 8; i++)
        bytes[i] = (unsigned char)(i * 2654435761u >> 13);
    for (int e = 0; e < PLM_DTYPES; e++)
        for (size_t k = 0; k < sizeof widths / sizeof widths[0]; k++)
            for (int kind = 0; kind < 4; kind++) {
                compare((plm_dtype)e, widths[k], NULL, kind, bytes);
                for (int isa = 0; plm_isa_available(isa); isa++)
                    compare((plm_dtype)e, widths[k], plm_isa_available(isa), kind, bytes);
            }
    free(block);
}

/* A block that lies on large pages is like any other: zeroed, aligned, to be given back. */
static void large_blocks(void **state)
{
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    for (size_t bytes = (1u << 22) - 1; bytes <= (1u << 22) + 1; bytes++) {
        char *block = plm_allocate(w, bytes);
        assert_non_null(block);
        assert_int_equal((uintptr_t)block % 64, 0);
        assert_true(block[0] == 0 && block[bytes / 2] == 0 && block[bytes - 1] == 0);
        block[bytes - 1] = 1;
        plm_release(w, block);
    }
    plm_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(gathered_as_one_by_one),
                                       cmocka_unit_test(large_blocks)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
