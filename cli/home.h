/* The runtime of the command: errors and warnings of all that it does come here. What trains or
 * predicts has a runtime of its own, by its settings. */
#ifndef PLM_CLI_HOME_H
#define PLM_CLI_HOME_H

#include "options.h"
#include "progress.h"
#include "run/job.h"

typedef struct {
    plm *w;
    char *data_dir;             /* folders of named data sets, by the environment */
    plm_cli_progress *progress; /* cleared before a warning is printed; NULL = none */
} plm_cli_home;

/* Opens it; it starts no threads. Returns an exit code. It must not move afterwards. */
int plm_cli_home_open(plm_cli_home *h);
void plm_cli_home_close(plm_cli_home *h);

/* All that a verb with a job holds. */
typedef struct {
    const plm_cli_call *call;
    plm_cli_home home;
    plm_settings settings;
    plm_job job; /* not open yet */
} plm_cli_work;

/* Runs a verb with empty settings by a table of keys, and frees all of it. */
int plm_cli_work_run(const plm_cli_call *call, const plm_setting_key *keys,
                     int (*run)(plm_cli_work *work));
/* The settings become those of the command line. Returns an exit code. */
int plm_cli_work_settings(plm_cli_work *work);

#endif
