/* What lr-find shows: the curve, the recommended rate and the trials. */
#ifndef PLM_CLI_LR_REPORT_H
#define PLM_CLI_LR_REPORT_H

#include "study/lr_range.h"
#include "study/lr_trials.h"

/* A result of lr-find, and how to show it. */
typedef struct {
    const plm_lr_range *range;
    const plm_lr_trials *tries; /* NULL = none were asked for */
    const char *name;           /* of the run */
    const char *argument;       /* the run as it was given on the command line */
    const char *picture;        /* file for the curve, or NULL */
    bool json;                  /* one JSON object in place of text */
} plm_cli_lr_report;

/* Prints to stdout and writes the picture. Returns an exit code. */
int plm_cli_lr_report_print(const plm_cli_lr_report *r);

#endif
