/* Locks, conditions and threads of the system. This is the only file that includes <pthread.h>. A
 * system without POSIX threads needs another lock.h and lock.c. */
#ifndef PLM_BASE_LOCK_H
#define PLM_BASE_LOCK_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

/* A lock that one thread can hold at a time. The same thread must not take it again. */
typedef struct {
    pthread_mutex_t system;
} plm_lock;

/* A condition variable: an event that threads can wait for, under a lock. */
typedef struct {
    pthread_cond_t system;
} plm_condition;

/* A thread. */
typedef struct {
    pthread_t system;
} plm_thread;

/* Makes a lock. False = the system cannot make one. */
bool plm_lock_open(plm_lock *l);
/* Frees a lock that no thread holds. */
void plm_lock_close(plm_lock *l);
/* Waits until the lock is free, then takes it. */
void plm_lock_take(plm_lock *l);
/* Releases the lock. */
void plm_lock_give(plm_lock *l);

/* Makes a condition variable. False = the system cannot make one. */
bool plm_condition_open(plm_condition *c);
/* Frees a condition that no thread waits for. */
void plm_condition_close(plm_condition *c);
/* Releases the lock, sleeps until the condition is signalled (or, rarely, without a reason), then
 * takes the lock again. */
void plm_condition_wait(plm_condition *c, plm_lock *l);
/* Wakes all waiting threads. */
void plm_condition_wake(plm_condition *c);

/* Starts work(argument) in a new thread. stack: bytes of its stack; 0 = the default of the system.
 * The thread blocks all signals, so that the threads of the program receive them. False = the
 * thread could not be started. */
bool plm_thread_start(plm_thread *t, size_t stack, void *(*work)(void *argument), void *argument);
/* Waits until the thread has returned. */
void plm_thread_join(plm_thread *t);
/* Lets another thread use this core for a while. */
void plm_thread_yield(void);

#endif
