/* What the fuzzers of models share: memory with a ceiling, so that large words meet E_MEMORY and
 * not the machine. */
#ifndef PLM_TESTS_FUZZ_MODEL_H
#define PLM_TESTS_FUZZ_MODEL_H

#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "plummet.h"

enum { FUZZ_HEAD = 64, FUZZ_CEILING = 4 << 20 };

/* user: the bytes held. A block's size lies before it. */
static inline void *fuzz_allocate(void *user, void *old, size_t bytes, size_t align)
{
    size_t *held = user, size = 0;
    (void)align;
    if (bytes == 0) {
        if (old) {
            memcpy(&size, (char *)old - FUZZ_HEAD, sizeof size);
            *held -= size;
            free((char *)old - FUZZ_HEAD);
        }
        return NULL;
    }
    if (bytes > FUZZ_CEILING || *held + bytes > FUZZ_CEILING)
        return NULL;
    char *block = aligned_alloc(FUZZ_HEAD, (bytes + 2 * FUZZ_HEAD - 1) / FUZZ_HEAD * FUZZ_HEAD);
    if (!block)
        return NULL;
    memcpy(block, &bytes, sizeof bytes);
    *held += bytes;
    return block + FUZZ_HEAD;
}

static inline plm *fuzz_open(size_t *held)
{
    *held = 0;
    return plm_open(
        PLM_OPTIONS(.threads = 1, .unpinned = true, .allocate = fuzz_allocate, .user = held));
}

static inline void fuzz_close(plm *w, const size_t *held)
{
    plm_close(w);
    if (*held != 0)
        abort();
}

/* A file in memory that holds the bytes, and its path. */
static inline int fuzz_file(const uint8_t *bytes, size_t n, char path[64])
{
    const int file = memfd_create("fuzz", 0);
    if (file < 0 || write(file, bytes, n) != (ssize_t)n)
        abort();
    (void)snprintf(path, 64, "/proc/self/fd/%d", file);
    return file;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

#endif
