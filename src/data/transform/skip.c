/* skip: leaves out the first rows. */
#include "data/data.h"

typedef struct {
    int64_t rows; /* first rows that are left out */
} skip;

static const plm_field fields[] = {
    PLM_FIELD(skip, rows, PLM_INT, NULL, 0, 9e15, "number of rows to leave out"), {0}};

/* Moves the beginning of the range. */
static void pick(const plm_transform *t, int64_t *first, int64_t *last)
{
    const skip *c = t->config;
    *first = *last - *first > c->rows ? *first + c->rows : *last;
}

extern const plm_transform_kind plm_transform_skip;
const plm_transform_kind plm_transform_skip = {
    .kind = {.name = "skip",
             .help = "leaves out the first rows",
             .config_size = sizeof(skip),
             .fields = fields,
             .examples = PLM_LIST("digits | skip(1000) | batch(10)")},
    .role = PLM_TRANSFORM_PICKS,
    .pick = pick,
};
