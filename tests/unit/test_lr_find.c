/* The search for a learning rate as a caller watches it: how far each training is, how many there
 * are, and that it ends where the caller says. */
#define _POSIX_C_SOURCE 200809L
#include "run_support.h"

#include "run/lr_find.h"
#include "run/net.h"
#include "run/runfile.h"

enum { STEPS = 12, TRY_STEPS = 10, BATCH = 32 };

/* What the caller has seen: of the training that runs, and in all. */
typedef struct {
    plm_lr_find find;
    int64_t events, trainings, step, last, end; /* end: the event at which it stops; 0 = never */
    bool low;                                   /* rates of the range test that are far too low */
} watched;

/* Each event says which batch of which training it is. */
static void on_batch(void *self, const plm_event *e)
{
    watched *seen = self;
    const int64_t planned = seen->find.trying ? seen->find.trials.steps : STEPS;
    seen->events++;
    seen->step = seen->step < seen->last ? seen->step + 1 : 1;
    seen->last = planned;
    seen->trainings += seen->step == 1;
    assert_int_equal(e->row, seen->step * BATCH);
    assert_int_equal(e->rows, planned * BATCH);
    assert_int_equal(e->epoch, seen->find.trying ? seen->trainings - 2 : 0);
    assert_int_equal(e->epochs, !seen->find.trying ? 1 : e->epoch < 5 ? 5 : e->epoch + 1);
}

static bool on_stop(void *self)
{
    const watched *seen = self;
    return seen->end > 0 && seen->events >= seen->end;
}

/* Searches on the first 300 digits, 10 batches. try_steps: -1 = no trials. */
static void search(scene *s, watched *seen, int64_t try_steps, const char *epochs)
{
    const char *const setting[] = {"data=digits | take(300) | shuffle | batch(32)",
                                   "validation=none", "test=none", epochs};
    plm_settings given = {0};
    plm_job job = {.home = s->w};
    assert_int_equal(plm_settings_open(&given, s->w, plm_run_keys), PLM_OK);
    assert_int_equal(plm_run_settings_load(&given, "digits", 4, setting), PLM_OK);
    assert_int_equal(plm_net_build(&job, &given), PLM_OK);
    seen->find = (plm_lr_find){.job = &job,
                               .settings = &given,
                               .from = seen->low ? 1e-9 : 1e-4,
                               .to = seen->low ? 1e-8 : 1e-1,
                               .steps = STEPS,
                               .tries = try_steps >= 0,
                               .try_steps = try_steps,
                               .watch = on_batch,
                               .stop = on_stop,
                               .self = seen};
    assert_int_equal(plm_lr_find_run(&seen->find), PLM_OK);
    plm_lr_find_free(&seen->find);
    plm_job_free(&job);
    plm_settings_free(&given);
}

static void test_progress(void **state)
{
    (void)state;
    scene s;
    watched test = {0}, trials = {0};
    begin(&s);
    search(&s, &test, -1, "epochs=10");
    assert_int_equal(test.trainings, 1);
    assert_int_equal(test.events, STEPS);
    search(&s, &trials, TRY_STEPS, "epochs=10");
    assert_true(trials.find.trials.count >= 5);
    assert_int_equal(trials.trainings, 1 + trials.find.trials.count);
    assert_int_equal(trials.events, STEPS + trials.find.trials.count * TRY_STEPS);
    watched more = {.low = true};
    search(&s, &more, TRY_STEPS, "epochs=10"); /* the best rate is at the end: one more */
    assert_true(more.find.trials.count >= 6);
    assert_int_equal(more.trainings, 1 + more.find.trials.count);
    end(&s);
}

/* Stopped in the range test there is no trial; stopped in a trial, none follows. */
static void test_stop(void **state)
{
    (void)state;
    scene s;
    watched test = {.end = 5}, trials = {.end = STEPS + TRY_STEPS + 3};
    begin(&s);
    search(&s, &test, TRY_STEPS, "epochs=10");
    assert_true(test.find.range.stopped && !test.find.trials.stopped);
    assert_int_equal(test.events, 5);
    search(&s, &trials, TRY_STEPS, "epochs=10");
    assert_true(!trials.find.range.stopped && trials.find.trials.stopped);
    assert_int_equal(trials.events, trials.end);
    end(&s);
}

/* Without a number of its own a trial has 300 batches, or those of a shorter run. */
static void test_steps(void **state)
{
    (void)state;
    static const struct {
        const char *epochs;
        int64_t steps;
    } runs[] = {{"epochs=1", 10}, {"epochs=29", 290}, {"epochs=30", 300}, {"epochs=40", 300}};
    scene s;
    begin(&s);
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        watched seen = {.end = STEPS + 1};
        search(&s, &seen, 0, runs[i].epochs);
        assert_int_equal(seen.find.trials.steps, runs[i].steps);
    }
    end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_progress), cmocka_unit_test(test_stop),
                                       cmocka_unit_test(test_steps)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
