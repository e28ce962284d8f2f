/* keep_classes: keeps only the rows of some classes. */
#include "data/data.h"

typedef struct {
    plm_reals classes; /* labels whose rows stay */
    bool relabel;      /* number these classes from 0 */
} keep_classes;

static const plm_field fields[] = {
    PLM_FIELD(keep_classes, classes, PLM_REALS, NULL, 0, 1e6, "numbers of the classes to keep"),
    PLM_FIELD(keep_classes, relabel, PLM_BOOL, "true", 0, 0,
              "number the remaining classes from 0, in their order"),
    {0}};

/* Picks the rows: see classes.c. */
static plm_status settle(plm_transform *t)
{
    const keep_classes *c = t->config;
    return plm_classes_settle(t, &c->classes, true, c->relabel);
}

extern const plm_transform_kind plm_transform_keep_classes;
const plm_transform_kind plm_transform_keep_classes = {
    .kind = {.name = "keep_classes",
             .help = "keeps only the rows of some classes",
             .notes = "The rows must be in memory. Put it before a take or skip that comes after a "
                      "shuffle. If two classes remain they become 0 and 1, so that one unit with a "
                      "sigmoid can tell them apart.",
             .config_size = sizeof(keep_classes),
             .fields = fields,
             .examples = PLM_LIST("digits | keep_classes(0, 1, 7) | batch(32)",
                                  "digits | keep_classes(3, 5, relabel=false)")},
    .role = PLM_TRANSFORM_CHANGES,
    .settle = settle,
    .change = plm_classes_change,
};
