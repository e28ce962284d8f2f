/* split: the argument of plm_data_split and of the key "validation" of a run file. data/divide.c
 * does the work. */
#include "data/data.h"

static const plm_field fields[] = {
    PLM_FIELD(plm_split_config, fraction, PLM_REAL, NULL, 0, 1,
              "share of the rows to split off, rounded up"),
    PLM_FIELD(plm_split_config, shuffle, PLM_BOOL, "false", 0, 0,
              "true = random rows, drawn by the seed; false = the last rows, as in Keras"),
    PLM_FIELD(plm_split_config, stratify, PLM_BOOL, "false", 0, 0,
              "true = both parts have the classes of the first target in the same proportions"),
    PLM_FIELD(plm_split_config, fold, PLM_INT, "0", 0, 1e6,
              "which of the parts of this size is split off: 0 is the last, 1 the one before it"),
    PLM_FIELD(plm_split_config, seed, PLM_INT, "-1", 0, 9e15,
              "seed of the random choice; none = the seed of the run"),
    {0}};

extern const plm_transform_kind plm_transform_split;
const plm_transform_kind plm_transform_split = {
    .kind =
        {.name = "split",
         .help = "splits off some rows, for validation or test",
         .formula = "training rows = floor(n * (1 - fraction))",
         .notes =
             "If rows are sorted, for instance by class, the last rows are not like the "
             "others: split off random rows with shuffle=true. If rows follow one another in time, "
             "split off the last rows. With stratify=true, a class of at most two rows stays in "
             "training, where it helps most. fold=1, fold=2, ... split off other rows of the same "
             "order, for cross-validation. Rows of a table with group=COLUMN are split off by "
             "whole groups; from a series, which has lags, only the last rows can be split off.",
         .config_size = sizeof(plm_split_config),
         .fields = fields,
         .examples = PLM_LIST("split(0.1)", "split(0.2, shuffle=true)",
                              "split(0.2, shuffle=true, stratify=true, fold=1)")},
    .role = PLM_TRANSFORM_DIVIDES,
};
