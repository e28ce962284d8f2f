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
    atomic_bool hold, asked;
};

static void *watch(void *of)
{
    plm_cli_signals *s = of;
    for (;;) {
        int number = 0;
        if (sigwait(&s->watched, &number))
            continue;
        /* The second one, or nothing to save: leave at once, as the shell expects it of an
         * interrupted command. */
        if (!atomic_load(&s->hold) || atomic_exchange(&s->asked, true))
            _exit(PLM_EXIT_INTERRUPTED);
    }
    return NULL;
}

plm_cli_signals *plm_cli_signals_start(void)
{
    plm_cli_signals *s = plm_cli_take(sizeof *s);
    sigemptyset(&s->watched);
    sigaddset(&s->watched, SIGINT);
    sigaddset(&s->watched, SIGTERM);
    atomic_init(&s->hold, false);
    atomic_init(&s->asked, false);
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
    pthread_cancel(s->thread); /* sigwait is a point of cancellation */
    pthread_join(s->thread, NULL);
    pthread_sigmask(SIG_SETMASK, &s->before, NULL);
    free(s);
}
