/* The index from names to numbers, against a plain list: thousands of names put, replaced and
 * taken out. */
#include "helper.h"

#include <stdio.h>
#include <string.h>

#include "base/index.h"

enum { NAMES = 3000 };

static void finds_what_was_put(void **state)
{
    static char name[NAMES][16];
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_arena a = {.w = w};
    plm_index x = {.arena = &a};
    (void)state;
    assert_true(plm_index_find(&x, "none") == SIZE_MAX);
    plm_index_remove(&x, "none");
    for (size_t i = 0; i < NAMES; i++) {
        (void)snprintf(name[i], sizeof name[i], "dense_%zu", i);
        assert_int_equal(plm_index_put(&x, name[i], i), PLM_OK);
    }
    for (size_t i = 0; i < NAMES; i++)
        assert_int_equal(plm_index_find(&x, name[i]), i);
    assert_int_equal(plm_index_put(&x, "dense_7", 70), PLM_OK);
    assert_int_equal(plm_index_find(&x, "dense_7"), 70);
    assert_int_equal(x.count, NAMES);
    plm_index_set(&x, "dense_7", 7);
    plm_index_clear(&x);
    assert_true(plm_index_find(&x, "dense_7") == SIZE_MAX);
    plm_arena_free(&a);
    plm_close(w);
}

/* Names come and go by a fixed rule; a list of flags says which are there. */
static void forgets_what_was_taken_out(void **state)
{
    static char name[NAMES][16];
    static bool there[NAMES];
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_arena a = {.w = w};
    plm_index x = {.arena = &a};
    uint64_t s = 1;
    (void)state;
    for (size_t i = 0; i < NAMES; i++)
        (void)snprintf(name[i], sizeof name[i], "%zu", i);
    for (int turn = 0; turn < 20 * NAMES; turn++) {
        s = s * 6364136223846793005u + 1442695040888963407u;
        const size_t i = (size_t)(s >> 33) % NAMES;
        there[i] = (s >> 32 & 1) != 0;
        if (there[i])
            assert_int_equal(plm_index_put(&x, name[i], i), PLM_OK);
        else
            plm_index_remove(&x, name[i]);
    }
    for (size_t i = 0; i < NAMES; i++)
        assert_int_equal(plm_index_find(&x, name[i]), there[i] ? i : SIZE_MAX);
    /* names that were removed leave their memory to others */
    size_t left = 0;
    for (size_t i = 0; i < NAMES; i++)
        left += there[i];
    assert_int_equal(x.count, left);
    assert_true(x.capacity <= 8192); /* the next power of two above twice NAMES */
    plm_arena_free(&a);
    plm_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(finds_what_was_put),
                                       cmocka_unit_test(forgets_what_was_taken_out)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
