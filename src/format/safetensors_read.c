/* Makes a document from a safetensors file. It reads the header first, then layers and settings
 * from the metadata, then the tensors in the order of their bytes; each tensor is read directly
 * into its final memory.
 *
 * Nothing in the file is trusted. The length of the header is limited; a tensor's bytes must lie in
 * the file before memory for them is taken; the layers and settings must have exactly the keys that
 * this version writes. The decompressed size of a compressed file is not known in advance. So it is
 * bounded by the largest output of deflate for a file of this size, and the end is checked after
 * the last tensor. */
#include "format/safetensors.h"

#include <string.h>

#include "base/json.h"

/* Max number of bytes to which deflate can expand one byte. */
enum { MAX_INFLATED = 1032 };

static const char *const hint_no_model =
    "give a model file of plummet; to use other tensors, build the net by plm_add and set its "
    "parameters by plm_parameter_write";

/* ---- layers and settings ---- */

/* Fails on an error in a part of the metadata. */
static plm_status bad_metadata(const plm_safetensors_header *h, const char *part, const char *what)
{
    return plm_fail(h->a->w, PLM_E_FORMAT, h->path,
                    "the file is damaged or was written by a faulty program: get it again",
                    "%s: %s", part, what);
}

/* Copies a list of texts into the arena: *out has *count names. part: the key of the metadata, for
 * errors. */
static plm_status read_names(const plm_safetensors_header *h, const char *part, const json_t *j,
                             const char ***out, size_t *count)
{
    const size_t size = json_array_size(j);
    if (!json_is_array(j) || size > PLM_SAFETENSORS_LAYERS)
        return bad_metadata(h, part, "expected a list of at most 20000 names");
    const char **names = plm_arena_array(h->a, size + 1, sizeof *names);
    if (names == NULL)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < size; i++) {
        const json_t *name = json_array_get(j, i);
        if (!json_is_string(name))
            return bad_metadata(h, part, "a name is not a text");
        names[i] = plm_arena_text(h->a, json_string_value(name), SIZE_MAX);
        if (names[i] == NULL)
            return PLM_E_MEMORY;
    }
    *out = names;
    *count = size;
    return PLM_OK;
}

/* Reads one layer, which has exactly the keys name, spec and inputs. */
static plm_status read_layer(const plm_safetensors_header *h, const json_t *j,
                             plm_document_layer *layer)
{
    const char *name = json_string_value(json_object_get(j, "name"));
    const char *spec = json_string_value(json_object_get(j, "spec"));
    const json_t *inputs = json_object_get(j, "inputs");
    const char **names = NULL;
    size_t count = 0;
    if (name == NULL || spec == NULL || inputs == NULL)
        return bad_metadata(h, "plummet.layers", "a layer lacks name, spec or inputs");
    if (json_object_size(j) != 3)
        return bad_metadata(h, "plummet.layers", "a layer has an unknown key");
    PLM_TRY(read_names(h, "plummet.layers", inputs, &names, &count));
    layer->name = plm_arena_text(h->a, name, SIZE_MAX);
    layer->spec = plm_arena_text(h->a, spec, SIZE_MAX);
    layer->input = names;
    layer->inputs = (int)count;
    return layer->name != NULL && layer->spec != NULL ? PLM_OK : PLM_E_MEMORY;
}

/* Reads all layers. */
static plm_status read_layers(const plm_safetensors_header *h, const json_t *j, plm_document *d)
{
    const size_t size = json_array_size(j);
    if (!json_is_array(j) || size > PLM_SAFETENSORS_LAYERS)
        return bad_metadata(h, "plummet.layers", "expected a list of at most 20000 layers");
    d->layer = plm_arena_array(h->a, size + 1, sizeof *d->layer);
    if (d->layer == NULL)
        return PLM_E_MEMORY;
    for (; d->layers < size; d->layers++)
        PLM_TRY(read_layer(h, json_array_get(j, d->layers), &d->layer[d->layers]));
    return PLM_OK;
}

/* Reads the names of the outputs: the layers whose values are the outputs of the model. */
static plm_status read_outputs(const plm_safetensors_header *h, const json_t *j, plm_document *d)
{
    return read_names(h, "plummet.outputs", j, &d->output, &d->outputs);
}

/* A function that fills d from one value of the metadata, which is itself JSON. */
typedef plm_status part_reader(const plm_safetensors_header *h, const json_t *j, plm_document *d);

/* Parses `text`, the value of a metadata key, as JSON and passes the result to `read`, which fills
 * d. */
static plm_status read_inner(const plm_safetensors_header *h, const char *key, const char *text,
                             plm_document *d, part_reader *read)
{
    json_t *root = NULL;
    PLM_TRY(plm_json_parse(h->a->w, h->path, key, text, strlen(text), &root));
    const plm_status status = read(h, root, d);
    json_decref(root);
    return status;
}

/* Reads version, settings, layers and outputs from the metadata. */
static plm_status read_settings(const plm_safetensors_header *h, plm_document *d)
{
    const char *version = plm_safetensors_value(h, "plummet.format_version");
    const char *layers = plm_safetensors_value(h, "plummet.layers");
    const char *outputs = plm_safetensors_value(h, "plummet.outputs");
    if (version == NULL || layers == NULL)
        return plm_fail(d->arena.w, PLM_E_FORMAT, h->path, hint_no_model,
                        "the file has tensors, but no description of the net they belong to");
    if (strcmp(version, "1") != 0)
        return plm_fail(
            d->arena.w, PLM_E_UNSUPPORTED, h->path, "read the file with a newer plummet",
            "the model is in version %s of the format, but this plummet reads version 1", version);
    for (int i = 0; i < PLM_SETTINGS; i++) {
        const char *word = plm_safetensors_value(h, plm_settings[i].file_key);
        d->setting[i] = word != NULL ? word : "";
    }
    PLM_TRY(read_inner(h, "plummet.layers", layers, d, read_layers));
    return outputs != NULL ? read_inner(h, "plummet.outputs", outputs, d, read_outputs) : PLM_OK;
}

/* ---- numbers ---- */

/* Reads one tensor, appends it to the document and computes its checksum *sum. */
static plm_status read_tensor(plm_reader *in, const plm_safetensors_entry *e, plm_document *d,
                              uint32_t *sum)
{
    plm_document_tensor *t = &d->tensor[d->tensors];
    *t = (plm_document_tensor){.name = e->name, .rank = e->rank, .dtype = e->dtype->dtype};
    memcpy(t->dims, e->dims, sizeof t->dims);
    t->bytes = (size_t)(e->end - e->begin);
    void *data = plm_arena_take(&d->arena, t->bytes);
    if (data == NULL)
        return PLM_E_MEMORY;
    t->data = data;
    d->tensors++;
    PLM_TRY(plm_reader_need(in, data, t->bytes, e->name));
    *sum = plm_safetensors_sum(0, data, t->bytes);
    plm_safetensors_swap(e->dtype->dtype, data, e->count);
    return PLM_OK;
}

/* Reads all tensors and compares their checksums. */
static plm_status read_checked(plm_reader *in, const plm_safetensors_header *h, plm_document *d)
{
    json_t *sums = NULL;
    plm_status status = plm_safetensors_read_sums(h, &sums);
    /* entries are in the order of their bytes, so the file is read once from beginning to end */
    for (size_t i = 0; i < h->entries && status >= 0; i++) {
        uint32_t sum = 0;
        status = read_tensor(in, &h->entry[i], d, &sum);
        if (status >= 0)
            status = plm_safetensors_check_sum(h, sums, h->entry[i].name, sum);
    }
    json_decref(sums);
    return status;
}

/* Reads all tensors and checks that the file ends after the last one. For a compressed file,
 * plm_safetensors_check could not check that, as it did not know the size. */
static plm_status read_tensors(plm_reader *in, const plm_safetensors_header *h, plm_document *d)
{
    unsigned char beyond = 0;
    size_t got = 0;
    d->tensor = plm_arena_array(&d->arena, h->entries + 1, sizeof *d->tensor);
    if (d->tensor == NULL)
        return PLM_E_MEMORY;
    PLM_TRY(read_checked(in, h, d));
    PLM_TRY(plm_reader_read(in, &beyond, 1, &got));
    if (got > 0)
        return plm_fail(d->arena.w, PLM_E_FORMAT, h->path, "the file is damaged: get it again",
                        "bytes at the end belong to no tensor");
    return PLM_OK;
}

/* ---- the file ---- */

/* Sets *max to the largest possible size of the file after decompression, in bytes. It limits the
 * memory that a header can ask for. */
static plm_status bound(plm *w, const plm_reader *in, int64_t *max)
{
    *max = plm_reader_size(in);
    if (*max < 0)
        return plm_fail(w, PLM_E_IO, plm_reader_path(in), "write the model to a file first",
                        "a model file must be a regular file, not a pipe or device");
    if (plm_reader_compressed(in))
        *max = *max < INT64_MAX / (MAX_INFLATED + 1) ? *max * MAX_INFLATED : INT64_MAX;
    return PLM_OK;
}

/* Reads the length of the header, and checks that such a header is allowed and fits into the
 * file. */
static plm_status read_length(plm *w, plm_reader *in, int64_t max, int64_t *length)
{
    unsigned char bytes[8];
    uint64_t n = 0;
    PLM_TRY(plm_reader_need(in, bytes, sizeof bytes, "length of the header"));
    for (int i = 8; i-- > 0;)
        n = n << 8 | bytes[i];
    if (n > PLM_SAFETENSORS_MAX_HEADER)
        return plm_fail(
            w, PLM_E_FORMAT, plm_reader_path(in), hint_no_model,
            "the header has %llu bytes, but at most %d are allowed: this is not a safetensors file",
            (unsigned long long)n, (int)PLM_SAFETENSORS_MAX_HEADER);
    if ((int64_t)n > max - 8)
        return plm_fail(w, PLM_E_FORMAT, plm_reader_path(in), "the file is cut short: get it again",
                        "the header has %llu bytes, but the file has only %lld",
                        (unsigned long long)n, (long long)max);
    *length = (int64_t)n;
    return PLM_OK;
}

/* Reads a document. The parts are read in this order: length of the header, header, layers and
 * settings, tensors. The sizes in the header are checked before memory for tensors is allocated. */
plm_status plm_safetensors_read(plm *w, plm_reader *in, plm_document *out)
{
    plm_safetensors_header h = {.a = &out->arena, .path = plm_reader_path(in)};
    int64_t max = 0, length = 0;
    PLM_TRY(bound(w, in, &max));
    PLM_TRY(read_length(w, in, max, &length));
    char *text = plm_allocate(w, (size_t)length);
    if (text == NULL)
        return PLM_E_MEMORY;
    plm_status status = plm_reader_need(in, text, (size_t)length, "header");
    if (status >= 0)
        status = plm_safetensors_parse(&h, text, (size_t)length);
    plm_release(w, text);
    PLM_TRY(status);
    PLM_TRY(plm_safetensors_check(&h, max - 8 - length, plm_reader_compressed(in)));
    PLM_TRY(read_settings(&h, out));
    return read_tensors(in, &h, out);
}
