/* Findings of the doctor on a terminal. */
#ifndef PLM_CLI_FINDINGS_H
#define PLM_CLI_FINDINGS_H

#include <stdio.h>

/* Prints a text of the doctor, with colour for the words that begin a finding if the terminal has
 * it. */
void plm_cli_findings(FILE *out, const char *text);

#endif
