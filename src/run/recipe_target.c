/* Says which columns a table has when the user names none to predict, see recipe_target.h. Only the
 * first line is read, and any trouble in reading only makes the hint shorter: the error is about
 * the target. */
#include "run/recipe_target.h"

#include "base/split.h"
#include "base/stream.h"
#include "data/cells.h"

/* Adds the cells of the line that was read, if they are names: none is empty or a number. */
static void add_names(const plm_cells *c, plm_text *hint)
{
    double number = 0;
    for (size_t i = 0; i < c->cells; i++) {
        const char *cell = c->text + c->start[i];
        if (*cell == '\0' || plm_read_real(cell, &number))
            return;
    }
    for (size_t i = 0; i < c->cells; i++) {
        const bool fits = hint->length < PLM_HINT_CAPACITY - 60;
        plm_text_format(hint, "%s%.40s",
                        i > 0 ? ", " : ". Its columns: ", fits ? c->text + c->start[i] : "...");
        if (!fits)
            return;
    }
}

/* Reads the first line of a text file. */
static void read_names(plm *w, const char *table, plm_text *hint)
{
    plm_cells c = {.w = w, .path = table};
    bool got = false;
    plm_status status = plm_reader_open(w, table, &c.reader);
    if (status >= 0)
        status = plm_cells_open(&c);
    if (status >= 0)
        status = plm_cells_delimiter(&c, table, "auto");
    if (status >= 0)
        status = plm_cells_next(&c, &got);
    if (status >= 0 && got && c.cells > 1)
        add_names(&c, hint);
    plm_cells_close(&c);
}

plm_status plm_recipe_fail_target(plm_settings *s, const char *table)
{
    static const char *const texts[] = {".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz"};
    plm_text hint = {.w = s->w};
    plm_text_add(&hint, "name the column to predict: target=NAME; target=-1 is the last column");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (plm_ends_with(table, texts[i]))
            read_names(s->w, table, &hint);
    const plm_status status = plm_fail(s->w, PLM_E_SPEC, table, plm_text_get(&hint),
                                       "the target column of the table is not set");
    plm_text_free(&hint);
    return status;
}
