/* Runs a search, see search.h. Its folder has search.csv, with a row for each training, and a
 * folder for each trial, with its last run. Most settings are bad, and this shows after a few
 * epochs. So all trials are trained for few epochs, the best third of them three times as long, and
 * so on, up to the epochs of the run file (successive halving; Jamieson and Talwalkar 2016). Each
 * round trains from the beginning, as if the run file had asked for this number of epochs. Values
 * depend only on the seed and the number of the trial, and every result is written to search.csv at
 * once. So a search that was stopped continues with the same command: trainings that the table has
 * are not repeated. */
#include "search/search.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/contents.h"
#include "base/notation.h"
#include "base/stream.h"
#include "base/system.h"
#include "run/recipe.h"
#include "run/runfile.h"
#include "search/kept.h"
#include "search/table_run.h"

enum { SHARE = 3 }; /* after each round, one of SHARE trials continues */

/* ---- settings ---- */

/* True if a definition "NAME = SPEC" defines the name. */
static bool defines(const char *definition, const char *name)
{
    const size_t length = strlen(name);
    return strncmp(definition, name, length) == 0 && strchr(" =", definition[length]) != NULL;
}

/* Fails because the name of range i is not in the key define. The hint lists the names that are. */
static plm_status fail_name(plm_search *s, const plm_setting *define, int i)
{
    const char *name = s->space.range[i].name;
    plm_text names = {.w = s->w};
    for (size_t k = 0; define && k < define->count; k++)
        plm_text_format(&names, "%s%.*s", k > 0 ? ", " : "",
                        (int)strcspn(define->item[k].text, " ="), define->item[k].text);
    const plm_status status =
        names.failed ? PLM_E_MEMORY
        : names.length > 0
            ? plm_setting_fail(
                  &s->settings, "search", i, "use the names of define, or add this one to them",
                  "the key define does not define '%s'; it defines %s", name, plm_text_get(&names))
            : plm_setting_fail(&s->settings, "search", i,
                               "define: rate = 0.01, and use the name, as in optimizer: adam(rate)",
                               "the key define does not define '%s'; it has no names", name);
    plm_text_free(&names);
    return status;
}

/* Checks that the key define has all names of the space. A name that it lacks is probably misspelt,
 * and the model would not use its values. */
static plm_status check_names(plm_search *s)
{
    const plm_setting *define = plm_setting_of(&s->settings, "define");
    for (int i = 0; i < s->space.count; i++) {
        bool found = false;
        for (size_t k = 0; define && k < define->count && !found; k++)
            found = defines(define->item[k].text, s->space.range[i].name);
        if (!found)
            return fail_name(s, define, i);
    }
    return PLM_OK;
}

/* Reads the run file and the overrides. Names that the key define defines are not replaced yet. */
static plm_status read_settings(plm_search *s)
{
    plm_settings *set = &s->settings;
    PLM_TRY(plm_settings_open(set, s->w, plm_run_keys));
    if (plm_recipe_is_table(s->path))
        PLM_TRY(plm_search_table(s));
    PLM_TRY(plm_run_settings_read(set, s->path));
    for (int i = 0; i < s->overrides; i++)
        PLM_TRY(plm_settings_override(set, s->override[i]));
    PLM_TRY(plm_settings_check(set));
    PLM_TRY(plm_space_read(set, &s->space));
    const char *validation = plm_setting_text(set, "validation"),
               *name = plm_run_settings_name(set, s->path), *out = plm_setting_text(set, "out");
    s->epochs = plm_setting_count(set, "epochs", 10);
    s->seed = (uint64_t)plm_setting_count(set, "seed", 0);
    if (s->epochs == 0)
        return plm_setting_fail(set, "epochs", 0,
                                "set the number of epochs of the last round, such as epochs=9",
                                "a search needs at least one epoch");
    if (!validation || !strcmp(validation, "none"))
        return plm_fail(s->w, PLM_E_SPEC, s->path, "add validation: split(0.2, shuffle=true)",
                        "trials are compared by their validation loss, but there is no validation");
    PLM_TRY(check_names(s));
    s->folder = out ? out : plm_arena_format(&set->arena, "runs/%s-search", name ? name : "");
    s->table = s->folder ? plm_arena_format(&set->arena, "%s/search.csv", s->folder) : NULL;
    return name && s->table ? PLM_OK : PLM_E_MEMORY;
}

/* Returns the values of a trial: "rate = 0.01, units = 64". NULL = no memory. */
static const char *values_of(plm_search *s, int64_t trial)
{
    plm_arena *a = &s->settings.arena;
    const char *all = "";
    for (int i = 0; all && i < s->space.count; i++) {
        const char *value = plm_space_draw(&s->space, a, i, s->seed, trial);
        all = value ? plm_arena_format(a, "%s%s%s = %s", all, *all ? ", " : "",
                                       s->space.range[i].name, value)
                    : NULL;
    }
    return all;
}

/* True if a definition of the key `define` has a name that the key `search` has, too. */
static bool is_searched(const plm_search *s, const char *definition)
{
    for (int i = 0; i < s->space.count; i++)
        if (defines(definition, s->space.range[i].name))
            return true;
    return false;
}

/* Returns the text of the key `define` for a trial: first the values of the trial, then the
 * definitions of the run file for names that are not searched. NULL = no memory. */
static const char *define_of(plm_search *s, const char *values)
{
    const plm_setting *given = plm_setting_of(&s->settings, "define");
    const char *all = plm_arena_format(&s->settings.arena, "define=%s", values);
    for (size_t i = 0; all && given && i < given->count; i++)
        if (!is_searched(s, given->item[i].text))
            all = plm_arena_format(&s->settings.arena, "%s, %s", all, given->item[i].text);
    return all;
}

/* ---- search.csv ---- */

/* Opens the data of a run file once, for its fingerprint, and keeps the settings in the folder. A
 * table has done both. */
static plm_status keep(plm_search *s)
{
    if (s->lock.locked)
        return PLM_OK;
    plm_run_training t = {0};
    const plm_run_train_options calls = {.data_dir = s->data_dir};
    plm_status status = plm_run_training_open(&t, s->w, &calls);
    t.job.quiet = true;
    if (status >= 0)
        status = plm_run_training_read(&t, s->path, false, s->overrides, s->override);
    if (status >= 0)
        status = plm_run_training_build(&t);
    if (status >= 0)
        status = plm_search_fingerprint(&s->settings, &t);
    plm_run_training_free(&t);
    return status < 0 ? status : plm_search_keep(s, &s->settings, s->folder);
}

/* Reads search.csv if it exists; otherwise begins it. */
static plm_status open_table(plm_search *s)
{
    size_t length = 0;
    s->rows = (plm_text){.w = s->w};
    char *text = plm_path_exists(s->table) ? plm_contents(s->w, s->table, 1 << 26, &length) : NULL;
    if (!text && plm_path_exists(s->table))
        return plm_fail_system(s->w, errno, "cannot read", s->table);
    if (text)
        plm_text_append(&s->rows, text, length);
    else
        plm_text_add(&s->rows, "trial,round,epochs,values,val_loss,seconds\n");
    plm_release(s->w, text);
    return s->rows.failed ? PLM_E_MEMORY : PLM_OK;
}

/* Returns the first cells of a training's row in search.csv: those before its results. NULL = no
 * memory. */
static const char *row_of(plm_search *s, const plm_search_trial *t)
{
    return plm_arena_format(&s->settings.arena, "%lld,%d,%lld,\"%s\",", (long long)t->trial,
                            t->round, (long long)t->epochs, t->values);
}

/* Looks for a training in search.csv, and sets its `score` and `known`. E_SPEC: the row of this
 * trial belongs to another search. */
static plm_status look_up(plm_search *s, plm_search_trial *t)
{
    const char *row = row_of(s, t), *end = NULL;
    const char *key =
        plm_arena_format(&s->settings.arena, "\n%lld,%d,", (long long)t->trial, t->round);
    if (!row || !key)
        return PLM_E_MEMORY;
    const char *at = strstr(plm_text_get(&s->rows), key);
    if (!at)
        return PLM_OK;
    if (strncmp(at + 1, row, strlen(row)) != 0)
        return plm_fail(s->w, PLM_E_SPEC, s->table,
                        "use the same run file, keys and --trials, or another folder: out=DIR",
                        "the folder holds another search: its trial %lld has other values or "
                        "epochs",
                        (long long)t->trial);
    t->score = plm_text_number(at + 1 + strlen(row), &end);
    t->score = isfinite(t->score) ? t->score : INFINITY;
    t->known = true;
    return PLM_OK;
}

/* Adds the row of a training. */
static plm_status add_row(plm_search *s, const plm_search_trial *t, double seconds)
{
    const char *row = row_of(s, t);
    if (!row)
        return PLM_E_MEMORY;
    plm_text_format(&s->rows, isfinite(t->score) ? "%s%.9g,%.2f\n" : "%snan,%.2f\n", row,
                    isfinite(t->score) ? t->score : seconds, seconds);
    if (s->rows.failed)
        return PLM_E_MEMORY;
    return plm_write_whole(s->w, s->table, s->rows.data, s->rows.length);
}

/* ---- trials ---- */

/* Returns a list of "key=value" texts, [*count], the overrides with which a trial is run. NULL = no
 * memory. */
static const char **overrides_of(plm_search *s, const plm_search_trial *t, int *count)
{
    plm_arena *a = &s->settings.arena;
    const char **list = plm_arena_array(a, (size_t)s->overrides + 5, sizeof *list);
    int n = 0;
    for (int i = 0; list && i < s->overrides; i++)
        if (strncmp(s->override[i], "out=", 4) != 0)
            list[n++] = s->override[i];
    if (!list)
        return NULL;
    list[n++] = define_of(s, t->values);
    list[n++] = plm_arena_format(a, "epochs=%lld", (long long)t->epochs);
    list[n++] = plm_arena_format(a, "out=%s", t->folder);
    list[n++] = "overwrite=true";
    list[n++] = "checkpoint=false";
    *count = n;
    return list[n - 5] && list[n - 4] && list[n - 3] ? list : NULL;
}

/* Returns the validation loss of a result; infinite = the result has no validation loss. */
static double score_of(const plm_run_result *r)
{
    for (int i = 0; i < r->logs; i++)
        if (!strcmp(r->log[i].name, "val_loss"))
            return r->log[i].value;
    return INFINITY;
}

/* Trains a trial. PLM_STOPPED = the caller stopped the search. */
static plm_status train(plm_search *s, plm_search_trial *t)
{
    int count = 0;
    const char **list = overrides_of(s, t, &count);
    if (!list)
        return PLM_E_MEMORY;
    plm_run_result result = {.folder = ""};
    plm_run_file *f = plm_run_file_open(s->w, s->path, count, list);
    if (!f)
        return plm_last_error(s->w)->status;
    plm_status status =
        plm_run_file_train(f, PLM_RUN_TRAIN(.on_event = s->on_event, .self = s->self,
                                            .result = &result, .data_dir = s->data_dir));
    t->score = status == PLM_E_NUMERIC ? INFINITY : score_of(&result);
    t->score = isfinite(t->score) ? t->score : INFINITY;
    if (status == PLM_OK || status == PLM_E_NUMERIC)
        status = add_row(s, t, result.seconds);
    plm_run_file_close(f);
    return status;
}

/* Trains a trial, unless its result is in search.csv already. */
static plm_status run_trial(plm_search *s, plm_search_trial *t)
{
    t->values = values_of(s, t->trial);
    t->folder =
        plm_arena_format(&s->settings.arena, "%s/trial-%04lld", s->folder, (long long)t->trial);
    if (!t->values || !t->folder)
        return PLM_E_MEMORY;
    PLM_TRY(look_up(s, t));
    const plm_status status = t->known ? PLM_OK : train(s, t);
    if (status == PLM_OK && s->on_trial)
        s->on_trial(s->self, t);
    return status;
}

/* The best trials come first. */
static int by_score(const void *a, const void *b)
{
    const plm_search_trial *x = a, *y = b;
    if (x->score < y->score || x->score > y->score)
        return x->score < y->score ? -1 : 1;
    return x->trial < y->trial ? -1 : x->trial > y->trial;
}

/* Returns the number of rounds after which only one trial is left. */
static int count_rounds(int64_t trials)
{
    int rounds = 1;
    for (; trials >= SHARE; trials /= SHARE)
        rounds++;
    return rounds;
}

/* Runs all rounds on trial[trials]. */
static plm_status run_rounds(plm_search *s, plm_search_trial *trial)
{
    const int rounds = count_rounds(s->trials);
    int64_t left = s->trials;
    for (int round = 1; round <= rounds; round++, left /= SHARE) {
        int64_t epochs = s->epochs;
        for (int i = round; i < rounds; i++)
            epochs /= SHARE;
        for (int64_t i = 0; i < left; i++) {
            trial[i] = (plm_search_trial){.trial = trial[i].trial,
                                          .round = round,
                                          .rounds = rounds,
                                          .epochs = epochs > 0 ? epochs : 1};
            const plm_status status = run_trial(s, &trial[i]);
            s->stopped = status == PLM_STOPPED;
            if (status != PLM_OK)
                return status;
        }
        qsort(trial, (size_t)left, sizeof *trial, by_score);
    }
    s->best = trial[0];
    return isfinite(s->best.score)
               ? PLM_OK
               : plm_fail(s->w, PLM_E_NUMERIC, s->table,
                          "search other ranges, such as lower learning rates",
                          "no trial of the last round has a finite validation loss");
}

/* Runs the search. The best trial is the best one of the last round: trials of earlier rounds were
 * trained for fewer epochs. */
plm_status plm_search_run(plm_search *s)
{
    PLM_TRY(read_settings(s));
    PLM_TRY(keep(s));
    PLM_TRY(open_table(s));
    plm_search_trial *trial = plm_arena_array(&s->settings.arena, (size_t)s->trials, sizeof *trial);
    if (!trial)
        return PLM_E_MEMORY;
    for (int64_t i = 0; i < s->trials; i++)
        trial[i].trial = i + 1;
    const plm_status status = run_rounds(s, trial);
    return status < 0 ? status : PLM_OK;
}

/* To be called also after an error. */
void plm_search_free(plm_search *s)
{
    plm_folder_lock_free(&s->lock);
    plm_text_free(&s->rows);
    plm_settings_free(&s->settings);
}
