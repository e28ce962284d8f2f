/* Lists changes that may repair a fault. The table `treatments` has moves for the code of each
 * finding. A move is general, such as "relu in all hidden layers"; applied to the layers of a run
 * it becomes a change of keys. The first remedy of the finding, its help, comes first in the list.
 * Changes that replace layers are structural: they are tried last, since they change more than a
 * number. */
#include "repair/changes.h"

#include <string.h>

#include "base/chain.h"
#include "base/names.h"
#include "base/split.h"
#include "base/spec.h"
#include "repair/layer_edits.h"
#include "repair/setting_edits.h"

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
        return plm_edit_option(a, s, m->key, m->value, c);
    case OUTPUT:
        return plm_edit_usual_output(a, e, c);
    case STEP:
        return plm_edit_step(a, s, m->value, c);
    case SPELLING:
        return plm_edit_spelling(a, s, f, c);
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

/* True if a repair can try another value of a key: it changes the net or its training, and the
 * model has such an item with another text. */
static bool is_tried(const plm_settings *s, const plm_remedy *r)
{
    static const char tried[] = "optimizer|loss|data|class_weight|freeze|unfreeze|model";
    const plm_setting *items = plm_setting_of(s, "model");
    int64_t item = 0;
    if (strncmp(r->key, "model.", 6) != 0)
        return plm_pattern_matches(tried, r->key);
    return plm_read_whole(r->key + 6, &item) && item >= 0 && (size_t)item < items->count &&
           strcmp(items->item[item].text, r->value) != 0;
}

/* Copies the keys of a remedy that a repair can try to a change. */
static plm_status copy_keys(plm_arena *a, const plm_settings *s, const plm_remedy *r, plm_change *c)
{
    for (; r != NULL; r = r->also) {
        if (!is_tried(s, r))
            continue;
        PLM_TRY(plm_change_set(c, plm_arena_text(a, r->key, SIZE_MAX),
                               plm_arena_text(a, r->value, SIZE_MAX)));
    }
    return PLM_OK;
}

/* True if a change sets the key of a remedy, perhaps among others. */
static bool covers(const plm_change *c, const plm_remedy *r)
{
    for (int i = 0; i < c->sets; i++)
        if (strcmp(c->set[i].key, r->key) == 0)
            return true;
    return false;
}

/* Makes the change for a remedy: its own keys or, if it changes an argument of one layer, the same
 * in all layers of this kind. It sets nothing if a repair cannot try the remedy. */
static plm_status take_remedy(plm_arena *a, const plm_examined *e, const plm_finding *f,
                              const plm_remedy *r, plm_change *c)
{
    *c = (plm_change){.why = NULL};
    /* the layers that D202 and D203 need are moves of the table, which replace a rescaling */
    if (*r->key == '\0' || (plm_pattern_matches("D202|D203", f->code) && strchr(r->key, '.')))
        return PLM_OK;
    if (strncmp(r->key, "model.", 6) == 0 && r->also == NULL && strcmp(f->code, "S301") != 0) {
        move m;
        PLM_TRY(find_move(a, e->settings, r, &m));
        PLM_TRY(make(a, e, f, &m, c));
        if (covers(c, r))
            return PLM_OK;
    }
    *c = (plm_change){.why = plm_arena_format(a, "%s=%s", r->key, r->value),
                      .structural = strncmp(r->key, "model", 5) == 0};
    return c->why != NULL ? copy_keys(a, e->settings, r, c) : PLM_E_MEMORY;
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

/* Adds a change to the list. The help of the finding comes first, whatever it changes. Then changes
 * of numbers come before structural ones; otherwise the list is in the order of adding. A change
 * that two moves make is added once. helps: 1 if the list begins with the help, otherwise 0. */
static void add(plm_change *list, int *count, int helps, const plm_change *c)
{
    int at = *count;
    for (int i = 0; i < *count; i++)
        if (plm_change_is_same(&list[i], c)) {
            list[i].why = c->why; /* that of the table says more */
            return;
        }
    for (; at > helps && list[at - 1].structural && !c->structural; at--)
        list[at] = list[at - 1];
    list[at] = *c;
    ++*count;
}

/* Adds a change that a function returned with `status`. A change that is not possible or sets no
 * key is left out. */
static plm_status add_made(plm_status status, plm_change *list, int *count, int helps,
                           const plm_change *c)
{
    if (status >= 0 && c->sets > 0)
        add(list, count, helps, c);
    return status == PLM_E_MEMORY ? status : PLM_OK;
}

/* Lists the changes for a finding. A move that does not apply to the run, such as an optimizer that
 * the run already uses, is left out. */
plm_status plm_changes_find(plm_arena *a, const plm_examined *e, const plm_finding *f,
                            plm_change *out, int *count)
{
    plm_change list[MOVES + 4], c;
    int helps = 0;
    *count = 0;
    for (int i = 0; i < f->remedies; i++) {
        PLM_TRY(add_made(take_remedy(a, e, f, &f->remedy[i], &c), list, count, helps, &c));
        helps = i == 0 ? *count : helps;
    }
    for (size_t i = 0; i < sizeof treatments / sizeof treatments[0]; i++)
        for (int k = 0; k < MOVES && strcmp(treatments[i].code, f->code) == 0; k++)
            PLM_TRY(add_made(make(a, e, f, &treatments[i].move[k], &c), list, count, helps, &c));
    *count = *count < PLM_REPAIR_CHANGES ? *count : PLM_REPAIR_CHANGES;
    memcpy(out, list, (size_t)*count * sizeof *out);
    return PLM_OK;
}
