/* What lr-find shows: the curve, the recommended rate and the trials. */
#ifndef PLM_CLI_LR_REPORT_H
#define PLM_CLI_LR_REPORT_H

#include "study/lr_range.h"
#include "study/lr_trials.h"
#include "study/lr_words.h"

/* A result of lr-find, and how to show it. */
typedef struct {
    const plm_lr_range *range;
    const plm_lr_trials *tries; /* the trials; NULL = only the range test was run */
    const char *name;           /* name of the run, for the title */
    const char *argument;       /* the run as it was given on the command line */
    const char *picture;        /* path of a picture of the curve; NULL = none */
    bool json;                  /* print one JSON object instead of text */
} plm_cli_lr_report;

/* Prints to stdout and writes the picture. Errors are recorded on w. Returns an exit code. */
int plm_cli_lr_report_print(plm *w, const plm_cli_lr_report *r);

#endif
