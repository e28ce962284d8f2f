/* A table whose columns have types: numbers, words and dates, with gaps. The raw cells are kept as
 * they are in the file; a schema converts them to the parts of a source. source/table.c opens the
 * file. */
#ifndef PLM_DATA_TYPED_H
#define PLM_DATA_TYPED_H

#include "data/data.h"

/* The state of a table source. */
typedef struct {
    plm_store store;
    /* [columns of the schema] index of the column in `store`; SIZE_MAX = the table lacks it */
    size_t *place;
} plm_typed;

/* Allows the part of the table that exceeds `memory` bytes to be in temporary files in a folder.
 * memory: 0 = half the memory of the machine. folder: "" = /var/tmp or /tmp. Errors: E_SPEC if
 * there is no such folder. (typed_spill.c) */
PLM_CHECKED plm_status plm_typed_spill(plm_source *s, int64_t memory, const char *folder);
/* Returns the status of a table that was read or fitted. If a temporary file could not be made, the
 * error is replaced by one that says so. (typed_spill.c) */
PLM_CHECKED plm_status plm_typed_spill_status(plm_source *s, plm_status status);
/* If a part of the table is in temporary files, notes how much. (typed_spill.c) */
void plm_typed_note_spill(const plm_source *s);

/* For a model: makes the column that target= of the spec names the target, although it had another
 * name in the training. This is possible if the model has one target. Does nothing if the spec has
 * no target=. Errors: E_SPEC if the table has no such column, or if the column is an input of the
 * model. (typed_target.c) */
PLM_CHECKED plm_status plm_typed_aim(plm_source *s, const plm_store *t);

/* Reads the schema of the model that the source is opened for into s->schema. Fails with E_SPEC if
 * the source's spec gives another weight, group, order, lags, windows, embed or type of a column,
 * or a horizon for rows with targets. columns, file: the arguments of the spec. (typed_roles.c) */
PLM_CHECKED plm_status plm_typed_known(plm_source *s, const char *columns, const char *file);

/* Describes the parts of the source by its schema: inputs, targets and weights, their shapes, and
 * the classes. Before the schema is fitted, the inputs have no rows. */
PLM_CHECKED plm_status plm_typed_parts(plm_source *s, plm_typed *t, bool targets);
/* Sets the name and the file of the source, for messages, from the path that the user gave. Errors:
 * E_MEMORY. */
PLM_CHECKED plm_status plm_typed_name_source(plm_source *s, const char *file);
/* Returns the names of the columns with a role, in the arena of the source, for messages. NULL = no
 * memory. */
const char *plm_typed_words_of(plm_source *s, plm_column_role role);
/* Fills the rows of all parts by the fitted schema. */
PLM_CHECKED plm_status plm_typed_fill(plm_source *s, plm_typed *t);
/* Fills the rows of those targets that are classes, for which the schema need not be fitted. */
PLM_CHECKED plm_status plm_typed_fill_classes(plm_source *s, plm_typed *t);

/* Removes rows that cannot be used: the first rows of a series, which have too few rows before
 * them, and, if `targets` is true, rows whose target is missing. A warning gives their number.
 * (typed_rows.c) */
PLM_CHECKED plm_status plm_typed_drop_rows(plm_source *s, plm_typed *t, bool targets);
/* Sets the group number of each row, if the schema has a column of groups. Errors: E_DATA for a row
 * without a group. (typed_group.c) */
PLM_CHECKED plm_status plm_typed_groups(plm_source *s, plm_typed *t);

/* Appends the text of a cell: its column in the schema and its row. Appends nothing if the cell is
 * missing. A number may be written in another notation than in the file. (typed_cell.c) */
void plm_typed_cell(const plm_source *s, size_t column, int64_t row, plm_text *out);

/* Appends the text of a cell in column i of the file. That column must not be an input.
 * (typed_cell.c) */
void plm_typed_text(const plm_typed *t, size_t i, int64_t row, plm_text *out);
/* Prints the report of all columns as a warning, since the table cannot be used. (typed_told.c) */
void plm_typed_warn_report(const plm_source *s);
/* Warns if no category column has more than `embed` words, so that none becomes ids, although the
 * user has set embed. (typed_told.c) */
void plm_typed_warn_embed(const plm_source *s, const plm_store *t, int64_t embed);
/* Warns about the first five input columns with cells that a known schema cannot use: words that
 * are not in its vocabulary, or gaps in a column that had no gaps in training. */
void plm_typed_warn(const plm_source *s, const plm_typed *t);

#endif
