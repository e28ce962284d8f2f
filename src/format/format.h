/* File formats: each converts the bytes of a model file to a document and back. A format knows no
 * layer, so a new one is a file of its own that defines a plm_format_kind. */
#ifndef PLM_FORMAT_FORMAT_H
#define PLM_FORMAT_FORMAT_H

#include "base/fields.h"
#include "base/stream.h"
#include "model/document.h"

/* The descriptor of a format. */
typedef struct {
    plm_kind kind;
    const char *endings; /* endings of file names without the dot, such as "safetensors|st" */
    /* Returns how likely it is, from 0 to 100, that a file with these n first bytes has the
     * format. */
    int (*sniff)(const unsigned char *head, size_t n);
    /* Reads a document into its arena. Every size in the file must be compared with the number of
     * bytes in the file before memory is allocated for it. */
    plm_status (*read)(plm *w, plm_reader *in, plm_document *out);
    /* Writes a document. The caller commits the file, or abandons it after an error. */
    plm_status (*write)(plm *w, const plm_document *d, plm_file *out);
} plm_format_kind;

/* Reads a model file into the document d. format: the name of its format; NULL = found out from the
 * first bytes of the file or, if these do not show it, from the ending of its name. Before the
 * call, d must be {.arena = {.w = w}}. The caller frees d by plm_document_free, also after an
 * error. */
PLM_CHECKED plm_status plm_document_load(plm *w, const char *path, const char *format,
                                         plm_document *d);
/* True if the ending of the name belongs to a format of other programs that plummet cannot write,
 * such as .keras or .h5. */
bool plm_format_is_foreign(const char *path);
/* Writes a document to a file, which appears whole or not at all. format: the name of the format;
 * NULL = the one that the ending of the path stands for, or safetensors if no format has this
 * ending. Errors: E_UNSUPPORTED if the ending belongs to a format of other programs, such as .h5;
 * all errors of writing. */
PLM_CHECKED plm_status plm_document_save(plm *w, const plm_document *d, const char *path,
                                         const char *format);

#endif
