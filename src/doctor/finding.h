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
    const char *name; /* of a table with a header; else NULL */
    int input, index; /* the input it belongs to, and its index in the row */
    double mean, deviation, min, max;
    bool constant;
    bool whole; /* only whole numbers */
    /* of up to 512 rows, evenly spaced: the median, the median distance to it, and whether no
     * number is there twice */
    double median, spread;
    bool distinct;
    /* if the first target is one number: the correlation with it, and the share of rows in which
     * both are the same number; NaN, 0 = unknown */
    double correlation, equal;
    double other_mean, other_deviation; /* of the validation rows, if there are any */
} plm_data_column;

/* The most classes that are counted. */
enum { PLM_DOCTOR_CLASSES = 1024 };

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
    /* else its mean and standard deviation over all rows and numbers */
    double target_mean, target_deviation;
} plm_data_facts;

/* One measured step. */
typedef struct {
    int64_t step, epoch;
    double loss;
    plm_reading *reading; /* [layers] */
} plm_sample;

/* All that a finding may look at. What is not known is NULL, 0 or NaN. */
typedef struct {
    plm *w;
    plm_arena *arena; /* for texts of reports */
    /* the parts that are done: bit 1 << part */
    unsigned parts;
    /* the error that ended the reading of the data or the building of the model, with its place in
     * the run file; NULL = none */
    const plm_error *refusal;
    plm_part_of_finding refused; /* PART_DATA: by the data, else by the settings */
    const plm_data_facts *data;  /* NULL = not read */
    bool alone;                  /* only the data is examined: no model will follow */
    int64_t batch;               /* rows of a batch; 0 = unknown */
    const plm_model *model;      /* NULL = there is none */
    const plm_spot *spot;        /* [layers] where the model has them */
    int64_t layers;
    /* of the look before the first step; NULL = none */
    const plm_reading *first;
    double first_loss;
    /* measured steps of the training, and the loss of every step of its first 100 */
    const plm_sample *sample;
    int64_t samples;
    double early_loss[100];
    int64_t early_losses;
    int64_t steps, planned; /* steps done, steps of the whole training; 0 = unknown */
    /* set if the loss is no longer finite: the step, and where the first such number lies */
    bool not_finite;
    /* layer -1 = only the loss itself; row and unit -1 = they are no longer known */
    int64_t bad_step, bad_layer, bad_row, bad_unit;
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
/* Adds the remedy of the layer's own item with other arguments, as "model.1": the text of the layer
 * with `change` replaced or appended, such as "kernel_initializer=he_normal". */
void plm_report_change(plm_report *r, const plm_case *c, int64_t layer, const char *key,
                       const char *value);

#endif
