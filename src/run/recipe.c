/* The net that a table gets if no model is given, and how it is trained. See recipe.h. */
#include "run/recipe.h"

#include <string.h>

#include "base/spec.h"
#include "base/split.h"
#include "base/system.h"
#include "data/data.h"

/* ---- the data ---- */

bool plm_recipe_is_table(const char *argument)
{
    static const char *const endings[] = {".csv",    ".tsv",    ".txt",    ".data",
                                          ".csv.gz", ".tsv.gz", ".txt.gz", ".data.gz"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (plm_ends_with(argument, endings[i]))
            return true;
    return false;
}

/* The keys that say how a table is read; they become arguments of table(...). */
static const char *const reading[] = {"target", "weight", "skip", "header", "delimiter", NULL};

/* Adds an argument to a spec, key=value: lists, numbers and quoted texts as they are, other texts
 * in quotes. */
static void add_argument(plm_text *t, const char *key, const char *value)
{
    int64_t number = 0;
    plm_text_format(t, ", %s=", key);
    if (value[0] == '[' || value[0] == '\'' || plm_read_whole(value, &number))
        plm_text_add(t, value);
    else
        plm_spec_quote(t, value);
}

/* Sets the key data: the table, and how it is read. The keys that say so are dropped. */
static plm_status set_data(plm_settings *s, const char *table)
{
    plm_text t = {.w = s->w};
    plm_text_add(&t, "table(");
    plm_spec_quote(&t, table);
    for (int i = 0; reading[i]; i++) {
        const char *value = plm_setting_text(s, reading[i]);
        if (value)
            add_argument(&t, reading[i], value);
        plm_setting_drop(s, reading[i]);
    }
    plm_text_add(&t, ") | shuffle | batch(128)");
    const plm_status status =
        t.failed ? PLM_E_MEMORY
                 : plm_setting_suggest(s, "data", plm_text_get(&t),
                                       "the table; each column is encoded by its type");
    plm_text_free(&t);
    return status;
}

/* E_SPEC if one of these keys is given where the data has its own arguments. */
static plm_status refuse_reading(plm_settings *s)
{
    for (int i = 0; reading[i]; i++)
        if (plm_setting_text(s, reading[i]))
            return plm_setting_fail(s, reading[i], 0,
                                    "say it in the data: table('a.csv', target=y)",
                                    "%s is for a table in the place of a run file", reading[i]);
    return PLM_OK;
}

plm_status plm_recipe_data(plm_settings *s, const char *table)
{
    if (!table || plm_setting_text(s, "data"))
        return refuse_reading(s);
    if (!plm_path_exists(table))
        return plm_fail(s->w, PLM_E_IO, table, "check its name", "there is no file '%s'", table);
    if (!plm_setting_text(s, "target"))
        return plm_fail(s->w, PLM_E_SPEC, table,
                        "name the column to learn: target=NAME; -1 is the last one",
                        "the target of the table is not given");
    s->file = table;
    PLM_TRY(set_data(s, table));
    PLM_TRY(
        plm_setting_suggest(s, "test", "split(0.2, shuffle=true)",
                            "a fifth of the rows is set aside for the test; none = train on all"));
    return plm_setting_suggest(s, "validation", "split(0.2, shuffle=true)",
                               "a fifth of the others finds the best epoch");
}

/* ---- the model ---- */

/* Sets the key model: two hidden layers, and a head for the target. */
static plm_status set_model(plm_job *j, plm_settings *s, const plm_column *target)
{
    const bool classes = target->encoding == PLM_ENCODE_CLASSES;
    const char *hidden = classes ? "dense(256, activation=selu, kernel_initializer=lecun_normal)"
                                 : "dense(256, activation=mish, kernel_initializer=he_normal)";
    const char *head =
        classes ? plm_arena_format(&s->arena, "dense(%zu, activation=softmax)", target->words)
                : "dense(1)";
    const char *model =
        head ? plm_arena_format(&s->arena, "%s, %s, %s", hidden, hidden, head) : NULL;
    (void)j;
    if (!model)
        return PLM_E_MEMORY;
    return plm_setting_suggest(s, "model", model, "the inputs are scaled already");
}

/* Sets what is measured beside the loss. */
static plm_status set_metrics(plm_settings *s, const plm_column *target)
{
    if (target->encoding == PLM_ENCODE_CLASSES)
        return plm_setting_suggest(s, "metrics", "accuracy", NULL);
    return plm_setting_suggest(
        s, "metrics", "root_mean_squared_error, mean_absolute_error, r2_score",
        "errors in the unit of the target; the loss is in its standard deviations, squared");
}

plm_status plm_recipe_model(plm_job *j, plm_settings *s)
{
    const plm_schema *schema = j->data->source->schema;
    const plm_setting *model = plm_setting_of(s, "model");
    if (!schema || !model || model->given || plm_setting_text(s, "start"))
        return PLM_OK;
    const plm_column *target = plm_schema_target(schema, 0);
    if (!target || plm_schema_target(schema, 1))
        return plm_fail(j->home, PLM_E_SPEC, s->file, "add 'model:' with a layer for each target",
                        "a net for %s is not chosen by itself",
                        target ? "several targets" : "no target");
    PLM_TRY(set_model(j, s, target));
    PLM_TRY(plm_setting_suggest(s, "optimizer", "adam(0.001)", NULL));
    PLM_TRY(plm_setting_suggest(s, "epochs", "200", "at most; early_stopping ends it sooner"));
    PLM_TRY(plm_setting_suggest(s, "observers", "early_stopping(patience=20)",
                                "stops after 20 epochs without a better validation"));
    return set_metrics(s, target);
}
