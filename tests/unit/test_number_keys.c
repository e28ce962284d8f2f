/* Keys in the order of numbers, and their sort; hashes of rows. */
#include "helper.h"

#include <math.h>
#include <stdlib.h>

#include "base/number_keys.h"
#include "data/row_hash.h"

enum { MANY = 1000 };

static void keys_have_the_order_of_numbers(void **state)
{
    static const float rising[] = {-INFINITY, -3e38F, -2.5F, -1e-40F, 0, 1e-40F, 1, 2.5F, INFINITY};
    (void)state;
    for (size_t i = 0; i < sizeof rising / sizeof *rising; i++) {
        assert_memory_equal(&(float){plm_number_of_key(plm_key_of_number(rising[i]))}, &rising[i],
                            sizeof *rising);
        if (i > 0)
            assert_true(plm_key_of_number(rising[i - 1]) < plm_key_of_number(rising[i]));
    }
    assert_int_equal(plm_key_of_number(-0.0F), plm_key_of_number(0.0F));
}

/* Returns number i of a sequence without an order (steps of Lehmer's generator of 1951, modulo
 * 2^64). */
static uint64_t drawn(uint64_t i)
{
    uint64_t x = i + 1;
    for (int k = 0; k < 3; k++)
        x = x * 6364136223846793005U + 1442695040888963407U;
    return x;
}

static int by_size(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* shift: bits that all keys share, above. An odd and an even number of bytes differ. */
static void check_sorts(int shift)
{
    static uint64_t wide[MANY], expected[MANY], work[MANY];
    static uint32_t key[MANY], other[MANY];
    for (size_t i = 0; i < MANY; i++) {
        wide[i] = expected[i] = drawn(i) >> shift;
        key[i] = (uint32_t)(wide[i] >> 32);
    }
    qsort(expected, MANY, sizeof *expected, by_size);
    plm_sort_wide_keys(wide, work, MANY, 0);
    assert_memory_equal(wide, expected, sizeof wide);
    plm_sort_keys(key, other, MANY);
    for (size_t i = 0; i < MANY; i++)
        assert_int_equal(key[i], (uint32_t)(expected[i] >> 32));
}

static void any_keys_are_sorted(void **state)
{
    (void)state;
    for (int shift = 0; shift < 64; shift += 8)
        check_sorts(shift);
    uint32_t one = 7, none = 0;
    plm_sort_keys(&one, &none, 1);
    plm_sort_keys(&one, &none, 0);
    assert_int_equal(one, 7);
}

/* Sorted by the upper half, the lower half keeps the order that it had. */
static void equal_keys_keep_their_order(void **state)
{
    static uint64_t key[MANY], work[MANY];
    (void)state;
    for (size_t i = 0; i < MANY; i++)
        key[i] = drawn(i) % 7 << 32 | (MANY - i);
    plm_sort_wide_keys(key, work, MANY, 32);
    for (size_t i = 1; i < MANY; i++) {
        assert_true(key[i - 1] >> 32 <= key[i] >> 32);
        if (key[i - 1] >> 32 == key[i] >> 32)
            assert_true((uint32_t)key[i - 1] > (uint32_t)key[i]);
    }
}

/* Each number and its place counts, in rows of any length; -0 counts as 0. */
static void hashes_tell_rows_apart(void **state)
{
    static float row[21];
    (void)state;
    for (size_t count = 1; count <= 21; count++) {
        const uint64_t hash = plm_hash_numbers(1, row, count);
        for (size_t i = 0; i < count; i++) {
            row[i] = -0.0F;
            assert_true(plm_hash_numbers(1, row, count) == hash);
            row[i] = 1;
            assert_true(plm_hash_numbers(1, row, count) != hash);
            row[i] = 0;
        }
    }
    for (size_t i = 0; i + 1 < 21; i++) {
        row[i] = 1;
        const uint64_t hash = plm_hash_numbers(1, row, 21);
        row[i] = 0;
        row[i + 1] = 1;
        assert_true(plm_hash_numbers(1, row, 21) != hash);
        row[i + 1] = 0;
    }
}

static void different_hashes_are_counted(void **state)
{
    uint64_t hash[] = {5, UINT64_MAX, 5, 1, 0, 1, 5}, scratch[7];
    (void)state;
    assert_int_equal(plm_hashes_different(hash, scratch, 7), 4);
    assert_int_equal(plm_hashes_different(hash, scratch, 1), 1);
    assert_int_equal(plm_hashes_different(hash, scratch, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_have_the_order_of_numbers), cmocka_unit_test(any_keys_are_sorted),
        cmocka_unit_test(equal_keys_keep_their_order),    cmocka_unit_test(hashes_tell_rows_apart),
        cmocka_unit_test(different_hashes_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
