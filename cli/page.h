/* The page of a run, report.html. */
#ifndef PLM_CLI_PAGE_H
#define PLM_CLI_PAGE_H

#include "home.h"
#include "report/report.h"
#include "session/training.h"

/* Evaluates the model of a report and writes the page to `path`. Returns an exit code. */
int plm_cli_page_write(plm_report *r, const char *path);
/* Writes report.html into the folder of a run that was just trained, unless the run has report:
 * false. An error is only a warning, since the model is saved. */
void plm_cli_page_of_training(plm_run_training *t, const char *folder);

#endif
