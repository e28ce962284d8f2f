/* Predictions as rows: one function table per format. */
#include "predictions.h"

#include <math.h>
#include <stdlib.h>
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

/* "aux_" before a title where there are several outputs; behind it what tells the columns of one
 * apart. */
static void csv_title(FILE *f, const plm_cli_columns *c, const char *title, const char *end)
{
    char *name = plm_cli_format("%s%s%s%s", c->name ? c->name : "", c->name ? "_" : "", title, end);
    char *cell = plm_cli_cell(name);
    fputs(cell, f);
    free(cell);
    free(name);
}

static void csv_titles(FILE *f, const plm_cli_columns *c, const char *title)
{
    for (int i = 0; i < c->columns; i++) {
        char end[24] = "";
        if (c->meaning == PLM_CLI_ONE_OF_TWO || c->columns > 1)
            snprintf(end, sizeof end, "_%d", c->meaning == PLM_CLI_ONE_OF_TWO ? 1 : i);
        fputs(i ? "," : "", f);
        csv_title(f, c, title, end);
    }
}

static void csv_head(FILE *f, const plm_cli_columns *c)
{
    static const char *const title[] = {"output", "probability", "logit", "probability"};
    if (has_class(c)) {
        csv_title(f, c, "class", "");
        fputc(',', f);
    }
    if (has_entropy(c)) {
        csv_title(f, c, "entropy", "");
        fputc(',', f);
    }
    csv_titles(f, c, c->spread ? "mean" : title[c->meaning]);
    fputs(c->spread ? "," : "", f);
    if (c->spread)
        csv_titles(f, c, "deviation");
}

static void csv_begin(FILE *f, const plm_cli_row *r, int64_t rows)
{
    (void)rows;
    for (int k = 0; k < r->outputs; k++) {
        fputs(k ? "," : "", f);
        csv_head(f, &r->of[k]);
    }
    fputc('\n', f);
}

static void csv_numbers(FILE *f, int columns, const float *y)
{
    for (int i = 0; i < columns; i++)
        fprintf(f, "%s%.7g", i ? "," : "", (double)y[i]);
}

static void csv_cells(FILE *f, const plm_cli_columns *c, const float *y, const float *deviation)
{
    if (has_class(c))
        fprintf(f, "%d,", class_of(c, y));
    if (has_entropy(c))
        fprintf(f, "%.7g,", entropy_of(c, y));
    csv_numbers(f, c->columns, y);
    fputs(c->spread ? "," : "", f);
    if (c->spread)
        csv_numbers(f, c->columns, deviation);
}

static void csv_row(FILE *f, const plm_cli_row *r, const plm_cli_values *v)
{
    for (int k = 0; k < r->outputs; k++) {
        fputs(k ? "," : "", f);
        csv_cells(f, &r->of[k], v->y[k], v->deviation[k]);
    }
    fputc('\n', f);
}

/* "aux_class" where there are several outputs; lent until the next call with the same room. */
static const char *json_key(char room[128], const plm_cli_columns *c, const char *key)
{
    snprintf(room, 128, "%.100s%s%s", c->name ? c->name : "", c->name ? "_" : "", key);
    return room;
}

/* A list of numbers; the one number of a yes-or-no question names its class: "probability_1". */
static void json_numbers(plm_cli_json *j, const plm_cli_columns *c, const char *title,
                         const float *y)
{
    char key[128], named[32];
    snprintf(named, sizeof named, "%.20s_1", title);
    if (c->meaning == PLM_CLI_ONE_OF_TWO)
        plm_cli_json_number(j, json_key(key, c, named), (double)y[0]);
    else
        plm_cli_json_numbers(j, json_key(key, c, title), c->columns, y);
}

static void json_row(FILE *f, const plm_cli_row *r, const plm_cli_values *v)
{
    static const char *const title[] = {"outputs", "probabilities", "logits", "probability"};
    char key[128];
    plm_cli_json j = plm_cli_json_begin(f);
    for (int k = 0; k < r->outputs; k++) {
        const plm_cli_columns *c = &r->of[k];
        if (has_class(c))
            plm_cli_json_number(&j, json_key(key, c, "class"), class_of(c, v->y[k]));
        if (has_entropy(c))
            plm_cli_json_number(&j, json_key(key, c, "entropy"), entropy_of(c, v->y[k]));
        json_numbers(&j, c, c->spread ? "mean" : title[c->meaning], v->y[k]);
        if (c->spread)
            json_numbers(&j, c, "deviation", v->deviation[k]);
    }
    plm_cli_json_end(&j);
}

static void npy_head(FILE *f, int64_t rows, int columns)
{
    char text[NPY_HEAD + 1];
    int length = snprintf(text, sizeof text,
                          "{'descr': '<f4', 'fortran_order': False, 'shape': (%lld, %d), }",
                          (long long)rows, columns);
    fwrite("\x93NUMPY\x01\x00\x76\x00", 1, 10, f); /* 0x76 = NPY_HEAD - 10 */
    fprintf(f, "%s%*s\n", text, NPY_HEAD - 10 - 1 - length, "");
}

static void npy_begin(FILE *f, const plm_cli_row *r, int64_t rows)
{
    npy_head(f, rows, r->of[0].columns);
}

static void npy_row(FILE *f, const plm_cli_row *r, const plm_cli_values *v)
{
    for (int i = 0; i < r->of[0].columns; i++) {
        uint32_t bits;
        memcpy(&bits, &v->y[0][i], sizeof bits);
        const unsigned char little[4] = {(unsigned char)bits, (unsigned char)(bits >> 8),
                                         (unsigned char)(bits >> 16), (unsigned char)(bits >> 24)};
        fwrite(little, 1, sizeof little, f);
    }
}

static const plm_cli_writer writers[] = {{"csv", csv_begin, csv_row, false, true, true},
                                         {"jsonl", NULL, json_row, false, true, true},
                                         {"npy", npy_begin, npy_row, true, false, false}};

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
    char hint[64] = "known: csv, jsonl, npy";
    if (near >= 0)
        snprintf(hint, sizeof hint, "did you mean %s?", writers[near].name);
    plm_cli_fail(PLM_EXIT_USAGE, "--format", hint, "unknown format '%s'", name);
    return NULL;
}
