/* The metrics of groups of rows: the rows that have the same value in a column, such as the city.
 * An error that is small on average may be large for one of them. */
#ifndef PLM_EVALUATION_BY_COLUMN_H
#define PLM_EVALUATION_BY_COLUMN_H

#include "data/data.h"
#include "evaluation/assessment.h"

/* A column with more different values has ranges of numbers as groups, or a last group for the
 * values of the fewest rows. */
enum { PLM_BY_GROUPS = 20 };

/* The rows with the same value. */
typedef struct {
    const char *value; /* "Bonn", "18 to 30"; NULL = the cells are missing */
    int64_t others;    /* above 0: the group has so many values, those of the fewest rows */
    int64_t rows;
    plm_assessment *of; /* [targets] */
} plm_by_group;

/* All groups. Zero-initialise it; its memory is that of the assessments. */
typedef struct {
    const char *column; /* NULL = no column was named */
    int groups;
    plm_by_group *group; /* [groups], the missing cells last */
} plm_by_column;

/* Assesses each target of s, which has the predictions of the rows of d, for each value of a column
 * of the table. name: the column's name or number; it need not be one that the model uses. seed:
 * for the bootstrap samples. Errors are recorded on the job's runtime: E_SPEC if there is no such
 * column, if each row has a value of its own, or if the data is neither table(...) nor csv(...). */
PLM_CHECKED plm_status plm_by_column_measure(plm_assessments *s, plm_job *j, const plm_data *d,
                                             const char *name, uint64_t seed, plm_by_column *out);
/* Opens the file of a source csv(...) as a table with types, without warnings. *out stays NULL if s
 * is another source. a: for temporary memory. Errors are recorded on j->home. (by_file.c) */
PLM_CHECKED plm_status plm_by_file_open(const plm_job *j, const plm_source *s, plm_arena *a,
                                        plm_source **out);
/* Appends the metrics of target k for each group as a table of at most `width` characters; 0 = no
 * limit. Appends nothing if no column was named. (by_column_text.c) */
void plm_by_column_text(const plm_by_column *b, const plm_assessments *s, int k, int width,
                        plm_text *t);
/* Appends ,"by": and the groups as JSON. Appends nothing if no column was named.
 * (by_column_text.c) */
void plm_by_column_json(const plm_by_column *b, const plm_assessments *s, plm_text *t);

#endif
