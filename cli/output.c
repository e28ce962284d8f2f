/* Writes to the terminal and to pipes. Results go to stdout; progress, warnings and errors to
 * stderr. Colour is used on a terminal only, and never with NO_COLOR (https://no-color.org) or
 * TERM=dumb. */
#define _DEFAULT_SOURCE
#include "output.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Returns the width of the terminal that a stream writes to, see plm_cli_screen_of. */
static int width_of(FILE *f)
{
    const char *given = getenv("COLUMNS");
    int64_t columns = 0;
    struct winsize size;
    int width = 0;
    if (given && plm_read_whole(given, &columns) && columns >= 1 && columns < 10000)
        width = (int)columns;
    if (!ioctl(fileno(f), TIOCGWINSZ, &size) && size.ws_col > 0 && (!width || size.ws_col < width))
        width = size.ws_col;
    return width ? width : 80;
}

plm_screen plm_cli_screen_of(FILE *f)
{
    const char *kind = getenv("TERM"), *plain = getenv("NO_COLOR");
    struct winsize size;
    plm_screen s = {.width = width_of(f), .height = 24, .terminal = isatty(fileno(f)) == 1};
    if (!ioctl(fileno(f), TIOCGWINSZ, &size) && size.ws_row > 0)
        s.height = size.ws_row;
    s.redraw = s.terminal && kind && *kind && strcmp(kind, "dumb") != 0;
    s.colour = s.redraw && !(plain && *plain);
    return s;
}

int plm_cli_room(void)
{
    return plm_screen_room(plm_cli_screen_of(stdout));
}

void plm_cli_print(FILE *f, plm_text *text)
{
    if (text->failed)
        plm_cli_end_without_memory();
    fputs(plm_text_get(text), f);
    plm_text_free(text);
}

/* Prints " label: text" or "plummet: label: text" on stderr. Further lines of a long text begin
 * below the text or, on a narrow terminal, below the label. label: NULL = the text without a
 * label. */
static void labelled(plm_paint paint, const char *before, const char *label, const char *text)
{
    const plm_screen screen = plm_cli_screen_of(stderr);
    plm_text shown = {0}, lines = {0};
    int at = 0;
    plm_text_add_printable(&shown, text);
    if (label) {
        at = (int)strlen(before) + (int)strlen(label) + 2;
        plm_text_add(&lines, before);
        plm_text_paint(&lines, screen, paint, "%s:", label);
        plm_text_add(&lines, " ");
    }
    const bool narrow = screen.terminal && screen.width < at + 30;
    plm_text_fold(&lines, screen, at, label && narrow ? 4 : at, plm_text_get(&shown));
    lines.failed = lines.failed || shown.failed;
    plm_text_free(&shown);
    plm_cli_print(stderr, &lines);
}

/* Prints a message of the command. */
static void message(plm_paint paint, const char *label, const char *what)
{
    labelled(paint, "plummet: ", label, what);
}

void plm_cli_note(const char *what, ...)
{
    va_list arguments;
    va_start(arguments, what);
    char *text = plm_cli_format_list(what, arguments);
    va_end(arguments);
    labelled(PLM_PLAIN, "", NULL, text);
    free(text);
}

int plm_cli_fail(int code, const char *where, const char *hint, const char *what, ...)
{
    va_list arguments;
    va_start(arguments, what);
    char *text = plm_cli_format_list(what, arguments);
    va_end(arguments);
    fflush(stdout);
    message(PLM_RED, "error", text);
    if (where && *where)
        labelled(PLM_BOLD, "  ", "where", where);
    if (hint && *hint)
        labelled(PLM_BOLD, "  ", "hint", hint);
    free(text);
    return code;
}

int plm_cli_fail_memory(void)
{
    return plm_cli_fail(PLM_EXIT_INTERNAL, NULL, NULL, "out of memory");
}

/* Returns the exit code for a status of the library. */
static int exit_of(plm_status status)
{
    switch (status) {
    case PLM_E_SPEC:
    case PLM_E_SHAPE:
    case PLM_E_UNSUPPORTED:
        return PLM_EXIT_USAGE;
    case PLM_E_DATA:
    case PLM_E_FORMAT:
        return PLM_EXIT_DATA;
    case PLM_E_NUMERIC:
        return PLM_EXIT_DIVERGED;
    case PLM_E_IO:
        return PLM_EXIT_IO;
    case PLM_OK:
    case PLM_END:
    case PLM_STOPPED:
        return PLM_EXIT_GOOD;
    default:
        return PLM_EXIT_INTERNAL;
    }
}

int plm_cli_code(const plm *w, plm_status status)
{
    return status < 0 ? plm_cli_fail_status(w, status, NULL) : PLM_EXIT_GOOD;
}

/* Prints an error that a function of the library returned. Returns the exit code of its status. If
 * memory ran out, the error may have no status and no message; the exit code is then
 * PLM_EXIT_INTERNAL. */
int plm_cli_fail_status(const plm *w, plm_status status, const char *place)
{
    const plm_error *e = plm_last_error(w);
    char *where =
        plm_cli_format("%s%s%s", place ? place : "", place && *e->where ? ": " : "", e->where);
    int code = exit_of(status < 0 ? status : e->status);
    const char *unsaid =
        status == PLM_E_MEMORY ? "out of memory" : "the library failed without a message";
    plm_cli_fail(code == PLM_EXIT_GOOD ? PLM_EXIT_INTERNAL : code, where, e->hint, "%s",
                 *e->what ? e->what : unsaid);
    free(where);
    return code == PLM_EXIT_GOOD ? PLM_EXIT_INTERNAL : code;
}

void plm_cli_warn(const char *what, ...)
{
    va_list arguments;
    va_start(arguments, what);
    char *text = plm_cli_format_list(what, arguments);
    va_end(arguments);
    message(PLM_YELLOW, "warning", text);
    free(text);
}

bool plm_cli_flushed(FILE *f)
{
    return !fflush(f) && !ferror(f);
}
