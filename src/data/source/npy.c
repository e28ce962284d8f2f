/* npy: arrays in the format of numpy.save (NEP 1), versions 1 to 3. A file consists of
 *     93 'NUMPY' major minor
 *     the length of the header, as little-endian u16 (version 1) or u32
 *     the header, a Python dict: {'descr': '<f4', 'fortran_order': False, 'shape': (60000, 28), }
 *     the numbers
 *
 * The header is a Python expression, but only the form that numpy.save writes is accepted: a dict
 * with exactly three keys, whose values are a text, True or False, and a tuple of whole numbers. No
 * Python is run, and arrays of Python objects are an error. The length of the header and the
 * product of the shape are checked before memory is allocated for them. */
#include <string.h>

#include "data/array_file.h"
#include "data/npy_header.h"

typedef struct {
    const plm_spec *inputs, *targets;
    const char *weight, *stream;
} npy;

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

/* Sets the number type of the array. */
static plm_status set_type(plm_source *s, plm_array_file *f, const plm_npy_header *h)
{
    static const struct {
        const char *name;
        plm_dtype element;
    } known[] = {{"f2", PLM_F16}, {"f4", PLM_F32}, {"f8", PLM_F64}, {"i1", PLM_I8},
                 {"i2", PLM_I16}, {"i4", PLM_I32}, {"i8", PLM_I64}, {"u1", PLM_U8},
                 {"u2", PLM_U16}, {"u4", PLM_U32}, {"u8", PLM_U64}, {"b1", PLM_BOOL8}};
    const char *type = h->record ? "record" : h->field[0].type;
    const size_t order = strspn(type, "<>|=") > 0;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(type + order, known[i].name) == 0) {
            f->element = known[i].element;
            f->swapped = type[0] == (plm_low_byte_first() ? '>' : '<');
            return PLM_OK;
        }
    return plm_npy_fail_type(&s->w, f->path, type);
}

/* Checks the first bytes and reads the length of the header. */
static plm_status read_length(plm_source *s, plm_array_file *f, size_t *length)
{
    unsigned char head[PLM_NPY_PREFIX], size[4] = {0};
    size_t bytes = 0;
    PLM_TRY(
        plm_reader_need(f->reader, head, sizeof head, "the first eight bytes of the npy header"));
    PLM_TRY(plm_npy_check(&s->w, f->path, head, &bytes));
    PLM_TRY(plm_reader_need(f->reader, size, bytes, "the length of the npy header"));
    PLM_TRY(plm_npy_length(&s->w, f->path, size, bytes, length));
    f->offset = (int64_t)(PLM_NPY_PREFIX + bytes + *length);
    return PLM_OK;
}

/* Reads the header of an npy file; a function of type plm_array_header. */
static plm_status npy_header(plm_source *s, plm_array_file *f)
{
    size_t length = 0;
    plm_npy_header h;
    PLM_TRY(read_length(s, f, &length));
    char *text = plm_allocate(&s->w, length + 1);
    if (!text)
        return PLM_E_MEMORY;
    plm_status status = plm_reader_need(f->reader, text, length, "npy's header");
    if (status >= 0)
        status = plm_npy_read(&s->arena, f->path, text, &h);
    plm_release(&s->w, text);
    PLM_TRY(status);
    PLM_TRY(set_type(s, f, &h));
    f->by_column = h.by_column;
    f->rank = h.rank;
    memcpy(f->dims, h.dims, sizeof f->dims);
    if (f->rank == 0)
        return plm_fail(&s->w, PLM_E_SHAPE, f->path, "use an array [rows, ...]",
                        "the array is a single number, without rows");
    return PLM_OK;
}

/* Sets *path to the path of a file that the spec names, relative to the directory of the runtime.
 * */
static plm_status take_path(plm_source *s, const char *name, const char **path)
{
    *path = plm_source_path(s, name);
    return *path ? PLM_OK : PLM_E_MEMORY;
}

/* Fills path[] with the files that a key of the spec names: one text or a list of texts. */
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
                            "%s must be a file name or a list of file names", key);
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
             .notes = "For a model with several inputs or targets, list them in the order of the "
                      "model. Both byte orders, C order and Fortran order are read. Python objects "
                      "(pickle) are not read, since they could run code.",
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
