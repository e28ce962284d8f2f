/* A table of two columns: labels, and a number or a text for each. */
#ifndef PLM_CLI_TABLE_H
#define PLM_CLI_TABLE_H

#include "cli.h"

/* A row of the table. */
typedef struct {
    char label[80], figure[32]; /* figure: the number as text; "" = the row has only `text` */
    /* printed behind the number, or alone; must stay until the table is printed */
    const char *text;
} plm_cli_table_row;

/* A table, row[rows]. Zero-initialise it. */
typedef struct {
    plm_cli_table_row *row;
    int rows;
} plm_cli_table;

/* Adds a row with a number, given as text. text: printed behind it, such as a unit. */
void plm_cli_table_value(plm_cli_table *t, const char *label, const char *figure, const char *text);
/* Adds a row with a metric: "test loss  0.0431". group: the first word of the label, such as
 * "test"; NULL = none. */
void plm_cli_table_number(plm_cli_table *t, const char *group, const char *name, double value);
/* Adds a row that has only a text. */
void plm_cli_table_text(plm_cli_table *t, const char *label, const char *text);
/* Prints all rows to stdout and empties the table. The decimal points of the numbers are aligned.
 */
void plm_cli_table_print(plm_cli_table *t);

#endif
