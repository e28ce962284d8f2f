/* The whole contents of a file, read and written. */
#ifndef PLM_BASE_CONTENTS_H
#define PLM_BASE_CONTENTS_H

#include "base/runtime.h"

/* The bytes of a file and a 0 after them, to be released; NULL with errno when it cannot be
 * read; ENOMEM = the runtime has recorded E_MEMORY.
 * *length = their number. Of a file larger than limit, more than limit bytes are read, perhaps not
 * all. A signal does not break it off. */
char *plm_contents(plm *w, const char *path, size_t limit, size_t *length);

/* Writes a whole file, or leaves the old one. */
PLM_CHECKED plm_status plm_write_whole(plm *w, const char *path, const char *text, size_t length);

#endif
