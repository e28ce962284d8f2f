/* The words of the schema's notation, which encodings have a vocabulary, and which columns another
 * table must have. */
#include <stdio.h>
#include <string.h>

#include "table/schema.h"

const char *const plm_column_roles[PLM_ROLES] = {"input", "target",  "weight",
                                                 "id",    "dropped", "group"};
const char *const plm_column_types[PLM_COLUMN_TYPES] = {"number", "category",   "yes_no",   "date",
                                                        "text",   "identifier", "constant", "empty",
                                                        "mixed",  "labels"};
const char *const plm_column_encodings[PLM_COLUMN_ENCODINGS] = {
    "none", "standardize", "signs", "one_hot", "date", "classes", "as_it_is", "index", "labels"};
const char *const plm_column_scalings[PLM_COLUMN_SCALINGS] = {"standardize", "min_max", "log",
                                                              "quantile"};

/* True if the encoding uses the vocabulary of the column. */
bool plm_column_has_words(const plm_column *c)
{
    return c->encoding == PLM_ENCODE_SIGNS || c->encoding == PLM_ENCODE_ONE_HOT ||
           c->encoding == PLM_ENCODE_CLASSES || c->encoding == PLM_ENCODE_INDEX ||
           c->encoding == PLM_ENCODE_LABELS;
}

/* A name with a comma or a line end, for example, would need quotes that are not easy to write, and
 * messages cut long names, such as questions of a survey. */
const char *plm_column_said(const plm_column *c, char number[PLM_COLUMN_SAID])
{
    enum { LONGEST = 60 };
    if (strpbrk(c->name, ",=:'\"\n\r\t") == NULL && strlen(c->name) <= LONGEST)
        return c->name;
    snprintf(number, PLM_COLUMN_SAID, "%lld", (long long)c->position);
    return number;
}

/* True if the column is an input that is read from the same row, if later rows use its cells, or if
 * it is a target or the weight and these are required. */
bool plm_column_is_needed(const plm_column *c, bool targets)
{
    return (c->role == PLM_ROLE_INPUT && c->lag == 0) || c->lagged ||
           (targets && (c->role == PLM_ROLE_TARGET || c->role == PLM_ROLE_WEIGHT));
}
