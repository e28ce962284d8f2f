/* A table of two columns: labels, and a number or a text for each. */
#ifndef PLM_CLI_TABLE_H
#define PLM_CLI_TABLE_H

#include "cli.h"

/* A row of the table. */
typedef struct {
    char label[80], figure[32]; /* figure "" = the row has only a text */
    const char *text;           /* behind the figure, or alone; must stay until it is printed */
} plm_cli_table_row;

/* A table, row[rows]. Zero-initialise it. */
typedef struct {
    plm_cli_table_row *row;
    int rows;
} plm_cli_table;

/* Adds a row with a figure, which is given as text, and what is printed behind it, such as a unit.
 * */
void plm_cli_table_figure(plm_cli_table *t, const char *label, const char *figure,
                          const char *text);
/* Adds a row with a number of the logs: "test loss  0.0431". group ("test") may be NULL. */
void plm_cli_table_number(plm_cli_table *t, const char *group, const char *name, double value);
/* Adds a row that has only a text. */
void plm_cli_table_text(plm_cli_table *t, const char *label, const char *text);
/* Prints all rows to stdout, with the decimal points of the figures aligned, and empties the table.
 * */
void plm_cli_table_print(plm_cli_table *t);

#endif
