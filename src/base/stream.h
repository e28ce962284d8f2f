/* Bytes out of files, plain or gzip; plm_file of plummet.h writes them. Every failure names the
 * path and the system's reason. */
#ifndef PLM_BASE_STREAM_H
#define PLM_BASE_STREAM_H

#include "base/arena.h"
#include "base/text.h"

/* "cannot open 'x': No such file or directory", E_IO; doing = "open", error = errno. */
plm_status plm_fail_system(plm *w, int error, const char *doing, const char *path);

/* Adds the bytes of a file to out, as they are: gzip is not inflated. A file that is not there adds
 * none. Errors: E_IO, E_MEMORY. */
PLM_CHECKED plm_status plm_read_text(plm *w, const char *path, plm_text *out);
/* Fails, as opening would, where this process may not write a file of that path. */
PLM_CHECKED plm_status plm_check_writable(plm *w, const char *path);

typedef struct plm_reader plm_reader;

/* Opens a file; gzip is told by its first bytes and inflated on the way. path "-" is not
 * special. */
PLM_CHECKED plm_status plm_reader_open(plm *w, const char *path, plm_reader **out);
/* Up to n bytes; *got < n only at the end. E_FORMAT on damaged gzip, with the offset. */
PLM_CHECKED plm_status plm_reader_read(plm_reader *r, void *out, size_t n, size_t *got);
/* Exactly n bytes, else E_FORMAT "file ends after N bytes, M expected". what = "header",
 * "pixels". */
PLM_CHECKED plm_status plm_reader_need(plm_reader *r, void *out, size_t n, const char *what);
/* Passes over n bytes; in a plain file without reading them. What lies behind the end is missed
 * by the next read. */
PLM_CHECKED plm_status plm_reader_skip(plm_reader *r, size_t n);
/* Up to n bytes from a place in a plain regular file, for any thread and without moving the reader;
 * fewer at the end, or where the system fails, which plm_reader_read then tells. */
size_t plm_reader_at(const plm_reader *r, int64_t place, void *out, size_t n);
/* Back to the first byte. */
PLM_CHECKED plm_status plm_reader_rewind(plm_reader *r);
/* Bytes of the file on disk (compressed ones count as such), and whether it is gzip; -1 = not a
 * regular file. */
int64_t plm_reader_size(const plm_reader *r);
bool plm_reader_compressed(const plm_reader *r);
const char *plm_reader_path(const plm_reader *r);
/* The bytes of a plain regular file as memory to be read, plm_reader_size of them, without copying;
 * they stay when the reader is closed. NULL = the system cannot do that: read the file. A file that
 * is cut short meanwhile ends the program (SIGBUS): not for files that somebody may write to. */
const char *plm_reader_map(const plm_reader *r);
/* Gives it back; NULL is fine. */
void plm_reader_unmap(const char *bytes, int64_t size);
void plm_reader_close(plm_reader *r);

#endif
