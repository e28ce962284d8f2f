/* Makes codes for numbers that are used as categories, such as classes 1, 2, 3. A code is the index
 * of a text among the different texts of the column. The texts of plain numbers are not kept, so
 * they are written again from their values: 1.50 becomes 1.5. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/notation.h"
#include "table/store.h"

/* Size of the hash table, with open addressing, that finds the code of a number. It is more than
 * twice PLM_STORE_WORDS, the max number of codes. */
enum { PLACES = 1 << 16 };
typedef struct {
    double number; /* a number of the column, never NaN */
    int32_t code;  /* 0 = free; else 1 + the code */
} place;

/* Returns the slot of a number in the hash table, or the free slot where it belongs. */
static place *place_of(place *table, double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    bits *= UINT64_C(0x9E3779B97F4A7C15);
    size_t at = (size_t)(bits >> 48) & (PLACES - 1);
    while (table[at].code != 0 && table[at].number != x)
        at = (at + 1) & (PLACES - 1);
    return &table[at];
}

/* Sets *code to the code of a number: that of its text if a cell has this text, otherwise a new
 * one. *code = PLM_CODE_PLAIN: there are too many different texts. */
static plm_status add_number(plm_store *t, plm_raw_column *c, double x, int32_t *code)
{
    char text[32];
    plm_text_from_number(x, text, sizeof text);
    size_t at = plm_index_find(&c->find, text);
    *code = PLM_CODE_PLAIN;
    if (at == SIZE_MAX && c->words >= PLM_STORE_WORDS)
        return PLM_OK;
    if (at == SIZE_MAX) {
        const char *copy = plm_arena_text(&t->arena, text, SIZE_MAX);
        const char **list =
            plm_arena_grow(&t->arena, (void *)c->word, c->words, &c->word_room, sizeof *c->word);
        if (copy == NULL || list == NULL)
            return PLM_E_MEMORY;
        c->word = list;
        c->word[c->words] = copy;
        at = c->words++;
        PLM_TRY(plm_index_put(&c->find, copy, at));
    }
    *code = (int32_t)at;
    return PLM_OK;
}

/* Fills the codes of the plain numbers. */
static plm_status fill(plm_store *t, plm_raw_column *c, place *table, int32_t *code)
{
    for (int64_t i = 0; i < t->rows; i++) {
        double x = c->number[i];
        code[i] = c->code != NULL ? c->code[i] : isnan(x) ? PLM_CODE_MISSING : PLM_CODE_PLAIN;
        if (code[i] != PLM_CODE_PLAIN)
            continue;
        x = x == 0 ? 0 : x; /* not -0 */
        place *p = place_of(table, x);
        if (p->code == 0) {
            PLM_TRY(add_number(t, c, x, &code[i]));
            if (code[i] == PLM_CODE_PLAIN) {
                c->many = true;
                return PLM_OK;
            }
            *p = (place){x, code[i] + 1};
        }
        code[i] = p->code - 1;
    }
    return PLM_OK;
}

/* Makes codes for a column. Equal numbers get one code, no matter how they were written, since only
 * their values were kept. */
plm_status plm_store_code(plm_store *t, size_t column)
{
    plm_raw_column *c = &t->column[column];
    if (c->coded || c->many)
        return PLM_OK;
    place *table = plm_allocate_array(t->arena.w, PLACES, sizeof *table);
    int32_t *code = plm_allocate_array(t->arena.w, (size_t)t->capacity, sizeof *code);
    const plm_status status = table && code ? fill(t, c, table, code) : PLM_E_MEMORY;
    plm_release(t->arena.w, table);
    if (status < 0 || c->many) {
        plm_release(t->arena.w, code);
        return status;
    }
    plm_release(t->arena.w, c->code);
    c->code = code;
    c->coded = true;
    return PLM_OK;
}

/* Compares two numbers for qsort, smaller ones first. */
static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Tests whether all cells differ. Texts differ if there are as many different ones as cells with
 * texts. Plain numbers are compared by sorting a copy: equal ones are then neighbours. */
plm_status plm_store_is_unique(const plm_store *t, size_t column, bool *out)
{
    const plm_raw_column *c = &t->column[column];
    int64_t n = 0;
    *out = c->missing == 0 && !c->many && (int64_t)c->words == (c->coded ? t->rows : c->texts);
    if (!*out || c->coded)
        return PLM_OK;
    double *x = plm_allocate_array(t->arena.w, (size_t)t->rows + 1, sizeof *x);
    if (x == NULL)
        return PLM_E_MEMORY;
    for (int64_t i = 0; i < t->rows; i++)
        if (c->code == NULL || c->code[i] == PLM_CODE_PLAIN)
            x[n++] = c->number[i];
    qsort(x, (size_t)n, sizeof *x, by_size);
    for (int64_t i = 1; i < n && *out; i++)
        *out = x[i] != x[i - 1];
    plm_release(t->arena.w, x);
    return PLM_OK;
}
