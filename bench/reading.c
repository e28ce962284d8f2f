/* How fast files become rows in memory: `reading [FOLDER [ROUNDS [MEGABYTES [THREADS]]]]`. Writes a
 * file of each kind into the folder (default: the working one), opens it as training does, in turns
 * with the others, and prints the median of the rounds in megabytes of the file a second: of the
 * processor's time on one thread, of the clock on several. The files lie in the system's cache; a
 * log is there, so that the columns' digits are looked at, too. */
#define _POSIX_C_SOURCE 200809L

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "plummet.h"

enum { ROUNDS_MOST = 99, CASES = 13, COLUMNS = 10, PIXELS = 785, WIDE = 60000, PATH = 512 };

static uint64_t state = 1;

static uint64_t next_bits(void)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return state >> 11;
}

static double uniform(void)
{
    return (double)next_bits() * 0x1p-53;
}

/* ---- files ---- */

static size_t write_numbers(FILE *f, const char *format)
{
    size_t bytes = 0;
    for (int i = 0; i < COLUMNS; i++) {
        bytes += (size_t)fprintf(f, format, 2 * uniform() - 1);
        fputc(i + 1 < COLUMNS ? ',' : '\n', f);
    }
    return bytes + COLUMNS;
}

static size_t write_decimals(FILE *f)
{
    return write_numbers(f, "%.6f");
}

static size_t write_digits(FILE *f)
{
    return write_numbers(f, "%.17g");
}

static size_t write_quoted(FILE *f)
{
    return write_numbers(f, "\"%.6f\"");
}

/* Lines as other systems and programs write them: CRLF, columns aligned by blanks, with and without
 * commas. */
static size_t write_lines(FILE *f, const char *format, const char *end)
{
    size_t bytes = strlen(end);
    for (int i = 0; i < COLUMNS; i++)
        bytes += (size_t)fprintf(f, i == 0 ? "%9.6f" : format, 2 * uniform() - 1);
    fputs(end, f);
    return bytes;
}

static size_t write_returns(FILE *f)
{
    return write_lines(f, ",%.6f", "\r\n");
}

static size_t write_aligned(FILE *f)
{
    return write_lines(f, "  %9.6f", "\n");
}

static size_t write_blanks(FILE *f)
{
    return write_lines(f, ", %9.6f", "\n");
}

/* A row of a table with types: numbers, a date, a price, and words of which few differ. */
static size_t write_words(FILE *f)
{
    static const char *const color[] = {"red", "green", "dark blue", "white"};
    const unsigned bits = (unsigned)next_bits();
    size_t bytes = (size_t)fprintf(f, "%u,%.2f,%.4f,2024-%02u-%02u,", bits % 90, 100 * uniform(),
                                   uniform(), 1 + bits / 90 % 12, 1 + bits / 1080 % 28);
    bytes += (size_t)fprintf(f, "%s,\"%u,%03u.50\",%s\n", color[bits / 32768 % 4],
                             1 + bits / 131072 % 90, bits / 7 % 1000, bits % 3 ? "yes" : "no");
    return bytes;
}

/* A row of half a megabyte. */
static size_t write_wide(FILE *f)
{
    size_t bytes = 0;
    for (int i = 0; i < WIDE; i++)
        bytes += (size_t)fprintf(f, i + 1 < WIDE ? "%.6f," : "%.6f\n", uniform());
    return bytes;
}

/* A label, then bytes of which four in five are 0, in runs, as handwritten digits are. */
static size_t write_pixels(FILE *f)
{
    size_t bytes = (size_t)fprintf(f, "%d", (int)(next_bits() % 10));
    bool ink = false;
    for (int i = 1; i < PIXELS; i++) {
        ink = uniform() < (ink ? 0.8 : 0.05);
        bytes += (size_t)fprintf(f, ",%d", ink ? (int)(next_bits() % 255) + 1 : 0);
    }
    fputc('\n', f);
    return bytes + 1;
}

/* float32, for machines that keep the low byte first. */
static size_t write_array_row(FILE *f, bool swapped)
{
    enum { SIZE = sizeof(float) };
    unsigned char bytes[PIXELS * SIZE];
    for (size_t i = 0; i < PIXELS; i++) {
        const float number = (float)uniform();
        unsigned char part[SIZE];
        memcpy(part, &number, SIZE);
        for (size_t k = 0; k < SIZE; k++)
            bytes[i * SIZE + k] = part[swapped ? SIZE - 1 - k : k];
    }
    return fwrite(bytes, SIZE, PIXELS, f) * SIZE;
}

/* An array of 785 columns. */
static size_t write_array(FILE *f, const char *type, bool by_column, size_t most)
{
    const size_t rows = most / (PIXELS * sizeof(float));
    char head[129];
    (void)snprintf(head, sizeof head, "{'descr': '%s', 'fortran_order': %s, 'shape': (%zu, %d), }",
                   type, by_column ? "True" : "False", rows, PIXELS);
    const char magic[10] = {'\x93', 'N', 'U', 'M', 'P', 'Y', 1, 0, 118, 0};
    fwrite(magic, 1, sizeof magic, f);
    fprintf(f, "%-117s\n", head);
    size_t bytes = 128;
    for (size_t i = 0; i < rows; i++)
        bytes += write_array_row(f, type[0] == '>');
    return bytes;
}

/* ---- cases ---- */

typedef struct {
    const char *name, *file, *source;
    size_t (*row)(FILE *f); /* writes one and tells its bytes; NULL = an array */
    const char *type;
    bool by_column;
} reading;

static const reading cases[CASES] = {
    {.name = "csv, 6 decimals", .file = "d.csv", .source = "csv", .row = write_decimals},
    {.name = "csv, 17 digits", .file = "e.csv", .source = "csv", .row = write_digits},
    {.name = "csv, 785 bytes", .file = "p.csv", .source = "csv", .row = write_pixels},
    {.name = "csv, quoted", .file = "q.csv", .source = "csv", .row = write_quoted},
    {.name = "csv, CRLF", .file = "r.csv", .source = "csv", .row = write_returns},
    {.name = "csv, aligned", .file = "s.csv", .source = "csv", .row = write_aligned},
    {.name = "csv, blanks", .file = "t.csv", .source = "csv", .row = write_blanks},
    {.name = "csv, 60000 columns", .file = "w.csv", .source = "csv", .row = write_wide},
    {.name = "table, 6 decimals", .file = "u.csv", .source = "table", .row = write_decimals},
    {.name = "table, words", .file = "v.csv", .source = "table", .row = write_words},
    {.name = "npy, float32", .file = "a.npy", .source = "npy", .type = "<f4"},
    {.name = "npy, big-endian", .file = "b.npy", .source = "npy", .type = ">f4"},
    {.name = "npy, by column", .file = "c.npy", .source = "npy", .type = "<f4", .by_column = true},
};

static size_t write_case(const reading *c, const char *path, size_t most)
{
    FILE *f = fopen(path, "wb");
    size_t bytes = 0;
    if (f == NULL) {
        fprintf(stderr, "reading: cannot write %s\n", path);
        exit(1);
    }
    while (c->row != NULL && bytes < most)
        bytes += c->row(f);
    if (c->row == NULL)
        bytes = write_array(f, c->type, c->by_column, most);
    if (fclose(f) != 0)
        exit(1);
    return bytes;
}

static double now(int threads)
{
    struct timespec t;
    clock_gettime(threads == 1 ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void say(void *user, int level, const char *line)
{
    (void)user, (void)level, (void)line;
}

/* Seconds until all rows are in memory. */
static double read_once(const reading *c, const char *path, int threads)
{
    plm *w = plm_open(PLM_OPTIONS(.threads = threads, .log = say));
    const double begun = now(threads);
    plm_data *d = plm_data_open(w, "%s('%s')", c->source, path);
    const double seconds = now(threads) - begun;
    if (d == NULL) {
        fprintf(stderr, "reading: %s\n", plm_last_error(w)->what);
        exit(1);
    }
    plm_data_free(d);
    plm_close(w);
    return seconds;
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    static double rate[CASES][ROUNDS_MOST];
    const char *folder = argc > 1 ? argv[1] : ".";
    const int asked = argc > 2 ? atoi(argv[2]) : 7, threads = argc > 4 ? atoi(argv[4]) : 1;
    const int rounds = asked < 1 ? 1 : asked > ROUNDS_MOST ? ROUNDS_MOST : asked;
    const size_t most = (size_t)(argc > 3 ? atoi(argv[3]) : 100) * 1000000;
    char path[CASES][PATH];
    size_t bytes[CASES];
    for (int i = 0; i < CASES; i++) {
        (void)snprintf(path[i], PATH, "%s/%s", folder, cases[i].file);
        bytes[i] = write_case(&cases[i], path[i], most);
    }
    for (int r = 0; r < rounds; r++)
        for (int i = 0; i < CASES; i++)
            rate[i][r] = (double)bytes[i] / 1e6 / read_once(&cases[i], path[i], threads);
    for (int i = 0; i < CASES; i++) {
        qsort(rate[i], (size_t)rounds, sizeof(double), by_size);
        printf("%-18s %7.0f MB/s (%.0f to %.0f)\n", cases[i].name, rate[i][rounds / 2], rate[i][0],
               rate[i][rounds - 1]);
        remove(path[i]);
    }
    return 0;
}
