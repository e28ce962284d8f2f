/* Reads the text of a file as UTF-8, whatever its encoding is. The encoding is detected from the
 * bytes: UTF-8, with or without a byte order mark; UTF-16 with a byte order mark; otherwise
 * Windows-1252, which contains all characters of Latin-1. */
#ifndef PLM_DATA_DECODE_H
#define PLM_DATA_DECODE_H

#include "base/stream.h"

/* An encoding. AUTO: detected; it becomes one of the others at the first character that is not
 * ASCII. */
typedef enum {
    PLM_ENCODING_AUTO,
    PLM_ENCODING_UTF8,
    PLM_ENCODING_1252,
    PLM_ENCODING_UTF16LE,
    PLM_ENCODING_UTF16BE
} plm_encoding;

/* A decoder. The caller sets w, reader, path and encoding, then calls plm_decode_begin. */
typedef struct {
    plm *w;
    plm_reader *reader;
    const char *path; /* for messages */
    plm_encoding encoding;
    /* private */
    bool over;          /* the file has no more bytes */
    size_t mark;        /* bytes of the byte order mark */
    unsigned char *raw; /* [RAW] bytes of the file */
    size_t at, end;     /* raw[at .. end) is not decoded yet */
    /* Set by the caller, so that messages can give a line. since: where the caller's buffer begins
     * to hold decoded text; the next text is written directly after it. line: number of line ends
     * before `since`. */
    const char *since;
    int64_t line;
} plm_decoder;

/* Sets *out to the encoding of this name: auto, utf-8, windows-1252, latin-1, utf-16le, utf-16be.
 * False: there is no such encoding. */
bool plm_encoding_find(const char *name, plm_encoding *out);
/* Allocates the buffer, skips a byte order mark, and begins at the first character. */
PLM_CHECKED plm_status plm_decode_begin(plm_decoder *d);
/* Decodes up to `capacity` bytes of UTF-8, at least 16, into `out`; *got = 0 only at the end.
 * Characters are never divided. Errors: E_FORMAT for bytes that are invalid in the encoding, with
 * their line. */
PLM_CHECKED plm_status plm_decode(plm_decoder *d, char *out, size_t capacity, size_t *got);
/* Continues at a position of a plain UTF-8 file, in bytes of text from its beginning. */
PLM_CHECKED plm_status plm_decode_go(plm_decoder *d, int64_t place);
/* Returns how many bytes of s[n] are complete UTF-8 characters, up to the first that is not. */
size_t plm_decode_letters(const char *s, size_t n);
/* Returns the number of ASCII bytes at the beginning of s[n]. */
size_t plm_decode_ascii(const char *s, size_t n);
/* Frees the buffer, not the reader. */
void plm_decode_end(plm_decoder *d);

#endif
