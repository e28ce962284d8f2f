/* What every file of the command shares: exit codes, messages, small text tools.
 * The command sees the public headers and run/, which runs what a run file says. */
#ifndef PLM_CLI_CLI_H
#define PLM_CLI_CLI_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "plummet_run.h"
#include "run/words.h"

/* What the command returns to the shell. */
typedef enum {
    PLM_EXIT_GOOD = 0,
    PLM_EXIT_INTERNAL = 1,     /* our own mistake, or no memory */
    PLM_EXIT_USAGE = 2,        /* wrong use: options, keys, specs, shapes */
    PLM_EXIT_DATA = 3,         /* bad data or a bad file */
    PLM_EXIT_DIVERGED = 4,     /* the loss is no longer finite */
    PLM_EXIT_IO = 5,           /* the system could not read or write */
    PLM_EXIT_ASSERT = 7,       /* an --assert does not hold */
    PLM_EXIT_INTERRUPTED = 130 /* Ctrl-C; the model is saved */
} plm_cli_exit;

/* ---- messages (output.c) ---- */

/* Prints "plummet: error: WHAT, where: WHERE, hint: HINT" and returns the code. where and hint
 * may be NULL. */
int plm_cli_fail(int code, const char *where, const char *hint, const char *what, ...)
    PLM_PRINTF(4, 5);
/* The same for the last error of the library; place, if any, is put before the library's own. */
int plm_cli_fail_status(const plm *w, plm_status status, const char *place);
/* An exit code for a status: that of the last error of the runtime, which is printed, or 0. */
int plm_cli_code(const plm *w, plm_status status);
/* A warning on stderr. */
void plm_cli_warn(const char *what, ...) PLM_PRINTF(1, 2);
/* A line on stderr: what to do next, what was found. */
void plm_cli_note(const char *what, ...) PLM_PRINTF(1, 2);
/* Flushes a stream that is ours to write; false = it could not be written. */
bool plm_cli_flushed(FILE *f);

/* ---- text (text.c) ---- */

/* Zeroed memory; ends the command when there is none. */
void *plm_cli_take(size_t bytes);
/* An array with room for one more item than count, grown by doubling. */
void *plm_cli_grow(void *items, size_t count, size_t size);
/* A formatted string, to be freed. */
char *plm_cli_format(const char *format, ...) PLM_PRINTF(1, 2);
char *plm_cli_format_list(const char *format, va_list arguments) PLM_PRINTF(1, 0);
/* How a figure is shown: "0.4123"; room bytes at out. */
void plm_cli_figure(char *out, size_t room, double value);

#endif
