/* Rows that nobody has read before, when memory runs out: those that a table's net is chosen by,
 * and those that are predicted. Each allocation fails in turn, and the result is the same, or there
 * is none. */
#include "memory_lives.h"

#include "assess/assess.h"
#include "base/arena.h"
#include "run/job.h"
#include "run/recipe_copies.h"
#include "run/recipe_waves.h"
#include "run/runfile.h"

/* A job with a runtime of its own, as a run has: what fails in it must be told to the caller's. */
static plm_status open_job(plm *w, plm_job *j)
{
    *j = (plm_job){.home = w,
                   .w = plm_open(PLM_OPTIONS(.threads = 1, .allocate = allocate,
                                             .user = w->options.user, .unpinned = true))};
    if (j->w == NULL)
        return plm_fail_memory(w, "");
    j->w->lone_objects = w->lone_objects;
    j->data = plm_data_open(j->w, "table('%s', target=y)", test_path("waves.csv"));
    const plm_status status =
        j->data != NULL ? plm_data_rewind(j->data, 0) : plm_last_error(j->w)->status;
    return status < 0 ? plm_job_fail_at(j, status, NULL) : PLM_OK;
}

static void close_job(plm_job *j)
{
    plm_data_free(j->data);
    plm_close(j->w);
}

/* The waves of a table of 120 rows, of two columns of numbers, one of them with equal quartiles. */
static plm_status waves(plm *w)
{
    plm_arena a = {.w = w};
    plm_recipe_waves found;
    plm_job j;
    plm_status status = open_job(w, &j);
    if (status >= 0)
        AGAIN(plm_recipe_waves_find(&j, &a, &found));
    if (status >= 0) {
        assert_true(found.spikes == 1 && found.near != 0 && found.line != 0);
        note(&found.near, sizeof found.near);
        note(&found.line, sizeof found.line);
    }
    plm_arena_free(&a);
    close_job(&j);
    return status;
}

/* Which epoch is the best one, if rows are copies of others. */
static plm_status best_epoch(plm *w)
{
    plm_settings s;
    plm_job j;
    plm_status status = plm_settings_open(&s, w, plm_run_keys);
    plm_status opened = open_job(w, &j);
    status = status < 0 ? status : opened;
    if (status >= 0)
        status = plm_setting_default(&s, "validation", "split(0.2)");
    if (status >= 0)
        status = plm_recipe_best_epoch(&j, &s, true, false);
    if (status >= 0) {
        const char *observers = plm_setting_text(&s, "observers");
        assert_non_null(observers);
        note(observers, strlen(observers));
    }
    close_job(&j);
    plm_settings_free(&s);
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
    survives_objects(best_epoch, 1);
    survives_objects(predicted, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each)};
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
