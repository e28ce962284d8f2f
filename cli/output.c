/* Where and how the command writes. Results go to stdout; progress, warnings and errors to
 * stderr. Colour only on a terminal, never with NO_COLOR (https://no-color.org) or TERM=dumb. */
#define _DEFAULT_SOURCE
#include "output.h"

#include <ctype.h>
#include <math.h>
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
    const char *told = getenv("COLUMNS");
    int64_t columns = 0;
    struct winsize size;
    int width = 0;
    if (told && plm_cli_whole(told, &columns) && columns >= 1 && columns < 10000)
        width = (int)columns;
    if (!ioctl(fileno(f), TIOCGWINSZ, &size) && size.ws_col > 0 && (!width || size.ws_col < width))
        width = size.ws_col;
    return width ? width : 80;
}

const char *plm_cli_paint_begin(plm_cli_screen screen, plm_cli_paint paint)
{
    static const char *const sequence[] = {"\033[0m",  "\033[1m",  "\033[2m", "\033[31m",
                                           "\033[32m", "\033[33m", "\033[36m"};
    return screen.colour ? sequence[paint] : "";
}

/* How many bytes of text are one character: 0 = they are no UTF-8. */
static size_t character(const char *text, size_t length)
{
    const unsigned char first = (unsigned char)*text;
    const size_t bytes = first < 0x80                    ? 1
                         : first >= 0xc2 && first < 0xe0 ? 2
                         : first >= 0xe0 && first < 0xf0 ? 3
                                                         : 4;
    if (first >= 0xf5 || (first >= 0x80 && first < 0xc2) || bytes > length)
        return 0;
    for (size_t i = 1; i < bytes; i++)
        if (((unsigned char)text[i] & 0xc0) != 0x80)
            return 0;
    return bytes;
}

/* Control characters of foreign texts (file names, cells) must not reach a terminal, nor what is
 * no UTF-8. */
static void put_text(FILE *f, const char *text, size_t length)
{
    for (size_t i = 0; i < length;) {
        const size_t bytes = character(text + i, length - i);
        if (!bytes || iscntrl((unsigned char)text[i]))
            fputc('?', f);
        else
            fwrite(text + i, 1, bytes, f);
        i += bytes ? bytes : 1;
    }
}

void plm_cli_wrap(FILE *f, int begin, int indent, int width, const char *text)
{
    int column = begin;
    const char *c = text;
    while (*c) {
        size_t blanks = strspn(c, " "), word = strcspn(c + blanks, " \n");
        bool fresh = column == indent || column == begin;
        if (!fresh && column + (int)(blanks + word) > width) {
            fprintf(f, "\n%*s", indent, "");
            column = indent;
            blanks = 0;
            c += strspn(c, " ");
        }
        fprintf(f, "%*s", (int)blanks, "");
        put_text(f, c + blanks, word);
        column += (int)(blanks + word);
        c += blanks + word;
        if (*c == '\n') {
            c++;
            fprintf(f, *c && *c != '\n' ? "\n%*s" : "\n", indent, "");
            column = indent;
        }
    }
    fputc('\n', f);
}

static void labelled(plm_cli_screen screen, const char *label, const char *text)
{
    fprintf(stderr, "  %s%s:%s ", plm_cli_paint_begin(screen, PLM_BOLD), label,
            plm_cli_paint_begin(screen, PLM_PLAIN));
    /* Only a terminal gets broken lines: who greps wants whole ones. */
    int at = (int)strlen(label) + 4;
    plm_cli_wrap(stderr, at, at, screen.terminal ? plm_cli_width(stderr) : 100000, text);
}

static void message(plm_cli_paint paint, const char *label, const char *what)
{
    plm_cli_screen screen = plm_cli_screen_of(stderr);
    fprintf(stderr, "plummet: %s%s:%s ", plm_cli_paint_begin(screen, paint), label,
            plm_cli_paint_begin(screen, PLM_PLAIN));
    int at = (int)strlen(label) + 11;
    plm_cli_wrap(stderr, at, at, screen.terminal ? plm_cli_width(stderr) : 100000, what);
}

int plm_cli_fail(int code, const char *where, const char *mend, const char *what, ...)
{
    char text[2048];
    va_list arguments;
    va_start(arguments, what);
    vsnprintf(text, sizeof text, what, arguments);
    va_end(arguments);
    fflush(stdout);
    message(PLM_RED, "error", text);
    plm_cli_screen screen = plm_cli_screen_of(stderr);
    if (where && *where)
        labelled(screen, "where", where);
    if (mend && *mend)
        labelled(screen, "mend", mend);
    return code;
}

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

/* "net.yaml:3:1, optimizer" and "optimizer: learning_rate": a word that ends the one and begins
 * the other stands once. Who wrote a key in a run file knows nothing of the function that was
 * called for it. */
static char *join_places(const char *outer, const char *inner)
{
    if (*outer && !strncmp(inner, "plm_", 4))
        inner = "";
    size_t length = strcspn(inner, ": "), before = strlen(outer);
    bool shared = length && before >= length && !strncmp(outer + before - length, inner, length) &&
                  (before == length || outer[before - length - 1] == ' ');
    if (shared)
        inner += length;
    return plm_cli_format("%s%s%s", outer, *outer && *inner && !shared ? ": " : "", inner);
}

int plm_cli_fail_status(const plm *w, plm_status status, const char *place)
{
    const plm_error *e = plm_last_error(w);
    char *where = join_places(place ? place : "", e->where);
    int code = exit_of(status < 0 ? status : e->status);
    plm_cli_fail(code == PLM_EXIT_GOOD ? PLM_EXIT_INTERNAL : code, where, e->mend, "%s",
                 *e->what ? e->what : "the library failed without a message");
    free(where);
    return code == PLM_EXIT_GOOD ? PLM_EXIT_INTERNAL : code;
}

void plm_cli_warn(const char *what, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, what);
    vsnprintf(text, sizeof text, what, arguments);
    va_end(arguments);
    message(PLM_YELLOW, "warning", text);
}

bool plm_cli_flushed(FILE *f)
{
    return !fflush(f) && !ferror(f);
}

plm_cli_json plm_cli_json_begin(FILE *f)
{
    fputc('{', f);
    return (plm_cli_json){.f = f};
}

static void json_string(FILE *f, const char *text)
{
    fputc('"', f);
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        if (*c == '"' || *c == '\\')
            fprintf(f, "\\%c", *c);
        else if (*c < 0x20 || *c == 0x7f)
            fprintf(f, "\\u%04x", *c);
        else
            fputc(*c, f);
    }
    fputc('"', f);
}

static void json_key(plm_cli_json *j, const char *key)
{
    if (j->more)
        fputc(',', j->f);
    j->more = true;
    json_string(j->f, key);
    fputc(':', j->f);
}

static void json_figure(FILE *f, double value)
{
    if (isfinite(value))
        fprintf(f, "%.9g", value);
    else
        fputs("null", f);
}

void plm_cli_json_number(plm_cli_json *j, const char *key, double value)
{
    json_key(j, key);
    json_figure(j->f, value);
}

void plm_cli_json_text(plm_cli_json *j, const char *key, const char *value)
{
    json_key(j, key);
    json_string(j->f, value);
}

void plm_cli_json_numbers(plm_cli_json *j, const char *key, int count, const float *value)
{
    json_key(j, key);
    for (int i = 0; i < count; i++) {
        fputc(i ? ',' : '[', j->f);
        json_figure(j->f, (double)value[i]);
    }
    fputs(count ? "]" : "[]", j->f);
}

void plm_cli_json_end(plm_cli_json *j)
{
    fputs("}\n", j->f);
}
