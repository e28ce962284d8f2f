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

typedef struct {
    const char *name;
    /* Before the first row; NULL = nothing to do. */
    void (*begin)(FILE *f, plm_cli_meaning meaning, int columns);
    void (*row)(FILE *f, plm_cli_meaning meaning, int columns, const float *y);
    /* After the last; may seek. NULL = nothing to do. */
    void (*end)(FILE *f, int64_t rows, int columns);
} plm_cli_writer;

/* The writer of that name, or the first for NULL; NULL with a message when there is none. */
const plm_cli_writer *plm_cli_writer_find(const char *name);

#endif
