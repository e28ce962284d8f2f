/* Predictions as rows of CSV, JSON lines or npy. */
#ifndef PLM_CLI_PREDICTIONS_H
#define PLM_CLI_PREDICTIONS_H

#include "cli.h"

/* What the numbers of a row mean, by the loss the model was trained with. */
typedef enum {
    PLM_CLI_OUTPUTS,      /* plain numbers */
    PLM_CLI_CLASSES,      /* one probability a class */
    PLM_CLI_LOGITS,       /* one score a class */
    PLM_CLI_ONE_OF_TWO    /* the probability of class 1 */
} plm_cli_meaning;

/* What a row holds. */
typedef struct {
    plm_cli_meaning meaning;
    int columns; /* outputs of the model */
    bool spread; /* means and standard deviations of several samples */
} plm_cli_columns;

typedef struct {
    const char *name;
    /* Before the first row; NULL = nothing to do. */
    void (*begin)(FILE *f, const plm_cli_columns *c);
    /* deviation: one an output, NULL without spread. */
    void (*row)(FILE *f, const plm_cli_columns *c, const float *y, const float *deviation);
    /* After the last; may seek. NULL = nothing to do. */
    void (*end)(FILE *f, const plm_cli_columns *c, int64_t rows);
    bool spread; /* has a place for deviations */
} plm_cli_writer;

/* The writer of that name, or the first for NULL; NULL with a message when there is none. */
const plm_cli_writer *plm_cli_writer_find(const char *name);

#endif
