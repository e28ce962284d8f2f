/* Functions that all sources share: they open a source from a spec, make its runtime, and handle
 * memory, shapes and checks of its parts. A source checks everything that it reads: sizes before
 * memory is allocated for them, every number for NaN and infinity, and that weights are 0 or more.
 * So all later code, up to the layers of the net, can rely on its values. */
#include <string.h>

#include "base/paths.h"
#include "data/data.h"

enum { NAME_ROOM = 64 }; /* bytes of a short name, with its 0 byte */

/* Makes a source without rows. Its runtime has the options, kinds, kernels and threads of the
 * user's runtime, but a separate error record, since a thread that prefetches may record an error
 * while the user's thread records another one. */
plm_source *plm_source_new(plm *user)
{
    plm_source *s = plm_allocate(user, sizeof *s);
    if (!s)
        return NULL;
    s->w.options = user->options;
    s->w.families = user->families;
    s->w.kernel = user->kernel;
    s->w.pool = user->pool;
    plm_error_begin(&s->w);
    s->arena.w = &s->w;
    s->references = 1;
    s->rows = -1;
    s->name = "data";
    return s;
}

/* Returns the path of a file that a spec names: if it is relative, below the directory of the
 * runtime's options. NULL = no memory. */
const char *plm_source_path(plm_source *s, const char *path)
{
    return plm_path_below(&s->arena, s->w.options.directory, path);
}

plm_status plm_source_spill(plm_source *s, size_t memory, const char *folder)
{
    plm_spill *spill = plm_allocate(&s->w, sizeof *spill);
    if (!spill)
        return PLM_E_MEMORY;
    if (plm_spill_open(spill, &s->w, memory, folder)) {
        s->spill = spill;
        return PLM_OK;
    }
    plm_release(&s->w, spill);
    return plm_fail_memory(&s->w, "");
}

/* Releases one reference; the last one frees the source. A source is shared by the streams that
 * were split off. Its runtime is a member of the source, so a copy of the runtime is made to free
 * the memory of the source. */
void plm_source_release(plm_source *s)
{
    if (!s || --s->references > 0)
        return;
    if (s->kind && s->kind->close)
        s->kind->close(s);
    for (int i = 0; i < PLM_PARTS; i++)
        plm_release(&s->w, s->table[i].owned);
    plm_arena_free(&s->arena);
    if (s->spill)
        plm_spill_close(s->spill, &s->w);
    plm_release(&s->w, s->spill);
    plm w = s->w; /* a copy, since s->w is a part of the memory that is freed */
    plm_release(&w, s);
}

/* Copies the last error of a source to the user's runtime, and returns status. */
plm_status plm_source_carry(plm *user, const plm_source *s, plm_status status)
{
    return plm_fail_again(user, &s->w.error, status);
}

/* Binds the spec and opens the source. */
static plm_status open_kind(plm_source *s, const char *text)
{
    const plm_spec *spec = NULL;
    const plm_kind *kind = NULL;
    const void *config = NULL;
    PLM_TRY(plm_spec_parse(&s->arena, text, &spec));
    s->spec = plm_spec_text(&s->arena, spec);
    if (!s->spec)
        return PLM_E_MEMORY;
    PLM_TRY(plm_kind_bind(&s->arena, "source", spec, &kind, &config));
    s->kind = (const plm_source_kind *)(const void *)kind;
    PLM_TRY(s->kind->open(s, config));
    return plm_source_settle(s);
}

/* Copies what the model knows about columns; NULL texts become "". known = NULL: nothing is known,
 * and targets are needed. */
static plm_status keep_known(plm_source *s, const plm_known_columns *known)
{
    s->known = known ? *known : (plm_known_columns){.wants_targets = true};
    s->known.inputs = s->known.inputs ? plm_arena_text(&s->arena, s->known.inputs, SIZE_MAX) : "";
    s->known.targets =
        s->known.targets ? plm_arena_text(&s->arena, s->known.targets, SIZE_MAX) : "";
    s->known.schema = s->known.schema ? plm_arena_text(&s->arena, s->known.schema, SIZE_MAX) : "";
    s->known.columns =
        s->known.columns ? plm_arena_text(&s->arena, s->known.columns, SIZE_MAX) : "";
    return s->known.inputs && s->known.targets && s->known.schema && s->known.columns
               ? PLM_OK
               : PLM_E_MEMORY;
}

/* Opens a source from a spec ("csv('a.csv')"). known: copied; may be NULL. An error is recorded on
 * the source's own runtime first, and then copied to the user's. */
plm_status plm_source_open(plm *user, const char *spec, const plm_known_columns *known,
                           plm_source **out)
{
    *out = NULL;
    plm_source *s = plm_source_new(user);
    if (!s)
        return PLM_E_MEMORY;
    plm_status status = keep_known(s, known);
    status = status < 0 ? status : open_kind(s, spec);
    if (status < 0) {
        const plm_status reported = plm_source_carry(user, s, status);
        plm_source_release(s);
        return reported;
    }
    *out = s;
    return PLM_OK;
}

/* Returns the number of parts of a row: inputs, targets, and one for the weights if there are
 * any. */
int plm_source_parts(const plm_source *s)
{
    return s->inputs + s->targets + s->weighted;
}

/* Returns the index of the part with the weights; -1 = there are none. */
int plm_source_weight(const plm_source *s)
{
    return s->weighted ? s->inputs + s->targets : -1;
}

/* A generator's rows come from the program, so the hint is about its function. */
plm_status plm_source_fail_empty(plm_source *s, const char *where)
{
    const bool generated = strcmp(s->kind ? s->kind->kind.name : "", "generator") == 0;
    return plm_fail(&s->w, PLM_E_DATA, where,
                    generated ? "let the function next of your plm_generator write rows, and set "
                                "batch->rows to their number, until the epoch ends"
                              : "use data with at least one row",
                    generated ? "the generator gave no rows in this epoch"
                              : "the data has no rows");
}

/* Checks the parts of an open source and sets their ranks. A part with one value per row gets the
 * rank that its users expect: layers (inputs) 1, losses (targets) 0. */
plm_status plm_source_settle(plm_source *s)
{
    const char *where = s->spec ? s->spec : s->name;
    if (s->rows == 0)
        return plm_source_fail_empty(s, where);
    for (int i = 0; i < plm_source_parts(s); i++) {
        plm_table *t = &s->table[i];
        if (t->width != 1 && i == plm_source_weight(s))
            return plm_fail(&s->w, PLM_E_SHAPE, where, "use one weight for each row",
                            "%s: there are %zu weights per row, instead of one", t->name, t->width);
        if (t->width == 0)
            return plm_fail(&s->w, PLM_E_SHAPE, where, "every row needs at least one value",
                            "%s: a row has no values", t->name);
        if (i < s->inputs && t->rank == 0) {
            t->rank = 1;
            t->dims[0] = 1;
        }
        if (i >= s->inputs && t->width == 1)
            t->rank = 0;
    }
    return PLM_OK;
}

/* Allocates the rows of a part, [rows][width]. The memory is not initialized, since reading fills
 * it. */
void *plm_source_take_rows(plm_source *s, plm_table *t, int64_t rows)
{
    size_t numbers = 0, bytes = 0;
    if (!plm_checked_multiply((size_t)rows, t->width, &numbers) ||
        !plm_checked_multiply(numbers, plm_element_size(t->element), &bytes)) {
        (void)plm_fail(&s->w, PLM_E_FORMAT, t->name, "the file is damaged, or has another format",
                       "the sizes in the file are larger than memory");
        return NULL;
    }
    t->owned = plm_allocate_unset(&s->w, bytes);
    t->rows = t->owned;
    return t->owned;
}

/* Sets rank, dims and width of a part from the shape [rows, ...]. Sizes come from a file, so their
 * product is checked before anything is allocated. */
plm_status plm_source_shape(plm_source *s, plm_table *t, int rank, const int64_t *dims)
{
    if (rank < 1 || rank > PLM_ROW_RANK + 1)
        return plm_fail(&s->w, PLM_E_SHAPE, t->name,
                        "use an array with 1 to 8 dimensions, rows first",
                        "the array has %d dimensions", rank);
    int64_t numbers = 0;
    size_t bytes = 0;
    if (!plm_checked_product(rank, dims, &numbers) ||
        !plm_checked_multiply((size_t)numbers, plm_element_size(t->element), &bytes) ||
        bytes > SIZE_MAX / 2)
        return plm_fail(&s->w, PLM_E_FORMAT, t->name, "the file is damaged, or has another format",
                        "the sizes in the file are larger than memory");
    if (dims[0] == 0)
        return plm_source_fail_empty(s, t->name);
    t->rank = rank - 1;
    for (int i = 0; i + 1 < rank; i++)
        t->dims[i] = dims[i + 1];
    t->width = (size_t)(numbers / dims[0]);
    return PLM_OK;
}

/* Returns value i of a part's rows, as float32. */
static float number_at(const plm_table *t, const void *data, size_t i)
{
    float value = 0;
    plm_element_decode(t->element, &value, (const char *)data + i * plm_element_size(t->element),
                       1);
    return value;
}

/* Checks that the n values of the rows from first_row on are finite. */
static plm_status check_finite(plm_source *s, const plm_table *t, const void *data, size_t n,
                               int64_t first_row)
{
    const size_t bad = plm_element_first_bad_by(s->w.options.isa, t->element, data, n);
    if (bad == n)
        return PLM_OK;
    const float value = number_at(t, data, bad);
    const char *text = value != value ? "NaN"
                       : value > 0    ? "infinite, or too large for float32"
                                      : "minus infinite, or too large for float32";
    const long long row = (long long)(first_row + (int64_t)(bad / t->width));
    return plm_fail_code(
        &s->w, "D201",
        plm_fail(&s->w, PLM_E_DATA, t->name,
                 "remove the row or replace the value; rows and values are counted from 0",
                 "row %lld, number %zu is %s", row, bad % t->width, text));
}

/* Checks that every value in these rows of a part is finite, and that weights are 0 or more. rows
 * [rows][t->width]: as they were read. first_row: number of the first row, for messages. */
plm_status plm_source_check(plm_source *s, const plm_table *t, const void *data, int64_t rows,
                            int64_t first_row)
{
    PLM_TRY(check_finite(s, t, data, (size_t)rows * t->width, first_row));
    if (t - s->table != plm_source_weight(s) || t->width != 1) /* settle reports the width */
        return PLM_OK;
    for (int64_t i = 0; i < rows; i++)
        if (number_at(t, data, (size_t)i) < 0)
            return plm_fail(&s->w, PLM_E_DATA, t->name,
                            "use weights of 0 or more; rows are counted from 0",
                            "row %lld has the weight %g", (long long)(first_row + i),
                            (double)number_at(t, data, (size_t)i));
    return PLM_OK;
}

/* Returns the number of classes: 1 + the largest label. 0 = the part has no classes, since a label
 * is below 0, or MOST or more. */
int64_t plm_source_count_classes(const plm_source *s, const plm_table *t)
{
    enum { MOST = 65536 };
    if (!t->rows || t->width != 1 || plm_element_is_float(t->element))
        return 0;
    int64_t greatest = -1;
    for (int64_t i = 0; i < s->rows; i++) {
        float label = 0;
        plm_element_decode(t->element, &label,
                           (const char *)t->rows + (size_t)i * plm_element_size(t->element), 1);
        if (label < 0 || label >= MOST)
            return 0;
        if ((int64_t)label > greatest)
            greatest = (int64_t)label;
    }
    return greatest + 1;
}

/* True for letters, digits and '-', which are kept in a short name. */
static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

/* Returns the name of the file if there is one, otherwise the name of the source. */
const char *plm_source_title(const plm_source *s)
{
    return s->file ? s->file : s->name;
}

/* Makes the short name: the file's name up to its first point (except one at the beginning), with
 * '_' for each byte that is_plain rejects. */
const char *plm_source_short_name(plm_source *s, const char *path)
{
    const char *start = strrchr(path, '/');
    start = start ? start + 1 : path;
    char name[NAME_ROOM];
    size_t n = 0;
    for (; n + 1 < sizeof name && start[n] && (start[n] != '.' || n == 0); n++)
        name[n] = is_plain(start[n]) ? start[n] : '_';
    if (n == 0)
        name[n++] = '_';
    const char *kept = plm_arena_text(&s->arena, name, n);
    return kept ? kept : "data";
}
