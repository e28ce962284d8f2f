/* Files: plain and gzip in, whole and broken; atomic out, with the system's reasons when it
 * fails. */
#define _POSIX_C_SOURCE 200809L
#define _XOPEN_SOURCE 700
#include "helper.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/stream.h"

enum { LENGTH = 300000 };

/* A folder of its own for each test, with everything in it removed at the end. */
typedef struct {
    helper h;
    char folder[64], path[128];
    unsigned char *data, *back;
} bench;

static const char *in_folder(bench *b, const char *name)
{
    snprintf(b->path, sizeof(b->path), "%s/%s", b->folder, name);
    return b->path;
}

static int set_up(void **state)
{
    bench *b = calloc(1, sizeof(bench));
    const char *base = getenv("TMPDIR");
    helper_open(&b->h);
    snprintf(b->folder, sizeof(b->folder), "%.40s/plummet-XXXXXX", base ? base : "/tmp");
    assert_non_null(mkdtemp(b->folder));
    b->data = malloc(LENGTH);
    b->back = malloc(LENGTH * 3);
    for (int i = 0; i < LENGTH; i++)
        b->data[i] = (unsigned char)(((unsigned)i * 2654435761u) >> 13 & (i % 7 ? 15 : 255));
    *state = b;
    return 0;
}

static int tear_down(void **state)
{
    static const char *const names[] = {"plain", "packed", "link", "target", "missing"};
    bench *b = *state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        (void)unlink(in_folder(b, names[i]));
    assert_int_equal(rmdir(b->folder), 0); /* no temporary file is left */
    helper_close(&b->h);
    free(b->data);
    free(b->back);
    free(b);
    return 0;
}

static void write_file(bench *b, const char *name, const void *data, size_t n)
{
    plm_file *f = plm_file_open(&b->h.w, in_folder(b, name));
    assert_non_null(f);
    for (size_t at = 0, piece = 1; at < n; at += piece, piece = piece * 3 + 1) {
        if (piece > n - at)
            piece = n - at;
        assert_int_equal(plm_file_write(f, (const char *)data + at, piece), PLM_OK);
    }
    assert_int_equal(plm_file_commit(f), PLM_OK);
}

/* Gzip of data in one member; returns its length. */
static size_t pack(const unsigned char *data, size_t n, unsigned char *out, size_t room)
{
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (unsigned char *)(uintptr_t)data;
    z.avail_in = (uInt)n;
    z.next_out = out;
    z.avail_out = (uInt)room;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    const size_t length = room - z.avail_out;
    deflateEnd(&z);
    return length;
}

/* Reads all of a file in pieces of `piece`; returns the status, the length in *total. */
static plm_status read_all(bench *b, const char *name, size_t piece, size_t *total)
{
    plm_reader *r = NULL;
    *total = 0;
    PLM_TRY(plm_reader_open(&b->h.w, in_folder(b, name), &r));
    plm_status status = PLM_OK;
    for (size_t got = piece; status >= 0 && got == piece; *total += got) {
        assert_true(*total + piece <= LENGTH * 3);
        status = plm_reader_read(r, b->back + *total, piece, &got);
    }
    plm_reader_close(r);
    return status;
}

static void reads_what_was_written(void **state)
{
    bench *b = *state;
    size_t total = 0;
    static const size_t pieces[] = {1, 7, 65536, 100000, LENGTH + 5};
    write_file(b, "plain", b->data, LENGTH);
    for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
        assert_int_equal(read_all(b, "plain", pieces[i], &total), PLM_OK);
        assert_int_equal(total, LENGTH);
        assert_memory_equal(b->back, b->data, LENGTH);
    }
    write_file(b, "plain", "", 0);
    assert_int_equal(read_all(b, "plain", 10, &total), PLM_OK);
    assert_int_equal(total, 0);
}

static void inflates_one_and_more_members(void **state)
{
    bench *b = *state;
    size_t total = 0;
    unsigned char *packed = calloc(1, LENGTH * 2);
    size_t n = pack(b->data, LENGTH / 2, packed, LENGTH * 2);
    n += pack(b->data + LENGTH / 2, LENGTH - LENGTH / 2, packed + n, LENGTH * 2 - n);
    n += 700; /* zeros behind, as tapes leave them */
    write_file(b, "packed", packed, n);
    for (size_t piece = 777; piece < LENGTH; piece *= 40) {
        assert_int_equal(read_all(b, "packed", piece, &total), PLM_OK);
        assert_int_equal(total, LENGTH);
        assert_memory_equal(b->back, b->data, LENGTH);
    }
    plm_reader *r = NULL;
    size_t got = 0;
    assert_int_equal(plm_reader_open(&b->h.w, in_folder(b, "packed"), &r), PLM_OK);
    assert_true(plm_reader_compressed(r));
    assert_int_equal(plm_reader_size(r), n);
    assert_string_equal(plm_reader_path(r), b->path);
    for (int pass = 0; pass < 3; pass++) { /* from the middle and from the end */
        assert_int_equal(plm_reader_read(r, b->back, pass ? LENGTH * 2 : 1000, &got), PLM_OK);
        assert_int_equal(got, pass ? LENGTH : 1000);
        assert_memory_equal(b->back, b->data, got);
        assert_int_equal(plm_reader_rewind(r), PLM_OK);
    }
    plm_reader_close(r);
    free(packed);
}

/* A short gzip cut at every byte, and with every byte changed: an error, or (in the parts of the
 * header that carry nothing) the same data; never other data. */
static void notices_all_damage(void **state)
{
    bench *b = *state;
    unsigned char packed[400];
    size_t total = 0;
    const size_t length = 100, n = pack(b->data, length, packed, sizeof(packed));
    for (size_t cut = 3; cut < n; cut++) {
        write_file(b, "packed", packed, cut);
        assert_int_equal(read_all(b, "packed", 1000, &total), PLM_E_FORMAT);
        assert_error(&b->h.w, PLM_E_FORMAT, "is damaged: the gzip data ends early", "gzip -t");
    }
    for (size_t i = 3; i < n; i++) {
        packed[i] ^= 0x55;
        write_file(b, "packed", packed, n);
        const plm_status status = read_all(b, "packed", 1000, &total);
        packed[i] ^= 0x55;
        if (status >= 0) {
            assert_true(i < 10);
            assert_int_equal(total, length);
            assert_memory_equal(b->back, b->data, length);
        } else {
            assert_int_equal(status, PLM_E_FORMAT);
        }
    }
    packed[n] = 'x';
    write_file(b, "packed", packed, n + 1);
    assert_int_equal(read_all(b, "packed", 1000, &total), PLM_E_FORMAT);
    assert_error(&b->h.w, PLM_E_FORMAT, "something that is not gzip follows", NULL);
}

static void says_how_much_is_missing(void **state)
{
    bench *b = *state;
    plm_reader *r = NULL;
    write_file(b, "plain", b->data, 100);
    assert_int_equal(plm_reader_open(&b->h.w, in_folder(b, "plain"), &r), PLM_OK);
    assert_int_equal(plm_reader_need(r, b->back, 16, "header"), PLM_OK);
    assert_int_equal(plm_reader_need(r, b->back, 100, "pixels"), PLM_E_FORMAT);
    assert_error(&b->h.w, PLM_E_FORMAT, "ends after 100 bytes inside its pixels, 116 expected",
                 NULL);
    plm_reader_close(r);
}

static void names_the_systems_reason(void **state)
{
    bench *b = *state;
    plm_reader *r = NULL;
    plm_file *f = NULL;
    assert_int_equal(plm_reader_open(&b->h.w, in_folder(b, "missing"), &r), PLM_E_IO);
    assert_error(&b->h.w, PLM_E_IO, "cannot open '", "check the path");
    assert_error(&b->h.w, PLM_E_IO, "/missing': No such file or directory", NULL);
    assert_null(r);
    assert_int_equal(plm_reader_open(&b->h.w, b->folder, &r), PLM_E_IO);
    assert_error(&b->h.w, PLM_E_IO, "Is a directory", "name a file");
    assert_null(plm_file_open(&b->h.w, in_folder(b, "missing/file")));
    assert_error(&b->h.w, PLM_E_IO, NULL, NULL);
    assert_null(plm_file_open(&b->h.w, b->folder));
    assert_error(&b->h.w, PLM_E_IO, NULL, NULL);
    if (access("/dev/full", W_OK) != 0)
        skip();
    f = plm_file_open(&b->h.w, "/dev/full");
    assert_non_null(f);
    assert_int_equal(plm_file_write(f, b->data, 1000), PLM_OK);
    assert_int_equal(plm_file_commit(f), PLM_E_IO);
    assert_error(&b->h.w, PLM_E_IO,
                 "cannot write 1000 bytes after the first 0 of '/dev/full': No space left", NULL);
    /* written to, not replaced */
    f = plm_file_open(&b->h.w, "/dev/null");
    assert_non_null(f);
    assert_int_equal(plm_file_write(f, b->data, LENGTH), PLM_OK);
    assert_int_equal(plm_file_commit(f), PLM_OK);
    struct stat about;
    assert_int_equal(stat("/dev/null", &about), 0);
    assert_true(S_ISCHR(about.st_mode));
}

static void old_file_stays_until_commit(void **state)
{
    bench *b = *state;
    size_t total = 0;
    write_file(b, "plain", "old", 3);
    plm_file *f = plm_file_open(&b->h.w, in_folder(b, "plain"));
    assert_non_null(f);
    assert_int_equal(plm_file_write(f, b->data, LENGTH), PLM_OK);
    assert_int_equal(read_all(b, "plain", 10, &total), PLM_OK);
    assert_memory_equal(b->back, "old", 3);
    plm_file_abandon(f);
    assert_int_equal(read_all(b, "plain", 10, &total), PLM_OK);
    assert_int_equal(total, 3);
    plm_file_abandon(NULL);
}

static void keeps_links_and_permissions(void **state)
{
    bench *b = *state;
    char link[128];
    struct stat about;
    const mode_t mask = umask(022);
    write_file(b, "target", "old", 3);
    assert_int_equal(stat(in_folder(b, "target"), &about), 0);
    assert_int_equal(about.st_mode & 0777, 0644);
    assert_int_equal(chmod(b->path, 0600), 0);
    snprintf(link, sizeof(link), "%s", in_folder(b, "link"));
    assert_int_equal(symlink("target", link), 0);
    write_file(b, "link", "newer", 5);
    assert_int_equal(lstat(link, &about), 0);
    assert_true(S_ISLNK(about.st_mode));
    assert_int_equal(stat(in_folder(b, "target"), &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    assert_int_equal(about.st_size, 5);
    umask(mask);
}

static const char *work_path;

static plm_status write_and_read(plm *w)
{
    plm_file *f = NULL;
    plm_reader *r = NULL;
    char packed[64], back[8];
    size_t got = 0;
    const size_t n = pack((const unsigned char *)"abc", 3, (unsigned char *)packed, sizeof(packed));
    f = plm_file_open(w, work_path);
    if (f == NULL)
        return w->error.status;
    const plm_status written = plm_file_write(f, packed, n);
    PLM_TRY(plm_file_commit(f));
    PLM_TRY(written);
    PLM_TRY(plm_reader_open(w, work_path, &r));
    const plm_status status = plm_reader_read(r, back, sizeof(back), &got);
    plm_reader_close(r);
    return status;
}

static void survives_failed_memory(void **state)
{
    bench *b = *state;
    work_path = in_folder(b, "packed");
    assert_survives_failed_memory(write_and_read);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(reads_what_was_written),      TEST(inflates_one_and_more_members),
        TEST(notices_all_damage),          TEST(says_how_much_is_missing),
        TEST(names_the_systems_reason),    TEST(old_file_stays_until_commit),
        TEST(keeps_links_and_permissions), TEST(survives_failed_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
