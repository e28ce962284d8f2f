/* Cuts a chain of layers into its parts, for plm_add, run files and the command line. It knows the
 * signs between specs (* | <-). Signs inside quotes and brackets belong to a spec, which spec.c
 * parses later. */
#include "base/chain.h"

#include <string.h>

#include "base/split.h"

/* A chain can be repeated at most this many times. */
enum { MAX_TIMES = 10000 };

static const char blanks[] = " \t\r\n";

/* True for "<-", which names the inputs of a layer. */
static bool is_arrow(const char *s)
{
    return s[0] == '<' && s[1] == '-';
}

/* Returns the position of the next | outside of quotes and brackets. If `arrows` is true, the
 * search also ends at an arrow (<-). If neither is found, returns the end of the text. */
static const char *find_sign(const char *s, bool arrows)
{
    int depth = 0;
    while (*s != '\0' && (depth > 0 || !(*s == '|' || (arrows && is_arrow(s)))))
        s = plm_scan_step(s, &depth);
    return s;
}

/* Returns a copy of [from, to) without blanks at its ends; NULL = no memory. */
static const char *trimmed(plm_arena *a, const char *from, const char *to)
{
    const size_t length = plm_trim(&from, (size_t)(to - from));
    return plm_arena_text(a, from, length);
}

/* Reads the names between an arrow and the end of the part, separated by blanks or commas. An arrow
 * without a name behind it is an error, since it says that something was forgotten. */
static plm_status read_names(plm_arena *a, const char *from, const char *to, plm_chain_part *p)
{
    static const char between[] = " ,\t\r\n";
    const char **name = NULL;
    size_t capacity = 0;
    for (;;) {
        while (from < to && strchr(between, *from))
            from++;
        if (from == to)
            break;
        const char *end = from;
        while (end < to && !strchr(between, *end))
            end++;
        name = plm_arena_grow(a, name, p->inputs, &capacity, sizeof *name);
        if (name == NULL ||
            (name[p->inputs] = plm_arena_text(a, from, (size_t)(end - from))) == NULL)
            return PLM_E_MEMORY;
        p->inputs++;
        from = end;
    }
    p->input = name;
    return p->inputs > 0
               ? PLM_OK
               : plm_fail(
                     a->w, PLM_E_SPEC, p->layer,
                     "write the names of the input layers after the arrow: add() <- left right",
                     "no layer name follows the arrow <-");
}

/* Reads one part of a chain: a spec and, after an arrow, names. */
static plm_status read_part(plm_arena *a, const char *from, const char *to, plm_chain_part *p)
{
    const char *arrow = find_sign(from, true);
    p->layer = trimmed(a, from, arrow < to ? arrow : to);
    if (p->layer == NULL)
        return PLM_E_MEMORY;
    return arrow < to ? read_names(a, arrow + 2, to, p) : PLM_OK;
}

/* Reads a repetition such as "20 *" at the beginning of the text, and moves *text after the star.
 * Without a repetition, sets *times = 1 and leaves *text. */
static plm_status read_times(plm_arena *a, const char **text, int64_t *times)
{
    const char *first = *text + strspn(*text, blanks);
    const size_t digits = strspn(first, "0123456789");
    const char *star = first + digits + strspn(first + digits, blanks);
    *times = 1;
    if (digits == 0 || *star != '*')
        return PLM_OK;
    *times = 0;
    for (size_t i = 0; i < digits && *times <= MAX_TIMES; i++)
        *times = *times * 10 + (first[i] - '0');
    if (*times < 1 || *times > MAX_TIMES)
        return plm_fail(a->w, PLM_E_SPEC, *text,
                        "write a whole number from 1 to 10000 before the *",
                        *times < 1 ? "the number of repetitions must be at least 1"
                                   : "layers cannot be repeated that often");
    *text = star + 1;
    return PLM_OK;
}

/* Reads the repetition, then splits the text at every | outside of quotes and brackets. */
plm_status plm_chain_parse(plm_arena *a, const char *text, plm_chain *out)
{
    plm_chain_part *part = NULL;
    size_t capacity = 0;
    *out = (plm_chain){0};
    PLM_TRY(read_times(a, &text, &out->times));
    for (;;) {
        const char *end = find_sign(text, false);
        part = plm_arena_grow(a, part, out->parts, &capacity, sizeof *part);
        if (part == NULL)
            return PLM_E_MEMORY;
        part[out->parts] = (plm_chain_part){0};
        PLM_TRY(read_part(a, text, end, &part[out->parts]));
        out->parts++;
        if (*end == '\0')
            break;
        text = end + 1;
    }
    out->part = part;
    return PLM_OK;
}
