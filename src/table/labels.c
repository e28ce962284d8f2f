/* Columns with several labels: a cell contains any number of labels, "red; round", and each
 * different label becomes a value, 1 or 0. An empty cell is a row without labels. */
#include "table/labels.h"

#include <stdlib.h>
#include <string.h>

#include "table/vocabulary.h"

/* Copies the next label of a cell, without the blanks at its ends, and moves *at past it. False:
 * there are no more. */
static bool next(const char **at, char separator, char out[PLM_LABEL], bool *fits)
{
    for (;;) {
        const char *end = strchr(*at, separator), *from = *at;
        end = end != NULL ? end : from + strlen(from);
        if (*from == '\0')
            return false;
        *at = *end != '\0' ? end + 1 : end;
        while (from < end && *from == ' ')
            from++;
        while (end > from && end[-1] == ' ')
            end--;
        const size_t n = (size_t)(end - from);
        *fits = n < PLM_LABEL;
        if (n == 0)
            continue;
        memcpy(out, from, *fits ? n : PLM_LABEL - 1);
        out[*fits ? n : PLM_LABEL - 1] = '\0';
        return true;
    }
}

/* Returns the separator between labels: the semicolon, bar or comma, whichever occurs in most of
 * the different cells. *cells: number of these cells. */
static char find_separator(const plm_raw_column *r, size_t *cells)
{
    static const char signs[] = ";|,";
    size_t most = 0;
    char best = *signs;
    for (const char *sign = signs; *sign != '\0'; sign++) {
        size_t count = 0;
        for (size_t i = 0; i < r->words; i++)
            count += strchr(r->word[i], *sign) != NULL;
        if (count > most) {
            most = count;
            best = *sign;
        }
    }
    *cells = most;
    return best;
}

/* For sorting labels. */
static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Adds the labels of a cell that are new. */
static plm_status add_labels(plm_arena *a, plm_index *seen, const char ***list, size_t *count,
                             size_t *room, const char *cell, char separator)
{
    char label[PLM_LABEL];
    bool fits = true;
    while (next(&cell, separator, label, &fits)) {
        if (plm_index_find(seen, label) != SIZE_MAX)
            continue;
        const char *copy = plm_arena_text(a, label, SIZE_MAX);
        const char **larger = plm_arena_grow(a, (void *)*list, *count, room, sizeof *larger);
        if (copy == NULL || larger == NULL)
            return PLM_E_MEMORY;
        *list = larger;
        larger[*count] = copy;
        PLM_TRY(plm_index_put(seen, copy, (*count)++));
    }
    return PLM_OK;
}

/* Collects the labels of the words of a column, sorted, into *list [*count]. of: the words that are
 * used; NULL = all. */
static plm_status collect(plm_arena *a, const plm_column *c, const plm_raw_column *r,
                          const bool *of, const char ***list, size_t *count)
{
    plm_index seen = {.arena = a};
    size_t room = 0;
    *list = NULL;
    *count = 0;
    for (size_t i = 0; i < r->words; i++)
        if (of == NULL || of[i])
            PLM_TRY(add_labels(a, &seen, list, count, &room, r->word[i], c->separator));
    if (*count > 0)
        qsort(*list, *count, sizeof **list, by_name);
    return PLM_OK;
}

plm_status plm_labels_find(plm_arena *a, plm_column *c, const plm_raw_column *r, const char *where)
{
    const char **list = NULL;
    size_t count = 0, cells = 0;
    c->separator = find_separator(r, &cells);
    PLM_TRY(collect(a, c, r, NULL, &list, &count));
    if (count == 0 || count > PLM_LABELS)
        return plm_fail(a->w, PLM_E_DATA, where,
                        "separate the labels in a cell by ;, such as 'red;round'",
                        "column '%.80s' has %zu different labels; it must have 1 to %d", c->name,
                        count, (int)PLM_LABELS);
    c->why = plm_arena_format(a, "labels separated by '%c'", c->separator);
    return c->why != NULL ? plm_vocabulary_set(c, list, count) : PLM_E_MEMORY;
}

/* Warns if the words of a category seem to be lists: a third of them or more have a semicolon or a
 * bar, and there are at most half as many labels as words. */
static plm_status warn_lists(plm_arena *a, const plm_column *c, const plm_raw_column *r,
                             const char *where)
{
    enum { FEWEST = 5 };
    char number[PLM_COLUMN_SAID];
    const char **list = NULL;
    size_t count = 0, cells = 0, at = 0;
    const plm_column as = {.separator = find_separator(r, &cells)};
    if (r->words < FEWEST || as.separator == ',' || 3 * cells < r->words)
        return PLM_OK;
    PLM_TRY(collect(a, &as, r, NULL, &list, &count));
    while (at + 1 < r->words && strchr(r->word[at], as.separator) == NULL)
        at++;
    if (2 * count <= r->words)
        plm_warn(a->w,
                 "%.100s: the column '%.60s' seems to have lists, such as '%.40s', which count as "
                 "%zu different words; columns='%.60s=labels' reads the %zu labels in them",
                 where, c->name, r->word[at], r->words, plm_column_said(c, number), count);
    return PLM_OK;
}

plm_status plm_labels_input(plm_arena *a, plm_column *c, const plm_raw_column *r, const char *where)
{
    if (c->encoding == PLM_ENCODE_LABELS)
        return plm_labels_find(a, c, r, where);
    return !c->given && (c->encoding == PLM_ENCODE_ONE_HOT || c->encoding == PLM_ENCODE_INDEX)
               ? warn_lists(a, c, r, where)
               : PLM_OK;
}

plm_status plm_labels_fit(plm_arena *a, plm_column *c, const plm_raw_column *r, const int64_t *row,
                          int64_t rows)
{
    const char **list = NULL;
    size_t count = 0;
    bool *of = plm_allocate_array(a->w, r->words + 1, sizeof *of);
    if (of == NULL)
        return PLM_E_MEMORY;
    for (int64_t i = 0; i < rows; i++)
        if (r->code[row[i]] >= 0)
            of[r->code[row[i]]] = true;
    const plm_status status = collect(a, c, r, of, &list, &count);
    plm_release(a->w, of);
    return status < 0 || count == 0 ? status : plm_vocabulary_set(c, list, count);
}

bool plm_labels_set(const plm_column *c, const char *cell, float *out)
{
    char label[PLM_LABEL];
    bool fits = true, known = true;
    memset(out, 0, c->words * sizeof *out);
    while (next(&cell, c->separator, label, &fits)) {
        const size_t at = plm_index_find(&c->number, label);
        known = known && at < c->words;
        if (at < c->words)
            out[at] = 1;
    }
    return known;
}
