/* See identity.h. */
#include "identity.h"

#include <stdlib.h>
#include <string.h>

/* Epochs, threads, folders and names change no number of an epoch. */
static const char *const keys[] = {
    "data",   "validation",    "test",     "validation_freq",  "optimizer",
    "loss",   "loss_weights",  "metrics",  "class_weight",     "observers",
    "freeze", "frozen_epochs", "unfreeze", "frozen_optimizer", "learning_rate_factors",
    NULL};

static void add(char **text, const char *more)
{
    char *longer = plm_cli_format("%s%s", *text ? *text : "", more);
    free(*text);
    *text = longer;
}

/* One line, whatever the value holds. */
static void add_line(char **text, const char *key, const char *value)
{
    char *line = plm_cli_format("%s: %s", key, value);
    for (char *c = line; *c; c++)
        if (*c == '\n')
            *c = ' ';
    add(text, line);
    add(text, "\n");
    free(line);
}

/* A table that has grown is divided in another way. */
static void add_rows(plm_cli_settings *s, const char *key, plm_data *data)
{
    plm_data_info about = {.rows = -1};
    char rows[32];
    if (!data || plm_data_get_info(data, &about) < 0 || about.rows < 0)
        return;
    snprintf(rows, sizeof rows, "%lld", (long long)about.rows);
    add_line(&s->identity, key, rows);
}

const char *plm_cli_identity(plm_cli_settings *s, const plm_cli_job *j)
{
    char seed[32];
    free(s->identity);
    s->identity = NULL;
    snprintf(seed, sizeof seed, "%lld", (long long)plm_cli_setting_count(s, "seed", 0));
    add_line(&s->identity, "seed", seed);
    for (int i = 0; keys[i]; i++) {
        const char *value = plm_cli_setting_text(s, keys[i]);
        if (value && *value)
            add_line(&s->identity, keys[i], value);
    }
    add_rows(s, "rows of the test", j->test);
    add_rows(s, "rows of the validation", j->validation);
    return s->identity;
}

const char *plm_cli_identity_changes(plm_cli_settings *s)
{
    free(s->changes);
    s->changes = NULL;
    add(&s->changes, "");
    for (int i = 0; i < s->count; i++) {
        bool meant = s->at[i].given && !s->at[i].count;
        for (size_t k = 0; k < s->at[i].count; k++)
            meant = meant || !s->at[i].item[k].line;
        if (meant) {
            add(&s->changes, s->keys[i].name);
            add(&s->changes, ", ");
        }
    }
    return s->changes;
}
