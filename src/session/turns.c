/* Runs threads that train in turns and report to the caller's thread; see turns.h. A program that
 * passes a callback to plummet expects calls in its own thread, one at a time. So threads that
 * train do not call the program. Each leaves a report and sleeps. The thread that called
 * plm_turns_handle takes the report, calls the program, and wakes the sender. A slot is the right
 * to compute; there may be fewer slots than threads, and the thread with the fewest epochs gets the
 * next free one, so that all nets advance alike. One lock protects all fields. All threads wait for
 * the same condition variable. Every change wakes all threads, and each checks whether it can
 * continue. There are few threads, and changes are rare in comparison with batches. */
#include "session/turns.h"

#include "base/lock.h"

/* A report that waits to be handled. */
typedef struct {
    plm_status (*handle)(void *self, void *what);
    void *self, *what; /* arguments of `handle`; valid as long as the sender of the report waits */
    plm_status status; /* what it returned */
    bool done;         /* the sender may go on */
} report;

/* What a thread needs to begin. */
typedef struct {
    plm_turns *turns;         /* that it belongs to */
    void (*work)(void *self); /* function that the thread runs from beginning to end */
    void *self;
    plm_thread thread;
    bool started; /* the thread exists and must be joined */
} worker;

struct plm_turns {
    plm *w;
    plm_lock lock;            /* guards all below */
    plm_condition changed;    /* signalled at every change of the fields below */
    worker worker[PLM_TURNS]; /* [threads] */
    report *pending;          /* the report that will be handled next; NULL = none */
    int running;              /* threads that have not ended */
    int threads;              /* all that will be started */
    int met;                  /* threads that have come to plm_turns_meet */
    int free;                 /* slots that no thread has */
    bool stopping;
    int failed;           /* thread that has failed first (plm_turns_fail); -1 = none */
    int64_t failed_epoch; /* in this epoch */
    bool has[PLM_TURNS];  /* thread k has a slot */
    /* [k] number of epochs of thread k while it waits for a slot; -1 = it does not wait */
    int64_t waiting[PLM_TURNS];
};

/* Allocates the state, its lock and its condition. NULL = failed, with the error recorded. */
plm_turns *plm_turns_open(plm *w, int threads, int slots)
{
    plm_turns *t = plm_allocate(w, sizeof *t);
    if (!t)
        return NULL;
    t->w = w;
    t->free = slots;
    t->threads = threads;
    t->failed = -1;
    for (int k = 0; k < PLM_TURNS; k++)
        t->waiting[k] = -1;
    if (plm_lock_open(&t->lock)) {
        if (plm_condition_open(&t->changed))
            return t;
        plm_lock_close(&t->lock);
    }
    plm_release(w, t);
    (void)plm_fail_memory(w, "");
    return NULL;
}

/* Frees the state. All threads must have ended. */
void plm_turns_close(plm_turns *t)
{
    if (!t)
        return;
    plm_condition_close(&t->changed);
    plm_lock_close(&t->lock);
    plm_release(t->w, t);
}

/* The thread: does its work, then reports that it has ended. */
static void *run(void *argument)
{
    worker *k = argument;
    plm_turns *t = k->turns;
    k->work(k->self);
    plm_lock_take(&t->lock);
    t->running--;
    plm_condition_wake(&t->changed);
    plm_lock_give(&t->lock);
    return NULL;
}

/* Starts thread k. It is counted as running before it starts, so that plm_turns_handle cannot end
 * too early. If it cannot be started, the count is reduced again. */
plm_status plm_turns_start(plm_turns *t, int k, void (*work)(void *self), void *self)
{
    worker *one = &t->worker[k];
    *one = (worker){.turns = t, .work = work, .self = self};
    plm_lock_take(&t->lock);
    t->running++;
    plm_lock_give(&t->lock);
    one->started = plm_thread_start(&one->thread, 0, run, one);
    if (one->started)
        return PLM_OK;
    plm_lock_take(&t->lock);
    t->running--;
    plm_lock_give(&t->lock);
    return plm_fail(t->w, PLM_E_MEMORY, "nets", "set a smaller number of nets: nets=N",
                    "the system could not start another thread for a net");
}

/* Handles the pending report. Called under the lock, which is released during the call. The sender
 * sleeps until r->done is set, so its data does not change during the call. */
static void handle_one(plm_turns *t)
{
    report *r = t->pending;
    plm_lock_give(&t->lock);
    const plm_status status = r->handle(r->self, r->what);
    plm_lock_take(&t->lock);
    r->status = status;
    r->done = true;
    t->pending = NULL;
    plm_condition_wake(&t->changed);
}

/* Handles reports until all threads have ended, then joins the threads. */
void plm_turns_handle(plm_turns *t)
{
    plm_lock_take(&t->lock);
    while (t->pending || t->running > 0) {
        if (t->pending)
            handle_one(t);
        else
            plm_condition_wait(&t->changed, &t->lock);
    }
    plm_lock_give(&t->lock);
    for (int k = 0; k < PLM_TURNS; k++)
        if (t->worker[k].started)
            plm_thread_join(&t->worker[k].thread);
}

/* Asks all threads to end, and wakes those that wait for a slot or for other threads. */
void plm_turns_stop(plm_turns *t)
{
    plm_lock_take(&t->lock);
    t->stopping = true;
    plm_condition_wake(&t->changed);
    plm_lock_give(&t->lock);
}

/* Leaves a report and sleeps until it is handled. Only one report can be pending, so a thread first
 * waits until none is. */
plm_status plm_turns_report(plm_turns *t, plm_status (*handle)(void *self, void *what), void *self,
                            void *what)
{
    report r = {.handle = handle, .self = self, .what = what};
    plm_lock_take(&t->lock);
    while (t->pending)
        plm_condition_wait(&t->changed, &t->lock);
    t->pending = &r;
    plm_condition_wake(&t->changed);
    while (!r.done)
        plm_condition_wait(&t->changed, &t->lock);
    plm_lock_give(&t->lock);
    return r.status;
}

/* Waits until all threads have called this function. Called at the beginning of a fit, so that the
 * run knows all nets before one of them trains. */
void plm_turns_meet(plm_turns *t)
{
    plm_lock_take(&t->lock);
    t->met++;
    plm_condition_wake(&t->changed);
    while (t->met < t->threads && !t->stopping)
        plm_condition_wait(&t->changed, &t->lock);
    plm_lock_give(&t->lock);
}

/* True if a thread has failed before thread k in this epoch would: in an earlier epoch, or in the
 * same one with a lower number. Called under the lock. */
static bool failed_before(const plm_turns *t, int k, int64_t epoch)
{
    return t->failed >= 0 &&
           (t->failed_epoch < epoch || (t->failed_epoch == epoch && t->failed < k));
}

/* Keeps the first of all that have failed. */
void plm_turns_fail(plm_turns *t, int k, int64_t epoch)
{
    plm_lock_take(&t->lock);
    if (!failed_before(t, k, epoch)) {
        t->failed = k;
        t->failed_epoch = epoch;
    }
    plm_lock_give(&t->lock);
}

/* True if the thread must end. Threads check this after each event. */
bool plm_turns_stopping(plm_turns *t, int k, int64_t epoch)
{
    plm_lock_take(&t->lock);
    const bool stopping = t->stopping || failed_before(t, k, epoch);
    plm_lock_give(&t->lock);
    return stopping;
}

/* True if thread k may take a slot: a slot is free, and no waiting thread has fewer epochs. Among
 * threads with equally few epochs, the lowest thread number goes first. Called under the lock. */
static bool may_go(const plm_turns *t, int k)
{
    bool first = t->free > 0;
    for (int i = 0; i < PLM_TURNS; i++)
        first = first && (t->waiting[i] < 0 || t->waiting[i] > t->waiting[k] ||
                          (t->waiting[i] == t->waiting[k] && i >= k));
    return first;
}

/* Waits for a slot, unless the thread has one or is asked to end. */
void plm_turns_take(plm_turns *t, int k, int64_t epoch)
{
    plm_lock_take(&t->lock);
    t->waiting[k] = epoch;
    while (!t->has[k] && !t->stopping && !may_go(t, k))
        plm_condition_wait(&t->changed, &t->lock);
    if (!t->has[k] && !t->stopping) {
        t->has[k] = true;
        t->free--;
    }
    t->waiting[k] = -1;
    plm_condition_wake(&t->changed);
    plm_lock_give(&t->lock);
}

/* Returns the slot of thread k and wakes the threads that wait for one. */
void plm_turns_give(plm_turns *t, int k)
{
    plm_lock_take(&t->lock);
    t->free += t->has[k];
    t->has[k] = false;
    plm_condition_wake(&t->changed);
    plm_lock_give(&t->lock);
}
