/* one_hot: converts a target of whole numbers 0..classes-1 to rows of `classes` values, a one at
 * the index of the class and zeros elsewhere. */
#include <string.h>

#include "data/data.h"

typedef struct {
    int64_t classes; /* width of the vectors; 0 = as many as the target has */
} one_hot;

enum { MOST = 1000000 };

static const plm_field fields[] = {
    PLM_FIELD(one_hot, classes, PLM_INT, "0", 0, MOST,
              "number of values of a row; 0 = the number of classes of the source"),
    {0}};

/* Sets the width of the target to the number of classes, and requests memory for this width. */
static plm_status settle(plm_transform *t)
{
    plm_data *d = t->data;
    const one_hot *c = t->config;
    plm_part *part = &d->part[d->source->inputs];
    if (d->source->targets == 0)
        return plm_fail(d->w, PLM_E_SPEC, t->spec, "name the column or file with the target",
                        "the data has no target to convert");
    if (part->width != 1)
        return plm_fail(d->w, PLM_E_SHAPE, t->spec, "remove one_hot",
                        "the target has %zu values per row, instead of one class number",
                        part->width);
    const int64_t classes = c->classes > 0 ? c->classes : plm_data_count_classes(d);
    if (classes == 0)
        return plm_fail(d->w, PLM_E_SPEC, t->spec, "set the number of classes: one_hot(classes=10)",
                        "the number of classes is unknown");
    part->rank = 1;
    part->dims[0] = classes;
    part->width = (size_t)classes;
    part->room = part->room > part->width ? part->room : part->width;
    return PLM_OK;
}

/* True if a label is a whole number below `classes`. */
static bool is_class(float label, int64_t classes)
{
    return label >= 0 && label < (float)classes && label == (float)(int64_t)label;
}

/* Checks the labels of a batch, then replaces them by one-hot rows, in place. */
static plm_status change(const plm_transform *t, float *const value[PLM_PARTS], int64_t rows)
{
    plm_source *s = t->data->source;
    const int64_t classes = t->data->part[s->inputs].dims[0];
    float *y = value[s->inputs];
    for (int64_t i = 0; i < rows; i++)
        if (!is_class(y[i], classes))
            return plm_fail(
                &s->w, PLM_E_DATA, t->spec,
                "labels must be whole numbers from 0; increase classes or correct the row",
                "the label %g is not one of 0..%lld", (double)y[i], (long long)classes - 1);
    /* from the last row to the first, so that no label is overwritten before it is read */
    for (int64_t i = rows - 1; i >= 0; i--) {
        const int64_t label = (int64_t)y[i];
        memset(y + i * classes, 0, (size_t)classes * sizeof *y);
        y[i * classes + label] = 1;
    }
    return PLM_OK;
}

extern const plm_transform_kind plm_transform_one_hot;
const plm_transform_kind plm_transform_one_hot = {
    .kind = {.name = "one_hot",
             .alias = "to_categorical",
             .help = "converts class numbers to rows of zeros with a one",
             .notes = "Needed for the loss categorical_crossentropy; "
                      "sparse_categorical_crossentropy uses class numbers.",
             .config_size = sizeof(one_hot),
             .fields = fields,
             .examples = PLM_LIST("digits | one_hot", "digits | one_hot(classes=10)")},
    .role = PLM_TRANSFORM_CHANGES,
    .settle = settle,
    .change = change,
};
