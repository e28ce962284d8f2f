/* What the tests of model files share that write such files by hand: headers, whole files, and what
 * must be refused. */
#ifndef PLM_TESTS_UNIT_SAFETENSORS_SUPPORT_H
#define PLM_TESTS_UNIT_SAFETENSORS_SUPPORT_H

#include "model_support.h"

#include "format/format.h"

extern const plm_format_kind plm_format_safetensors;

/* What makes a file a model: one input of two numbers, no parameters. */
#define WORDS(layers)                                                                              \
    "\"__metadata__\":{\"format\":\"plummet\",\"plummet.format_version\":\"1\",\"plummet."         \
    "layers\":\"" layers "\"}"
#define INPUT "{\\\"name\\\":\\\"x\\\",\\\"spec\\\":\\\"input(2)\\\",\\\"inputs\\\":[]}"
#define DENSE "{\\\"name\\\":\\\"d\\\",\\\"spec\\\":\\\"dense(3)\\\",\\\"inputs\\\":[\\\"x\\\"]}"
#define META WORDS("[" INPUT "]")

/* N, header, `bytes` bytes of data 0, 1, 2, ...; returns the path. */
static inline const char *make_file(const char *header, size_t length, size_t bytes)
{
    unsigned char *file = calloc(1, 8 + length + bytes + 1);
    for (int i = 0; i < 8; i++)
        file[i] = (unsigned char)((uint64_t)length >> (8 * i));
    memcpy(file + 8, header, length);
    for (size_t i = 0; i < bytes; i++)
        file[8 + length + i] = (unsigned char)i;
    const char *path = test_write("made.safetensors", file, 8 + length + bytes);
    free(file);
    return path;
}

static inline void refused(plm *w, plm_status status, const char *part, const char *header,
                           size_t bytes)
{
    const char *path = make_file(header, strlen(header), bytes);
    assert_null(plm_model_load(w, path, NULL));
    test_error(w, status, part);
    test_error(w, status, path);
}

static inline plm_status read_document(plm *w, const char *path, plm_document *d)
{
    plm_reader *in = NULL;
    *d = (plm_document){.arena = {.w = w}};
    PLM_TRY(plm_reader_open(w, path, &in));
    const plm_status status = plm_format_safetensors.read(w, in, d);
    plm_reader_close(in);
    return status;
}

#endif
