/* Measures which inputs matter. Over many rows: how much worse the predictions become when a column
 * is shuffled. For one row: how much each column moved its prediction away from the mean
 * prediction. */
#ifndef PLM_ASSESS_IMPORTANCE_H
#define PLM_ASSESS_IMPORTANCE_H

#include "assess/assess.h"

/* Values of the inputs that belong together, such as all values that encode one column of words. */
typedef struct {
    const char *name;
    int input;            /* of the model */
    int64_t first, count; /* range of values in a row of this input */
    int64_t column;       /* index of the column in the table's schema; -1 = the data has no schema
                           * */
} plm_input_group;

/* The groups of all inputs. */
typedef struct {
    plm_input_group *at; /* [count], in the arena */
    int64_t count;
} plm_input_groups;

/* Finds the groups of the inputs of data. For a table with a schema, each column is a group;
 * otherwise, each value is one. */
PLM_CHECKED plm_status plm_input_groups_find(const plm_model *m, const plm_data *d, plm_arena *a,
                                             plm_input_groups *out);

/* How much a group matters. */
typedef struct {
    int64_t group;
    plm_interval rise; /* increase of the log loss or the rmse when the group is shuffled */
    double fall;       /* by how much the accuracy or r2 falls */
} plm_importance;

/* How the importance is measured. */
typedef struct {
    int64_t rows; /* max number of rows to use, 0 = 2000; set to the number that was used */
    int repeats;  /* how often each group is shuffled; 0 = 5 */
    uint64_t seed;
    int target; /* which target of the model */
} plm_importance_options;

/* Shuffles one group after the other among the rows of d and measures how much worse the
 * predictions become (Breiman, Random forests, 2001; Fisher, Rudin and Dominici, All models are
 * wrong, but many are useful, 2019). Groups that depend on each other share their importance. *out:
 * [groups] by descending importance, in the arena. The interval is the interval of the mean over
 * the repeats (Student's t, 95 %). */
PLM_CHECKED plm_status plm_importance_measure(plm_model *m, plm_data *d, plm_input_groups groups,
                                              plm_importance_options *o, plm_arena *a,
                                              plm_importance **out);

/* The contribution of a group to the prediction of one row (value), and its standard error. */
typedef struct {
    int64_t group;
    double value, error;
} plm_contribution;

/* How a row is explained. */
typedef struct {
    int target;  /* which target of the model */
    int samples; /* number of random orders; 0 = chosen from the number of groups */
    uint64_t seed;
} plm_explain_options;

/* An explained row. */
typedef struct {
    int chosen;             /* the class that is explained: the predicted class */
    double usual, is;       /* usual: the mean prediction over other rows. is: the prediction of the
                             * row */
    plm_contribution *part; /* [groups] contributions by descending absolute value; they add up to
                             * is - usual */
} plm_explanation;

/* Explains the prediction of row 0 of `row` by rows of `others`. The groups of a random other row
 * are replaced by those of the explained row, one after the other, in random order. The
 * contribution of a group is the mean change of the prediction when it is replaced (Strumbelj and
 * Kononenko, Explaining prediction models and individual predictions with feature contributions,
 * 2014: sampled Shapley values). */
PLM_CHECKED plm_status plm_explain(plm_predicted *row, const plm_predicted *others,
                                   plm_input_groups groups, const plm_explain_options *o,
                                   plm_arena *a, plm_explanation *out);

#endif
