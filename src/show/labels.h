/* A table of two columns: labels, and a number or a text for each label. */
#ifndef PLM_SHOW_LABELS_H
#define PLM_SHOW_LABELS_H

#include "plummet_run.h"
#include "show/screen.h"

/* Max number of rows: all metrics of a run, and some more rows. */
enum { PLM_LABELS = PLM_RUN_MAX_LOGS + 8 };

/* A row of the table. */
typedef struct {
    char label[80], number[32]; /* number: the number as text; "" = the row has only `text` */
    const char *text;           /* behind the number, or alone; borrowed */
} plm_label;

/* A table. Zero-initialise it. */
typedef struct {
    plm_label row[PLM_LABELS + 1]; /* [rows] the rows; the last element is used for rows that do not
                                    * fit, and is never printed */
    int rows;
} plm_labels;

/* Adds a row with a number, passed as text. text: follows the number, such as a unit. If the table
 * is full, this and the functions below do nothing. */
void plm_labels_value(plm_labels *t, const char *label, const char *number, const char *text);
/* Adds a row with a metric: "test loss 0.0431". group: the first word of the label, such as "test";
 * NULL = the label is only the name. */
void plm_labels_number(plm_labels *t, const char *group, const char *name, double value);
/* Adds a row that has only a text. */
void plm_labels_text(plm_labels *t, const char *label, const char *text);
/* Appends all rows. The decimal points of the numbers are aligned. */
void plm_labels_add(const plm_labels *t, plm_screen s, plm_text *out);

#endif
