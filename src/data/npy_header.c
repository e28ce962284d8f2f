/* Reads the header of an npy file. The header is a Python expression, but only the form that
 * numpy.save writes is accepted: a dict with exactly three keys, whose values are a text or a list
 * of fields, True or False, and a tuple of whole numbers. No Python is ever run. The elements after
 * the header are plain binary numbers, which array_file.c reads. The parser reads one word after
 * the other from the text, without backtracking. */
#include "data/npy_header.h"

#include <string.h>

/* FIELDS: max number of fields of a row. */
enum { FIELDS = 4096 };

/* A header while its text is read. */
typedef struct {
    plm_arena *a;
    const char *path;         /* for messages */
    plm_npy_header *out;      /* gets what is read */
    const char *at;           /* the next byte of the text, which is terminated by a NUL */
    bool descr, order, shape; /* the keys that were found so far */
    size_t room;              /* capacity of out->field */
} header;

/* Reports a header that numpy.save would not write. what: the fault. */
static plm_status fail_header(const header *h, const char *what)
{
    return plm_fail(h->a->w, PLM_E_FORMAT, h->path, "write the file with numpy.save",
                    "the file's header %s", what);
}

/* Fails with E_UNSUPPORTED for an element type that is not supported. Objects have a separate
 * message: reading them would run code in the file. */
plm_status plm_npy_fail_type(plm *w, const char *path, const char *type)
{
    const char kind = type[strspn(type, "<>|=")];
    if (kind == 'O')
        return plm_fail(
            w, PLM_E_UNSUPPORTED, path,
            "save numbers, x.astype('float32'), or the texts of a table, x.astype('U')",
            "the file contains Python objects (pickle), which are never read: they could run code");
    return plm_fail(w, PLM_E_UNSUPPORTED, path, "save x.astype('float32')",
                    "numbers of type '%s' cannot be read; possible types are f2 f4 f8, i1 i2 i4 "
                    "i8, u1 u2 u4 u8 and b1",
                    type);
}

/* ---- words ---- */

/* Skips blanks, then the byte c if it is next; true if it was. */
static bool take(header *h, char c)
{
    h->at += strspn(h->at, " \t\n\r");
    if (*h->at != c)
        return false;
    h->at++;
    return true;
}

/* Reads 'text' or "text" of at most PLM_NPY_WORD - 1 bytes into out. False: the next word is not
 * such a text. */
static bool take_text(header *h, char out[PLM_NPY_WORD])
{
    const char quote = take(h, '\'') ? '\'' : take(h, '"') ? '"' : '\0';
    const char *end = quote ? strchr(h->at, quote) : NULL;
    if (!end || end - h->at >= PLM_NPY_WORD)
        return false;
    memcpy(out, h->at, (size_t)(end - h->at));
    out[end - h->at] = '\0';
    h->at = end + 1;
    return true;
}

/* Skips blanks, then the word if it is next; true if it was. */
static bool take_word(header *h, const char *word)
{
    h->at += strspn(h->at, " \t\n\r");
    const size_t length = strlen(word);
    if (strncmp(h->at, word, length) != 0)
        return false;
    h->at += length;
    return true;
}

/* Reads a whole number, optionally followed by an L, as Python 2 wrote it. False: there is no
 * number, or it is too large, which is tested before each multiplication to prevent an overflow. */
static bool take_size(header *h, int64_t *out)
{
    h->at += strspn(h->at, " \t\n\r");
    const char *start = h->at;
    *out = 0;
    for (; *h->at >= '0' && *h->at <= '9'; h->at++) {
        if (*out > (INT64_MAX - 9) / 10)
            return false;
        *out = *out * 10 + (*h->at - '0');
    }
    const bool any = h->at > start;
    (void)take_word(h, "L");
    return any;
}

/* ---- the keys of the dict ---- */

/* Appends a field. NULL = no memory. */
static plm_npy_field *add_field(header *h)
{
    plm_npy_header *o = h->out;
    plm_npy_field *list = plm_arena_grow(h->a, o->field, o->fields, &h->room, sizeof *list);
    if (list == NULL)
        return NULL;
    o->field = list;
    o->field[o->fields] = (plm_npy_field){.name = ""};
    return &o->field[o->fields++];
}

/* Reads the fields of a structured array: ('age', '<f4'), ('name', '<U10')]. */
static plm_status read_fields(header *h)
{
    h->out->record = true;
    while (!take(h, ']')) {
        plm_npy_field *f = h->out->fields < FIELDS ? add_field(h) : NULL;
        if (f == NULL)
            return h->out->fields < FIELDS ? PLM_E_MEMORY : fail_header(h, "has too many fields");
        if (!take(h, '(') || !take_text(h, f->name) || !take(h, ','))
            return fail_header(h, "has fields in an unknown form");
        if (!take_text(h, f->type) || !take(h, ')'))
            return plm_fail(h->a->w, PLM_E_UNSUPPORTED, h->path,
                            "save fields of one number or text",
                            "the field '%.60s' consists of several numbers or fields", f->name);
        (void)take(h, ',');
    }
    return PLM_OK;
}

/* Reads the value of descr: a type such as '<f4', or a list of fields. */
static plm_status read_type(header *h)
{
    h->descr = true;
    h->out->fields = 0;
    if (take(h, '['))
        return read_fields(h);
    plm_npy_field *f = add_field(h);
    if (f == NULL)
        return PLM_E_MEMORY;
    return take_text(h, f->type) ? PLM_OK : fail_header(h, "has no element type (descr)");
}

/* Reads the value of fortran_order: True or False. */
static plm_status read_order(header *h)
{
    h->out->by_column = take_word(h, "True");
    if (!h->out->by_column && !take_word(h, "False"))
        return fail_header(h, "has no entry fortran_order");
    h->order = true;
    return PLM_OK;
}

/* Reads the value of shape, such as (60000, 28, 28). A tuple of one number has a comma at its end:
 * (5,). */
static plm_status read_shape(header *h)
{
    plm_npy_header *o = h->out;
    if (!take(h, '('))
        return fail_header(h, "has no shape");
    o->rank = 0;
    while (!take(h, ')')) {
        int64_t size = 0;
        if (!take_size(h, &size))
            return fail_header(h, "has a shape in an unknown form");
        if (o->rank == PLM_ROW_RANK + 1)
            return plm_fail(h->a->w, PLM_E_SHAPE, h->path,
                            "reshape the array: rows first, at most 8 dimensions",
                            "the array has more than 8 dimensions");
        o->dims[o->rank++] = size;
        if (take(h, ')'))
            break;
        if (!take(h, ','))
            return fail_header(h, "has a shape in an unknown form");
    }
    h->shape = true;
    return PLM_OK;
}

/* Reads the dict. Keys may come in any order. */
plm_status plm_npy_read(plm_arena *a, const char *path, const char *text, plm_npy_header *out)
{
    char key[PLM_NPY_WORD];
    header h = {.a = a, .path = path, .out = out, .at = text};
    *out = (plm_npy_header){.fields = 0};
    if (!take(&h, '{'))
        return fail_header(&h, "is not a dict");
    while (!take(&h, '}')) {
        if (!take_text(&h, key) || !take(&h, ':'))
            return fail_header(&h, "is not a dict as numpy.save writes it");
        if (strcmp(key, "descr") == 0)
            PLM_TRY(read_type(&h));
        else if (strcmp(key, "fortran_order") == 0)
            PLM_TRY(read_order(&h));
        else if (strcmp(key, "shape") == 0)
            PLM_TRY(read_shape(&h));
        else
            return fail_header(&h, "has more keys than descr, fortran_order and shape");
        (void)take(&h, ',');
    }
    if (!h.descr || !h.order || !h.shape)
        return fail_header(&h, "does not have all of descr, fortran_order and shape");
    return PLM_OK;
}

/* ---- before the dict ---- */

/* Checks the first bytes: the magic number and the version. *bytes = number of bytes of the header
 * length that follows: 2 in version 1, 4 in later versions. */
plm_status plm_npy_check(plm *w, const char *path, const unsigned char prefix[PLM_NPY_PREFIX],
                         size_t *bytes)
{
    static const unsigned char magic[6] = {0x93, 'N', 'U', 'M', 'P', 'Y'};
    *bytes = prefix[6] == 1 ? 2 : 4;
    if (memcmp(prefix, magic, sizeof magic) != 0)
        return plm_fail(w, PLM_E_FORMAT, path,
                        prefix[0] == 'P' && prefix[1] == 'K'
                            ? "an npz archive is read as a table: table('a.npz', target=y)"
                            : "use a file written by numpy.save",
                        "the file begins with %02x %02x %02x %02x, but npy begins with 93 4e 55 4d",
                        prefix[0], prefix[1], prefix[2], prefix[3]);
    if (prefix[6] < 1 || prefix[6] > 3)
        return plm_fail(w, PLM_E_UNSUPPORTED, path,
                        "save the array with version 1, 2 or 3 of the npy format",
                        "the file has npy version %d.%d", (int)prefix[6], (int)prefix[7]);
    return PLM_OK;
}

/* Reads the length of the header, which is little-endian. The length is limited, since memory is
 * allocated for it. */
plm_status plm_npy_length(plm *w, const char *path, const unsigned char *size, size_t bytes,
                          size_t *length)
{
    *length = 0;
    for (size_t i = bytes; i-- > 0;)
        *length = *length << 8 | size[i];
    if (*length <= PLM_NPY_MOST)
        return PLM_OK;
    return plm_fail(w, PLM_E_FORMAT, path, "write the file with numpy.save",
                    "the file announces a header of %zu bytes; the limit is %d", *length,
                    (int)PLM_NPY_MOST);
}
