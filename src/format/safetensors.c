/* Writes safetensors files. Such a file begins with a number N (8 bytes, little-endian). N bytes of
 * JSON follow, padded with blanks to a multiple of 8, then the tensors as raw little-endian
 * numbers. The model's layers and settings are stored in the metadata, so any safetensors reader
 * can open a model file. Nothing else is stored (no date, no host), so equal models give equal
 * files. Layout and order of the tensors are those of the reference implementation. */
#include "format/safetensors.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/letters.h"

/* PIECE: number of bytes whose order is swapped at a time. HEAD: number of bytes before the header,
 * which hold its length. */
enum { PIECE = 8192, HEAD = 8 };

/* ---- the header ---- */

/* Returns the table row of a type; NULL = there is no such type. */
static const plm_safetensors_dtype *dtype_of(plm_dtype dtype)
{
    const plm_safetensors_dtype *t = plm_safetensors_dtypes;
    while (t->name != NULL && t->dtype != dtype)
        t++;
    return t->name != NULL ? t : NULL;
}

/* Adds a new value to an object, which then owns it. False = no memory, or value is NULL. */
static bool put(json_t *object, const char *key, json_t *value)
{
    return json_object_set_new(object, key, value) == 0;
}

/* Returns a list of names as JSON; NULL = no memory. */
static json_t *names_json(size_t count, const char *const *names)
{
    json_t *list = json_array();
    for (size_t i = 0; list != NULL && i < count; i++)
        if (json_array_append_new(list, json_string(names[i])) != 0) {
            json_decref(list);
            return NULL;
        }
    return list;
}

/* Returns the layers as JSON; NULL = no memory. */
static json_t *layers_json(const plm_document *d)
{
    json_t *list = json_array();
    for (size_t i = 0; list != NULL && i < d->layers; i++) {
        const plm_document_layer *l = &d->layer[i];
        json_t *layer = json_object();
        const bool good = put(layer, "name", json_string(l->name)) &&
                          put(layer, "spec", json_string(l->spec)) &&
                          put(layer, "inputs", names_json((size_t)l->inputs, l->input));
        if (json_array_append_new(list, layer) != 0 || !good) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

/* Converts a value to its JSON text, since the metadata can only hold texts. Frees the value. */
static json_t *as_text(json_t *value)
{
    char *text = value != NULL ? json_dumps(value, JSON_COMPACT) : NULL;
    json_t *out = text != NULL ? json_string(text) : NULL;
    plm_json_free(text);
    json_decref(value);
    return out;
}

/* Adds a setting of the model to the metadata. row: the description of the setting. An empty
 * setting is left out, unless row->always is true. False = no memory. */
static bool put_setting(json_t *words, const plm_setting_row *row, const char *word)
{
    const bool empty = word == NULL || word[0] == '\0';
    return (empty && !row->always) ||
           put(words, row->file_key, json_string(word != NULL ? word : ""));
}

/* Adds the metadata: the version of the format, layers, outputs, settings. False = no memory. */
static bool put_metadata(json_t *root, const plm_document *d)
{
    json_t *words = json_object();
    bool good = put(words, "format", json_string("plummet")) &&
                put(words, "plummet.format_version", json_string("1")) &&
                put(words, "plummet.layers", as_text(layers_json(d))) &&
                put(words, "plummet.outputs", as_text(names_json(d->outputs, d->output)));
    for (int i = 0; i < PLM_SETTINGS; i++)
        good = put_setting(words, &plm_settings[i], d->setting[i]) && good;
    return put(root, "__metadata__", words) && good;
}

/* Adds the entry of a tensor, with its type and shape. */
static bool put_tensor(json_t *root, const plm_document_tensor *tensor)
{
    json_t *entry = json_object(), *shape = json_array();
    bool good = shape != NULL;
    for (int i = 0; good && i < tensor->rank; i++)
        good = json_array_append_new(shape, json_integer(tensor->dims[i])) == 0;
    good = put(entry, "dtype", json_string(dtype_of(tensor->dtype)->name)) && good;
    good = put(entry, "shape", shape) && good;
    return put(root, tensor->name, entry) && good;
}

/* Adds the position of a tensor to its entry: it begins `at` bytes after the header. */
static bool put_place(json_t *root, const plm_document_tensor *tensor, size_t at)
{
    return put(json_object_get(root, tensor->name), "data_offsets",
               json_pack("[I,I]", (json_int_t)at, (json_int_t)(at + tensor->bytes)));
}

/* Writes the bytes of a tensor to the file or, if out is NULL, adds them to the checksum *sum. In
 * both cases they are in the byte order of the file. */
static plm_status pass_tensor(const plm_document_tensor *t, plm_file *out, uint32_t *sum)
{
    unsigned char piece[PIECE];
    const bool swaps = plm_safetensors_must_swap();
    /* on a little-endian machine a tensor is one piece, which is not copied */
    for (size_t at = 0, n = 0; at < t->bytes; at += n) {
        const unsigned char *data = (const unsigned char *)t->data + at;
        n = swaps && t->bytes - at > PIECE ? PIECE : t->bytes - at;
        if (swaps) {
            memcpy(piece, data, n);
            plm_element_swap(t->dtype, piece, n / plm_element_size(t->dtype));
            data = piece;
        }
        if (out != NULL)
            PLM_TRY(plm_file_write(out, data, n));
        else
            *sum = plm_safetensors_sum(*sum, data, n);
    }
    return PLM_OK;
}

/* Returns the checksums of all tensors: a JSON string that itself contains JSON, since the metadata
 * can only hold texts. NULL = no memory. order: [d->tensors] as in the file. */
static json_t *sums_json(const plm_document *d, const plm_document_tensor *const *order)
{
    json_t *sums = json_object();
    bool good = sums != NULL;
    for (size_t i = 0; good && i < d->tensors; i++) {
        char digits[PLM_SAFETENSORS_DIGITS];
        uint32_t sum = 0;
        (void)pass_tensor(order[i], NULL, &sum); /* without a file nothing can fail */
        plm_safetensors_digits(sum, digits);
        good = put(sums, order[i]->name, json_string(digits));
    }
    if (good)
        return as_text(sums);
    json_decref(sums);
    return NULL;
}

/* Fills the header. Its checksum covers everything but the positions of the tensors, so the
 * positions are added after the checksum. False = no memory. */
static bool fill_header(json_t *root, const plm_document *d,
                        const plm_document_tensor *const *order)
{
    char digits[PLM_SAFETENSORS_DIGITS];
    size_t at = 0;
    bool good = put_metadata(root, d);
    json_t *words = json_object_get(root, "__metadata__");
    good = good && put(words, "plummet.checksums", sums_json(d, order));
    for (size_t i = 0; good && i < d->tensors; i++)
        good = put_tensor(root, order[i]);
    good = good && plm_safetensors_header_sum(root, digits) &&
           put(words, "plummet.checksum", json_string(digits));
    for (size_t i = 0; good && i < d->tensors; at += order[i++]->bytes)
        good = put_place(root, order[i], at);
    return good;
}

/* Returns the header as a text, to be freed by plm_json_free; NULL = no memory. */
static char *header_text(const plm_document *d, const plm_document_tensor *const *order)
{
    json_t *root = json_object();
    char *text = fill_header(root, d, order) ? json_dumps(root, JSON_COMPACT) : NULL;
    json_decref(root);
    return text;
}

/* ---- checks of a document ---- */

/* Checks that a tensor has a valid type and shape and as many bytes as these need. */
static plm_status check_tensor(plm *w, const plm_document_tensor *t)
{
    int64_t count = 0;
    size_t bytes = 0;
    const plm_safetensors_dtype *dtype = dtype_of(t->dtype);
    if (dtype == NULL || t->rank < 0 || t->rank > 8 ||
        !plm_checked_product(t->rank, t->dims, &count) ||
        !plm_checked_multiply((size_t)count, plm_element_size(dtype->dtype), &bytes) ||
        bytes != t->bytes)
        return plm_fail(w, PLM_E_INTERNAL, "", "please report this fault of plummet",
                        "the size of tensor '%s' does not match its shape", t->name);
    return PLM_OK;
}

/* Fails if a text is not UTF-8. */
static plm_status check_text(plm *w, const char *word)
{
    if (word == NULL || plm_utf8_valid(word, strlen(word)))
        return PLM_OK;
    return plm_fail(w, PLM_E_SPEC, "", "use UTF-8 in names and specs",
                    "the model cannot be written: '%s' is not UTF-8", word);
}

/* Checks everything that will be written. */
static plm_status check_document(plm *w, const plm_document *d)
{
    for (int i = 0; i < PLM_SETTINGS; i++)
        PLM_TRY(check_text(w, d->setting[i]));
    for (size_t i = 0; i < d->layers; i++) { /* inputs and outputs are names of layers too */
        PLM_TRY(check_text(w, d->layer[i].name));
        PLM_TRY(check_text(w, d->layer[i].spec));
    }
    for (size_t i = 0; i < d->tensors; i++) {
        PLM_TRY(check_text(w, d->tensor[i].name));
        PLM_TRY(check_tensor(w, &d->tensor[i]));
    }
    if (d->layers > PLM_SAFETENSORS_LAYERS || d->tensors > PLM_SAFETENSORS_TENSORS)
        return plm_fail(w, PLM_E_UNSUPPORTED, "", "make the model smaller",
                        "a model file holds at most %d layers and %d tensors",
                        (int)PLM_SAFETENSORS_LAYERS, (int)PLM_SAFETENSORS_TENSORS);
    return PLM_OK;
}

/* ---- the file ---- */

/* Compares tensors for the order in the file: the largest types come first, so that every tensor is
 * aligned; tensors of the same type are ordered by name. */
static int by_alignment(const void *a, const void *b)
{
    const plm_document_tensor *x = *(const plm_document_tensor *const *)a,
                              *y = *(const plm_document_tensor *const *)b;
    const plm_safetensors_dtype *of_x = dtype_of(x->dtype), *of_y = dtype_of(y->dtype);
    if (of_x != of_y)
        return of_x < of_y ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* Writes the length of the header and its text, padded with blanks to 8 bytes. */
static plm_status write_header(plm *w, plm_file *out, const char *text)
{
    static const char blanks[HEAD] = {' ', ' ', ' ', ' ', ' ', ' ', ' ', ' '};
    const size_t bare = strlen(text), padding = (HEAD - bare % HEAD) % HEAD, whole = bare + padding;
    unsigned char length[HEAD];
    if (whole > PLM_SAFETENSORS_MAX_HEADER)
        return plm_fail(w, PLM_E_UNSUPPORTED, "", "make the model smaller",
                        "the header of the file would be larger than 100 MB");
    for (int i = 0; i < HEAD; i++)
        length[i] = (unsigned char)((uint64_t)whole >> (8 * i) & 255);
    PLM_TRY(plm_file_write(out, length, sizeof length));
    PLM_TRY(plm_file_write(out, text, bare));
    return plm_file_write(out, blanks, padding);
}

/* Writes the header and all tensors. order: [d->tensors] as in the file. */
static plm_status write_sorted(plm *w, const plm_document *d,
                               const plm_document_tensor *const *order, plm_file *out)
{
    char *text = header_text(d, order);
    plm_status status = text != NULL ? write_header(w, out, text) : plm_fail_memory(w, "");
    plm_json_free(text);
    for (size_t i = 0; i < d->tensors && status >= 0; i++)
        status = pass_tensor(order[i], out, NULL);
    return status;
}

/* Writes a document: checks it, sorts pointers to its tensors into the order of the file, then
 * writes header and tensors. */
static plm_status write(plm *w, const plm_document *d, plm_file *out)
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

/* Returns how likely a file is safetensors: its first 8 bytes must be a possible length of a
 * header, and the byte after them must be '{'. */
static int sniff(const unsigned char *head, size_t n)
{
    uint64_t length = 0;
    if (n <= HEAD || head[HEAD] != '{')
        return 0;
    for (int i = HEAD; i-- > 0;)
        length = length << 8 | head[i];
    return length <= PLM_SAFETENSORS_MAX_HEADER ? 90 : 0;
}

const plm_format_kind plm_format_safetensors = {
    .kind = {.name = "safetensors",
             .help = "stores tensors by name; layers and settings of the model are in the metadata",
             .notes = "Any safetensors reader can open the tensors. Equal models give byte-equal "
                      "files. Loading runs no code and opens no other file.",
             .source = "github.com/huggingface/safetensors"},
    .endings = "safetensors|st",
    .sniff = sniff,
    .read = plm_safetensors_read,
    .write = write,
};
