/* Predictions as rows of CSV, JSON lines or npy. */
#ifndef PLM_RUN_PREDICTIONS_H
#define PLM_RUN_PREDICTIONS_H

#include "base/text.h"
#include "run/job.h"

/* What the numbers of a row mean, by the loss the model was trained with. */
typedef enum {
    PLM_MEANS_OUTPUTS,   /* plain numbers */
    PLM_MEANS_CLASSES,   /* one probability a class */
    PLM_MEANS_LOGITS,    /* one score a class */
    PLM_MEANS_ONE_OF_TWO /* the probability of class 1 */
} plm_prediction_meaning;

enum { PLM_PREDICTION_OUTPUTS = 4 };

/* What a row holds of one output of the model. */
typedef struct {
    const char *name; /* goes before its titles; NULL = it is the only output */
    plm_prediction_meaning meaning;
    int columns; /* numbers */
    bool spread; /* means and standard deviations of several samples */
} plm_prediction_columns;

/* What a row holds: one or several outputs. */
typedef struct {
    int outputs;
    plm_prediction_columns of[PLM_PREDICTION_OUTPUTS];
} plm_prediction_row;

/* The numbers of one row; deviation[k] NULL without spread. */
typedef struct {
    const float *y[PLM_PREDICTION_OUTPUTS], *deviation[PLM_PREDICTION_OUTPUTS];
} plm_prediction_values;

typedef struct {
    const char *name;
    /* Before the first row; NULL = nothing to do. rows = how many there will be, 0 where that is
     * not known and `counts`: then the same bytes are written again, with their number. */
    void (*begin)(plm_text *t, const plm_prediction_row *r, int64_t rows);
    void (*row)(plm_text *t, const plm_prediction_row *r, const plm_prediction_values *v);
    bool counts;  /* the head tells the number of rows */
    bool spread;  /* has a place for deviations */
    bool several; /* and for several outputs */
} plm_prediction_format;

/* The format of that name, or the first for NULL; NULL = E_SPEC at `where` when there is none.
 * (prediction_formats.c) */
const plm_prediction_format *plm_prediction_format_find(plm *w, const char *where,
                                                        const char *name);

/* Predictions of all rows of a job's data. Zero-initialise, then set the first four. */
typedef struct {
    const plm_prediction_format *format;
    int64_t samples; /* of Monte Carlo dropout; 0 = one prediction without noise */
    /* Takes the text of the head and of each batch; at = 0: over the beginning of what was
     * written, else behind it (-1). */
    plm_status (*write)(void *self, int64_t at, const plm_text *text);
    void *self;
    plm_prediction_row columns; /* by plm_predictions_open */
    int64_t rows;               /* written */
} plm_predictions;

/* Finds what the outputs of the job's model are called and mean. E_SPEC, at `where`, for a format
 * that cannot hold them. */
PLM_CHECKED plm_status plm_predictions_open(plm_predictions *p, const plm_job *j,
                                            const char *where);
/* Predicts all rows and writes them. The status of `write` is passed on. */
PLM_CHECKED plm_status plm_predictions_run(plm_predictions *p, plm_job *j);

#endif
