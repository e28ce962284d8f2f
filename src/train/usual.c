/* Chooses the usual loss of an output (plm_model_default_loss) for users who give no loss, from the
 * activation of its last layer and from its target.
 *
 * The activation says what the output can be and the target says what it should be; if the two do
 * not fit, no loss is chosen and the caller reports it. */
#include "train/sense.h"

#include <math.h>
#include <string.h>

/* approximate maximum number of elements of a target that are inspected */
enum { MAX_SAMPLES = 65536 };

/* The values of a target: unknown, since they are not in memory or a transform changes them;
 * numbers other than 0 and 1; only 0 and 1. */
typedef enum { UNKNOWN, OTHERS, BITS } content;

/* Inspects the values of target k, in rows that are spread over the data. */
static content content_of(const plm_data *d, int k)
{
    const plm_source *s = d->source;
    const plm_table *t = &s->table[s->inputs + k];
    content found = UNKNOWN;
    if (s->streamed || k >= s->targets || d->part[s->inputs + k].width != t->width)
        return UNKNOWN;
    const size_t size = plm_element_size(t->element);
    const int64_t rows = d->last - d->first, step = rows * (int64_t)t->width / MAX_SAMPLES + 1;
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

/* An output and its target. lines: number of vectors in a row of the output; target: number of
 * numbers in a row of the target. */
typedef struct {
    plm_head head; /* the output, with its last activation */
    int64_t lines, target;
    bool same; /* true = a row of the target has as many elements as a row of the output */
    /* the values of the target */
    content holds;
    bool classes; /* true = the target has class numbers */
} pairing;

/* True if the output has this activation. */
static bool is(const pairing *m, const char *function)
{
    return m->head.function != NULL && strcmp(m->head.function, function) == 0;
}

/* True if the target has one class number for each vector of the output. */
static bool has_labels(const pairing *m)
{
    return m->head.units > 1 && m->target == m->lines;
}

/* Returns the usual loss of a softmax output: a cross-entropy if the targets are class numbers or
 * one-hot rows, else the mean squared error. */
static const char *of_softmax(const pairing *m)
{
    if (has_labels(m))
        return "sparse_categorical_crossentropy";
    return m->same && m->head.units > 1 ? "categorical_crossentropy" : "mean_squared_error";
}

/* Returns the usual loss for an output and its target. Class numbers and probabilities get a
 * cross-entropy, everything else the mean squared error. */
static const char *choose(const pairing *m)
{
    /* an output between 0 and 1 is taken as a probability */
    const bool shares = m->head.low == 0 && m->head.high == 1;
    if (is(m, "softmax"))
        return of_softmax(m);
    if (shares && m->same && m->holds != OTHERS)
        return "binary_crossentropy";
    if (m->target != m->lines || !m->classes)
        return "mean_squared_error";
    /* if there is one unit for several classes, this loss fails with an error that explains it */
    return shares || m->head.units == 1 ? "sparse_categorical_crossentropy"
                                        : "sparse_categorical_crossentropy(from_logits=true)";
}

/* Returns the number of elements of a row with these axes. */
static int64_t numbers(int rank, const int64_t *dims)
{
    int64_t all = 1;
    for (int i = 0; i < rank; i++)
        all *= dims[i];
    return all;
}

/* True if whole numbers are not classes: there would be more classes than half of the rows. They
 * are prices, years or counts. */
static bool is_count(const plm_data *d, int64_t classes)
{
    return d->source->rows >= 0 && classes > d->source->rows / 2;
}

/* Returns the usual loss of an output. Compiles the model if needed, since the shapes of its
 * outputs are known only then. */
const char *plm_model_default_loss(plm_model *m, const plm_data *d, int output)
{
    plm_data_info about;
    if (plm_model_sound(m) < 0 || plm_data_get_info(d, &about) < 0)
        return NULL;
    if (!m->compiled && plm_compile(m, NULL, NULL, NULL) < 0)
        return NULL;
    if (output < 0 || output >= m->heads || output >= about.targets) {
        (void)plm_fail(m->w, PLM_E_SHAPE, "plm_model_default_loss",
                       "give the data a target for each output of the model",
                       "there is no output %d with a target: the model has %d outputs and the "
                       "data %d targets, numbered from 0",
                       output, m->heads, about.targets);
        return NULL;
    }
    pairing x = {.head = plm_head_of(m, output),
                 .target = numbers(about.target_rank[output], about.target_dims[output]),
                 .holds = content_of(d, output),
                 .classes = about.classes > 0 && output == 0 && !is_count(d, about.classes)};
    const plm_shape *s = plm_graph_shape(&m->graph, m->head[output].prediction);
    x.lines = numbers(s->rank, s->dims) / x.head.units;
    x.same = x.target == x.lines * x.head.units;
    return choose(&x);
}
