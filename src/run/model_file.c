/* Finds the model file of a run, and says why a folder has none. */
#include <stdio.h>
#include <string.h>

#include "base/contents.h"
#include "base/json.h"
#include "base/system.h"
#include "run/job.h"

/* Returns the path of the model file. path: a model file, or the folder of a run. */
const char *plm_run_model_file(plm_arena *a, const char *path)
{
    const char *inside = plm_arena_format(a, "%s/model.safetensors", path);
    if (inside == NULL)
        return NULL;
    return plm_path_exists(inside) ? inside : plm_arena_text(a, path, SIZE_MAX);
}

/* Returns the epoch, from 1, in which the first number that is not finite was found (G110), by the
 * findings of doctor.json; 0 = there is no such finding. */
static int64_t lost_epoch(const json_t *findings)
{
    size_t i = 0;
    json_t *one = NULL;
    json_array_foreach(findings, i, one)
    {
        const char *code = json_string_value(json_object_get(one, "code"));
        if (code != NULL && strcmp(code, "G110") == 0)
            return (int64_t)json_integer_value(
                json_object_get(json_object_get(one, "found"), "epoch"));
    }
    return 0;
}

/* A training whose loss is not finite leaves doctor.json, whether a doctor has watched or not. A
 * file that cannot be read says nothing. */
plm_status plm_run_lost(plm *w, const char *folder, int64_t *epoch)
{
    char path[PLM_PATH_CAPACITY];
    size_t length = 0;
    json_t *root = NULL;
    *epoch = 0;
    const int fits = snprintf(path, sizeof path, "%s/doctor.json", folder);
    if (fits < 0 || fits >= (int)sizeof path || !plm_path_exists(path))
        return PLM_OK;
    char *text = plm_contents(w, path, 1 << 24, &length);
    const plm_status status =
        text != NULL ? plm_json_parse(w, path, "findings", text, length, &root) : PLM_OK;
    if (status >= 0 && root != NULL)
        *epoch = lost_epoch(json_object_get(root, "findings"));
    json_decref(root);
    plm_release(w, text);
    return status == PLM_E_MEMORY ? status : PLM_OK;
}

/* A run of which only a model was kept has no checkpoint. A damaged one says nothing. */
plm_status plm_run_since(plm *w, const char *folder, plm_since *out)
{
    char path[PLM_PATH_CAPACITY];
    *out = (plm_since){0};
    const int fits = snprintf(path, sizeof path, "%s/checkpoint.safetensors", folder);
    if (fits < 0 || fits >= (int)sizeof path || !plm_path_exists(path))
        return PLM_OK;
    const plm_status status = plm_checkpoint_since(w, path, out);
    return status == PLM_E_MEMORY || status == PLM_E_IO ? status : PLM_OK;
}

/* Fails for the folder of a run that has no model. A training that was stopped can go on; one whose
 * loss was not finite would end in the same step again. */
static plm_status fail_run(plm_arena *a, const char *path)
{
    int64_t lost = 0;
    PLM_TRY(plm_run_lost(a->w, path, &lost));
    if (lost > 0)
        return plm_fail(a->w, PLM_E_IO, path,
                        plm_arena_format(a, "plummet doctor %s says why, and what to change", path),
                        "this run has no model: its loss was not finite in epoch %lld",
                        (long long)lost);
    return plm_fail(a->w, PLM_E_IO, path, plm_arena_format(a, "plummet train --resume %s", path),
                    "this run has no model yet");
}

/* Checks that a path can name a model. If a folder has no model, the message depends on whether it
 * is the folder of a run. */
plm_status plm_run_model_check(plm_arena *a, const char *path)
{
    const char *file = plm_run_model_file(a, path), *run = plm_arena_format(a, "%s/run.yaml", path);
    if (!file || !run)
        return PLM_E_MEMORY;
    if (!plm_path_is_folder(file))
        return PLM_OK;
    if (plm_path_exists(run))
        return fail_run(a, path);
    return plm_fail(a->w, PLM_E_IO, path,
                    "name a model file, or the folder of a run, such as runs/digits-0001",
                    "there is no model in this folder");
}
