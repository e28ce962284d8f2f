/* batch: the number of rows in a batch. */
#include "data/data.h"

typedef struct {
    int64_t rows;        /* max rows of a batch */
    bool drop_remainder; /* leave out a last, smaller batch */
} batch;

static const plm_field fields[] = {
    PLM_FIELD(batch, rows, PLM_INT, "32", 1, 1e9, "number of rows of a batch"),
    PLM_FIELD(batch, drop_remainder, PLM_BOOL, "false", 0, 0,
              "true = drop the last batch of an epoch if it is smaller"),
    {0}};

/* Sets the batch size of the stream. */
static plm_status settle(plm_transform *t)
{
    const batch *c = t->config;
    t->data->batch = c->rows;
    t->data->drop_remainder = c->drop_remainder;
    return PLM_OK;
}

extern const plm_transform_kind plm_transform_batch;
const plm_transform_kind plm_transform_batch = {
    .kind = {.name = "batch",
             .help = "sets the number of rows of a batch; the default is 32",
             .config_size = sizeof(batch),
             .fields = fields,
             .examples = PLM_LIST("digits | batch(64)", "digits | batch(64, drop_remainder=true)")},
    .role = PLM_TRANSFORM_COLLECTS,
    .settle = settle,
};
