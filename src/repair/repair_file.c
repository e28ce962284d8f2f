/* Writes a repaired run file: its settings, with a comment at each change, and the record of the
 * proof. The file is written from the settings as they were read, not by editing the text of the
 * user's file. */
#include <string.h>

#include "base/contents.h"
#include "base/system.h"
#include "repair/repair.h"
#include "run/recipe.h"

/* Splits the name of a key: "model.3" gives "model" and *item = 3; *item = -1 stands for the whole
 * key. */
static const char *split_key(plm_arena *a, const char *key, int *item)
{
    const char *dot = strchr(key, '.');
    *item = -1;
    if (dot == NULL)
        return key;
    *item = 0;
    for (const char *c = dot + 1; *c >= '0' && *c <= '9'; c++)
        *item = 10 * *item + (*c - '0');
    return plm_arena_text(a, key, (size_t)(dot - key));
}

/* Returns the value of a key or an item before the repair: its text, "none", or NULL for a whole
 * list. */
static const char *old_text(const plm_setting *now, const plm_setting *was, int item)
{
    const size_t at = item >= 0 ? (size_t)item : 0;
    if (item < 0 && now->count > 1)
        return NULL;
    return at < was->count ? was->item[at].text : "none";
}

/* Returns the comment of a key: why it was changed, after the reasons of earlier changes of this
 * repair (`comment`; NULL = there are none), and its old value. NULL = no memory. */
static const char *comment_of(plm_settings *s, const char *comment, const char *why,
                              const char *old)
{
    const bool again = comment && !strncmp(comment, "repaired ", 9);
    const char *end = again ? strstr(comment, "; was ") : NULL;
    return plm_arena_format(&s->arena, "repaired %.*s%s%s%s%s", end ? (int)(end - comment) - 9 : 0,
                            end ? comment + 9 : "", end ? "; " : "", why, old ? "; was " : "",
                            old ? old : "");
}

/* Adds a comment to one key of a change. A key that an earlier change of this repair has set keeps
 * the reason of that, too. before: the settings before the repair. */
static plm_status comment_set(plm_settings *s, const plm_settings *before, const char *why,
                              const plm_remedy *set)
{
    int item = -1;
    const char *key = split_key(&s->arena, set->key, &item);
    plm_setting *now = key != NULL ? plm_setting_of(s, key) : NULL;
    const plm_setting *was = key != NULL ? plm_setting_of(before, key) : NULL;
    if (now == NULL || was == NULL)
        return PLM_E_MEMORY;
    const char *old = old_text(now, was, item);
    const bool one = item >= 0 && (size_t)item < now->count;
    const char **comment = one ? &now->item[item].comment : &now->comment;
    *comment = comment_of(s, *comment, why, old);
    return *comment != NULL ? PLM_OK : PLM_E_MEMORY;
}

/* Comments one change. */
static plm_status comment_change(plm_settings *s, const plm_settings *before, const char *code,
                                 const plm_change *c)
{
    const char *why = plm_arena_format(&s->arena, "%s: %s", code, c->why);
    if (why == NULL)
        return PLM_E_MEMORY;
    for (int i = 0; i < c->sets; i++)
        PLM_TRY(comment_set(s, before, why, &c->set[i]));
    return PLM_OK;
}

/* Comments all changes that were kept. */
static plm_status comment(const plm_repair *record, plm_settings *s, const plm_settings *before)
{
    for (int i = 0; i < record->rounds; i++) {
        const plm_repair_round *round = record->round[i];
        if (round->kept >= 0)
            PLM_TRY(comment_change(s, before, round->code, &round->change[round->kept]));
    }
    return PLM_OK;
}

/* Loads the run file with the changes and without them, and writes the settings with the changes.
 * */
static plm_status write(const plm_repairing *r, plm_settings *now, plm_settings *before,
                        const char *folder, plm_text *t)
{
    PLM_TRY(plm_settings_open(now, r->w, plm_run_keys));
    PLM_TRY(plm_settings_open(before, r->w, plm_run_keys));
    PLM_TRY(plm_run_settings_load(now, r->path, r->count, r->key_value));
    /* without the changes the settings may be invalid, but their texts can be read */
    const plm_status old = plm_run_settings_load(before, r->path, r->overrides, r->override);
    if (old == PLM_E_MEMORY)
        return old;
    PLM_TRY(comment(&r->record, now, before));
    plm_run_settings_write(now, t, folder, false);
    return t->failed ? PLM_E_MEMORY : PLM_OK;
}

/* Adds the repaired run file as text: all keys, with a comment at each change. folder: the folder
 * in which the file will be. */
static plm_status add_run_file(const plm_repairing *r, const char *folder, plm_text *t)
{
    plm_settings now = {0}, before = {0};
    plm_text_format(t, "# repaired by plummet doctor --repair %s\n", r->path);
    const plm_status status = write(r, &now, &before, folder, t);
    plm_settings_free(&before);
    plm_settings_free(&now);
    return status;
}

/* Checks the paths of both files. Called before the trials, which take long. */
plm_status plm_repair_check(plm *w, const char *path, const char *out)
{
    if (plm_path_is_folder(path) || plm_recipe_is_table(path))
        return plm_fail(w, PLM_E_SPEC, path,
                        "use a run file; the run file of a run is RUN/run.yaml",
                        "only a run file can be repaired");
    if (plm_path_is_same(path, out))
        return plm_fail(w, PLM_E_SPEC, "--output", "use another file name",
                        "the repair would overwrite the run file");
    if (plm_recipe_is_table(out))
        return plm_fail(w, PLM_E_SPEC, out, "end the file name in .yaml",
                        "a run file cannot have the name of a table");
    return PLM_OK;
}

/* Returns the length of a path without the ending of its file name, in bytes. */
static int without_ending(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot && !strchr(dot, '/') ? (int)(dot - path) : (int)strlen(path);
}

/* Returns the default path of a repaired run file. It is in the current folder, since the folder of
 * the original run file may be read-only. */
const char *plm_repair_usual_path(plm_arena *a, const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    return plm_arena_format(a, "%.*s-repaired.yaml", without_ending(name), name);
}

/* Saves the repaired run file and its proof. The proof is written last: if it exists, the run file
 * exists, too. */
plm_status plm_repair_save(plm_repairing *r, plm_diagnosis *d, const char *out)
{
    plm_arena *a = &r->record.arena;
    const char *slash = strrchr(out, '/');
    const char *folder = slash ? plm_arena_text(a, out, (size_t)(slash - out)) : ".";
    const char *proof = plm_arena_format(a, "%.*s.proof.json", without_ending(out), out);
    plm_text text = {.w = r->w};
    r->record.run = plm_arena_text(a, out, SIZE_MAX);
    if (!folder || !proof || !r->record.run)
        return PLM_E_MEMORY;
    plm_status status = add_run_file(r, folder, &text);
    if (status >= 0)
        status = plm_write_whole(r->w, out, plm_text_get(&text), text.length);
    plm_text_free(&text);
    const char *json = status >= 0 ? plm_diagnosis_json(d) : NULL;
    if (status < 0)
        return status;
    return json ? plm_write_whole(r->w, proof, json, strlen(json)) : PLM_E_MEMORY;
}
