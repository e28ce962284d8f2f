/* Ctrl-C without handlers and globals: the signals are blocked everywhere and one thread waits
 * for them. */
#define _POSIX_C_SOURCE 200809L
#include "signals.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

struct plm_cli_signals {
    pthread_t thread;
    sigset_t watched, before;
    atomic_bool hold, asked, over;
};

static void *watch(void *of)
{
    plm_cli_signals *s = of;
    for (;;) {
        int number = 0;
        if (sigwait(&s->watched, &number))
            continue;
        if (atomic_load(&s->over)) /* the signal of plm_cli_signals_end */
            return NULL;
        /* The second one, or nothing to save: leave at once, as the shell expects it of an
         * interrupted command. */
        if (!atomic_load(&s->hold) || atomic_exchange(&s->asked, true))
            _exit(PLM_EXIT_INTERRUPTED);
    }
}

plm_cli_signals *plm_cli_signals_start(void)
{
    plm_cli_signals *s = plm_cli_take(sizeof *s);
    sigemptyset(&s->watched);
    sigaddset(&s->watched, SIGINT);
    sigaddset(&s->watched, SIGTERM);
    atomic_init(&s->hold, false);
    atomic_init(&s->asked, false);
    atomic_init(&s->over, false);
    if (pthread_sigmask(SIG_BLOCK, &s->watched, &s->before))
        goto failed;
    if (!pthread_create(&s->thread, NULL, watch, s))
        return s;
    pthread_sigmask(SIG_SETMASK, &s->before, NULL);
failed:
    free(s);
    return NULL;
}

void plm_cli_signals_hold(plm_cli_signals *s, bool hold)
{
    if (s)
        atomic_store(&s->hold, hold);
}

bool plm_cli_signals_asked(const plm_cli_signals *s)
{
    return s && atomic_load(&s->asked);
}

void plm_cli_signals_end(plm_cli_signals *s)
{
    if (!s)
        return;
    /* no pthread_cancel: glibc loads libgcc_s for it, and aborts where that is not there */
    atomic_store(&s->over, true);
    pthread_kill(s->thread, SIGTERM);
    pthread_join(s->thread, NULL);
    pthread_sigmask(SIG_SETMASK, &s->before, NULL);
    free(s);
}
