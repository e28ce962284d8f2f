/* Makes the layers of the net for a table: RealMLP-TD-S of Holzmueller, Grinsztajn and Steinwart,
 * "Better by default: strong pre-tuned MLPs and boosted trees on tabular data", NeurIPS 2024, with
 * the embedding of numbers of RealMLP-TD. The net limits its inputs, so it cannot follow a series
 * that increases beyond the training values. So the output for a series also has a linear
 * connection to the unlimited inputs, a linear autoregression, and the net learns the rest. */
#include "run/recipe_net.h"

#include <math.h>
#include <string.h>

#include "data/data.h"

/* UNITS: number of units of each hidden layer. MOST_PERIODIC: max number of plain numbers of a net
 * with a periodic embedding, which makes WAVES values of each. VECTOR: length of the embedding
 * vector of a category, as in RealMLP-TD. */
enum { UNITS = 256, MOST_PERIODIC = 256, WAVES = 4, VECTOR = 8 };

/* True if the target is a class. */
static bool is_classes(const plm_column *target)
{
    return target->encoding == PLM_ENCODE_CLASSES || target->encoding == PLM_ENCODE_LABELS;
}

/* Appends a hidden layer. Its weights have variance 1 / fan_in, and its learning rate is divided by
 * the square root of fan_in. For Adam this is equivalent to the paper's parametrization. */
static void add_hidden(plm_text *t, const char *activation, int64_t fan_in)
{
    plm_text_format(t,
                    "dense(%d, activation=%s, kernel_initializer=variance_scaling(1, fan_in, "
                    "untruncated_normal), bias_initializer=random_normal(stddev=1), "
                    "learning_rate_factor=%.4g), ",
                    UNITS, activation, 1 / sqrt((double)fan_in));
}

/* Returns the number of category ids. One embedding table serves all columns, each of which has its
 * own ids. */
int64_t plm_recipe_ids(const plm_job *j)
{
    const plm_schema *schema = j->data->source->schema;
    int64_t ids = 0;
    for (size_t i = 0; i < schema->columns; i++)
        if (schema->column[i].role == PLM_ROLE_INPUT)
            ids += (int64_t)plm_column_ids(&schema->column[i]);
    return ids;
}

/* Appends the indices of the inputs that are plain numbers, such as "0, 3", and returns how many
 * there are. Words, marks of missing cells and parts of dates have only few different values, which
 * waves cannot separate better. spiked: only those columns whose quartiles are equal; else only the
 * others, whose indices are those after the first have been expanded, to 4 values each, at the
 * beginning of the row. */
static int64_t add_plain(plm_text *t, const plm_schema *schema, const plm_recipe_waves *waves,
                         bool spiked, int64_t before)
{
    int64_t at = 0, plain = 0, passed = 0;
    for (size_t i = 0; i < schema->columns; i++) {
        const plm_column *c = &schema->column[i];
        if (c->role != PLM_ROLE_INPUT || plm_schema_part(schema, i) > 0)
            continue;
        const bool is_plain = c->encoding == PLM_ENCODE_STANDARDIZE,
                   is_spiked = is_plain && waves->spiked && waves->spiked[at];
        if (is_plain && is_spiked == spiked)
            plm_text_format(t, "%s%lld", plain++ > 0 ? ", " : "",
                            (long long)(at - passed + WAVES * before));
        passed += !spiked && is_spiked;
        at += (int64_t)plm_column_width(c);
    }
    return plain;
}

/* Appends the layer that expands numbers. columns: their indices; "" = all. stddev: of the
 * frequencies; 0 = the default, that of RealMLP. */
static void add_waves(plm_text *t, const char *columns, double stddev)
{
    plm_text_add(t, "periodic_embedding(");
    if (*columns)
        plm_text_format(t, "columns=[%s], ", columns);
    if (stddev > 0)
        plm_text_format(t, "frequency_initializer=random_normal(stddev=%g), ", stddev);
    plm_text_add(t, "learning_rate_factor=0.1), ");
}

/* Appends the layers that scale and expand the numbers. width: number of input values. Returns the
 * number of values that the layers output. */
static int64_t add_numbers(plm_text *t, const plm_schema *schema, int64_t width,
                           const plm_recipe_waves *waves)
{
    static const double fast = 4, spiked = 8; /* standard deviations of frequencies */
    plm_text first = {.w = t->w}, list = {.w = t->w};
    const int64_t spikes = add_plain(&first, schema, waves, true, 0),
                  others = add_plain(&list, schema, waves, false, spikes), all = spikes + others;
    const bool periodic = all > 0 && all <= MOST_PERIODIC;
    plm_text_add(t, "normalization(method=robust), smooth_clip(3), ");
    if (periodic && spikes > 0)
        add_waves(t, spikes < width ? plm_text_get(&first) : "", spiked);
    if (periodic && others > 0)
        add_waves(t, others < width + (WAVES - 1) * spikes ? plm_text_get(&list) : "",
                  waves->fast ? fast : 0);
    plm_text_add(t, "scale(learning_rate_factor=6), ");
    t->failed = t->failed || first.failed || list.failed;
    plm_text_free(&first);
    plm_text_free(&list);
    return width + (periodic ? (WAVES - 1) * all : 0);
}

/* Appends the embedding of categories. It reads a second input with an id for each column, or the
 * only input if there are no numbers. numbers: how many values the numeric columns give; the
 * vectors are appended to these. Returns the total number of values. */
static int64_t add_vectors(plm_text *t, const plm_job *j, int64_t numbers)
{
    const int input = j->about.inputs - 1;
    const int64_t columns = j->about.input_dims[input][0];
    if (input > 0)
        plm_text_format(t, "identity(name=numbers), input(%lld, name=words), ", (long long)columns);
    plm_text_format(t, "embedding(%lld, %d, embeddings_initializer=random_normal(stddev=0.5)), ",
                    (long long)plm_recipe_ids(j), VECTOR);
    plm_text_add(t, input > 0 ? "flatten(name=vectors), concatenate() <- numbers vectors, "
                              : "flatten, ");
    return numbers + VECTOR * columns;
}

/* Appends all layers up to the last hidden layer. */
static void add_body(plm_text *t, const plm_job *j, const plm_column *target,
                     const plm_recipe_waves *waves)
{
    const char *activation = is_classes(target) ? "selu" : "mish";
    const bool words = plm_recipe_ids(j) > 0;
    int64_t width = 0;
    if (!words || j->about.inputs > 1)
        width = add_numbers(t, j->data->source->schema, j->about.input_dims[0][0], waves);
    if (words)
        width = add_vectors(t, j, width);
    add_hidden(t, activation, width);
    add_hidden(t, activation, UNITS);
    add_hidden(t, activation, UNITS);
}

/* Appends the output layer for a target. more: further arguments of the layer. */
static void add_head(plm_text *t, const plm_column *target, const char *more)
{
    static const char rest[] = "kernel_initializer=zeros, learning_rate_factor=0.0625";
    if (is_classes(target))
        plm_text_format(t, "dense(%zu, activation=%s, %s%s)", target->words,
                        target->encoding == PLM_ENCODE_LABELS ? "sigmoid" : "softmax", rest, more);
    else
        plm_text_format(t, "dense(1, %s%s)", rest, more);
}

/* ---- several targets ---- */

/* True if a name is valid for a layer (a letter, then letters, digits and '_') and no other layer
 * of the net has it. */
static bool is_layer_name(const char *name)
{
    static const char *const taken[] = {"rows", "numbers", "words", "vectors",
                                        "body", "net",     "direct"};
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    bool good = strspn(name, letters) > 0 && strlen(name) < 40;
    for (const char *c = name; *c && good; c++)
        good = strchr(letters, *c) || strchr("0123456789_", *c);
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        good = good && strcmp(name, taken[i]) != 0;
    return good && strncmp(name, "dense", 5) != 0 && strncmp(name, "target_", 7) != 0;
}

/* Appends the name of the output for target k: the name of its column, if this is a valid name for
 * a layer. */
static void add_name(plm_text *t, const plm_column *target, int k)
{
    if (is_layer_name(target->name))
        plm_text_add(t, target->name);
    else
        plm_text_format(t, "target_%d", k);
}

/* Appends an output layer for each target, all connected to the last hidden layer. */
static void add_heads(plm_text *t, const plm_schema *schema)
{
    const plm_column *target = NULL;
    plm_text_add(t, "identity(name=body)");
    for (int k = 0; (target = plm_schema_target(schema, k)) != NULL; k++) {
        plm_text more = {.w = t->w};
        plm_text_add(&more, ", name=");
        add_name(&more, target, k);
        plm_text_add(t, ", ");
        add_head(t, target, plm_text_get(&more));
        plm_text_add(t, " <- body");
        plm_text_done(t, &more);
    }
}

/* Moves a text into the arena of the settings. NULL = no memory. */
static const char *give(plm_settings *s, plm_text *t)
{
    const char *text = t->failed ? NULL : plm_arena_text(&s->arena, plm_text_get(t), t->length);
    plm_text_free(t);
    return text;
}

/* Returns the names of the outputs. An output is named like its column, or target_K if a layer
 * cannot have that name. */
const char *plm_recipe_outputs(const plm_job *j, plm_settings *s)
{
    const plm_column *target = NULL;
    plm_text t = {.w = s->w};
    for (int k = 0; (target = plm_schema_target(j->data->source->schema, k)) != NULL; k++) {
        plm_text_add(&t, k > 0 ? ", " : "");
        add_name(&t, target, k);
    }
    return give(s, &t);
}

/* Returns the metrics: each output gets those that fit its kind of target. */
const char *plm_recipe_metrics(const plm_job *j, plm_settings *s)
{
    const plm_column *target = NULL;
    plm_text t = {.w = s->w};
    for (int k = 0; (target = plm_schema_target(j->data->source->schema, k)) != NULL; k++) {
        plm_text_add(&t, k > 0 ? ", " : "");
        add_name(&t, target, k);
        plm_text_add(&t, target->encoding == PLM_ENCODE_LABELS ? "=binary_accuracy"
                         : is_classes(target)                  ? "=accuracy"
                                                               : "=[" PLM_RECIPE_ERRORS "]");
    }
    return give(s, &t);
}

/* Returns the layers. The output of a series of numbers also has a linear connection to the inputs.
 * Its weights start at 0, like those of the output layer, so the first prediction is that the
 * series keeps its last value. */
const char *plm_recipe_layers(const plm_job *j, plm_settings *s, const plm_recipe_waves *waves)
{
    const plm_schema *schema = j->data->source->schema;
    const plm_column *target = plm_schema_target(schema, 0);
    const bool several = plm_schema_target(schema, 1) != NULL;
    const bool linear = j->data->source->series && !is_classes(target);
    plm_text t = {.w = s->w};
    if (linear || j->about.inputs > 1)
        plm_text_format(&t, "input(%lld, name=rows), ", (long long)j->about.input_dims[0][0]);
    add_body(&t, j, target, waves);
    if (linear) /* the rescaling by 4.8 makes the weights of this linear connection learn faster */
        plm_text_add(&t, "identity(name=net), rescaling(4.8, name=direct) <- rows, "
                         "concatenate() <- net direct, ");
    if (several)
        add_heads(&t, schema);
    else
        add_head(&t, target, "");
    return give(s, &t);
}
