/* label_noise: replaces the labels of some rows by other classes, to study the effect of wrong
 * labels. A row has the same label, right or wrong, in every epoch. So the random number of a row
 * depends on its number in the source, but not on the epoch or the order of the rows. */
#include "data/data.h"

typedef struct {
    double rate;           /* probability that a label is replaced */
    int64_t classes, seed; /* classes: 0 = as many as the target has. seed: -1 = the seed of the
                            * runtime */
} label_noise;

static const plm_field fields[] = {
    PLM_FIELD(label_noise, rate, PLM_REAL, "0.1", 0, 1, "share of the rows that get a wrong label"),
    PLM_FIELD(label_noise, classes, PLM_INT, "0", 0, 1000000,
              "number of classes; 0 = the classes of the source"),
    PLM_FIELD(label_noise, seed, PLM_INT, "-1", 0, 9e15,
              "seed of this transform; none = the seed of the run"),
    {0}};

/* Checks the target and stores the number of classes. Errors: E_SHAPE if the target is not a class
 * number; E_SPEC if the number of classes is unknown; E_UNSUPPORTED for a streamed source: its rows
 * have no fixed numbers, from which the noise could be computed. */
static plm_status settle(plm_transform *t)
{
    plm_data *d = t->data;
    const label_noise *c = t->config;
    int64_t *classes = plm_arena_take(&d->arena, sizeof *classes);
    if (!classes)
        return PLM_E_MEMORY;
    t->state = classes;
    if (d->source->streamed)
        return plm_fail(d->w, PLM_E_UNSUPPORTED, t->spec, "load the whole file with stream=false",
                        "the rows of a streamed file have no fixed numbers, so noise would change "
                        "in every epoch");
    if (d->source->targets == 0 || d->part[d->source->inputs].width != 1)
        return plm_fail(d->w, PLM_E_SHAPE, t->spec, "move label_noise before one_hot",
                        "the target is not a single class number per row");
    *classes = c->classes > 0 ? c->classes : plm_data_count_classes(d);
    if (*classes < 2)
        return plm_fail(d->w, PLM_E_SPEC, t->spec,
                        "set the number of classes: label_noise(0.1, classes=10)",
                        "the number of classes is unknown");
    return PLM_OK;
}

/* Decides for each row whether its label is replaced, and by which other class. The random numbers
 * depend on the row's number in the source, so the decision is the same in every epoch. */
static plm_status change(const plm_transform *t, float *const value[PLM_PARTS], int64_t rows)
{
    const plm_data *d = t->data;
    const label_noise *c = t->config;
    const int64_t classes = *(const int64_t *)t->state;
    const uint64_t seed = plm_data_seed(d, c->seed);
    float *y = value[d->source->inputs];
    for (int64_t i = 0; i < rows; i++) {
        const uint64_t row = (uint64_t)d->order.row[d->at - rows + i];
        plm_random r =
            plm_random_open(seed, PLM_RANDOM_LABELS, (uint32_t)row, (uint32_t)(row >> 32));
        if (plm_random_uniform(&r) >= c->rate)
            continue;
        const float other = (float)plm_random_below(&r, (uint64_t)classes - 1);
        y[i] = other < y[i] ? other : other + 1;
    }
    return PLM_OK;
}

extern const plm_transform_kind plm_transform_label_noise;
const plm_transform_kind plm_transform_label_noise = {
    .kind = {.name = "label_noise",
             .help =
                 "changes some training rows to a wrong class, which is the same in every epoch",
             .notes = "Shows how much a net memorizes wrong labels. Validation rows that are split "
                      "off keep their labels.",
             .source = "Zhang et al., Understanding deep learning requires rethinking "
                       "generalization, ICLR 2017",
             .config_size = sizeof(label_noise),
             .fields = fields,
             .examples = PLM_LIST("digits | label_noise(0.2) | shuffle",
                                  "digits | label_noise(1, classes=10) | one_hot")},
    .role = PLM_TRANSFORM_CHANGES,
    .training_only = true,
    .settle = settle,
    .change = change,
};
