/* Where the bytes of a file are kept until the file is whole: in a file without a name, or under a
 * temporary name, in the folder of the file to be. Internal to base/file.c. */
#ifndef PLM_BASE_PLACE_H
#define PLM_BASE_PLACE_H

#include "base/stream.h"

typedef struct {
    char *path;      /* the file to be, links followed */
    char *temporary; /* the name until then; NULL = it has none */
    int file;        /* -1 = closed */
    bool direct;     /* `file` is path itself: a pipe, a device, a descriptor that was open */
} plm_place;

/* Opens a place for a new file at path. What is no ordinary file is opened itself. On error nothing
 * stays open. */
PLM_CHECKED plm_status plm_place_open(plm *w, const char *path, plm_place *out);
/* Opens path itself to add to its end; *size = its bytes, -1 = no ordinary file. */
PLM_CHECKED plm_status plm_place_append(plm *w, const char *path, plm_place *out, int64_t *size);
/* Puts the bytes on the disk, then gives the file its name, then puts the folder on the disk. */
PLM_CHECKED plm_status plm_place_commit(plm *w, plm_place *p);
/* Closes and, where there was no commit, removes what was made. */
void plm_place_close(plm *w, plm_place *p);
/* Puts on the disk what was written to the file. */
PLM_CHECKED plm_status plm_place_sync(plm *w, const plm_place *p);

#endif
