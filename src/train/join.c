/* Joins trained models into one, whose outputs are the means of their outputs. The nets share the
 * inputs, the layers of net k are called netK_NAME, and a layer average for each output has the
 * name of the output. So the result is a model like any other: one file, one plan, the same bits.
 * Averaging nets that were trained on other parts of the rows, or from other seeds, is the most
 * reliable way to a better prediction (Hansen and Salamon, Neural network ensembles, 1990). */
#include <string.h>

#include "train/join.h"
#include "train/train.h"

/* The documents of the models to be joined, and the document that is made from them. */
typedef struct {
    plm *w;
    int count;
    plm_document from[PLM_OPERANDS]; /* [count], read only */
    plm_document to; /* the result: the layers and tensors of all models, and the layers that
                      * average their outputs */
} join;

/* Fails because model k does not fit model 0, with which it is to be joined. */
static plm_status fail_unlike(const join *j, int k, const char *what)
{
    return plm_fail(
        j->w, PLM_E_SHAPE, "plm_model_join",
        "join models of the same data, such as runs of one run file with different seeds",
        "model %d has %s than model 0", k, what);
}

/* Reads the schema of a document; NULL = it has none that can be read. */
static const plm_schema *schema_of(join *j, const plm_document *d)
{
    const char *text = d->setting[PLM_SETTING_SCHEMA];
    plm_schema *schema = NULL;
    if (text == NULL || *text == '\0' ||
        plm_schema_read(&j->to.arena, text, "plm_model_join", &schema) < 0)
        return NULL;
    return schema;
}

/* True if models 0 and k are of a table with the same columns. */
static bool same_columns(join *j, int k)
{
    const plm_schema *a = schema_of(j, &j->from[0]), *b = schema_of(j, &j->from[k]);
    bool same = a != NULL && b != NULL && a->columns == b->columns;
    for (size_t i = 0; same && i < a->columns; i++)
        same = strcmp(a->column[i].name, b->column[i].name) == 0 &&
               a->column[i].role == b->column[i].role;
    return same;
}

/* Fails because models 0 and k turn cells into numbers in different ways. Two runs of a table do
 * so even if only their seeds differ: another seed draws other training rows, and these determine
 * means, words and gaps. */
static plm_status fail_encoding(join *j, int k, const char *what)
{
    if (!same_columns(j, k))
        return fail_unlike(j, k, what);
    return plm_fail(j->w, PLM_E_SHAPE, "plm_model_join",
                    "join nets of the same training rows; nets=3 trains several nets of a table "
                    "as one model",
                    "model %d has learned means and words of the columns from other rows than "
                    "model 0",
                    k);
}

/* True if two texts are equal; NULL counts as "". */
static bool same_text(const char *a, const char *b)
{
    return strcmp(a != NULL ? a : "", b != NULL ? b : "") == 0;
}

/* Returns the number of input layers of a document. */
static size_t inputs_of(const plm_document *d)
{
    size_t count = 0;
    for (size_t i = 0; i < d->layers; i++)
        count += d->layer[i].inputs == 0;
    return count;
}

/* Returns the n-th input layer of a document. */
static const plm_document_layer *input_of(const plm_document *d, size_t n)
{
    size_t i = 0;
    while (d->layer[i].inputs > 0 || n-- > 0)
        i++;
    return &d->layer[i];
}

/* Checks that model k takes the same data as model 0 and has as many outputs. */
static plm_status compare(join *j, int k)
{
    static const int columns[] = {PLM_SETTING_INPUTS, PLM_SETTING_TARGETS, PLM_SETTING_SCHEMA};
    const plm_document *first = &j->from[0], *d = &j->from[k];
    const size_t inputs = inputs_of(first);
    if (inputs_of(d) != inputs)
        return fail_unlike(j, k, "another number of inputs");
    for (size_t i = 0; i < inputs; i++)
        if (!same_text(input_of(first, i)->spec, input_of(d, i)->spec))
            return fail_encoding(j, k, "other inputs");
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        if (!same_text(first->setting[columns[i]], d->setting[columns[i]]))
            return fail_encoding(j, k, "other columns of the table");
    return d->outputs == first->outputs ? PLM_OK : fail_unlike(j, k, "another number of outputs");
}

/* Returns the name of a layer of net k in the joined model: the name of the first model's input, or
 * netK_NAME. NULL = no memory. */
static const char *new_name(join *j, int k, const char *name)
{
    const plm_document *d = &j->from[k];
    for (size_t i = 0; i < inputs_of(d); i++)
        if (strcmp(input_of(d, i)->name, name) == 0)
            return input_of(&j->from[0], i)->name;
    return plm_arena_format(&j->to.arena, "net%d_%s", k, name);
}

/* Adds a layer that takes `inputs` other layers of the joined model. */
static plm_status add_layer(join *j, const char *name, const char *spec, int inputs,
                            const char *const *input)
{
    if (name == NULL || (inputs > 0 && input == NULL))
        return PLM_E_MEMORY;
    j->to.layer[j->to.layers++] =
        (plm_document_layer){.name = name, .spec = spec, .inputs = inputs, .input = input};
    return PLM_OK;
}

/* Adds the layers of net k. Inputs are added only for the first net. */
static plm_status add_net(join *j, int k)
{
    const plm_document *d = &j->from[k];
    for (size_t i = 0; i < d->layers; i++) {
        const plm_document_layer *l = &d->layer[i];
        if (l->inputs == 0 && k > 0)
            continue;
        const char **input = plm_arena_array(&j->to.arena, (size_t)l->inputs + 1, sizeof *input);
        for (int n = 0; n < l->inputs && input != NULL; n++)
            if ((input[n] = new_name(j, k, l->input[n])) == NULL)
                return PLM_E_MEMORY;
        PLM_TRY(add_layer(j, new_name(j, k, l->name), l->spec, l->inputs, input));
    }
    return PLM_OK;
}

/* Returns the name of output o of net k: a declared output, or the last layer. */
static const char *output_of(const plm_document *d, size_t o)
{
    return d->outputs > 0 ? d->output[o] : d->layer[d->layers - 1].name;
}

/* Adds layers that compute the means of the outputs. They have the names of the first net's
 * outputs, so losses and metrics can still refer to these names. */
static plm_status add_means(join *j)
{
    const size_t outputs = j->from[0].outputs > 0 ? j->from[0].outputs : 1;
    j->to.output = plm_arena_array(&j->to.arena, outputs, sizeof *j->to.output);
    for (size_t o = 0; o < outputs && j->to.output != NULL; o++) {
        const char **input = plm_arena_array(&j->to.arena, (size_t)j->count, sizeof *input);
        for (int k = 0; k < j->count && input != NULL; k++)
            if ((input[k] = new_name(j, k, output_of(&j->from[k], o))) == NULL)
                return PLM_E_MEMORY;
        j->to.output[o] = output_of(&j->from[0], o);
        PLM_TRY(add_layer(j, j->to.output[o], "average()", j->count, input));
    }
    j->to.outputs = j->from[0].outputs;
    return j->to.output != NULL ? PLM_OK : PLM_E_MEMORY;
}

/* Adds the parameters of net k. "dense/kernel" becomes "net0_dense/kernel". */
static plm_status add_tensors(join *j, int k)
{
    for (size_t i = 0; i < j->from[k].tensors; i++) {
        plm_document_tensor *t = &j->to.tensor[j->to.tensors++];
        *t = j->from[k].tensor[i];
        t->name = plm_arena_format(&j->to.arena, "net%d_%s", k, t->name);
        if (t->name == NULL)
            return PLM_E_MEMORY;
    }
    return PLM_OK;
}

/* Makes the joined document from the documents of the models. */
static plm_status merge(join *j)
{
    size_t layers = PLM_TARGETS, tensors = 0;
    for (int k = 0; k < j->count; k++) {
        PLM_TRY(compare(j, k));
        layers += j->from[k].layers;
        tensors += j->from[k].tensors;
    }
    j->to.layer = plm_arena_array(&j->to.arena, layers, sizeof *j->to.layer);
    j->to.tensor = plm_arena_array(&j->to.arena, tensors + 1, sizeof *j->to.tensor);
    if (j->to.layer == NULL || j->to.tensor == NULL)
        return PLM_E_MEMORY;
    memcpy(j->to.setting, j->from[0].setting, sizeof j->to.setting);
    for (int k = 0; k < j->count; k++)
        PLM_TRY(add_net(j, k));
    PLM_TRY(add_means(j));
    for (int k = 0; k < j->count; k++)
        PLM_TRY(add_tensors(j, k));
    return PLM_OK;
}

/* Checks the arguments of plm_model_join. */
static plm_status check(int count, const plm_model *const *models)
{
    for (int k = 1; k < count; k++)
        if (models[k]->w != models[0]->w)
            return plm_fail(models[0]->w, PLM_E_ORDER, "plm_model_join",
                            "load all models by the same runtime",
                            "model %d has another runtime than model 0", k);
    if (count < 2 || count > PLM_OPERANDS)
        return plm_fail(models[0]->w, PLM_E_ORDER, "plm_model_join",
                        "join groups of equally many models, and then join the results",
                        "%d models are given, and 2 to %d can be joined", count, PLM_OPERANDS);
    return PLM_OK;
}

/* Makes the documents of the models. An error of a model that has its own runtime is recorded on
 * the runtime of the joined model, too. */
static plm_status describe(join *j, const plm_model *const *models)
{
    for (int k = 0; k < j->count; k++) {
        const plm_status status = plm_document_from_model(models[k], &j->from[k]);
        if (status < 0)
            return models[k]->w == j->w
                       ? status
                       : plm_fail_again(j->w, plm_last_error(models[k]->w), status);
    }
    return PLM_OK;
}

/* Joins models on runtime w into one that averages their outputs. The layers of all models are put
 * into one document, with means after them, and the model is made from the document. NULL =
 * failed. */
plm_model *plm_models_join(plm *w, int count, const plm_model *const *models)
{
    plm_model *out = NULL;
    join j = {.w = w, .count = count, .to.arena.w = w};
    plm_status status = describe(&j, models);
    status = status < 0 ? status : merge(&j);
    if (status < 0 || plm_document_to_model(j.w, &j.to, "plm_model_join", &out) < 0)
        out = NULL;
    for (int k = 0; k < count; k++)
        plm_document_free(&j.from[k]);
    plm_document_free(&j.to);
    return out;
}

/* Records that model k is NULL on the runtime of a model that is not, if there is one. */
static plm_model *fail_null(int count, const plm_model *const *models, int k)
{
    int other = 0;
    while (other < count && models[other] == NULL)
        other++;
    if (other < count)
        (void)plm_fail(models[other]->w, PLM_E_ORDER, "plm_model_join",
                       "check the results of plm_model_load", "model %d is NULL", k);
    return NULL;
}

/* Joins models on the runtime of the first one, where errors are recorded. NULL = the models cannot
 * be joined. */
plm_model *plm_model_join(int count, const plm_model *const *models)
{
    if (models == NULL || count < 1)
        return NULL;
    for (int k = 0; k < count; k++)
        if (models[k] == NULL)
            return fail_null(count, models, k);
    return check(count, models) < 0 ? NULL : plm_models_join(models[0]->w, count, models);
}
