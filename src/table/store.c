/* Collects the cells of a table column by column, and counts what they are. */
#include "table/store.h"

#include <math.h>
#include <string.h>

plm_status plm_store_open(plm_store *t, size_t columns)
{
    t->columns = columns;
    t->column = plm_arena_array(&t->arena, columns, sizeof *t->column);
    if (t->column == NULL)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < columns; i++) {
        t->column[i].find.arena = &t->arena;
        t->column[i].odd_row = -1;
        t->column[i].low = (double)INFINITY;
        t->column[i].high = -(double)INFINITY;
    }
    return PLM_OK;
}

/* Frees the codes of a column that has too many different words. The words stay, for messages. */
static void drop_codes(plm_store *t, plm_raw_column *c)
{
    plm_release(t->arena.w, c->code);
    c->code = NULL;
}

void plm_store_free(plm_store *t)
{
    for (size_t i = 0; i < t->columns; i++) {
        plm_release(t->arena.w, t->column[i].number);
        plm_release(t->arena.w, t->column[i].code);
    }
    plm_release(t->arena.w, t->line);
    plm_arena_free(&t->arena);
    *t = (plm_store){.arena = {.w = t->arena.w}};
}

/* Replaces *array by a copy that has memory for `to` items of `size` bytes. */
static plm_status grow_array(plm_store *t, void **array, int64_t to, size_t size)
{
    void *larger = plm_allocate_array(t->arena.w, (size_t)to, size);
    if (larger == NULL)
        return PLM_E_MEMORY;
    if (*array != NULL)
        memcpy(larger, *array, (size_t)t->rows * size);
    plm_release(t->arena.w, *array);
    *array = larger;
    return PLM_OK;
}

/* Doubles the capacity of all columns. */
static plm_status grow(plm_store *t)
{
    const int64_t to = t->capacity > 0 ? 2 * t->capacity : 256;
    const bool first = t->capacity == 0;
    PLM_TRY(grow_array(t, (void **)&t->line, to, sizeof *t->line));
    for (size_t i = 0; i < t->columns; i++) {
        plm_raw_column *c = &t->column[i];
        PLM_TRY(grow_array(t, (void **)&c->number, to, sizeof *c->number));
        if (first || c->code != NULL)
            PLM_TRY(grow_array(t, (void **)&c->code, to, sizeof *c->code));
    }
    t->capacity = to;
    return PLM_OK;
}

/* Sets the code of a cell, which is a new word or one that the column has already. */
static plm_status keep_word(plm_store *t, plm_raw_column *c, const char *cell)
{
    size_t at = plm_index_find(&c->find, cell);
    if (at == SIZE_MAX && c->words == PLM_STORE_WORDS) {
        drop_codes(t, c);
        return PLM_OK;
    }
    if (at == SIZE_MAX) {
        const char *copy = plm_arena_text(&t->arena, cell, SIZE_MAX);
        const char **list =
            plm_arena_grow(&t->arena, (void *)c->word, c->words, &c->word_room, sizeof *c->word);
        if (copy == NULL || list == NULL)
            return PLM_E_MEMORY;
        c->word = list;
        c->word[c->words] = copy;
        at = c->words++;
        PLM_TRY(plm_index_put(&c->find, copy, at));
    }
    c->code[t->rows] = (int32_t)at;
    return PLM_OK;
}

/* Counts a cell that is a number or a date. */
static void count_number(plm_store *t, plm_raw_column *c, double x)
{
    c->low = x < c->low ? x : c->low;
    c->high = x > c->high ? x : c->high;
    c->whole += x == floor(x);
    c->steps += t->rows > 0 && x == c->number[t->rows - 1] + 1;
}

/* Counts a cell that is neither a number nor a date. */
static plm_status count_word(plm_store *t, plm_raw_column *c, const char *cell)
{
    c->others++;
    c->letters += (int64_t)strlen(cell);
    for (const char *s = cell; *s != '\0'; s++)
        c->blanks += *s == ' ';
    if (c->odd_row >= 0)
        return PLM_OK;
    c->odd_row = t->rows;
    c->odd = plm_arena_text(&t->arena, cell, SIZE_MAX);
    return c->odd != NULL ? PLM_OK : PLM_E_MEMORY;
}

/* Stores a cell in the row that is being added. */
static plm_status add_cell(plm_store *t, plm_raw_column *c, const char *cell)
{
    double x = (double)NAN;
    if (plm_table_missing(cell)) {
        c->missing++;
        c->number[t->rows] = (double)NAN;
        if (c->code != NULL)
            c->code[t->rows] = -1;
        return PLM_OK;
    }
    if (plm_table_number(cell, &x)) {
        c->numbers++;
        count_number(t, c, x);
    } else if (plm_table_date(cell, &x)) {
        c->dates++;
        count_number(t, c, x);
    } else {
        x = (double)INFINITY;
        PLM_TRY(count_word(t, c, cell));
    }
    c->number[t->rows] = x;
    return c->code != NULL ? keep_word(t, c, cell) : PLM_OK;
}

plm_status plm_store_add(plm_store *t, int64_t line, const char *text, const size_t *start)
{
    if (t->rows == t->capacity)
        PLM_TRY(grow(t));
    t->line[t->rows] = line;
    for (size_t i = 0; i < t->columns; i++)
        PLM_TRY(add_cell(t, &t->column[i], text + start[i]));
    t->rows++;
    return PLM_OK;
}
