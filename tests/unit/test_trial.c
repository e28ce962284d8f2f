/* Which way a trial chooses, by durations that the test makes up: no clock is read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/trial.h"

enum { MICROSECOND = 1000, SECOND = 1000000000 };

/* What a run takes by each way, and what runs by each way have taken in all. */
typedef struct {
    int64_t takes[PLM_TRIAL_WAYS], spent[PLM_TRIAL_WAYS];
} machine;

/* Runs for so many nanoseconds. */
static void run_for(plm_trial *t, machine *m, int64_t nanoseconds)
{
    for (int64_t done = 0; done < nanoseconds; done += m->takes[t->way]) {
        const int way = t->way;
        m->spent[way] += m->takes[way];
        plm_trial_note(t, 32, m->takes[way]);
        assert_in_range(t->way, 0, t->ways - 1);
    }
}

static void the_fastest_way_is_taken(void **state)
{
    (void)state;
    static const int64_t takes[][PLM_TRIAL_WAYS] = {
        {300, 200, 100}, {300, 100, 200}, {100, 300, 200}, {100, 200, 300}, {103, 101, 102}};
    static const int fastest[] = {2, 1, 0, 0, 1}; /* of the last, the first needs most threads */
    for (int ways = 2; ways <= PLM_TRIAL_WAYS; ways++)
        for (size_t k = 0; k < sizeof fastest / sizeof *fastest; k++)
            for (int64_t unit = 1; unit <= 100000; unit *= 100) {
                machine m = {.takes = {takes[k][0] * unit, takes[k][1] * unit, takes[k][2] * unit}};
                plm_trial t;
                plm_trial_open(&t, ways);
                assert_int_equal(t.way, 0);
                run_for(&t, &m, SECOND);
                const int two = takes[k][1] < takes[k][0] ? 1 : 0;
                assert_int_equal(t.chosen, ways == 2 ? two : fastest[k]);
            }
}

/* The second way is one thread. It replaces all threads if it is faster at all, and all threads
 * replace it if they are faster by more than the margin. */
static void more_threads_must_beat_a_margin(void **state)
{
    (void)state;
    for (int64_t percent = 90; percent <= 110; percent++) {
        machine m = {.takes = {1000 * MICROSECOND, 10 * percent * MICROSECOND}};
        plm_trial t;
        plm_trial_open(&t, 2);
        run_for(&t, &m, SECOND);
        assert_int_equal(t.chosen, percent < 100 ? 1 : 0);
        t.chosen = t.way = 1;
        m.takes[0] = 10 * percent * MICROSECOND;
        m.takes[1] = 1000 * MICROSECOND;
        run_for(&t, &m, 60 * (int64_t)SECOND);
        assert_int_equal(t.chosen, percent < 97 ? 0 : 1);
    }
}

/* Rounds that disagree are followed by more rounds. Here one thread is faster in rounds 0, 1 and 4
 * of 5, but slower in 6 of 9: three of five rounds must not decide. */
static void rounds_that_disagree_go_on(void **state)
{
    (void)state;
    static const bool faster[PLM_TRIAL_ROUNDS] = {true, true, false, false, true};
    plm_trial t;
    int rounds = 0;
    plm_trial_open(&t, 2);
    plm_trial_note(&t, 32, MICROSECOND);
    while (t.left <= 0) {
        rounds = t.round + 1;
        assert_int_equal(t.chosen, 0);
        plm_trial_note(&t, 32, (t.way == 0 ? 10 : faster[t.round] ? 9 : 11) * 1000 * MICROSECOND);
    }
    assert_int_equal(t.chosen, 0);
    assert_int_equal(rounds, PLM_TRIAL_ROUNDS);
    const int64_t pause = t.length;
    plm_trial_note(&t, 32, t.left);
    while (t.left <= 0)
        plm_trial_note(&t, 32, (t.way == 0 ? 10 : 11) * 1000 * MICROSECOND);
    assert_int_equal(t.chosen, 0);
    assert_true(t.length == 2 * pause); /* this trial confirmed the choice, the first one did not */
}

/* Blocks of runs differ by up to 30 % from their usual time: two threads that need 25 % more time
 * than one, or one that needs 25 % more than two, do less than a twentieth of a minute's work. */
static void noise_rarely_decides(void **state)
{
    (void)state;
    for (int slow = 0; slow < 2; slow++) {
        uint32_t random = 1;
        int64_t spent[2] = {0, 0};
        plm_trial t;
        plm_trial_open(&t, 2);
        for (int i = 0; i < 150000; i++) {
            if (i % 5 == 0)
                random = random * 1664525u + 1013904223u;
            const int64_t usual = (t.way == slow ? 500 : 400) * MICROSECOND;
            const int64_t takes = usual / 1000 * (700 + random / 65536 % 601);
            spent[t.way] += takes;
            plm_trial_note(&t, 32, takes);
        }
        assert_true(20 * spent[slow] < spent[0] + spent[1]);
    }
}

/* The load changes: within two minutes of runs the choice follows, and goes back. */
static void a_change_is_followed(void **state)
{
    (void)state;
    machine m = {.takes = {100 * MICROSECOND, 150 * MICROSECOND}};
    plm_trial t;
    plm_trial_open(&t, 2);
    run_for(&t, &m, 300 * (int64_t)SECOND);
    assert_int_equal(t.chosen, 0);
    m.takes[0] = 200 * MICROSECOND;
    run_for(&t, &m, 120 * (int64_t)SECOND);
    assert_int_equal(t.chosen, 1);
    m.takes[0] = 100 * MICROSECOND;
    run_for(&t, &m, 120 * (int64_t)SECOND);
    assert_int_equal(t.chosen, 0);
}

/* A slow way costs little of a second and next to nothing of an hour. */
static void trials_are_cheap(void **state)
{
    (void)state;
    for (int64_t length = 10 * MICROSECOND; length <= 100000 * MICROSECOND; length *= 10) {
        machine m = {.takes = {length, 2 * length}};
        plm_trial t;
        plm_trial_open(&t, 2);
        run_for(&t, &m, 10 * (int64_t)SECOND);
        assert_true(m.spent[1] * 20 < m.spent[0]);
        run_for(&t, &m, 600 * (int64_t)SECOND);
        assert_true(m.spent[1] * 100 < m.spent[0]);
    }
}

/* One run of a trial is held up for long: medians do not notice. */
static void a_stall_decides_nothing(void **state)
{
    (void)state;
    for (int stalled = 1; stalled < 60; stalled++) {
        plm_trial t;
        plm_trial_open(&t, 2);
        for (int i = 0; i < 400; i++) {
            const int64_t takes = t.way == 0 ? 1000 * MICROSECOND : 1100 * MICROSECOND;
            plm_trial_note(&t, 32, i == stalled ? 50 * takes : takes);
            assert_int_equal(t.chosen, 0);
        }
    }
}

/* Small batches take less time: they must not speak for the way that they happened to get. */
static void other_batches_do_not_count(void **state)
{
    (void)state;
    plm_trial t;
    plm_trial_open(&t, 2);
    for (int i = 0; i < 100000; i++) {
        const int64_t rows = t.way == 1 && t.warm ? 1 + i % 2 * 31 : 32;
        plm_trial_note(&t, rows, rows * (t.way == 0 ? 10 : 11) * MICROSECOND);
        assert_int_equal(t.chosen, 0);
    }
}

static void one_way_is_no_question(void **state)
{
    (void)state;
    plm_trial t;
    plm_trial_open(&t, 1);
    for (int i = 0; i < 1000; i++) {
        plm_trial_note(&t, 32, i * (int64_t)SECOND - SECOND);
        assert_int_equal(t.way, 0);
    }
    plm_trial_open(&t, 2); /* a clock that stands still */
    for (int i = 0; i < 1000; i++) {
        plm_trial_note(&t, 32, 0);
        assert_in_range(t.way, 0, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_fastest_way_is_taken),
        cmocka_unit_test(more_threads_must_beat_a_margin),
        cmocka_unit_test(rounds_that_disagree_go_on),
        cmocka_unit_test(noise_rarely_decides),
        cmocka_unit_test(a_change_is_followed),
        cmocka_unit_test(trials_are_cheap),
        cmocka_unit_test(a_stall_decides_nothing),
        cmocka_unit_test(other_batches_do_not_count),
        cmocka_unit_test(one_way_is_no_question),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
