/* Sources made of array files. The sizes in a header are compared with the length of the file
 * before memory is allocated for them. A format such as npy or IDX only provides a function that
 * reads its header; this file does the rest. If the elements are already in the machine's byte
 * order and in C order, they are used in the mapped file without a copy. Otherwise the byte order,
 * the Fortran order, or both are converted. Large files can be streamed row by row instead of being
 * loaded. */
#include "data/array_file.h"
#include "data/rounding.h"

#include <string.h>

#include "base/threads.h"

enum {
    /* max factor by which DEFLATE can expand: 258 bytes are coded in at least 2 bits (RFC 1951) */
    MOST_INFLATION = 1032,
    STREAM_ABOVE = 1 << 30,  /* with stream=auto, files with more bytes of elements than this are
                              * streamed */
    LEAST_MAPPED = 1 << 20,  /* files with fewer bytes of elements than this are read, not mapped */
    WORTH_THREADS = 1 << 20, /* fewer bytes of elements than this are converted by one thread */
    ROWS_AT_ONCE = 64        /* rows that a thread converts at a time */
};

/* The state of the source: its array files, one for each part. */
typedef struct {
    plm_array_file file[PLM_PARTS];
    int files; /* number of open ones */
} array_set;

/* True if the machine stores the low byte of a number first. This is tested at run time, since C11
 * has no constant for it. */
bool plm_low_byte_first(void)
{
    const uint16_t one = 1;
    unsigned char low;
    memcpy(&low, &one, 1);
    return low == 1;
}

/* ---- checks ---- */

/* Returns the bytes of all elements; plm_source_shape has checked that this does not overflow. */
static size_t body_bytes(const plm_array_file *f, const plm_table *t)
{
    return (size_t)f->dims[0] * t->width * plm_element_size(f->element);
}

/* Checks that the file is as long as its header says. The length of the content of a compressed
 * file is unknown, but it cannot exceed MOST_INFLATION times the file size, so a wrong header
 * cannot make the program allocate all memory. */
static plm_status check_length(plm_source *s, const plm_array_file *f, const plm_table *t)
{
    const int64_t size = plm_reader_size(f->reader);
    const size_t need = body_bytes(f, t);
    if (size < 0)
        return plm_fail(&s->w, PLM_E_IO, f->path, "save the data as a regular file first",
                        "the path is not a regular file");
    if (plm_reader_compressed(f->reader)) {
        if (need / MOST_INFLATION > (size_t)size)
            return plm_fail(
                &s->w, PLM_E_FORMAT, f->path, "the file is damaged: download or create it again",
                "the header announces %zu bytes, more than %lld compressed bytes can hold", need,
                (long long)size);
        return PLM_OK;
    }
    if (size - f->offset < (int64_t)need)
        return plm_fail(&s->w, PLM_E_FORMAT, f->path,
                        "the file is truncated: download or create it again",
                        "the header announces %zu bytes of elements, but only %lld follow", need,
                        (long long)(size - f->offset));
    if (size - f->offset > (int64_t)need)
        return plm_fail(&s->w, PLM_E_FORMAT, f->path,
                        "the file is damaged: download or create it again",
                        "the header announces %zu bytes of elements, but %lld follow", need,
                        (long long)(size - f->offset));
    return PLM_OK;
}

/* True if the files are to be streamed. stream: setting of the user; if it is "auto", large files
 * are streamed. */
static bool is_streamed(const char *stream, const array_set *p, const plm_source *s)
{
    size_t bytes = 0;
    if (strcmp(stream, "auto") != 0)
        return strcmp(stream, "true") == 0;
    for (int i = 0; i < p->files; i++)
        bytes += body_bytes(&p->file[i], &s->table[i]);
    return bytes > (size_t)STREAM_ABOVE;
}

/* ---- loading ---- */

/* Closes the files, but not their mappings. */
static void close_readers(array_set *p)
{
    for (int i = 0; i < p->files; i++) {
        plm_reader_close(p->file[i].reader);
        p->file[i].reader = NULL;
    }
}

/* Copies elements without converting them. Consecutive elements of `from` are copied to to[0],
 * to[step], ... With a constant size, memcpy becomes a single move instruction. */
static void copy_apart(char *to, size_t step, const char *from, size_t count, size_t size)
{
    for (size_t i = 0; i < count; i++, to += step, from += size)
        switch (size) {
        case 1:
            memcpy(to, from, 1);
            break;
        case 2:
            memcpy(to, from, 2);
            break;
        case 4:
            memcpy(to, from, 4);
            break;
        default:
            memcpy(to, from, 8);
            break;
        }
}

/* What the threads need to convert the elements of a file to the elements of a table. */
typedef struct {
    const plm_array_file *f;
    const plm_table *t;
    char *to;         /* [rows][width] the numbers of the table */
    const char *from; /* the elements in the order of the file; may be the same memory as `to` */
} conversion;

/* Copies `count` rows, from row `first` on, of an array in Fortran order. In `from`, element (i0,
 * i1, i2, ...) is at i0 + i1 * dims[0] + i2 * dims[0] * dims[1] + ..., so the elements of one
 * column of `to` are adjacent. Therefore the outer loop is over the columns of `to`. The elements
 * read are adjacent, those written are a row apart; only a few rows are copied at a time, so that
 * they stay in the cache. */
static void order_by_rows(const conversion *c, size_t first, size_t count)
{
    const plm_table *t = c->t;
    const size_t size = plm_element_size(t->element), rows = (size_t)c->f->dims[0];
    int64_t at[PLM_ROW_RANK] = {0}; /* the index within a row; the last axis varies fastest */
    for (size_t i = 0; i < t->width; i++) {
        size_t column = 0;
        for (int axis = t->rank - 1; axis >= 0; axis--)
            column = column * (size_t)t->dims[axis] + (size_t)at[axis];
        copy_apart(c->to + (first * t->width + i) * size, t->width * size,
                   c->from + (column * rows + first) * size, count, size);
        for (int axis = t->rank - 1; axis >= 0 && ++at[axis] == t->dims[axis]; axis--)
            at[axis] = 0;
    }
}

/* True if the memory order of the file differs from that of the table; for an array with a single
 * axis both are the same. */
static bool is_by_column(const plm_array_file *f, const plm_table *t)
{
    return f->by_column && t->rank > 0;
}

/* Converts a thread's part of the rows, a few rows at a time, so that they stay in the cache. */
static void convert_share(void *argument, int thread, int threads)
{
    const conversion *c = argument;
    const size_t row = c->t->width * plm_element_size(c->t->element);
    int64_t first = 0, last = 0;
    plm_share(c->f->dims[0], ROWS_AT_ONCE, thread, threads, &first, &last);
    for (int64_t i = first; i < last; i += ROWS_AT_ONCE) {
        const size_t count = (size_t)(last - i < ROWS_AT_ONCE ? last - i : ROWS_AT_ONCE);
        char *to = c->to + (size_t)i * row;
        if (is_by_column(c->f, c->t))
            order_by_rows(c, (size_t)i, count);
        else if (c->to != c->from)
            memcpy(to, c->from + (size_t)i * row, count * row);
        if (c->f->swapped)
            plm_element_swap(c->t->element, to, count * c->t->width);
    }
}

/* Fills the table with the elements at `from`, which have the memory order and byte order of the
 * file: converts them to C order, [rows, ...], and to the machine's byte order. Several threads
 * share the rows of large tables. */
static void convert(plm_source *s, const plm_array_file *f, const plm_table *t, const char *from)
{
    conversion c = {.f = f, .t = t, .to = t->owned, .from = from};
    const int threads = body_bytes(f, t) < WORTH_THREADS ? 1 : 0;
    plm_parallel(s->w.pool, threads, convert_share, &c);
}

/* True if the elements can be used in the mapped file without a conversion: in the machine's byte
 * order, in C order and aligned. */
static bool is_ready(const plm_array_file *f, const plm_table *t)
{
    const size_t size = plm_element_size(f->element);
    return (!f->swapped || size == 1) && !is_by_column(f, t) && (size_t)f->offset % size == 0;
}

/* Maps the file into memory. The elements are used there, or converted from there. *done = false:
 * the file was not mapped and must be read. Small files are always read, since another program may
 * overwrite them. A mapped file that needs no conversion stays mapped as long as the source exists;
 * a change of the file then changes the data, which is why stream=false never maps. */
static plm_status load_mapped(plm_source *s, plm_array_file *f, plm_table *t, bool *done)
{
    *done = false;
    if (body_bytes(f, t) < LEAST_MAPPED)
        return PLM_OK;
    f->mapped = plm_reader_size(f->reader);
    f->map = plm_reader_map(f->reader);
    if (!f->map)
        return PLM_OK;
    *done = true;
    t->rows = f->map + f->offset;
    if (is_ready(f, t))
        return PLM_OK;
    void *numbers = plm_source_take_rows(s, t, f->dims[0]);
    if (numbers)
        convert(s, f, t, f->map + f->offset);
    plm_reader_unmap(f->map, f->mapped);
    f->map = NULL;
    return numbers ? PLM_OK : PLM_E_MEMORY;
}

/* Reads all elements in the order of the file, and checks that nothing follows them. The buffer has
 * body_bytes bytes, a size that check_length has compared with the file. */
static plm_status read_body(plm_source *s, plm_array_file *f, const plm_table *t, char *numbers)
{
    char more = 0;
    size_t got = 0;
    PLM_TRY(plm_reader_need(f->reader, numbers, body_bytes(f, t), "numbers"));
    PLM_TRY(plm_reader_read(f->reader, &more, 1, &got)); /* also makes gzip check its sum */
    if (got > 0)
        return plm_fail(&s->w, PLM_E_FORMAT, f->path,
                        "the file is damaged: download or create it again",
                        "the file continues after the elements that its header announces");
    return PLM_OK;
}

/* Reads the elements into the memory of the table, and converts them. Fortran order cannot be
 * converted in place, so a second table is allocated for it. */
static plm_status load_copied(plm_source *s, plm_array_file *f, plm_table *t)
{
    char *numbers = plm_source_take_rows(s, t, f->dims[0]);
    if (!numbers)
        return PLM_E_MEMORY;
    PLM_TRY(read_body(s, f, t, numbers));
    if (!is_by_column(f, t)) {
        if (f->swapped)
            convert(s, f, t, numbers);
        return PLM_OK;
    }
    t->owned = NULL;
    void *rows = plm_source_take_rows(s, t, f->dims[0]);
    if (rows)
        convert(s, f, t, numbers);
    plm_release(&s->w, numbers);
    return rows ? PLM_OK : PLM_E_MEMORY;
}

/* Loads the elements of all files, checks them, and counts the classes of the first target.
 * may_map: files may be mapped. */
static plm_status load_all(plm_source *s, array_set *p, bool may_map)
{
    for (int i = 0; i < p->files; i++) {
        bool done = false;
        if (may_map)
            PLM_TRY(load_mapped(s, &p->file[i], &s->table[i], &done));
        if (!done)
            PLM_TRY(load_copied(s, &p->file[i], &s->table[i]));
        PLM_TRY(plm_source_check(s, &s->table[i], s->table[i].rows, s->rows, 0));
    }
    if (s->targets > 0)
        s->classes = plm_source_count_classes(s, &s->table[s->inputs]);
    close_readers(p);
    return plm_rounding_look_at_source(s);
}

/* ---- opening ---- */

/* Opens a file, reads its header and checks its length. */
static plm_status open_file(plm_source *s, const plm_array_set *set, plm_array_file *f,
                            plm_table *t)
{
    PLM_TRY(plm_reader_open(&s->w, f->path, &f->reader));
    PLM_TRY(set->header(s, f));
    t->name = f->path;
    t->element = f->element;
    PLM_TRY(plm_source_shape(s, t, f->rank, f->dims));
    return check_length(s, f, t);
}

/* Appends the files of one side (inputs, targets or weights); returns their number. */
static int add_side(array_set *p, const char *const path[PLM_SIDE])
{
    int n = 0;
    while (n < PLM_SIDE && path[n] && *path[n])
        p->file[p->files++].path = path[n++];
    return n;
}

/* Opens all files, which must have the same number of rows. */
static plm_status open_files(plm_source *s, const plm_array_set *set, array_set *p)
{
    for (int i = 0; i < p->files; i++) {
        const plm_array_file *first = &p->file[0], *f = &p->file[i];
        PLM_TRY(open_file(s, set, &p->file[i], &s->table[i]));
        if (f->dims[0] != first->dims[0])
            return plm_fail(&s->w, PLM_E_DATA, f->path,
                            "use files that belong together, with the same number of rows",
                            "the file has %lld row%s, but %s has %lld", (long long)f->dims[0],
                            f->dims[0] == 1 ? "" : "s", first->path, (long long)first->dims[0]);
    }
    s->rows = p->file[0].dims[0];
    return PLM_OK;
}

/* Opens the files and compares them, then decides whether they are loaded or streamed. */
plm_status plm_array_set_open(plm_source *s, const plm_array_set *set)
{
    array_set *p = plm_arena_take(&s->arena, sizeof *p);
    if (!p)
        return PLM_E_MEMORY;
    s->state = p;
    s->inputs = add_side(p, set->inputs);
    s->targets = add_side(p, set->targets);
    s->weighted = add_side(p, (const char *const[PLM_SIDE]){set->weight}) > 0;
    if (s->inputs == 0)
        return plm_fail(&s->w, PLM_E_SPEC, s->spec,
                        "name the file with the inputs as the first argument",
                        "no file with inputs is named");
    PLM_TRY(open_files(s, set, p));
    s->name = plm_source_short_name(s, set->inputs[0]);
    s->file = plm_arena_text(&s->arena, set->inputs[0], SIZE_MAX);
    s->streamed = is_streamed(set->stream, p, s);
    if (!s->streamed)
        return load_all(s, p, strcmp(set->stream, "auto") == 0);
    for (int i = 0; i < p->files; i++)
        if (p->file[i].by_column && s->table[i].rank > 0)
            return plm_fail(
                &s->w, PLM_E_UNSUPPORTED, p->file[i].path,
                "save the array in C order (numpy.ascontiguousarray), or load the whole file with "
                "stream=false",
                "an array in Fortran order (stored column by column) cannot be streamed row by "
                "row");
    return plm_rounding_look_at_source(s);
}

/* ---- streaming ---- */

/* Moves the reader of each file to the first value of the row. A compressed file is read from its
 * beginning each time. */
plm_status plm_array_set_seek(plm_source *s, int64_t row)
{
    array_set *p = s->state;
    for (int i = 0; i < p->files; i++) {
        const plm_table *t = &s->table[i];
        PLM_TRY(plm_reader_rewind(p->file[i].reader));
        PLM_TRY(plm_reader_skip(p->file[i].reader,
                                (size_t)p->file[i].offset +
                                    (size_t)row * t->width * plm_element_size(t->element)));
    }
    return PLM_OK;
}

/* Reads the next `most` rows of each file. The caller never asks for more rows than the header
 * announces (pull_source in flow.c). */
plm_status plm_array_set_read(plm_source *s, int64_t most, void *const out[PLM_PARTS], int64_t *got)
{
    array_set *p = s->state;
    *got = 0;
    for (int i = 0; i < p->files; i++) {
        const plm_table *t = &s->table[i];
        const size_t numbers = (size_t)most * t->width;
        PLM_TRY(plm_reader_need(p->file[i].reader, out[i], numbers * plm_element_size(t->element),
                                "numbers"));
        if (p->file[i].swapped)
            plm_element_swap(t->element, out[i], numbers);
    }
    *got = most;
    return PLM_OK;
}

/* Closes the files and unmaps those that were mapped. Converted elements are freed with the source.
 * */
void plm_array_set_close(plm_source *s)
{
    array_set *p = s->state;
    if (!p)
        return;
    close_readers(p);
    for (int i = 0; i < p->files; i++) {
        plm_reader_unmap(p->file[i].map, p->file[i].mapped);
        p->file[i].map = NULL;
    }
}
