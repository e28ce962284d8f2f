/* The text of a schema, of any bytes: read or refused. What is read is printed, read again, and
 * followed for a small table. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "table/schema.h"

/* Adds rows of words, numbers and gaps to a table with three columns. */
static plm_status fill(plm_store *t)
{
    static const char text[] = "                a1.5 2024-01-31                ";
    const plm_cell_span cell[3] = {{16, 17}, {17, 20}, {21, 31}};
    static const char *const name[3] = {"a", "b", "c"};
    PLM_TRY(plm_store_open(t, 3));
    t->header = true;
    for (int i = 0; i < 3; i++)
        t->column[i].name = name[i];
    for (int i = 0; i < 3; i++)
        PLM_TRY(plm_store_add(t, i + 1, text, cell, "fuzz"));
    return plm_store_settle(t);
}

/* Encodes the columns of the table that the schema finds in it. */
static void follow(const plm_schema *s, plm_store *t)
{
    size_t place[64];
    float out[3 * 512];
    if (s->columns > 64 || plm_schema_match(s, t, true, "fuzz", place) < 0)
        return;
    for (size_t i = 0; i < s->columns; i++)
        if (place[i] != SIZE_MAX && plm_column_has_words(&s->column[i]) &&
            plm_store_code(t, place[i]) < 0)
            return;
    if (plm_schema_check(s, t, place, "fuzz") < 0)
        return;
    for (size_t i = 0; i < s->columns; i++)
        if (place[i] != SIZE_MAX && plm_column_width(&s->column[i]) <= 512)
            (void)!plm_column_encode(&s->column[i], t, place[i], out,
                                     plm_column_width(&s->column[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    plm *w = plm_open(PLM_OPTIONS(.threads = 1, .unpinned = true));
    plm_arena a = {.w = w};
    plm_store t = {.arena = {.w = w}};
    plm_schema *s = NULL, *again = NULL;
    char *text = plm_arena_text(&a, (const char *)bytes, n);
    if (plm_schema_read(&a, text, "fuzz", &s) >= 0) {
        plm_text out = {.w = w};
        plm_schema_print(&out, s);
        if (plm_schema_read(&a, plm_text_get(&out), "printed", &again) < 0)
            abort();
        plm_schema_report(&out, s, 0);
        plm_text_free(&out);
        if (fill(&t) >= 0)
            follow(s, &t);
    }
    plm_store_free(&t);
    plm_arena_free(&a);
    plm_close(w);
    return 0;
}
