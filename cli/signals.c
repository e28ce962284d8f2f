/* Handles signals without signal handlers and global variables. The signals are blocked in all
 * threads, and one thread waits for them. */
#define _XOPEN_SOURCE 700 /* for SIGXCPU */
#include "signals.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "archive/tidy.h"

/* The state of the thread that waits for signals. before: the signal mask to restore. */
struct plm_cli_signals {
    pthread_t thread;
    sigset_t watched, before;
    /* hold: a signal only asks the command to end. asked: a signal came while `hold` was set. over:
     * the waiting thread must end */
    atomic_bool hold, asked, over;
    pthread_mutex_t lock; /* protects folder */
    char *folder;
};

/* True for signals that a person sends: a second one ends the command at once. Other signals may be
 * repeated without a person: HUP (a closed terminal), XCPU (a limit of CPU time), USR1. */
static bool insists(int number)
{
    return number == SIGINT || number == SIGTERM || number == SIGQUIT;
}

/* The work of the thread: waits for signals until over is true. */
static void *watch(void *of)
{
    plm_cli_signals *s = of;
    while (!atomic_load(&s->over)) {
        int number = 0;
        if (sigwait(&s->watched, &number) || atomic_load(&s->over))
            continue;
        /* Handles a signal. If nothing must be saved, or if this is the second signal, the command
         * ends at once, by the signal itself, as the shell expects. */
        const bool before = atomic_load(&s->hold) && atomic_exchange(&s->asked, true);
        if (atomic_load(&s->hold) && !(before && insists(number)))
            continue;
        pthread_mutex_lock(&s->lock);
        if (s->folder)
            plm_run_tidy(s->folder);
        _exit(PLM_EXIT_INTERRUPTED);
    }
    return NULL;
}

/* Chooses the signals that ask the command to end. HUP is left alone if it is ignored, as under
 * nohup. */
static void choose(sigset_t *watched)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGQUIT, SIGUSR1, SIGXCPU, SIGHUP};
    sigemptyset(watched);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct sigaction now;
        const bool left =
            numbers[i] == SIGHUP && !sigaction(SIGHUP, NULL, &now) && now.sa_handler == SIG_IGN;
        if (!left)
            sigaddset(watched, numbers[i]);
    }
}

/* Begins to watch for signals. If the thread cannot be started, the old signal mask is restored. */
plm_cli_signals *plm_cli_signals_start(void)
{
    plm_cli_signals *s = plm_cli_take(sizeof *s);
    choose(&s->watched);
    atomic_init(&s->hold, false);
    atomic_init(&s->asked, false);
    atomic_init(&s->over, false);
    pthread_mutex_init(&s->lock, NULL);
    if (pthread_sigmask(SIG_BLOCK, &s->watched, &s->before))
        goto failed;
    if (!pthread_create(&s->thread, NULL, watch, s))
        return s;
    pthread_sigmask(SIG_SETMASK, &s->before, NULL);
failed:
    free(s);
    return NULL;
}

void plm_cli_signals_hold(plm_cli_signals *s, bool hold, const char *folder)
{
    if (!s)
        return;
    pthread_mutex_lock(&s->lock);
    free(s->folder);
    s->folder = hold && folder ? plm_cli_format("%s", folder) : NULL;
    pthread_mutex_unlock(&s->lock);
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
    /* pthread_cancel is not used: glibc loads libgcc_s for it, and aborts if that is missing */
    atomic_store(&s->over, true);
    /* This wakes only the waiting thread, since the signal is sent to it. */
    pthread_kill(s->thread, SIGTERM);
    pthread_join(s->thread, NULL);
    pthread_sigmask(SIG_SETMASK, &s->before, NULL);
    pthread_mutex_destroy(&s->lock);
    free(s->folder);
    free(s);
}
