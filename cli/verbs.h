/* The verbs of the command. Each is defined in a file of its own, verb_NAME.c. */
#ifndef PLM_CLI_VERBS_H
#define PLM_CLI_VERBS_H

#include "options.h"

extern const plm_cli_verb plm_verb_train, plm_verb_evaluate, plm_verb_predict, plm_verb_summary,
    plm_verb_describe, plm_verb_help, plm_verb_lr_find, plm_verb_plot, plm_verb_pretrain;

#endif
