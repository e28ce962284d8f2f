/* The vote of a row's neighbours: the class of most of them; of two classes that are equally
 * frequent, that of the nearest row. */
#include "model_support.h"

#include <math.h>

#include "doctor/near_rows.h"

enum { ROWS = 12, CLASSES = 3 };

static void test_vote(void **state)
{
    static float y[ROWS] = {0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2};
    static int64_t nearest[ROWS][PLM_NEAREST] = {
        {1, 2, 3, 4, 5},   /* 0 0 0 1 1 */
        {4, 5, 0, 2, 3},   /* 1 1 0 0 0 */
        {0, 1, 4, 5, 8},   /* 0 0 1 1 2: as frequent, 0 is nearest */
        {4, 5, 0, 1, 8},   /* 1 1 0 0 2: 1 is nearest, so wrong */
        {8, 5, 6, 7, 0},   /* 2 1 1 1 0 */
        {8, 4, 6, 0, 1},   /* 2 1 1 0 0: the nearest row's class is rarer */
        {0, 1, 8, 9, 4},   /* 0 0 2 2 1: wrong, but the mean of the numbers is right */
        {0, 4, 5, 6, 1},   /* 0 1 1 1 0 */
        {9, 10, 11, 0, 4}, /* 2 2 2 0 1 */
        {0, 4, 8, 10, 11}, /* 0 1 2 2 2 */
        {8, 9, 11, 4, 5},  /* 2 2 2 1 1 */
        {0, 1, 2, 4, 5},   /* 0 0 0 1 1: wrong */
    };
    static float memory[ROWS * PLM_NEAREST];
    static float best[ROWS * PLM_NEAREST];
    const plm_near_rows r = {
        .rows = ROWS, .y = y, .nearest = &nearest[0][0], .best = best, .distance = memory};
    plm_neighbours out = {0};
    (void)state;
    plm_near_classes(&r, CLASSES, &out);
    assert_float_equal(out.hits, 9.0 / ROWS, 1e-12);
    /* the vote is right where the mean is not in rows 2, 8 and 9 */
    assert_int_equal(out.mixed, ROWS);
    assert_float_equal(out.named, (3.0 - 1.0) / ROWS, 1e-12);
    assert_float_equal(out.named_error, sqrt(3.0 + 1.0) / ROWS, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_vote)};
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
