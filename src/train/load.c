/* Makes a compiled model from a document, for plm_model_load and plm_model_clone. The document may
 * come from an untrusted file. So its tensors are compared with the shapes of the net that it
 * describes before memory is allocated for parameters.
 *
 * A file is read in two steps. The codec (src/format) makes a document, without knowing any layer;
 * here the document becomes layers by plm_add, as if a user had written them, so that there is one
 * way to build a net and one place that checks it. A clone goes the same way, without a file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/letters.h"
#include "data/data.h"
#include "format/format.h"
#include "train/train.h"

/* Number of elements of a tensor that are converted at a time. */
enum { PIECE = 1024 };

static const char *const hint_damaged =
    "the file is damaged or was written by a faulty program: get it again, or save it again";

/* ---- document to layers ---- */

/* A document that is being made into a model. */
typedef struct {
    plm_model *m;                      /* the model that is made */
    const plm_document *d;             /* what was read from the file */
    plm_arena arena;                   /* memory of this struct's arrays, freed at the end; the
                                        * model has its own memory */
    const plm_document_tensor **order; /* [tensors] sorted by name */
    const plm_document_tensor **of;    /* [weights] the tensor of each parameter */
} builder;

/* Finds a layer by name among those built so far. In a file, each layer comes after its inputs. */
static plm_status find_layer(const builder *b, const char *name, plm_value *out)
{
    *out = plm_find(b->m, name);
    return out->id != 0 ? PLM_OK
                        : plm_fail(b->m->w, PLM_E_FORMAT, NULL, hint_damaged,
                                   "layer '%s' is used before it is defined", name);
}

/* Makes the spec of a layer with name='...' added, so that the layer keeps its name. *bare = the
 * spec has no arguments. In a document the name is a separate field; in the spec of a layer it is
 * an argument. */
static plm_status named_spec(builder *b, const plm_document_layer *l, const char **out, bool *bare)
{
    const plm_spec *s = NULL;
    const plm_spec name = {.type = PLM_SPEC_TEXT, .text = l->name};
    PLM_TRY(plm_spec_parse(&b->arena, l->spec, &s));
    if (s->type != PLM_SPEC_NAME)
        return plm_fail(b->m->w, PLM_E_FORMAT, NULL, hint_damaged, "'%s' is not a layer", l->spec);
    *bare = s->count == 0;
    s = plm_spec_with(&b->arena, s, "name", &name);
    *out = s != NULL ? plm_spec_text(&b->arena, s) : NULL;
    return *out != NULL ? PLM_OK : PLM_E_MEMORY;
}

/* Adds layer i to the model. Names are checked before they can appear in any message. */
static plm_status build_layer(builder *b, size_t i)
{
    const plm_document_layer *l = &b->d->layer[i];
    plm_value x[PLM_OPERANDS];
    const char *spec = NULL;
    bool bare = false;
    if (!plm_is_printable(l->name))
        return plm_fail(b->m->w, PLM_E_FORMAT, NULL, hint_damaged,
                        "the name of the layer has invisible characters");
    if (l->inputs > PLM_OPERANDS)
        return plm_fail(b->m->w, PLM_E_FORMAT, NULL, hint_damaged,
                        "the layer takes %d inputs, but at most %d are possible", l->inputs,
                        (int)PLM_OPERANDS);
    for (int k = 0; k < l->inputs; k++)
        PLM_TRY(find_layer(b, l->input[k], &x[k]));
    PLM_TRY(named_spec(b, l, &spec, &bare));
    const bool scalar = l->inputs == 0 && bare; /* an input whose row is a single number */
    const plm_value y =
        scalar ? plm_input(b->m, l->name, 0, NULL) : plm_merge(b->m, l->inputs, x, "%s", spec);
    return y.id != 0 ? PLM_OK : b->m->fault;
}

/* Records in the last error that layer i of the document is its place. */
static void fail_in_layer(const builder *b, size_t i)
{
    char place[96];
    snprintf(place, sizeof place, "layer '%.80s'", b->d->layer[i].name);
    plm_fail_in_layer(b->m->w, i, place);
}

/* Adds all layers of the document to the model and declares its outputs. */
static plm_status build_layers(builder *b)
{
    for (size_t i = 0; i < b->d->layers; i++) {
        const plm_status status = build_layer(b, i);
        if (status == PLM_E_FORMAT)
            fail_in_layer(b, i);
        PLM_TRY(status);
    }
    for (size_t i = 0; i < b->d->outputs; i++) {
        plm_value y = {0};
        PLM_TRY(find_layer(b, b->d->output[i], &y));
        plm_output(b->m, y);
    }
    return b->m->fault;
}

/* ---- tensors to parameters ---- */

/* Compares tensors by name, for qsort and bsearch. */
static int by_name(const void *a, const void *b)
{
    return strcmp((*(const plm_document_tensor *const *)a)->name,
                  (*(const plm_document_tensor *const *)b)->name);
}

/* Returns the tensor with this name, or NULL. */
static const plm_document_tensor *find_tensor(const builder *b, const char *name)
{
    /* bsearch compares the key with entries, so the key must have their type */
    const plm_document_tensor wanted = {.name = name}, *key = &wanted;
    const plm_document_tensor **found = NULL;
    if (b->d->tensors > 0)
        found = bsearch(&key, b->order, b->d->tensors, sizeof *b->order, by_name);
    return found != NULL ? *found : NULL;
}

/* Checks that the tensor of a parameter exists and has its shape. t: the tensor that was found for
 * the parameter; NULL = none. */
static plm_status check_tensor(const builder *b, const plm_weight *weight,
                               const plm_document_tensor *t)
{
    plm *w = b->m->w;
    if (t == NULL)
        return plm_fail(w, PLM_E_FORMAT, NULL, hint_damaged, "the tensor '%s' is missing",
                        weight->name);
    if (t->rank == weight->rank &&
        memcmp(t->dims, weight->dims, (size_t)t->rank * sizeof t->dims[0]) == 0)
        return PLM_OK;
    plm_text have = {.w = w}, want = {.w = w};
    for (int i = 0; i < t->rank; i++)
        plm_text_format(&have, "%s%lld", i > 0 ? ", " : "", (long long)t->dims[i]);
    for (int i = 0; i < weight->rank; i++)
        plm_text_format(&want, "%s%lld", i > 0 ? ", " : "", (long long)weight->dims[i]);
    (void)plm_fail(w, PLM_E_FORMAT, NULL, hint_damaged,
                   "the tensor '%s' has the shape [%s], but the net needs [%s]", t->name,
                   plm_text_get(&have), plm_text_get(&want));
    plm_text_free(&have);
    plm_text_free(&want);
    return PLM_E_FORMAT;
}

/* Finds the tensor of every parameter, and checks that every tensor is used. Sorting makes the
 * search fast: a large net has thousands of tensors. Tensors of a training (in checkpoints) are
 * ignored. */
static plm_status match_tensors(builder *b)
{
    const plm_graph *g = &b->m->graph;
    b->of = plm_arena_array(&b->arena, g->weights + 1, sizeof *b->of);
    b->order = plm_arena_array(&b->arena, b->d->tensors + 1, sizeof *b->order);
    bool *used = plm_arena_array(&b->arena, b->d->tensors + 1, sizeof *used);
    if (b->of == NULL || b->order == NULL || used == NULL)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < b->d->tensors; i++)
        b->order[i] = &b->d->tensor[i];
    if (b->d->tensors > 0)
        qsort(b->order, b->d->tensors, sizeof *b->order, by_name);
    for (size_t i = 0; i < g->weights; i++) {
        b->of[i] = find_tensor(b, g->weight[i].name);
        PLM_TRY(check_tensor(b, &g->weight[i], b->of[i]));
        used[b->of[i] - b->d->tensor] = true;
    }
    for (size_t i = 0; i < b->d->tensors; i++)
        if (!used[i] && strncmp(b->d->tensor[i].name, PLM_DOCUMENT_TRAINING,
                                sizeof PLM_DOCUMENT_TRAINING - 1) != 0)
            return plm_fail(b->m->w, PLM_E_FORMAT, NULL, hint_damaged,
                            "the tensor '%s' belongs to no layer", b->d->tensor[i].name);
    return PLM_OK;
}

/* Builds the net once without memory for parameters, to compare its shapes with those of the
 * tensors. */
static plm_status check_shapes(builder *b)
{
    plm_status status = plm_model_build(b->m, NULL);
    if (status >= 0)
        status = match_tensors(b);
    plm_model_unbuild(b->m);
    return status;
}

/* Converts n <= PIECE numbers of a tensor, from index `first` on, to out [n]. Half-precision
 * numbers are converted through a small buffer, so tensors are converted in pieces. */
static void read_numbers(const plm_document_tensor *t, size_t first, size_t n, plm_real *out)
{
    float piece[PIECE];
    if (t->dtype == PLM_F64 && sizeof(plm_real) == sizeof(double)) {
        memcpy(out, (const double *)t->data + first, n * sizeof(double));
        return;
    }
    plm_element_decode(t->dtype, piece, (const char *)t->data + first * plm_element_size(t->dtype),
                       n);
    for (size_t i = 0; i < n; i++)
        out[i] = piece[i];
}

/* Copies the tensors into the parameters, one after the other, through a buffer with the size of
 * the largest parameter. */
static plm_status fill(builder *b)
{
    plm_model *m = b->m;
    size_t largest = 1;
    for (size_t i = 0; i < m->graph.weights; i++)
        largest = m->graph.weight[i].count > largest ? m->graph.weight[i].count : largest;
    plm_real *values = plm_allocate_array(m->w, largest, sizeof *values);
    if (values == NULL)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < m->graph.weights; i++) {
        const plm_weight *weight = &m->graph.weight[i];
        for (size_t at = 0; at < weight->count; at += PIECE)
            read_numbers(b->of[i], at, weight->count - at < PIECE ? weight->count - at : PIECE,
                         values + at);
        plm_weight_write(weight, m->vector.p, values);
    }
    plm_release(m->w, values);
    m->adapted = true;
    plm_model_mark_dirty(m);
    return PLM_OK;
}

/* Returns a text of the document, or NULL if it is empty. */
static const char *or_null(const char *text)
{
    return text != NULL && text[0] != '\0' ? text : NULL;
}

/* Gives the model the settings of the document, except for those that plm_compile sets. A setting
 * that has a check is set by the function that checks it. All others are copied, so a new row of
 * the table (model/settings.h) needs no line here. */
static plm_status set_settings(builder *b)
{
    const plm_document *d = b->d;
    plm_model *m = b->m;
    PLM_TRY(plm_model_set_columns(m, d->setting[PLM_SETTING_INPUTS],
                                  d->setting[PLM_SETTING_TARGETS], NULL));
    PLM_TRY(plm_model_set_schema(m, d->setting[PLM_SETTING_SCHEMA], NULL));
    if (or_null(d->setting[PLM_SETTING_LOSS_WEIGHTS]) != NULL)
        PLM_TRY(plm_model_set_loss_weights(m, d->setting[PLM_SETTING_LOSS_WEIGHTS]));
    for (int i = 0; i < PLM_SETTINGS; i++) {
        if (or_null(d->setting[i]) == NULL || m->setting[i][0] != '\0')
            continue;
        const char *copy = plm_arena_text(&m->arena, d->setting[i], SIZE_MAX);
        if (copy == NULL)
            return PLM_E_MEMORY;
        m->setting[i] = copy;
    }
    return PLM_OK;
}

/* Makes the model: adds the layers, compares shapes, sets the settings, compiles, and copies the
 * parameters. The settings are set before the model is compiled, since compiling uses them. */
static plm_status build(builder *b)
{
    const plm_document *d = b->d;
    plm_status status = build_layers(b);
    if (status >= 0 && d->layers == 0)
        status = plm_fail(b->m->w, PLM_E_FORMAT, NULL, hint_damaged, "the model has no layers");
    PLM_TRY(status);
    /* tensors are compared before plm_compile allocates parameters */
    PLM_TRY(check_shapes(b));
    PLM_TRY(set_settings(b));
    b->m->restoring = true;
    status = plm_compile(b->m, or_null(d->setting[PLM_SETTING_OPTIMIZER]),
                         or_null(d->setting[PLM_SETTING_LOSS]),
                         or_null(d->setting[PLM_SETTING_METRICS]));
    b->m->restoring = false;
    return status < 0 ? status : fill(b);
}

/* Makes a compiled model from a document. where: the file or the call, for messages. */
plm_status plm_document_to_model(plm *w, const plm_document *d, const char *where, plm_model **out)
{
    *out = NULL;
    builder b = {.m = plm_model_new(w), .d = d, .arena = {.w = w}};
    if (b.m == NULL)
        return PLM_E_MEMORY;
    const plm_status status = build(&b);
    plm_arena_free(&b.arena);
    if (status < 0) {
        plm_fail_in_file(w, where);
        plm_model_free(b.m);
        return status;
    }
    *out = b.m;
    return PLM_OK;
}

/* Reads a model file. format == NULL: the first bytes of the file determine the format. */
plm_model *plm_model_load(plm *w, const char *path, const char *format)
{
    plm_model *m = NULL;
    plm_document d = {.arena = {.w = w}};
    if (w == NULL || w->fault < 0)
        return NULL;
    if (path == NULL) {
        (void)plm_fail(w, PLM_E_ORDER, "plm_model_load", "give the path of a model file",
                       "no path was given");
        return NULL;
    }
    if (plm_document_load(w, path, format, &d) < 0 || plm_document_to_model(w, &d, path, &m) < 0)
        m = NULL;
    plm_document_free(&d);
    return m;
}

/* Returns a compiled copy with the same parameters; the caller frees it. It is made by way of a
 * document, so the copy has exactly what a model file would have. */
plm_model *plm_model_clone(const plm_model *m)
{
    plm_model *copy = NULL;
    if (plm_model_ready(m) < 0)
        return NULL;
    plm_document d = {.arena = {.w = m->w}};
    if (plm_document_from_model(m, &d) < 0 ||
        plm_document_to_model(m->w, &d, "plm_model_clone", &copy) < 0)
        copy = NULL;
    plm_document_free(&d);
    return copy;
}
