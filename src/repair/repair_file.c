/* Writes a repaired run file: its settings, with a comment at each change. */
#include <string.h>

#include "repair/repair.h"

/* Returns "model" and 3 for "model.3"; item -1 = the whole key. */
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

/* Returns the value of a key or an item before any repair: its text, "none", or NULL for a whole
 * list. */
static const char *old_text(const plm_setting *now, const plm_setting *was, int item)
{
    const size_t at = item >= 0 ? (size_t)item : 0;
    if (item < 0 && now->count > 1)
        return NULL;
    return at < was->count ? was->item[at].text : "none";
}

/* Adds a comment to one key of a change. before: the settings without any repair. */
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
    const char *text =
        plm_arena_format(&s->arena, "repaired %s%s%s", why, old ? "; was " : "", old ? old : "");
    const bool one = item >= 0 && (size_t)item < now->count;
    *(one ? &now->item[item].comment : &now->comment) = text;
    return text != NULL ? PLM_OK : PLM_E_MEMORY;
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

/* Loads the run with its changes and without them, and writes the settings with the changes. */
static plm_status write(const plm_repairing *r, plm_settings *now, plm_settings *before,
                        const char *folder, plm_text *t)
{
    PLM_TRY(plm_settings_open(now, r->w, plm_run_keys));
    PLM_TRY(plm_settings_open(before, r->w, plm_run_keys));
    PLM_TRY(plm_run_settings_load(now, r->path, r->count, r->key_value));
    /* a run that was refused may fail to load, but its texts are available */
    plm_ignore(plm_run_settings_load(before, r->path, r->overrides, r->override));
    PLM_TRY(comment(&r->record, now, before));
    plm_run_settings_write(now, t, folder, false);
    return t->failed ? PLM_E_MEMORY : PLM_OK;
}

plm_status plm_repair_write(const plm_repairing *r, const char *folder, plm_text *t)
{
    plm_settings now = {0}, before = {0};
    plm_text_format(t, "# repaired by plummet doctor --repair %s\n", r->path);
    const plm_status status = write(r, &now, &before, folder, t);
    plm_settings_free(&before);
    plm_settings_free(&now);
    return status;
}
