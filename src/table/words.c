/* The words of the schema's notation, and which encodings have a vocabulary. */
#include "table/schema.h"

const char *const plm_column_roles[PLM_ROLES] = {"input", "target",  "weight",
                                                 "id",    "dropped", "group"};
const char *const plm_column_types[PLM_COLUMN_TYPES] = {"number", "category",   "yes_no",   "date",
                                                        "text",   "identifier", "constant", "empty",
                                                        "mixed",  "labels"};
const char *const plm_column_encodings[PLM_COLUMN_ENCODINGS] = {
    "none", "standardize", "signs", "one_hot", "date", "classes", "as_it_is", "index", "labels"};

/* True if the encoding uses the vocabulary of the column. */
bool plm_column_has_words(const plm_column *c)
{
    return c->encoding == PLM_ENCODE_SIGNS || c->encoding == PLM_ENCODE_ONE_HOT ||
           c->encoding == PLM_ENCODE_CLASSES || c->encoding == PLM_ENCODE_INDEX ||
           c->encoding == PLM_ENCODE_LABELS;
}
