/* Predictions as rows: one function table per format. */
#include "predictions.h"

#include <string.h>

#include "output.h"

enum { NPY_HEAD = 128 }; /* magic, version, length and header text, padded: NumPy format 1.0 */

static int class_of(plm_cli_meaning meaning, int columns, const float *y)
{
    int best = 0;
    if (meaning == PLM_CLI_ONE_OF_TWO)
        return y[0] >= 0.5f;
    for (int i = 1; i < columns; i++)
        if (y[i] > y[best])
            best = i;
    return best;
}

static void csv_begin(FILE *f, plm_cli_meaning meaning, int columns)
{
    static const char *const title[] = {"output", "probability", "logit", "probability"};
    if (meaning != PLM_CLI_OUTPUTS)
        fputs("class,", f);
    for (int i = 0; i < columns; i++) {
        fprintf(f, "%s%s", i ? "," : "", title[meaning]);
        if (columns > 1)
            fprintf(f, "_%d", i);
    }
    fputc('\n', f);
}

static void csv_row(FILE *f, plm_cli_meaning meaning, int columns, const float *y)
{
    if (meaning != PLM_CLI_OUTPUTS)
        fprintf(f, "%d,", class_of(meaning, columns, y));
    for (int i = 0; i < columns; i++)
        fprintf(f, "%s%.7g", i ? "," : "", (double)y[i]);
    fputc('\n', f);
}

static void json_row(FILE *f, plm_cli_meaning meaning, int columns, const float *y)
{
    static const char *const title[] = {"outputs", "probabilities", "logits", "probabilities"};
    plm_cli_json j = plm_cli_json_begin(f);
    if (meaning != PLM_CLI_OUTPUTS)
        plm_cli_json_number(&j, "class", class_of(meaning, columns, y));
    plm_cli_json_numbers(&j, title[meaning], columns, y);
    plm_cli_json_end(&j);
}

static void npy_head(FILE *f, int64_t rows, int columns)
{
    char text[NPY_HEAD + 1];
    int length = snprintf(text, sizeof text, "{'descr': '<f4', 'fortran_order': False, 'shape': (%lld, %d), }",
                          (long long)rows, columns);
    fwrite("\x93NUMPY\x01\x00\x76\x00", 1, 10, f); /* 0x76 = NPY_HEAD - 10 */
    fprintf(f, "%s%*s\n", text, NPY_HEAD - 10 - 1 - length, "");
}

static void npy_begin(FILE *f, plm_cli_meaning meaning, int columns)
{
    (void)meaning;
    npy_head(f, 0, columns);
}

static void npy_row(FILE *f, plm_cli_meaning meaning, int columns, const float *y)
{
    (void)meaning;
    for (int i = 0; i < columns; i++) {
        uint32_t bits;
        memcpy(&bits, &y[i], sizeof bits);
        const unsigned char little[4] = {(unsigned char)bits, (unsigned char)(bits >> 8), (unsigned char)(bits >> 16),
                                         (unsigned char)(bits >> 24)};
        fwrite(little, 1, sizeof little, f);
    }
}

static void npy_end(FILE *f, int64_t rows, int columns)
{
    if (!fseek(f, 0, SEEK_SET)) /* now the number of rows is known */
        npy_head(f, rows, columns);
}

static const plm_cli_writer writers[] = {{"csv", csv_begin, csv_row, NULL},
                                         {"jsonl", NULL, json_row, NULL},
                                         {"npy", npy_begin, npy_row, npy_end}};

enum { WRITERS = sizeof writers / sizeof *writers };

static const char *writer_name(const void *of, int i)
{
    (void)of;
    return writers[i].name;
}

const plm_cli_writer *plm_cli_writer_find(const char *name)
{
    for (int i = 0; i < WRITERS; i++)
        if (!name || !strcmp(writers[i].name, name))
            return &writers[i];
    int near = plm_cli_nearest(name, WRITERS, writer_name, NULL);
    char mend[64] = "known: csv, jsonl, npy";
    if (near >= 0)
        snprintf(mend, sizeof mend, "did you mean %s?", writers[near].name);
    plm_cli_fail(PLM_EXIT_USAGE, "--format", mend, "unknown format '%s'", name);
    return NULL;
}
