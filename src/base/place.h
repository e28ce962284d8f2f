/* Stores the bytes of a new file until the file is complete: in a file without a name or under a
 * temporary name, in the folder of the new file. Internal to base/file.c. */
#ifndef PLM_BASE_PLACE_H
#define PLM_BASE_PLACE_H

#include "base/stream.h"

/* A file being written, before it gets its name. */
typedef struct {
    char *path;      /* the final path, after links were followed */
    char *temporary; /* the temporary path; NULL = the file has no name */
    int file;        /* -1 = closed */
    /* true = `file` is what the path names: a pipe, a device or an open descriptor */
    bool direct;
} plm_place;

/* Opens a place for a new file at path. A pipe, device or open descriptor is opened directly. After
 * an error nothing stays open. */
PLM_CHECKED plm_status plm_place_open(plm *w, const char *path, plm_place *out);
/* Opens path itself to append to it. *size = its length in bytes; -1 = not a regular file. */
PLM_CHECKED plm_status plm_place_append(plm *w, const char *path, plm_place *out, int64_t *size);
/* Waits until the bytes are on the disk, gives the file its name, then waits until the folder is
 * on the disk. */
PLM_CHECKED plm_status plm_place_commit(plm *w, plm_place *p);
/* Closes the file and frees both paths. If the file was not committed, it is removed. */
void plm_place_close(plm *w, plm_place *p);
/* Waits until all bytes written so far are on the disk. */
PLM_CHECKED plm_status plm_place_sync(plm *w, const plm_place *p);

#endif
