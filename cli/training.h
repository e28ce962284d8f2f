/* What verbs that train the net of a run file share: train, pretrain. */
#ifndef PLM_CLI_TRAINING_H
#define PLM_CLI_TRAINING_H

#include "options.h"
#include "runfile.h"
#include "watch.h"

/* All that one run holds. */
typedef struct {
    const plm_cli_call *call;
    plm_cli_settings settings;
    plm_cli_job job;
    plm_cli_rundir folder;
    plm_cli_watch watch;
    char *name, *note, *model_path;
    int64_t every; /* epochs between two checkpoints, 0 = none */
    float class_weight[PLM_CLI_MOST_CLASSES];
    int classes; /* of class_weight, 0 = none */
    plm_log test[PLM_CLI_LOGS];
    plm_fit_result result; /* of the last fit */
    bool keep_best;        /* the model gets the weights of the best epoch */
    bool json, quiet, tested;
    bool kept; /* set by `before`: its folder holds what is worth keeping, whatever comes */
    /* set by `before`: though the run was resumed, its fit begins at the first epoch */
    bool afresh;
} plm_cli_training;

/* What another verb does beside the fit; NULL = nothing. Each returns an exit code. */
typedef struct {
    int (*check)(plm_cli_training *t);  /* the settings, before anything is built */
    int (*built)(plm_cli_training *t);  /* the model is built */
    int (*before)(plm_cli_training *t); /* the model is built and the folder is there */
    int (*after)(plm_cli_training *t);  /* the fit is done */
} plm_cli_training_steps;

/* Runs the verb of a call whose keys are those of a run file and whose options include resume,
 * dry-run, json, quiet. */
int plm_cli_training_run(const plm_cli_call *call, const plm_cli_training_steps *steps);

/* One fit of the run's model. */
typedef struct {
    plm_data *data;
    int64_t first, last; /* epochs: done before, done at its end */
    bool on;             /* goes on from the folder's checkpoint */
    bool observed;       /* by the observers of the run */
    const char *own;     /* its checkpoint, instead of the folder's; "" = none */
} plm_cli_fit;
plm_status plm_cli_training_epochs(plm_cli_training *t, const plm_cli_fit *f);

#endif
