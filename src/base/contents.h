/* Reads and writes the whole contents of a file. */
#ifndef PLM_BASE_CONTENTS_H
#define PLM_BASE_CONTENTS_H

#include "base/text.h"

/* Fails with E_IO if there is a pipe, device or socket at the path. Opening a named pipe would wait
 * for a program that writes to it, perhaps for ever. what: what is to be read, such as "a model".
 * PLM_OK also if nothing is there. */
PLM_CHECKED plm_status plm_check_regular(plm *w, const char *path, const char *what);

/* Reads a file into memory and adds a 0 after its bytes. *length = the number of bytes, without the
 * 0. The caller frees the memory by plm_release. A file of more than `limit` bytes may be read only
 * in part; *length is then above `limit`. If the file cannot be read, it returns NULL and sets
 * errno; for ENOMEM the runtime has recorded E_MEMORY. A signal does not interrupt the reading. A
 * named pipe is not opened (ESPIPE); an open descriptor such as /dev/stdin may be a pipe. */
char *plm_contents(plm *w, const char *path, size_t limit, size_t *length);

/* Adds the bytes of a file to out as they are: gzip is not decompressed. A missing file adds none,
 * nor does a pipe or device, from which what was written there cannot be read again.
 * Errors: E_IO, E_MEMORY. */
PLM_CHECKED plm_status plm_read_text(plm *w, const char *path, plm_text *out);

/* Writes a whole file. If that fails, an old file at the path stays as it was. */
PLM_CHECKED plm_status plm_write_whole(plm *w, const char *path, const char *text, size_t length);

/* Opens a file for reading, also if signals arrive meanwhile; a program started later does not
 * inherit it. Returns the descriptor, which the caller closes; -1 = failed, see errno. */
int plm_open_to_read(const char *path);

#endif
