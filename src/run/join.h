/* One model of several trained ones. */
#ifndef PLM_RUN_JOIN_H
#define PLM_RUN_JOIN_H

#include "run/job.h"

/* Max number of models that are joined. */
enum { PLM_JOIN_MODELS = 8 };

/* Loads `count` models (model files or folders of runs), and saves a model whose outputs are the
 * means of their outputs to `out`. Opens the job's runtime by the settings. Errors: all errors of
 * loading and saving; E_SPEC if `out` is one of the models, or has the name of a table; E_SHAPE if
 * the models do not fit one another. */
PLM_CHECKED plm_status plm_job_join(plm_job *j, plm_settings *s, int count, char *const *path,
                                    const char *out);

#endif
