/* Packing into panels and back. */
#include "kernel_support.h"

static void sizes(void **state)
{
    (void)state;
    assert_int_equal(plm_panel_size(0, 0), 0);
    assert_int_equal(plm_panel_size(3, 0), 0);
    assert_int_equal(plm_panel_size(3, 1), 48);
    assert_int_equal(plm_panel_size(3, 16), 48);
    assert_int_equal(plm_panel_size(3, 17), 96);
    assert_int_equal(plm_panel_size(784, 300), 784 * 304);
}

/* Element (i, j) stands in panel j / 16, row i, lane j mod 16; missing columns are zero. */
static void pack(size_t rows, size_t columns, size_t stride)
{
    dice d = {columns * 1000 + rows + 1};
    const size_t size = plm_panel_size(rows, columns);
    plm_real *matrix = numbers_unit(&d, rows * stride), *panels = numbers_unit(&d, size);
    plm_real *back = numbers_unit(&d, rows * stride), *before = numbers_copy(back, rows * stride);
    plm_panel_pack(panels, matrix, rows, columns, stride);
    for (size_t p = 0; p * 16 < columns; p++)
        for (size_t i = 0; i < rows; i++)
            for (size_t lane = 0; lane < 16; lane++) {
                const size_t j = p * 16 + lane;
                const plm_real expected = j < columns ? matrix[i * stride + j] : 0;
                assert_true(panels[(p * rows + i) * 16 + lane] == expected);
            }
    plm_panel_unpack(back, panels, rows, columns, stride);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < stride; j++)
            assert_true(back[i * stride + j] == (j < columns ? matrix : before)[i * stride + j]);
    free(matrix), free(panels), free(back), free(before);
}

static void there_and_back(void **state)
{
    (void)state;
    for (size_t rows = 0; rows < 5; rows++)
        for (size_t columns = 0; columns < 50; columns++)
            pack(rows, columns, columns + rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(sizes), cmocka_unit_test(there_and_back)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
