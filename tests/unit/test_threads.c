/* The pool: everybody runs, stages follow each other, shares cover, sleepers wake, more threads
 * than cores work, idle is idle. */
#define _POSIX_C_SOURCE 200809L
#include "helper.h"

#include <stdatomic.h>
#include <time.h>

#include "base/cores.h"
#include "base/threads.h"

enum { MOST = 9, ROUNDS = 20 };

typedef struct {
    plm_pool *pool;
    struct {
        long value;
        char line[120];
    } place[MOST];
    int wrong[MOST];
} shared;

/* Even stages write, odd ones read what all wrote: fails (and the thread sanitizer shouts) if a
 * stage begins early. */
static void write_and_read(void *argument, int stage, int thread, int threads)
{
    shared *s = argument;
    if (stage % 2 == 0) {
        s->place[thread].value = stage;
        return;
    }
    long sum = 0;
    for (int i = 0; i < threads; i++)
        sum += s->place[i].value;
    s->wrong[thread] += sum != (long)(stage - 1) * threads;
}

static void rest(long milliseconds)
{
    nanosleep(&(struct timespec){.tv_nsec = milliseconds * 1000000}, NULL);
}

static void stages_follow_each_other(void **state)
{
    (void)state;
    for (int threads = 1; threads <= MOST; threads += threads < 4 ? 1 : 5) {
        helper h;
        shared s;
        helper_open(&h);
        memset(&s, 0, sizeof(s));
        s.pool = plm_pool_open(&h.w, threads, threads % 2 == 0);
        assert_non_null(s.pool);
        assert_int_equal(plm_pool_threads(s.pool), threads);
        for (int call = 0; call < 200; call++) {
            plm_stages(s.pool, call % 3 ? 0 : call % (threads + 2), 2 * ROUNDS, write_and_read, &s);
            if (call % 50 == 0)
                rest(3); /* long enough to fall asleep */
        }
        for (int i = 0; i < threads; i++)
            assert_int_equal(s.wrong[i], 0);
        plm_pool_close(s.pool);
        helper_close(&h);
    }
}

static void note_thread(void *argument, int thread, int threads)
{
    int *seen = argument;
    seen[thread] += threads;
}

static void runs_on_as_many_as_asked(void **state)
{
    helper h;
    (void)state;
    helper_open(&h);
    plm_pool *p = plm_pool_open(&h.w, 4, false);
    for (int asked = -1; asked <= 6; asked++) {
        int seen[8] = {0};
        const int active = asked < 1 || asked > 4 ? 4 : asked;
        plm_parallel(p, asked, note_thread, seen);
        for (int i = 0; i < 8; i++)
            assert_int_equal(seen[i], i < active ? active : 0);
    }
    plm_pool_close(p);
    int alone[1] = {0};
    plm_parallel(NULL, 0, note_thread, alone); /* a runtime that never opened well still runs */
    assert_int_equal(alone[0], 1);
    plm_stages(NULL, 0, 0, write_and_read, NULL);
    helper_close(&h);
}

static void refuses_wrong_counts(void **state)
{
    helper h;
    (void)state;
    helper_open(&h);
    assert_null(plm_pool_open(&h.w, 0, false));
    assert_error(&h.w, PLM_E_SPEC, "between 1 and 256, got 0", NULL);
    assert_null(plm_pool_open(&h.w, 257, false));
    plm_pool_close(NULL);
    assert_true(plm_cores() >= 1);
    helper_close(&h);
}

static double process_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void idle_burns_nothing(void **state)
{
    helper h;
    int seen[4] = {0};
    (void)state;
    helper_open(&h);
    plm_pool *p = plm_pool_open(&h.w, 4, true);
    plm_parallel(p, 0, note_thread, seen);
    rest(50); /* past the patience of the workers */
    const double before = process_seconds();
    rest(300);
    assert_true(process_seconds() - before < 0.03);
    plm_parallel(p, 0, note_thread, seen);
    assert_int_equal(seen[3], 8);
    plm_pool_close(p);
    helper_close(&h);
}

static void shares_cover_all_once(void **state)
{
    (void)state;
    for (int64_t count = 0; count < 70; count++)
        for (int64_t grain = 1; grain < 20; grain += 5)
            for (int threads = 1; threads < 9; threads++) {
                int64_t next = 0;
                for (int i = 0; i < threads; i++) {
                    int64_t first = -1, last = -1;
                    plm_share(count, grain, i, threads, &first, &last);
                    assert_true(first <= last && first == next);
                    assert_true(first % grain == 0 || first == count);
                    next = last;
                }
                assert_true(next == count);
            }
}

static plm_status open_and_close(plm *w)
{
    plm_pool *p = plm_pool_open(w, 3, true);
    plm_pool_close(p);
    return p ? PLM_OK : w->error.status;
}

static void survives_failed_memory(void **state)
{
    (void)state;
    assert_survives_failed_memory(open_and_close);
}

/* A worker that is held up: by sleep here, by another process elsewhere. */
typedef struct {
    bool slow;
    int threads;       /* that the last call had */
    atomic_bool begun; /* by the worker */
} held;

/* The caller leaves the worker time to begin, up to 10 ms; where it does not, the caller does
 * that part as well. */
static void held_part(void *argument, int stage, int thread, int threads)
{
    held *h = argument;
    (void)stage;
    if (thread > 0) {
        atomic_store(&h->begun, true);
        rest(h->slow ? 40 : 0);
        return;
    }
    h->threads = threads;
    for (int i = 0; h->slow && threads > 1 && i < 100 && !atomic_load(&h->begun); i++)
        nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
}

/* Until a call has so many threads; how long that takes is the system's affair. */
static bool comes_to(plm_pool *pool, held *job, int threads)
{
    for (int call = 0; call < 400; call++) {
        atomic_store(&job->begun, false);
        plm_stages(pool, 0, 1, held_part, job);
        if (job->threads == threads)
            return true;
        rest(job->slow ? 0 : 1);
    }
    return false;
}

static void who_is_held_up_goes_on_alone_for_a_while(void **state)
{
    helper h;
    held job = {.slow = true};
    (void)state;
    if (plm_cores() < 2 || plm_core_here() < 0) /* nothing to be held up on, or nothing pinned */
        skip();
    helper_open(&h);
    plm_pool *pool = plm_pool_open(&h.w, 2, true);
    assert_non_null(pool);
    assert_true(comes_to(pool, &job, 1));
    job.slow = false;
    assert_true(comes_to(pool, &job, 2));
    plm_pool_close(pool);
    helper_close(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(stages_follow_each_other),
                                       cmocka_unit_test(runs_on_as_many_as_asked),
                                       cmocka_unit_test(refuses_wrong_counts),
                                       cmocka_unit_test(idle_burns_nothing),
                                       cmocka_unit_test(shares_cover_all_once),
                                       cmocka_unit_test(survives_failed_memory),
                                       cmocka_unit_test(who_is_held_up_goes_on_alone_for_a_while)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
