/* What verbs that run a net share: the runtime by the settings, the data, a trained model. */
#ifndef PLM_CLI_JOB_H
#define PLM_CLI_JOB_H

#include "options.h"
#include "progress.h"

typedef struct {
    plm *w;
    char *data_dir, *directory;
    plm_cli_progress *progress; /* cleared before a warning is printed; NULL = none */
    plm_data *data, *validation, *test, *unlabelled;
    plm_data_info about; /* of data */
    plm_model *model;
    const char *model_path; /* as plm_cli_job_load was given it; borrowed */
    bool chose_loss;        /* the run gives none */
} plm_cli_job;

/* Opens the runtime: seed, threads, isa, data_dir where the table of keys has them. Returns an
 * exit code. The job must not move afterwards. */
int plm_cli_job_open(plm_cli_job *j, plm_cli_settings *s);
/* data, test and validation of a run file. */
int plm_cli_job_data(plm_cli_job *j, plm_cli_settings *s);
/* The rows of the key unlabelled. */
int plm_cli_job_unlabelled(plm_cli_job *j, plm_cli_settings *s);
/* The last error of the library, which often begins its place with the name of a key: the place
 * of that key goes before it. */
int plm_cli_job_fail(plm_cli_job *j, const plm_cli_settings *s, plm_status status);
/* The last error of the library, at a key, or at an item of a key that is a list (from 0; -1 =
 * the key itself). */
int plm_cli_job_fail_key(plm_cli_job *j, const plm_cli_settings *s, plm_status status,
                         const char *key, int item);
/* The model file that a path names: itself, or the one in the folder of a run; to be freed. */
char *plm_cli_model_file(const char *path);
/* Whether a path can name a model: exit code 5 with a message for a folder that has none. */
int plm_cli_check_model(const char *path);
/* Loads a model file and makes it ready to evaluate with the loss and metrics given, else those
 * it was trained with. */
int plm_cli_job_load(plm_cli_job *j, const char *path, const char *loss, const char *metrics);
/* Whether MODEL and DATA, the arguments of a verb, are in this order; exit code 2 with a message
 * where they are swapped. */
int plm_cli_check_order(const plm_cli_call *call);
/* Opens data for the model from an argument: a .csv or .npy file, - = a table at standard input,
 * or a pipeline. target: of a csv file, or NULL. Where the model knows no names of columns and was
 * loaded from the folder of a run, a table gives the columns that the run takes. */
int plm_cli_job_source(plm_cli_job *j, const char *argument, const char *target);
/* The same for predictions, which need no targets. */
int plm_cli_job_inputs(plm_cli_job *j, const char *argument, const char *target);
void plm_cli_job_free(plm_cli_job *j);
/* Runs a verb with the keys of its table as the command line sets them, and a job that is still
 * empty; frees both. */
int plm_cli_job_run(const plm_cli_call *call,
                    int (*work)(const plm_cli_call *call, plm_cli_settings *s, plm_cli_job *j));

#endif
