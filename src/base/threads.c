/* The thread pool.
 * A stage is announced by one word, `command`: the number of the stage and the number of its parts.
 * Each part has a claim: the number of the last stage in which a thread took this part. The thread
 * that raises the claim to the current stage runs the part. If a claim succeeds, the stage is not
 * over yet, so the thread can safely read what describes the stage (part, argument, stage). A
 * worker that comes late finds no part to claim and touches nothing, so nobody has to wait for it.
 * While the caller waits for the last parts, it pauses, then yields its core, for as long as it
 * takes. While a worker waits for a stage, it does the same for about a millisecond, so that steps
 * in quick succession need no wake-up. Then the worker sleeps, so an idle runtime uses no CPU time.
 * When the caller works alone, and on which core, is decided in threads_caller.c. */
#include "base/threads.h"

#include <stdalign.h>
#include <stdatomic.h>

#include "base/cores.h"
#include "base/lock.h"
#include "base/system.h"
#include "base/threads_caller.h"

enum {
    /* bytes of a cache line */
    LINE = 64,
    MAX_THREADS = 256, /* the number of parts, 0 to 256, fits into COUNT_BITS */
    /* number of pauses before a waiting thread yields its core: about 20 microseconds */
    PAUSES = 500,
    /* the same if there are more threads than cores: a spinning thread then keeps another one from
     * running */
    PAUSES_CROWDED = 16,
    /* nanoseconds that a worker waits for the next call before it sleeps; CROWDED = if there are
     * more threads than cores */
    PATIENCE = 1000000,
    PATIENCE_CROWDED = 50000,
    COUNT_BITS = 9,       /* bits of `command` that hold the number of parts */
    STACK_BYTES = 1 << 21 /* stack of a worker: musl's default, 128 KiB, is too small */
};

/* A worker. It fills whole cache lines, so that no two threads write to the same line. */
typedef struct {
    alignas(LINE) plm_pool *pool; /* the pool that it works for */
    int number;                   /* 1 .. threads - 1 */
    int core;                     /* -1 = not pinned */
    bool started;                 /* the thread exists and must be joined */
    plm_thread thread;            /* handle, for joining */
    plm_lock lock;                /* held while the worker decides to sleep, and while another
                                   * thread wakes it */
    plm_condition wake;           /* signalled when there is work, or the pool closes */
    atomic_bool asleep;           /* true = the worker sleeps and must be woken; otherwise it sees
                                   * new work by itself */
    alignas(LINE) atomic_uint_least64_t claim; /* the last stage in which this part was taken */
} worker;

/* The pool. */
struct plm_pool {
    plm *w;
    /* number of the process that has the workers; after a fork, the child has no workers */
    int64_t process;
    int threads, pauses; /* pauses: how many a waiting thread makes before it yields its core */
    long patience;       /* nanoseconds that a worker waits awake for the next call */
    worker *worker;      /* [threads]; element 0 is the caller's, and only its claim is used */
    atomic_bool busy;    /* a caller is inside plm_stages */
    plm_caller caller;   /* the core on which the caller runs, and whether it works alone */

    /* `part`, `argument`, `stage` are written before `command`, and read only by threads whose
     * claim succeeded */
    plm_part_function *part;
    void *argument;
    int stage;

    /* the number of the stage and, in the lowest COUNT_BITS bits, the number of its parts */
    alignas(LINE) atomic_uint_least64_t command;
    atomic_bool stop;                  /* the pool closes */
    alignas(LINE) atomic_int sleepers; /* number of workers that sleep */
    alignas(LINE) atomic_int finished; /* number of parts of this stage that are done */
};

/* Tells the CPU that this thread is spinning. */
static void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ __volatile__("yield");
#endif
}

/* Does one step of a wait: pauses at first, yields later. *turns counts the pauses. */
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

/* True if there is a command other than `seen`, or the pool closes. The loads are sequentially
 * consistent, which sleep_until_called relies on. */
static bool is_called(plm_pool *p, uint64_t seen)
{
    return atomic_load(&p->command) != seen || atomic_load(&p->stop);
}

/* Sleeps until there is a new command. No wake-up is lost: a worker raises `sleepers` before it
 * reads `command` a last time, and the caller writes `command` before it reads `sleepers`, so at
 * least one of the two sees the other. */
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

/* Waits for a command other than `seen` and returns it. The worker stays awake for pool->patience
 * nanoseconds first, then sleeps. */
static uint64_t await_call(worker *self, uint64_t seen, long patience)
{
    plm_pool *p = self->pool;
    /* a worker spins at first, since the next call often comes soon */
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

/* Runs part `number` of stage `serial`, unless another thread has begun it. */
static void take_part(plm_pool *p, uint64_t serial, int number, int parts)
{
    atomic_uint_least64_t *claim = &p->worker[number].claim;
    /* The claim is raised by compare-and-swap, so only one thread gets the part. */
    uint_least64_t last = atomic_load_explicit(claim, memory_order_relaxed);
    if (last >= serial || !atomic_compare_exchange_strong_explicit(
                              claim, &last, serial, memory_order_acq_rel, memory_order_relaxed))
        return;
    p->part(p->argument, p->stage, number, parts);
    atomic_fetch_add_explicit(&p->finished, 1, memory_order_release);
}

/* Runs the parts of a command that no thread has begun, starting with the part `own`. */
static void take_parts(plm_pool *p, uint64_t command, int own)
{
    const int parts = (int)(command & ((1u << COUNT_BITS) - 1));
    for (int i = 0; i < parts; i++)
        take_part(p, command >> COUNT_BITS, (own + i) % parts, parts);
}

/* The main function of a worker: waits for a command, runs parts of it, and starts again, until the
 * pool closes. */
static void *work(void *argument)
{
    worker *self = argument;
    plm_pool *p = self->pool;
    uint64_t seen = 0;
    long patience = 0; /* 0: it sleeps until the first call */
    if (self->core >= 0)
        plm_core_pin(self->core);
    for (;;) {
        seen = await_call(self, seen, patience);
        if (atomic_load(&p->stop))
            return NULL;
        const bool called = self->number < (int)(seen & ((1u << COUNT_BITS) - 1));
        if (called)
            take_parts(p, seen, self->number);
        /* workers that a small call does not use go to sleep at once */
        patience = called ? p->patience : 0;
    }
}

/* Starts a worker. It blocks all signals, so that the threads of the program receive them. */
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

/* Allocates a pool without workers. */
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
    p->caller.home = -1;
    return p;
}

/* Starts the workers, each on its core if there is a plan. If a worker cannot be started, the pool
 * keeps the workers before it. */
plm_pool *plm_pool_open(plm *w, int threads, bool pinned)
{
    int core[MAX_THREADS];
    if (threads < 1 || threads > MAX_THREADS) {
        (void)plm_fail(w, PLM_E_SPEC, "threads", "use 0 for every core this process may use",
                       "threads must be between 1 and %d, got %d", MAX_THREADS, threads);
        return NULL;
    }
    plm_pool *p = new_pool(w, threads);
    if (!p)
        return NULL;
    const bool planned = pinned && threads > 1 && plm_cores_plan(threads, core);
    p->caller.home = planned ? core[0] : -1;
    for (int i = 1; i < p->threads; i++)
        if (!start_worker(p, i, planned ? core[i] : -1)) {
            plm_warn(w,
                     "the system started only %d of %d threads; training is slower but otherwise "
                     "the same. Raise the limit of processes (ulimit -u) for more threads",
                     i, threads);
            p->threads = i;
        }
    return p;
}

/* True if this process has the workers; false in a child process made by fork. A child must neither
 * wake workers nor wait for them: their locks may be held for ever, and destroying a condition
 * variable waits for its waiters. The child runs all parts itself. */
static bool has_workers(const plm_pool *p)
{
    return p->process == plm_process();
}

/* Wakes a worker if it sleeps. */
static void wake_worker(worker *self)
{
    if (!atomic_load(&self->asleep))
        return;
    plm_lock_take(&self->lock);
    plm_condition_wake(&self->wake);
    plm_lock_give(&self->lock);
}

/* Wakes the workers, waits until they have ended, and frees the pool. In a child process made by
 * fork only the memory is freed; has_workers says why. */
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

/* Returns the number of threads, the caller included. Without a pool, the caller is the only
 * thread. */
int plm_pool_threads(const plm_pool *p)
{
    return p ? p->threads : 1;
}

/* Moves the caller away if the system has put it on the core of one of the `active` workers, which
 * are pinned and cannot move. */
static void leave_workers_core(plm_pool *p, int active)
{
    const int here = plm_core_here();
    if (here == p->caller.home)
        return;
    for (int i = 1; i < active; i++)
        if (p->worker[i].core == here) {
            plm_caller_go_home(&p->caller, plm_nanoseconds());
            return;
        }
}

/* Waits until all parts are done. begun: time at which the stage began. */
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
    plm_caller_note_wait(&p->caller, begun, since, plm_nanoseconds());
}

/* Announces a stage, runs the parts that no worker takes, then waits for the others. */
static void run_stage(plm_pool *p, int stage, int parts)
{
    const uint64_t serial =
        (atomic_load_explicit(&p->command, memory_order_relaxed) >> COUNT_BITS) + 1;
    const uint64_t command = serial << COUNT_BITS | (uint64_t)parts;
    const int64_t begun = plm_nanoseconds();
    /* `stage` and `finished` are written before the command that announces the stage */
    p->stage = stage;
    atomic_store_explicit(&p->finished, 0, memory_order_relaxed);
    atomic_store(&p->command, command);
    if (atomic_load(&p->sleepers) > 0 && has_workers(p))
        for (int i = 1; i < parts; i++)
            wake_worker(&p->worker[i]);
    take_parts(p, command, 0);
    await_parts(p, parts, begun);
}

/* Runs all stages, with the workers. */
static void run_stages(plm_pool *p, int parts, int stages, plm_part_function *part, void *argument)
{
    if (p->caller.home >= 0)
        leave_workers_core(p, parts);
    p->part = part;
    p->argument = argument;
    for (int stage = 0; stage < stages; stage++)
        run_stage(p, stage, parts);
    /* the argument belongs to the caller and may be gone after this call; no worker reads it any
     * more */
    p->argument = NULL;
}

/* Takes the pool by the flag `busy` and runs the stages. If another caller has the pool, or if this
 * caller should work alone, it runs each stage as a single part. */
void plm_stages(plm_pool *p, int threads, int stages, plm_part_function *part, void *argument)
{
    const int parts = !p ? 1 : threads < 1 || threads > p->threads ? p->threads : threads;
    const bool mine = parts > 1 && !atomic_exchange_explicit(&p->busy, true, memory_order_acquire);
    /* if this caller does not have the pool, or works alone, it runs each stage as a single part */
    if (!mine || plm_caller_is_alone(&p->caller))
        for (int stage = 0; stage < stages; stage++)
            part(argument, stage, 0, 1);
    else
        run_stages(p, parts, stages, part, argument);
    if (mine)
        atomic_store_explicit(&p->busy, false, memory_order_release);
}

/* The argument of run_single: the arguments of plm_parallel. */
typedef struct {
    void (*body)(void *argument, int thread, int threads);
    void *argument;
} single;

/* The only part function of plm_parallel: calls its body. */
static void run_single(void *argument, int stage, int thread, int threads)
{
    const single *s = argument;
    (void)stage;
    s->body(s->argument, thread, threads);
}

/* Runs body(argument, thread, threads) for each thread, as a single stage. threads: number of
 * parts; 0 = one for each thread of the pool. */
void plm_parallel(plm_pool *p, int threads, void (*body)(void *argument, int thread, int threads),
                  void *argument)
{
    single s = {.body = body, .argument = argument};
    plm_stages(p, threads, 1, run_single, &s);
}
