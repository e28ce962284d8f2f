/* Locks, conditions and threads, by POSIX. Errors of calls that can only fail if they are used
 * wrongly are ignored.
 *
 * Nothing else in the library calls POSIX threads. A system with other threads needs another
 * version of this file, and no other change. */
#define _POSIX_C_SOURCE 200809L /* pthread_sigmask */
#include "base/lock.h"

#include <sched.h>
#include <signal.h>

/* Makes a lock. False = the system lacks memory or locks. */
bool plm_lock_open(plm_lock *l)
{
    return pthread_mutex_init(&l->system, NULL) == 0;
}

/* Frees a lock, which no thread may hold. Errors are ignored, as only a mistake of the caller can
 * cause one. */
void plm_lock_close(plm_lock *l)
{
    (void)pthread_mutex_destroy(&l->system);
}

/* Waits until no other thread has the lock. */
void plm_lock_take(plm_lock *l)
{
    (void)pthread_mutex_lock(&l->system);
}

/* Gives the lock back. The thread must hold it. */
void plm_lock_give(plm_lock *l)
{
    (void)pthread_mutex_unlock(&l->system);
}

/* Makes a condition variable. False = the system has none left. */
bool plm_condition_open(plm_condition *c)
{
    return pthread_cond_init(&c->system, NULL) == 0;
}

/* Frees a condition variable, on which no thread may wait. */
void plm_condition_close(plm_condition *c)
{
    (void)pthread_cond_destroy(&c->system);
}

/* Releases the lock while it waits, and holds it again when it returns. It may return without a
 * wake-up, so callers test in a loop what they wait for. */
void plm_condition_wait(plm_condition *c, plm_lock *l)
{
    (void)pthread_cond_wait(&c->system, &l->system);
}

/* Wakes all waiting threads; each one tests again whether it can continue. */
void plm_condition_wake(plm_condition *c)
{
    (void)pthread_cond_broadcast(&c->system);
}

/* Starts a thread with all signals blocked. A new thread inherits the mask of its creator, so the
 * creator blocks all signals, starts the thread and restores its own mask. */
bool plm_thread_start(plm_thread *t, size_t stack, void *(*work)(void *argument), void *argument)
{
    pthread_attr_t attributes;
    sigset_t all, before;
    if (pthread_attr_init(&attributes) != 0)
        return false;
    if (stack > 0)
        (void)pthread_attr_setstacksize(&attributes, stack);
    sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    const bool started = pthread_create(&t->system, &attributes, work, argument) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    (void)pthread_attr_destroy(&attributes);
    return started;
}

/* Waits until the thread has returned. */
void plm_thread_join(plm_thread *t)
{
    (void)pthread_join(t->system, NULL);
}

/* Lets another thread that is ready to run use this core. */
void plm_thread_yield(void)
{
    (void)sched_yield();
}
