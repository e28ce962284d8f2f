/* Reads and writes the whole contents of a file. */
#ifndef PLM_BASE_CONTENTS_H
#define PLM_BASE_CONTENTS_H

#include "base/runtime.h"

/* Reads a file into memory and adds a 0 after its bytes. *length = the number of bytes, without the
 * 0. The caller frees the memory by plm_release.
 * If the file has more than `limit` bytes, reading may end early, but *length is then above limit.
 * If the file cannot be read, it returns NULL and sets errno; for ENOMEM the runtime has recorded
 * E_MEMORY. A signal does not interrupt the reading. */
char *plm_contents(plm *w, const char *path, size_t limit, size_t *length);

/* Writes a whole file. If that fails, an old file at the path stays as it was. */
PLM_CHECKED plm_status plm_write_whole(plm *w, const char *path, const char *text, size_t length);

#endif
