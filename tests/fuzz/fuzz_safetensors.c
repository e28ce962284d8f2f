/* Any bytes as a safetensors file: refused with a message, or read so that what is written again
 * reads as the same. */
#include "fuzz_model.h"

#include "base/runtime.h"
#include "format/format.h"

extern const plm_format_kind plm_format_safetensors;

static plm_status read_document(plm *w, const char *path, plm_document *d)
{
    plm_reader *in = NULL;
    *d = (plm_document){.arena = {.w = w}};
    PLM_TRY(plm_reader_open(w, path, &in));
    const plm_status status = plm_format_safetensors.read(w, in, d);
    plm_reader_close(in);
    return status;
}

static const plm_document_tensor *find(const plm_document *d, const char *name)
{
    for (size_t i = 0; i < d->tensors; i++)
        if (strcmp(d->tensor[i].name, name) == 0)
            return &d->tensor[i];
    return NULL;
}

static bool same_layer(const plm_document_layer *x, const plm_document_layer *y)
{
    return strcmp(x->name, y->name) == 0 && strcmp(x->spec, y->spec) == 0 && x->inputs == y->inputs;
}

static bool same_tensor(const plm_document_tensor *x, const plm_document_tensor *y)
{
    return y && x->rank == y->rank && x->dtype == y->dtype && x->bytes == y->bytes &&
           memcmp(x->dims, y->dims, sizeof x->dims) == 0 && memcmp(x->data, y->data, x->bytes) == 0;
}

/* NULL and "" are both: not given. */
static bool same_setting(const char *x, const char *y)
{
    return strcmp(x ? x : "", y ? y : "") == 0;
}

static void must_be_same(const plm_document *a, const plm_document *b)
{
    bool same = a->layers == b->layers && a->outputs == b->outputs && a->tensors == b->tensors;
    for (size_t i = 0; same && i < PLM_SETTINGS; i++)
        same = same_setting(a->setting[i], b->setting[i]);
    for (size_t i = 0; same && i < a->layers; i++)
        same = same_layer(&a->layer[i], &b->layer[i]);
    for (size_t i = 0; same && i < a->tensors; i++)
        same = same_tensor(&a->tensor[i], find(b, a->tensor[i].name));
    if (!same)
        abort();
}

static void write_and_read(plm *w, const plm_document *d)
{
    plm_document again;
    plm_file *out = NULL;
    char path[64];
    (void)snprintf(path, sizeof path, "/tmp/plummet-fuzz-%ld.safetensors", (long)getpid());
    out = plm_file_open(w, path);
    if (out == NULL)
        return; /* no memory left */
    if (plm_format_safetensors.write(w, d, out) < 0) {
        plm_file_abandon(out);
        return;
    }
    if (plm_file_commit(out) < 0)
        return;
    const plm_status status = read_document(w, path, &again);
    if (status >= 0)
        must_be_same(d, &again);
    else if (status != PLM_E_MEMORY)
        abort();
    plm_document_free(&again);
    (void)unlink(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    char path[64];
    size_t held = 0;
    plm_document d;
    plm *w = fuzz_open(&held);
    if (!w)
        return 0;
    const int file = fuzz_file(bytes, n, path);
    if (read_document(w, path, &d) >= 0)
        write_and_read(w, &d);
    else if (!*plm_last_error(w)->what)
        abort();
    plm_document_free(&d);
    close(file);
    fuzz_close(w, &held);
    return 0;
}
