/* A table whose columns have types: numbers, words and dates, with gaps. The cells are kept as they
 * are in the file; a schema turns them into the parts of a source. source/table.c opens the
 * file. */
#ifndef PLM_DATA_TYPED_H
#define PLM_DATA_TYPED_H

#include "data/data.h"

/* The state of a table source. */
typedef struct {
    plm_store store;
    size_t *place; /* [columns of the schema] the column of the store; SIZE_MAX = not there */
} plm_typed;

/* Lets what is beyond `memory` bytes of the table lie in temporary files in a folder. memory: 0 =
 * half the memory of the machine. folder: "" = /var/tmp or /tmp. Errors: E_SPEC if there is no such
 * folder. (typed_spill.c) */
PLM_CHECKED plm_status plm_typed_spill(plm_source *s, int64_t memory, const char *folder);
/* Returns the status of a table that was read or fitted, after an error that says if a temporary
 * file could not be made. (typed_spill.c) */
PLM_CHECKED plm_status plm_typed_spill_status(plm_source *s, plm_status status);
/* Notes how much of the table lies in files, if anything does. (typed_spill.c) */
void plm_typed_note_spill(const plm_source *s);

/* Describes the parts of the source by its schema: inputs, targets and weights, their shapes, and
 * the classes. Before the schema is fitted, the inputs have no rows. */
PLM_CHECKED plm_status plm_typed_parts(plm_source *s, plm_typed *t, bool targets);
/* Returns the names of the columns with a role, in the arena of the source, for messages. NULL = no
 * memory. */
const char *plm_typed_words_of(plm_source *s, plm_column_role role);
/* Fills the rows of all parts by the fitted schema. */
PLM_CHECKED plm_status plm_typed_fill(plm_source *s, plm_typed *t);
/* Fills the rows of the targets that are classes, for which the schema need not be fitted. */
PLM_CHECKED plm_status plm_typed_fill_classes(plm_source *s, plm_typed *t);

/* Leaves out the first rows of a series, since they have too few rows before them. If the targets
 * are wanted, also leaves out rows whose target is missing, with a warning that counts them.
 * (typed_rows.c) */
PLM_CHECKED plm_status plm_typed_drop_rows(plm_source *s, plm_typed *t, bool targets);
/* Sets the group number of each row, if the schema has a column of groups. Errors: E_DATA for a row
 * without a group. (typed_group.c) */
PLM_CHECKED plm_status plm_typed_groups(plm_source *s, plm_typed *t);

/* Appends the cell of a column of the schema in a row, as in the file; nothing if the cell is
 * missing. A number may have another notation than in the file. (typed_cell.c) */
void plm_typed_cell(const plm_source *s, size_t column, int64_t row, plm_text *out);

/* Appends the text of a cell of the file: column i of the file, which is no input.
 * (typed_cell.c) */
void plm_typed_text(const plm_typed *t, size_t i, int64_t row, plm_text *out);
/* Warns about the first five input columns with cells that a known schema cannot use: words that
 * are not in its vocabulary, or gaps in a column that had no gaps in training. */
void plm_typed_warn(const plm_source *s, const plm_typed *t);

#endif
