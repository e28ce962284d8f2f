/* Signals that ask the command to end: Ctrl-C (INT), TERM, QUIT, HUP and a closed terminal, USR1,
 * XCPU. The first asks a fit to stop and save, a second Ctrl-C, TERM or QUIT leaves at once. */
#ifndef PLM_CLI_SIGNALS_H
#define PLM_CLI_SIGNALS_H

#include "cli.h"

typedef struct plm_cli_signals plm_cli_signals;

/* Begins to watch. To be called before any other thread is started, so that all of them leave
 * these signals to the watcher. NULL = could not; the signals then end the command as usual. */
plm_cli_signals *plm_cli_signals_start(void);
/* hold = a signal only asks to stop, because something must be saved first; else it ends the
 * command. folder: of files in the making, which are removed when the command leaves at once. */
void plm_cli_signals_hold(plm_cli_signals *s, bool hold, const char *folder);
/* Whether a signal came while held. */
bool plm_cli_signals_asked(const plm_cli_signals *s);
/* Ends the watching; NULL is fine. */
void plm_cli_signals_end(plm_cli_signals *s);

#endif
