/* Reads numpy arrays as a table: a .npy file, or all arrays of an .npz archive side by side. The
 * fields of a structured array are columns with names. An array [rows] of an archive is a column
 * with the name of the array, an array x [rows, n] is n columns: x0, x1, ... The columns of a .npy
 * file without fields have no names, like those of a CSV file without a header. Numbers are stored
 * directly; other values become texts, like the cells of any other file. */
#include <string.h>

#include "base/split.h"
#include "data/npy_header.h"
#include "data/npy_value.h"
#include "data/table_file.h"
#include "data/zip.h"

/* A column of an array. */
typedef struct {
    const char *title;          /* NULL = it has no name */
    const unsigned char *value; /* of the first row */
    size_t step;                /* bytes from one row to the next */
    plm_npy_type type;
} column;

/* The arrays while they are read. */
typedef struct {
    plm_table_file *f;
    column *column; /* [columns] */
    size_t columns, room;
    int64_t rows;          /* -1 = there was no array yet */
    const char *first;     /* name of the first array */
    unsigned char **block; /* [blocks] memory of the arrays, to be freed */
    size_t blocks;
    plm_text value; /* the text of a value */
} arrays;

/* An array: its name, "" for a .npy file, and its bytes with the header. */
typedef struct {
    const char *name;
    const unsigned char *byte; /* [bytes] */
    size_t bytes;
} array;

/* ---- columns ---- */

/* Fails for an array. what: the fault. */
static plm_status fail_array(const arrays *s, const array *a, plm_status status, const char *hint,
                             const char *what)
{
    if (*a->name == '\0')
        return plm_fail(s->f->w, status, s->f->name, hint, "the array %s", what);
    return plm_fail(s->f->w, status, s->f->name, hint, "array '%.60s' %s", a->name, what);
}

/* Returns the title of column i of an array. NULL: the column has no title or, if *failed is set,
 * memory ran out. */
static const char *title_of(const arrays *s, const array *a, const plm_npy_header *h, size_t i,
                            bool *failed)
{
    plm_arena *arena = s->f->arena;
    const char *title = NULL;
    if (!h->record && !*a->name)
        return NULL;
    if (h->record)
        title = plm_arena_text(arena, h->field[i].name, SIZE_MAX);
    else if (h->rank == 1)
        title = plm_arena_text(arena, a->name, SIZE_MAX);
    else
        title = plm_arena_format(arena, "%s%zu", a->name, i);
    *failed = title == NULL;
    return title;
}

/* Appends a column. */
static plm_status add_column(arrays *s, const column *c)
{
    plm_table_file *f = s->f;
    if (s->columns >= f->most_cells)
        return plm_fail(f->w, PLM_E_DATA, f->name, "table(..., max_columns=N) allows more",
                        "the arrays have more than %zu columns", f->most_cells);
    column *list = plm_arena_grow(f->arena, s->column, s->columns, &s->room, sizeof *list);
    if (list == NULL)
        return PLM_E_MEMORY;
    s->column = list;
    s->column[s->columns++] = *c;
    return PLM_OK;
}

/* Sets the type of each field, and how many bytes a row of fields takes. */
static plm_status read_types(const arrays *s, const array *a, const plm_npy_header *h,
                             plm_npy_type *type, size_t *bytes)
{
    *bytes = 0;
    for (size_t i = 0; i < h->fields; i++) {
        const char *text = h->field[i].type;
        if (text[strspn(text, "<>|=")] == 'O')
            return plm_npy_fail_type(s->f->w, s->f->name, text);
        if (!plm_npy_type_read(text, &type[i]))
            return plm_fail(s->f->w, PLM_E_UNSUPPORTED, s->f->name,
                            "save numbers, bool, texts or datetime64",
                            "%s%.60s%svalues of type '%.40s' cannot be read",
                            *a->name ? "array '" : "", a->name, *a->name ? "': " : "", text);
        *bytes += type[i].bytes;
    }
    return PLM_OK;
}

/* Checks that the array consists of rows, and that it has as many bytes as its shape needs. bytes:
 * of a value. n: number of available bytes. The multiplications are checked for overflow, since the
 * sizes in a header may be wrong. */
static plm_status check_shape(arrays *s, const array *a, const plm_npy_header *h, size_t bytes,
                              size_t n)
{
    size_t values = 0, all = 0;
    if (h->rank < 1 || h->rank > (h->record ? 1 : 2))
        return fail_array(s, a, PLM_E_SHAPE, "reshape the array to [rows, columns]",
                          "does not have the shape [rows] or [rows, columns]");
    const size_t width = h->rank == 2 ? (size_t)h->dims[1] : 1;
    if (!plm_checked_multiply((size_t)h->dims[0], width, &values) ||
        !plm_checked_multiply(values, bytes, &all) || all > n)
        return fail_array(s, a, PLM_E_FORMAT, "the file is truncated: download or create it again",
                          "has fewer bytes than its header says");
    if (s->rows >= 0 && h->dims[0] != s->rows)
        return plm_fail(s->f->w, PLM_E_SHAPE, s->f->name,
                        "save only arrays with the same rows, or a single array: numpy.save",
                        "array '%.60s' has %lld rows, but '%.60s' has %lld", s->first,
                        (long long)s->rows, a->name, (long long)h->dims[0]);
    s->first = s->rows < 0 ? a->name : s->first;
    s->rows = h->dims[0];
    return PLM_OK;
}

/* Adds the columns of an array. byte: the address of its first value. In Fortran order the values
 * of a column are adjacent: the distance between two rows is then one value, and between two
 * columns it is all rows. Padding fields (V) are skipped. */
static plm_status add_columns(arrays *s, const array *a, const plm_npy_header *h,
                              const unsigned char *byte, size_t n)
{
    size_t row = 0, at = 0;
    bool failed = false;
    plm_npy_type *type = plm_arena_array(s->f->arena, h->fields + 1, sizeof *type);
    if (type == NULL)
        return PLM_E_MEMORY;
    PLM_TRY(read_types(s, a, h, type, &row));
    PLM_TRY(check_shape(s, a, h, row, n));
    const size_t width = h->rank == 2 ? (size_t)h->dims[1] : h->fields;
    for (size_t i = 0; i < width; i++) {
        const plm_npy_type *t = &type[h->rank == 2 ? 0 : i];
        const bool together = h->rank == 2 && h->by_column; /* the values of a column are */
        const column c = {.title = title_of(s, a, h, i, &failed),
                          .value = byte + at,
                          .step = h->rank == 2 && !together ? width * row : row,
                          .type = *t};
        at += together ? row * (size_t)s->rows : t->bytes;
        if (failed)
            return PLM_E_MEMORY;
        if (t->kind != 'V')
            PLM_TRY(add_column(s, &c));
    }
    return PLM_OK;
}

/* Reads the header of an array, and adds its columns. */
static plm_status add_array(arrays *s, const array *a)
{
    plm_table_file *f = s->f;
    plm_npy_header h;
    size_t bytes = 0, length = 0;
    if (a->bytes < PLM_NPY_PREFIX + 4)
        return fail_array(s, a, PLM_E_FORMAT, "download or create the file again", "is truncated");
    PLM_TRY(plm_npy_check(f->w, f->name, a->byte, &bytes));
    PLM_TRY(plm_npy_length(f->w, f->name, a->byte + PLM_NPY_PREFIX, bytes, &length));
    const size_t before = PLM_NPY_PREFIX + bytes + length;
    if (before > a->bytes)
        return fail_array(s, a, PLM_E_FORMAT, "download or create the file again", "is truncated");
    const char *text =
        plm_arena_text(f->arena, (const char *)a->byte + PLM_NPY_PREFIX + bytes, length);
    if (text == NULL)
        return PLM_E_MEMORY;
    PLM_TRY(plm_npy_read(f->arena, f->name, text, &h));
    return add_columns(s, a, &h, a->byte + before, a->bytes - before);
}

/* ---- cells ---- */

/* Stores a value in a row of a column by its text. The store reads a few bytes beyond the text, so
 * it has margins, and a line end after it, so that a number ends there. */
static plm_status put_text(arrays *s, size_t i, int64_t row, const unsigned char *value)
{
    s->value.length = 0;
    plm_text_add_blanks(&s->value, PLM_STORE_MARGIN);
    if (!plm_npy_value_text(&s->column[i].type, value, &s->value))
        return plm_fail(s->f->w, PLM_E_DATA, s->f->name, "save valid texts and dates",
                        "row %lld, column '%.60s': the value is not a valid text or date",
                        (long long)row + 1, s->column[i].title != NULL ? s->column[i].title : "");
    size_t from = PLM_STORE_MARGIN, to = s->value.length;
    plm_text_add(&s->value, "\n");
    plm_text_add_blanks(&s->value, PLM_STORE_MARGIN);
    if (s->value.failed)
        return PLM_E_MEMORY;
    const char *text = plm_text_get(&s->value);
    plm_table_trim(text, &from, &to);
    return plm_store_other(s->f->store, i, row, text + from, to - from);
}

/* Fills a raw column, row by row. t->rows is the current row, so after the last column it is the
 * number of rows. */
static plm_status fill_column(arrays *s, size_t i)
{
    plm_store *t = s->f->store;
    const bool keep = t->column[i].keep;
    const unsigned char *value = s->column[i].value;
    for (t->rows = 0; t->rows < s->rows; t->rows++, value += s->column[i].step) {
        double x = 0;
        if (!keep && plm_npy_value_number(&s->column[i].type, value, &x))
            plm_store_number(t, i, t->rows, x);
        else
            PLM_TRY(put_text(s, i, t->rows, value));
    }
    return PLM_OK;
}

/* Stores the names of the columns, if they have names. */
static plm_status name_columns(arrays *s)
{
    plm_table_file *f = s->f;
    f->columns = s->columns;
    f->title = NULL;
    if (s->columns == 0)
        return plm_fail(f->w, PLM_E_DATA, f->name, "use a file with columns",
                        "the arrays have no columns");
    if (s->column[0].title == NULL)
        return PLM_OK;
    f->title = plm_arena_array(f->arena, f->columns + 1, sizeof *f->title);
    for (size_t i = 0; f->title != NULL && i < f->columns; i++)
        f->title[i] = s->column[i].title;
    return f->title != NULL ? PLM_OK : PLM_E_MEMORY;
}

/* Fills the raw columns. The columns must be set up. */
static plm_status fill_store(arrays *s)
{
    plm_store *t = s->f->store;
    PLM_TRY(name_columns(s));
    PLM_TRY(plm_table_file_columns(s->f));
    t->expected = s->rows;
    while (t->capacity < s->rows)
        PLM_TRY(plm_store_grow(t, s->f->name));
    for (int64_t i = 0; i < s->rows; i++)
        t->line[i] = i + 1;
    for (size_t i = 0; i < s->columns; i++)
        PLM_TRY(fill_column(s, i));
    return PLM_OK;
}

/* ---- files ---- */

/* Allocates n bytes for an array, which are freed at the end. NULL = no memory, or the memory limit
 * is exceeded; the error is recorded. */
static unsigned char *take_block(arrays *s, size_t n)
{
    const plm_store *t = s->f->store;
    if (t->most_bytes > 0 && n > t->most_bytes) {
        (void)plm_fail(s->f->w, PLM_E_DATA, s->f->name, "max_memory=BYTES sets the limit",
                       "an array has %zu bytes, more than the limit of %zu", n, t->most_bytes);
        return NULL;
    }
    s->block[s->blocks] = plm_allocate_unset(s->f->w, n + 1);
    return s->block[s->blocks] != NULL ? s->block[s->blocks++] : NULL;
}

/* Returns the status of the error that was recorded last. */
static plm_status last_status(const arrays *s)
{
    return s->f->w->error.status;
}

/* Reads a .npy file of any kind: plain, compressed, or a pipe. It is read in pieces, since the
 * length of a pipe or of a compressed file is unknown. */
static plm_status read_single(arrays *s)
{
    plm_reader *r = s->f->records.reader;
    plm_text all = {.w = s->f->w};
    char piece[1 << 14];
    size_t got = 1;
    plm_status status = plm_reader_rewind(r);
    while (status >= 0 && got > 0 && !all.failed) {
        status = plm_reader_read(r, piece, sizeof piece, &got);
        if (status >= 0)
            plm_text_append(&all, piece, got);
    }
    const array a = {
        .name = "", .byte = (const unsigned char *)plm_text_get(&all), .bytes = all.length};
    status = status >= 0 && all.failed ? PLM_E_MEMORY : status;
    status = status >= 0 ? add_array(s, &a) : status;
    status = status >= 0 ? fill_store(s) : status;
    plm_text_free(&all);
    return status;
}

/* Adds the array of a member of an archive. */
static plm_status add_member(arrays *s, const plm_zip_member *m)
{
    plm_table_file *f = s->f;
    unsigned char *byte = take_block(s, m->bytes);
    if (byte == NULL)
        return last_status(s);
    PLM_TRY(plm_zip_unpack(f->w, f->records.reader, m, byte));
    const size_t length = strlen(m->name);
    const array a = {
        .name = plm_arena_text(f->arena, m->name, length - 4), .byte = byte, .bytes = m->bytes};
    return a.name != NULL ? add_array(s, &a) : PLM_E_MEMORY;
}

/* Reads an archive. Members that are not arrays are ignored. */
static plm_status read_archive(arrays *s)
{
    plm_table_file *f = s->f;
    plm_zip_member *member = NULL;
    size_t count = 0;
    PLM_TRY(plm_zip_list(f->arena, f->records.reader, &member, &count));
    s->block = plm_arena_array(f->arena, count + 1, sizeof *s->block);
    if (s->block == NULL)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < count; i++)
        if (plm_ends_with(member[i].name, ".npy"))
            PLM_TRY(add_member(s, &member[i]));
    return fill_store(s);
}

/* Reads a .npy file, or all arrays of an archive. The columns point into the memory of the arrays,
 * so it is freed only at the end. */
plm_status plm_table_file_npy(plm_table_file *f, bool archive)
{
    arrays s = {.f = f, .rows = -1, .value = {.w = f->w}};
    const plm_status status = archive ? read_archive(&s) : read_single(&s);
    for (size_t i = 0; i < s.blocks; i++)
        plm_release(f->w, s.block[i]);
    plm_text_free(&s.value);
    return status;
}
