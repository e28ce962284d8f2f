/* The layers of the net that a table gets: RealMLP-TD-S of Holzmueller, Grinsztajn and Steinwart,
 * "Better by default: strong pre-tuned MLPs and boosted trees on tabular data", NeurIPS 2024, with
 * the embedding of numbers of RealMLP-TD.
 *
 * Its bounded inputs cannot follow a series that rises beyond the values of the training. So the
 * net of a series has a linear layer beside it, an autoregression; it learns what that leaves. */
#include "run/recipe_net.h"

#include <math.h>

#include "data/data.h"

/* UNITS: of each hidden layer. MOST_PERIODIC: inputs with more numbers get no periodic embedding,
 * which makes four of each. */
enum { UNITS = 256, MOST_PERIODIC = 256 };

static bool is_classes(const plm_column *target)
{
    return target->encoding == PLM_ENCODE_CLASSES;
}

/* Appends a hidden layer: weights of variance 1 / fan_in, and a learning rate smaller by the root
 * of fan_in, which for Adam is the paper's parametrization. */
static void add_hidden(plm_text *t, const char *activation, int64_t fan_in)
{
    plm_text_format(t,
                    "dense(%d, activation=%s, kernel_initializer=variance_scaling(1, fan_in, "
                    "untruncated_normal), bias_initializer=random_normal(stddev=1), "
                    "learning_rate_factor=%.4g), ",
                    UNITS, activation, 1 / sqrt((double)fan_in));
}

/* Appends the layers up to the last hidden one. */
static void add_body(plm_text *t, const plm_job *j, const plm_column *target)
{
    const char *activation = is_classes(target) ? "selu" : "mish";
    const int64_t width = j->about.input_dims[0][0];
    const bool periodic = width <= MOST_PERIODIC;
    plm_text_format(t, "normalization(method=robust), smooth_clip(3), %sscale(%s), ",
                    periodic ? "periodic_embedding(learning_rate_factor=0.1), " : "",
                    "learning_rate_factor=6");
    add_hidden(t, activation, periodic ? 4 * width : width);
    add_hidden(t, activation, UNITS);
    add_hidden(t, activation, UNITS);
}

/* Appends the layer of the output. more: further arguments. */
static void add_head(plm_text *t, const plm_column *target, const char *more)
{
    static const char rest[] = "kernel_initializer=zeros, learning_rate_factor=0.0625";
    if (is_classes(target))
        plm_text_format(t, "dense(%zu, activation=softmax, %s%s)", target->words, rest, more);
    else
        plm_text_format(t, "dense(1, %s%s)", rest, more);
}

const char *plm_recipe_layers(const plm_job *j, plm_settings *s, const plm_column *target)
{
    const bool linear = j->data->source->series && !is_classes(target);
    plm_text t = {.w = s->w};
    if (linear)
        plm_text_format(&t, "input(%lld, name=rows), ", (long long)j->about.input_dims[0][0]);
    add_body(&t, j, target);
    add_head(&t, target, linear ? ", name=net" : "");
    if (linear)
        plm_text_add(&t, ", dense(1, kernel_initializer=zeros, learning_rate_factor=0.3, "
                         "name=linear) <- rows, add() <- net linear");
    const char *text = t.failed ? NULL : plm_arena_text(&s->arena, plm_text_get(&t), t.length);
    plm_text_free(&t);
    return text;
}
