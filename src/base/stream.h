/* Reads bytes from files, plain or gzip. (plm_file of plummet.h writes them.) Every error names
 * the path and the system's reason. */
#ifndef PLM_BASE_STREAM_H
#define PLM_BASE_STREAM_H

#include "base/arena.h"
#include "base/text.h"

/* Fails with E_IO "cannot open 'x': No such file or directory". error: the errno. what: what
 * failed, such as "cannot open". path: the file. */
plm_status plm_fail_system(plm *w, int error, const char *what, const char *path);

/* Fails with the error of an attempt to open if this process may not write a file at this path. */
PLM_CHECKED plm_status plm_check_writable(plm *w, const char *path);

/* A file that is being read. */
typedef struct plm_reader plm_reader;

/* Opens a file. gzip is recognised by the first bytes and decompressed. The path "-" means a file
 * of this name, not standard input. */
PLM_CHECKED plm_status plm_reader_open(plm *w, const char *path, plm_reader **out);
/* Reads up to n bytes; *got < n only at the end. Errors: E_FORMAT for damaged gzip, with the
 * offset. */
PLM_CHECKED plm_status plm_reader_read(plm_reader *r, void *out, size_t n, size_t *got);
/* Reads exactly n bytes. Errors: E_FORMAT "ends after N bytes inside its header, M expected",
 * where what = "header". */
PLM_CHECKED plm_status plm_reader_need(plm_reader *r, void *out, size_t n, const char *what);
/* Skips n bytes; in a plain file they are not read. Skipping beyond the end is an error only at the
 * next read. */
PLM_CHECKED plm_status plm_reader_skip(plm_reader *r, size_t n);
/* Reads up to n bytes at an offset of a plain regular file, without moving the reader. Any thread
 * may call it. Returns the number of bytes read. It is smaller at the end of the file, or if the
 * system fails, which the next plm_reader_read reports. */
size_t plm_reader_at(const plm_reader *r, int64_t place, void *out, size_t n);
/* Goes back to the first byte. */
PLM_CHECKED plm_status plm_reader_rewind(plm_reader *r);
/* Returns the size of the file on disk in bytes (of a compressed file the compressed size); -1 =
 * not a regular file. */
int64_t plm_reader_size(const plm_reader *r);
/* True if the file is gzip. */
bool plm_reader_compressed(const plm_reader *r);
/* Returns the path that was opened. */
const char *plm_reader_path(const plm_reader *r);
/* Maps a plain regular file into memory to read it without a copy. The mapping has plm_reader_size
 * bytes and stays valid after plm_reader_close; free it by plm_reader_unmap. NULL = the system
 * cannot map the file, so it must be read. If a mapped file is shortened, the system ends the
 * program (SIGBUS): map only files that nobody may write to. */
const char *plm_reader_map(const plm_reader *r);
/* Frees a mapping; NULL is fine. */
void plm_reader_unmap(const char *bytes, int64_t size);
/* Unpacks deflated bytes without a header, in[n], into out, which they must fill: `bytes` bytes.
 * Errors: E_FORMAT at `path`. */
PLM_CHECKED plm_status plm_inflate(plm *w, const char *path, const void *in, size_t n, void *out,
                                   size_t bytes);
/* Closes the file and frees the reader; NULL is fine. */
void plm_reader_close(plm_reader *r);

#endif
