/* Where the bytes of a new file are stored until the file is complete: in a file without a name,
 * or under a temporary name, in the same folder. Internal to base/file.c. */
#ifndef PLM_BASE_PLACE_H
#define PLM_BASE_PLACE_H

#include "base/stream.h"

/* A file being written, before it gets its name. */
typedef struct {
    char *path;      /* the final path, links followed */
    char *temporary; /* the temporary path; NULL = the file has no name */
    int file;        /* -1 = closed */
    bool direct;     /* true = `file` is path itself: a pipe, a device, an open descriptor */
} plm_place;

/* Opens a place for a new file at path. A pipe, device or open descriptor is opened itself. On
 * error nothing stays open. */
PLM_CHECKED plm_status plm_place_open(plm *w, const char *path, plm_place *out);
/* Opens path itself to append to it. *size = its length in bytes; -1 = not a regular file. */
PLM_CHECKED plm_status plm_place_append(plm *w, const char *path, plm_place *out, int64_t *size);
/* Waits until the bytes are on the disk, gives the file its name, then waits until the folder is
 * on the disk. */
PLM_CHECKED plm_status plm_place_commit(plm *w, plm_place *p);
/* Closes the file and frees both paths. Without a commit before, the new file is removed. */
void plm_place_close(plm *w, plm_place *p);
/* Waits until all bytes written so far are on the disk. */
PLM_CHECKED plm_status plm_place_sync(plm *w, const plm_place *p);

#endif
