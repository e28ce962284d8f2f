/* The pool. A stage is one word, `command` = number of the stage and how many parts it has. Each
 * part has a claim, the number of the last stage in which somebody took it; who raises it to the
 * present stage does the part. A claim that succeeds proves that the stage is not over, so what
 * the claimant reads (part, argument, stage) stays while it reads. A worker that comes late
 * finds nothing to claim and touches nothing: nobody waits for it.
 *
 * Waiting for the last parts: pause, then yield the core for as long as it takes. Waiting for a
 * stage: the same for about a millisecond, so that steps that follow each other pay no wake,
 * then sleep: an idle runtime burns nothing.
 *
 * A worker whose core was taken in the middle of its part is waited for, some milliseconds each
 * time: where other processes keep the cores busy, two threads are slower than one. So a caller
 * that waited longer than it worked does the next calls alone, for 5 ms at first and longer each
 * time it happens again: what is left of the machine is used, wherever the system finds room for
 * one thread. Only for pinned workers: others go where there is room. */
#include "base/threads.h"

#include <stdalign.h>
#include <stdatomic.h>

#include "base/cores.h"
#include "base/lock.h"
#include "base/system.h"

enum {
    LINE = 64,
    MOST_THREADS = 256,
    PAUSES = 500, /* about 20 microseconds before the core is yielded */
    /* with more threads than cores: who spins keeps another from its work */
    PAUSES_CROWDED = 16,
    PATIENCE = 1000000, /* nanoseconds a worker stays awake between calls */
    PATIENCE_CROWDED = 50000,
    MOVE_EVERY = 10000000, /* nanoseconds between two moves of the caller */
    STALL = 300000,        /* a wait of so many nanoseconds: somebody else has a worker's core */
    ALONE_LEAST = 5000000, /* nanoseconds without workers after a stall */
    ALONE_MOST = 160000000,
    COUNT_BITS = 9,       /* of command, for the number of threads */
    STACK_BYTES = 1 << 21 /* musl's 128 KiB are few */
};

/* One worker; on its own cache lines, as its neighbours write theirs. */
typedef struct {
    alignas(LINE) plm_pool *pool;
    int number; /* 1 .. threads - 1 */
    int core;   /* -1 = free */
    bool started;
    plm_thread thread;
    plm_lock lock;
    plm_condition wake;
    atomic_bool asleep;
    alignas(LINE) atomic_uint_least64_t claim; /* the last stage in which this part was taken */
} worker;

struct plm_pool {
    plm *w;
    int64_t process; /* the one that has the workers: fork copies everything but them */
    int threads, pauses;
    long patience;
    worker *worker;   /* [threads]; the first has only a claim, the caller's */
    atomic_bool busy; /* somebody is inside plm_stages */
    int home;         /* a core without a worker, for the caller; -1 = workers are free */
    int64_t moved;    /* when the caller was last sent there */
    int64_t alone_until, alone_for; /* until when calls do without workers; how long that is */

    /* written before command, read by those whose claim succeeded */
    plm_part_function *part;
    void *argument;
    int stage;

    alignas(LINE) atomic_uint_least64_t command;
    atomic_bool stop;
    alignas(LINE) atomic_int sleepers;
    alignas(LINE) atomic_int finished; /* parts of this stage */
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
        plm_thread_yield();
    }
}

/* ---- workers ---- */

/* Is there something new? Sequentially consistent, as sleeping needs it (see
 * sleep_until_called). */
static bool is_called(plm_pool *p, uint64_t seen)
{
    return atomic_load(&p->command) != seen || atomic_load(&p->stop);
}

/* `sleepers` goes up before `command` is read a last time; the caller writes command before it
 * reads sleepers. One of the two sees the other, so no wake is lost. */
static void sleep_until_called(worker *self, uint64_t seen)
{
    plm_pool *p = self->pool;
    plm_lock_take(&self->lock);
    atomic_store(&self->asleep, true);
    atomic_fetch_add(&p->sleepers, 1);
    while (!is_called(p, seen))
        plm_condition_wait(&self->wake, &self->lock);
    atomic_fetch_sub(&p->sleepers, 1);
    atomic_store(&self->asleep, false);
    plm_lock_give(&self->lock);
}

/* Returns the command that is new, awake for `patience` nanoseconds at first. */
static uint64_t await_call(worker *self, uint64_t seen, long patience)
{
    plm_pool *p = self->pool;
    int turns = 0;
    while (!is_called(p, seen) && turns < p->pauses && patience > 0)
        wait_a_little(p, &turns);
    const int64_t end = plm_nanoseconds() + patience;
    while (!is_called(p, seen)) {
        if (patience <= 0 || plm_nanoseconds() > end) {
            sleep_until_called(self, seen);
            break;
        }
        wait_a_little(p, &turns);
    }
    return atomic_load(&p->command);
}

/* Does part `number` of stage `serial`, unless somebody else has begun it. */
static void take_part(plm_pool *p, uint64_t serial, int number, int parts)
{
    atomic_uint_least64_t *claim = &p->worker[number].claim;
    uint_least64_t last = atomic_load_explicit(claim, memory_order_relaxed);
    if (last >= serial || !atomic_compare_exchange_strong_explicit(
                              claim, &last, serial, memory_order_acq_rel, memory_order_relaxed))
        return;
    p->part(p->argument, p->stage, number, parts);
    atomic_fetch_add_explicit(&p->finished, 1, memory_order_release);
}

/* The own part first, then what is left. */
static void take_parts(plm_pool *p, uint64_t command, int own)
{
    const int parts = (int)(command & ((1u << COUNT_BITS) - 1));
    for (int i = 0; i < parts; i++)
        take_part(p, command >> COUNT_BITS, (own + i) % parts, parts);
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
        const bool called = self->number < (int)(seen & ((1u << COUNT_BITS) - 1));
        if (called)
            take_parts(p, seen, self->number);
        /* those left out go to sleep: small calls need them not */
        patience = called ? p->patience : 0;
    }
}

static bool start_worker(plm_pool *p, int number, int core)
{
    worker *self = &p->worker[number];
    self->pool = p;
    self->number = number;
    self->core = core;
    if (!plm_lock_open(&self->lock))
        return false;
    if (!plm_condition_open(&self->wake)) {
        plm_lock_close(&self->lock);
        return false;
    }
    self->started = plm_thread_start(&self->thread, STACK_BYTES, work, self);
    if (!self->started) {
        plm_condition_close(&self->wake);
        plm_lock_close(&self->lock);
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
    p->process = plm_process();
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
        (void)plm_fail(w, PLM_E_SPEC, "threads", "use 0 for every core this process may use",
                       "threads must be between 1 and %d, got %d", MOST_THREADS, threads);
        return NULL;
    }
    plm_pool *p = new_pool(w, threads);
    if (!p)
        return NULL;
    /* not with more threads than cores */
    const bool planned = pinned && threads > 1 && plm_cores_plan(threads, core);
    p->home = planned ? core[0] : -1;
    for (int i = 1; i < p->threads; i++)
        if (!start_worker(p, i, planned ? core[i] : -1)) {
            plm_warn(w,
                     "the system starts %d of %d threads: the work is done by these. Raise the "
                     "limit of processes (ulimit -u) for more",
                     i, threads);
            p->threads = i;
        }
    return p;
}

/* false in a child made by fork, which must neither call nor await workers: their locks may be
 * held for ever, and destroying a condition waits for those who wait on it. It does all parts
 * itself. */
static bool has_workers(const plm_pool *p)
{
    return p->process == plm_process();
}

static void wake_worker(worker *self)
{
    if (!atomic_load(&self->asleep))
        return;
    plm_lock_take(&self->lock);
    plm_condition_wake(&self->wake);
    plm_lock_give(&self->lock);
}

void plm_pool_close(plm_pool *p)
{
    if (!p)
        return;
    atomic_store(&p->stop, true);
    const int mine = has_workers(p) ? p->threads : 1;
    for (int i = 1; i < mine && p->worker[i].started; i++) {
        worker *self = &p->worker[i];
        wake_worker(self);
        plm_thread_join(&self->thread);
        plm_condition_close(&self->wake);
        plm_lock_close(&self->lock);
    }
    plm_release(p->w, p->worker);
    plm_release(p->w, p);
}

int plm_pool_threads(const plm_pool *p)
{
    return p ? p->threads : 1;
}

/* The caller is never bound. When the system has put it on the core of a worker, which cannot
 * give way, it is sent home; seldom, as there may be a reason that lasts. */
static void leave_workers_core(plm_pool *p, int active)
{
    const int here = plm_core_here();
    if (here == p->home)
        return;
    for (int i = 1; i < active; i++)
        if (p->worker[i].core == here) {
            const int64_t now = plm_nanoseconds();
            if (now - p->moved > MOVE_EVERY) {
                plm_core_move(p->home);
                p->moved = now;
            }
            return;
        }
}

/* A stall soon after the last one: what takes the core lasts, so it is waited for longer. */
static void note_stall(plm_pool *p, int64_t now)
{
    const bool again = now - p->alone_until < 2 * p->alone_for;
    p->alone_for = !again                          ? ALONE_LEAST
                   : p->alone_for < ALONE_MOST / 2 ? 2 * p->alone_for
                                                   : ALONE_MOST;
    p->alone_until = now + p->alone_for;
}

static bool is_alone(const plm_pool *p)
{
    return p->alone_until > 0 && plm_nanoseconds() < p->alone_until;
}

/* Waits for those who have begun their part; `begun`: when the stage began. */
static void await_parts(plm_pool *p, int parts, int64_t begun)
{
    int turns = 0;
    while (atomic_load_explicit(&p->finished, memory_order_acquire) < parts && turns < p->pauses)
        wait_a_little(p, &turns);
    if (turns < p->pauses)
        return;
    const int64_t since = plm_nanoseconds();
    while (atomic_load_explicit(&p->finished, memory_order_acquire) < parts)
        wait_a_little(p, &turns);
    const int64_t now = plm_nanoseconds();
    if (p->home >= 0 && now - since > STALL && now - since > since - begun)
        note_stall(p, now);
}

/* Opens a stage, does what nobody else does, waits for those who have begun. */
static void run_stage(plm_pool *p, int stage, int parts)
{
    const uint64_t serial =
        (atomic_load_explicit(&p->command, memory_order_relaxed) >> COUNT_BITS) + 1;
    const uint64_t command = serial << COUNT_BITS | (uint64_t)parts;
    const int64_t begun = plm_nanoseconds();
    p->stage = stage;
    atomic_store_explicit(&p->finished, 0, memory_order_relaxed);
    atomic_store(&p->command, command);
    if (atomic_load(&p->sleepers) > 0 && has_workers(p))
        for (int i = 1; i < parts; i++)
            wake_worker(&p->worker[i]);
    take_parts(p, command, 0);
    await_parts(p, parts, begun);
}

static void run_stages(plm_pool *p, int parts, int stages, plm_part_function *part, void *argument)
{
    if (p->home >= 0)
        leave_workers_core(p, parts);
    p->part = part;
    p->argument = argument;
    for (int stage = 0; stage < stages; stage++)
        run_stage(p, stage, parts);
    p->argument = NULL; /* the caller's, gone in a moment; nobody reads it any more */
}

void plm_stages(plm_pool *p, int threads, int stages, plm_part_function *part, void *argument)
{
    const int parts = !p ? 1 : threads < 1 || threads > p->threads ? p->threads : threads;
    const bool mine = parts > 1 && !atomic_exchange_explicit(&p->busy, true, memory_order_acquire);
    if (!mine || is_alone(p))
        for (int stage = 0; stage < stages; stage++)
            part(argument, stage, 0, 1);
    else
        run_stages(p, parts, stages, part, argument);
    if (mine)
        atomic_store_explicit(&p->busy, false, memory_order_release);
}

typedef struct {
    void (*body)(void *argument, int thread, int threads);
    void *argument;
} single;

static void run_single(void *argument, int stage, int thread, int threads)
{
    const single *s = argument;
    (void)stage;
    s->body(s->argument, thread, threads);
}

void plm_parallel(plm_pool *p, int threads, void (*body)(void *argument, int thread, int threads),
                  void *argument)
{
    single s = {.body = body, .argument = argument};
    plm_stages(p, threads, 1, run_single, &s);
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
