/* Collects the cells of a table column by column: plain numbers as doubles, other cells as texts.
 * A table of numbers goes through plm_plain_number alone, which is why it is an inline function. */
#include "table/store.h"

#include <math.h>
#include <string.h>

#include "table/plain.h"

/* FIRST: rows that there is memory for at first. POOL: bytes of a piece of memory for texts. */
enum { FIRST = 256, POOL = 1 << 16 };

plm_status plm_store_open(plm_store *t, size_t columns)
{
    t->copy.w = t->arena.w;
    t->column = plm_arena_array(&t->arena, columns, sizeof *t->column);
    if (t->column == NULL)
        return PLM_E_MEMORY;
    t->columns = columns;
    for (size_t i = 0; i < columns; i++)
        t->column[i] = (plm_raw_column){.find = {.arena = &t->arena},
                                        .prefer = PLM_FORMATS,
                                        .format = PLM_FORMATS,
                                        .odd_row = -1};
    return PLM_OK;
}

void plm_store_free(plm_store *t)
{
    for (size_t i = 0; i < t->columns; i++) {
        plm_release(t->arena.w, t->column[i].number);
        plm_release(t->arena.w, t->column[i].code);
    }
    plm_release(t->arena.w, t->line);
    plm_text_free(&t->copy);
    plm_arena_free(&t->arena);
    *t = (plm_store){.arena = {.w = t->arena.w}};
}

/* ---- memory ---- */

/* Allocates an array of any values. NULL = no memory. */
static void *allocate(const plm_store *t, size_t count, size_t size)
{
    size_t bytes = 0;
    return plm_checked_multiply(count, size, &bytes) ? plm_allocate_unset(t->arena.w, bytes)
                                                     : plm_allocate_array(t->arena.w, count, size);
}

/* Replaces *array by a copy that has memory for `to` items of `size` bytes. */
static plm_status grow_array(plm_store *t, void **array, int64_t to, size_t size)
{
    void *larger = allocate(t, (size_t)to, size);
    if (larger == NULL)
        return PLM_E_MEMORY;
    if (*array != NULL)
        memcpy(larger, *array, (size_t)t->rows * size);
    plm_release(t->arena.w, *array);
    *array = larger;
    return PLM_OK;
}

/* True if the table with memory for `to` rows would be above the limit. */
static bool is_above_limit(const plm_store *t, int64_t to)
{
    size_t row = sizeof *t->line;
    for (size_t i = 0; i < t->columns; i++)
        row += sizeof *t->column[i].number +
               (t->column[i].code != NULL ? sizeof *t->column[i].code : 0);
    const double bytes = (double)row * (double)to + (double)plm_arena_bytes(&t->arena);
    return t->most_bytes > 0 && bytes > (double)t->most_bytes;
}

/* Returns the next capacity: that of the rows that are expected, and some more, or twice the
 * present one. */
static int64_t next_capacity(const plm_store *t)
{
    const int64_t twice = t->capacity > 0 ? 2 * t->capacity : FIRST;
    const int64_t whole = t->expected < INT64_MAX / 2 ? t->expected + t->expected / 16 : 0;
    return whole > twice && !is_above_limit(t, whole) ? whole : twice;
}

/* Enlarges all columns. Errors: E_DATA above the limit. */
static plm_status grow(plm_store *t, const char *where)
{
    const int64_t to = next_capacity(t);
    if (is_above_limit(t, to))
        return plm_fail(t->arena.w, PLM_E_DATA, where,
                        "take fewer rows or columns, or allow more: max_memory=BYTES",
                        "the table needs more than %zu bytes of memory, after %lld rows",
                        t->most_bytes, (long long)t->rows);
    PLM_TRY(grow_array(t, (void **)&t->line, to, sizeof *t->line));
    for (size_t i = 0; i < t->columns; i++) {
        plm_raw_column *c = &t->column[i];
        PLM_TRY(grow_array(t, (void **)&c->number, to, sizeof *c->number));
        if (c->code != NULL)
            PLM_TRY(grow_array(t, (void **)&c->code, to, sizeof *c->code));
    }
    t->capacity = to;
    return PLM_OK;
}

/* ---- texts ---- */

/* Allocates the codes of a column, when its first text comes; all cells before it are plain numbers
 * or missing. */
static plm_status begin_codes(plm_store *t, plm_raw_column *c)
{
    c->code = allocate(t, (size_t)t->capacity, sizeof *c->code);
    if (c->code == NULL)
        return PLM_E_MEMORY;
    for (int64_t i = 0; i < t->rows; i++)
        c->code[i] = isnan(c->number[i]) ? PLM_CODE_MISSING : PLM_CODE_PLAIN;
    return PLM_OK;
}

/* Returns a copy of t->copy among the texts of the table. NULL = no memory. */
static const char *pool_text(plm_store *t)
{
    const size_t bytes = t->copy.length + 1;
    if (bytes > POOL / 4)
        return plm_arena_text(&t->arena, plm_text_get(&t->copy), t->copy.length);
    if (bytes > t->left) {
        t->pool = plm_arena_take(&t->arena, POOL);
        t->left = t->pool != NULL ? POOL : 0;
        if (t->pool == NULL)
            return NULL;
    }
    char *at = t->pool;
    memcpy(at, plm_text_get(&t->copy), bytes);
    t->pool += bytes;
    t->left -= bytes;
    return at;
}

/* True if the column may keep one more word. Above PLM_STORE_WORDS it may only if all of them fit a
 * common format. */
static bool may_keep(plm_raw_column *c, const char *word)
{
    if (c->words < PLM_STORE_WORDS || c->keep)
        return true;
    if (c->words == PLM_STORE_WORDS) {
        c->common = ~0u;
        for (size_t i = 0; i < c->words && c->common != 0; i++)
            c->common &= plm_cell_read(c->word[i]).fits;
    }
    c->common &= plm_cell_read(word).fits;
    return c->common != 0;
}

/* Appends a word to the list of a column. */
static plm_status add_word(plm_store *t, plm_raw_column *c, size_t *at)
{
    const char *copy = pool_text(t);
    const char **list =
        plm_arena_grow(&t->arena, (void *)c->word, c->words, &c->word_room, sizeof *c->word);
    if (copy == NULL || list == NULL)
        return PLM_E_MEMORY;
    c->word = list;
    c->word[c->words] = copy;
    *at = c->words++;
    return plm_index_put(&c->find, copy, *at);
}

/* Stores t->copy as the text of a cell in the row that is being added. at: its place in the words;
 * SIZE_MAX = it is new. Drops all codes of the
 * column if it has too many different words; the words stay, for messages. */
static plm_status add_text(plm_store *t, plm_raw_column *c, size_t at)
{
    c->texts++;
    c->number[t->rows] = (double)INFINITY;
    if (c->many)
        return PLM_OK;
    if (at == SIZE_MAX && !may_keep(c, plm_text_get(&t->copy))) {
        plm_release(t->arena.w, c->code);
        c->code = NULL;
        c->many = true;
        return PLM_OK;
    }
    if (c->code == NULL)
        PLM_TRY(begin_codes(t, c));
    if (at == SIZE_MAX)
        PLM_TRY(add_word(t, c, &at));
    c->code[t->rows] = (int32_t)at;
    return PLM_OK;
}

/* Stores a cell that is no plain number: it is missing, a number in another form, or a text. */
static plm_status add_other(plm_store *t, plm_raw_column *c, const char *s, size_t n)
{
    double x = 0;
    if (n > 0 && !c->keep && plm_plain_other(s, n, &x)) {
        c->number[t->rows] = x;
        c->points += !plm_plain_is_whole(x);
        if (c->code != NULL)
            c->code[t->rows] = PLM_CODE_PLAIN;
        return PLM_OK;
    }
    t->copy.length = 0;
    plm_text_append(&t->copy, s, n);
    if (t->copy.failed)
        return PLM_E_MEMORY;
    const size_t at = n > 0 ? plm_index_find(&c->find, plm_text_get(&t->copy)) : SIZE_MAX;
    if (at != SIZE_MAX || (n > 0 && !plm_table_missing(plm_text_get(&t->copy))))
        return add_text(t, c, at);
    c->missing++;
    c->number[t->rows] = (double)NAN;
    if (c->code != NULL)
        c->code[t->rows] = PLM_CODE_MISSING;
    return PLM_OK;
}

plm_status plm_store_add(plm_store *t, int64_t line, const char *text, const plm_cell_span *cell,
                         const char *where)
{
    if (t->rows == t->capacity)
        PLM_TRY(grow(t, where));
    const int64_t row = t->rows;
    t->line[row] = line;
    for (size_t i = 0; i < t->columns; i++) {
        plm_raw_column *c = &t->column[i];
        plm_plain p;
        const char *s = text + cell[i].from;
        const size_t n = cell[i].to - cell[i].from;
        if (c->keep || !plm_plain_number(s, n, &p) || (p.group && t->keep_groups)) {
            PLM_TRY(add_other(t, c, s, n));
            continue;
        }
        c->number[row] = p.number;
        c->points += p.point && !p.group;
        c->groups += p.group;
        if (c->code != NULL)
            c->code[row] = PLM_CODE_PLAIN;
    }
    t->rows++;
    return PLM_OK;
}

void plm_store_keep(plm_store *t, const int64_t *row, int64_t rows)
{
    for (int64_t i = 0; i < rows; i++)
        t->line[i] = t->line[row[i]];
    for (size_t k = 0; k < t->columns; k++) {
        plm_raw_column *c = &t->column[k];
        for (int64_t i = 0; i < rows; i++)
            c->number[i] = c->number[row[i]];
        for (int64_t i = 0; i < rows && c->code != NULL; i++)
            c->code[i] = c->code[row[i]];
    }
    t->rows = rows;
}
