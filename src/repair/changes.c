/* Lists changes that may repair a fault. The table `treatments` has moves for the code of each
 * finding. A move is general, such as "relu in all hidden layers"; applied to the layers of a run
 * it becomes a change of keys. The remedies of the finding itself come first in the list. Changes
 * that replace layers are structural: they are tried last, since they change more than a number. */
#include "repair/changes.h"

#include <string.h>

#include "base/chain.h"
#include "base/names.h"
#include "base/spec.h"
#include "base/split.h"
#include "repair/layer_edits.h"

/* What a move does. */
typedef enum {
    NOTHING,
    HIDDEN,    /* sets an argument of all hidden dense layers */
    GIVEN,     /* the same in those that have the argument */
    DROPOUT,   /* sets an argument of all dropout layers */
    BEHIND,    /* adds a layer after each hidden dense layer */
    FIRST,     /* adds a layer before all others */
    LAST,      /* adds a layer behind all others */
    OPTIMIZER, /* takes another optimizer */
    OPTION,    /* sets an argument of the optimizer; value NULL removes the argument */
    OUTPUT,    /* sets the last layer and the loss that are usual for the target */
    STEP,      /* adds a transform to the pipeline of the data */
    SPELLING,  /* takes the word that the message suggests */
} move_kind;

/* One move. */
typedef struct {
    move_kind kind;
    /* key: name of the argument; value: its new value; why: the reason, for users */
    const char *key, *value, *why;
} move;

#define HIDDEN_SELU {HIDDEN, "activation", "selu", "selu and its initializer in all hidden layers"}
#define HIDDEN_RELU {HIDDEN, "activation", "relu", "relu and its initializer in all hidden layers"}
#define INITIALIZERS {HIDDEN, "kernel_initializer", "", "the initializer that suits the activation"}
#define NORMALIZED                                                                                 \
    {BEHIND, NULL, "batch_normalization", "batch normalization after each hidden layer"}
#define SCALED {FIRST, NULL, "normalization", "standardized inputs"}
#define CLIPPED {OPTION, "clipnorm", "1", "clipped gradients"}
#define ADAM {OPTIMIZER, NULL, "adam(0.001)", "adam with its usual learning rate"}

enum { MOVES = 4 };

/* The general changes (moves) for each fault, in addition to the remedies of its finding. */
static const struct {
    const char *code;
    move move[MOVES];
} treatments[] = {
    {"D202", {SCALED}},
    {"D203", {{LAST, NULL, "normalization(invert=true)", "standardized targets"}}},
    {"D212", {{STEP, NULL, "shuffle", "shuffled rows in each epoch"}}},
    {"G101", {HIDDEN_SELU, HIDDEN_RELU, NORMALIZED}},
    {"G102", {INITIALIZERS, CLIPPED, NORMALIZED}},
    {"G103",
     {{HIDDEN, "bias_initializer", NULL, "biases that are 0 at the beginning"},
      INITIALIZERS,
      {HIDDEN, "activation", "leaky_relu", "leaky_relu in all hidden layers"},
      {HIDDEN, "activation", "elu", "elu in all hidden layers"}}},
    {"G104", {INITIALIZERS, SCALED, HIDDEN_RELU}},
    {"G110", {ADAM, CLIPPED, SCALED}},
    {"O403",
     {{GIVEN, "kernel_regularizer", "l2(0.0001)", "a weak regularizer in place of a strong one"}}},
    {"S300", {{SPELLING, NULL, NULL, "the correct spelling of a name"}}},
    {"S301", {{OUTPUT, NULL, NULL, "the usual last layer and loss for this target"}}},
    {"S302", {HIDDEN_RELU}},
    {"S303", {INITIALIZERS}},
    {"S304", {INITIALIZERS}},
    {"S305", {ADAM}},
    {"S306", {ADAM}},
    {"S308", {{OPTION, "clipnorm", NULL, "no clipping of the gradient"}}},
    {"S309", {{STEP, NULL, "batch(32)", "batches of 32 rows"}}},
};

/* True for faults of the data. They are reported but not repaired: only the user knows what the
 * rows should be. Three of them are repaired, since settings correct them: the scale of inputs
 * (D202) and of the target (D203), and rows that are not shuffled (D212). */
bool plm_change_is_refused(const plm_finding *f)
{
    return f->code[0] == 'D' && strcmp(f->code, "D202") != 0 && strcmp(f->code, "D203") != 0 &&
           !(strcmp(f->code, "D212") == 0 && strcmp(f->key, "data") == 0);
}

/* ---- the moves ---- */

/* Sets or removes an argument of the optimizer. A clipping limit that the user has chosen is never
 * changed: the move only adds a limit if there is none, or removes it. */
static plm_status set_option(plm_arena *a, const plm_settings *s, const move *m, plm_change *c)
{
    const plm_setting *setting = plm_setting_of(s, "optimizer");
    const plm_spec *own = NULL, *value = NULL;
    if (setting->count == 0)
        return PLM_OK;
    PLM_TRY(plm_spec_parse(a, setting->item[0].text, &own));
    if (m->value != NULL)
        PLM_TRY(plm_spec_parse(a, m->value, &value));
    if ((value == NULL) == (plm_spec_argument_of(own, m->key, SIZE_MAX) == NULL))
        return PLM_OK; /* there is no argument to remove, or the user has chosen a limit */
    const plm_spec *changed = plm_spec_with(a, own, m->key, value);
    return plm_change_set(c, "optimizer", changed != NULL ? plm_spec_text(a, changed) : NULL);
}

/* True if a stage of a pipeline is a transform of this name: batch or batch(8). */
static bool is_transform(const char *part, size_t length, const char *name)
{
    const size_t most = strlen(name);
    return length >= most && strncmp(part, name, most) == 0 &&
           (length == most || part[most] == '(' || part[most] == ' ');
}

/* Adds a transform to the pipeline of the data: shuffle before the batches, or batch(32) instead of
 * another batch size. The pipeline is split only at | outside of brackets, so a | within a spec
 * does not end a stage. The first stage is the source, whatever its name is. */
static plm_status add_step(plm_arena *a, const plm_settings *s, const char *step, plm_change *c)
{
    const plm_setting *setting = plm_setting_of(s, "data");
    const bool batch = is_transform(step, strlen(step), "batch");
    const char *rest = setting->count > 0 ? setting->item[0].text : NULL, *part = NULL;
    plm_text t = {.w = a->w};
    size_t length = 0;
    bool done = false;
    while (plm_split_next(&rest, '|', &part, &length)) {
        const bool here = t.length > 0 && is_transform(part, length, "batch");
        if (here)
            plm_text_format(&t, " | %s", step);
        if (!here || !batch)
            plm_text_format(&t, "%s%.*s", t.length > 0 ? " | " : "", (int)length, part);
        done = done || here;
    }
    if (!done)
        plm_text_format(&t, " | %s", step);
    const char *value = t.failed ? NULL : plm_arena_text(a, plm_text_get(&t), SIZE_MAX);
    plm_text_free(&t);
    return plm_change_set(c, "data", value);
}

/* Sets the last layer and the loss that are usual for the target: softmax for classes, sigmoid for
 * yes or no, no activation for numbers. */
static plm_status take_output(plm_arena *a, const plm_examined *e, plm_change *c)
{
    const plm_data_info *info = &e->job->about;
    const int64_t width = info->target_rank[0] > 0 ? info->target_dims[0][0] : 1;
    const int classes = plm_diagnosis_about(e->diagnosis).classes;
    const bool one_hot = width > 1, several = one_hot || classes > 2;
    const bool yes_no = !several && classes == 2;
    const char *loss = one_hot   ? "categorical_crossentropy"
                       : several ? "sparse_categorical_crossentropy"
                       : yes_no  ? "binary_crossentropy"
                                 : "mean_squared_error";
    const plm_layers_edit output = {.kind = "dense",
                                    .key = "activation",
                                    .every = true,
                                    .value = several  ? "softmax"
                                             : yes_no ? "sigmoid"
                                                      : "linear",
                                    .at = 1};
    PLM_TRY(plm_edit_output(a, e->settings, &output, c));
    return plm_change_set(c, "loss", loss);
}

/* Returns the last quoted word of a text, and sets *length. NULL = the text has no quoted word. */
static const char *find_quoted(const char *text, size_t *length)
{
    const char *end = strrchr(text, '\''), *begin = end;
    while (begin != NULL && begin > text && begin[-1] != '\'')
        begin--;
    *length = begin != NULL ? (size_t)(end - begin) : 0;
    return begin != NULL && begin > text ? begin : NULL;
}

/* Sets item i of a key to its text, in which another word replaces the first `word`. Nothing is set
 * if the text does not have this word. */
static plm_status replace(plm_arena *a, const plm_settings *s, const char *key, size_t i,
                          const char *word, const char *by, plm_change *c)
{
    const char *text = plm_setting_of(s, key)->item[i].text, *at = strstr(text, word);
    if (at == NULL)
        return PLM_OK;
    if (strcmp(key, "model") == 0)
        key = plm_arena_format(a, "model.%d", (int)i);
    return plm_change_set(
        c, key, plm_arena_format(a, "%.*s%s%s", (int)(at - text), text, by, at + strlen(word)));
}

/* Corrects a misspelled word: replaces the word that the error message quotes by the one in its
 * hint "did you mean relu?", or by the first one in "did you mean relu, elu or selu?". The word is
 * replaced in every key, since the message does not say which key has it. A hint that is a sentence
 * is not used. */
static plm_status spell(plm_arena *a, const plm_settings *s, const plm_finding *f, plm_change *c)
{
    static const char *const keys[] = {"model", "optimizer", "loss", "metrics"};
    static const char asks[] = "did you mean ";
    const char *hint = f->remedies > 0 ? strstr(f->remedy[0].value, asks) : NULL;
    size_t quoted = 0;
    const char *begin = find_quoted(f->what, &quoted);
    if (hint == NULL || quoted == 0)
        return PLM_OK;
    hint += strlen(asks);
    const size_t length = strcspn(hint, "?, ");
    if (hint[length] == ' ' && strncmp(hint + length, " or ", 4) != 0)
        return PLM_OK; /* it is no name */
    const char *word = plm_arena_text(a, begin, quoted), *by = plm_arena_text(a, hint, length);
    if (word == NULL || by == NULL)
        return PLM_E_MEMORY;
    for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++)
        for (size_t i = 0; i < plm_setting_of(s, keys[k])->count; i++)
            PLM_TRY(replace(a, s, keys[k], i, word, by, c));
    return PLM_OK;
}

/* True if the first remedy of the finding replaces the last item of the model, since its activation
 * must be removed before a layer is added behind it. */
static bool drops_activation(const plm_finding *f)
{
    return f->remedies > 0 && strncmp(f->remedy[0].key, "model.", 6) == 0 &&
           (strstr(f->remedy[0].value, "linear") != NULL ||
            strncmp(f->remedy[0].value, "normalization", 13) == 0);
}

/* Makes the change for one move. If the move has no effect, the change sets no key. Another
 * activation is a structural change, since it makes another net. */
static plm_status make(plm_arena *a, const plm_examined *e, const plm_finding *f, const move *m,
                       plm_change *c)
{
    const plm_settings *s = e->settings;
    const plm_layers_edit edit = {.kind = m->kind == DROPOUT ? "dropout" : "dense",
                                  .key = m->key,
                                  .value = m->value,
                                  .given = m->kind == GIVEN,
                                  .at = m->kind == DROPOUT ? 0 : SIZE_MAX},
                          behind = {.kind = "dense", .behind = m->value};
    *c = (plm_change){.why = m->why};
    c->structural = m->kind == BEHIND || (m->key != NULL && strcmp(m->key, "activation") == 0);
    switch (m->kind) {
    case HIDDEN:
    case GIVEN:
    case DROPOUT:
        return plm_edit_hidden(a, s, &edit, c);
    case BEHIND:
        return plm_edit_hidden(a, s, &behind, c);
    case LAST:
        if (drops_activation(f))
            return plm_change_set(c, f->remedy[0].key, f->remedy[0].value);
        return plm_edit_add_layer(a, s, m->value, true, c);
    case FIRST:
        return plm_edit_add_layer(a, s, m->value, false, c);
    case OPTIMIZER:
        return plm_change_set(c, "optimizer", m->value);
    case OPTION:
        return set_option(a, s, m, c);
    case OUTPUT:
        return take_output(a, e, c);
    case STEP:
        return add_step(a, s, m->value, c);
    case SPELLING:
        return spell(a, s, f, c);
    case NOTHING:
        break;
    }
    return PLM_OK;
}

/* ---- the remedies of the finding ---- */

/* Finds the last layer in the text of an item of the key model; *out = NULL if the item cannot be
 * parsed. Errors: E_MEMORY. */
static plm_status find_last(plm_arena *a, const char *item, const plm_spec **out)
{
    plm_chain chain;
    *out = NULL;
    plm_status status = plm_chain_parse(a, item, &chain);
    if (status >= 0)
        status = plm_spec_parse(a, chain.part[chain.parts - 1].layer, out);
    if (status < 0 || (*out)->type != PLM_SPEC_NAME)
        *out = NULL;
    return status == PLM_E_MEMORY ? status : PLM_OK;
}

/* A remedy names a layer with some arguments; `given` is one of them. If the layer of the run,
 * `before`, has another value of this argument, sets *out to that change; otherwise *out is not
 * changed. */
static plm_status read_argument(plm_arena *a, const plm_spec *before,
                                const plm_spec_argument *given, bool dropout, move *out)
{
    const char *key = dropout && given->key == NULL ? "rate" : given->key;
    if (key == NULL)
        return PLM_OK;
    const plm_spec *old = plm_spec_argument_of(before, key, dropout ? 0 : SIZE_MAX);
    const char *value = plm_spec_text(a, given->value),
               *was = old != NULL ? plm_spec_text(a, old) : "",
               *why = plm_arena_format(a, "%s=%s in all layers of this kind", key, value);
    if (value == NULL || was == NULL || why == NULL)
        return PLM_E_MEMORY;
    if (strcmp(value, was) != 0)
        *out = (move){dropout ? DROPOUT : HIDDEN, key, value, why};
    return PLM_OK;
}

/* Converts a remedy for one layer to a move for all layers of its kind: sets the argument in
 * which the layer of the remedy differs from the layer in the run file. NOTHING = the remedy
 * changes something else. A finding names one layer, but its fault is usually shared by all
 * hidden layers. */
static plm_status find_move(plm_arena *a, const plm_settings *s, const plm_remedy *r, move *out)
{
    const plm_setting *items = plm_setting_of(s, "model");
    int64_t item = 0;
    const size_t at = plm_read_whole(r->key + strlen("model."), &item) ? (size_t)item : SIZE_MAX;
    const plm_spec *now = NULL, *before = NULL;
    *out = (move){NOTHING, NULL, NULL, NULL};
    PLM_TRY(find_last(a, r->value, &now));
    if (at < items->count)
        PLM_TRY(find_last(a, items->item[at].text, &before));
    if (now == NULL || before == NULL || !plm_name_equal(now->text, before->text))
        return PLM_OK;
    const bool dropout = plm_pattern_matches("*dropout", now->text);
    for (size_t i = 0; i < now->count && out->kind == NOTHING; i++)
        PLM_TRY(read_argument(a, before, &now->argument[i], dropout, out));
    return PLM_OK;
}

/* Makes the change for a remedy. It sets nothing if the remedy has no key, or changes the
 * metrics. */
static plm_status take_remedy(plm_arena *a, const plm_examined *e, const plm_finding *f,
                              const plm_remedy *r, plm_change *c)
{
    *c = (plm_change){.why = NULL};
    if (strncmp(r->key, "model.", 6) == 0 && strcmp(f->code, "S301") == 0)
        return PLM_OK; /* only a move of the kind OUTPUT changes the last layer */
    if (strncmp(r->key, "model.", 6) == 0) {
        move m;
        PLM_TRY(find_move(a, e->settings, r, &m));
        return make(a, e, f, &m, c);
    }
    if (!plm_pattern_matches("optimizer|loss|data|class_weight", r->key))
        return PLM_OK;
    c->why = plm_arena_format(a, "%s=%s", r->key, r->value);
    if (c->why == NULL)
        return PLM_E_MEMORY;
    return plm_change_set(c, plm_arena_text(a, r->key, SIZE_MAX),
                          plm_arena_text(a, r->value, SIZE_MAX));
}

/* ---- the list ---- */

/* Two changes are the same if they set the same keys to the same texts, in the same order. */
bool plm_change_is_same(const plm_change *a, const plm_change *b)
{
    for (int i = 0; i < a->sets; i++)
        if (i >= b->sets || strcmp(a->set[i].key, b->set[i].key) != 0 ||
            strcmp(a->set[i].value, b->set[i].value) != 0)
            return false;
    return a->sets == b->sets;
}

/* Adds a change to the list. Changes of numbers come before structural ones; otherwise the list is
 * in the order of adding. A change that two moves make is added once. */
static void add(plm_change *list, int *count, const plm_change *c)
{
    int at = *count;
    for (int i = 0; i < *count; i++)
        if (plm_change_is_same(&list[i], c)) {
            list[i].why = c->why; /* that of the table says more */
            return;
        }
    for (; at > 0 && list[at - 1].structural && !c->structural; at--)
        list[at] = list[at - 1];
    list[at] = *c;
    ++*count;
}

/* Adds a change that a function returned with `status`. A change that is not possible or sets no
 * key is left out. */
static plm_status add_made(plm_status status, plm_change *list, int *count, const plm_change *c)
{
    if (status >= 0 && c->sets > 0)
        add(list, count, c);
    return status == PLM_E_MEMORY ? status : PLM_OK;
}

/* Lists the changes for a finding. A move that does not apply to the run, such as an optimizer that
 * the run already uses, is left out. */
plm_status plm_changes_find(plm_arena *a, const plm_examined *e, const plm_finding *f,
                            plm_change *out, int *count)
{
    plm_change list[MOVES + 4], c;
    *count = 0;
    for (int i = 0; i < f->remedies; i++)
        PLM_TRY(add_made(take_remedy(a, e, f, &f->remedy[i], &c), list, count, &c));
    for (size_t i = 0; i < sizeof treatments / sizeof treatments[0]; i++)
        for (int k = 0; k < MOVES && strcmp(treatments[i].code, f->code) == 0; k++)
            PLM_TRY(add_made(make(a, e, f, &treatments[i].move[k], &c), list, count, &c));
    *count = *count < PLM_REPAIR_CHANGES ? *count : PLM_REPAIR_CHANGES;
    memcpy(out, list, (size_t)*count * sizeof *out);
    return PLM_OK;
}
