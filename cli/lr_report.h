/* What lr-find shows: the curve, the rate it recommends, the trials. */
#ifndef PLM_CLI_LR_REPORT_H
#define PLM_CLI_LR_REPORT_H

#include "study/lr_range.h"
#include "study/lr_trials.h"

typedef struct {
    const plm_lr_range *range;
    const plm_lr_trials *tries; /* NULL = none were asked for */
    const char *name;           /* of the run */
    const char *argument;       /* as the run was given */
    const char *picture;        /* file for the curve, or NULL */
    bool json;                  /* one JSON object in place of text */
} plm_cli_lr_report;

/* Prints to stdout and writes the picture. Returns an exit code. */
int plm_cli_lr_report_print(const plm_cli_lr_report *r);

#endif
