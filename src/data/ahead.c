/* Reading ahead: a ring of slots; the thread fills the next free one while the caller works on
 * the one it was lent. The thread touches the stream and its source only between start and rest;
 * the two sides meet under one lock. */
#define _POSIX_C_SOURCE 200809L /* getpid */
#include <pthread.h>
#include <unistd.h>

#include "data/data.h"

struct plm_ahead {
    plm_data *d;
    pid_t process; /* the one that has the thread: fork does not copy it */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    plm_slot *slot; /* a ring of `slots` */
    int slots;
    int first, filled; /* filled slots: first, first + 1, ... */
    bool lent;         /* slot `first` is the caller's */
    bool working;      /* the thread may fill slots */
    bool busy;         /* it is filling one now */
    bool leaving;
};

/* Under the lock: is there something to fill? */
static bool has_work(const plm_ahead *a)
{
    return a->working && a->filled < a->slots;
}

static void *work(void *argument)
{
    plm_ahead *a = argument;
    (void)pthread_mutex_lock(&a->lock);
    while (!a->leaving) {
        if (!has_work(a)) {
            (void)pthread_cond_wait(&a->changed, &a->lock);
            continue;
        }
        plm_slot *slot = &a->slot[(a->first + a->filled) % a->slots];
        a->busy = true;
        (void)pthread_mutex_unlock(&a->lock);
        plm_flow_fill(a->d, slot);
        (void)pthread_mutex_lock(&a->lock);
        a->busy = false;
        a->filled++;
        if (slot->status != PLM_OK) /* the end, or an error: nothing follows until the next epoch */
            a->working = false;
        (void)pthread_cond_broadcast(&a->changed);
    }
    (void)pthread_mutex_unlock(&a->lock);
    return NULL;
}

plm_status plm_ahead_open(plm_data *d, plm_ahead **out)
{
    if (*out)
        return PLM_OK;
    plm_ahead *a = plm_arena_take(&d->arena, sizeof *a);
    if (!a)
        return PLM_E_MEMORY;
    a->d = d;
    a->process = getpid();
    a->slots = 1 + (d->ahead_batches > 0 ? d->ahead_batches : 1);
    a->slot = plm_arena_array(&d->arena, (size_t)a->slots, sizeof *a->slot);
    if (!a->slot)
        return PLM_E_MEMORY;
    for (int i = 0; i < a->slots; i++)
        PLM_TRY(plm_flow_slot(d, &a->slot[i]));
    if (pthread_mutex_init(&a->lock, NULL) != 0)
        return PLM_OK;
    if (pthread_cond_init(&a->changed, NULL) != 0) {
        (void)pthread_mutex_destroy(&a->lock);
        return PLM_OK;
    }
    /* without a thread it is slower, not worse */
    if (pthread_create(&a->thread, NULL, work, a) != 0) {
        (void)pthread_cond_destroy(&a->changed);
        (void)pthread_mutex_destroy(&a->lock);
        return PLM_OK;
    }
    *out = a;
    return PLM_OK;
}

bool plm_ahead_is_here(const plm_ahead *a)
{
    return a->process == getpid();
}

void plm_ahead_rest(plm_ahead *a)
{
    (void)pthread_mutex_lock(&a->lock);
    a->working = false;
    while (a->busy)
        (void)pthread_cond_wait(&a->changed, &a->lock);
    a->first = a->filled = 0;
    a->lent = false;
    (void)pthread_mutex_unlock(&a->lock);
}

void plm_ahead_start(plm_ahead *a)
{
    (void)pthread_mutex_lock(&a->lock);
    a->working = true;
    (void)pthread_cond_broadcast(&a->changed);
    (void)pthread_mutex_unlock(&a->lock);
}

const plm_slot *plm_ahead_next(plm_ahead *a)
{
    (void)pthread_mutex_lock(&a->lock);
    if (a->lent) {
        a->first = (a->first + 1) % a->slots;
        a->filled--;
        a->lent = false;
        (void)pthread_cond_broadcast(&a->changed);
    }
    while (a->filled == 0)
        (void)pthread_cond_wait(&a->changed, &a->lock);
    a->lent = true;
    const plm_slot *slot = &a->slot[a->first];
    (void)pthread_mutex_unlock(&a->lock);
    return slot;
}

void plm_ahead_close(plm_ahead *a)
{
    if (!a || !plm_ahead_is_here(a)) /* in a child, the lock may be held for ever */
        return;
    (void)pthread_mutex_lock(&a->lock);
    a->leaving = true;
    a->working = false;
    (void)pthread_cond_broadcast(&a->changed);
    (void)pthread_mutex_unlock(&a->lock);
    (void)pthread_join(a->thread, NULL);
    (void)pthread_cond_destroy(&a->changed);
    (void)pthread_mutex_destroy(&a->lock);
}
