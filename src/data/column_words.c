/* Describes, for messages, which columns of a table became inputs and targets.
 *
 * Neighbouring columns are written as a range, so that a table of a thousand columns gets one
 * line. */
#include "data/columns.h"

enum { MOST_NAMES = 8 };

/* The columns of some parts, as indices in the table: part after part, and within a part in the
 * part's own order. */
typedef struct {
    size_t *column; /* [count] */
    size_t count;
} chosen;

/* Lists the columns of the parts first .. first + count - 1. The columns of each part are counted
 * first, to find where each part begins in the list; then they are entered. The caller frees
 * out->column. */
static plm_status choose(plm_source *s, const plm_columns *c, int first, int count, chosen *out)
{
    size_t begin[PLM_PARTS + 1] = {0};
    for (size_t i = 0; i < c->count; i++)
        for (int p = 0; p < count; p++)
            begin[p + 1] += c->part[i] == first + p;
    for (int p = 0; p < count; p++)
        begin[p + 1] += begin[p];
    *out = (chosen){.count = begin[count]};
    out->column = plm_allocate_array(&s->w, out->count + 1, sizeof *out->column);
    if (out->column == NULL)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < c->count; i++)
        if (c->part[i] >= first && c->part[i] < first + count)
            out->column[begin[c->part[i] - first] + c->place[i]] = i;
    return PLM_OK;
}

/* Appends the numbers of columns: "column 3", "columns 0 to 3", "columns 0, 2, 5". */
static void add_numbers(plm_text *t, const chosen *of)
{
    const size_t last = of->count - 1;
    bool run = last > 1;
    for (size_t i = 1; run && i < of->count; i++)
        run = of->column[i] == of->column[0] + i;
    plm_text_format(t, "column%s %zu", of->count > 1 ? "s" : "", of->column[0]);
    if (run)
        plm_text_format(t, " to %zu", of->column[last]);
    for (size_t i = 1; !run && i < of->count && i < MOST_NAMES; i++)
        plm_text_format(t, ", %zu", of->column[i]);
    if (!run && of->count > MOST_NAMES)
        plm_text_format(t, ", ... (%zu columns)", of->count);
}

/* Appends the names of columns, at most MOST_NAMES of them: "size, rooms, age". */
static void add_names(plm_text *t, const plm_columns *c, const chosen *of)
{
    for (size_t i = 0; i < of->count && i < MOST_NAMES; i++)
        plm_text_format(t, "%s%.40s", i > 0 ? ", " : "", c->name[of->column[i]]);
    if (of->count > MOST_NAMES)
        plm_text_format(t, ", ... (%zu columns)", of->count);
}

/* Lists the columns by their names if the table has a header, otherwise by their numbers. */
const char *plm_columns_words(plm_source *s, const plm_columns *c, int first, int count)
{
    chosen of = {0};
    plm_text t = {.w = &s->w};
    if (count > 0 && choose(s, c, first, count, &of) < 0)
        return NULL;
    if (of.count > 0 && c->name)
        add_names(&t, c, &of);
    else if (of.count > 0)
        add_numbers(&t, &of);
    const char *out = t.failed ? NULL : plm_arena_text(&s->arena, plm_text_get(&t), t.length);
    plm_text_free(&t);
    plm_release(&s->w, of.column);
    return out;
}
