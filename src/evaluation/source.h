/* Opens the data that a user names for a trained model: a table or a pipeline. */
#ifndef PLM_EVALUATION_SOURCE_H
#define PLM_EVALUATION_SOURCE_H

#include "run/job.h"

/* What the user named. */
typedef struct {
    const char *argument; /* a .csv or .npy file, any other file that exists, or a pipeline */
    const char *path;     /* a table file to read instead of the argument; NULL = read the argument
                           * itself */
    const char *target;   /* name of the table's target column; NULL = as in the training */
    bool targets;         /* false = the rows are to be predicted and need no targets */
} plm_job_table;

/* True if an argument can only be a model: a file with the ending of a model, or a folder that
 * holds a model. */
bool plm_is_model(const char *argument);
/* Opens the rows as the data of the job, whose model must be loaded. If the model came from the
 * folder of a run and knows no column names, a CSV file is read with the columns that the run uses.
 * Errors: E_SHAPE if rows to predict do not fit the inputs of the model. */
PLM_CHECKED plm_status plm_job_source(plm_job *j, plm_settings *s, const plm_job_table *t);

#endif
