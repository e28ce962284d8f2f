/* A spill lets data be larger than memory. A runtime that has one keeps its large blocks in memory
 * up to a limit; further large blocks are mapped temporary files, of which the system reads and
 * writes parts as they are used. A block is a pointer either way, so results have the same bits. */
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
    size_t memory;      /* max bytes of all large blocks in memory; further ones are files */
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
    int error;    /* errno of the last file that could not be made; 0 = none failed */
} plm_spill;

/* Makes a runtime put large blocks into files. Blocks that were allocated before stay where they
 * are. False: the system has no lock left. */
bool plm_spill_open(plm_spill *s, plm *w, size_t memory, const char *folder);
/* Restores the functions of the runtime. All large blocks must have been freed before. */
void plm_spill_close(plm_spill *s, plm *w);

#endif
