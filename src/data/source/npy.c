/* npy: arrays in the format of numpy.save (NEP 1), versions 1 to 3. A file consists of
 *     93 'NUMPY' major minor
 *     the length of the header, as little-endian u16 (version 1) or u32
 *     the header, a Python dict: {'descr': '<f4', 'fortran_order': False, 'shape': (60000, 28), }
 *     the numbers
 *
 * The header is a Python expression, but only the form that numpy.save writes is understood: a dict
 * with exactly three keys, whose values are a text, True or False, and a tuple of whole numbers. No
 * Python is run, and arrays of Python objects are refused. The length of the header and the product
 * of the shape are checked before memory is allocated for them. */
#include <string.h>

#include "data/array_file.h"

typedef struct {
    const plm_spec *inputs, *targets;
    const char *weight, *stream;
} npy;

enum { PREFIX = 8, MOST_HEADER = 1 << 16, WORD = 32 };

static const plm_field fields[] = {
    PLM_FIELD(npy, inputs, PLM_VALUE, NULL, 0, 0,
              "file of the inputs [rows, ...]; for several inputs, a [list] of files"),
    PLM_FIELD(npy, targets, PLM_VALUE, "none", 0, 0,
              "file of the targets [rows, ...], or a [list] of files; none = no targets"),
    PLM_FIELD(npy, weight, PLM_TEXT, "", 0, 0, "file of sample weights [rows], each 0 or more"),
    PLM_FIELD_OF(npy, stream, PLM_CHOICE, "auto", "auto|true|false",
                 "true = read in order; false = copied into memory; auto = mapped into memory (do "
                 "not change the file meanwhile), or read in order above 1 GiB"),
    {0}};

/* A header while its text is read. */
typedef struct {
    plm_source *s;
    plm_array_file *f;
    const char *at;           /* the next byte of the text, which ends with a 0 byte */
    bool descr, order, shape; /* the keys that were found so far */
} header;

/* Reports a header that numpy.save would not write. what: what is wrong with it. */
static plm_status fail_header(const header *h, const char *what)
{
    return plm_fail(&h->s->w, PLM_E_FORMAT, h->f->path, "write the file with numpy.save",
                    "the file's header %s", what);
}

/* ---- the dict ---- */

/* Skips blanks, and the byte c if it comes next; true if it did. */
static bool take(header *h, char c)
{
    h->at += strspn(h->at, " \t\n\r");
    if (*h->at != c)
        return false;
    h->at++;
    return true;
}

/* Reads 'text' or "text" of at most WORD - 1 bytes into out. False: there is no such text. */
static bool take_text(header *h, char out[WORD])
{
    const char quote = take(h, '\'') ? '\'' : take(h, '"') ? '"' : '\0';
    const char *end = quote ? strchr(h->at, quote) : NULL;
    if (!end || end - h->at >= WORD)
        return false;
    memcpy(out, h->at, (size_t)(end - h->at));
    out[end - h->at] = '\0';
    h->at = end + 1;
    return true;
}

/* Skips blanks, and the word if it comes next; true if it did. */
static bool take_word(header *h, const char *word)
{
    h->at += strspn(h->at, " \t\n\r");
    const size_t length = strlen(word);
    if (strncmp(h->at, word, length) != 0)
        return false;
    h->at += length;
    return true;
}

/* Reads a whole number; Python 2 wrote an L after it. False: there is no number, or it is too
 * large. */
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

/* Reports a number type that is not read. */
static plm_status fail_type(const header *h, const char *type)
{
    plm *w = &h->s->w;
    const char kind = type[strspn(type, "<>|=")];
    if (kind == 'O')
        return plm_fail(
            w, PLM_E_UNSUPPORTED, h->f->path,
            "save numbers: numpy.save('x.npy', x.astype('float32'))",
            "the file contains Python objects (pickle), which are never read: they could run code");
    return plm_fail(
        w, PLM_E_UNSUPPORTED, h->f->path, "save x.astype('float32')",
        "numbers of type '%s' are not read: f2 f4 f8, i1 i2 i4 i8, u1 u2 u4 u8 and b1 are", type);
}

/* Reads the value of descr, such as '<f4': byte order, kind of number, bytes of an element. */
static plm_status read_type(header *h)
{
    static const struct {
        const char *name;
        plm_dtype element;
    } known[] = {{"f2", PLM_F16}, {"f4", PLM_F32}, {"f8", PLM_F64}, {"i1", PLM_I8},
                 {"i2", PLM_I16}, {"i4", PLM_I32}, {"i8", PLM_I64}, {"u1", PLM_U8},
                 {"u2", PLM_U16}, {"u4", PLM_U32}, {"u8", PLM_U64}, {"b1", PLM_BOOL8}};
    char type[WORD];
    if (take(h, '['))
        return fail_type(h, "record");
    if (!take_text(h, type))
        return fail_header(h, "has no number type");
    const size_t order = strspn(type, "<>|=") > 0;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(type + order, known[i].name) == 0) {
            h->f->element = known[i].element;
            h->f->swapped = type[0] == (plm_low_byte_first() ? '>' : '<');
            h->descr = true;
            return PLM_OK;
        }
    return fail_type(h, type);
}

/* Reads the value of fortran_order: True or False. */
static plm_status read_order(header *h)
{
    h->f->by_column = take_word(h, "True");
    if (!h->f->by_column && !take_word(h, "False"))
        return fail_header(h, "has no order (fortran_order)");
    h->order = true;
    return PLM_OK;
}

/* Reads the value of shape, such as (60000, 28, 28). */
static plm_status read_shape(header *h)
{
    if (!take(h, '('))
        return fail_header(h, "has no shape");
    h->f->rank = 0;
    while (!take(h, ')')) {
        int64_t size = 0;
        if (!take_size(h, &size))
            return fail_header(h, "has a shape that is not understood");
        if (h->f->rank == PLM_ROW_RANK + 1)
            return plm_fail(&h->s->w, PLM_E_SHAPE, h->f->path,
                            "reshape it: rows first, at most 8 dimensions",
                            "the array has more than 8 dimensions");
        h->f->dims[h->f->rank++] = size;
        if (take(h, ')'))
            break;
        if (!take(h, ','))
            return fail_header(h, "has a shape that is not understood");
    }
    h->shape = true;
    return PLM_OK;
}

/* Reads the whole dict, which must have exactly descr, fortran_order and shape, in any order. */
static plm_status read_dict(header *h)
{
    char key[WORD];
    if (!take(h, '{'))
        return fail_header(h, "is not a dict");
    while (!take(h, '}')) {
        if (!take_text(h, key) || !take(h, ':'))
            return fail_header(h, "is not understood");
        if (strcmp(key, "descr") == 0)
            PLM_TRY(read_type(h));
        else if (strcmp(key, "fortran_order") == 0)
            PLM_TRY(read_order(h));
        else if (strcmp(key, "shape") == 0)
            PLM_TRY(read_shape(h));
        else
            return fail_header(h, "has more keys than descr, fortran_order and shape");
        (void)take(h, ',');
    }
    if (!h->descr || !h->order || !h->shape)
        return fail_header(h, "does not have all of descr, fortran_order and shape");
    return PLM_OK;
}

/* ---- before and after the dict ---- */

/* Checks the first bytes and reads the length of the header. */
static plm_status read_length(plm_source *s, plm_array_file *f, size_t *length)
{
    static const unsigned char magic[6] = {0x93, 'N', 'U', 'M', 'P', 'Y'};
    unsigned char head[PREFIX], size[4] = {0};
    PLM_TRY(plm_reader_need(f->reader, head, sizeof head, "the first eight bytes of npy"));
    if (memcmp(head, magic, sizeof magic) != 0)
        return plm_fail(&s->w, PLM_E_FORMAT, f->path,
                        head[0] == 'P' && head[1] == 'K'
                            ? "npz archives are not read: save one array with numpy.save"
                            : "give a file written by numpy.save",
                        "the file begins with %02x %02x %02x %02x: npy begins with 93 4e 55 4d",
                        head[0], head[1], head[2], head[3]);
    if (head[6] < 1 || head[6] > 3)
        return plm_fail(&s->w, PLM_E_UNSUPPORTED, f->path,
                        "save it with version 1, 2 or 3 of the format", "it is of version %d.%d",
                        (int)head[6], (int)head[7]);
    const size_t bytes = head[6] == 1 ? 2 : 4;
    PLM_TRY(plm_reader_need(f->reader, size, bytes, "the length of npy's header"));
    *length =
        (size_t)size[0] | (size_t)size[1] << 8 | (size_t)size[2] << 16 | (size_t)size[3] << 24;
    f->offset = (int64_t)(PREFIX + bytes + *length);
    if (*length > MOST_HEADER)
        return plm_fail(&s->w, PLM_E_FORMAT, f->path, "write the file with numpy.save",
                        "the file's header would have %zu bytes; the limit is %d", *length,
                        (int)MOST_HEADER);
    return PLM_OK;
}

/* Reads the header of an npy file. It is a plm_array_header. */
static plm_status npy_header(plm_source *s, plm_array_file *f)
{
    size_t length = 0;
    PLM_TRY(read_length(s, f, &length));
    char *text = plm_allocate(&s->w, length + 1);
    if (!text)
        return PLM_E_MEMORY;
    plm_status status = plm_reader_need(f->reader, text, length, "npy's header");
    header h = {.s = s, .f = f, .at = text};
    if (status >= 0)
        status = read_dict(&h);
    plm_release(&s->w, text);
    PLM_TRY(status);
    if (f->rank == 0)
        return plm_fail(&s->w, PLM_E_SHAPE, f->path, "give an array [rows, ...]",
                        "the array is a single number, without rows");
    return PLM_OK;
}

/* *Sets *path to the path of a file that the spec names, relative to the runtime's directory. */
static plm_status take_path(plm_source *s, const char *name, const char **path)
{
    *path = plm_source_path(s, name);
    return *path ? PLM_OK : PLM_E_MEMORY;
}

/* Fills path[] with the files of a key of the spec, which is a text or a list of texts. */
static plm_status list_paths(plm_source *s, const plm_spec *given, const char *key,
                             const char *path[PLM_SIDE])
{
    const bool several = given && given->type == PLM_SPEC_LIST;
    const size_t count = several ? given->count : given ? 1 : 0;
    if (count > PLM_SIDE)
        return plm_fail(&s->w, PLM_E_SPEC, s->spec,
                        "combine some of the arrays into one, as columns",
                        "%s has %zu files; the limit is 4", key, count);
    for (size_t i = 0; i < count; i++) {
        const plm_spec *file = several ? given->argument[i].value : given;
        const bool text =
            file->type == PLM_SPEC_TEXT || (file->type == PLM_SPEC_NAME && !file->called);
        if (!text || (several && !*file->text))
            return plm_fail(&s->w, PLM_E_SPEC, s->spec,
                            "use npy('x.npy', 'y.npy'), or lists: npy(['a.npy', 'b.npy'])",
                            "%s must be names of files", key);
        PLM_TRY(take_path(s, file->text, &path[i]));
    }
    return PLM_OK;
}

/* Opens the files as a set of arrays. */
static plm_status open_npy(plm_source *s, const void *config)
{
    const npy *c = config;
    plm_array_set set = {
        .weight = plm_source_path(s, c->weight), .stream = c->stream, .header = npy_header};
    PLM_TRY(list_paths(s, c->inputs, "inputs", set.inputs));
    PLM_TRY(list_paths(s, c->targets, "targets", set.targets));
    return plm_array_set_open(s, &set);
}

extern const plm_source_kind plm_source_npy;
const plm_source_kind plm_source_npy = {
    .kind = {.name = "npy",
             .help = "arrays written by numpy.save; each input and target has a file",
             .notes = "A model with several inputs or targets takes them in the order of the "
                      "lists. Both byte orders, C order and Fortran order are read. Python objects "
                      "(pickle) are refused.",
             .source = "NumPy Enhancement Proposal 1",
             .config_size = sizeof(npy),
             .fields = fields,
             .examples = PLM_LIST("npy('x.npy', 'y.npy') | shuffle | batch(32)",
                                  "npy(['left.npy', 'right.npy'], 'y.npy', weight='w.npy')")},
    .open = open_npy,
    .seek = plm_array_set_seek,
    .read = plm_array_set_read,
    .close = plm_array_set_close,
};
