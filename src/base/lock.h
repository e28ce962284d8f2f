/* Locks, conditions and threads of the system: the only file that includes <pthread.h> for others.
 * Another system needs another lock.h and lock.c. */
#ifndef PLM_BASE_LOCK_H
#define PLM_BASE_LOCK_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

/* A lock that one thread has at a time; not by the same thread twice. */
typedef struct {
    pthread_mutex_t system;
} plm_lock;

/* What threads wait for, under a lock. */
typedef struct {
    pthread_cond_t system;
} plm_condition;

/* A thread. */
typedef struct {
    pthread_t system;
} plm_thread;

/* false = the system has none left. */
bool plm_lock_open(plm_lock *l);
void plm_lock_close(plm_lock *l);
void plm_lock_take(plm_lock *l);
void plm_lock_give(plm_lock *l);

/* false = the system has none left. */
bool plm_condition_open(plm_condition *c);
/* Nobody may wait on it. */
void plm_condition_close(plm_condition *c);
/* Gives the lock, sleeps until somebody wakes it (or without a reason), takes the lock. */
void plm_condition_wait(plm_condition *c, plm_lock *l);
/* Wakes all who wait. */
void plm_condition_wake(plm_condition *c);

/* Starts work(argument) in a thread with a stack of so many bytes; 0 = the system's default. The
 * thread receives no signals: they are the program's, which handles them in threads of its own.
 * false = it could not be started. */
bool plm_thread_start(plm_thread *t, size_t stack, void *(*work)(void *argument), void *argument);
/* Waits until the thread has returned. */
void plm_thread_join(plm_thread *t);
/* Lets another thread have this core for a while. */
void plm_thread_yield(void);

#endif
