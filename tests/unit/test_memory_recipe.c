/* What a table's net is chosen by, when memory runs out: each allocation fails in turn, and the
 * choice is the same, or there is none. */
#include "memory_lives.h"

#include "base/arena.h"
#include "run/job.h"
#include "run/recipe_waves.h"

/* The waves of a table of 120 rows, of two columns of numbers, one of them with equal quartiles. */
static plm_status waves(plm *w)
{
    plm_arena a = {.w = w};
    plm_recipe_waves found;
    plm_data *d = plm_data_open(w, "table('%s', target=y)", test_path("waves.csv"));
    const plm_job j = {.w = w, .home = w, .data = d};
    plm_status status = status_of(w, d);
    if (status >= 0)
        status = plm_data_rewind(d, 0);
    if (status >= 0)
        AGAIN(plm_recipe_waves_find(&j, &a, &found));
    if (status >= 0) {
        assert_true(found.spikes == 1 && found.near != 0 && found.line != 0);
        note(&found.near, sizeof found.near);
        note(&found.line, sizeof found.line);
    }
    plm_arena_free(&a);
    plm_data_free(d);
    return status;
}

static void each(void **state)
{
    static char text[4096] = "a,b,y\n";
    size_t n = strlen(text);
    (void)state;
    threads_at_work = 1;
    for (int i = 0; i < 120; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%d.5,%d.75,%d.25\n", i * 37 % 121,
                              i % 9 ? 1 : i, i * 37 % 121 * (i * 37 % 121) % 50);
    (void)test_write_text("waves.csv", text);
    survives(waves);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each)};
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
