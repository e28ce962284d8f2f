/* The order of the parts of a batch: first the inputs, targets and weights of the source, then the
 * targets that transforms add. */
#include "data/data.h"

/* Returns the number of parts: inputs, targets and weights of the source, and the targets that
 * transforms have added. */
int plm_data_parts(const plm_data *d)
{
    return plm_source_parts(d->source) + d->added;
}

/* Returns the number of targets: those of the source and those that transforms have added. */
int plm_data_targets(const plm_data *d)
{
    return d->source->targets + d->added;
}

/* Returns the index of the part that holds target k of a batch. Added targets come last, after the
 * weights, so that the indices of the source's own parts do not change. */
int plm_data_target(const plm_data *d, int k)
{
    const plm_source *s = d->source;
    return k < s->targets ? s->inputs + k : plm_source_parts(s) + k - s->targets;
}
