/* The words of the schema's notation. */
#include "table/schema.h"

const char *const plm_column_roles[PLM_ROLES] = {"input", "target",  "weight",
                                                 "id",    "dropped", "group"};
const char *const plm_column_types[PLM_COLUMN_TYPES] = {"number", "category",   "yes_no",   "date",
                                                        "text",   "identifier", "constant", "empty",
                                                        "mixed",  "labels"};
const char *const plm_column_encodings[PLM_COLUMN_ENCODINGS] = {
    "none", "standardize", "signs", "one_hot", "date", "classes", "as_it_is", "index", "labels"};
