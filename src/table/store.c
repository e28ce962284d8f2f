/* Keeps the raw columns of a table: their memory, and the texts of cells that are not plain
 * numbers, each different text once. batch.c reads the plain numbers. Whether a column is numbers,
 * words or both is known only at its end. So each cell is kept as a number, with special values for
 * others (NaN = missing, infinity = a text), and different texts are numbered in the order in which
 * they appear. The codes of a column (the numbers of its texts) are allocated when its first text
 * comes. A column with too many different texts, such as free text, keeps no codes: it cannot be
 * encoded anyway, unless all its texts have a common format such as a date. Most tables repeat few
 * words again and again: the last ones found are kept in a cache, indexed by eight bytes at either
 * end of the text (recent_place), which avoids the search in the index. */
#include "table/store.h"

#include <math.h>
#include <string.h>

#include "table/plain.h"

/* FIRST: initial capacity in rows. POOL: bytes of a block of memory for texts. */
enum { FIRST = 256, POOL = 1 << 16 };

/* Opens a table. The arrays of the columns are allocated when the first row is stored. */
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

/* Allocates a batch. Its sizes are products of numbers from the file, so they are checked for
 * overflow. */
plm_status plm_store_batch_open(const plm_store *t, plm_store_batch *b, size_t most)
{
    plm *w = t->arena.w;
    size_t cells = 0, marks = 0;
    b->most = most;
    b->marks = (most + 63) / 64;
    if (!plm_checked_multiply(most, t->columns * sizeof *b->cell, &cells) ||
        !plm_checked_multiply(b->marks, t->columns * sizeof *b->odd, &marks))
        return plm_fail_memory(w, "the memory of a batch of rows");
    b->cell = plm_allocate_unset(w, cells);
    b->odd = plm_allocate_unset(w, marks);
    b->sum = plm_allocate_array(w, t->columns, sizeof *b->sum);
    return b->cell && b->odd && b->sum ? PLM_OK : PLM_E_MEMORY;
}

/* Frees a batch. May also be called for a batch that could not be opened. */
void plm_store_batch_free(const plm_store *t, plm_store_batch *b)
{
    plm_release(t->arena.w, b->cell);
    plm_release(t->arena.w, b->odd);
    plm_release(t->arena.w, b->sum);
    *b = (plm_store_batch){.rows = 0};
}

/* Frees a table. Numbers and codes grow, so they are separate blocks; everything else is in the
 * arena. */
void plm_store_free(plm_store *t)
{
    for (size_t i = 0; i < t->columns; i++) {
        plm_release(t->arena.w, t->column[i].number);
        plm_release(t->arena.w, t->column[i].code);
        plm_release(t->arena.w, t->column[i].carried);
    }
    plm_release(t->arena.w, t->line);
    plm_release(t->arena.w, t->before);
    plm_release(t->arena.w, t->batch.text);
    plm_store_batch_free(t, &t->batch);
    plm_text_free(&t->copy);
    plm_arena_free(&t->arena);
    *t = (plm_store){.arena = {.w = t->arena.w}};
}

/* ---- memory ---- */

/* Allocates an array without initializing it. NULL = no memory. */
static void *allocate(const plm_store *t, size_t count, size_t size)
{
    size_t bytes = 0;
    return plm_checked_multiply(count, size, &bytes) ? plm_allocate_unset(t->arena.w, bytes)
                                                     : plm_allocate_array(t->arena.w, count, size);
}

/* Replaces *array by a copy with capacity for `to` elements of `size` bytes. */
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

/* Returns the number of bytes that the cells of `rows` rows need. */
static double bytes_of(const plm_store *t, int64_t rows)
{
    size_t row = sizeof *t->line;
    for (size_t i = 0; i < t->columns; i++)
        row += sizeof *t->column[i].number +
               (t->column[i].code != NULL ? sizeof *t->column[i].code : 0);
    return (double)row * (double)rows + (double)plm_arena_bytes(&t->arena);
}

/* True if the memory for `rows` rows is larger than `factor` times the limit. */
static bool is_above(const plm_store *t, int64_t rows, double factor)
{
    return t->most_bytes > 0 && bytes_of(t, rows) > factor * (double)t->most_bytes;
}

/* Fails with E_DATA because the cells of the table do not fit into the allowed memory. */
static plm_status fail_memory(const plm_store *t, const char *where)
{
    static const char hint[] = "use fewer rows or columns; max_memory=BYTES sets the limit";
    if (t->expected > t->rows)
        return plm_fail(t->arena.w, PLM_E_DATA, where, hint,
                        "the table has about %lld rows, whose cells need %.3g GB of memory; the "
                        "limit is %.3g GB",
                        (long long)t->expected, bytes_of(t, t->expected) / 1e9,
                        (double)t->most_bytes / 1e9);
    return plm_fail(t->arena.w, PLM_E_DATA, where, hint,
                    "the table needs more than %zu bytes of memory, after %lld rows", t->most_bytes,
                    (long long)t->rows);
}

/* Returns the next capacity: somewhat more than the expected number of rows, or twice the current
 * capacity. */
static int64_t next_capacity(const plm_store *t)
{
    const int64_t twice = t->capacity > 0 ? 2 * t->capacity : FIRST;
    const int64_t whole = t->expected < INT64_MAX / 2 ? t->expected + t->expected / 16 : 0;
    return whole > twice && !is_above(t, whole, 1) ? whole : twice;
}

/* Enlarges all columns. The expected number of rows is an estimate, so the table is rejected in
 * advance only if it would exceed the memory limit by half. */
plm_status plm_store_grow(plm_store *t, const char *where)
{
    const int64_t to = next_capacity(t);
    if (is_above(t, t->expected, 1.5) || is_above(t, to, 1))
        return fail_memory(t, where);
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

/* Allocates the codes of a column when its first text is stored: for all rows, including those that
 * are being read from batches, whose cells so far are plain numbers or missing. */
static plm_status begin_codes(plm_store *t, plm_raw_column *c)
{
    c->code = allocate(t, (size_t)t->capacity, sizeof *c->code);
    c->recent = plm_arena_array(&t->arena, PLM_STORE_RECENT, sizeof *c->recent);
    if (c->code == NULL || c->recent == NULL)
        return PLM_E_MEMORY;
    for (int64_t i = 0; i < t->rows + t->taken; i++)
        c->code[i] = isnan(c->number[i]) ? PLM_CODE_MISSING : PLM_CODE_PLAIN;
    return PLM_OK;
}

/* Copies t->copy into the memory for texts and returns the copy. NULL = no memory. */
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

/* True if the column may keep one more word. Beyond PLM_STORE_WORDS words it may only if all words
 * fit a common format. */
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

/* Stores t->copy as the text of the cell in a row. at: its index in the words; SIZE_MAX = the text
 * is new. Drops all codes of the column if it has too many different words; the words are kept, for
 * messages. */
static plm_status add_text(plm_store *t, plm_raw_column *c, int64_t row, size_t *at)
{
    if (*at == SIZE_MAX && !may_keep(c, plm_text_get(&t->copy))) {
        plm_release(t->arena.w, c->code);
        c->code = NULL;
        c->many = true;
        return PLM_OK;
    }
    if (c->code == NULL)
        PLM_TRY(begin_codes(t, c));
    if (*at == SIZE_MAX)
        PLM_TRY(add_word(t, c, at));
    c->code[row] = (int32_t)*at;
    return PLM_OK;
}

/* Returns the index in c->recent at which the text s[n] is cached, if it is. */
static size_t recent_place(const char *s, size_t n)
{
    uint64_t first = plm_eight_bytes(s), last = plm_eight_bytes(s + n - PLM_EIGHT);
    if (n < PLM_EIGHT) {
        first &= (UINT64_C(1) << 8 * n) - 1;
        last = 0;
    }
    return (size_t)((first ^ last << 7 ^ n) * UINT64_C(0x9E3779B97F4A7C15) >> 58);
}

/* Returns the index in `word` of a text that was found recently; -1 = it is not in the cache. */
static int32_t recent_word(const plm_raw_column *c, const char *s, size_t n)
{
    const int32_t at = c->code != NULL && n > 0 ? c->recent[recent_place(s, n)] - 1 : -1;
    return at < 0 || strncmp(c->word[at], s, n) != 0 || c->word[at][n] != '\0' ? -1 : at;
}

/* Returns the index in `word` of a text; SIZE_MAX = it is not there, or there are too many words.
 * */
static size_t find_word(const plm_raw_column *c, const char *text)
{
    return *text != '\0' && !c->many ? plm_index_find(&c->find, text) : SIZE_MAX;
}

/* Stores the number and the code of a cell. */
static void set_cell(const plm_raw_column *c, int64_t row, double number, int32_t code)
{
    c->number[row] = number;
    if (c->code != NULL)
        c->code[row] = code;
}

/* True if a text stands for a missing cell in this column. */
static bool is_gap(const plm_raw_column *c, const char *text)
{
    return *text == '\0' || (!c->literal && plm_table_missing(text));
}

/* True for the text NA. */
static bool is_na(const char *s, size_t n)
{
    return n == 2 && s[0] == 'N' && s[1] == 'A';
}

/* Stores a cell that is not a plain number: its text, or the fact that it is missing. */
static plm_status add_word_or_gap(plm_store *t, plm_raw_column *c, int64_t row, const char *s,
                                  size_t n)
{
    t->copy.length = 0;
    s = plm_trim_wide(s, &n);
    plm_text_append(&t->copy, s, n);
    if (t->copy.failed)
        return PLM_E_MEMORY;
    size_t at = n > 0 ? find_word(c, plm_text_get(&t->copy)) : SIZE_MAX;
    if (at == SIZE_MAX && is_gap(c, plm_text_get(&t->copy))) {
        c->missing++;
        c->na += is_na(s, n);
        set_cell(c, row, (double)NAN, PLM_CODE_MISSING);
        return PLM_OK;
    }
    c->texts++;
    c->number[row] = (double)INFINITY;
    if (c->many)
        return PLM_OK;
    PLM_TRY(add_text(t, c, row, &at));
    if (c->code != NULL)
        c->recent[recent_place(s, n)] = (int32_t)at + 1;
    return PLM_OK;
}

/* Stores a cell that is not a plain number. A column with `keep` set keeps the text of every cell.
 * */
plm_status plm_store_other(plm_store *t, size_t column, int64_t row, const char *s, size_t n)
{
    plm_raw_column *c = &t->column[column];
    double x = 0;
    const int32_t recent = recent_word(c, s, n);
    if (recent >= 0) {
        c->texts++;
        set_cell(c, row, (double)INFINITY, recent);
        return PLM_OK;
    }
    if (n == 0 || c->keep || !plm_plain_other(s, n, &x))
        return add_word_or_gap(t, c, row, s, n);
    c->points += !plm_plain_is_whole(x);
    set_cell(c, row, x, PLM_CODE_PLAIN);
    return PLM_OK;
}

/* Finds a text that is not a number among those of the column. If texts are no longer kept, since
 * there are too many, any text is regarded as known. False: the text is new. */
static bool find_known(const plm_raw_column *c, const char *text, int32_t *code)
{
    const size_t at = find_word(c, text);
    const bool gap = at == SIZE_MAX && is_gap(c, text);
    *code = gap ? PLM_CODE_MISSING : at == SIZE_MAX ? PLM_CODE_PLAIN : (int32_t)at;
    return gap || c->many || (at != SIZE_MAX && c->code != NULL);
}

/* Stores a cell if it needs no memory. The column may get further words later in the same batches,
 * but the indices of its words do not change. */
bool plm_store_known(const plm_store *t, size_t column, int64_t row, const char *s, size_t n,
                     plm_batch_sum *sum)
{
    enum { LONGEST = 128 };
    const plm_raw_column *c = &t->column[column];
    char text[LONGEST];
    double x = 0;
    int32_t code = recent_word(c, s, n);
    if (code < 0 && n > 0 && !c->keep && plm_plain_other(s, n, &x)) {
        sum->points += !plm_plain_is_whole(x);
        set_cell(c, row, x, PLM_CODE_PLAIN);
        return true;
    }
    if (code < 0) {
        s = plm_trim_wide(s, &n);
        if (n >= LONGEST)
            return false;
        memcpy(text, s, n);
        text[n] = '\0';
        if (!find_known(c, text, &code))
            return false;
    }
    sum->missing += code == PLM_CODE_MISSING;
    sum->na += code == PLM_CODE_MISSING && is_na(s, n);
    sum->texts += code != PLM_CODE_MISSING;
    set_cell(c, row, code == PLM_CODE_MISSING ? (double)NAN : (double)INFINITY, code);
    return true;
}

/* Removes rows. row [rows] is ascending, so the remaining rows can be moved to the front in place.
 * */
void plm_store_keep(plm_store *t, const int64_t *row, int64_t rows)
{
    for (int64_t i = 0; i < rows; i++)
        t->line[i] = t->line[row[i]];
    for (int64_t i = 0; i < rows && t->before != NULL; i++)
        t->before[i] = t->before[row[i]];
    for (size_t k = 0; k < t->columns; k++) {
        plm_raw_column *c = &t->column[k];
        for (int64_t i = 0; i < rows; i++)
            c->number[i] = c->number[row[i]];
        for (int64_t i = 0; i < rows && c->code != NULL; i++)
            c->code[i] = c->code[row[i]];
        for (int64_t i = 0; i < rows && c->carried != NULL; i++)
            c->carried[i] = c->carried[row[i]];
    }
    t->rows = rows;
}
