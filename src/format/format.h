/* Codecs: bytes to document and back. One kind a file in src/format; a codec knows no layer. */
#ifndef PLM_FORMAT_FORMAT_H
#define PLM_FORMAT_FORMAT_H

#include "base/fields.h"
#include "base/stream.h"
#include "model/document.h"

typedef struct {
    plm_kind kind;
    const char *endings; /* "safetensors|st": file endings without the dot */
    /* How sure the first n bytes make it, 0 to 100. */
    int (*sniff)(const unsigned char *head, size_t n);
    /* size = bytes of the file, -1 unknown. Every size in the file is bounded before memory is
     * taken. */
    plm_status (*read)(plm *w, plm_reader *in, plm_document *out);
    plm_status (*write)(plm *w, const plm_document *d, plm_file *out);
} plm_format_kind;

/* Reads a document from a file, told by its first bytes when format is NULL. Open d with {.arena
 * = {.w = w}}. */
PLM_CHECKED plm_status plm_document_load(plm *w, const char *path, const char *format,
                                         plm_document *d);
/* Writes one by way of a temporary file; format NULL = told by the ending, safetensors
 * otherwise. */
PLM_CHECKED plm_status plm_document_save(plm *w, const plm_document *d, const char *path,
                                         const char *format);

#endif
