/* What the fuzzers of data/ share: bytes become a file in memory, the file becomes streams that
 * are read to the end. */
#ifndef PLM_TESTS_FUZZ_DATA_H
#define PLM_TESTS_FUZZ_DATA_H

#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "plummet.h"

/* Every number of every batch is touched and finite. */
static inline void fuzz_read(plm_data *d)
{
    plm_batch b;
    for (int batches = 0; batches < 1000 && plm_data_next(d, &b) == PLM_OK; batches++) {
        const float *x = b.input[0].data;
        size_t width = 1;
        for (int i = 1; i < b.input[0].rank; i++)
            width *= (size_t)b.input[0].dims[i];
        for (size_t i = 0; i < (size_t)b.rows * width; i++)
            if (!(x[i] - x[i] <= 0))
                abort();
    }
}

/* Opens each of the pipelines, whose %s is the file; ended by NULL. */
static inline int fuzz_pipelines(const uint8_t *bytes, size_t n, const char *const *pipelines)
{
    char path[64], pipeline[256];
    const int file = memfd_create("fuzz", 0);
    if (file < 0 || write(file, bytes, n) != (ssize_t)n)
        abort();
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    plm *w = plm_open(PLM_OPTIONS(.threads = 1, .unpinned = true));
    for (; w && *pipelines; pipelines++) {
        (void)snprintf(pipeline, sizeof pipeline, *pipelines, path, path, path);
        plm_data *d = plm_data_open(w, "%s", pipeline);
        if (d)
            fuzz_read(d);
        else if (!*plm_last_error(w)->what)
            abort();
        plm_data_free(d);
    }
    plm_close(w);
    close(file);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

#endif
