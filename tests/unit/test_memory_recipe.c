/* Rows that nobody has read before, when memory runs out: those that a table's net is chosen by,
 * and those that are predicted. Each allocation fails in turn, and the result is the same, or there
 * is none. */
#include "memory_lives.h"

#include "assess/assess.h"
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

/* The schema of the table is fitted when the predictions ask for its shape. */
static plm_status predicted(plm *w)
{
    plm_predicted p = {.w = w};
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(2)");
    plm_add(m, "dense(1)");
    plm_status status = m != NULL ? plm_compile(m, "sgd", "mse", NULL) : status_of(w, m);
    plm_data *d = NULL;
    if (status >= 0)
        status = status_of(
            w, d = plm_data_open(w, "table('%s', target=y) | batch(50)", test_path("waves.csv")));
    if (status >= 0)
        status = plm_predicted_open(&p, m, d);
    if (status >= 0)
        note(p.target[0].guess, (size_t)p.rows * sizeof *p.target[0].guess);
    plm_predicted_free(&p);
    plm_data_free(d);
    plm_model_free(m);
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
    survives(predicted);
    survives_objects(waves, 1);
    survives_objects(predicted, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each)};
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
