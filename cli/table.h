/* Labels and what belongs to them, in two columns. */
#ifndef PLM_CLI_TABLE_H
#define PLM_CLI_TABLE_H

#include "cli.h"

typedef struct {
    char label[80], figure[32]; /* figure "" = a text */
    const char *text;           /* behind the figure, or alone; lent until it is printed */
} plm_cli_table_row;

typedef struct {
    plm_cli_table_row *row;
    int rows;
} plm_cli_table;

/* Adds a row: a figure as text and what stands behind it, such as a unit. */
void plm_cli_table_figure(plm_cli_table *t, const char *label, const char *figure,
                          const char *text);
/* A number of the logs: "test loss  0.0431"; group may be NULL. */
void plm_cli_table_number(plm_cli_table *t, const char *group, const char *name, double value);
/* A text alone. */
void plm_cli_table_text(plm_cli_table *t, const char *label, const char *text);
/* Prints all rows to stdout, the points of figures in one column, and empties the table. */
void plm_cli_table_print(plm_cli_table *t);

#endif
