/* The usual loss of an output, by what its last layer gives and what the target is. */
#include "train/sense.h"

#include <math.h>
#include <string.h>

enum { JUDGED = 65536 }; /* numbers that stand for all of a target's */

/* What a target holds, as far as its rows are in memory. */
typedef enum { UNKNOWN, OTHERS, BITS } content;

static content content_of(const plm_data *d, int k)
{
    const plm_source *s = d->source;
    const plm_table *t = &s->table[s->inputs + k];
    content found = UNKNOWN;
    if (s->streamed || k >= s->targets || d->part[s->inputs + k].width != t->width)
        return UNKNOWN;
    const size_t size = plm_element_size(t->element);
    const int64_t rows = d->last - d->first, step = rows * (int64_t)t->width / JUDGED + 1;
    for (int64_t i = d->first; i < d->last; i += step) {
        const int64_t row = d->chosen != NULL ? d->chosen[i] : i;
        for (size_t j = 0; j < t->width; j++) {
            float value = 0;
            plm_element_decode(t->element, &value,
                               (const char *)t->rows + ((size_t)row * t->width + j) * size, 1);
            if (value != 0 && value != 1)
                return OTHERS;
            found = BITS;
        }
    }
    return found;
}

/* An output, its numbers a row, and the numbers a row of its target. */
typedef struct {
    plm_head head;
    int64_t lines, target;
    bool same; /* as many numbers as the output has */
    content holds;
    bool classes; /* the data numbers them */
} meeting;

static bool is(const meeting *m, const char *function)
{
    return m->head.function != NULL && strcmp(m->head.function, function) == 0;
}

/* One number for each choice among the units. */
static bool has_labels(const meeting *m)
{
    return m->head.units > 1 && m->target == m->lines;
}

static const char *of_softmax(const meeting *m)
{
    if (has_labels(m))
        return "sparse_categorical_crossentropy";
    return m->same && m->head.units > 1 ? "categorical_crossentropy" : "mean_squared_error";
}

static const char *choose(const meeting *m)
{
    const bool shares = m->head.low == 0 && m->head.high == 1;
    if (is(m, "softmax"))
        return of_softmax(m);
    if (shares && m->same && m->holds != OTHERS)
        return "binary_crossentropy";
    if (m->target != m->lines || !m->classes)
        return "mean_squared_error";
    /* one unit for several classes is told of by the loss */
    return shares || m->head.units == 1 ? "sparse_categorical_crossentropy"
                                        : "sparse_categorical_crossentropy(from_logits=true)";
}

static int64_t numbers(int rank, const int64_t *dims)
{
    int64_t all = 1;
    for (int i = 0; i < rank; i++)
        all *= dims[i];
    return all;
}

/* Whole numbers of which there are about as many as rows: prices, years, counts. */
static bool is_count(const plm_data *d, int64_t classes)
{
    return d->source->rows >= 0 && classes > d->source->rows / 2;
}

const char *plm_model_default_loss(plm_model *m, const plm_data *d, int output)
{
    plm_data_info about;
    if (plm_model_sound(m) < 0 || plm_data_get_info(d, &about) < 0)
        return NULL;
    if (!m->compiled && plm_compile(m, NULL, NULL, NULL) < 0)
        return NULL;
    if (output < 0 || output >= m->targets || output >= about.targets) {
        (void)plm_fail(m->w, PLM_E_SHAPE, "plm_model_default_loss",
                       "give the data a target for each output of the model",
                       "there is no output %d, or no target for it", output);
        return NULL;
    }
    meeting x = {.head = plm_head_of(m, output),
                 .target = numbers(about.target_rank[output], about.target_dims[output]),
                 .holds = content_of(d, output),
                 .classes = about.classes > 0 && output == 0 && !is_count(d, about.classes)};
    const plm_shape *s = plm_graph_shape(&m->graph, m->prediction[output]);
    x.lines = numbers(s->rank, s->dims) / x.head.units;
    x.same = x.target == x.lines * x.head.units;
    return choose(&x);
}
