/* Predicts the rows of a data set and writes them as CSV, JSON lines or npy. */
#ifndef PLM_EVALUATION_PREDICTIONS_H
#define PLM_EVALUATION_PREDICTIONS_H

#include "assess/assess.h"
#include "evaluation/id_column.h"

/* Max number of outputs of a model. */
enum { PLM_PREDICTION_OUTPUTS = 4 };

/* The columns of one output of the model. */
typedef struct {
    /* name of the output, with which its column titles begin; NULL = the model has a single output
     * */
    const char *name;
    plm_prediction_meaning meaning;
    int columns; /* number of numbers in a row */
    /* [classes] names of the classes; NULL = the classes have no names, only numbers */
    const char *const *label;
    const char *title; /* name of the target column, if the output is a single number; NULL =
                        * "output" */
    char separator;    /* LABELS: the sign between them */
    bool spread;       /* true = each value is a mean over Monte Carlo samples and has a standard
                        * deviation */
    /* value in the unit of the target = y * deviation + center */
    double center, deviation;
    int digits; /* number of digits that are written: enough to distinguish two neighbouring float32
                 * outputs of the net in this unit */
} plm_prediction_columns;

/* The columns of all outputs of the model. */
typedef struct {
    /* title of the first column if it is copied from the data; NULL = no column is copied */
    const char *id;
    const char *also; /* title of a second copied column: the time, for several series; NULL = none
                       * */
    int outputs;      /* number of outputs of the model */
    plm_prediction_columns of[PLM_PREDICTION_OUTPUTS];
} plm_prediction_row;

/* The values of one row. y[k][columns]: the values of output k in the unit of its target.
 * deviation: their standard deviations. low, high: the ends of the interval that holds 95 % of a
 * normal distribution, which shows how far the predictions scatter under dropout. deviation, low
 * and high are NULL if the output has no samples. id, also: the cells of the columns that are
 * copied. */
typedef struct {
    const char *id, *also;
    const double *y[PLM_PREDICTION_OUTPUTS], *deviation[PLM_PREDICTION_OUTPUTS];
    const double *low[PLM_PREDICTION_OUTPUTS], *high[PLM_PREDICTION_OUTPUTS];
} plm_prediction_values;

/* A format: how predictions become bytes. */
typedef struct {
    const char *name;
    /* Writes the head, before the first row; NULL = the format has no head. rows: how many rows
     * will follow, 0 = unknown. If it is unknown and `counts` is true, `begin` is called again
     * after the last row, and the new head, of the same length, overwrites the first. */
    void (*begin)(plm_text *t, const plm_prediction_row *r, int64_t rows);
    /* adds one row */
    void (*row)(plm_text *t, const plm_prediction_row *r, const plm_prediction_values *v);
    bool counts;  /* the head states the number of rows */
    bool spread;  /* the format can hold standard deviations */
    bool several; /* the format can hold several outputs */
    bool texts;   /* true = the format can hold texts, such as the cells of a copied column */
} plm_prediction_format;

/* Returns the format of this name or, if name is NULL, the format for the ending of `path`; CSV if
 * both are NULL. path: the file that will hold the predictions; NULL = they go to a stream. spread:
 * standard deviations are written, too. If there is no such format, or if it cannot hold the
 * predictions, records E_SPEC, for the name at `where`, and returns NULL. (prediction_formats.c) */
const plm_prediction_format *plm_prediction_format_find(plm *w, const char *where, const char *name,
                                                        const char *path, bool spread);
/* Checks that predictions written to `out` (NULL = a stream) do not overwrite the file of the model
 * or of the data. data: a file, or a pipeline that names files. Errors: E_SPEC. (predictions.c) */
PLM_CHECKED plm_status plm_predictions_keep_inputs(plm *w, const char *out, const char *model,
                                                   const char *data);

/* Predictions of all rows of a job's data. Zero-initialise it, then set the first five members. */
typedef struct {
    const plm_prediction_format *format;
    /* the column that is copied to the predictions and reads the same rows a second time; NULL =
     * none */
    plm_id_column *id;
    int64_t samples; /* number of passes of Monte Carlo dropout; 0 = one prediction without noise */
    /* Called with the text of the head and of each batch. at = -1: append the text. at = 0: the
     * text overwrites the beginning of what was written. */
    plm_status (*write)(void *self, int64_t at, const plm_text *text);
    void *self;
    plm_prediction_row columns; /* set by plm_predictions_open */
    int64_t rows;               /* number of rows that were written */
} plm_predictions;

/* Finds the names and the meaning of the outputs of the job's model. Error: E_SPEC at `where` if
 * the format cannot hold the outputs. */
PLM_CHECKED plm_status plm_predictions_open(plm_predictions *p, const plm_job *j,
                                            const char *where);
/* Predicts all rows and writes them. If `write` fails, its status is returned. */
PLM_CHECKED plm_status plm_predictions_run(plm_predictions *p, plm_job *j);

#endif
