/* Unsupervised pretraining, layer by layer. Each hidden dense layer is trained as the encoder of a
 * small autoencoder. The autoencoder must reproduce its input, which is the output of the layers
 * below; with `noise` it sees only a noisy copy of that input (Bengio et al., Greedy layer-wise
 * training of deep networks, NIPS 2006; Vincent et al., Stacked denoising autoencoders, JMLR 11,
 * 2010).
 * The autoencoder of a layer is a separate model. It consists of an input, noise, the dense layer,
 * the layers between it and the next dense layer, and a decoder. Its batches are computed while it
 * trains: for each batch of the data, a plan of the pretrained model computes the output of the
 * layers below. */
#include <string.h>

#include "study/pretrain_layers.h"
#include "train/run.h"

#include "base/names.h"

/* The settings of an autoencoder. */
typedef struct {
    int64_t epochs;                           /* number of epochs for each layer */
    const plm_spec *optimizer, *loss, *noise; /* settings of the autoencoders; noise NULL = none */
    bool tied;                          /* the decoder uses the transposed kernel of the encoder */
    const plm_spec *decoder_activation; /* activation of the decoder; NULL = linear */
    const char *layers;                 /* patterns of the layers that are pretrained */
} autoencoder;

static const plm_field fields[] = {
    PLM_FIELD(autoencoder, epochs, PLM_INT, "10", 1, 1e9, "number of epochs for each layer"),
    PLM_FIELD_OF(autoencoder, optimizer, PLM_SPEC, "adam(0.001)", "optimizer",
                 "optimizer of each autoencoder"),
    PLM_FIELD_OF(autoencoder, loss, PLM_SPEC, "mean_squared_error", "loss",
                 "loss between the autoencoder's input and its reproduction of it"),
    PLM_FIELD_OF(
        autoencoder, noise, PLM_SPEC, "none", "layer",
        "noise on the input, for denoising autoencoders: gaussian_noise(0.3), dropout(0.3)"),
    PLM_FIELD(autoencoder, tied, PLM_BOOL, "false", 0, 0,
              "decode with the encoder's transposed kernel"),
    PLM_FIELD_OF(autoencoder, decoder_activation, PLM_SPEC, "linear", "activation",
                 "activation of the decoder"),
    PLM_FIELD(autoencoder, layers, PLM_TEXT, "*", 0, 0,
              "the hidden dense layers to pretrain, by name or pattern"),
    {0}};

static const plm_kind autoencoder_kind = {
    .name = "autoencoder",
    .alias = "autoencoders|stacked_autoencoder",
    .help = "trains hidden dense layers one after the other, each as the encoder of an autoencoder",
    .formula =
        "x' = decoder(encoder(noise(x))), x = output of the layers below; minimizes loss(x, x')",
    .notes = "Use it if there are many rows without targets and few with targets. Layers between "
             "two dense layers (activation, batch normalization, dropout) are trained with the "
             "first of the two.",
    .source = "Bengio et al., NIPS 2006; Vincent et al., JMLR 11 (2010)",
    .config_size = sizeof(autoencoder),
    .fields = fields,
    .examples =
        PLM_LIST("autoencoder(epochs=20)", "autoencoder(20, noise=gaussian_noise(0.3), tied=true)"),
};

const plm_kind *const plm_pretraining_table[] = {&autoencoder_kind, NULL};

/* One pretraining. */
typedef struct {
    plm_model *m;                /* the net */
    plm_data *data;              /* rows without targets */
    plm_pretrain_options o;      /* the caller's wishes */
    const autoencoder *settings; /* the bound keys of the method */
    plm_arena arena;             /* texts of specs */
    /* The layer being pretrained, and the layers that are trained with it: layers [first, last]. */
    size_t first, last;
    /* the autoencoder */
    plm_model *coder;
    plm_plan *below; /* computes the output of the layers below for a batch */
    plm_value value; /* the output of the layers below, in the graph of m */
    float *rows;     /* [rows of a batch, numbers of a row] the same output without padding */
} pretraining;

/* ---- the autoencoder of one layer ---- */

/* Parses a text into a spec; NULL = no memory. */
static const plm_spec *text_spec(plm_arena *a, const char *text)
{
    plm_spec *s = plm_arena_take(a, sizeof *s);
    if (s != NULL)
        *s = (plm_spec){.type = PLM_SPEC_TEXT, .text = text};
    return s;
}

/* Returns the spec of a layer as text, with the given name. trainable and learning_rate_factor are
 * left out, so the layer is trained at the normal rate even if it is frozen in the model. */
static const char *named_text(plm_arena *a, const plm_spec *s, const char *name)
{
    const plm_spec *named = text_spec(a, name);
    s = named != NULL ? plm_spec_with(a, s, "name", named) : NULL;
    s = s != NULL ? plm_spec_with(a, s, "trainable", NULL) : NULL;
    s = s != NULL ? plm_spec_with(a, s, "learning_rate_factor", NULL) : NULL;
    return s != NULL ? plm_spec_text(a, s) : NULL;
}

/* Adds a layer to the autoencoder under this name. */
static plm_status add_named(pretraining *p, const plm_spec *s, const char *name)
{
    const char *text = named_text(&p->arena, s, name);
    if (text == NULL)
        return PLM_E_MEMORY;
    return plm_add(p->coder, "%s", text).id != 0 ? PLM_OK : plm_last_error(p->m->w)->status;
}

/* Adds the decoder: a dense layer or, with `tied`, a layer that uses the transposed kernel of the
 * encoder. Its output has the shape of the autoencoder's input, so that the loss can compare
 * both. */
static plm_status add_decoder(pretraining *p)
{
    const plm_shape *x = plm_graph_shape(&p->m->graph, p->value);
    const char *activation = plm_spec_text(&p->arena, p->settings->decoder_activation);
    plm_text name = {.w = p->m->w};
    plm_spec_quote(&name, p->m->layer[p->first].name);
    plm_value y = {0};
    if (activation == NULL || name.failed)
        y.id = 0;
    else if (p->settings->tied)
        y = plm_add(p->coder, "dense_transpose(%s, activation=%s, name=autoencoder_decoder)",
                    plm_text_get(&name), activation);
    else
        y = plm_add(p->coder, "dense(%lld, activation=%s, name=autoencoder_decoder)",
                    (long long)x->dims[x->rank - 1], activation);
    plm_text_free(&name);
    return y.id != 0 ? PLM_OK : activation == NULL ? PLM_E_MEMORY : plm_last_error(p->m->w)->status;
}

/* Adds input, noise, the layers [first, last] and the decoder. Layers keep their names, since their
 * parameters are later found by name. */
static plm_status add_layers(pretraining *p)
{
    const plm_shape *x = plm_graph_shape(&p->m->graph, p->value);
    if (plm_input(p->coder, "autoencoder_input", x->rank, x->dims).id == 0)
        return plm_last_error(p->m->w)->status;
    if (p->settings->noise != NULL)
        PLM_TRY(add_named(p, p->settings->noise, "autoencoder_noise"));
    for (size_t i = p->first; i <= p->last; i++) {
        const plm_spec *s = NULL;
        PLM_TRY(plm_spec_parse(&p->arena, p->m->layer[i].text, &s));
        PLM_TRY(add_named(p, s, p->m->layer[i].name));
    }
    return add_decoder(p);
}

/* Copies one parameter from one model to another. a, b: the same parameter in both models. */
static plm_status copy_parameter(const plm_model *from, const plm_weight *a, plm_model *to,
                                 const plm_weight *b)
{
    if (a->rank != b->rank || memcmp(a->dims, b->dims, (size_t)a->rank * sizeof a->dims[0]) != 0)
        return plm_fail(to->w, PLM_E_SHAPE, "noise",
                        "use gaussian_noise(0.3), dropout(0.3) or another layer of noise",
                        "the layer given as noise changes the shape of its input");
    plm_real *values = plm_allocate_array(to->w, a->count, sizeof *values);
    if (values == NULL)
        return PLM_E_MEMORY;
    plm_weight_read(a, from->vector.p, values);
    plm_weight_write(b, to->vector.p, values);
    plm_release(to->w, values);
    return PLM_OK;
}

/* Copies all parameters that have the same name in both models. A net has few parameters (kernels
 * and biases), so comparing all names is fast enough. */
static plm_status copy_parameters(const plm_model *from, plm_model *to)
{
    for (size_t i = 0; i < from->graph.weights; i++)
        for (size_t k = 0; k < to->graph.weights; k++)
            if (strcmp(from->graph.weight[i].name, to->graph.weight[k].name) == 0)
                PLM_TRY(copy_parameter(from, &from->graph.weight[i], to, &to->graph.weight[k]));
    plm_model_mark_dirty(to);
    return PLM_OK;
}

/* Makes and compiles the autoencoder of the layer that is to be pretrained, and gives it the
 * current parameters of the model. */
static plm_status make_coder(pretraining *p)
{
    p->coder = plm_model_new(p->m->w);
    if (p->coder == NULL)
        return PLM_E_MEMORY;
    PLM_TRY(add_layers(p));
    const char *optimizer = plm_spec_text(&p->arena, p->settings->optimizer);
    const char *loss = plm_spec_text(&p->arena, p->settings->loss);
    if (optimizer == NULL || loss == NULL)
        return PLM_E_MEMORY;
    p->coder->restoring = true; /* no warnings about the autoencoder's last layer, which the user
                                 * cannot change */
    PLM_TRY(plm_compile(p->coder, optimizer, loss, NULL));
    /* the layers' statistics come from the model, which was adapted to the data */
    p->coder->adapted = true;
    return copy_parameters(p->m, p->coder);
}

/* ---- its batches ---- */

/* Opens the plan that computes the output of the layers below, and allocates memory for that output
 * of one batch. The plan has one output, so that only the layers below it run. */
static plm_status open_below(pretraining *p)
{
    const plm_shape *x = plm_graph_shape(&p->m->graph, p->value);
    plm_data_info info;
    PLM_TRY(plm_data_get_info(p->data, &info));
    const plm_plan_options o = {.capacity = info.batch, .outputs = 1, .output = &p->value};
    PLM_TRY(plm_plan_open(&p->m->graph, &o, p->m->vector.p, &p->below));
    size_t count = 0;
    if (!plm_checked_multiply((size_t)info.batch, (size_t)(x->lines * x->width), &count))
        return plm_fail_memory(p->m->w, "pretraining");
    p->rows = plm_allocate_array(p->m->w, count, sizeof *p->rows);
    return p->rows != NULL ? PLM_OK : PLM_E_MEMORY;
}

/* Copies `rows` rows of shape x and leaves out their padding: from [rows x lines, stride] to [rows
 * x lines, width]. */
static void gather(const plm_real *from, const plm_shape *x, int64_t rows, float *to)
{
    for (int64_t i = 0; i < rows * x->lines; i++)
        for (int64_t j = 0; j < x->width; j++)
            to[i * x->width + j] = (float)from[i * x->stride + j];
}

/* Replaces the input and the target of a batch by the output of the layers below. self: the
 * pretraining. b: the batch that was read; it is changed in place. */
static plm_status feed(void *self, plm_batch *b)
{
    pretraining *p = self;
    plm_model *m = p->m;
    const plm_shape *x = plm_graph_shape(&m->graph, p->value);
    PLM_TRY(plm_model_check_batch(m, b, false));
    plm_plan_running(p->below)->rows = b->rows;
    for (int i = 0; i < m->inputs; i++)
        plm_plan_bind(p->below, m->input[i], b->input[i].data, b->rows);
    plm_plan_run(p->below);
    gather(plm_plan_read(p->below, p->value), x, b->rows, p->rows);
    plm_view view = {.data = p->rows, .dtype = PLM_F32, .rank = x->rank + 1, .dims = {b->rows}};
    memcpy(view.dims + 1, x->dims, (size_t)x->rank * sizeof x->dims[0]);
    *b = (plm_batch){.rows = b->rows, .inputs = 1, .targets = 1, .input = {view}, .target = {view}};
    return PLM_OK;
}

/* ---- one layer, all layers ---- */

/* Frees the autoencoder, its plan and its rows. */
static void close_layer(pretraining *p)
{
    plm_plan_close(p->below);
    plm_model_free(p->coder);
    plm_release(p->m->w, p->rows);
    p->below = NULL;
    p->coder = NULL;
    p->rows = NULL;
}

/* Trains the autoencoder of the layer and copies its parameters back. If an observer ends the fit
 * of a layer early, its parameters are copied all the same. */
static plm_status fit_layer(pretraining *p)
{
    const plm_fit_options o = {.size = sizeof o,
                               .epochs = p->settings->epochs,
                               .observers = p->o.observers,
                               .extra = p->o.extra,
                               .extras = p->o.extras,
                               .folder = p->o.folder,
                               .outside = p->o.outside};
    PLM_TRY(make_coder(p));
    PLM_TRY(open_below(p));
    const plm_status status = plm_training_fit(p->coder, p->data, &o, feed, p);
    if (status >= 0)
        PLM_TRY(copy_parameters(p->coder, p->m));
    return status;
}

/* Calls the caller's on_layer function, if there is one. done: true after the training of the
 * layer. index: number of the layer, from 0, among the `count` layers that are pretrained. */
static plm_status report(const pretraining *p, int index, int count, bool done)
{
    if (p->o.on_layer == NULL)
        return PLM_OK;
    const uint64_t errors = p->m->w->errors;
    const plm_status status =
        p->o.on_layer(p->o.self, index, count, p->m->layer[p->first].name, done);
    return plm_callback_status(p->m->w, errors, status, true, "layer of plm_pretrain_options");
}

/* Pretrains layer i, and calls on_layer before and after. */
static plm_status pretrain_layer(pretraining *p, size_t i, int index, int count)
{
    p->first = i;
    p->last = plm_pretrain_last_of(p->m, i);
    p->value = p->m->value[p->m->layer[i].input[0]];
    plm_status status = report(p, index, count, false);
    if (status == PLM_OK)
        status = fit_layer(p);
    if (status < 0)
        plm_fail_within(p->m->w, "pretraining of %s", p->m->layer[i].name);
    close_layer(p);
    return status == PLM_OK ? report(p, index, count, true) : status;
}

/* Fails since no layer is to be pretrained. */
static plm_status fail_none_wanted(const pretraining *p)
{
    if (strcmp(p->settings->layers, "*") == 0)
        return plm_fail_key(p->m->w, PLM_E_SPEC, "pretraining",
                            "add layers such as dense(100) below the last one",
                            "the model has no hidden dense layer");
    plm_text hint = {.w = p->m->w};
    plm_text_add(&hint, "layers='*' selects all hidden dense layers");
    for (size_t i = 0, n = 0; i < p->m->layers && hint.length < PLM_HINT_CAPACITY - 80; i++)
        if (plm_pretrain_is_wanted(p->m, "*", i))
            plm_text_format(&hint, "%s%s", n++ > 0 ? ", " : ": ", p->m->layer[i].name);
    const plm_status status =
        plm_fail(p->m->w, PLM_E_SPEC, "layers", plm_text_get(&hint),
                 "no hidden dense layer has a name that matches '%s'", p->settings->layers);
    plm_text_free(&hint);
    plm_fail_in_key(p->m->w, "pretraining");
    return status;
}

/* Pretrains all layers in order, except the first o.first_layer ones, which were done before.
 * First, layers such as normalization compute their statistics from the data, since all layers
 * above depend on them. */
static plm_status pretrain_all(pretraining *p)
{
    const int count = plm_pretrain_count(p->m, p->settings->layers);
    int index = 0;
    if (count == 0)
        return fail_none_wanted(p);
    if (!p->m->adapted)
        PLM_TRY(plm_training_adapt(p->m, p->data));
    for (size_t i = 0; i < p->m->layers; i++) {
        if (!plm_pretrain_is_wanted(p->m, p->settings->layers, i) || index++ < p->o.first_layer)
            continue;
        const plm_status status = pretrain_layer(p, i, index - 1, count);
        if (status != PLM_OK)
            return status;
    }
    return PLM_OK;
}

/* Binds the spec of the method. */
static plm_status bind_method(pretraining *p, const char *method)
{
    const plm_spec *spec = NULL;
    const plm_kind *kind = NULL;
    const void *config = NULL;
    plm_status status = plm_spec_parse(&p->arena, method != NULL ? method : "autoencoder", &spec);
    if (status >= 0)
        status = plm_kind_bind(&p->arena, "pretraining", spec, &kind, &config);
    if (status < 0)
        plm_fail_in_key(p->m->w, "pretraining");
    p->settings = config;
    return status;
}

/* Does the work of plm_pretrain, while the model is marked as running. */
static plm_status pretrain(plm_model *m, plm_data *unlabelled, const char *method,
                           const plm_pretrain_options *options)
{
    PLM_TRY(plm_model_ready(m));
    if (unlabelled == NULL)
        return plm_fail(m->w, PLM_E_ORDER, "plm_pretrain",
                        "open the data with plm_data_open or plm_data_arrays",
                        "there are no rows to pretrain on");
    pretraining p = {.m = m, .data = unlabelled, .arena = {.w = m->w}};
    PLM_TRY(plm_take_options(m->w, "plm_pretrain", options, options != NULL ? options->size : 0,
                             &p.o, sizeof p.o));
    plm_status status = bind_method(&p, method);
    if (status >= 0)
        status = plm_model_check_columns(m, unlabelled, false, PLM_COLUMNS_NEW);
    if (status >= 0)
        status = plm_model_learn_columns(m, unlabelled, false);
    if (status >= 0)
        status = pretrain_all(&p);
    plm_arena_free(&p.arena);
    return status;
}

/* Pretrains the hidden dense layers of a compiled model, one after the other, on rows whose targets
 * are not used. The model stays locked against other calls until all layers are done. */
plm_status plm_pretrain(plm_model *m, plm_data *unlabelled, const char *method,
                        const plm_pretrain_options *options)
{
    PLM_TRY(plm_data_idle(unlabelled, "plm_pretrain"));
    PLM_TRY(plm_model_begin(m, "plm_pretrain"));
    const char *before = plm_data_hold(unlabelled, "plm_pretrain");
    const plm_status status = pretrain(m, unlabelled, method, options);
    plm_data_let(unlabelled, before);
    return plm_model_end(m, status);
}
