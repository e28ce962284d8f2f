/* Files of data that cannot be read to their end: each call that opens a file or reads some bytes
 * of it fails in turn, alone or with all that follow it; so does each allocation. Opening the data
 * and reading two epochs then fails, or gives the rows that it gives without a fault. A read gives
 * a few bytes at most, so that every place of a file is the end of what can be read. */
#define _GNU_SOURCE /* open64, renameat2 */
#include "disk_support.h"

/* What is opened; NULL = nothing. */
static const char *pipeline;

static void note_view(const plm_view *v)
{
    size_t count = 1;
    for (int i = 0; i < v->rank; i++)
        count *= (size_t)v->dims[i];
    note(v->data, count * sizeof(float));
}

static plm_status read_rows(plm *w)
{
    plm_data *d = plm_data_open(w, "%s", pipeline);
    plm_status status = status_of(w, d);
    for (int epoch = 0; epoch < 2 && status >= 0; epoch++) {
        plm_batch b;
        status = plm_data_rewind(d, epoch);
        while (status >= 0 && (status = plm_data_next(d, &b)) == PLM_OK) {
            for (int i = 0; i < b.inputs; i++)
                note_view(&b.input[i]);
            for (int i = 0; i < b.targets; i++)
                note_view(&b.target[i]);
        }
    }
    plm_data_free(d);
    return status < 0 ? status : PLM_OK;
}

/* Reads what `format` opens, with paths in the place of its %s, at most `most` bytes at a time. */
static void reads(long most, const char *format, const char *path, const char *other)
{
    char text[1200];
    (void)snprintf(text, sizeof text, format, path, other);
    pipeline = text;
    disk.most = most;
    survives_disk(read_rows);
    survives_objects(read_rows, 1);
}

/* Reads a text plain, and packed as gzip. */
static void reads_text(const char *name, const char *text, const char *format)
{
    char packed[64];
    (void)snprintf(packed, sizeof packed, "%s.gz", name);
    reads(1, format, test_write_text(name, text), NULL);
    reads(1, format, test_write_packed(packed, text, strlen(text)), NULL);
}

static void cells(void **state)
{
    static const char *const text =
        "a,\"b\"\"b\", y\r\n1,2,3\r\n\r\n\"4\",5,\"6\"\n7 ,8,9\r10,11,12";
    static const char *const ways[] = {
        "csv('%s') | batch(2)", "csv('%s', stream=true) | batch(2)",
        "csv('%s', stream=true) | shuffle(buffer=3) | batch(2)",
        "csv('%s', stream=true) | skip(1) | batch(2) | prefetch(2)",
        "csv('%s', skip=1, header=false, stream=true) | take(2) | batch(2)"};
    (void)state;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        reads_text("cells.csv", text, ways[i]);
}

static void tables(void **state)
{
    static const struct {
        const char *name, *format, *text;
    } table[] = {
        {"plain.csv", "table('%s', target=y) | batch(2)",
         "n,word,day,y\r\n1,red,2024-01-31,a\r\n,\"bl\"\"ue\",2023-02-01,b\r\n3,red,,a\r\n4,,"
         "2021-07-19,b\r\n"},
        {"skipped.csv", "table('%s', target=y, skip=2, delimiter=';') | batch(2)",
         "A title\n\nn;word;y\n1;red;2\n2;blue;3\n3;red;4\n"},
        {"named.csv", "table('%s', target=y) | batch(2)",
         "sep=;\nn;word;y\n1;red;2\n2;blue;3\n3;red;4\n"},
        {"query.csv", "table('%s', target=-1, header=false) | batch(2)", "1,2,3\n3,4,5\n5,6,9\n"},
        {"lines.jsonl", "table('%s', target=y) | batch(2)",
         "{\"n\": 1, \"word\": \"red\", \"y\": 2}\n{\"n\": 2, \"y\": 3}\n{\"n\": null, \"word\": "
         "\"x\", \"y\": 5}\n"},
        {"array.json", "table('%s', target=y) | batch(2)",
         "[{\"n\": 1, \"word\": \"red\", \"y\": 2},\n {\"n\": 2, \"word\": \"blue\", \"y\": 3},\n "
         "{\"n\": 4, \"word\": \"red\", \"y\": 5}]\n"},
        {"series.csv", "table('%s', target=v, order=day, group=shop, lags=2) | batch(2)",
         "day,shop,v\n2024-01-02,a,1\n2024-01-01,a,2\n2024-01-03,a,\n2024-01-04,a,7\n2024-01-01,b,"
         "3\n2024-01-02,b,4\n2024-01-03,b,9\n2024-01-04,b,8\n"}};
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        reads_text(table[i].name, table[i].text, table[i].format);
}

/* Writes a file of npy with three rows of two numbers, or of one; returns its path. */
static const char *write_npy(const char *name, int columns)
{
    unsigned char bytes[128 + 6 * sizeof(float)] = {0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 118, 0};
    memset(bytes + 10, ' ', 118);
    const int n = snprintf((char *)bytes + 10, 118,
                           "{'descr': '<f4', 'fortran_order': False, 'shape': (3, %d), }", columns);
    bytes[10 + n] = ' ';
    bytes[127] = '\n';
    for (int i = 0; i < 3 * columns; i++) {
        const uint32_t number = 0x3F800000u + ((uint32_t)i << 20);
        for (int k = 0; k < 4; k++)
            bytes[128 + 4 * i + k] = (unsigned char)(number >> 8 * k);
    }
    return test_write(name, bytes, 128 + (size_t)(3 * columns) * sizeof(float));
}

static void arrays(void **state)
{
    (void)state;
    const char *x = write_npy("x.npy", 2), *y = write_npy("y.npy", 1);
    reads(16, "npy('%s', '%s') | batch(2)", x, y);
    reads(16, "npy('%s', '%s', stream=false) | batch(2)", x, y);
    reads(16, "npy('%s', '%s', stream=true) | batch(2)", x, y);
    reads(16, "npy('%s', '%s', stream=true) | skip(1) | batch(2)", x, y);
    reads(16, "table('%s', target=none) | batch(2)", x, NULL);
    const unsigned char pictures[] = {0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0,
                                      1, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6},
                        labels[] = {0, 0, 8, 1, 0, 0, 0, 3, 0, 1, 2};
    const char *where = test_write("x.idx", pictures, sizeof pictures);
    reads(1, "idx('%s', '%s') | batch(2)", where, test_write("y.idx", labels, sizeof labels));
    reads(1, "idx('%s', '%s', stream=true) | batch(2)", where, test_path("y.idx"));
    where = test_write_packed("x.idx.gz", pictures, sizeof pictures);
    reads(1, "idx('%s', '%s') | batch(2)", where, test_path("y.idx"));
    reads(1, "idx('%s', '%s', stream=true) | skip(1) | batch(2)", where, test_path("y.idx"));
}

/* Two pictures of CIFAR-10, and the names of a set. */
static void sets(void **state)
{
    static unsigned char rows[2 * 3073];
    (void)state;
    for (size_t i = 0; i < sizeof rows; i++)
        rows[i] = (unsigned char)(i % 3073 == 0 ? i / 3073 : i % 251);
    (void)test_write("test_batch.bin", rows, sizeof rows);
    reads(1000, "cifar10(test, data_dir='%s') | batch(2)", test_path("."), NULL);
    reads(0, "digits | take(4) | batch(2)", NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(cells), cmocka_unit_test(tables),
                                       cmocka_unit_test(arrays), cmocka_unit_test(sets)};
    threads_at_work = 1;
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
