/* Decides when the caller of a pool works alone, and moves it off the cores of workers.
 * If another process takes the core of a worker in the middle of its part, all other threads wait
 * for that part, for some milliseconds each time: on a busy machine two threads are then slower
 * than one. So a caller that waited longer than it worked runs the next calls alone, for 5 ms at
 * first and twice as long each time it has to wait again. The system can run a single thread on any
 * free core. This is done only if the workers are pinned: others can move to a free core
 * themselves. */
#include "base/threads_caller.h"

#include "base/cores.h"
#include "base/system.h"

enum {
    MOVE_EVERY = 10000000, /* minimum number of nanoseconds between two moves of the caller */
    /* nanoseconds: if the caller waits longer than this for its workers, it is assumed that another
     * process occupies the core of one of them */
    STALL = 300000,
    MIN_ALONE = 5000000,  /* nanoseconds that the caller works alone after the first stall */
    MAX_ALONE = 160000000 /* nanoseconds of the longest such period */
};

/* Moves the caller to `home`, a core without a worker, at most once in 10 ms. now: the time. The
 * caller is not pinned, and it is moved rarely, since the system may have a lasting reason to run
 * it elsewhere. */
void plm_caller_go_home(plm_caller *c, int64_t now)
{
    if (now - c->moved <= MOVE_EVERY)
        return;
    plm_core_move(c->home);
    c->moved = now;
}

/* Decides from the length of a wait whether the caller works alone. A long wait means that another
 * process holds the core of a worker: the caller then works alone for a period. If the next long
 * wait follows soon after, the other process is still there, so the period doubles. */
void plm_caller_note_wait(plm_caller *c, int64_t begun, int64_t since, int64_t now)
{
    if (c->home < 0 || now - since <= STALL || now - since <= since - begun)
        return;
    const bool again = now - c->alone_until < 2 * c->alone_for;
    c->alone_for = !again ? MIN_ALONE : c->alone_for < MAX_ALONE / 2 ? 2 * c->alone_for : MAX_ALONE;
    c->alone_until = now + c->alone_for;
}

/* True while the caller works alone, after a stall. The clock is read only if there was a stall at
 * all. */
bool plm_caller_is_alone(const plm_caller *c)
{
    return c->alone_until > 0 && plm_nanoseconds() < c->alone_until;
}
