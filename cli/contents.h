/* What is in a file, as text. */
#ifndef PLM_CLI_CONTENTS_H
#define PLM_CLI_CONTENTS_H

#include "cli.h"

/* The bytes of a file and a 0 after them, to be freed; NULL with errno when it cannot be read.
 * *length = their number. Of a file larger than limit, more than limit bytes are read, perhaps not
 * all. A signal does not break it off. */
char *plm_cli_contents(const char *path, size_t limit, size_t *length);

#endif
