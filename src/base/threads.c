/* The pool. A call is one word, `command` = number of the call and how many threads take part; a worker that is not
 * among them looks at nothing else, so the caller may go on to the next call without it. Those that take part are
 * awaited, so what they read (body, argument, active) stays while they read it.
 *
 * Waiting inside a call: pause, then yield the core for as long as it takes. Waiting for a call: the same for about
 * a millisecond, so that steps that follow each other pay no wake, then sleep: an idle runtime burns nothing. */
#define _POSIX_C_SOURCE 200809L /* clock_gettime, pthread_sigmask */
#include "base/threads.h"

#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <time.h>

#include "base/cores.h"

enum {
    LINE = 64,
    MOST_THREADS = 256,
    PAUSES = 500,            /* about 20 microseconds before the core is yielded */
    PAUSES_CROWDED = 16,     /* with more threads than cores: who spins keeps another from its work */
    PATIENCE = 1000000,      /* nanoseconds a worker stays awake between calls */
    PATIENCE_CROWDED = 50000,
    MOVE_EVERY = 10000000,   /* nanoseconds between two moves of the caller */
    COUNT_BITS = 9,          /* of command, for the number of threads */
    STACK_BYTES = 1 << 21    /* musl's 128 KiB are few */
};

/* One worker; on its own cache lines, as its neighbours write theirs. */
typedef struct {
    alignas(LINE) plm_pool *pool;
    int number; /* 1 .. threads - 1 */
    int core;   /* -1 = free */
    bool started;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    atomic_bool asleep;
} worker;

struct plm_pool {
    plm *w;
    int threads, pauses;
    long patience;
    worker *worker; /* [threads], the first unused */
    bool busy;      /* the caller is inside plm_parallel */
    int home;       /* a core without a worker, for the caller; -1 = workers are free */
    int64_t moved;  /* when the caller was last sent there */

    /* written before command, read by those that take part */
    void (*body)(void *argument, int thread, int threads);
    void *argument;
    int active;

    alignas(LINE) atomic_uint_least64_t command;
    atomic_bool stop;
    alignas(LINE) atomic_int sleepers;
    alignas(LINE) atomic_int remaining;
    alignas(LINE) atomic_int arrived; /* at the barrier */
    alignas(LINE) atomic_uint phase;  /* barriers passed */
};

static void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ __volatile__("yield");
#endif
}

/* One more turn of a wait: pauses at first, yields later. */
static void wait_a_little(const plm_pool *p, int *turns)
{
    if (*turns < p->pauses) {
        (*turns)++;
        relax();
    } else {
        sched_yield();
    }
}

static int64_t nanoseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* ---- workers ---- */

/* Is there something new? Sequentially consistent, as sleeping needs it (see sleep_until_called). */
static bool is_called(plm_pool *p, uint64_t seen)
{
    return atomic_load(&p->command) != seen || atomic_load(&p->stop);
}

/* `sleepers` goes up before `command` is read a last time; the caller writes command before it reads sleepers. One
 * of the two sees the other, so no wake is lost. */
static void sleep_until_called(worker *self, uint64_t seen)
{
    plm_pool *p = self->pool;
    pthread_mutex_lock(&self->lock);
    atomic_store(&self->asleep, true);
    atomic_fetch_add(&p->sleepers, 1);
    while (!is_called(p, seen))
        pthread_cond_wait(&self->wake, &self->lock);
    atomic_fetch_sub(&p->sleepers, 1);
    atomic_store(&self->asleep, false);
    pthread_mutex_unlock(&self->lock);
}

/* Returns the command that is new, awake for `patience` nanoseconds at first. */
static uint64_t await_call(worker *self, uint64_t seen, long patience)
{
    plm_pool *p = self->pool;
    int turns = 0;
    while (!is_called(p, seen) && turns < p->pauses && patience > 0)
        wait_a_little(p, &turns);
    const int64_t end = nanoseconds() + patience;
    while (!is_called(p, seen)) {
        if (patience <= 0 || nanoseconds() > end) {
            sleep_until_called(self, seen);
            break;
        }
        wait_a_little(p, &turns);
    }
    return atomic_load(&p->command);
}

static void *work(void *argument)
{
    worker *self = argument;
    plm_pool *p = self->pool;
    uint64_t seen = 0;
    long patience = 0; /* until the first call */
    if (self->core >= 0)
        plm_core_pin(self->core);
    for (;;) {
        seen = await_call(self, seen, patience);
        if (atomic_load(&p->stop))
            return NULL;
        const int active = (int)(seen & ((1u << COUNT_BITS) - 1));
        const bool called = self->number < active;
        if (called) {
            p->body(p->argument, self->number, active);
            atomic_fetch_sub_explicit(&p->remaining, 1, memory_order_release);
        }
        patience = called ? p->patience : 0; /* those left out go to sleep: small calls need them not */
    }
}

/* Workers receive no signals: they are the program's, which handles them in threads of its own. */
static bool start_worker(plm_pool *p, int number, int core)
{
    worker *self = &p->worker[number];
    pthread_attr_t attributes;
    sigset_t all, before;
    self->pool = p;
    self->number = number;
    self->core = core;
    if (pthread_mutex_init(&self->lock, NULL) != 0)
        return false;
    pthread_cond_init(&self->wake, NULL);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    self->started = pthread_create(&self->thread, &attributes, work, self) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    if (!self->started) {
        pthread_cond_destroy(&self->wake);
        pthread_mutex_destroy(&self->lock);
    }
    return self->started;
}

/* ---- the pool ---- */

static plm_pool *new_pool(plm *w, int threads)
{
    plm_pool *p = plm_allocate(w, sizeof(plm_pool));
    worker *workers = p ? plm_allocate_array(w, (size_t)threads, sizeof(worker)) : NULL;
    if (!workers) {
        plm_release(w, p);
        return NULL;
    }
    const bool crowded = threads > 1 && threads > plm_cores();
    p->w = w;
    p->threads = threads;
    p->worker = workers;
    p->pauses = crowded ? PAUSES_CROWDED : PAUSES;
    p->patience = crowded ? PATIENCE_CROWDED : PATIENCE;
    p->home = -1;
    return p;
}

plm_pool *plm_pool_open(plm *w, int threads, bool pinned)
{
    int core[MOST_THREADS];
    if (threads < 1 || threads > MOST_THREADS) {
        plm_fail(w, PLM_E_SPEC, "threads", "use 0 for every core this process may use",
                 "threads must be between 1 and %d, got %d", MOST_THREADS, threads);
        return NULL;
    }
    plm_pool *p = new_pool(w, threads);
    if (!p)
        return NULL;
    const bool planned = pinned && threads > 1 && plm_cores_plan(threads, core); /* not with more threads than cores */
    p->home = planned ? core[0] : -1;
    for (int i = 1; i < threads; i++)
        if (!start_worker(p, i, planned ? core[i] : -1)) {
            plm_fail(w, PLM_E_MEMORY, "threads", "use fewer threads, or raise the limit of processes (ulimit -u)",
                     "the system starts no more than %d of %d threads", i, threads);
            plm_pool_close(p);
            return NULL;
        }
    return p;
}

static void wake_worker(worker *self)
{
    if (!atomic_load(&self->asleep))
        return;
    pthread_mutex_lock(&self->lock);
    pthread_cond_signal(&self->wake);
    pthread_mutex_unlock(&self->lock);
}

void plm_pool_close(plm_pool *p)
{
    if (!p)
        return;
    atomic_store(&p->stop, true);
    for (int i = 1; i < p->threads && p->worker[i].started; i++) {
        worker *self = &p->worker[i];
        wake_worker(self);
        pthread_join(self->thread, NULL);
        pthread_cond_destroy(&self->wake);
        pthread_mutex_destroy(&self->lock);
    }
    plm_release(p->w, p->worker);
    plm_release(p->w, p);
}

int plm_pool_threads(const plm_pool *p)
{
    return p ? p->threads : 1;
}

/* The caller is never bound. When the system has put it on the core of a worker, which cannot give way, it is sent
 * home; seldom, as there may be a reason that lasts. */
static void leave_workers_core(plm_pool *p, int active)
{
    const int here = plm_core_here();
    if (here == p->home)
        return;
    for (int i = 1; i < active; i++)
        if (p->worker[i].core == here) {
            const int64_t now = nanoseconds();
            if (now - p->moved > MOVE_EVERY) {
                plm_core_move(p->home);
                p->moved = now;
            }
            return;
        }
}

void plm_parallel(plm_pool *p, int threads, void (*body)(void *argument, int thread, int threads), void *argument)
{
    if (!p) {
        body(argument, 0, 1);
        return;
    }
    assert(!p->busy);
    p->busy = true;
    const int active = threads < 1 || threads > p->threads ? p->threads : threads;
    p->active = active;
    if (active > 1) {
        if (p->home >= 0)
            leave_workers_core(p, active);
        p->body = body;
        p->argument = argument;
        atomic_store_explicit(&p->remaining, active - 1, memory_order_relaxed);
        const uint64_t call = (atomic_load_explicit(&p->command, memory_order_relaxed) >> COUNT_BITS) + 1;
        atomic_store(&p->command, call << COUNT_BITS | (uint64_t)active);
        if (atomic_load(&p->sleepers) > 0)
            for (int i = 1; i < active; i++)
                wake_worker(&p->worker[i]);
    }
    body(argument, 0, active);
    int turns = 0;
    while (active > 1 && atomic_load_explicit(&p->remaining, memory_order_acquire) > 0)
        wait_a_little(p, &turns);
    p->busy = false;
}

/* The last to come opens the next phase; the count is back at zero before anybody can come again. */
void plm_barrier(plm_pool *p)
{
    if (!p || p->active < 2)
        return;
    const unsigned phase = atomic_load_explicit(&p->phase, memory_order_relaxed);
    if (atomic_fetch_add_explicit(&p->arrived, 1, memory_order_acq_rel) == p->active - 1) {
        atomic_store_explicit(&p->arrived, 0, memory_order_relaxed);
        atomic_store_explicit(&p->phase, phase + 1, memory_order_release);
        return;
    }
    int turns = 0;
    while (atomic_load_explicit(&p->phase, memory_order_acquire) == phase)
        wait_a_little(p, &turns);
}

void plm_share(int64_t count, int64_t grain, int thread, int threads, int64_t *first, int64_t *last)
{
    const int64_t step = grain > 0 ? grain : 1;
    const int64_t blocks = count > 0 ? (count - 1) / step + 1 : 0;
    const int64_t each = blocks / threads, more = blocks % threads;
    const int64_t begin = each * thread + (thread < more ? thread : more);
    const int64_t end = begin + each + (thread < more);
    *first = begin * step < count ? begin * step : count > 0 ? count : 0;
    *last = end >= blocks ? (count > 0 ? count : 0) : end * step;
}
