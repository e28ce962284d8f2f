/* Columns whose cells contain several labels, "red; round". Internal to the schema. */
#ifndef PLM_TABLE_LABELS_H
#define PLM_TABLE_LABELS_H

#include "table/schema.h"

/* LABEL: max bytes of a label, with its NUL; longer ones are cut. LABELS: max number of different
 * labels. */
enum { PLM_LABEL = 128, PLM_LABELS = 1000 };

/* Finds the separator between the labels of a column, and its different labels, sorted, which
 * become its words. Errors: E_DATA if there are none, or too many. */
PLM_CHECKED plm_status plm_labels_find(plm_arena *a, plm_column *c, const plm_raw_column *r,
                                       const char *where);
/* For an input: finds its labels if the user has set it to labels. Otherwise warns if the words of
 * a category seem to be lists of few labels. Errors: those of plm_labels_find. */
PLM_CHECKED plm_status plm_labels_input(plm_arena *a, plm_column *c, const plm_raw_column *r,
                                        const char *where);
/* Makes the labels of these rows the words of an input. If they have none, the words stay. */
PLM_CHECKED plm_status plm_labels_fit(plm_arena *a, plm_column *c, const plm_raw_column *r,
                                      const int64_t *row, int64_t rows);
/* Sets out[c->words]: 1 for each label that the cell has, 0 for the others. False: the cell has an
 * unknown label. */
bool plm_labels_set(const plm_column *c, const char *cell, float *out);

#endif
