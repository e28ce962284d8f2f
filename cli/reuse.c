/* Reuse in run files: start, cut, freeze, frozen_epochs, unfreeze, learning_rate_factors. */
#include "reuse.h"

#include <stdlib.h>
#include <string.h>

#include "runfile.h"

/* Keys that mean nothing without another. */
static const char *const needed[][3] = {
    {"cut", "start", "name the trained model: start: runs/NAME-0001"},
    {"frozen_epochs", "freeze",
     "say which layers: freeze: 'dense*', or '*' for all that start gives"},
    {"frozen_optimizer", "frozen_epochs", "say for how many epochs: frozen_epochs: 4"}};

int plm_cli_reuse_check(plm_cli_settings *s)
{
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        if (!plm_cli_setting_text(s, needed[i][0]) || plm_cli_setting_text(s, needed[i][1]))
            continue;
        return plm_cli_setting_fail(s, needed[i][0], -1, needed[i][2], "%s is said without %s",
                                    needed[i][0], needed[i][1]);
    }
    return PLM_EXIT_GOOD;
}

/* What comes too early or too late for the library is a mistake in the run file, which asks for
 * it. */
static int fail_key(plm_cli_job *j, const plm_cli_settings *s, const char *key, int item)
{
    const plm_status status = plm_last_error(j->w)->status;
    return plm_cli_job_fail_key(j, s, status == PLM_E_ORDER ? PLM_E_SPEC : status, key, item);
}

char *plm_cli_reuse_donor(plm_cli_settings *s)
{
    const char *start = plm_cli_setting_text(s, "start");
    char *path = start ? plm_cli_below(plm_cli_run_folder(s), start) : NULL;
    char *file = path ? plm_cli_model_file(path) : NULL;
    free(path);
    return file;
}

/* cut is a number of layers or the names of some; a run that adds layers puts them in the place
 * of the last one. */
static int cut(plm_cli_job *j, plm_cli_settings *s)
{
    const char *said = plm_cli_setting_text(s, "cut");
    int64_t count = plm_cli_setting_of(s, "model")->count > 0;
    plm_status status = PLM_OK;
    if (said && !plm_cli_whole(said, &count))
        status = plm_model_remove(j->model, said);
    else
        status = plm_model_pop(j->model, count >= 0 && count < INT32_MAX ? (int)count : INT32_MAX);
    return status < 0 ? fail_key(j, s, said ? "cut" : "start", -1) : PLM_EXIT_GOOD;
}

static int freeze(plm_cli_job *j, plm_cli_settings *s)
{
    const char *patterns = plm_cli_setting_text(s, "freeze"),
               *freed = plm_cli_setting_text(s, "unfreeze");
    if (freed && !plm_cli_reuse_frozen_epochs(s) &&
        plm_model_set_trainable(j->model, freed, true) < 0)
        return fail_key(j, s, "unfreeze", 0);
    if (patterns && plm_model_set_trainable(j->model, patterns, false) < 0)
        return fail_key(j, s, "freeze", 0);
    return PLM_EXIT_GOOD;
}

int plm_cli_reuse_start(plm_cli_job *j, plm_cli_settings *s)
{
    char *donor = plm_cli_reuse_donor(s);
    if (!donor)
        return PLM_EXIT_GOOD;
    int code = plm_cli_check_model(donor);
    if (!code)
        j->model = plm_model_load(j->w, donor, NULL);
    free(donor);
    if (code)
        return code;
    if (!j->model)
        return fail_key(j, s, "start", 0);
    code = cut(j, s);
    return code ? code : freeze(j, s);
}

/* 'dense*=0.1': patterns and a factor, in quotes or not (YAML takes them away, the command line
 * does not). */
static int set_factor(plm_cli_job *j, plm_cli_settings *s, int item)
{
    const char *text = plm_cli_setting_of(s, "learning_rate_factors")->item[item].text,
               *equals = strrchr(text, '=');
    const size_t length = strlen(text);
    const size_t quoted = length > 1 && strchr("'\"", text[0]) && text[length - 1] == text[0];
    double factor = 0;
    char *number = equals ? plm_cli_trimmed(equals + 1, strlen(equals + 1) - quoted) : NULL;
    if (!number || !plm_cli_real(number, &factor)) {
        free(number);
        return plm_cli_setting_fail(s, "learning_rate_factors", item,
                                    "write patterns of layer names, '=' and a number: 'dense*=0.1'",
                                    "'%s' is no factor of a learning rate", text);
    }
    char *patterns = plm_cli_trimmed(text + quoted, (size_t)(equals - text) - quoted);
    plm_status status = plm_model_set_learning_rate_factor(j->model, patterns, factor);
    free(patterns);
    free(number);
    return status < 0 ? fail_key(j, s, "learning_rate_factors", item) : PLM_EXIT_GOOD;
}

int plm_cli_reuse_layers(plm_cli_job *j, plm_cli_settings *s)
{
    const plm_cli_setting *factors = plm_cli_setting_of(s, "learning_rate_factors");
    int code = plm_cli_setting_text(s, "start") ? PLM_EXIT_GOOD : freeze(j, s);
    for (size_t i = 0; !code && i < factors->count; i++)
        code = set_factor(j, s, (int)i);
    return code;
}

int plm_cli_reuse_check_unfreeze(plm_cli_job *j, plm_cli_settings *s)
{
    const char *freed = plm_cli_setting_text(s, "unfreeze");
    if (!freed || !plm_cli_reuse_frozen_epochs(s))
        return PLM_EXIT_GOOD;
    plm_model *copy = plm_model_clone(j->model);
    int code = !copy || plm_model_set_trainable(copy, freed, true) < 0
                   ? fail_key(j, s, "unfreeze", 0)
                   : PLM_EXIT_GOOD;
    plm_model_free(copy);
    return code;
}

int64_t plm_cli_reuse_frozen_epochs(plm_cli_settings *s)
{
    return plm_cli_setting_text(s, "freeze") ? plm_cli_setting_count(s, "frozen_epochs", 0) : 0;
}

plm_status plm_cli_reuse_unfreeze(plm_cli_job *j, plm_cli_settings *s)
{
    const char *freed = plm_cli_setting_text(s, "unfreeze");
    plm_status status =
        plm_model_set_trainable(j->model, freed ? freed : plm_cli_setting_text(s, "freeze"), true);
    return status < 0
               ? status
               : plm_compile(j->model, plm_cli_setting_text(s, "optimizer"),
                             plm_cli_setting_text(s, "loss"), plm_cli_setting_text(s, "metrics"));
}
