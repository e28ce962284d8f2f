/* Changes keys of a run file: an argument of the optimizer, a transform in the pipeline of the
 * data, the output layer with its loss, or a misspelled word. The rest of each value stays as it
 * is. */
#include "repair/setting_edits.h"

#include <string.h>

#include "base/spec.h"
#include "base/split.h"
#include "repair/layer_edits.h"

/* Sets or removes an argument of the optimizer. A clipping limit that the user has chosen is never
 * changed: the move only adds a limit if there is none, or removes it. */
plm_status plm_edit_option(plm_arena *a, const plm_settings *s, const char *key, const char *value,
                           plm_change *c)
{
    const plm_setting *setting = plm_setting_of(s, "optimizer");
    const plm_spec *own = NULL, *given = NULL;
    if (setting->count == 0)
        return PLM_OK;
    PLM_TRY(plm_spec_parse(a, setting->item[0].text, &own));
    if (value != NULL)
        PLM_TRY(plm_spec_parse(a, value, &given));
    if ((given == NULL) == (plm_spec_argument_of(own, key, SIZE_MAX) == NULL))
        return PLM_OK; /* there is no argument to remove, or the user has chosen a limit */
    const plm_spec *changed = plm_spec_with(a, own, key, given);
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
plm_status plm_edit_step(plm_arena *a, const plm_settings *s, const char *step, plm_change *c)
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
plm_status plm_edit_usual_output(plm_arena *a, const plm_examined *e, plm_change *c)
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
plm_status plm_edit_spelling(plm_arena *a, const plm_settings *s, const plm_finding *f,
                             plm_change *c)
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
