/* What the tests of data/ share: a runtime that counts and limits its memory, a folder for
 * files, streams read to the end, and errors that are held against what they must say. */
#ifndef PLM_TESTS_DATA_SUPPORT_H
#define PLM_TESTS_DATA_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plummet.h"

/* The memory of a test. */
typedef struct {
    long calls;         /* allocations so far */
    long blocks;        /* blocks not yet given back */
    size_t bytes, most; /* held now, and at most */
    long fail_at;       /* this call, and all after it, get nothing; 0 = never */
} test_memory;

/* A runtime over m; data_dir may be NULL. */
plm *test_open(test_memory *m, const char *data_dir);
/* Closes it and checks that all memory came back. */
void test_close(plm *w, test_memory *m);

/* A folder of this test, made at the first call, and a file in it (the text lives for 16 more
 * calls). */
const char *test_path(const char *name);
/* Writes a file there; returns its path. packed = as gzip. */
const char *test_write(const char *name, const void *bytes, size_t n);
const char *test_write_text(const char *name, const char *text);
const char *test_write_packed(const char *name, const void *bytes, size_t n);
/* Removes the folder and all in it. */
void test_clean(void);
int test_clean_group(void **state); /* the same, as the teardown of a group of tests */
/* The folder of shared test data, or NULL where there is none. */
const char *test_shared(void);

/* One epoch, read to its end. */
typedef struct {
    int64_t rows, batches;
    size_t width[2]; /* numbers of a row of the first input and target */
    float *x, *y;
    plm_status end; /* END or an error */
} test_rows;

test_rows test_read(plm_data *d, int64_t epoch);
void test_forget(test_rows *r);

/* The last error of w has this status, and its three texts together hold `part`. */
void test_error(const plm *w, plm_status status, const char *part);
/* Opening fails so. */
void test_refused(plm *w, plm_status status, const char *part, const char *pipeline, ...)
    PLM_PRINTF(4, 5);

#endif
