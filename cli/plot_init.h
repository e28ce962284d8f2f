/* What the files of plummet plot init share. */
#ifndef PLM_CLI_PLOT_INIT_H
#define PLM_CLI_PLOT_INIT_H

#include "plot.h"
#include "study/variance.h"

/* v is a matrix: a row for each activation of the plan, a column for each initializer. */

/* Prints an explanation and the table of each activation. (plot_init_table.c) */
void plm_cli_init_tables(const plm_variance_plan *p, const plm_variance *v);
/* Prints one JSON object for each pair of activation and initializer. */
void plm_cli_init_json(const plm_variance_plan *p, const plm_variance *v);
/* Returns the word of a verdict, such as "keeps". */
const char *plm_cli_verdict(plm_variance_verdict v);
/* Writes a ratio v in few letters, such as "0.68", "12", "3e-12", "1e170" or "inf". */
void plm_cli_name_ratio(char *out, size_t room, double v);
/* Returns the widths of a plan as text, "300, 100"; to be freed. */
char *plm_cli_name_widths(const plm_variance_plan *p);

/* Draws the heat map of all pairs. Returns an exit code. (plot_init_picture.c) */
int plm_cli_init_heat(const plm *w, const plm_variance_plan *p, const plm_variance *v,
                      plm_cli_picture to);
/* Draws lines over the layers: for each activation one chart of outputs and one of gradients. */
int plm_cli_init_lines(const plm *w, const plm_variance_plan *p, const plm_variance *v,
                       plm_cli_picture to);

#endif
