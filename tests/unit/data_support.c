/* Helpers of the tests of data/. */
#define _XOPEN_SOURCE 700
#include "data_support.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "guarded.h"

enum { PATHS = 16, PATH_ROOM = 512 };

static void *allocate(void *user, void *old, size_t bytes, size_t align)
{
    test_memory *m = user;
    if (bytes == 0) {
        (void)__atomic_sub_fetch(&m->bytes, guarded_give(old), __ATOMIC_SEQ_CST);
        (void)__atomic_sub_fetch(&m->blocks, old != NULL, __ATOMIC_SEQ_CST);
        return NULL;
    }
    assert_null(old);
    const long call = __atomic_add_fetch(&m->calls, 1, __ATOMIC_SEQ_CST);
    void *block = m->fail_at > 0 && call >= m->fail_at ? NULL : guarded_take(bytes, align);
    if (!block)
        return NULL;
    (void)__atomic_add_fetch(&m->blocks, 1, __ATOMIC_SEQ_CST);
    const size_t held = __atomic_add_fetch(&m->bytes, bytes, __ATOMIC_SEQ_CST);
    size_t most = __atomic_load_n(&m->most, __ATOMIC_SEQ_CST);
    while (held > most && !__atomic_compare_exchange_n(&m->most, &most, held, false,
                                                       __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {}
    return block;
}

plm *test_open(test_memory *m, const char *data_dir)
{
    *m = (test_memory){0};
    plm *w = plm_open(PLM_OPTIONS(.threads = 1, .seed = 7, .allocate = allocate, .user = m,
                                  .unpinned = true, .data_dir = data_dir));
    assert_non_null(w);
    return w;
}

void test_close(plm *w, test_memory *m)
{
    m->fail_at = 0;
    plm_close(w);
    assert_int_equal(m->blocks, 0);
    assert_int_equal(m->bytes, 0);
}

/* ---- files ---- */

static char folder[PATH_ROOM];

const char *test_path(const char *name)
{
    static char paths[PATHS][PATH_ROOM * 2];
    static unsigned next;
    if (!*folder) {
        const char *base = getenv("TMPDIR");
        (void)snprintf(folder, sizeof folder, "%s/plummet-test-XXXXXX",
                       base && *base ? base : "/tmp");
        assert_non_null(mkdtemp(folder));
    }
    char *path = paths[next++ % PATHS];
    (void)snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    for (char *slash = path + strlen(folder) + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        (void)mkdir(path, 0700);
        *slash = '/';
    }
    return path;
}

const char *test_write(const char *name, const void *bytes, size_t n)
{
    const char *path = test_path(name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
    return path;
}

const char *test_write_text(const char *name, const char *text)
{
    return test_write(name, text, strlen(text));
}

const char *test_write_packed(const char *name, const void *bytes, size_t n)
{
    const char *path = test_path(name);
    gzFile file = gzopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(gzwrite(file, bytes, (unsigned)n), n);
    assert_int_equal(gzclose(file), Z_OK);
    return path;
}

static int remove_one(const char *path, const struct stat *about, int type, struct FTW *place)
{
    (void)about;
    (void)type;
    (void)place;
    return remove(path);
}

void test_clean(void)
{
    if (*folder)
        (void)nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    *folder = '\0';
}

int test_clean_group(void **state)
{
    (void)state;
    test_clean();
    return 0;
}

const char *test_shared(void)
{
    const char *said = getenv("PLUMMET_SHARED");
    const char *path = said && *said ? said : "../shared/data";
    struct stat about;
    if (stat(path, &about) == 0)
        return path;
    print_message("skipped: no shared data at %s (PLUMMET_SHARED names another place)\n", path);
    return NULL;
}

/* ---- streams ---- */

static size_t row_width(const plm_view *view)
{
    size_t width = 1;
    for (int i = 1; i < view->rank; i++)
        width *= (size_t)view->dims[i];
    return width;
}

static void append(float **to, size_t *width, int64_t rows, const plm_view *view)
{
    *width = row_width(view);
    assert_int_equal(view->dtype, PLM_F32);
    assert_int_equal((uintptr_t)view->data % 64, 0);
    *to = realloc(*to, (size_t)(rows + view->dims[0]) * *width * sizeof **to);
    assert_non_null(*to);
    memcpy(*to + (size_t)rows * *width, view->data, (size_t)view->dims[0] * *width * sizeof **to);
}

test_rows test_read(plm_data *d, int64_t epoch)
{
    test_rows r = {.end = plm_data_rewind(d, epoch)};
    plm_batch b;
    while (r.end >= 0 && (r.end = plm_data_next(d, &b)) == PLM_OK) {
        assert_true(b.rows > 0);
        assert_int_equal(b.input[0].dims[0], b.rows);
        append(&r.x, &r.width[0], r.rows, &b.input[0]);
        if (b.targets > 0)
            append(&r.y, &r.width[1], r.rows, &b.target[0]);
        r.rows += b.rows;
        r.batches++;
    }
    return r;
}

void test_forget(test_rows *r)
{
    free(r->x);
    free(r->y);
    *r = (test_rows){0};
}

void test_error(const plm *w, plm_status status, const char *part)
{
    char all[4096];
    const plm_error *e = plm_last_error(w);
    (void)snprintf(all, sizeof all, "%s\n%s\n%s", e->what, e->where, e->hint);
    if (e->status != status || !strstr(all, part) || !*e->what)
        fail_msg("expected status %d and \"%s\", got %d:\n%s", (int)status, part, (int)e->status,
                 all);
}

void test_refused(plm *w, plm_status status, const char *part, const char *pipeline, ...)
{
    char text[4096];
    va_list list;
    va_start(list, pipeline);
    (void)vsnprintf(text, sizeof text, pipeline, list);
    va_end(list);
    plm_data *d = plm_data_open(w, "%s", text);
    if (d)
        fail_msg("was accepted: %s", text);
    test_error(w, status, part);
}
