/* IDX files and the named sets that are kept in them. */
#include "data_support.h"

#include <stdio.h>
#include <string.h>

/* Bytes of an IDX file while it is made. */
typedef struct {
    unsigned char bytes[4096];
    size_t n;
} idx;

static void add(idx *f, const void *bytes, size_t n)
{
    memcpy(f->bytes + f->n, bytes, n);
    f->n += n;
}

static idx begin(unsigned char type, int rank, const unsigned *dims)
{
    idx f = {{0, 0, type, (unsigned char)rank}, 4};
    for (int i = 0; i < rank; i++) {
        const unsigned char size[4] = {(unsigned char)(dims[i] >> 24),
                                       (unsigned char)(dims[i] >> 16),
                                       (unsigned char)(dims[i] >> 8), (unsigned char)dims[i]};
        add(&f, size, 4);
    }
    return f;
}

static void every_type(void **state)
{
    (void)state;
    static const struct {
        unsigned char type, size, bytes[16]; /* two numbers, high byte first */
        float expected[2];
    } known[] = {
        {0x08, 1, {7, 255}, {7, 255}},
        {0x09, 1, {7, 0xFF}, {7, -1}},
        {0x0B, 2, {1, 2, 0xFF, 0xFE}, {258, -2}},
        {0x0C, 4, {0, 1, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF}, {65536, -1}},
        {0x0D, 4, {0x3F, 0x80, 0, 0, 0xC0, 0x20, 0, 0}, {1, -2.5f}},
        {0x0E, 8, {0x3F, 0xF0, 0, 0, 0, 0, 0, 0, 0xC0, 0x04, 0, 0, 0, 0, 0, 0}, {1, -2.5f}},
    };
    test_memory m;
    plm *w = test_open(&m, NULL);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        for (int streamed = 0; streamed < 2; streamed++) {
            idx f = begin(known[i].type, 2, (unsigned[]){2, 1});
            add(&f, known[i].bytes, (size_t)known[i].size * 2);
            const char *path = test_write("x.idx", f.bytes, f.n);
            plm_data *d =
                plm_data_open(w, "idx('%s', stream=%s)", path, streamed ? "true" : "false");
            assert_non_null(d);
            test_rows r = test_read(d, 0);
            assert_int_equal(r.end, PLM_END);
            assert_int_equal(r.rows, 2);
            assert_memory_equal(r.x, known[i].expected, sizeof known[i].expected);
            test_forget(&r);
            plm_data_free(d);
        }
    test_clean();
    test_close(w, &m);
}

static void pictures_and_labels(void **state)
{
    (void)state;
    idx x = begin(8, 3, (unsigned[]){3, 2, 2}), y = begin(8, 1, (unsigned[]){3});
    add(&x, "\0\1\2\3\4\5\6\7\010\011\012\377", 12);
    add(&y, "\0\4\2", 3);
    test_memory m;
    plm *w = test_open(&m, NULL);
    for (int packed = 0; packed < 2; packed++) {
        const char *images = packed ? test_write_packed("some-images.gz", x.bytes, x.n)
                                    : test_write("some-images", x.bytes, x.n);
        const char *labels =
            packed ? test_write_packed("y.gz", y.bytes, y.n) : test_write("y", y.bytes, y.n);
        plm_data *d = plm_data_open(w, "idx('%s', '%s') | batch(2)", images, labels);
        plm_data_info info;
        assert_non_null(d);
        assert_int_equal(plm_data_get_info(d, &info), PLM_OK);
        assert_int_equal(info.rows, 3);
        assert_int_equal(info.classes, 5);
        assert_int_equal(info.input_rank[0], 2);
        assert_int_equal(info.target_rank[0], 0);
        assert_string_equal(info.name, "some-images");
        test_rows r = test_read(d, 0);
        assert_true(r.x[11] == 255 && r.x[4] == 4 && r.y[1] == 4);
        test_forget(&r);
        plm_data_free(d);
    }
    test_clean();
    test_close(w, &m);
}

static void weights(void **state)
{
    (void)state;
    idx x = begin(8, 2, (unsigned[]){3, 1}), y = begin(8, 1, (unsigned[]){3}),
        few = begin(8, 1, (unsigned[]){2});
    add(&x, "\1\2\3", 3);
    add(&y, "\0\4\2", 3);
    add(&few, "\0\4", 2);
    test_memory m;
    plm *w = test_open(&m, NULL);
    char images[200], labels[200];
    snprintf(images, sizeof images, "%s", test_write("x", x.bytes, x.n));
    snprintf(labels, sizeof labels, "%s", test_write("y", y.bytes, y.n));
    for (int streamed = 0; streamed < 2; streamed++) {
        plm_batch b;
        plm_data *d = plm_data_open(w, "idx('%s', '%s', weight='%s', stream=%s)", images, labels,
                                    labels, streamed ? "true" : "false");
        assert_non_null(d);
        assert_int_equal(plm_data_next(d, &b), PLM_OK);
        assert_true(b.rows == 3 && b.weight != NULL && b.weight[0] == 0 && b.weight[1] == 4 &&
                    b.weight[2] == 2);
        plm_data_free(d);
    }
    test_refused(w, PLM_E_DATA, "2 rows", "idx('%s', '%s', '%s')", images, labels,
                 test_write("few", few.bytes, few.n));
    test_clean();
    test_close(w, &m);
}

static void refused(plm *w, plm_status status, const char *part, const idx *f)
{
    test_refused(w, status, part, "idx('%s')", test_write("bad.idx", f->bytes, f->n));
    if (f->n > 3)
        test_refused(w, status, "", "idx('%s')", test_write_packed("bad.idx.gz", f->bytes, f->n));
}

static void damaged_files(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    idx f = begin(8, 2, (unsigned[]){2, 3});
    add(&f, "abcdef", 6);
    for (size_t n = 0; n < f.n; n++) { /* cut short anywhere */
        idx cut = f;
        cut.n = n;
        refused(w, PLM_E_FORMAT, "bad.idx", &cut);
    }
    add(&f, "g", 1);
    refused(w, PLM_E_FORMAT, "announces 6 bytes", &f);
    test_clean();
    test_close(w, &m);
}

static void headers_that_are_refused(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    idx f = begin(7, 1, (unsigned[]){1});
    refused(w, PLM_E_FORMAT, "00 00 07 01", &f);
    f = begin(8, 0, NULL);
    refused(w, PLM_E_FORMAT, "0 dimensions", &f);
    f = begin(8, 9, (unsigned[]){1, 1, 1, 1, 1, 1, 1, 1, 1});
    refused(w, PLM_E_FORMAT, "9 dimensions", &f);
    f = begin(8, 2, (unsigned[]){0, 3});
    refused(w, PLM_E_DATA, "no rows", &f);
    f = begin(8, 2, (unsigned[]){3, 0});
    refused(w, PLM_E_SHAPE, "no values", &f);
    f = begin(8, 4, (unsigned[]){~0u, ~0u, ~0u, ~0u});
    refused(w, PLM_E_FORMAT, "larger than memory", &f);
    f = begin(0x0E, 1, (unsigned[]){~0u}); /* 32 GiB, of which nothing must be taken */
    const size_t before = m.most;
    refused(w, PLM_E_FORMAT, "announces", &f);
    assert_true(m.most - before < 1 << 20);
    test_clean();
    test_close(w, &m);
}

static void contents_that_are_refused(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    idx f = begin(0x0D, 2, (unsigned[]){2, 1});
    add(&f, "\0\0\0\0\x7F\xC0\0\0", 8);
    refused(w, PLM_E_DATA, "row 1, number 0 is NaN", &f);
    idx y = begin(8, 1, (unsigned[]){3});
    add(&y, "abc", 3);
    f = begin(8, 1, (unsigned[]){2});
    add(&f, "ab", 2);
    const char *images = test_write("two", f.bytes, f.n),
               *labels = test_write("three", y.bytes, y.n);
    test_refused(w, PLM_E_DATA, "the file has 3 rows", "idx('%s', '%s')", images, labels);
    test_clean();
    test_close(w, &m);
}

/* ---- named sets ---- */

static void write_set(const char *folder, const char *part, unsigned char mark)
{
    char name[128];
    idx x = begin(8, 3, (unsigned[]){2, 28, 28}), y = begin(8, 1, (unsigned[]){2});
    unsigned char pixels[2 * 28 * 28];
    memset(pixels, mark, sizeof pixels);
    add(&x, pixels, sizeof pixels);
    add(&y, "\1\2", 2);
    (void)snprintf(name, sizeof name, "%s%s-images-idx3-ubyte", folder, part);
    (void)test_write(name, x.bytes, x.n);
    (void)snprintf(name, sizeof name, "%s%s-labels-idx1-ubyte.gz", folder, part);
    (void)test_write_packed(name, y.bytes, y.n);
}

/* The set that is found has this mark in its first pixel. */
static void check_mark(plm *w, float mark, const char *name, const char *spec)
{
    plm_data *d = plm_data_open(w, "%s", spec);
    plm_data_info info;
    if (!d)
        fail_msg("%s: %s", spec, plm_last_error(w)->what);
    test_rows r = test_read(d, 0);
    assert_int_equal(plm_data_get_info(d, &info), PLM_OK);
    assert_int_equal(r.rows, 2);
    assert_int_equal(info.input_dims[0][0], 28);
    assert_int_equal(info.input_dims[0][1], 28);
    assert_int_equal(info.classes, 10);
    assert_string_equal(info.name, name);
    assert_true(r.x[0] == mark);
    test_forget(&r);
    plm_data_free(d);
}

static void named_sets_are_found(void **state)
{
    (void)state;
    test_memory m;
    char dirs[2048], spec[1024];
    write_set("first/mnist/", "train", 1);
    write_set("second/fashion-mnist/", "train", 2);
    write_set("second/fashion-mnist/", "t10k", 3);
    write_set("third/fashion_mnist/", "train", 4);
    write_set("flat/", "train", 5);
    (void)snprintf(dirs, sizeof dirs, "/nowhere:%s::%s:%s", test_path("first"), test_path("second"),
                   test_path("third"));
    plm *w = test_open(&m, dirs);
    check_mark(w, 1, "mnist", "mnist");
    check_mark(w, 2, "fashion_mnist", "fashion_mnist");
    check_mark(w, 3, "fashion_mnist", "fashion_mnist(test)");
    (void)snprintf(spec, sizeof spec, "fashion_mnist(data_dir='%s')", test_path("third"));
    check_mark(w, 4, "fashion_mnist", spec);
    (void)snprintf(spec, sizeof spec, "mnist(part=train, data_dir='%s')", test_path("flat"));
    check_mark(w, 5, "mnist", spec);
    test_refused(w, PLM_E_IO, "t10k-images-idx3-ubyte and the other files", "mnist(test)");
    test_refused(w, PLM_E_IO, "/nowhere/mnist, /nowhere, ", "mnist(test)");
    test_refused(w, PLM_E_IO, "/second/mnist, ", "mnist(test)");
    test_refused(w, PLM_E_IO, "PLUMMET_DATA=DIR", "mnist(test)");
    test_refused(w, PLM_E_IO, "cifar-10-binary.tar.gz", "cifar10");
    test_refused(w, PLM_E_SPEC, "did you mean test?", "mnist(tests)");
    test_clean();
    test_close(w, &m);
    w = test_open(&m, NULL);
    test_refused(w, PLM_E_IO, "there is no folder to search", "mnist");
    test_close(w, &m);
}

enum { ROW = 3073 };

/* Two pictures: label, planes red, green, blue; pixel 33 is brighter. */
static void make_pictures(unsigned char rows[2 * ROW])
{
    for (int row = 0; row < 2; row++) {
        rows[row * ROW] = (unsigned char)(3 + row);
        for (int colour = 0; colour < 3; colour++)
            for (int i = 0; i < 1024; i++)
                rows[row * ROW + 1 + colour * 1024 + i] =
                    (unsigned char)(10 * colour + row + (i == 33 ? 100 : 0));
    }
}

static void cifar_is_turned_round(void **state)
{
    (void)state;
    static unsigned char rows[2 * ROW];
    test_memory m;
    plm *w = test_open(&m, NULL);
    make_pictures(rows);
    (void)test_write_packed("cifar-10-batches-bin/test_batch.bin.gz", rows, sizeof rows);
    plm_data *d = plm_data_open(w, "cifar10(test, data_dir='%s')", test_path("."));
    plm_data_info info;
    assert_non_null(d);
    assert_int_equal(plm_data_get_info(d, &info), PLM_OK);
    assert_int_equal(info.rows, 2);
    assert_int_equal(info.input_rank[0], 3);
    assert_int_equal(info.input_dims[0][2], 3);
    test_rows r = test_read(d, 0);
    assert_true(r.y[0] == 3 && r.y[1] == 4);
    assert_true(r.x[0] == 0 && r.x[1] == 10 && r.x[2] == 20 && r.x[33 * 3 + 1] == 110 &&
                r.x[3072 + 2] == 21);
    test_forget(&r);
    plm_data_free(d);
    test_clean();
    test_close(w, &m);
}

static void cifar_in_five_files(void **state)
{
    (void)state;
    static unsigned char rows[2 * ROW];
    test_memory m;
    plm *w = test_open(&m, NULL);
    make_pictures(rows);
    for (int i = 1; i <= 5; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "data_batch_%d.bin", i);
        (void)test_write(name, rows, sizeof rows);
    }
    plm_data *d = plm_data_open(w, "cifar10(data_dir='%s')", test_path("."));
    assert_non_null(d);
    test_rows r = test_read(d, 0);
    assert_int_equal(r.rows, 10);
    test_forget(&r);
    plm_data_free(d);
    (void)test_write("data_batch_4.bin", rows, ROW + 5);
    test_refused(w, PLM_E_FORMAT, "ends within image 1", "cifar10(data_dir='%s')", test_path("."));
    rows[0] = 10;
    (void)test_write("data_batch_4.bin", rows, ROW);
    test_refused(w, PLM_E_FORMAT, "label 10", "cifar10(data_dir='%s')", test_path("."));
    test_clean();
    test_close(w, &m);
}

static void shared_sets(void **state)
{
    (void)state;
    const char *shared = test_shared();
    test_memory m;
    if (!shared)
        skip();
    plm *w = test_open(&m, shared);
    static const struct {
        const char *spec;
        int64_t rows;
        double sum;
    } known[] = {{"mnist(test)", 10000, 264923000},
                 {"fashion_mnist(test)", 10000, 573469000},
                 {"cifar10(test)", 1000, 0}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        plm_data *d = plm_data_open(w, "%s | batch(100)", known[i].spec);
        assert_non_null(d);
        test_rows r = test_read(d, 0);
        double sum = 0;
        for (size_t k = 0; k < (size_t)r.rows * r.width[0]; k++)
            sum += (double)r.x[k];
        assert_int_equal(r.rows, known[i].rows);
        if (known[i].sum > 0)
            assert_true(sum > known[i].sum - 1000 && sum < known[i].sum + 1000);
        test_forget(&r);
        plm_data_free(d);
    }
    test_close(w, &m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type),
        cmocka_unit_test(pictures_and_labels),
        cmocka_unit_test(weights),
        cmocka_unit_test(damaged_files),
        cmocka_unit_test(headers_that_are_refused),
        cmocka_unit_test(contents_that_are_refused),
        cmocka_unit_test(named_sets_are_found),
        cmocka_unit_test(cifar_is_turned_round),
        cmocka_unit_test(cifar_in_five_files),
        cmocka_unit_test(shared_sets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
