/* drop_classes: leaves out the rows of some classes. */
#include "data/data.h"

typedef struct {
    plm_reals classes; /* labels whose rows are left out */
    bool relabel;      /* number the remaining classes from 0 */
} drop_classes;

static const plm_field fields[] = {PLM_FIELD(drop_classes, classes, PLM_REALS, NULL, 0, 1e6,
                                             "numbers of the classes to leave out"),
                                   PLM_FIELD(drop_classes, relabel, PLM_BOOL, "true", 0, 0,
                                             "number the remaining classes from 0, in their order"),
                                   {0}};

/* Picks the rows: see classes.c. */
static plm_status settle(plm_transform *t)
{
    const drop_classes *c = t->config;
    return plm_classes_settle(t, &c->classes, false, c->relabel);
}

extern const plm_transform_kind plm_transform_drop_classes;
const plm_transform_kind plm_transform_drop_classes = {
    .kind = {.name = "drop_classes",
             .help = "leaves out the rows of some classes",
             .notes = "The rows must be in memory. Put it before a take or skip that comes after a "
                      "shuffle. If two classes remain they become 0 and 1, so that one unit with a "
                      "sigmoid can tell them apart.",
             .config_size = sizeof(drop_classes),
             .fields = fields,
             .examples = PLM_LIST("digits | drop_classes(8, 9) | batch(32)")},
    .role = PLM_TRANSFORM_CHANGES,
    .settle = settle,
    .change = plm_classes_change,
};
