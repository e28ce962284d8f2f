/* Declares metrics: the numbers that an evaluation computes from predictions and targets. Most are
 * a mean over rows; others keep totals or lists of predictions over an epoch. */
#ifndef PLM_NN_METRIC_H
#define PLM_NN_METRIC_H

#include "base/kinds.h"
#include "graph/op.h"
#include "nn/scores.h"

/* The rows for which a metric computes values. prediction: [rows][stride], of which the first
 * `width` numbers of each row are used. target: [rows][target_stride], of which target_width are
 * used. */
typedef struct {
    const plm_kernels *kernel;
    const void *config;
    const plm_real *prediction;
    const plm_real *target;
    plm_real *value; /* [rows] results, for metrics that are a mean over rows */
    /* [rows] sample weights; NULL = all are 1. Only `gather` uses them: for a mean over rows the
     * caller applies the weights. */
    const plm_real *weight;
    size_t rows, width, stride, target_width, target_stride;
} plm_metric_rows;

/* The numbers that a metric keeps over an epoch if it is not a mean over rows. */
typedef struct {
    double *total;      /* [totals] sums, whose meaning the metric defines */
    size_t totals;      /* number of totals */
    plm_scores *scores; /* [curves] lists of predictions */
    int curves;
} plm_gathered;

/* The targets that a metric can interpret. */
typedef enum {
    PLM_TARGETS_ANY,    /* all numbers */
    PLM_TARGETS_SHARES, /* 0, 1, and what is between them */
    PLM_TARGETS_SIGNS,  /* these, and -1, which counts as 0 */
    PLM_TARGETS_LABELS, /* class numbers */
    /* shares in the shape of the prediction, or class numbers */
    PLM_TARGETS_EITHER
} plm_metric_targets;

/* How a metric depends on the unit of its numbers. A net may learn a target standardized; its
 * metrics are in the target's own unit. */
typedef enum {
    PLM_UNIT_UNKNOWN, /* somehow: it is computed from numbers in their own unit */
    PLM_UNIT_NONE,    /* not at all */
    PLM_UNIT_SAME,    /* it has the unit of the numbers */
    PLM_UNIT_SQUARE   /* it has the square of this unit */
} plm_metric_unit;

/* The descriptor of a metric. A metric is either the mean over rows of what `rows` computes, or
 * `gather` adds up totals over an epoch and `result` computes its values from them. */
typedef struct {
    plm_kind kind;
    /* True if prediction and target fit. If not, sets *why to the reason, a static text. */
    bool (*fits)(const void *config, const plm_shape *prediction, const plm_shape *target,
                 const char **why);
    plm_metric_targets takes; /* other targets are an error */
    plm_metric_unit unit;
    /* Computes a value for each row; the metric is their mean. NULL if the metric gathers. */
    void (*rows)(const plm_metric_rows *m);
    /* Returns false if a row with this label has no part in the mean. NULL = all rows take part. */
    bool (*counts)(const void *config, plm_real label);
    /* Returns the number of totals that are kept over an epoch. */
    size_t (*totals)(const void *config, const plm_shape *prediction);
    /* Returns the number of lists of predictions (one for each curve) that the metric keeps; NULL =
     * none. A row adds at most `width` predictions, to all lists together. */
    int (*curves)(const void *config, const plm_shape *prediction);
    /* Adds rows to the totals, in the order of the rows. */
    void (*gather)(const plm_metric_rows *m, plm_gathered *g);
    /* Returns the number of values that the metric gives; NULL = one. In the logs, several values
     * are distinguished by number(at) at the end of the name, as in precision_0.25; number == NULL:
     * by their index `at`. */
    int (*results)(const void *config, const plm_shape *prediction);
    double (*number)(const void *config, int at);
    /* Computes value `at`. If there is nothing to measure, sets *why to the reason, a static text,
     * and returns NaN or the conventional value of scikit-learn. */
    double (*result)(const void *config, const plm_gathered *g, int at, const char **why);
} plm_metric_kind;
/* The list of all metrics, which ends with NULL. The build makes the list from the files that
 * define metrics. */
extern const plm_kind *const plm_metric_table[];

/* The keys that all metrics share. */
typedef struct {
    const char *name; /* name in the logs; "" = the name of the metric */
    /* true = use sample weights; a mean over rows is divided by the sum of the weights */
    bool weighted;
} plm_metric_common;
/* The field table of these keys. */
extern const plm_field plm_metric_common_fields[];

/* True if `name` is the name of this kind or an alias of it, or a word such as accuracy (acc) that
 * may stand for it. */
bool plm_metric_is(const plm_metric_kind *kind, const char *name);
/* Returns whether a higher or a lower value of the metric with this name is better; UNKNOWN for a
 * name of no metric, too. (metric_words.c) */
plm_direction plm_metric_direction(const char *name);
/* True if both names may mean the same kind of metric: acc and accuracy, mse and
 * mean_squared_error. (metric_words.c) */
bool plm_metric_same(const char *a, const char *b);
/* Replaces "accuracy" (acc) and "crossentropy" (ce) by the metric that fits the shapes: binary_,
 * categorical_ or sparse_categorical_. Any other name is kept. labels = true: each output is a
 * probability by itself, so binary_ fits. */
PLM_CHECKED plm_status plm_metric_resolve(plm *w, const char *name, const plm_shape *prediction,
                                          const plm_shape *target, bool labels,
                                          const char **resolved);

#endif
