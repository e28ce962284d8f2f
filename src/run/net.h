/* Builds the model of a run file, in steps or all at once. */
#ifndef PLM_RUN_NET_H
#define PLM_RUN_NET_H

#include "run/job.h"

/* Loads the model to start from, if any, and adds the layers of the run file. Errors name the line
 * of the run file. */
PLM_CHECKED plm_status plm_net_layers(plm_job *j, plm_settings *s);
/* Sets *has: true if the first item of a model declares the input: input(...), or a layer with
 * input_shape. a: memory to parse it. Errors: E_MEMORY. */
PLM_CHECKED plm_status plm_net_has_input(plm_arena *a, const char *item, bool *has);
/* Chooses the loss and the metrics by the model and the data, if the settings have none.
 * (usual.c) */
PLM_CHECKED plm_status plm_net_usual(plm_job *j, plm_settings *s);
/* Compiles the job's model with the loss and metrics of the settings. optimizer: the key that names
 * the optimizer, such as "frozen_optimizer". */
PLM_CHECKED plm_status plm_net_compile(plm_job *j, plm_settings *s, const char *optimizer);
/* Builds and compiles a new model that replaces the job's model. The same settings give the same
 * initial weights. */
PLM_CHECKED plm_status plm_net_make(plm_job *j, plm_settings *s);
/* Reads a run file, and builds and compiles its model. The data is opened only if the shape of the
 * model's input must be taken from the data. */
PLM_CHECKED plm_status plm_net_outline(plm_job *j, plm_settings *s, const char *path);
/* Opens the runtime and the data, then builds and compiles the model: calls plm_job_open,
 * plm_job_data and plm_net_make. */
PLM_CHECKED plm_status plm_net_build(plm_job *j, plm_settings *s);

#endif
