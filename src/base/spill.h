/* Lets large blocks of memory lie in temporary files. A runtime that has a spill keeps its large
 * blocks in memory up to a limit, and maps files for those beyond it. The system then reads and
 * writes parts of these files as they are used, so data can be larger than memory. Nothing else
 * changes: a block is a pointer either way, so results have the same bits. */
#ifndef PLM_BASE_SPILL_H
#define PLM_BASE_SPILL_H

#include "base/lock.h"
#include "base/runtime.h"

/* A large block. */
typedef struct {
    void *at;
    size_t bytes;
    bool file; /* it is a mapped file */
} plm_spill_block;

/* The large blocks of a runtime. */
typedef struct {
    plm_lock lock;
    size_t memory;      /* bytes of large blocks that stay in memory */
    const char *folder; /* of the files; borrowed */
    /* the allocate and log functions and the user pointer that the runtime had before the spill was
     * opened; plm_spill_close restores them */
    void *(*allocate)(void *user, void *old, size_t bytes, size_t align);
    void (*log)(void *user, int level, const char *line);
    void *user;
    plm_spill_block *block; /* [blocks], `room` allocated */
    size_t blocks, room;
    size_t used;  /* bytes of the blocks in memory */
    size_t files; /* bytes of the blocks in files */
    int error;    /* why the last file could not be made, as errno; 0 = all could be made */
} plm_spill;

/* Gives a runtime a spill. Blocks that it allocated before stay where they are. False: there is no
 * lock left. */
bool plm_spill_open(plm_spill *s, plm *w, size_t memory, const char *folder);
/* Gives the runtime its functions back. All large blocks must be released. */
void plm_spill_close(plm_spill *s, plm *w);

#endif
