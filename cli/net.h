/* The net of a run file. */
#ifndef PLM_CLI_NET_H
#define PLM_CLI_NET_H

#include "job.h"

/* The model to start from, if any, and the layers of the run file; errors name the line. */
int plm_cli_net_layers(plm_cli_job *j, plm_cli_settings *s);
/* Whether a model that begins with this item (a layer or a chain of layers) declares its input. */
bool plm_cli_net_has_input(const char *item);
/* Gives the settings the usual loss and metrics of the model and the data where they have none. */
int plm_cli_net_usual(plm_cli_job *j, plm_cli_settings *s);
/* Compiles with the optimizer that a key says, loss and metrics of the settings. */
int plm_cli_net_compile(plm_cli_job *j, plm_cli_settings *s, const char *optimizer);
/* A fresh model, compiled, in place of the job's: layers and optimizer of the settings. The same
 * settings make the same weights. */
int plm_cli_net_make(plm_cli_job *j, plm_cli_settings *s);
/* Runtime, data, model, compiled: all of the above. */
int plm_cli_net_build(plm_cli_job *j, plm_cli_settings *s);

#endif
