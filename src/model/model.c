/* What the user says: layers by name, one after the other or joined. Nothing is computed here;
 * build.c does it. */
#include "model/model.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/letters.h"
#include "base/names.h"
#include "nn/layer/input.h"

plm_model *plm_model_new(plm *w)
{
    if (w == NULL)
        return NULL;
    plm_model *m = plm_allocate(w, sizeof *m);
    if (m == NULL)
        return NULL;
    if (pthread_mutex_init(&m->predicting, NULL) != 0) {
        plm_release(w, m);
        (void)plm_fail_memory(w, "plm_model_new");
        return NULL;
    }
    m->w = w;
    m->arena.w = w;
    m->epochs.w = w;
    m->built.w = w;
    m->layer_of.arena = m->next_free.arena = &m->arena;
    m->fault = w->fault;
    plm_model_new_tag(m);
    plm_runtime_join(w);
    for (int i = 0; i < PLM_WORDS; i++)
        m->word[i] = "";
    return m;
}

void plm_model_free(plm_model *m)
{
    if (m == NULL)
        return;
    if (m->running != NULL) { /* from within a callback: when the call is over */
        m->free_wanted = true;
        return;
    }
    plm *w = m->w;
    plm_model_unbuild(m);
    plm_parameters_free(m);
    plm_epochs_cut(&m->epochs, 0);
    plm_release(m->w, m->summary);
    plm_release(m->w, m->ones);
    plm_arena_free(&m->arena);
    pthread_mutex_destroy(&m->predicting);
    plm_release(w, m);
    plm_runtime_leave(w);
}

plm_status plm_model_end(plm_model *m, plm_status status)
{
    m->running = NULL;
    if (m->free_wanted)
        plm_model_free(m);
    return status;
}

static plm_value spoil(plm_model *m, plm_status status)
{
    if (m->fault >= 0) {
        m->fault = status;
        plm_model_keep_error(m, &m->kept_fault, status);
    }
    return (plm_value){0};
}

/* A name that is given is printable, so that whoever prints it need not think of it. */
static plm_status check_name(const plm_model *m, const char *where, const char *name)
{
    if (!plm_is_printable(name))
        return plm_fail(m->w, PLM_E_SPEC, where,
                        "use letters, digits and signs that can be printed",
                        "the name '%s' has characters that cannot be printed", name);
    if (plm_model_name_taken(m, name))
        return plm_fail(m->w, PLM_E_SPEC, where, "give each layer a name of its own",
                        "the name '%s' is taken", name);
    return PLM_OK;
}

/* The spec as it is stored: canonical, without the name. */
static const char *stored_text(plm_model *m, const plm_spec *s)
{
    plm_spec_argument *kept = plm_arena_array(&m->arena, s->count + 1, sizeof *kept);
    plm_spec copy = *s;
    if (kept == NULL)
        return NULL;
    copy.count = 0;
    copy.called = true;
    for (size_t i = 0; i < s->count; i++)
        if (s->argument[i].key == NULL || !plm_name_equal(s->argument[i].key, "name"))
            kept[copy.count++] = s->argument[i];
    copy.argument = kept;
    return plm_spec_text(&m->arena, &copy);
}

/* ---- layers ---- */

static plm_layer *layer_new(plm_model *m)
{
    plm_layer *grown =
        plm_arena_grow(&m->arena, m->layer, m->layers, &m->layer_room, sizeof *m->layer);
    if (grown == NULL)
        return NULL;
    m->layer = grown;
    m->layer[m->layers] = (plm_layer){.trainable = true, .learning_rate_factor = 1};
    return &m->layer[m->layers];
}

static plm_value layer_done(plm_model *m)
{
    const plm_status status = plm_model_keep_name(m, m->layers);
    if (status < 0)
        return spoil(m, status);
    m->layers++;
    m->compiled = false;
    return plm_model_value(m, m->layers - 1);
}

static plm_status fail_inputs(plm_model *m, const plm_layer *l, int low, int high, int count)
{
    char takes[48];
    if (low == high)
        snprintf(takes, sizeof takes, "%d input%s", low, low == 1 ? "" : "s");
    else
        snprintf(takes, sizeof takes, "%d to %d inputs", low, high);
    return plm_fail(m->w, PLM_E_SHAPE, l->where,
                    count == 0 ? "begin the model with its input: input(4), or input(28, 28)"
                               : "give it as many, behind an arrow: add() <- left right",
                    "%s takes %s and was given %d", l->kind->kind.name, takes, count);
}

static plm_status take_inputs(plm_model *m, plm_layer *l, int count, const plm_value *x)
{
    const int low = l->kind->inputs_high == 0 ? 1 : l->kind->inputs_low;
    const int high = l->kind->inputs_high == 0 ? 1 : l->kind->inputs_high;
    if (count < low || count > high || count > PLM_OPERANDS)
        return fail_inputs(m, l, low, high, count);
    for (int i = 0; i < count; i++) {
        size_t layer = 0;
        if (!plm_model_layer_of(m, x[i], &layer))
            return plm_fail(m->w, PLM_E_ORDER, l->where,
                            "use what plm_add, plm_input, plm_apply or plm_find gave you for this "
                            "model",
                            "input %d is not a value of this model", i);
        l->input[l->inputs++] = (int)layer;
    }
    return PLM_OK;
}

static plm_status check_rank(plm_model *m, const plm_layer *l, int rank, const int64_t *dims)
{
    if (rank < 0 || rank > PLM_RANK)
        return plm_fail(m->w, PLM_E_SHAPE, l->where, "use at most 8 axes", "the input has %d axes",
                        rank);
    return dims != NULL || rank == 0
               ? PLM_OK
               : plm_fail(m->w, PLM_E_ORDER, l->where, "give the length of each axis",
                          "the input has %d axes and dims is NULL", rank);
}

static plm_status input_shape(plm_model *m, plm_layer *l, int rank, const int64_t *dims)
{
    for (int i = 0; i < rank; i++)
        if (dims[i] < 1)
            return plm_fail(m->w, PLM_E_SHAPE, l->where, "give each axis a length of 1 or more",
                            "axis %d of the input has length %lld", i, (long long)dims[i]);
    l->shape = plm_shape_of(rank, dims);
    if (!plm_shape_fits(&l->shape))
        return plm_fail(m->w, PLM_E_SHAPE, l->where, "use shorter axes",
                        "the input's shape is too large");
    l->is_input = true;
    return PLM_OK;
}

static plm_status layer_bind(plm_model *m, plm_layer *l, const plm_spec *s)
{
    plm_layer_common common = {0};
    const plm_kind *kind = plm_kind_find(m->w, "layer", s->text);
    if (kind == NULL)
        return plm_last_error(m->w)->status;
    l->kind = (const plm_layer_kind *)(const void *)kind;
    void *config = plm_arena_take(&m->arena, kind->config_size + 1);
    if (config == NULL)
        return PLM_E_MEMORY;
    PLM_TRY(plm_fields_bind(&m->arena, "layer", kind, s, config, plm_layer_common_fields, &common));
    l->config = config;
    l->trainable = common.trainable;
    l->learning_rate_factor = common.learning_rate_factor;
    l->activity_regularizer = common.activity_regularizer;
    l->text = stored_text(m, s);
    const bool named = common.name != NULL && common.name[0] != '\0';
    if (named)
        PLM_TRY(check_name(m, NULL, common.name));
    l->name = named ? common.name : plm_model_free_name(m, kind->name);
    return l->name != NULL && l->text != NULL ? PLM_OK : PLM_E_MEMORY;
}

static plm_status layer_read(plm_model *m, plm_layer *l, const char *text, int count,
                             const plm_value *x)
{
    const plm_spec *s = NULL;
    l->where = plm_arena_format(&m->arena, "layer %zu, %s", m->layers, text);
    if (l->where == NULL)
        return PLM_E_MEMORY;
    plm_status status = plm_spec_parse(&m->arena, text, &s);
    if (status >= 0)
        status = layer_bind(m, l, s);
    if (status < 0) {
        plm_fail_within(m->w, "%s", l->where);
        return status;
    }
    if (strcmp(l->kind->kind.name, "input") != 0)
        return take_inputs(m, l, count, x);
    const plm_input_config *c = l->config;
    if (count > 0)
        return plm_fail(m->w, PLM_E_SPEC, l->where,
                        "put it first, or use plm_input for a second input",
                        "an input layer takes no input");
    PLM_TRY(check_rank(m, l, c->shape.count, c->shape.at));
    return input_shape(m, l, c->shape.count, c->shape.at);
}

plm_value plm_find(const plm_model *m, const char *name)
{
    const size_t at = m != NULL && name != NULL ? plm_index_find(&m->layer_of, name) : SIZE_MAX;
    return at != SIZE_MAX ? plm_model_value(m, at) : (plm_value){0};
}

/* "add() <- left right": the names after the arrow, in place of the value before. Cuts the text
 * at the arrow. */
static plm_status named_inputs(plm_model *m, char *text, int *count, plm_value x[PLM_OPERANDS])
{
    char *arrow = strstr(text, "<-");
    if (arrow == NULL)
        return PLM_OK;
    *arrow = '\0';
    *count = 0;
    for (char *at = arrow + 2; *(at += strspn(at, " ,\t")) != '\0';) {
        const size_t length = strcspn(at, " ,\t");
        const bool last = at[length] == '\0';
        at[length] = '\0';
        const plm_value v = plm_find(m, at);
        if (v.id == 0 || *count >= PLM_OPERANDS)
            return plm_fail(m->w, PLM_E_SPEC, text, "name layers that were said before, at most 8",
                            v.id == 0 ? "there is no layer '%s'" : "'%s' is one input too many",
                            at);
        x[(*count)++] = v;
        at += last ? length : length + 1;
    }
    return PLM_OK;
}

static plm_status check_words(const plm_model *m, int count, const plm_value *x, const char *format)
{
    if (m->fault < 0 || (format != NULL && (x != NULL || count <= 0)))
        return m->fault;
    return plm_fail(m->w, PLM_E_ORDER, "model",
                    "give a layer such as \"dense(10)\" and what it is applied to",
                    "a layer or its inputs are NULL");
}

static plm_value layer_said(plm_model *m, int count, const plm_value *x, const char *format,
                            va_list list)
{
    plm_text text = {.w = m->w};
    if (plm_model_idle(m, "plm_add") < 0)
        return (plm_value){0};
    const plm_status given = check_words(m, count, x, format);
    if (given < 0)
        return spoil(m, given);
    plm_value named[PLM_OPERANDS];
    plm_text_format_list(&text, format, list);
    for (int i = 0; i < count && i < PLM_OPERANDS; i++)
        named[i] = x[i];
    plm_layer *l = text.failed ? NULL : layer_new(m);
    plm_status status = l != NULL ? PLM_OK : PLM_E_MEMORY;
    if (status >= 0 && text.data != NULL)
        status = named_inputs(m, text.data, &count, named);
    if (status >= 0)
        status = layer_read(m, l, plm_text_get(&text), count, named);
    plm_text_free(&text);
    return status < 0 ? spoil(m, status) : layer_done(m);
}

plm_value plm_add(plm_model *m, const char *spec, ...)
{
    va_list list;
    if (m == NULL)
        return (plm_value){0};
    const plm_value last = m->layers > 0 ? plm_model_value(m, m->layers - 1) : (plm_value){0};
    va_start(list, spec);
    const plm_value y = layer_said(m, m->layers > 0 ? 1 : 0, &last, spec, list);
    va_end(list);
    return y;
}

plm_value plm_apply(plm_model *m, plm_value x, const char *spec, ...)
{
    va_list list;
    if (m == NULL)
        return (plm_value){0};
    va_start(list, spec);
    const plm_value y = layer_said(m, 1, &x, spec, list);
    va_end(list);
    return y;
}

plm_value plm_merge(plm_model *m, int count, const plm_value *x, const char *spec, ...)
{
    va_list list;
    if (m == NULL)
        return (plm_value){0};
    va_start(list, spec);
    const plm_value y = layer_said(m, count, x, spec, list);
    va_end(list);
    return y;
}

/* "input(28, 28)" and a name: what the spec would have said. */
static plm_status input_words(plm_model *m, plm_layer *l, const char *name, int rank,
                              const int64_t *dims)
{
    plm_text text = {.w = m->w};
    l->where = plm_arena_format(&m->arena, "layer %zu, input", m->layers);
    if (name != NULL)
        PLM_TRY(check_name(m, l->where, name));
    PLM_TRY(check_rank(m, l, rank, dims));
    for (int i = 0; i < rank; i++)
        plm_text_format(&text, "%s%lld", i > 0 ? ", " : "", (long long)dims[i]);
    if (!text.failed) /* a text that ran out of memory would be saved without its shape */
        l->text = plm_arena_format(&m->arena, "input(%s)", plm_text_get(&text));
    plm_text_free(&text);
    l->name =
        name != NULL ? plm_arena_text(&m->arena, name, SIZE_MAX) : plm_model_free_name(m, "input");
    return l->where != NULL && l->text != NULL && l->name != NULL ? PLM_OK : PLM_E_MEMORY;
}

plm_value plm_input(plm_model *m, const char *name, int rank, const int64_t *dims)
{
    if (m == NULL || m->fault < 0 || plm_model_idle(m, "plm_input") < 0)
        return (plm_value){0};
    plm_layer *l = layer_new(m);
    plm_status status = l != NULL ? input_words(m, l, name, rank, dims) : PLM_E_MEMORY;
    if (status >= 0)
        status = input_shape(m, l, rank, dims);
    return status < 0 ? spoil(m, status) : layer_done(m);
}

void plm_output(plm_model *m, plm_value y)
{
    size_t layer = 0;
    if (m == NULL || m->fault < 0 || plm_model_idle(m, "plm_output") < 0)
        return;
    if (!plm_model_layer_of(m, y, &layer) || m->outputs >= PLM_TARGETS) {
        spoil(m, plm_fail(m->w, PLM_E_ORDER, "plm_output", "declare at most 4 values of this model",
                          "the output is not a value of this model, or one too many"));
        return;
    }
    m->output[m->outputs++] = (int)layer;
    m->compiled = false;
}

const char *plm_model_setting(const plm_model *m, const char *key)
{
    if (m == NULL || key == NULL)
        return m == NULL ? "" : NULL;
    for (int i = 0; i < PLM_WORDS; i++)
        if (strcmp(key, plm_words[i].key) == 0)
            return m->word[i];
    return NULL;
}
