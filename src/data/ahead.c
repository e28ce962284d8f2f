/* Prefetches batches. There is a ring of slots. A thread fills the next free slot while the caller
 * works on the slot that was lent to it. The thread uses the stream and its source only between
 * plm_ahead_start and plm_ahead_rest. One lock protects all shared fields. */
#include "base/lock.h"
#include "base/system.h"
#include "data/data.h"

struct plm_ahead {
    plm_data *d;           /* the stream; while the thread fills slots, nobody else uses it */
    int64_t process;       /* id of the process that has the thread: fork does not copy threads */
    plm_thread thread;     /* handle, for joining */
    plm_lock lock;         /* guards all members below */
    plm_condition changed; /* signalled at every change of the members below */
    plm_slot *slot;        /* [slots] a ring */
    int slots;             /* number of slots: one for each batch to prefetch, and one for the batch
                            * that is lent to the caller */
    int first, filled;     /* the `filled` slots first, first + 1, ..., modulo `slots`, are full */
    bool lent;             /* slot `first` is lent to the caller */
    bool working;          /* the thread may fill slots */
    bool busy;             /* it is filling one now */
    bool leaving;          /* it must end */
};

/* True if there is a slot to fill. Called under the lock. */
static bool has_work(const plm_ahead *a)
{
    return a->working && a->filled < a->slots;
}

/* Main function of the thread: fills slots until it must end. A slot is filled without holding the
 * lock: neither the caller nor plm_ahead_rest touches a slot that is neither full nor lent. */
static void *work(void *argument)
{
    plm_ahead *a = argument;
    plm_lock_take(&a->lock);
    while (!a->leaving) {
        if (!has_work(a)) {
            plm_condition_wait(&a->changed, &a->lock);
            continue;
        }
        plm_slot *slot = &a->slot[(a->first + a->filled) % a->slots];
        a->busy = true;
        plm_lock_give(&a->lock);
        plm_flow_fill(a->d, slot);
        plm_lock_take(&a->lock);
        a->busy = false;
        a->filled++;
        if (slot->status != PLM_OK) /* the end or an error: stop until the next epoch */
            a->working = false;
        plm_condition_wake(&a->changed);
    }
    plm_lock_give(&a->lock);
    return NULL;
}

/* Makes the lock and starts the thread. False: the system could not make them. */
static bool start(plm_ahead *a)
{
    if (!plm_lock_open(&a->lock))
        return false;
    if (plm_condition_open(&a->changed)) {
        if (plm_thread_start(&a->thread, 0, work, a))
            return true;
        plm_condition_close(&a->changed);
    }
    plm_lock_close(&a->lock);
    return false;
}

/* Allocates the slots, one more than the batches to prefetch, since one is lent to the caller. */
plm_status plm_ahead_open(plm_data *d, plm_ahead **out)
{
    if (*out)
        return PLM_OK;
    plm_ahead *a = plm_arena_take(&d->arena, sizeof *a);
    if (!a)
        return PLM_E_MEMORY;
    a->d = d;
    a->process = plm_process();
    a->slots = 1 + (d->ahead_batches > 0 ? d->ahead_batches : 1);
    a->slot = plm_arena_array(&d->arena, (size_t)a->slots, sizeof *a->slot);
    if (!a->slot)
        return PLM_E_MEMORY;
    for (int i = 0; i < a->slots; i++)
        PLM_TRY(plm_flow_slot(d, &a->slot[i]));
    if (start(a)) /* without a thread the stream also works, but more slowly */
        *out = a;
    return PLM_OK;
}

/* True if the thread that prefetches is in this process. After a fork the child has the stream, but
 * not the thread that fills it. */
bool plm_ahead_is_here(const plm_ahead *a)
{
    return a->process == plm_process();
}

/* Stops the thread: it finishes the slot that it is filling and begins no other; then empties the
 * ring. The slot that is lent is taken back, too, so the caller must not use its batch any more. */
void plm_ahead_rest(plm_ahead *a)
{
    plm_lock_take(&a->lock);
    a->working = false;
    while (a->busy)
        plm_condition_wait(&a->changed, &a->lock);
    a->first = a->filled = 0;
    a->lent = false;
    plm_lock_give(&a->lock);
}

/* Lets the thread fill slots for a new epoch. From now on only the thread uses the stream. */
void plm_ahead_start(plm_ahead *a)
{
    plm_lock_take(&a->lock);
    a->working = true;
    plm_condition_wake(&a->changed);
    plm_lock_give(&a->lock);
}

/* Takes back the slot that is lent, so that the thread may fill it again, and lends the next full
 * slot. Waits until a slot is full. */
const plm_slot *plm_ahead_next(plm_ahead *a)
{
    plm_lock_take(&a->lock);
    if (a->lent) {
        a->first = (a->first + 1) % a->slots;
        a->filled--;
        a->lent = false;
        plm_condition_wake(&a->changed);
    }
    while (a->filled == 0)
        plm_condition_wait(&a->changed, &a->lock);
    a->lent = true;
    const plm_slot *slot = &a->slot[a->first];
    plm_lock_give(&a->lock);
    return slot;
}

/* Lets the thread end, waits for it, and closes the lock. The arena of the stream frees the
 * memory. */
void plm_ahead_close(plm_ahead *a)
{
    if (!a || !plm_ahead_is_here(a)) /* in a child process the thread does not exist, so the lock
                                      * may never be released */
        return;
    plm_lock_take(&a->lock);
    a->leaving = true;
    a->working = false;
    plm_condition_wake(&a->changed);
    plm_lock_give(&a->lock);
    plm_thread_join(&a->thread);
    plm_condition_close(&a->changed);
    plm_lock_close(&a->lock);
}
