/* What the files of plummet plot init share. */
#ifndef PLM_CLI_PLOT_INIT_H
#define PLM_CLI_PLOT_INIT_H

#include "plot.h"
#include "study/variance_words.h"

/* v is a matrix: a row for each activation of the plan, a column for each initializer. */

/* Prints an explanation and the table of each activation. (plot_init_table.c) */
void plm_cli_init_tables(const plm_variance_plan *p, const plm_variance *v);
/* Prints one JSON object for each pair of activation and initializer. */
void plm_cli_init_json(const plm_variance_plan *p, const plm_variance *v);

#endif
