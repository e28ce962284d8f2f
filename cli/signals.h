/* Signals that ask the command to end: INT (Ctrl-C), TERM, QUIT, HUP (a closed terminal), USR1 and
 * XCPU. The first one asks a fit to stop and save. A second INT, TERM or QUIT ends the command at
 * once. */
#ifndef PLM_CLI_SIGNALS_H
#define PLM_CLI_SIGNALS_H

#include "cli.h"

typedef struct plm_cli_signals plm_cli_signals;

/* Begins to watch for signals. Call it before any other thread is started, so that the signals are
 * blocked in all threads. NULL = failed; the signals then end the command as usual. */
plm_cli_signals *plm_cli_signals_start(void);
/* hold = true: a signal only asks the command to stop, because something must be saved first.
 * false: a signal ends the command at once. folder: unfinished files in it are removed when the
 * command ends at once; NULL = no folder. s may be NULL. */
void plm_cli_signals_hold(plm_cli_signals *s, bool hold, const char *folder);
/* True if a signal asked the command to stop, see plm_cli_signals_hold. */
bool plm_cli_signals_asked(const plm_cli_signals *s);
/* Stops watching and restores the signals. NULL is allowed. */
void plm_cli_signals_end(plm_cli_signals *s);

#endif
