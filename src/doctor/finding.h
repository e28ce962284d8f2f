/* The interface for authors of findings. A finding is a kind: one file in finding/, which the
 * registry finds. Its function `find` reads all that is known (plm_case), and fills a report if its
 * criterion is met. */
#ifndef PLM_DOCTOR_FINDING_H
#define PLM_DOCTOR_FINDING_H

#include "base/fields.h"
#include "base/text.h"
#include "data/data.h"
#include "doctor/near_facts.h"
#include "doctor/one_batch.h"
#include "model/model.h"
#include "plummet_doctor.h"
#include "train/train.h"

/* In what way a column was made from the target (given_away.c). CLASS: all rows of one class, or
 * of the lowest or highest targets, have the same value, and only they, while the others have many
 * values. ONE: the reverse, only the rows of one of several classes have many values. MEAN: the
 * mean target of a few rows, the row itself among them. */
typedef enum { PLM_GIVES_NOTHING, PLM_GIVES_CLASS, PLM_GIVES_ONE, PLM_GIVES_MEAN } plm_gift;

/* Facts about one column of the data, computed from the rows that were read. */
typedef struct {
    const char *name;       /* name of the column; NULL = the table has no header */
    const char *other_name; /* name of the column of the validation at its place; NULL = none */
    int input, index; /* input: number of the input to which the column belongs. index: its position
                       * in the row of this input */
    double mean, deviation, min, max;
    bool constant;
    bool whole; /* only whole numbers */
    bool coded; /* whole numbers whose order says nothing about the target (codes.c) */
    bool id;    /* numbers of words, for an embedding: their size means nothing */
    /* if a schema has standardized the column: x stands for center + unit * x in the user's units;
     * otherwise unit = 0 */
    double center, unit;
    /* computed from up to 512 rows, evenly spaced: the median, the median distance from the median
     * (spread), and whether all values are different (distinct) */
    double median, spread, quarter[2]; /* quarter: the lower and the upper quartile */
    bool distinct;
    int64_t values; /* different numbers among those rows */
    /* if the first target is a single value: the column's correlation with this target, and the
     * share of rows in which column and target are equal; NaN, 0 = unknown */
    double correlation, equal;
    /* how well the order of this column's values gives the first target, if that is a class or one
     * number: from 0 = by chance, or unknown, to 1. numbered: alone > 0.9, and the values number
     * the rows, in whatever steps (one_column.c) */
    double alone;
    bool numbered;
    /* for a target that is a number: the variance of its mean over six equal parts of the sampled
     * rows in the order of this column, divided by that which chance gives; 0 = unknown */
    double parted;
    plm_gift gives;
    int marks; /* 1 + the class whose rows, and only they, have one of its two values; 0 = none */
    /* no value is below 0, and the logarithms of those above 0 have no outliers */
    bool skewed;
    /* mean and standard deviation in the validation rows, if there are any */
    double other_mean, other_deviation;
} plm_data_column;

/* Max number of classes that are counted. */
enum { PLM_DOCTOR_CLASSES = 1024 };

/* Two columns that give the target together, exactly. count: number of such pairs; first, second:
 * the columns of the first one; operation: '+' = a weighted sum, '*', or '/' for first / second. */
typedef struct {
    int64_t count, first, second;
    char operation;
} plm_column_pair;

/* Max number of targets after the first one whose size is known. */
enum { PLM_DOCTOR_TARGETS = 8 };

/* The size of a target over all its values; deviation = 0: there is no such target. */
typedef struct {
    double mean, deviation;
} plm_target_size;

/* What is known about the rows. */
typedef struct {
    /* number of rows that were read: of training and of validation, about 200,000 each at most */
    int64_t rows, validation_rows;
    plm_data_column *column; /* [columns] of all inputs */
    int64_t columns;
    bool named; /* a table whose columns have names */
    /* names of the only target column of the training and of the validation; NULL = unknown */
    const char *target_name, *other_target_name;
    bool images; /* true = rows have two axes or more, so that single columns have no meaning */
    /* number of classes of the first target, and how often each occurs; 0 = the target is not a
     * class */
    int classes;
    int64_t count[PLM_DOCTOR_CLASSES], validation_count[PLM_DOCTOR_CLASSES];
    double class_weight[PLM_DOCTOR_CLASSES]; /* sums of the rows' weights; 0 = they have none */
    bool one_hot;                            /* the classes are one-hot rows */
    /* if the first target has several columns of only 0 and 1: the number of rows without a 1, and
     * with two or more; otherwise 0 */
    int64_t marked_none, marked_several;
    const char *const *class_name; /* [classes] if the table has names for them; NULL = numbers */
    int class_names;               /* number of names */
    /* share of the rows that have the same class as the previous row, in the order of epoch 0 */
    double same_class;
    /* if the first target is a single number: the share of rows whose target is at least that of
     * the previous row, in the order of epoch 0 (rising), and the share with the same target
     * (level); NaN = unknown */
    double rising, level;
    /* if the first target is a single number: the mean squared difference of the targets of
     * neighbouring rows, in the order of epoch 0, divided by the variance: 2 for rows in random
     * order, near 0 for a series in order of time; NaN = unknown */
    double change;
    double other_target_min, other_target_max; /* min and max of the first target in the validation
                                                * rows */
    /* different: number of different rows, inputs and targets compared. common: number of
     * validation rows that are equal to a training row */
    int64_t different, common;
    /* true = the columns have few different values, so rows repeat by chance */
    bool discrete;
    /* mean, standard deviation, min and max of the first target over all its values */
    double target_mean, target_deviation, target_min, target_max;
    plm_target_size more_target[PLM_DOCTOR_TARGETS]; /* of the second target, the third, ... */
    /* if the target is one number: its median and the median distance from it, over up to 512 rows;
     * target_spread = 0: unknown */
    double target_median, target_spread;
    /* among `sampled` rows, those that are far from all others in most of their columns */
    int64_t far, sampled;
    double weight; /* mean weight of the rows; 0 = they have none */
    /* number of rows of equal weight that would tell as much: (sum of the weights)^2 / (sum of
     * their squares) (Kish, 1965); `rows` if there are no weights, or all are 0 */
    double weighing;
    double target_center, target_unit; /* as plm_data_column.center and unit, of the first target */
    plm_column_pair pair;
    plm_neighbours near;
    plm_recoding recoding;
} plm_data_facts;

/* ---- the user's own units (own_units.c) ---- */

/* Returns a value, or a standard deviation, of a column in the units of the user's table. A schema
 * standardizes columns of numbers, and the facts are about what the net gets. */
double plm_column_own(const plm_data_column *c, double value);
double plm_column_own_deviation(const plm_data_column *c, double deviation);
/* Returns a value of the first target in the units of the user's table. */
double plm_target_own(const plm_data_facts *d, double value);

/* Buffer size for the text of a class in a message. */
enum { PLM_CLASS_TEXT = 64 };
/* Writes a class as "class 2", or as "class 'cat'" if it has a name. Returns out. */
const char *plm_class_text(const plm_data_facts *d, int number, char out[PLM_CLASS_TEXT]);

/* One measured step of the training. Steps and epochs are numbered from 0 here, but from 1 in all
 * output: see plm_step_number. */
typedef struct {
    int64_t step, epoch;
    double loss;
    plm_reading *reading; /* [layers] */
} plm_sample;

/* The kinds of numbers among which the first one that is not finite may be. */
typedef enum { PLM_BAD_VALUE, PLM_BAD_GRADIENT, PLM_BAD_WEIGHT } plm_bad_part;
typedef struct {
    bool known;
    int64_t step;
    int64_t layer; /* -1 = only the loss itself */
    /* row of the batch and unit of the layer; of a weight, its row and column; -1 = unknown */
    int64_t row, unit;
    plm_bad_part part; /* an output of the layer, its gradient dz, or a weight */
} plm_bad;

typedef struct plm_row_groups plm_row_groups; /* see row_groups.h */

/* The case: all that is known about the net and its training, for findings to use. A value that is
 * unknown is NULL, 0 or NaN. */
typedef struct {
    plm *w;
    plm_arena *arena; /* memory for the texts of reports */
    /* the parts that are done: bit 1 << part */
    unsigned parts;
    /* the error with which reading the data or building the model failed, with its place in the run
     * file; NULL = none */
    const plm_error *refusal;
    plm_part_of_finding refused; /* what failed: PART_DATA = the data, otherwise the settings */
    const plm_data_facts *data;  /* NULL = not read */
    bool alone;                  /* true = only the data is examined: there will be no model */
    int64_t batch;               /* rows of a batch; 0 = unknown */
    bool batch_given;            /* the user has chosen the batch size */
    /* source: the source in the pipeline of the training rows. rest: the text of the pipeline after
     * it, such as " | shuffle". NULL = none */
    const char *source, *rest;
    /* Returns the text of a key of the run file; "" = not set. The pointer is NULL if there is no
     * run file. */
    const char *(*setting)(void *self, const char *key);
    void *settings;         /* first argument of setting */
    const plm_model *model; /* NULL = there is none */
    const plm_spot *spot;   /* [layers] where the model has them */
    int64_t layers;
    /* [layers] measurements in a pass of the untrained net, before the first step; NULL = none */
    const plm_reading *first;
    double first_loss;
    double first_penalty; /* the part of first_loss that comes from penalties on weights and outputs
                           * */
    /* sample: the measured steps of the training. early_loss: the losses of its first 100 steps,
     * also of those that were not measured */
    const plm_sample *sample;
    int64_t samples;
    double early_loss[100];
    int64_t early_losses;
    int64_t steps, planned; /* steps: number of trained steps. planned: number of steps of the whole
                             * training; 0 = unknown */
    /* the training is over: all its steps are done, or an observer of the run file has ended it */
    bool ended;
    bool not_finite;         /* the loss is no longer finite */
    plm_bad bad;             /* if not_finite is true: the first number that is not finite */
    int64_t bad_epoch;       /* the epoch of that step; -1 = unknown */
    bool replayed;           /* true = every step was measured, so `bad` is certainly the first such
                              * number */
    plm_one_batch one_batch; /* 0 steps = not asked for */
    /* the trained epochs, as in history.csv; 0 rows = no epoch is known */
    plm_history history;
    const plm_row_groups *groups; /* how the trained net predicts groups of rows; NULL = unknown */
} plm_case;

/* The new text of a layer, such as "dense(8, activation=relu)". layer: index in plm_case.spot. */
typedef struct {
    int64_t layer;
    const char *text;
} plm_layer_text;

/* What a finding reports; initially all zero, with layer, other, step and epoch -1. */
typedef struct {
    bool found;
    /* true = the library itself warns about this when the model is compiled, so a training does not
     * repeat it */
    bool told;
    plm_level level;
    plm_part_of_finding part;
    int64_t layer; /* index in plm_case.spot */
    /* index of the layer that the remedies change, if it is not `layer`; -1 = none */
    int64_t other;
    int64_t step, epoch;
    double number, threshold;
    const char *key;         /* NULL = the model item of the layer */
    plm_text what, evidence; /* one sentence; lines */
    plm_remedy remedy[4];
    /* 1 + index of the layer that a remedy changes; 0 = `other` or, if it is -1, `layer` */
    int64_t changes[4];
    /* [texts] the layers that a remedy changes, if it changes several; texts = 0: see `changes` */
    const plm_layer_text *text[4];
    int64_t texts[4];
    int remedies;
    plm_arena *arena;
} plm_report;

/* The order in which findings are printed: causes before their consequences. */
typedef enum {
    PLM_ROOT_LEAK, /* a column that must be left out: what else is wrong with it ends with that */
    PLM_ROOT_DATA,
    PLM_ROOT_SET_UP,
    PLM_ROOT_INIT,
    PLM_ROOT_RATE,
    PLM_ROOT_SYMPTOM,
    PLM_ROOT_GENERAL
} plm_root;

/* The descriptor of a finding. kind.alias is its code, kind.fields are its thresholds, kind.formula
 * is its criterion in words. */
typedef struct plm_finding_kind {
    plm_kind kind;
    plm_root root;
    double healthy[2]; /* range of the number in healthy nets */
    /* codes of findings that can cause this one, most likely first: "S303|S301"; NULL = none */
    const char *causes;
    /* true = if this error follows from a warning, the warning becomes an error, too, since it has
     * done harm */
    bool proves;
    /* true = it reads only data, settings and model, which steps of a training do not change, so it
     * is not applied while a net trains */
    bool still;
    /* Checks for the fault. config: the thresholds. If the fault is found, fills *out and sets
     * out->found. */
    void (*find)(const void *config, const plm_case *c, plm_report *out);
} plm_finding_kind;

/* ---- for authors: reading settings (case.c) ---- */

/* Returns the text of a key of the run file; "" = the key is not set, or there is no run file. */
const char *plm_case_setting(const plm_case *c, const char *key);
/* Returns the value of a key of the run file that is a whole number; otherwise: the result if the
 * key is not set, or there is no run file. */
int64_t plm_case_count(const plm_case *c, const char *key, int64_t otherwise);
/* Returns an argument of a layer as a number, or its default if it is not set. NaN = the layer has
 * no such argument, or it is not a number. */
double plm_case_argument(const plm_case *c, int64_t layer, const char *name);
/* Returns the argument `name` of any kind as a number: fields is the table of the kind, config has
 * its arguments. A schedule is accepted if it is a plain number. NaN = there is no such argument,
 * or it is not a number. */
double plm_field_number(const plm_field *fields, const void *config, const char *name);
/* Returns an argument of the model's optimizer as a number, such as "momentum". NaN = it has no
 * such argument, or it is not a number. */
double plm_case_option(const plm_case *c, const char *name);
/* Returns the number of updates in all planned steps; with gradient accumulation there are fewer
 * updates than steps. 0 = unknown. */
double plm_case_updates(const plm_case *c);
/* True if the name of a layer's kind matches a pattern, such as "*dropout|gaussian_noise". */
bool plm_case_layer_is(const plm_case *c, int64_t layer, const char *pattern);

/* ---- for authors: reports (report.c) ---- */

/* True if a part of the examination is done, so that the members of plm_case that it sets are
 * known. */
bool plm_case_has(const plm_case *c, plm_part_of_finding part);
/* True if the targets of the first output are classes. Whole numbers may also be targets of a
 * regression; if there will be no model (plm_case.alone), they are taken as classes. */
bool plm_case_learns_classes(const plm_case *c);
/* True if the loss takes class numbers. They are no quantities, also if the facts have no classes
 * since some of the labels are outside of the classes, as those that the loss leaves out. */
bool plm_case_takes_labels(const plm_case *c);
/* True if a parameter has only zeros. Its padding is 0, too. */
bool plm_case_is_zero(const plm_case *c, const plm_weight *w);
const char *plm_case_layer(const plm_case *c, int64_t layer);
/* Returns the number of a step for messages and files, counted from 1; as long long, for printf. */
long long plm_step_number(int64_t step);
/* True if the layer is between the input and the outputs and its gradient dz (with respect to its
 * weighted sums) was measured. */
bool plm_case_is_hidden(const plm_case *c, int64_t layer);
/* Writes the name of a column, or "column 7" if it has no name. If there are several inputs, it
 * includes the number of the input. */
void plm_doctor_column(const plm_data_column *c, char *out, size_t size);
/* True for a column of a series with the values of earlier rows, as "sales (3 before)". In
 * leave_out.c. */
bool plm_doctor_is_earlier(const plm_data_column *c);
/* Sets what a report says: level, part of the examination, layer (-1 = the fault belongs to no
 * layer), and one sentence. */
void plm_report_found(plm_report *r, plm_level level, plm_part_of_finding part, int64_t layer,
                      const char *what, ...) PLM_PRINTF(5, 6);
/* Sets *out to the level of a value: a warning or an error if the value is beyond that threshold.
 * If error >= warning, "beyond" means above it, otherwise below it. False = the value is beyond
 * neither. */
bool plm_report_level(double number, double warning, double error, plm_level *out);
/* Adds a line of evidence. */
void plm_report_line(plm_report *r, const char *line, ...) PLM_PRINTF(2, 3);
/* Adds a line with a name, a value and a bar. share: length of the bar, from 0 to 1. */
void plm_report_bar(plm_report *r, const char *name, double number, double share);
/* Adds a remedy; at most 4, the best one first. key "": the value is a sentence that says what to
 * do. */
void plm_report_remedy(plm_report *r, const char *key, const char *value, ...) PLM_PRINTF(3, 4);
/* Adds another key to the remedy that was added last: all its keys must be changed together. */
void plm_report_also(plm_report *r, const char *key, const char *value);
/* Adds a remedy with another last layer: `layer`, such as "dense(10, activation=softmax)", replaces
 * the last dense layer of the key model. False = the key is unknown, or does not end in a dense
 * layer. */
bool plm_report_output(plm_report *r, const plm_case *c, const char *layer);
/* True if the rows are a series in order of time: the run file says so, or the targets of
 * neighbouring rows are close to each other, and the rows are not sorted by target. */
bool plm_case_is_series(const plm_case *c);
/* If the validation is the last part of the rows, adds a remedy with a random validation:
 * "split(0.2, shuffle=true)". False = the validation is another one, or is unknown. */
bool plm_report_shuffled_split(plm_report *r, const plm_case *c);
/* Adds a remedy with another layer before the given one in its item of the key model:
 * "normalization | dense(8)"; plm_report_after: after it. Adds nothing if the item stands for
 * several layers, as "20 * dense(8)" does. */
#define PLM_REMEDY_ONCE                                                                            \
    "model, once" /* key of a remedy for a layer that is added once, until
                                       * plm_diagnosis_place sets the final key */
void plm_report_before(plm_report *r, const plm_case *c, int64_t layer, const char *other);
void plm_report_after(plm_report *r, const plm_case *c, int64_t layer, const char *other);
/* As plm_report_after, but the given layer also loses its activation. (change.c) */
void plm_report_after_linear(plm_report *r, const plm_case *c, int64_t layer, const char *other);
/* Adds a remedy that leaves columns out of the data: for a table the key `columns`, which drops
 * them; else the key `data` with a list of all other columns. out: [columns], true = left out. */
void plm_report_leave_out(plm_report *r, const plm_case *c, const bool *out);
/* Writes the names of layers, list [count] in ascending order: "dense_2 to dense_20" if they are
 * consecutive, otherwise "dense, dense_4 and 3 more". */
void plm_case_layers(const plm_case *c, const int64_t *list, int64_t count, char *out, size_t size);
/* Returns the layer whose argument `key` decides about a layer: the layer itself, a layer before it
 * or, for its activation, an activation layer behind it; -1 = none has the argument. (change.c) */
int64_t plm_case_owner(const plm_case *c, int64_t layer, const char *key);
/* Adds a remedy with the initializer that suits the activation of a layer, which may be an
 * activation layer behind it. (change.c) */
void plm_report_initializer(plm_report *r, const plm_case *c, int64_t layer);
/* Adds a remedy that changes an argument of plm_case_owner in its item of the run file, such as
 * "model.1": in the text of the layer, the argument gets the value, or is appended. If the
 * activation changes, the initializer of the same layer is set to the one that suits it. Adds
 * nothing if the text would be invalid or the same as before. (change.c) */
void plm_report_change(plm_report *r, const plm_case *c, int64_t layer, const char *key,
                       const char *value);
/* Adds one remedy that gives layers new texts [count], which stay in the arena. (change.c) */
void plm_report_texts(plm_report *r, const plm_layer_text *text, int64_t count);
/* Adds one remedy that changes an argument of several layers that have the same fault. list
 * [count]: the layers. value "": the initializer that suits each layer. (change.c) */
void plm_report_change_all(plm_report *r, const plm_case *c, const int64_t *list, int64_t count,
                           const char *key, const char *value);

#endif
