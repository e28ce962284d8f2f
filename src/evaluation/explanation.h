/* Measures which inputs matter to a job's model, for `plummet explain` and the report. */
#ifndef PLM_EVALUATION_EXPLANATION_H
#define PLM_EVALUATION_EXPLANATION_H

#include "assess/importance.h"
#include "run/job.h"

/* Options and result of one explanation. Zero-initialise it, then set job, data and other options
 * if needed. */
typedef struct {
    plm_job *job;
    plm_data *data; /* the rows, held out from the training */
    /* the target to explain: its name, or its number from 0; NULL = the first */
    const char *output;
    int64_t rows;    /* max number of rows to use, 0 = 2000; set to the number that was used */
    bool quiet;      /* true = no warning if there are fewer rows than `rows` */
    int64_t repeats; /* how often a column is shuffled; 0 = 5 */
    /* the row of the data to explain, counted from 1; 0 = measure the importance over all rows */
    int64_t row;
    uint64_t seed;
    /* the answer */
    plm_arena arena;
    plm_predicted one, others; /* of one row */
    plm_input_groups groups;
    plm_importance *importance; /* [groups.count]; NULL for one row */
    plm_explanation of_row;
    int target, targets;            /* which target is explained, of how many */
    const plm_predicted_target *of; /* the target that is explained */
} plm_explaining;

/* Computes the explanation. Errors are recorded on the job's runtime, j->home; E_SPEC if there is
 * no such row or target. */
PLM_CHECKED plm_status plm_explaining_run(plm_explaining *e);
/* Frees the result of plm_explaining_run. To be called before the job is freed. */
void plm_explaining_free(plm_explaining *e);
/* Appends the result as text with lines of at most `width` characters, 0 = no limit. most: max
 * number of columns that are listed, 0 = all. */
void plm_explaining_text(const plm_explaining *e, int64_t most, int width, plm_text *t);
/* Appends the result as a JSON object and a newline. */
void plm_explaining_json(const plm_explaining *e, plm_text *t);
/* Appends the value that the explained row has in the column of a group, as it is in the data: the
 * text of a table's cell, or a number. */
void plm_explaining_value(const plm_explaining *e, int64_t group, plm_text *t);

#endif
