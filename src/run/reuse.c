/* Reuse of trained models in run files: the keys start, cut, freeze, frozen_epochs, unfreeze and
 * learning_rate_factors. The layers of another model are loaded from its file, unneeded ones are
 * removed, and others are frozen; the layers of the run file are added after them. */
#include "run/reuse.h"

#include <string.h>

#include "base/paths.h"
#include "base/split.h"
#include "model/layer_names.h"
#include "run/runfile.h"

/* Keys that have no effect without another key. A row has the key, the other key, and the hint of
 * the error. */
static const char *const needed[][3] = {
    {"cut", "start", "name the trained model, such as start: 'runs/NAME-0001'"},
    {"frozen_epochs", "freeze",
     "name the layers to freeze, freeze: 'dense*', or '*' for all layers of start"},
    {"frozen_optimizer", "frozen_epochs",
     "set the number of epochs with frozen layers, such as frozen_epochs: 4"}};

/* Fails if a key is set without another key that it needs. */
plm_status plm_reuse_check(plm_settings *s)
{
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        if (!plm_setting_text(s, needed[i][0]) || plm_setting_text(s, needed[i][1]))
            continue;
        return plm_setting_fail(s, needed[i][0], -1, needed[i][2], "%s has no effect without %s",
                                needed[i][0], needed[i][1]);
    }
    return PLM_OK;
}

/* Records an error at a key. A call of the library in a wrong order (E_ORDER) comes from a mistake
 * in the run file, so it becomes E_SPEC. */
static plm_status fail_key(plm_job *j, plm_settings *s, const char *key, int item)
{
    const plm_status status = plm_last_error(j->w)->status;
    return plm_job_fail_key(j, s, status == PLM_E_ORDER ? PLM_E_SPEC : status, key, item);
}

/* *out NULL = the run starts from no model. */
plm_status plm_reuse_donor(plm_settings *s, const char **out)
{
    const char *start = plm_setting_text(s, "start");
    *out = NULL;
    if (!start)
        return PLM_OK;
    const char *path = plm_path_below(&s->arena, plm_run_settings_directory(s), start);
    *out = path ? plm_run_model_file(&s->arena, path) : NULL;
    return *out ? PLM_OK : PLM_E_MEMORY;
}

/* Removes layers of the model that the run starts from. The key cut is a number of layers, counted
 * from the end, or names. Without cut, a run that adds layers replaces the last layer. */
static plm_status cut(plm_job *j, plm_settings *s)
{
    const char *given = plm_setting_text(s, "cut");
    const bool adds = plm_setting_of(s, "model")->count > 0;
    int64_t count = adds;
    plm_status status = PLM_OK;
    if (given && !plm_read_whole(given, &count))
        status = plm_model_remove(j->model, given);
    else if (count != 0 || adds) /* otherwise the model keeps its outputs */
        status = plm_model_pop(j->model, count >= 0 && count < INT32_MAX ? (int)count : INT32_MAX);
    return status < 0 ? fail_key(j, s, given ? "cut" : "start", -1) : PLM_OK;
}

/* Says which layers are frozen, and which learn at another rate, in the model that the run starts
 * from, if the run file says nothing of it. */
static plm_status tell_kept(plm_job *j, plm_settings *s)
{
    enum { MOST = 8 };
    const char *start = plm_setting_text(s, "start");
    plm_text frozen = {.w = j->home}, factors = frozen;
    if (!plm_setting_text(s, "freeze") && !plm_setting_text(s, "unfreeze"))
        plm_model_name_frozen(j->model, MOST, &frozen);
    if (plm_setting_of(s, "learning_rate_factors")->count == 0)
        plm_model_name_factors(j->model, MOST, &factors);
    if (frozen.length)
        plm_warn(j->home, "layers that are frozen in %s stay frozen: %s; freeze=none trains them",
                 start, plm_text_get(&frozen));
    if (factors.length)
        plm_warn(j->home,
                 "learning rate factors of %s stay: %s; learning_rate_factors='LAYERS=1' ends them",
                 start, plm_text_get(&factors));
    const bool failed = frozen.failed || factors.failed;
    plm_text_free(&frozen);
    plm_text_free(&factors);
    return failed ? PLM_E_MEMORY : PLM_OK;
}

/* Freezes the layers of the key freeze; none = no layer, which overrides the freeze of a run file.
 * If the run has no frozen epochs, the layers of unfreeze are made trainable at once. */
static plm_status freeze(plm_job *j, plm_settings *s)
{
    const char *patterns = plm_setting_text(s, "freeze"), *freed = plm_setting_text(s, "unfreeze");
    if (freed && !plm_reuse_frozen_epochs(s) && plm_model_set_trainable(j->model, freed, true) < 0)
        return fail_key(j, s, "unfreeze", 0);
    const bool any = patterns && strcmp(patterns, "none") != 0;
    if (any && plm_model_set_trainable(j->model, patterns, false) < 0)
        return fail_key(j, s, "freeze", 0);
    return PLM_OK;
}

/* Loads the model of the key start, removes the layers of the key cut, and freezes layers. Layers
 * are removed before others are frozen, so that patterns match only the remaining layers. With
 * freeze=none, layers that are frozen in that model are trained. */
plm_status plm_reuse_start(plm_job *j, plm_settings *s)
{
    const char *donor = NULL;
    PLM_TRY(plm_reuse_donor(s, &donor));
    if (!donor)
        return PLM_OK;
    PLM_TRY(plm_run_model_check(&s->arena, donor));
    plm_job_keep_model(j, plm_model_load(j->w, donor, NULL));
    if (!j->model)
        return fail_key(j, s, "start", 0);
    PLM_TRY(cut(j, s));
    const char *frozen = plm_setting_text(s, "freeze");
    if (frozen && !strcmp(frozen, "none") && plm_model_set_trainable(j->model, "*", true) < 0)
        return fail_key(j, s, "freeze", 0);
    PLM_TRY(tell_kept(j, s));
    return freeze(j, s);
}

/* Sets the learning rate factor of one item, such as 'dense*=0.1': layer patterns and a factor.
 * Quotes around the item are removed here, as YAML removes them but the command line does not.
 * done [item]: the patterns of the items before; those of this item are added. */
static plm_status set_factor(plm_job *j, plm_settings *s, int item, const char **done)
{
    const char *text = plm_setting_of(s, "learning_rate_factors")->item[item].text,
               *equals = strrchr(text, '='), *number = equals ? equals + 1 : "";
    const size_t length = strlen(text);
    const size_t quoted = length > 1 && strchr("'\"", text[0]) && text[length - 1] == text[0];
    double factor = 0;
    size_t digits = equals ? strlen(number) - quoted : 0;
    digits = plm_trim(&number, digits);
    const char *value = plm_arena_text(&s->arena, number, digits);
    if (!value)
        return PLM_E_MEMORY;
    if (!plm_read_real(value, &factor))
        return plm_setting_fail(s, "learning_rate_factors", item,
                                "write patterns of layer names, '=' and a number: 'dense*=0.1'",
                                "'%s' is not a learning rate factor: it has no '=' with a number",
                                text);
    const char *name = text + quoted;
    const size_t letters = plm_trim(&name, (size_t)(equals - text) - quoted);
    const char *patterns = plm_arena_text(&s->arena, name, letters);
    if (!patterns)
        return PLM_E_MEMORY;
    done[item] = patterns;
    for (int i = 0; i < item; i++)
        if (!strcmp(done[i], patterns))
            return plm_setting_fail(s, "learning_rate_factors", item, "keep one of the two factors",
                                    "'%s' has a factor twice", patterns);
    return plm_model_set_learning_rate_factor(j->model, patterns, factor) < 0
               ? fail_key(j, s, "learning_rate_factors", item)
               : PLM_OK;
}

/* Freezes layers and sets learning rate factors. If the run starts from a model (key start),
 * plm_reuse_start has frozen the layers already. */
plm_status plm_reuse_layers(plm_job *j, plm_settings *s)
{
    const plm_setting *factors = plm_setting_of(s, "learning_rate_factors");
    if (!plm_setting_text(s, "start"))
        PLM_TRY(freeze(j, s));
    const char **done = plm_arena_array(&s->arena, factors->count + 1, sizeof *done);
    if (!done)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < factors->count; i++)
        PLM_TRY(set_factor(j, s, (int)i, done));
    return PLM_OK;
}

/* Checks the key unfreeze on a copy of the model. Otherwise a pattern that matches nothing would be
 * found only after the frozen epochs. */
plm_status plm_reuse_check_unfreeze(plm_job *j, plm_settings *s)
{
    const char *freed = plm_setting_text(s, "unfreeze");
    if (!freed || !plm_reuse_frozen_epochs(s))
        return PLM_OK;
    plm_model *copy = plm_model_clone(j->model);
    const plm_status status = !copy || plm_model_set_trainable(copy, freed, true) < 0
                                  ? fail_key(j, s, "unfreeze", 0)
                                  : PLM_OK;
    plm_model_free(copy);
    return status;
}

/* Returns the number of epochs in which layers stay frozen. 0 = there is no such phase. */
int64_t plm_reuse_frozen_epochs(plm_settings *s)
{
    return plm_setting_text(s, "freeze") ? plm_setting_count(s, "frozen_epochs", 0) : 0;
}

/* Begins the second phase of a run, after its frozen epochs. The model is compiled again, which
 * keeps the weights and makes the optimizer state for the layers that are now trained. */
plm_status plm_reuse_unfreeze(plm_job *j, plm_settings *s)
{
    const char *freed = plm_setting_text(s, "unfreeze"), *frozen = plm_setting_text(s, "freeze"),
               *loss = plm_setting_text(s, "loss"), *metrics = plm_setting_text(s, "metrics");
    PLM_TRY(plm_settings_sound(s, j->w));
    PLM_TRY(plm_model_set_trainable(j->model, freed ? freed : frozen, true));
    return plm_compile(j->model, plm_setting_text(s, "optimizer"), loss, metrics);
}
