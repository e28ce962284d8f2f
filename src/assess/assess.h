/* Measures how good the predictions of a model are on a set of rows: metrics with their intervals,
 * which class is predicted for which, calibration, and the rows with the largest loss. importance.h
 * measures which inputs matter. This folder knows no terminal and no folder of a run. */
#ifndef PLM_ASSESS_ASSESS_H
#define PLM_ASSESS_ASSESS_H

#include "base/arena.h"
#include "base/text.h"

/* What the values of an output mean. It follows from the loss that the model was trained with. */
typedef enum {
    PLM_MEANS_OUTPUTS,    /* numbers without a further meaning */
    PLM_MEANS_CLASSES,    /* one probability for each class */
    PLM_MEANS_LOGITS,     /* one logit for each class */
    PLM_MEANS_ONE_OF_TWO, /* the probability of class 1 */
    PLM_MEANS_LABELS      /* a probability for each label; a row may have several labels */
} plm_prediction_meaning;

/* Returns what an output of `columns` values means, if it was trained with this loss. */
plm_prediction_meaning plm_meaning_of(const char *loss, int columns);

/* ---- predictions with the true values (predicted.c) ---- */

/* TARGETS: max number of targets that are assessed. NUMBERS: max number of values of an output of
 * numbers; outputs with more values are not assessed. */
enum { PLM_ASSESS_TARGETS = 16, PLM_ASSESS_NUMBERS = 8 };

/* A target and its predictions, for all rows. They are either classes or numbers. */
typedef struct {
    const char *name;         /* name of the target column, else of the output; "" = it has no name
                               * */
    int output;               /* of the model */
    int column;               /* of numbers: its index in the output */
    int classes;              /* 0 = numbers */
    bool single;              /* true = the output has a single value: the probability of class 1 of
                               * two classes */
    bool logits;              /* true = the model's outputs are logits, which are converted to
                               * probabilities here */
    const char *const *label; /* [classes] names */
    float *probability;       /* [rows][classes] */
    int *truth;               /* [rows] the class of a row */
    /* [rows] numbers in the target's own unit */
    double *guess, *wanted;
    /* value in the unit of the target = value that the net predicts * deviation + center */
    double center, deviation;
    double mean; /* of numbers: the mean of the training rows; NaN = unknown */
} plm_predicted_target;

/* The targets of a model on rows of data. Zero-initialise it, then set w, the runtime. */
typedef struct {
    plm *w;
    plm_arena arena;
    plm_model *model;
    int64_t rows, capacity;
    int64_t *row;  /* [rows] number of the row in the source, from 0; -1 = unknown */
    int64_t *line; /* [rows] the line of the file, found only for a single requested row and for the
                * worst rows; 0 = unknown */
    int targets;
    plm_predicted_target target[PLM_ASSESS_TARGETS];
    /* the inputs of the rows, [rows][input_width[i]]; kept only by plm_predicted_sample and
     * plm_predicted_row */
    int inputs;
    float *input[4];
    int64_t input_width[4];
} plm_predicted;

/* Predicts all rows of d and keeps the predictions with the true values. An output is skipped
 * unless it is a choice of one class, or has at most PLM_ASSESS_NUMBERS numbers. Free p after
 * success and after failure. */
PLM_CHECKED plm_status plm_predicted_open(plm_predicted *p, plm_model *m, plm_data *d);
/* Predicts at most `most` rows of d, drawn at random by the seed, and keeps the predictions with
 * the true values and the inputs. Free p after success and after failure. */
PLM_CHECKED plm_status plm_predicted_sample(plm_predicted *p, plm_model *m, plm_data *d,
                                            int64_t most, uint64_t seed);
/* Predicts one row of the source and keeps the prediction with the true values and the inputs.
 * p->rows stays 0 if d has no such row. Free p after success and after failure. */
PLM_CHECKED plm_status plm_predicted_row(plm_predicted *p, plm_model *m, plm_data *d, int64_t row);
/* Sets *out to the rows at[rows] of p, given by their indices in p, without their inputs. Its
 * memory is in the arena; it is not freed by plm_predicted_free. (part.c) */
PLM_CHECKED plm_status plm_predicted_part(const plm_predicted *p, const int64_t *at, int64_t rows,
                                          plm_arena *a, plm_predicted *out);
/* Frees all rows; p can then be opened again. */
void plm_predicted_free(plm_predicted *p);
/* Returns the probability of class k for a row. y: the output for this row. */
double plm_predicted_probability(const plm_predicted_target *t, const float *y, int k);
/* Returns the predicted number for a row, in the target's unit. y: the output for this row. */
double plm_predicted_number(const plm_predicted_target *t, const float *y);
/* Returns the true number of a row as the data had it, without the digits that only the conversion
 * to float and back adds; for reading, not for metrics. */
double plm_predicted_truth(const plm_predicted_target *t, int64_t row);
/* Returns the loss of a row whose true class has this probability: -log(probability); a probability
 * below 1e-7 is taken as 1e-7. */
double plm_predicted_class_loss(double probability);
/* Returns the loss of a row: the log loss of its true class, or the squared error in the target's
 * unit. y: the output for this row. */
double plm_predicted_loss(const plm_predicted_target *t, int64_t row, const float *y);
/* Returns the class with the highest probability; if several are equal, the first of them. */
int plm_predicted_class(const plm_predicted_target *t, int64_t row);
/* Returns how many values output k has for a row. */
int64_t plm_output_numbers(const plm_model *m, int k);
/* Predicts `rows` rows from the inputs x[i] ([rows][width]) and stores the predictions in y[k]
 * ([rows][values of output k]). */
PLM_CHECKED plm_status plm_predicted_again(plm_predicted *p, int64_t rows, float *const *x,
                                           float *const *y);

/* ---- metrics (assessment.c, classes.c, numbers.c, bootstrap.c) ---- */

/* A metric and the ends of its 95 % interval; NaN = it is not defined. */
typedef struct {
    double value, low, high;
} plm_interval;

/* A metric with its name. */
typedef struct {
    const char *name; /* "accuracy", "rmse" */
    const char *help; /* what it is, in a few words */
    plm_interval is;
} plm_figure;

/* Figures of one class. */
typedef struct {
    plm_interval precision, recall, f1;
    int64_t rows; /* that are of this class */
} plm_class_figures;

/* A bin of the calibration: the rows whose confidence (the probability of the predicted class) is
 * in the same range. */
typedef struct {
    double low, high; /* the range */
    /* the mean confidence, and the share of rows that are predicted correctly */
    double confidence, accuracy;
    int64_t rows;
} plm_calibration_bin;

/* FIGURES: max number of metrics of a target. BINS: number of bins of the calibration. WORST:
 * number of rows with the largest loss that are listed. CLASS_TABLE: max number of classes for
 * which the table of classes and the confusion matrix are made. */
enum { PLM_FIGURES = 8, PLM_BINS = 10, PLM_WORST = 20, PLM_CLASS_TABLE = 200 };

/* What is known of one target. */
typedef struct {
    const plm_predicted_target *target;
    int64_t rows;
    int figures;
    plm_figure figure[PLM_FIGURES];
    /* the metric of a constant prediction: the accuracy of always predicting the most frequent
     * class (`common`), or the rmse of always predicting the mean of the training rows or, if the
     * model does not know it, the mean of these rows */
    double without;
    double before; /* of a time series: the rmse of predicting the value of the row before; NaN =
                    * the rows are not a series; set by the caller of plm_assess */
    int common;
    bool wilson; /* true = all rows or none are predicted correctly, so the accuracy has
                         * Wilson's interval */
    /* the confusion matrix: number of rows, [true class][predicted class]; NULL = not made */
    int64_t *confusion;
    plm_class_figures *of_class; /* [classes]; NULL with the matrix */
    plm_calibration_bin bin[PLM_BINS];
    int worst; /* length of the next two */
    /* worst_row: indices of rows in plm_predicted, the row with the largest loss first. worst_loss:
     * the loss of each of them */
    int64_t worst_row[PLM_WORST];
    double worst_loss[PLM_WORST];
} plm_assessment;

/* Assesses target k. An interval reaches from the quantile 0.025 to the quantile 0.975 of
 * `times` bootstrap samples of the rows, drawn by the seed (Efron, Bootstrap methods: another
 * look at the jackknife, 1979). If all rows are predicted correctly or none, all samples have
 * the same accuracy, and its interval is the score interval (Wilson, Probable inference, the law
 * of succession, and statistical inference, 1927). times 0 = chosen by the number of rows: 1000,
 * or fewer for many rows. */
PLM_CHECKED plm_status plm_assess(const plm_predicted *p, int k, uint64_t seed, int times,
                                  plm_arena *a, plm_assessment *out);
/* Finds a metric by its name. NULL = the target has no such metric. */
const plm_figure *plm_assessment_figure(const plm_assessment *s, const char *name);

/* ---- as text (text.c) ---- */

/* Writes a metric without an exponent as far as possible: "0.9653", "54302.1"; "-" for NaN. */
void plm_figure_print(double value, char out[32]);
/* Writes a number with this many decimals; "-" for NaN; in exponent notation if it is 1e12 or more.
 * */
void plm_figure_write(char out[32], double value, int decimals);
/* Returns the number of decimals for a metric of this size. */
int plm_figure_decimals(double size);
/* Appends log[logs], the metrics with their intervals, the confusion matrix, the classes and the
 * calibration as tables of at most `width` characters; 0 = no limit. several: the model has several
 * targets, so the text begins with the name of this one. */
void plm_assessment_text(plm_text *t, const plm_assessment *s, const plm_log *log, int logs,
                         bool several, int width);

#endif
