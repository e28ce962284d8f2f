/* also_target: adds a target that is a copy of the input or of the first target, as an auxiliary
 * task for a second output. */
#include <string.h>

#include "data/data.h"

typedef struct {
    const char *part; /* name of the part that is copied */
} also_target;

static const plm_field fields[] = {
    PLM_FIELD_OF(also_target, part, PLM_CHOICE, "input", "input|target",
                 "the part to copy: input = the first input, which the second output then "
                 "reconstructs; target = the first target"),
    {0}};

/* from: index of the part that is copied. to: index of the added part. */
typedef struct {
    int from, to;
} copied;

/* Adds a part to the stream. */
static plm_status settle(plm_transform *t)
{
    plm_data *d = t->data;
    const plm_source *s = d->source;
    const also_target *c = t->config;
    const bool target = strcmp(c->part, "target") == 0;
    copied *v = plm_arena_take(&d->arena, sizeof *v);
    if (!v)
        return PLM_E_MEMORY;
    if (target && s->targets == 0)
        return plm_fail(d->w, PLM_E_SPEC, t->spec, "name the column or file with the target",
                        "the data has no target to copy");
    if (plm_data_targets(d) == PLM_SIDE)
        return plm_fail(d->w, PLM_E_SPEC, t->spec, "remove one also_target",
                        "the data would have more than %d targets", (int)PLM_SIDE);
    v->from = target ? s->inputs : 0;
    v->to = plm_data_parts(d);
    t->state = v;
    plm_part *part = &d->part[v->to];
    *part = d->part[v->from];
    if (part->width == 1)
        part->rank = 0;
    part->room = part->width;
    d->added++;
    return PLM_OK;
}

/* Copies the part to the added target, with the values that it has at this step of the pipeline.
 * Later transforms change only one of the two. */
static plm_status change(const plm_transform *t, float *const value[PLM_PARTS], int64_t rows)
{
    const copied *v = t->state;
    memcpy(value[v->to], value[v->from], (size_t)rows * t->data->part[v->to].width * sizeof(float));
    return PLM_OK;
}

extern const plm_transform_kind plm_transform_also_target;
const plm_transform_kind plm_transform_also_target = {
    .kind = {.name = "also_target",
             .help =
                 "adds a copy of the input as a target, to be reconstructed as an auxiliary task",
             .notes = "For a model with a second output. The layers that both outputs share then "
                      "also learn to represent the input. The copy is made at this step of the "
                      "pipeline, so a rescaling before it changes the copy and a rescaling after "
                      "it does not. Set the weight of its loss by loss_weights: [1, 0.2].",
             .config_size = sizeof(also_target),
             .fields = fields,
             .examples = PLM_LIST("digits | rescaling(1/16) | also_target(input) | batch(32)",
                                  "digits | also_target(target)")},
    .role = PLM_TRANSFORM_CHANGES,
    .settle = settle,
    .change = change,
};
