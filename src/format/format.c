/* Finds the format of a file: by the name that the caller gives, else by the first bytes or by the
 * ending of the file name. A format reads a file into a document and writes a document to a file.
 *
 * Both ways are needed: a file is read by what it is, whatever it is called, and written by what
 * its name says. An ending that belongs to a format of other programs is refused, as its name would
 * promise what the file is not. */
#include "format/format.h"

#include <string.h>

#include "base/contents.h"
#include "base/names.h"
#include "model/model.h"

/* Number of bytes at the beginning of a file from which its format is recognised. */
enum { HEAD = 512 };

/* Returns the list of all formats, as kinds of the family "format"; it ends with NULL. */
static const plm_kind *const *known_formats(const plm *w)
{
    static const plm_kind *const none[] = {NULL};
    for (const plm_family *f = w->families; f != NULL && f->name != NULL; f++)
        if (strcmp(f->name, "format") == 0)
            return f->kinds;
    return none;
}

/* Returns the format that a kind of the family "format" is the first member of. */
static const plm_format_kind *as_format(const plm_kind *kind)
{
    return (const plm_format_kind *)(const void *)kind;
}

/* Fails because the format is not known; the hint lists the known formats. what: the message, a
 * printf format with one %s for `detail`. */
static plm_status fail_unknown(plm *w, const char *path, const char *what, const char *detail)
{
    plm_text t = {.w = w};
    plm_text_add(&t, "known formats: ");
    for (const plm_kind *const *k = known_formats(w); *k != NULL; k++)
        plm_text_format(&t, "%s%s", k == known_formats(w) ? "" : ", ", (*k)->name);
    const plm_status status = plm_fail(w, PLM_E_FORMAT, path, plm_text_get(&t), what, detail);
    plm_text_free(&t);
    return status;
}

/* Finds a format by its name. */
static plm_status find_named(plm *w, const char *path, const char *name,
                             const plm_format_kind **out)
{
    for (const plm_kind *const *k = known_formats(w); *k != NULL; k++)
        if (plm_name_equal((*k)->name, name)) {
            *out = as_format(*k);
            return PLM_OK;
        }
    return fail_unknown(w, path, "unknown format '%s'", name);
}

/* True if the ending is a word of a list such as "a|b". */
static bool is_listed(const char *list, const char *ending)
{
    char word[32];
    while (list != NULL && *list != '\0') {
        const size_t length = strcspn(list, "|");
        if (length < sizeof word) {
            memcpy(word, list, length);
            word[length] = '\0';
            if (plm_name_equal(word, ending))
                return true;
        }
        list += length + (list[length] == '|');
    }
    return false;
}

/* Returns what follows the last dot of the file name; "" = no dot. */
static const char *ending_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *dot = strrchr(slash != NULL ? slash : path, '.');
    return dot != NULL ? dot + 1 : "";
}

/* Returns the format whose files have this ending of the name; NULL = there is none. */
static const plm_format_kind *find_by_ending(const plm *w, const char *path)
{
    for (const plm_kind *const *k = known_formats(w); *k != NULL; k++)
        if (is_listed(as_format(*k)->endings, ending_of(path)))
            return as_format(*k);
    return NULL;
}

/* True if the ending belongs to a format of other programs, which cannot be written. */
bool plm_format_is_foreign(const char *path)
{
    return is_listed("keras|h5|hdf5|onnx|npz|npy|pt|pth|pb|tflite|pkl|gguf", ending_of(path));
}

/* Fails if the ending belongs to a format of other programs, such as .h5: the user probably expects
 * a file in that format. */
static plm_status check_ending(plm *w, const char *path)
{
    if (!plm_format_is_foreign(path))
        return PLM_OK;
    return plm_fail(w, PLM_E_UNSUPPORTED, path,
                    "use the ending .safetensors, which many programs read, or give the format "
                    "explicitly to use this name",
                    "the format of .%s files cannot be written", ending_of(path));
}

/* Finds the most likely format by the first bytes, or else by the ending. Afterwards the reader is
 * at the first byte again. */
static plm_status find_by_head(plm *w, plm_reader *in, const plm_format_kind **out)
{
    unsigned char head[HEAD];
    size_t got = 0;
    int best = 0;
    *out = NULL;
    PLM_TRY(plm_reader_read(in, head, sizeof head, &got));
    /* ask every format how sure it is; the surest one wins */
    for (const plm_kind *const *k = known_formats(w); *k != NULL; k++) {
        const int sure = as_format(*k)->sniff(head, got);
        if (sure > best) {
            best = sure;
            *out = as_format(*k);
        }
    }
    if (*out == NULL)
        *out = find_by_ending(w, plm_reader_path(in));
    if (*out == NULL)
        return fail_unknown(w, plm_reader_path(in), "%s",
                            got == 0 ? "the file is empty" : "this is not a model file");
    return plm_reader_rewind(in);
}

/* Finds the format by its name or by the first bytes of the file, then reads the file in it. An
 * unknown name is an error before the file is opened. */
plm_status plm_document_load(plm *w, const char *path, const char *format, plm_document *d)
{
    const plm_format_kind *kind = NULL;
    plm_reader *in = NULL;
    if (format != NULL)
        PLM_TRY(find_named(w, path, format, &kind));
    PLM_TRY(plm_check_regular(w, path, "a model"));
    PLM_TRY(plm_reader_open(w, path, &in));
    plm_status status = kind != NULL ? PLM_OK : find_by_head(w, in, &kind);
    if (status >= 0)
        status = kind->read(w, in, d);
    plm_reader_close(in);
    return status;
}

/* Writes a document to a file in this format. */
static plm_status write_document(plm *w, const plm_document *d, const char *path,
                                 const plm_format_kind *kind)
{
    plm_file *out = plm_file_open(w, path);
    if (out == NULL)
        return w->error.status;
    const plm_status status = kind->write(w, d, out);
    if (status >= 0)
        return plm_file_commit(out);
    plm_file_abandon(out);
    plm_fail_in_file(w, path);
    return status;
}

/* Finds the format by its name or by the ending of the path, then writes the file. Other endings
 * mean safetensors, except those of other programs, which are an error. */
plm_status plm_document_save(plm *w, const plm_document *d, const char *path, const char *format)
{
    const plm_format_kind *kind = format == NULL ? find_by_ending(w, path) : NULL;
    if (format == NULL && kind == NULL)
        PLM_TRY(check_ending(w, path));
    if (kind == NULL)
        PLM_TRY(find_named(w, path, format != NULL ? format : "safetensors", &kind));
    return write_document(w, d, path, kind);
}

/* Describes the model as a document, then saves that document. */
plm_status plm_model_save(const plm_model *m, const char *path, const char *format)
{
    plm_document d = {0};
    PLM_TRY(plm_model_ready(m));
    if (path == NULL)
        return plm_fail(m->w, PLM_E_ORDER, "plm_model_save", "give the path of the file to write",
                        "no path was given");
    plm_status status = plm_document_from_model(m, &d);
    if (status >= 0)
        status = plm_document_save(m->w, &d, path, format);
    plm_document_free(&d);
    return status;
}
