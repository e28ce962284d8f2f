/* Arrays in files that are large enough to be used where the file lies in memory: the same rows and
 * faults as when they are read, and no copy where none is needed. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data_support.h"

enum { ROWS = 20001, FIRST = 3, SECOND = 5, WIDTH = FIRST * SECOND };

typedef struct {
    const char *type;
    bool by_column;
    size_t header; /* of how many bytes; 118 aligns the numbers to 64 */
    bool copied;   /* or used where they are */
} array;

static const array arrays[] = {
    {"<f4", false, 118, false}, {"|u1", false, 118, false}, {"<f8", false, 118, false},
    {">f4", false, 118, true},  {">i2", false, 118, true},  {"<f4", true, 118, true},
    {">f8", true, 118, true},   {"<f4", false, 117, true},  {"|u1", true, 118, true},
    {"<i2", true, 118, true},
};

/* What stands at a place, 0 to 255. */
static int number_at(size_t row, size_t column)
{
    return (int)((row * 31 + column * 7) % 256);
}

static void put(char *to, const char *type, int number)
{
    const size_t size = (size_t)(type[2] - '0');
    const float single = (float)number;
    const double both = number;
    const int16_t whole = (int16_t)number;
    char bytes[8] = {(char)number};
    if (type[1] == 'f')
        memcpy(bytes, size == 4 ? (const void *)&single : (const void *)&both, size);
    if (type[1] == 'i')
        memcpy(bytes, &whole, size);
    for (size_t k = 0; k < size; k++)
        to[k] = bytes[type[0] == '>' ? size - 1 - k : k];
}

/* The place of a number in the file: rows first, or the first axis fastest. */
static size_t place_of(const array *a, size_t row, size_t column)
{
    if (!a->by_column)
        return row * WIDTH + column;
    return row + ROWS * (column / SECOND + FIRST * (column % SECOND));
}

/* Writes an array whose number `bad` (if there is one) is NaN. */
static const char *write_array(const array *a, size_t bad)
{
    const size_t size = (size_t)(a->type[2] - '0'), head = 10 + a->header;
    const size_t bytes = head + ROWS * WIDTH * size;
    char *text = calloc(1, bytes + 200);
    assert_non_null(text);
    memcpy(text, "\x93NUMPY\x01\x00", 8);
    text[8] = (char)a->header;
    const int n =
        snprintf(text + 10, 200, "{'descr': '%s', 'fortran_order': %s, 'shape': (%d, %d, %d), }",
                 a->type, a->by_column ? "True" : "False", ROWS, FIRST, SECOND);
    memset(text + 10 + n, ' ', a->header - (size_t)n);
    text[head - 1] = '\n';
    for (size_t row = 0; row < ROWS; row++)
        for (size_t k = 0; k < WIDTH; k++)
            put(text + head + place_of(a, row, k) * size, a->type, number_at(row, k));
    const float nan = NAN;
    if (bad < (size_t)ROWS * WIDTH)
        memcpy(text + head + bad * size, &nan, sizeof nan);
    const char *path = test_write("map.npy", text, bytes);
    free(text);
    return path;
}

static void check_rows(plm_data *d)
{
    test_rows r = test_read(d, 0);
    assert_int_equal(r.end, PLM_END);
    assert_int_equal(r.rows, ROWS);
    assert_int_equal(r.width[0], WIDTH);
    for (size_t row = 0; row < ROWS; row++)
        for (size_t k = 0; k < WIDTH; k++)
            if (r.x[row * WIDTH + k] != (float)number_at(row, k))
                fail_msg("row %zu, number %zu is %g", row, k, (double)r.x[row * WIDTH + k]);
    test_forget(&r);
}

static void every_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++)
        for (int whole = 0; whole < 2; whole++) {
            test_memory m;
            plm *w = test_open(&m, NULL);
            const char *path = write_array(&arrays[i], SIZE_MAX);
            const size_t bytes = (size_t)ROWS * WIDTH * (size_t)(arrays[i].type[2] - '0');
            const size_t before = m.bytes;
            plm_data *d = plm_data_open(w, "npy('%s'%s)", path, whole ? ", stream=false" : "");
            assert_non_null(d);
            const bool copied = m.bytes - before >= bytes;
            assert_int_equal(copied, whole || arrays[i].copied || bytes < 1 << 20);
            check_rows(d);
            plm_data_free(d);
            test_close(w, &m);
        }
    test_clean();
}

static void faults(void **state)
{
    static const size_t places[] = {0, 4095, 4096, 12345, ROWS * WIDTH - 1};
    test_memory m;
    plm *w = test_open(&m, NULL);
    (void)state;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        for (int whole = 0; whole < 2; whole++) {
            char part[80];
            const char *path = write_array(&arrays[0], places[i]);
            snprintf(part, sizeof part, "row %zu, number %zu is NaN", places[i] / WIDTH,
                     places[i] % WIDTH);
            test_refused(w, PLM_E_DATA, part, "npy('%s'%s)", path, whole ? ", stream=false" : "");
        }
    test_clean();
    test_close(w, &m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_order),
        cmocka_unit_test(faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
