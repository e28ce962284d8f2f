/* safetensors: 8 bytes N (little-endian), N bytes JSON padded with blanks to 8, then raw little-endian tensors. The
 * model's words go into the metadata, so that any safetensors reader opens a model file, and nothing else does (no date,
 * no host): equal models give equal files. Layout and order of tensors are those of the reference implementation. */
#include "format/safetensors.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"

enum { PIECE = 8192, HEAD = 8 };

const plm_safetensors_dtype plm_safetensors_dtypes[] = {
    {"F64", PLM_ELEMENT_F64, PLM_F64, false},   {"I64", PLM_ELEMENT_I64, PLM_I64, false},
    {"U64", PLM_ELEMENT_U64, PLM_F32, true},    {"F32", PLM_ELEMENT_F32, PLM_F32, false},
    {"I32", PLM_ELEMENT_I32, PLM_I32, false},   {"U32", PLM_ELEMENT_U32, PLM_F32, true},
    {"BF16", PLM_ELEMENT_BF16, PLM_BF16, false}, {"F16", PLM_ELEMENT_F16, PLM_F16, false},
    {"U16", PLM_ELEMENT_U16, PLM_F32, true},    {"I16", PLM_ELEMENT_I16, PLM_F32, true},
    {"U8", PLM_ELEMENT_U8, PLM_U8, false},      {"I8", PLM_ELEMENT_I8, PLM_F32, true},
    {"BOOL", PLM_ELEMENT_BOOL, PLM_BOOL8, false}, {0},
};

bool plm_safetensors_turns(void)
{
    const uint16_t one = 1;
    unsigned char first = 0;
    memcpy(&first, &one, 1);
    return first == 0;
}

void plm_safetensors_turn(plm_element e, void *data, size_t n)
{
    if (plm_safetensors_turns())
        plm_element_swap(e, data, n);
}

/* ---- the header ---- */

static const plm_safetensors_dtype *dtype_of(plm_dtype dtype)
{
    const plm_safetensors_dtype *t = plm_safetensors_dtypes;
    while (t->name != NULL && (t->converted || t->dtype != dtype))
        t++;
    return t->name != NULL ? t : NULL;
}

static void add_pair(plm_text *t, const char *key, const char *value)
{
    plm_text_format(t, ",\"%s\":", key);
    plm_json_quote(t, value);
}

/* Adds ["a","b"]. */
static void add_names(plm_text *t, size_t count, const char *const *names)
{
    plm_text_add(t, "[");
    for (size_t i = 0; i < count; i++) {
        plm_text_add(t, i > 0 ? "," : "");
        plm_json_quote(t, names[i]);
    }
    plm_text_add(t, "]");
}

static void add_layers(plm_text *t, const plm_document *d)
{
    plm_text_add(t, "[");
    for (size_t i = 0; i < d->layers; i++) {
        const plm_document_layer *l = &d->layer[i];
        plm_text_add(t, i > 0 ? ",{\"name\":" : "{\"name\":");
        plm_json_quote(t, l->name);
        plm_text_add(t, ",\"spec\":");
        plm_json_quote(t, l->spec);
        plm_text_add(t, ",\"inputs\":");
        add_names(t, (size_t)l->inputs, l->input);
        plm_text_add(t, "}");
    }
    plm_text_add(t, "]");
}

static void add_metadata(plm_text *t, const plm_document *d)
{
    plm_text layers = {.w = t->w}, outputs = {.w = t->w};
    add_layers(&layers, d);
    add_names(&outputs, d->outputs, d->output);
    plm_text_add(t, "\"__metadata__\":{\"format\":\"plummet\",\"plummet.format_version\":\"1\"");
    add_pair(t, "plummet.layers", plm_text_get(&layers));
    add_pair(t, "plummet.outputs", plm_text_get(&outputs));
    add_pair(t, "plummet.optimizer", d->optimizer);
    add_pair(t, "plummet.loss", d->loss);
    add_pair(t, "plummet.metrics", d->metrics);
    plm_text_add(t, "}");
    t->failed = t->failed || layers.failed || outputs.failed;
    plm_text_free(&layers);
    plm_text_free(&outputs);
}

static void add_tensor(plm_text *t, const plm_document_tensor *tensor, size_t at)
{
    plm_text_add(t, ",");
    plm_json_quote(t, tensor->name);
    plm_text_format(t, ":{\"dtype\":\"%s\",\"shape\":[", dtype_of(tensor->dtype)->name);
    for (int i = 0; i < tensor->rank; i++)
        plm_text_format(t, "%s%lld", i > 0 ? "," : "", (long long)tensor->dims[i]);
    plm_text_format(t, "],\"data_offsets\":[%zu,%zu]}", at, at + tensor->bytes);
}

/* ---- what a document must be ---- */

static plm_status check_tensor(plm *w, const plm_document_tensor *t)
{
    int64_t count = 0;
    size_t bytes = 0;
    const plm_safetensors_dtype *dtype = dtype_of(t->dtype);
    if (dtype == NULL || t->rank < 0 || t->rank > 8 || !plm_checked_product(t->rank, t->dims, &count) ||
        !plm_checked_multiply((size_t)count, plm_element_size(dtype->element), &bytes) || bytes != t->bytes)
        return plm_fail(w, PLM_E_INTERNAL, "", "please report this", "tensor '%s' is not what it says", t->name);
    return PLM_OK;
}

static plm_status check_word(plm *w, const char *word)
{
    if (plm_utf8_valid(word, strlen(word)))
        return PLM_OK;
    return plm_fail(w, PLM_E_SPEC, "", "use UTF-8 in names and specs", "the model cannot be written: '%s' is not UTF-8",
                    word);
}

static plm_status check_document(plm *w, const plm_document *d)
{
    PLM_TRY(check_word(w, d->optimizer));
    PLM_TRY(check_word(w, d->loss));
    PLM_TRY(check_word(w, d->metrics));
    for (size_t i = 0; i < d->layers; i++) { /* inputs and outputs are names of layers */
        PLM_TRY(check_word(w, d->layer[i].name));
        PLM_TRY(check_word(w, d->layer[i].spec));
    }
    for (size_t i = 0; i < d->tensors; i++) {
        PLM_TRY(check_word(w, d->tensor[i].name));
        PLM_TRY(check_tensor(w, &d->tensor[i]));
    }
    if (d->layers > PLM_SAFETENSORS_LAYERS || d->tensors > PLM_SAFETENSORS_TENSORS)
        return plm_fail(w, PLM_E_UNSUPPORTED, "", "make the model smaller",
                        "a model file holds at most %d layers and %d tensors", (int)PLM_SAFETENSORS_LAYERS,
                        (int)PLM_SAFETENSORS_TENSORS);
    return PLM_OK;
}

/* ---- the file ---- */

/* The largest numbers first, so that each tensor is aligned to its own; names decide among equals. */
static int by_alignment(const void *a, const void *b)
{
    const plm_document_tensor *x = *(const plm_document_tensor *const *)a, *y = *(const plm_document_tensor *const *)b;
    const plm_safetensors_dtype *of_x = dtype_of(x->dtype), *of_y = dtype_of(y->dtype);
    if (of_x != of_y)
        return of_x < of_y ? -1 : 1;
    return strcmp(x->name, y->name);
}

static plm_status write_header(plm_writer *out, const plm_text *t)
{
    unsigned char length[HEAD];
    for (int i = 0; i < HEAD; i++)
        length[i] = (unsigned char)((uint64_t)t->length >> (8 * i) & 255);
    PLM_TRY(plm_writer_write(out, length, sizeof length));
    return plm_writer_write(out, plm_text_get(t), t->length);
}

static plm_status write_tensor(plm_writer *out, const plm_document_tensor *t)
{
    unsigned char piece[PIECE];
    if (!plm_safetensors_turns())
        return plm_writer_write(out, t->data, t->bytes);
    const plm_element element = dtype_of(t->dtype)->element;
    for (size_t at = 0; at < t->bytes;) {
        const size_t n = t->bytes - at < PIECE ? t->bytes - at : PIECE;
        memcpy(piece, (const char *)t->data + at, n);
        plm_element_swap(element, piece, n / plm_element_size(element));
        PLM_TRY(plm_writer_write(out, piece, n));
        at += n;
    }
    return PLM_OK;
}

static plm_status write_sorted(plm *w, const plm_document *d, const plm_document_tensor *const *order,
                               plm_writer *out)
{
    plm_text t = {.w = w};
    size_t at = 0;
    plm_text_add(&t, "{");
    add_metadata(&t, d);
    for (size_t i = 0; i < d->tensors; i++) {
        add_tensor(&t, order[i], at);
        at += order[i]->bytes;
    }
    plm_text_add(&t, "}");
    while (!t.failed && t.length % 8 != 0)
        plm_text_add(&t, " ");
    plm_status status = PLM_OK;
    if (t.failed)
        status = PLM_E_MEMORY;
    else if (t.length > PLM_SAFETENSORS_LONGEST)
        status = plm_fail(w, PLM_E_UNSUPPORTED, "", "make the model smaller", "the header would be over 100 MB");
    else
        status = write_header(out, &t);
    plm_text_free(&t);
    for (size_t i = 0; i < d->tensors && status >= 0; i++)
        status = write_tensor(out, order[i]);
    return status;
}

static plm_status write(plm *w, const plm_document *d, plm_writer *out)
{
    PLM_TRY(check_document(w, d));
    const plm_document_tensor **order = plm_allocate_array(w, d->tensors, sizeof *order);
    if (order == NULL)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < d->tensors; i++)
        order[i] = &d->tensor[i];
    if (d->tensors > 0)
        qsort(order, d->tensors, sizeof *order, by_alignment);
    const plm_status status = write_sorted(w, d, order, out);
    plm_release(w, order);
    return status;
}

static int sniff(const unsigned char *head, size_t n)
{
    uint64_t length = 0;
    if (n <= HEAD || head[HEAD] != '{')
        return 0;
    for (int i = HEAD; i-- > 0;)
        length = length << 8 | head[i];
    return length <= PLM_SAFETENSORS_LONGEST ? 90 : 0;
}

const plm_format_kind plm_format_safetensors = {
    .kind = {.name = "safetensors", .help = "tensors under their names, the model's words in the metadata",
             .notes = "Any safetensors reader opens the tensors. Equal models give byte-equal files. Loading runs no "
                      "code and opens no other file.",
             .source = "github.com/huggingface/safetensors"},
    .endings = "safetensors|st",
    .sniff = sniff,
    .read = plm_safetensors_read,
    .write = write,
};
