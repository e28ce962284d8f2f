/* Findings for their authors. A finding is a kind: one file in finding/, which the registry finds.
 * Its criterion gets all that is known (plm_case) and, if it holds, fills a report. */
#ifndef PLM_DOCTOR_FINDING_H
#define PLM_DOCTOR_FINDING_H

#include "base/fields.h"
#include "base/text.h"
#include "data/data.h"
#include "doctor/one_batch.h"
#include "model/model.h"
#include "plummet_doctor.h"
#include "train/train.h"

/* What is known of one column of the data, over the rows that were read. */
typedef struct {
    const char *name; /* name of the column; NULL = the table has no header */
    int input, index; /* the input it belongs to, and its index in the row */
    double mean, deviation, min, max;
    bool constant;
    bool whole; /* only whole numbers */
    /* of up to 512 rows, evenly spaced: the median, the median distance to it, and whether no
     * number is there twice */
    double median, spread;
    bool distinct;
    int64_t values; /* different numbers among those rows */
    /* if the first target is one number: the correlation with it, and the share of rows in which
     * both are the same number; NaN, 0 = unknown */
    double correlation, equal;
    /* mean and deviation in the validation rows, if there are any */
    double other_mean, other_deviation;
} plm_data_column;

/* The most classes that are counted. */
enum { PLM_DOCTOR_CLASSES = 1024 };

/* How well the targets of similar rows agree, over up to 512 rows, each with its 5 nearest others,
 * by columns of equal deviation. rows 0 = not measured. */
typedef struct {
    int64_t rows;
    /* classes: the share of rows whose class most of their neighbours have. Else: the coefficient
     * of determination (R2) of the mean of the neighbours. */
    double hits;
    /* by how many standard errors neighbours agree beyond chance: about 0 for targets that have
     * nothing to do with the inputs */
    double beyond;
} plm_neighbours;

/* What is known of the rows. */
typedef struct {
    /* rows that were read: of training and of validation, at most some 200,000 each */
    int64_t rows, validation_rows;
    plm_data_column *column; /* [columns] of all inputs */
    int64_t columns;
    bool named;  /* a table whose columns have names */
    bool images; /* rows of two axes or more: neighbours, not columns */
    /* the first target holds class numbers: [classes] how often each appears */
    int classes;
    int64_t count[PLM_DOCTOR_CLASSES], validation_count[PLM_DOCTOR_CLASSES];
    /* share of the rows that have the class of the row before, in the order of epoch 0 */
    double same_class;
    /* rows that differ from each other, inputs and targets; validation rows that are equal to a
     * training row */
    int64_t different, common;
    /* the columns have few different numbers, so rows repeat by chance */
    bool discrete;
    /* its mean, standard deviation, min and max over all rows and numbers */
    double target_mean, target_deviation, target_min, target_max;
    plm_neighbours near;
} plm_data_facts;

/* One measured step. */
typedef struct {
    int64_t step, epoch;
    double loss;
    plm_reading *reading; /* [layers] */
} plm_sample;

/* Where the first number that is not finite is. */
typedef enum { PLM_BAD_VALUE, PLM_BAD_GRADIENT, PLM_BAD_WEIGHT } plm_bad_part;
typedef struct {
    bool known;
    int64_t step;
    int64_t layer;     /* -1 = only the loss itself */
    int64_t row, unit; /* of the batch; of a weight its row and column; -1 = no longer known */
    plm_bad_part part; /* an output of the layer, its gradient dz, or a weight */
} plm_bad;

/* All that a finding may look at. What is not known is NULL, 0 or NaN. */
typedef struct {
    plm *w;
    plm_arena *arena; /* memory for the texts of reports */
    /* the parts that are done: bit 1 << part */
    unsigned parts;
    /* the error that ended the reading of the data or the building of the model, with its place in
     * the run file; NULL = none */
    const plm_error *refusal;
    plm_part_of_finding refused; /* PART_DATA: by the data, else by the settings */
    const plm_data_facts *data;  /* NULL = not read */
    bool alone;                  /* only the data is examined: no model will follow */
    int64_t batch;               /* rows of a batch; 0 = unknown */
    bool batch_given;            /* the user has chosen it */
    /* the pipeline of the training rows: its source, and what follows it: " | shuffle"; NULL = none
     */
    const char *source, *rest;
    const plm_model *model; /* NULL = there is none */
    const plm_spot *spot;   /* [layers] where the model has them */
    int64_t layers;
    /* readings of the look before the first step; NULL = none */
    const plm_reading *first;
    double first_loss;
    /* measured steps of the training, and the loss of every step of its first 100 */
    const plm_sample *sample;
    int64_t samples;
    double early_loss[100];
    int64_t early_losses;
    int64_t steps, planned;  /* steps done, steps of the whole training; 0 = unknown */
    bool not_finite;         /* the loss is no longer finite */
    plm_bad bad;             /* the first such number, if not_finite */
    bool replayed;           /* every step was looked at, so there is none before it */
    plm_one_batch one_batch; /* 0 steps = not asked for */
    /* the epochs that were trained, as in history.csv; 0 rows = none is known */
    plm_history history;
} plm_case;

/* What a finding reports; begins as all zero, with layer, step and epoch -1. */
typedef struct {
    bool found;
    /* the library warns of it by itself when the model is compiled: a training does not say it
     * again */
    bool told;
    plm_level level;
    plm_part_of_finding part;
    int64_t layer; /* index in plm_case.spot */
    int64_t step, epoch;
    double number, threshold;
    const char *key;         /* NULL = the model item of the layer */
    plm_text what, evidence; /* one sentence; lines */
    plm_remedy remedy[4];
    int remedies;
    plm_arena *arena;
} plm_report;

/* In which order findings are printed: causes before what they cause. */
typedef enum {
    PLM_ROOT_DATA,
    PLM_ROOT_SET_UP,
    PLM_ROOT_INIT,
    PLM_ROOT_RATE,
    PLM_ROOT_SYMPTOM,
    PLM_ROOT_GENERAL
} plm_root;

/* The descriptor of a finding. kind.alias is its code, kind.fields are its thresholds, kind.formula
 * its criterion in words. */
typedef struct plm_finding_kind {
    plm_kind kind;
    plm_root root;
    double healthy[2]; /* range of the number in healthy nets */
    /* codes of findings that cause this one, most likely first: "S303|S301"; NULL = none */
    const char *causes;
    /* its causes have done harm: a warning that causes this error is an error, too */
    bool proves;
    /* Looks for the fault. config: the thresholds. Fills *out and sets found if it is there. */
    void (*find)(const void *config, const plm_case *c, plm_report *out);
} plm_finding_kind;

/* ---- for authors (report.c) ---- */

/* True if a part is done, so that its members of the case are there. */
bool plm_case_has(const plm_case *c, plm_part_of_finding part);
/* The name of a layer, for texts. */
const char *plm_case_layer(const plm_case *c, int64_t layer);
/* True if layer `layer` is between the input and the outputs and has dz. reading: of that layer. */
bool plm_case_is_hidden(const plm_case *c, int64_t layer);
/* Writes the name of a column: its own, or "column 7"; of several inputs with the number of the
 * input. */
void plm_doctor_column(const plm_data_column *c, char *out, size_t size);
/* Says that the fault is there. layer: -1 = of no layer. what: one sentence. */
void plm_report_found(plm_report *r, plm_level level, plm_part_of_finding part, int64_t layer,
                      const char *what, ...) PLM_PRINTF(5, 6);
/* The level for a number that has passed `warning` or, further out, `error`. A number above a limit
 * has passed it if error >= warning, else one below. False = it has passed neither. */
bool plm_report_level(double number, double warning, double error, plm_level *out);
/* Adds a line of evidence. */
void plm_report_line(plm_report *r, const char *line, ...) PLM_PRINTF(2, 3);
/* Adds a line with a name, a number and a bar for it, share 0 to 1 of its full length. */
void plm_report_bar(plm_report *r, const char *name, double number, double share);
/* Adds a remedy; at most 4, the best first. key "" = value says what to do. */
void plm_report_remedy(plm_report *r, const char *key, const char *value, ...) PLM_PRINTF(3, 4);
/* Adds the remedy that leaves columns out of the data: the key data with the names of all others.
 * out [columns]. */
void plm_report_leave_out(plm_report *r, const plm_case *c, const bool *out);
/* Writes the names of layers, list [count] in rising order: "dense_2 to dense_20" if they are
 * neighbours, else "dense, dense_4 and 3 more". */
void plm_case_layers(const plm_case *c, const int64_t *list, int64_t count, char *out, size_t size);
/* Adds the remedy of the layer's own item with other arguments, as "model.1": the text of the
 * layer with `change` replaced or appended, such as "kernel_initializer=he_normal". Another
 * activation brings its initializer along. */
void plm_report_change(plm_report *r, const plm_case *c, int64_t layer, const char *key,
                       const char *value);

#endif
