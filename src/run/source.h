/* The data that somebody names for a model that was trained before: a table or a pipeline. */
#ifndef PLM_RUN_SOURCE_H
#define PLM_RUN_SOURCE_H

#include "run/job.h"

typedef struct {
    const char *argument; /* a .csv or .npy file, any other file that is there, or a pipeline */
    const char *path;   /* a file that is read in its place: a table; NULL = the argument itself */
    const char *target; /* of a table; NULL = as in the training */
    bool targets;       /* false = rows to predict, which need no targets */
} plm_job_table;

/* Whether an argument can only be a model: a model file by its ending, or a folder with one. */
bool plm_is_model(const char *argument);
/* Opens the rows as the job's data. Where the model knows no names of columns and was loaded from
 * the folder of a run, a table gives the columns that the run takes. Rows to predict are compared
 * with the inputs of the model. */
PLM_CHECKED plm_status plm_job_source(plm_job *j, plm_settings *s, const plm_job_table *t);

#endif
