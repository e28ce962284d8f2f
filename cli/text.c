/* Small text tools of the command: formatting, splitting, "did you mean". */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli.h"

void *plm_cli_take(size_t bytes)
{
    void *block = calloc(1, bytes ? bytes : 1);
    if (!block) {
        fputs("plummet: error: out of memory\n", stderr);
        exit(PLM_EXIT_INTERNAL);
    }
    return block;
}

void *plm_cli_grow(void *items, size_t count, size_t size)
{
    if (count & (count - 1)) /* room is the next power of two: full only when count is one */
        return items;
    size_t room = count ? count * 2 : 1;
    void *grown = plm_cli_take(room * size);
    if (count)
        memcpy(grown, items, count * size);
    free(items);
    return grown;
}

char *plm_cli_format_list(const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    size_t room = length < 0 ? 1 : (size_t)length + 1;
    char *text = plm_cli_take(room);
    vsnprintf(text, room, format, again);
    va_end(again);
    return text;
}

char *plm_cli_format(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = plm_cli_format_list(format, arguments);
    va_end(arguments);
    return text;
}

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

char *plm_cli_trimmed(const char *text, size_t length)
{
    while (length && blank(text[0])) {
        text++;
        length--;
    }
    while (length && blank(text[length - 1]))
        length--;
    char *copy = plm_cli_take(length + 1);
    memcpy(copy, text, length);
    return copy;
}

char *plm_cli_quoted(const char *text)
{
    char *out = plm_cli_take(2 * strlen(text) + 3), *to = out;
    *to++ = '\'';
    for (const char *c = text; *c; c++) {
        if (*c == '\'' || *c == '\\')
            *to++ = '\\';
        *to++ = *c;
    }
    *to++ = '\'';
    return out;
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* Edits (insert, delete, change, swap of neighbours) that turn a into b, letters of either case
 * alike; words longer than the table count as far apart. The distance of Damerau and
 * Levenshtein, restricted form. */
static int distance(const char *a, const char *b)
{
    enum { ROOM = 40 };
    int d[ROOM + 1][ROOM + 1];
    int rows = (int)strlen(a), columns = (int)strlen(b);
    if (rows > ROOM || columns > ROOM)
        return ROOM;
    for (int i = 0; i <= rows; i++)
        d[i][0] = i;
    for (int j = 0; j <= columns; j++)
        d[0][j] = j;
    for (int i = 1; i <= rows; i++) {
        for (int j = 1; j <= columns; j++) {
            bool same = tolower((unsigned char)a[i - 1]) == tolower((unsigned char)b[j - 1]);
            bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            d[i][j] = least(d[i - 1][j - 1] + !same, least(d[i - 1][j], d[i][j - 1]) + 1);
            if (swapped)
                d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
        }
    }
    return d[rows][columns];
}

int plm_cli_nearest(const char *word, int count, const char *(*candidate)(const void *of, int i),
                    const void *of)
{
    size_t length = strlen(word);
    int nearest = -1, best = length < 3 ? 2 : length < 6 ? 3 : 4; /* must be nearer than this */
    for (int i = 0; i < count; i++) {
        const char *name = candidate(of, i);
        int away = distance(word, name);
        if (length >= 3 && !strncmp(name, word, length) && away > 1)
            away = 1; /* an abbreviation */
        if (away < best) {
            best = away;
            nearest = i;
        }
    }
    return nearest;
}

/* Where a scan of a spec stands: inside quotes, inside how many brackets. */
typedef struct {
    int depth;
    char quote;
} nesting;

/* Takes one character in; returns how many more it covers: a backslash in quotes takes its
 * follower along. */
static int nest(nesting *n, const char *c)
{
    if (n->quote) {
        if (*c == '\\' && c[1])
            return 1;
        if (*c == n->quote)
            n->quote = 0;
        return 0;
    }
    if (*c == '\'' || *c == '"')
        n->quote = *c;
    else if (*c == '(' || *c == '[')
        n->depth++;
    else if ((*c == ')' || *c == ']') && n->depth)
        n->depth--;
    return 0;
}

void plm_cli_split(const char *text, char separator, void (*visit)(void *to, char *part), void *to)
{
    nesting n = {0};
    const char *from = text, *c = text;
    for (; *c; c++) {
        if (*c == separator && !n.depth && !n.quote) {
            visit(to, plm_cli_trimmed(from, (size_t)(c - from)));
            from = c + 1;
        } else {
            c += nest(&n, c);
        }
    }
    visit(to, plm_cli_trimmed(from, (size_t)(c - from)));
}

bool plm_cli_whole(const char *text, int64_t *out)
{
    char *end = NULL;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno || end == text || *end || blank(text[0]))
        return false;
    *out = value;
    return true;
}

bool plm_cli_real(const char *text, double *out)
{
    char *end = NULL;
    *out = strtod(text, &end);
    return end != text && !*end && !blank(text[0]);
}

bool plm_cli_ends(const char *text, const char *ending)
{
    size_t length = strlen(text), tail = strlen(ending);
    return length >= tail && !strcmp(text + length - tail, ending);
}

bool plm_cli_exists(const char *path)
{
    struct stat about;
    return !stat(path, &about);
}

void plm_cli_figure(char *out, size_t room, double value)
{
    double size = fabs(value);
    if (isnan(value))
        snprintf(out, room, "nan");
    else if (size == 0 || (size >= 0.001 && size < 10000))
        snprintf(out, room, "%.4f", value);
    else
        snprintf(out, room, "%.3e", value);
}
