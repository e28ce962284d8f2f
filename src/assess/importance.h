/* Which inputs matter: over many rows, how much worse the predictions are when a column is
 * shuffled; of one row, how much each column moved its prediction away from the usual one. */
#ifndef PLM_ASSESS_IMPORTANCE_H
#define PLM_ASSESS_IMPORTANCE_H

#include "assess/assess.h"

/* Numbers of the inputs that belong together, such as those of a column of words. */
typedef struct {
    const char *name;
    int input;            /* of the model */
    int64_t first, count; /* numbers of a row of this input */
    int64_t column;       /* of the schema of the table; -1 = there is none */
} plm_input_group;

/* The groups of all inputs. */
typedef struct {
    plm_input_group *at; /* [count], in the arena */
    int64_t count;
} plm_input_groups;

/* Finds the groups of the inputs of data: the columns of a table, else single numbers. */
PLM_CHECKED plm_status plm_input_groups_find(const plm_model *m, const plm_data *d, plm_arena *a,
                                             plm_input_groups *out);

/* How much a group matters. */
typedef struct {
    int64_t group;
    plm_interval rise; /* of the mean loss of classes, or of the rmse, when it is shuffled */
    double fall;       /* of the accuracy, or of r2 */
} plm_importance;

/* How the importance is measured. */
typedef struct {
    int64_t rows; /* at most so many rows of the data, 0 = 2000; set to those that were used */
    int repeats;  /* how often each group is shuffled; 0 = 5 */
    uint64_t seed;
    int target; /* which target of the model */
} plm_importance_options;

/* Shuffles one group after the other among the rows of d and measures how much worse the
 * predictions become (Breiman, Random forests, 2001; Fisher, Rudin and Dominici, All models are
 * wrong, but many are useful, 2019). Groups that depend on each other share their importance. *out:
 * [groups] by falling importance, in the arena. The interval is that of the mean over the repeats
 * (Student's t, 95 %). */
PLM_CHECKED plm_status plm_importance_measure(plm_model *m, plm_data *d, plm_input_groups groups,
                                              plm_importance_options *o, plm_arena *a,
                                              plm_importance **out);

/* What a group contributed to the prediction of one row, and the standard error of that. */
typedef struct {
    int64_t group;
    double value, error;
} plm_contribution;

/* How a row is explained. */
typedef struct {
    int target;  /* which target of the model */
    int samples; /* random orders; 0 = chosen by the number of groups */
    uint64_t seed;
} plm_explain_options;

/* An explained row. */
typedef struct {
    int chosen;             /* the class that is explained: the predicted one */
    double usual, is;       /* the mean prediction over other rows; that of the row */
    plm_contribution *part; /* [groups] by falling size; they add up to is - usual */
} plm_explanation;

/* Explains the prediction of row 0 of `row` by rows of `others`: the mean change of the prediction
 * when one group after the other, in random order, changes from its value in a random other row to
 * that in this one (Strumbelj and Kononenko, Explaining prediction models and individual
 * predictions with feature contributions, 2014: sampled Shapley values). */
PLM_CHECKED plm_status plm_explain(plm_predicted *row, const plm_predicted *others,
                                   plm_input_groups groups, const plm_explain_options *o,
                                   plm_arena *a, plm_explanation *out);

#endif
