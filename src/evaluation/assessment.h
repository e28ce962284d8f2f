/* Assesses all targets of a job's model on rows of data, for `plummet evaluate` and the report. */
#ifndef PLM_EVALUATION_ASSESSMENT_H
#define PLM_EVALUATION_ASSESSMENT_H

#include "assess/importance.h"
#include "run/job.h"

/* What was found. Zero-initialise it. */
typedef struct {
    plm_arena arena;
    plm_predicted predicted; /* the rows */
    int targets;
    plm_assessment of[PLM_ASSESS_TARGETS]; /* [targets] */
    /* the inputs that explain the wrong prediction of a worst row: "size = 31 (+12.4)"; "" = no
     * single column stands out; NULL = not computed */
    const char *reason[PLM_ASSESS_TARGETS][PLM_WORST];
} plm_assessments;

/* Predicts the rows of d by the job's model and assesses each target. seed: for the bootstrap
 * samples. The result must be freed before the job, after success and after failure. Errors are
 * recorded on the job's runtime, j->home. */
PLM_CHECKED plm_status plm_assessments_make(plm_assessments *s, plm_job *j, plm_data *d,
                                            uint64_t seed);
/* Returns the rmse of predicting for each row of a time series the value of the row before; NaN =
 * the rows of d are not a series, or the target is not a number. (row_before.c) */
double plm_assess_row_before(const plm_predicted *p, const plm_predicted_target *target,
                             const plm_data *d);
/* Frees the rows and the metrics. */
void plm_assessments_free(plm_assessments *s);
/* Adds the values of the assessment to log[*logs], which has space for `capacity`, unless a log has
 * the same name. If there are several targets, a name begins with the name of its target. */
PLM_CHECKED plm_status plm_assessments_logs(plm_assessments *s, plm_log *log, int *logs,
                                            int capacity);
/* True if the assessment has the same value as the metric of this name. */
bool plm_assessments_has(const plm_assessments *s, const char *metric);
/* For the first `most` worst rows of each target, finds the inputs that explain the prediction.
 * groups: how the inputs of d are grouped into columns. budget: max number of rows that may be
 * predicted for this; if it is too small, nothing is computed. Errors are recorded on the job's
 * runtime, j->home. (reasons.c) */
PLM_CHECKED plm_status plm_assessments_reasons(plm_assessments *s, plm_job *j, plm_data *d,
                                               plm_input_groups groups, int most, int64_t budget);
/* Appends the first `most` worst rows of target k as a table, with the inputs that explain each
 * prediction below its row. Lines have at most `width` characters; 0 = no limit. (worst_text.c) */
void plm_assessments_worst(const plm_assessments *s, int k, int most, int width, plm_text *t);
/* Appends the assessment of target k as a JSON object, with its first `most` worst rows.
 * (assessment_json.c) */
void plm_assessment_json(plm_text *t, const plm_assessments *a, int k, int most);
/* Appends the metrics as a JSON object: {"accuracy":[value, low, high], ...}. */
void plm_assessment_figures_json(plm_text *t, const plm_assessment *s);
/* Appends all of them as a JSON array, each with its first `most` worst rows. */
void plm_assessments_json(const plm_assessments *s, int most, plm_text *t);

#endif
