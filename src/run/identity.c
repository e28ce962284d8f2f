/* Writes as text the settings that decide what a run computes, see identity.h. Checkpoints store
 * this text, so that a run is not resumed with other settings by mistake. */
#include "run/identity.h"

#include <string.h>

/* The keys that change the results of an epoch, or which weights are saved at the end. Number of
 * epochs, threads, folders and names do not. */
static const char *const keys[] = {
    "data",   "validation",      "test",     "validation_freq",  "optimizer",
    "loss",   "loss_weights",    "metrics",  "class_weight",     "observers",
    "freeze", "frozen_epochs",   "unfreeze", "frozen_optimizer", "learning_rate_factors",
    "nets",   "steps_per_epoch", "keep",     "calibrate",        NULL};

/* Adds a line "key: value". Line ends in the value become blanks. */
static void add_line(plm_text *t, const char *key, const char *value)
{
    plm_text_format(t, "%s: ", key);
    const size_t from = t->length;
    plm_text_add(t, value);
    for (size_t i = from; i < t->length; i++)
        if (t->data[i] == '\n')
            t->data[i] = ' ';
    plm_text_add(t, "\n");
}

/* Adds a line with the number of rows of a part of the data. If a table has grown, it is split in
 * another way, and this number shows it. */
static void add_rows(plm_text *t, const char *key, plm_data *data)
{
    plm_data_info about = {.rows = -1};
    if (data && plm_data_get_info(data, &about) >= 0 && about.rows >= 0)
        plm_text_format(t, "%s: %lld\n", key, (long long)about.rows);
}

/* Copies the text into the arena of the settings and frees it. NULL = no memory. */
static const char *keep(plm_settings *s, plm_text *t)
{
    const char *text = t->failed ? NULL : plm_arena_text(&s->arena, plm_text_get(t), t->length);
    plm_text_free(t);
    return text;
}

/* Returns lines "key: value" of all settings that change what a run computes, and the number of
 * rows of the job's test and validation, which change if a table has grown. */
const char *plm_identity(plm_settings *s, const plm_job *j)
{
    plm_text t = {.w = s->w};
    plm_text_format(&t, "seed: %lld\n", (long long)plm_setting_count(s, "seed", 0));
    for (int i = 0; keys[i]; i++) {
        const char *value = plm_setting_text(s, keys[i]);
        if (value && *value)
            add_line(&t, keys[i], value);
    }
    add_rows(&t, "rows of the test", j->test);
    add_rows(&t, "rows of the validation", j->validation);
    return keep(s, &t);
}

/* Returns the keys that were set on the command line: the user has changed them on purpose. */
const char *plm_identity_changes(plm_settings *s)
{
    plm_text t = {.w = s->w};
    for (int i = 0; i < s->count; i++) {
        bool meant = s->at[i].given && !s->at[i].count;
        for (size_t k = 0; k < s->at[i].count; k++)
            meant = meant || !s->at[i].item[k].line;
        if (meant)
            plm_text_format(&t, "%s, ", s->keys[i].name);
    }
    return keep(s, &t);
}
