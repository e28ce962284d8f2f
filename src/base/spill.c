/* Replaces the allocator of a runtime, see spill.h. The files have no name, so they are gone when
 * the program ends, however it ends. */
#include "base/spill.h"

#include <errno.h>
#include <string.h>

#include "base/system.h"

enum { LARGE = 1 << 18 }; /* min bytes of a large block; smaller ones always stay in memory */

/* Calls the allocator that the runtime had before. bytes = 0: frees `old`. */
static void *before(const plm_spill *s, void *old, size_t bytes, size_t align)
{
    if (s->allocate != NULL)
        return s->allocate(s->user, old, bytes, align);
    if (bytes > 0)
        return plm_system_block(bytes, align);
    plm_system_free(old);
    return NULL;
}

/* Makes sure that the list has space for one more block. False = no memory. */
static bool grow(plm_spill *s, size_t align)
{
    const size_t room = s->room > 0 ? 2 * s->room : 64;
    if (s->blocks < s->room)
        return true;
    plm_spill_block *list = before(s, NULL, room * sizeof *list, align);
    if (list == NULL)
        return false;
    if (s->blocks > 0)
        memcpy(list, s->block, s->blocks * sizeof *list);
    if (s->block != NULL)
        (void)before(s, s->block, 0, align);
    s->block = list;
    s->room = room;
    return true;
}

/* Allocates a large block and adds it to the list. The caller holds the lock. NULL = neither memory
 * nor space in the folder is left. */
static void *take(plm_spill *s, size_t bytes, size_t align)
{
    const bool file = bytes > s->memory || s->used > s->memory - bytes;
    if (!grow(s, align))
        return NULL;
    void *at = file ? plm_system_file_block(s->folder, bytes) : before(s, NULL, bytes, align);
    if (at == NULL && file)
        s->error = errno;
    if (at == NULL)
        return NULL;
    s->block[s->blocks++] = (plm_spill_block){at, bytes, file};
    *(file ? &s->files : &s->used) += bytes;
    return at;
}

/* Removes a block from the list and returns it; at = NULL: it is not in the list. The caller holds
 * the lock. */
static plm_spill_block take_out(plm_spill *s, const void *at)
{
    size_t i = s->blocks;
    while (i > 0 && s->block[i - 1].at != at)
        i--;
    if (i == 0)
        return (plm_spill_block){.at = NULL};
    const plm_spill_block found = s->block[i - 1];
    s->block[i - 1] = s->block[--s->blocks];
    *(found.file ? &s->files : &s->used) -= found.bytes;
    return found;
}

/* The function that replaces the runtime's allocator, see plm_options.allocate. */
static void *allocate(void *user, void *old, size_t bytes, size_t align)
{
    plm_spill *s = user;
    void *at = NULL;
    if (bytes > 0 && bytes < LARGE)
        return before(s, NULL, bytes, align);
    plm_lock_take(&s->lock);
    const plm_spill_block found = bytes > 0 ? (plm_spill_block){.at = NULL} : take_out(s, old);
    if (bytes > 0)
        at = take(s, bytes, align);
    plm_lock_give(&s->lock);
    if (bytes == 0 && found.file)
        plm_system_file_free(found.at, found.bytes);
    else if (bytes == 0)
        (void)before(s, old, 0, align);
    return at;
}

/* The log function of a runtime with a spill. The runtime's `user` is the spill, so this calls the
 * program's log function with the program's own `user`. */
static void pass_on(void *user, int level, const char *line)
{
    const plm_spill *s = user;
    s->log(s->user, level, line);
}

/* Replaces the allocator of a runtime by `allocate`, and its `user` by the spill. The log function
 * gets `user` as well, so it is replaced by pass_on. */
bool plm_spill_open(plm_spill *s, plm *w, size_t memory, const char *folder)
{
    *s = (plm_spill){.memory = memory,
                     .folder = folder,
                     .allocate = w->options.allocate,
                     .log = w->options.log,
                     .user = w->options.user};
    if (!plm_lock_open(&s->lock))
        return false;
    w->options.allocate = allocate;
    w->options.log = s->log != NULL ? pass_on : NULL;
    w->options.user = s;
    return true;
}

/* Restores the functions of the runtime. After that, the runtime's own allocator frees the list of
 * blocks. */
void plm_spill_close(plm_spill *s, plm *w)
{
    w->options.allocate = s->allocate;
    w->options.log = s->log;
    w->options.user = s->user;
    plm_release(w, s->block);
    plm_lock_close(&s->lock);
}
