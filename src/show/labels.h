/* A table of two columns: labels, and a number or a text for each. */
#ifndef PLM_SHOW_LABELS_H
#define PLM_SHOW_LABELS_H

#include "plummet_run.h"
#include "show/screen.h"

/* Max number of rows: the metrics of a run, and what else is known of it. */
enum { PLM_LABELS = PLM_RUN_MAX_LOGS + 8 };

/* A row of the table. */
typedef struct {
    char label[80], number[32]; /* number: as text; "" = the row has only `text` */
    const char *text;           /* behind the number, or alone; borrowed */
} plm_label;

/* A table. Zero-initialise it. */
typedef struct {
    plm_label row[PLM_LABELS]; /* [rows] */
    int rows;
} plm_labels;

/* Adds a row with a number, given as text. text: stands behind it, such as a unit. A full table
 * stays as it is, here and below. */
void plm_labels_value(plm_labels *t, const char *label, const char *number, const char *text);
/* Adds a row with a metric: "test loss  0.0431". group: the first word of the label, such as
 * "test"; NULL = none. */
void plm_labels_number(plm_labels *t, const char *group, const char *name, double value);
/* Adds a row that has only a text. */
void plm_labels_text(plm_labels *t, const char *label, const char *text);
/* Appends all rows. The decimal points of the numbers are aligned. */
void plm_labels_add(const plm_labels *t, plm_screen s, plm_text *out);

#endif
