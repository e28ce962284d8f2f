/* Writes to the terminal and to pipes. Results go to stdout; progress, warnings and errors to
 * stderr. Colour is used on a terminal only, and never with NO_COLOR (https://no-color.org) or
 * TERM=dumb. */
#define _DEFAULT_SOURCE
#include "output.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

plm_cli_screen plm_cli_screen_of(FILE *f)
{
    const char *kind = getenv("TERM"), *plain = getenv("NO_COLOR");
    plm_cli_screen s = {.terminal = isatty(fileno(f)) == 1};
    s.redraw = s.terminal && kind && strcmp(kind, "dumb") != 0;
    s.colour = s.redraw && !(plain && *plain);
    return s;
}

int plm_cli_width(FILE *f)
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

int plm_cli_height(FILE *f)
{
    struct winsize size;
    return !ioctl(fileno(f), TIOCGWINSZ, &size) && size.ws_row > 0 ? size.ws_row : 24;
}

int plm_cli_page(FILE *f)
{
    enum { PAGE = 79, LEAST = 20 };
    const int width = plm_cli_screen_of(f).terminal ? plm_cli_width(f) - 1 : PAGE;
    return width > PAGE ? PAGE : width < LEAST ? LEAST : width;
}

int plm_cli_room(void)
{
    return plm_cli_screen_of(stdout).terminal ? plm_cli_page(stdout) : 0;
}

const char *plm_cli_paint_begin(plm_cli_screen screen, plm_cli_paint paint)
{
    static const char *const sequence[] = {"\033[0m",  "\033[1m",  "\033[2m", "\033[31m",
                                           "\033[32m", "\033[33m", "\033[36m"};
    return screen.colour ? sequence[paint] : "";
}

char *plm_cli_printable(const char *text)
{
    const size_t length = plm_printable(text, NULL, 0);
    char *out = plm_cli_take(length + 1);
    plm_printable(text, out, length + 1);
    return out;
}

/* True if a byte of UTF-8 begins a letter. All other bytes continue one. */
static bool begins_letter(char c)
{
    return ((unsigned char)c & 0xc0) != 0x80;
}

/* Returns the number of letters in text[length]. */
static int letters(const char *text, size_t length)
{
    int count = 0;
    for (size_t i = 0; i < length; i++)
        count += begins_letter(text[i]);
    return count;
}

int plm_cli_letters(const char *text)
{
    char *shown = plm_cli_printable(text);
    const int count = letters(shown, strlen(shown));
    free(shown);
    return count;
}

void plm_cli_put_letters(FILE *f, const char *text, int most)
{
    char *shown = plm_cli_printable(text);
    size_t length = 0;
    for (int count = 0; shown[length]; length++) {
        count += begins_letter(shown[length]);
        if (count > most)
            break;
    }
    fwrite(shown, 1, length, f);
    free(shown);
}

void plm_cli_put(FILE *f, const char *text)
{
    plm_cli_put_letters(f, text, INT32_MAX);
}

void plm_cli_wrap(FILE *f, int begin, int indent, int width, const char *text)
{
    plm_text lines = {0};
    plm_text_wrap(&lines, begin, indent, width, text);
    if (lines.failed)
        plm_cli_end_without_memory();
    fputs(plm_text_get(&lines), f);
    plm_text_free(&lines);
}

void plm_cli_fold(FILE *f, int begin, int indent, const char *text)
{
    const plm_cli_screen screen = plm_cli_screen_of(f);
    plm_cli_wrap(f, begin, indent, screen.terminal ? plm_cli_width(f) : INT32_MAX / 2, text);
}

/* Prints "  label: text" or "plummet: label: text" on stderr. Further lines begin below the text
 * or, on a narrow terminal, below the label. */
static void labelled(plm_cli_paint paint, const char *before, const char *label, const char *text)
{
    const plm_cli_screen screen = plm_cli_screen_of(stderr);
    char *shown = plm_cli_printable(text);
    const int at = (int)strlen(before) + (int)strlen(label) + 2;
    const bool narrow = screen.terminal && plm_cli_width(stderr) < at + 30;
    fprintf(stderr, "%s%s%s:%s ", before, plm_cli_paint_begin(screen, paint), label,
            plm_cli_paint_begin(screen, PLM_PLAIN));
    plm_cli_fold(stderr, at, narrow ? 4 : at, shown);
    free(shown);
}

static void message(plm_cli_paint paint, const char *label, const char *what)
{
    labelled(paint, "plummet: ", label, what);
}

void plm_cli_note(const char *what, ...)
{
    va_list arguments;
    va_start(arguments, what);
    char *text = plm_cli_format_list(what, arguments), *shown = plm_cli_printable(text);
    va_end(arguments);
    plm_cli_fold(stderr, 0, 0, shown);
    free(text);
    free(shown);
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

/* An error without a status or a message still ends with PLM_EXIT_INTERNAL. Where memory runs out,
 * there may have been none for a message. */
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

void plm_cli_print(plm_text *text)
{
    if (text->failed)
        plm_cli_end_without_memory();
    fputs(plm_text_get(text), stdout);
    plm_text_free(text);
}

bool plm_cli_flushed(FILE *f)
{
    return !fflush(f) && !ferror(f);
}
