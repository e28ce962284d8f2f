/* The net of a run file. */
#ifndef PLM_RUN_NET_H
#define PLM_RUN_NET_H

#include "run/job.h"

/* The model to start from, if any, and the layers of the run file; errors name the line. */
PLM_CHECKED plm_status plm_net_layers(plm_job *j, plm_settings *s);
/* Whether a model that begins with this item (a layer or a chain of layers) declares its input. */
bool plm_net_has_input(const char *item);
/* Gives the settings the usual loss and metrics of the model and the data where they have none. */
PLM_CHECKED plm_status plm_net_usual(plm_job *j, plm_settings *s);
/* Compiles with the optimizer that a key says, loss and metrics of the settings. */
PLM_CHECKED plm_status plm_net_compile(plm_job *j, plm_settings *s, const char *optimizer);
/* A fresh model, compiled, in place of the job's: layers and optimizer of the settings. The same
 * settings make the same weights. */
PLM_CHECKED plm_status plm_net_make(plm_job *j, plm_settings *s);
/* Runtime, data, model, compiled: all of the above. */
PLM_CHECKED plm_status plm_net_build(plm_job *j, plm_settings *s);

#endif
