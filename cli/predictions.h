/* Predictions as rows of CSV, JSON lines or npy. */
#ifndef PLM_CLI_PREDICTIONS_H
#define PLM_CLI_PREDICTIONS_H

#include "cli.h"

/* What the numbers of a row mean, by the loss the model was trained with. */
typedef enum {
    PLM_CLI_OUTPUTS,   /* plain numbers */
    PLM_CLI_CLASSES,   /* one probability a class */
    PLM_CLI_LOGITS,    /* one score a class */
    PLM_CLI_ONE_OF_TWO /* the probability of class 1 */
} plm_cli_meaning;

enum { PLM_CLI_OUTPUT_MOST = 4 };

/* What a row holds of one output of the model. */
typedef struct {
    const char *name; /* goes before its titles; NULL = it is the only output */
    plm_cli_meaning meaning;
    int columns; /* numbers */
    bool spread; /* means and standard deviations of several samples */
} plm_cli_columns;

/* What a row holds: one or several outputs. */
typedef struct {
    int outputs;
    plm_cli_columns of[PLM_CLI_OUTPUT_MOST];
} plm_cli_row;

/* The numbers of one row; deviation[k] NULL without spread. */
typedef struct {
    const float *y[PLM_CLI_OUTPUT_MOST], *deviation[PLM_CLI_OUTPUT_MOST];
} plm_cli_values;

typedef struct {
    const char *name;
    /* Before the first row; NULL = nothing to do. rows = how many there will be, 0 where that is
     * not known and `counts`: then the same bytes are written again, with their number. */
    void (*begin)(FILE *f, const plm_cli_row *r, int64_t rows);
    void (*row)(FILE *f, const plm_cli_row *r, const plm_cli_values *v);
    bool counts;  /* the head tells the number of rows */
    bool spread;  /* has a place for deviations */
    bool several; /* and for several outputs */
} plm_cli_writer;

/* The writer of that name, or the first for NULL; NULL with a message when there is none. */
const plm_cli_writer *plm_cli_writer_find(const char *name);

#endif
