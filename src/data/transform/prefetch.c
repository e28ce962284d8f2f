/* prefetch: a thread prepares the next batches while the net works on the current one. The thread
 * is in data/ahead.c. */
#include "data/data.h"

typedef struct {
    int64_t batches; /* prepared in advance; 0 = none */
} prefetch;

static const plm_field fields[] = {PLM_FIELD(prefetch, batches, PLM_INT, "1", 0, 64,
                                             "number of batches to prepare; 0 = no thread"),
                                   {0}};

/* Sets the number of batches to prepare. */
static plm_status settle(plm_transform *t)
{
    const prefetch *c = t->config;
    t->data->ahead_batches = (int)c->batches;
    return PLM_OK;
}

extern const plm_transform_kind plm_transform_prefetch;
const plm_transform_kind plm_transform_prefetch = {
    .kind = {.name = "prefetch",
             .help = "prepares the next batches in a thread while the net works on the current one",
             .notes = "Streamed files are prefetched by default, one batch ahead. Rows in memory "
                      "are not: they need no thread.",
             .config_size = sizeof(prefetch),
             .fields = fields,
             .examples = PLM_LIST("digits | batch(32) | prefetch", "digits | prefetch(4)")},
    .role = PLM_TRANSFORM_AHEAD,
    .settle = settle,
};
