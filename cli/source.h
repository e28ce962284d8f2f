/* The data that a verb names for a model that was trained before. */
#ifndef PLM_CLI_SOURCE_H
#define PLM_CLI_SOURCE_H

#include "home.h"

/* Opens DATA, the second argument of a verb, for the model of the job: see plm_job_source; - = a
 * table at standard input. targets: false = rows to predict. Returns an exit code. */
int plm_cli_source_open(plm_cli_work *work, bool targets);
/* Whether MODEL and DATA, the arguments of a verb, are in this order; exit code 2 with a message
 * where they are swapped. */
int plm_cli_check_order(const plm_cli_call *call);

#endif
