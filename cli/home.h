/* The runtime of the command, which records all errors and prints all warnings. Training and
 * prediction have another runtime, with the threads and seed of their settings; its errors are
 * recorded on this runtime again. */
#ifndef PLM_CLI_HOME_H
#define PLM_CLI_HOME_H

#include "options.h"
#include "progress.h"
#include "evaluation/evaluation.h"
#include "run/machine.h"

/* The command's own runtime. */
typedef struct {
    plm *w;
    plm_arena arena;      /* owns the texts below */
    const char *data_dir; /* folders of named data sets, from the environment */
    /* the file with timing measurements of this machine (run/tuning.h); NULL = none */
    const char *tuning;
    /* the progress line, which is cleared before a warning is printed; NULL = none */
    plm_cli_progress *progress;
} plm_cli_home;

/* Opens the runtime, which starts no threads. h must not be moved in memory afterwards. Returns an
 * exit code. */
int plm_cli_home_open(plm_cli_home *h);
/* Closes the runtime and frees what belongs to it. */
void plm_cli_home_close(plm_cli_home *h);

/* Runs a subcommand that needs no settings: opens the runtime, calls `run`, and closes the runtime,
 * also after an error. Returns an exit code. */
int plm_cli_home_run(const plm_cli_call *call, int (*run)(const plm_cli_call *, plm_cli_home *));

/* The objects of a subcommand that loads a model or a run file. */
typedef struct {
    const plm_cli_call *call;
    plm_cli_home home;
    plm_settings settings;
    plm_job job; /* not open yet when the subcommand begins */
    /* for a subcommand that works on a trained model: the evaluation has the model; the settings
     * are those of the model's run */
    plm_evaluation evaluation;
    plm_settings run;
} plm_cli_work;

/* Runs a subcommand: opens the runtime and empty settings for a table of keys, prepares an
 * evaluation of the first argument, calls `run`, and frees everything, also after an error. Returns
 * an exit code. */
int plm_cli_work_run(const plm_cli_call *call, const plm_setting_key *keys,
                     int (*run)(plm_cli_work *work));
/* Reads the key=value arguments of the command line into the settings, and checks them. Returns an
 * exit code. */
int plm_cli_work_settings(plm_cli_work *work);

#endif
