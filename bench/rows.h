/* Rows for bench programs: a file of them in memory, numbers made up. */
#ifndef BENCH_ROWS_H
#define BENCH_ROWS_H

#include <stdio.h>
#include <stdlib.h>

/* DATADIR/{x,y}WIDTH.bin whole, on a cache line; the process ends where it cannot be read. */
static void *read_file(const char *folder, const char *letter, int width, size_t *bytes)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s%d.bin", folder, letter, width);
    FILE *f = fopen(path, "rb");
    long size = -1;
    if (f != NULL && fseek(f, 0, SEEK_END) == 0)
        size = ftell(f);
    void *data = size > 0 ? aligned_alloc(64, ((size_t)size + 63) / 64 * 64) : NULL;
    if (data == NULL || fseek(f, 0, SEEK_SET) != 0 ||
        fread(data, 1, (size_t)size, f) != (size_t)size) {
        perror(path);
        exit(1);
    }
    fclose(f);
    *bytes = (size_t)size;
    return data;
}

/* Twelve uniform numbers make a nearly normal one. */
static float nearly_normal(unsigned *state)
{
    float sum = -6;
    for (int k = 0; k < 12; k++) {
        *state = *state * 1664525u + 1013904223u;
        sum += (float)(*state >> 8) / 16777216.0f;
    }
    return sum;
}

#endif
