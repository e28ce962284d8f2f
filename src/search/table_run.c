/* Writes the run file of a search in a table: what `plummet train TABLE` would train, with names in
 * place of the values that are searched. A user who gives no ranges gets a space over the net that
 * is chosen for tables: its learning rate, its units, and dropout after each hidden layer. The run
 * file is in the folder of the search, so that the next search can be another one. */
#include <string.h>

#include "base/contents.h"
#include "base/stream.h"
#include "run/recipe.h"
#include "search/kept.h"
#include "search/table_run.h"
#include "session/training.h"

/* The beginning of the hidden layers of the chosen net, and what replaces it; the schedule of its
 * learning rate; the layer that is added behind each hidden layer. */
static const char hidden[] = "dense(256, activation", named[] = "dense(units, activation",
                  wave[] = "coslog(", drop[] = "dropout(drop)";

/* Returns `text` with its first `from` replaced by `to`, in the arena. NULL = no memory. text: it
 * has `from`. */
static const char *replace(plm_arena *a, const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);
    return plm_arena_format(a, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

/* Sets a key to another text, with the comment that it has. */
static plm_status set(plm_settings *s, const char *key, const char *text)
{
    const plm_setting *old = plm_setting_of(s, key);
    const char *comment = old->comment;
    plm_setting_drop(s, key);
    return text ? plm_setting_suggest(s, key, text, comment) : PLM_E_MEMORY;
}

/* Names the units of the hidden layers of the chosen net, and adds dropout after each of them.
 * *found: there is such a layer. */
static plm_status name_units(plm_settings *s, bool *found)
{
    plm_arena *a = &s->arena;
    const plm_setting *model = plm_setting_of(s, "model");
    const char *all = "";
    for (size_t i = 0; all && i < model->count; i++) {
        const char *item = model->item[i].text;
        const bool is_hidden = strncmp(item, hidden, strlen(hidden)) == 0;
        item = is_hidden ? replace(a, item, hidden, named) : item;
        *found = *found || is_hidden;
        all = item ? plm_arena_format(a, "%s%s%s%s%s", all, i > 0 ? ", " : "", item,
                                      is_hidden ? ", " : "", is_hidden ? drop : "")
                   : NULL;
    }
    if (!all)
        return PLM_E_MEMORY;
    return *found ? set(s, "model", all) : PLM_OK;
}

/* Names the learning rate of the chosen optimizer. *rate: the rate as text; NULL = the optimizer is
 * another one. */
static plm_status name_rate(plm_settings *s, const char **rate)
{
    const char *text = plm_setting_text(s, "optimizer");
    const char *at = text ? strstr(text, wave) : NULL;
    *rate = NULL;
    if (!at)
        return PLM_OK;
    at += strlen(wave);
    *rate = plm_arena_text(&s->arena, at, strcspn(at, ",)"));
    const char *from = *rate ? plm_arena_format(&s->arena, "%s%s", wave, *rate) : NULL;
    return from ? set(s, "optimizer", replace(&s->arena, text, from, "coslog(rate")) : PLM_E_MEMORY;
}

/* Sets the keys define and search. rate: the learning rate of the chosen optimizer; NULL = it is
 * not searched. units: the hidden layers of the chosen net are searched. */
static plm_status set_space(plm_settings *s, const char *rate, bool units)
{
    const char *between = rate && units ? ", " : "", *value = rate ? rate : "";
    const char *define = plm_arena_format(&s->arena, "%s%s%s%s", rate ? "rate = " : "", value,
                                          between, units ? "units = 256, drop = 0" : "");
    const char *search = plm_arena_format(
        &s->arena, "%s%s%s", rate ? "rate = log_uniform(0.005, 0.2)" : "", between,
        units ? "units = choice(64, 128, 256, 512), drop = choice(0, 0.1, 0.3)" : "");
    if (!define || !search)
        return PLM_E_MEMORY;
    PLM_TRY(plm_setting_suggest(s, "define", define, "the values that `plummet train` uses"));
    return plm_setting_suggest(s, "search", search, "the ranges from which `plummet search` draws");
}

/* Sets the keys define and search to the space over what was chosen of net and optimizer. */
static plm_status add_space(plm_settings *s)
{
    const char *rate = NULL;
    bool units = false;
    if (plm_setting_of(s, "model")->comment)
        PLM_TRY(name_units(s, &units));
    if (plm_setting_of(s, "optimizer")->comment)
        PLM_TRY(name_rate(s, &rate));
    if (!rate && !units)
        return plm_fail(s->w, PLM_E_SPEC, s->file,
                        "give the ranges: define='rate = 0.01' search='rate = log_uniform(1e-3, "
                        "0.1)' optimizer='adam(rate)'",
                        "the net and the optimizer are given, so there is nothing to search");
    return set_space(s, rate, units);
}

/* True if the override key=value, or key.INDEX=value, sets a key that the run has. Keys that have
 * become arguments of table(...) are not set any more. */
static bool is_kept(const plm_settings *s, const char *override)
{
    const size_t length = strcspn(override, "=.");
    for (int k = 0; k < s->count; k++) {
        const char *name = s->keys[k].name;
        if (strlen(name) == length && strncmp(name, override, length) == 0)
            return s->at[k].given || !strcmp(name, "define") || !strcmp(name, "search");
    }
    return false;
}

/* Sets the keys that the caller gave once more, as they were before names were replaced. */
static plm_status give_again(plm_settings *s, int overrides, const char *const *override)
{
    for (int i = 0; i < overrides; i++)
        if (is_kept(s, override[i]))
            PLM_TRY(plm_settings_override(s, override[i]));
    return PLM_OK;
}

/* Writes the settings into the folder of the search as NAME.yaml. */
static plm_status write_file(plm_search *search, plm_settings *s, const char *name,
                             const char *given)
{
    plm_arena *a = &search->settings.arena;
    plm_text text = {.w = search->w};
    const char *folder =
        given ? plm_arena_text(a, given, SIZE_MAX) : plm_arena_format(a, "runs/%s-search", name);
    search->path = folder ? plm_arena_format(a, "%s/%s.yaml", folder, name) : NULL;
    if (!search->path)
        return PLM_E_MEMORY;
    PLM_TRY(plm_search_keep(search, s, folder));
    plm_run_settings_write(s, &text, folder, false);
    const plm_status status =
        text.failed ? PLM_E_MEMORY
                    : plm_write_whole(search->w, search->path, text.data, text.length);
    plm_text_free(&text);
    return status;
}

/* Keeps those keys of the caller that the run file does not have. */
static plm_status keep_overrides(plm_search *s)
{
    static const char *const own[] = {"out=", "outside=", "name="};
    const char **list = plm_arena_array(&s->settings.arena, (size_t)s->overrides + 2, sizeof *list);
    int count = 0;
    if (!list)
        return PLM_E_MEMORY;
    for (int i = 0; i < s->overrides; i++)
        for (size_t k = 0; k < sizeof own / sizeof *own; k++)
            if (!strncmp(s->override[i], own[k], strlen(own[k])))
                list[count++] = s->override[i];
    s->override = list;
    s->overrides = count;
    return PLM_OK;
}

/* Chooses the run for the table, writes it, and lets the search read it. */
plm_status plm_search_table(plm_search *search)
{
    plm_run_training t = {0};
    const plm_run_train_options calls = {.data_dir = search->data_dir};
    plm_settings *s = &t.settings;
    plm_status status = plm_run_training_open(&t, search->w, &calls);
    if (status >= 0)
        status =
            plm_run_training_read(&t, search->path, false, search->overrides, search->override);
    if (status >= 0)
        status = plm_run_training_build(&t);
    if (status >= 0)
        status = plm_search_fingerprint(s, &t);
    if (status >= 0)
        status = give_again(s, search->overrides, search->override);
    if (status >= 0 && !plm_setting_of(s, "search")->given)
        status = add_space(s);
    if (status >= 0)
        status = write_file(search, s, t.name, plm_setting_text(s, "out"));
    plm_run_training_free(&t);
    return status < 0 ? status : keep_overrides(search);
}
