/* Predictions as rows: one function table per format. */
#include "predictions.h"

#include <math.h>
#include <string.h>

#include "output.h"

enum { NPY_HEAD = 128 }; /* magic, version, length and header text, padded: NumPy format 1.0 */

static int class_of(const plm_cli_columns *c, const float *y)
{
    int best = 0;
    if (c->meaning == PLM_CLI_ONE_OF_TWO)
        return y[0] >= 0.5f;
    for (int i = 1; i < c->columns; i++)
        if (y[i] > y[best])
            best = i;
    return best;
}

static double surprise(double p)
{
    return p > 0 ? -p * log(p) : 0;
}

/* The entropy of the mean prediction in nats: 0 = certain, log(classes) = any class is as good. */
static double entropy_of(const plm_cli_columns *c, const float *y)
{
    double sum = 0;
    if (c->meaning == PLM_CLI_ONE_OF_TWO)
        return surprise((double)y[0]) + surprise(1 - (double)y[0]);
    for (int i = 0; i < c->columns; i++)
        sum += surprise((double)y[i]);
    return sum;
}

static bool has_class(const plm_cli_columns *c)
{
    return c->meaning != PLM_CLI_OUTPUTS;
}

static bool has_entropy(const plm_cli_columns *c)
{
    return c->spread && (c->meaning == PLM_CLI_CLASSES || c->meaning == PLM_CLI_ONE_OF_TWO);
}

static void csv_titles(FILE *f, const plm_cli_columns *c, const char *title)
{
    for (int i = 0; i < c->columns; i++) {
        fprintf(f, "%s%s", i ? "," : "", title);
        if (c->columns > 1)
            fprintf(f, "_%d", i);
    }
}

static void csv_begin(FILE *f, const plm_cli_columns *c)
{
    static const char *const title[] = {"output", "probability", "logit", "probability"};
    fputs(has_class(c) ? "class," : "", f);
    fputs(has_entropy(c) ? "entropy," : "", f);
    csv_titles(f, c, c->spread ? "mean" : title[c->meaning]);
    fputs(c->spread ? "," : "", f);
    if (c->spread)
        csv_titles(f, c, "deviation");
    fputc('\n', f);
}

static void csv_numbers(FILE *f, int columns, const float *y)
{
    for (int i = 0; i < columns; i++)
        fprintf(f, "%s%.7g", i ? "," : "", (double)y[i]);
}

static void csv_row(FILE *f, const plm_cli_columns *c, const float *y, const float *deviation)
{
    if (has_class(c))
        fprintf(f, "%d,", class_of(c, y));
    if (has_entropy(c))
        fprintf(f, "%.7g,", entropy_of(c, y));
    csv_numbers(f, c->columns, y);
    fputs(c->spread ? "," : "", f);
    if (c->spread)
        csv_numbers(f, c->columns, deviation);
    fputc('\n', f);
}

static void json_row(FILE *f, const plm_cli_columns *c, const float *y, const float *deviation)
{
    static const char *const title[] = {"outputs", "probabilities", "logits", "probabilities"};
    plm_cli_json j = plm_cli_json_begin(f);
    if (has_class(c))
        plm_cli_json_number(&j, "class", class_of(c, y));
    if (has_entropy(c))
        plm_cli_json_number(&j, "entropy", entropy_of(c, y));
    plm_cli_json_numbers(&j, c->spread ? "mean" : title[c->meaning], c->columns, y);
    if (c->spread)
        plm_cli_json_numbers(&j, "deviation", c->columns, deviation);
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

static void npy_begin(FILE *f, const plm_cli_columns *c)
{
    npy_head(f, 0, c->columns);
}

static void npy_row(FILE *f, const plm_cli_columns *c, const float *y, const float *deviation)
{
    (void)deviation;
    for (int i = 0; i < c->columns; i++) {
        uint32_t bits;
        memcpy(&bits, &y[i], sizeof bits);
        const unsigned char little[4] = {(unsigned char)bits, (unsigned char)(bits >> 8), (unsigned char)(bits >> 16),
                                         (unsigned char)(bits >> 24)};
        fwrite(little, 1, sizeof little, f);
    }
}

static void npy_end(FILE *f, const plm_cli_columns *c, int64_t rows)
{
    if (!fseek(f, 0, SEEK_SET)) /* now the number of rows is known */
        npy_head(f, rows, c->columns);
}

static const plm_cli_writer writers[] = {{"csv", csv_begin, csv_row, NULL, true},
                                         {"jsonl", NULL, json_row, NULL, true},
                                         {"npy", npy_begin, npy_row, npy_end, false}};

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
