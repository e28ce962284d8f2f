/* Declarations for every file of the command: exit codes, messages, small text functions. The
 * command uses the public headers and src/run, which does what a run file describes. */
#ifndef PLM_CLI_CLI_H
#define PLM_CLI_CLI_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "plummet_run.h"
#include "run/words.h"

/* The exit codes of the command. The table in help.c describes each for the user. */
typedef enum {
    PLM_EXIT_GOOD = 0,
    PLM_EXIT_INTERNAL = 1, /* a mistake inside plummet, or no memory */
    PLM_EXIT_USAGE = 2,    /* wrong use: options, keys, specs, shapes */
    PLM_EXIT_DATA = 3,     /* bad data or a bad file */
    PLM_EXIT_DIVERGED = 4, /* the loss is no longer finite */
    PLM_EXIT_IO = 5,       /* the system could not read or write */
    /* a finding has the level of `plummet doctor --fail-on` or a worse one */
    PLM_EXIT_FOUND = 6,
    PLM_EXIT_ASSERT = 7, /* an --assert does not hold */
    /* a signal such as Ctrl-C ended the command; train saves the model first */
    PLM_EXIT_INTERRUPTED = 130
} plm_cli_exit;

/* ---- messages (output.c) ---- */

/* Prints "plummet: error: WHAT, where: WHERE, hint: HINT" and returns the code. where and hint
 * may be NULL. */
int plm_cli_fail(int code, const char *where, const char *hint, const char *what, ...)
    PLM_PRINTF(4, 5);
/* Reports on stderr that memory ran out. Returns PLM_EXIT_INTERNAL. */
int plm_cli_fail_memory(void);
/* Prints the last error of the library, as plm_cli_fail prints one, and returns an exit code that
 * follows from its status. place: is put before the place that the error has; NULL = none. */
int plm_cli_fail_status(const plm *w, plm_status status, const char *place);
/* Returns 0 for a status that is no error. Otherwise prints the last error of the runtime and
 * returns its exit code. */
int plm_cli_code(const plm *w, plm_status status);
/* Prints a warning on stderr. */
void plm_cli_warn(const char *what, ...) PLM_PRINTF(1, 2);
/* Prints a note on stderr, such as a result or what to do next. */
void plm_cli_note(const char *what, ...) PLM_PRINTF(1, 2);
/* Flushes a stream. False = writing to the stream failed, now or earlier. */
bool plm_cli_flushed(FILE *f);

/* ---- text (text.c) ---- */

/* Ends the command with the message that memory ran out. */
void plm_cli_end_without_memory(void);
/* Returns zeroed memory, to be freed. Ends the command if there is no memory. */
void *plm_cli_take(size_t bytes);
/* Returns a formatted string, to be freed. */
char *plm_cli_format(const char *format, ...) PLM_PRINTF(1, 2);
char *plm_cli_format_list(const char *format, va_list arguments) PLM_PRINTF(1, 0);

#endif
