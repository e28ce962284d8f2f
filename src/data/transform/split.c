/* split: what plm_data_split and the run file's "validation" are told. The work is done in
 * data/divide.c. */
#include "data/data.h"

static const plm_field fields[] = {
    PLM_FIELD(plm_split_config, fraction, PLM_REAL, NULL, 0, 1,
              "share of the rows that is taken away, rounded up"),
    PLM_FIELD(plm_split_config, shuffle, PLM_BOOL, "false", 0, 0,
              "random rows by the seed; false = the last rows, as Keras"),
    PLM_FIELD(plm_split_config, seed, PLM_INT, "-1", 0, 9e15,
              "seed of the choice; none = the run's"),
    {0}};

extern const plm_transform_kind plm_transform_split;
const plm_transform_kind plm_transform_split = {
    .kind = {.name = "split",
             .help = "takes rows away as a stream of their own, for validation or test",
             .formula = "training rows = floor(n * (1 - fraction))",
             .notes = "Where rows are sorted (by class, by time), the last rows are not like the "
                      "others: shuffle=true "
                      "takes random ones. Take the last ones where rows follow each other in time.",
             .config_size = sizeof(plm_split_config),
             .fields = fields,
             .examples = PLM_LIST("split(0.1)", "split(0.2, shuffle=true)")},
    .role = PLM_TRANSFORM_DIVIDES,
};
