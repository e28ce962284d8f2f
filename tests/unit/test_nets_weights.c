/* What the last line of a log says of the weights of several nets: the epochs they come from, and
 * whether each is the best of its net. */
#include "helper.h"

#include <stdlib.h>

#include "session/nets_inside.h"

/* The text for nets whose weights come from the epochs kept, of which the best were `best`. */
static void assert_text(int count, const int64_t *kept, const int64_t *best, size_t capacity,
                        const char *expected)
{
    char text[80];
    plm_run_nets *n = calloc(1, sizeof *n);
    assert_non_null(n);
    n->count = count;
    for (int k = 0; k < count; k++)
        n->net[k].result =
            (plm_fit_result){.epochs = 9, .kept_epoch = kept[k], .best_epoch = best[k]};
    plm_run_nets_weights(n, text, capacity);
    free(n);
    assert_string_equal(text, expected);
}

static void weights_of_nets(void **state)
{
    (void)state;
    assert_text(1, (int64_t[]){4}, (int64_t[]){4}, 80, "of epochs 4, the best of each net");
    assert_text(3, (int64_t[]){4, 7, 2}, (int64_t[]){4, 7, 2}, 80,
                "of epochs 4, 7, 2, the best of each net");
    assert_text(2, (int64_t[]){4, 7}, (int64_t[]){4, 6}, 80, "of epochs 4, 7");
    assert_text(2, (int64_t[]){4, 7}, (int64_t[]){3, 7}, 80, "of epochs 4, 7");
    /* a net that kept no epoch has the weights of its last one */
    assert_text(2, (int64_t[]){0, 7}, (int64_t[]){3, 7}, 80, "of epochs 9, 7");
    /* no net kept an epoch: there is nothing to say */
    assert_text(2, (int64_t[]){0, 0}, (int64_t[]){0, 0}, 80, "");
    assert_text(2, (int64_t[]){0, 0}, (int64_t[]){3, 4}, 80, "");
    assert_text(3, (int64_t[]){4, 7, 2}, (int64_t[]){4, 7, 2}, 14, "of epochs 4, ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(weights_of_nets)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
