/* npy files, made here byte by byte. */
#include "data_support.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    unsigned char bytes[8192];
    size_t n;
} npy;

static void add(npy *f, const void *bytes, size_t n)
{
    memcpy(f->bytes + f->n, bytes, n);
    f->n += n;
}

/* A file of version 1, 2 or 3 with this header, padded as numpy does, without numbers. */
static npy begin(int version, const char *header)
{
    npy f = {{0x93, 'N', 'U', 'M', 'P', 'Y', (unsigned char)version, 0}, 8};
    const size_t length_bytes = version == 1 ? 2 : 4, bare = 8 + length_bytes + strlen(header) + 1;
    const size_t padded = (bare + 63) / 64 * 64, length = padded - 8 - length_bytes;
    const unsigned char size[4] = {(unsigned char)length, (unsigned char)(length >> 8), 0, 0};
    add(&f, size, length_bytes);
    add(&f, header, strlen(header));
    while (f.n + 1 < padded)
        add(&f, " ", 1);
    add(&f, "\n", 1);
    return f;
}

static npy begin_array(const char *type, const char *order, const char *shape)
{
    char header[256];
    (void)snprintf(header, sizeof header, "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }",
                   type, order, shape);
    return begin(1, header);
}

static void check(plm *w, const npy *f, const float *expected, size_t n, const char *arguments)
{
    plm_data *d = plm_data_open(w, "npy('%s'%s)", test_write("x.npy", f->bytes, f->n), arguments);
    if (!d)
        fail_msg("%s: %s", f->bytes + 10, plm_last_error(w)->what);
    test_rows r = test_read(d, 0);
    assert_int_equal(r.end, PLM_END);
    assert_int_equal((size_t)r.rows * r.width[0], n);
    assert_memory_equal(r.x, expected, n * sizeof(float));
    test_forget(&r);
    plm_data_free(d);
}

static void every_type(void **state)
{
    (void)state;
    static const struct {
        const char *type;
        unsigned char size, bytes[16]; /* two numbers, low byte first */
        float expected[2];
    } known[] = {
        {"f2", 2, {0, 0x3C, 0, 0xC1}, {1, -2.5f}},
        {"f4", 4, {0, 0, 0x80, 0x3F, 0, 0, 0x20, 0xC0}, {1, -2.5f}},
        {"f8", 8, {0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0, 0, 0, 0, 0, 0, 0x04, 0xC0}, {1, -2.5f}},
        {"i1", 1, {7, 0xFF}, {7, -1}},
        {"i2", 2, {2, 1, 0xFE, 0xFF}, {258, -2}},
        {"i4", 4, {0, 0, 1, 0, 0xFF, 0xFF, 0xFF, 0xFF}, {65536, -1}},
        {"i8",
         8,
         {0, 0, 1, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF},
         {65536, -1}},
        {"u1", 1, {7, 255}, {7, 255}},
        {"u2", 2, {2, 1, 0xFF, 0xFF}, {258, 65535}},
        {"u4", 4, {0, 0, 1, 0, 0, 0, 0, 0x80}, {65536, 2147483648.0f}},
        {"u8", 8, {0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0}, {65536, 4294967296.0f}},
        {"b1", 1, {0, 1}, {0, 1}},
    };
    test_memory m;
    plm *w = test_open(&m, NULL);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        for (int way = 0; way < 4; way++) { /* both byte orders, loaded and streamed */
            char type[8];
            unsigned char bytes[16];
            const size_t size = known[i].size;
            for (size_t k = 0; k < 2 * size; k++)
                bytes[k] = known[i].bytes[way & 1 ? k / size * size + size - 1 - k % size : k];
            (void)snprintf(type, sizeof type, "%s%s",
                           size == 1 ? "|"
                           : way & 1 ? ">"
                                     : "<",
                           known[i].type);
            npy f = begin_array(type, "False", "(2,)");
            add(&f, bytes, 2 * size);
            check(w, &f, known[i].expected, 2, way & 2 ? ", stream=true" : "");
        }
    test_clean();
    test_close(w, &m);
}

static void shapes_and_orders(void **state)
{
    (void)state;
    float rows[24], columns[24];
    for (int a = 0; a < 2; a++)
        for (int b = 0; b < 3; b++)
            for (int c = 0; c < 4; c++) {
                rows[(a * 3 + b) * 4 + c] = (float)(100 * a + 10 * b + c);
                columns[(c * 3 + b) * 2 + a] = (float)(100 * a + 10 * b + c);
            }
    test_memory m;
    plm *w = test_open(&m, NULL);
    npy f = begin_array("<f4", "False", "(2, 3, 4)");
    add(&f, rows, sizeof rows);
    check(w, &f, rows, 24, "");
    check(w, &f, rows, 24, ", stream=true");
    f = begin_array("<f4", "True", "(2, 3, 4)");
    add(&f, columns, sizeof columns);
    check(w, &f, rows, 24, "");
    test_refused(w, PLM_E_UNSUPPORTED, "C order", "npy('%s', stream=true)",
                 test_write("x.npy", f.bytes, f.n));
    for (int version = 1; version <= 3; version++) {
        f = begin(version, "{\"shape\":(24L, ) ,\"fortran_order\" :True,'descr':'<f4'}");
        add(&f, rows, sizeof rows);
        check(w, &f, rows, 24, ", stream=auto");
        check(w, &f, rows, 24, ", stream=true");
    }
    test_clean();
    test_close(w, &m);
}

static void inputs_and_targets(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    npy x = begin_array("|u1", "False", "(3, 2)"), y = begin_array("<i8", "False", "(3, 1)");
    add(&x, "\1\2\3\4\5\6", 6);
    add(&y, "\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0", 24);
    const char *px = test_write("x.npy", x.bytes, x.n),
               *py = test_write_packed("y.npy.gz", y.bytes, y.n);
    plm_data *d = plm_data_open(w, "npy('%s', targets='%s') | batch(2)", px, py);
    plm_data_info info;
    assert_non_null(d);
    assert_int_equal(plm_data_get_info(d, &info), PLM_OK);
    assert_int_equal(info.rows, 3);
    assert_int_equal(info.classes, 3);
    assert_int_equal(info.target_rank[0], 0);
    test_rows r = test_read(d, 0);
    assert_true(r.x[5] == 6 && r.y[0] == 2 && r.y[1] == 0 && r.y[2] == 1);
    test_forget(&r);
    plm_data_free(d);
    test_clean();
    test_close(w, &m);
}

static void refused(plm *w, plm_status status, const char *part, const npy *f)
{
    test_refused(w, status, part, "npy('%s')", test_write("bad.npy", f->bytes, f->n));
}

static void refused_header(plm *w, plm_status status, const char *part, const char *header)
{
    npy f = begin(1, header);
    add(&f, "\0\0\0\0\0\0\0\0", 8);
    refused(w, status, part, &f);
}

static void headers_that_are_refused(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    refused_header(w, PLM_E_UNSUPPORTED, "pickle",
                   "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }");
    refused_header(w, PLM_E_UNSUPPORTED, "'<U4'",
                   "{'descr': '<U4', 'fortran_order': False, 'shape': (1,), }");
    refused_header(w, PLM_E_UNSUPPORTED, "'<c8'",
                   "{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }");
    refused_header(w, PLM_E_UNSUPPORTED, "record",
                   "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }");
    refused_header(w, PLM_E_SHAPE, "single number",
                   "{'descr': '<f8', 'fortran_order': False, 'shape': (), }");
    refused_header(w, PLM_E_SHAPE, "8 dimensions",
                   "{'descr': '|u1', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,8)}");
    refused_header(w, PLM_E_DATA, "no rows",
                   "{'descr': '<f8', 'fortran_order': False, 'shape': (0, 3), }");
    refused_header(w, PLM_E_FORMAT, "shape",
                   "{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }");
    refused_header(w, PLM_E_FORMAT, "shape",
                   "{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,)}");
    refused_header(
        w, PLM_E_FORMAT, "larger than memory",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (9999999999999, 9999999999999)}");
    refused_header(w, PLM_E_FORMAT, "announces",
                   "{'descr': '<f8', 'fortran_order': False, 'shape': (999999999999,)}");
    refused_header(w, PLM_E_FORMAT, "8 follow",
                   "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }");
    refused_header(w, PLM_E_FORMAT, "8 follow",
                   "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }");
    refused_header(w, PLM_E_FORMAT, "order",
                   "{'descr': '<f8', 'fortran_order': 0, 'shape': (1,), }");
    refused_header(w, PLM_E_FORMAT, "all of", "{'descr': '<f8', 'shape': (1,), }");
    refused_header(w, PLM_E_FORMAT, "more keys than",
                   "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'x': 1}");
    refused_header(w, PLM_E_FORMAT, "is not a dict", "import os");
    refused_header(w, PLM_E_FORMAT, "header",
                   "{'descr': '<f8', 'fortran_order': False, 'shape': (1,)");
    refused_header(w, PLM_E_FORMAT, "header", "{'descr");
    test_clean();
    test_close(w, &m);
}

static void parts_of_headers_that_are_refused(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    refused_header(w, PLM_E_FORMAT, "has no element type",
                   "{'descr': 8, 'fortran_order': False, 'shape': (1,), }");
    refused_header(w, PLM_E_FORMAT, "has no shape",
                   "{'descr': '<f8', 'fortran_order': False, 'shape': 1, }");
    refused_header(w, PLM_E_FORMAT, "has a shape in an unknown form",
                   "{'descr': '<f8', 'fortran_order': False, 'shape': (1;), }");
    refused_header(w, PLM_E_FORMAT, "has fields in an unknown form",
                   "{'descr': ['<f4'], 'fortran_order': False, 'shape': (1,), }");
    refused_header(w, PLM_E_FORMAT, "has fields in an unknown form",
                   "{'descr': [('a')], 'fortran_order': False, 'shape': (1,), }");
    refused_header(w, PLM_E_UNSUPPORTED, "the field 'a' consists of several numbers or fields",
                   "{'descr': [('a', '<f4', (2,))], 'fortran_order': False, 'shape': (1,), }");
    refused_header(w, PLM_E_UNSUPPORTED, "the field 'a' consists of several numbers or fields",
                   "{'descr': [('a', [('b', '<f4')])], 'fortran_order': False, 'shape': (1,), }");
    test_clean();
    test_close(w, &m);
}

static void damaged_files(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    npy f = begin_array("<f4", "False", "(1, 2)"), g = f;
    add(&f, "\0\0\0\0\0\0\0\0", 8);
    for (size_t n = 0; n < f.n; n++) {
        npy cut = f;
        cut.n = n;
        refused(w, PLM_E_FORMAT, "bad.npy", &cut);
    }
    g = f;
    g.bytes[6] = 4;
    refused(w, PLM_E_UNSUPPORTED, "version 4", &g);
    g = f;
    g.bytes[0] = 'x';
    refused(w, PLM_E_FORMAT, "78 4e 55 4d", &g);
    memcpy(g.bytes, "PK\3\4", 4);
    refused(w, PLM_E_FORMAT, "npz", &g);
    g = begin(2, "{}");
    memset(g.bytes + 8, 0xFF, 4);
    refused(w, PLM_E_FORMAT, "4294967295 bytes", &g);
    memcpy(f.bytes + f.n - 4, "\0\0\x80\x7F", 4);
    refused(w, PLM_E_DATA, "row 0, number 1 is infinite", &f);
    test_clean();
    test_close(w, &m);
}

static void every_allocation_fails_in_turn(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    npy f = begin_array("<f4", "True", "(2, 2)");
    add(&f, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
    const char *path = test_write("x.npy", f.bytes, f.n);
    bool done = false;
    for (long k = 1; !done; k++) {
        m.calls = 0;
        m.fail_at = k;
        plm_data *d = plm_data_open(w, "npy('%s', '%s')", path, path);
        done = d != NULL;
        if (!done)
            assert_int_equal(plm_last_error(w)->status, PLM_E_MEMORY);
        m.fail_at = 0;
        plm_data_free(d);
        assert_true(k < 1000);
    }
    test_clean();
    test_close(w, &m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type),
        cmocka_unit_test(shapes_and_orders),
        cmocka_unit_test(inputs_and_targets),
        cmocka_unit_test(headers_that_are_refused),
        cmocka_unit_test(parts_of_headers_that_are_refused),
        cmocka_unit_test(damaged_files),
        cmocka_unit_test(every_allocation_fails_in_turn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
