/* Chooses the net for a table if the user gives no model, and how the net is trained (recipe.h).
 * Only keys that the user has not set are set, each with the reason as a comment, and run.yaml
 * lists all of them. So a user who wants something else changes one line, and a later version,
 * which might choose otherwise, can repeat the run. */
#include "run/recipe.h"

#include <stdio.h>
#include <string.h>

#include "base/spec.h"
#include "base/split.h"
#include "base/system.h"
#include "data/data.h"
#include "run/reading.h"
#include "run/recipe_copies.h"
#include "run/recipe_net.h"
#include "run/recipe_target.h"

/* ---- the data ---- */

/* Returns the lower-case form of an ASCII letter; other bytes are returned unchanged. */
static char small(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* True if the text ends with `end`, in upper or lower case. The letters of endings are ASCII, so no
 * locale is needed. */
static bool ends_like(const char *text, const char *end)
{
    const size_t length = strlen(text), tail = strlen(end);
    size_t i = 0;
    while (i < tail && tail <= length && small(text[length - tail + i]) == end[i])
        i++;
    return i == tail;
}

/* True if an argument is a table that is given instead of a run file: its name ends in .csv, .tsv,
 * .txt, .data, .dat, .tab, .jsonl, .ndjson, .json, .db, .sqlite, .sqlite3, .npy, .npz, in upper or
 * lower case, also followed by .gz; or it is standard input. The ending decides, since run files
 * end in .yaml and names of built-in runs have no ending. */
bool plm_recipe_is_table(const char *argument)
{
    static const char *const endings[] = {".csv",    ".tsv",     ".txt",    ".data", ".dat",
                                          ".tab",    ".jsonl",   ".ndjson", ".json", ".db",
                                          ".sqlite", ".sqlite3", ".npy",    ".npz"};
    char packed[16];
    if (strcmp(argument, PLM_STANDARD_INPUT) == 0)
        return true;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        snprintf(packed, sizeof packed, "%s.gz", endings[i]);
        if (ends_like(argument, endings[i]) || ends_like(argument, packed))
            return true;
    }
    return false;
}

/* The keys that assign roles to the columns and rows of a table (target, weight, group, ...); they
 * become arguments of table(...), like the keys of reading.h. */
static const char *const naming[] = {"target", "weight", "group", "lags", "windows", "order", NULL};

/* BATCH: number of rows of a batch. EMBED: category columns with more categories get an embedding.
 * */
enum { BATCH = 256, EMBED = 256 };

/* Appends an argument of table(...). Several targets, such as "price, kind", become a list. */
static void add_argument(plm_text *t, const char *key, const char *value)
{
    const char *part = NULL, *between = "";
    size_t length = 0;
    if (strcmp(key, "target") != 0 || !strchr(value, ',') || strchr("['\"", *value)) {
        plm_reading_add_argument(t, key, value);
        return;
    }
    plm_text_format(t, ", %s=[", key);
    while (plm_split_next(&value, ',', &part, &length)) {
        plm_text name = {.w = t->w};
        plm_text_append(&name, part, length);
        plm_text_add(t, between);
        plm_spec_quote(t, plm_text_get(&name));
        plm_text_done(t, &name);
        between = ", ";
    }
    plm_text_add(t, "]");
}

/* Sets the key data to table(...), with the keys that say how the table is read as its arguments.
 * These keys are then removed from the settings: they must not be applied twice if the run is
 * repeated from run.yaml. */
static plm_status set_data(plm_settings *s, const char *table)
{
    plm_text t = {.w = s->w};
    plm_text_add(&t, "table(");
    plm_spec_quote(&t, table);
    for (int i = 0; naming[i]; i++) {
        if (plm_setting_text(s, naming[i]))
            add_argument(&t, naming[i], plm_setting_text(s, naming[i]));
        plm_setting_drop(s, naming[i]);
    }
    plm_reading_add(&t, s);
    for (int i = 0; plm_reading_keys[i]; i++)
        plm_setting_drop(s, plm_reading_keys[i]);
    plm_text_format(&t, ") | shuffle | batch(%d)", BATCH);
    const plm_status status =
        t.failed ? PLM_E_MEMORY
                 : plm_setting_suggest(s, "data", plm_text_get(&t),
                                       "each column of the table is encoded by its type");
    plm_text_free(&t);
    return status;
}

/* Fails with E_SPEC if one of the keys in `key` is set although the data is a pipeline, which has
 * its own arguments. */
static plm_status refuse_keys(plm_settings *s, const char *const *key)
{
    for (; *key; key++)
        if (plm_setting_text(s, *key))
            return plm_setting_fail(
                s, *key, 0, "write it as an argument of the data: table('a.csv', target=y)",
                "%s can be set as a key only if a table is given instead of a run file", *key);
    return PLM_OK;
}

/* Sets the key data for a table given instead of a run file. First of the recipe's three parts. */
plm_status plm_recipe_data(plm_settings *s, const char *table)
{
    if (!table || plm_setting_text(s, "data")) {
        PLM_TRY(refuse_keys(s, naming));
        return refuse_keys(s, plm_reading_keys);
    }
    if (!plm_path_exists(table))
        return plm_fail(s->w, PLM_E_IO, table, "check the file name", "there is no file '%s'",
                        table);
    if (!plm_setting_text(s, "target"))
        return plm_recipe_fail_target(s, table);
    s->file = table;
    s->table = true;
    return set_data(s, table);
}

/* ---- the rows of test and validation, and the number of nets ---- */

typedef enum { QUICK, DEFAULT, HIGH } effort;

/* Returns the value of the key effort. */
static effort effort_of(plm_settings *s)
{
    const char *text = plm_setting_text(s, "effort");
    return !text || !strcmp(text, "default") ? DEFAULT : !strcmp(text, "quick") ? QUICK : HIGH;
}

/* True if the settings have no net. */
static bool lacks_net(plm_settings *s)
{
    const plm_setting *model = plm_setting_of(s, "model");
    return model && !model->given && !plm_setting_text(s, "start");
}

/* Returns the value of the key embed. If the user gives a net, the default is 0, as that net need
 * not have an embedding layer. */
int64_t plm_recipe_embed(plm_settings *s)
{
    return plm_setting_count(s, "embed", lacks_net(s) ? EMBED : 0);
}

/* True if the run has no net of its own, so that the recipe chooses it. */
static bool chooses_net(const plm_job *j, plm_settings *s)
{
    return j->data->source->schema && lacks_net(s);
}

/* True if the target is a class. */
static bool is_classes(const plm_column *target)
{
    return target && target->encoding == PLM_ENCODE_CLASSES;
}

/* True if a row of the target may have several labels, each with its own probability. */
static bool is_labels(const plm_column *target)
{
    return target && target->encoding == PLM_ENCODE_LABELS;
}

/* True if the validation of the run is a split of its data. */
static bool holds_out(plm_settings *s)
{
    const char *validation = plm_setting_text(s, "validation");
    return validation && !strncmp(validation, "split", 5);
}

/* Sets the rows that are held out for test and validation: the last rows of a series; otherwise
 * random rows: whole groups if the table has groups, and equal proportions of the classes if it has
 * classes. Test and validation use the same kind of split, as both must resemble the rows of later
 * predictions. */
static plm_status set_parts(plm_settings *s, const plm_source *source, bool classes)
{
    const bool mixed = !source->series, strata = mixed && classes && !source->grouped;
    const char *split = strata  ? "split(0.2, shuffle=true, stratify=true)"
                        : mixed ? "split(0.2, shuffle=true)"
                                : "split(0.2)";
    PLM_TRY(plm_setting_suggest(
        s, "test", split,
        mixed ? "a fifth of the rows is held out for the final test; none = train on all rows"
              : "the last fifth of the series is held out for the final test; none = train on all "
                "rows"));
    return plm_setting_suggest(
        s, "validation", split,
        mixed ? "a fifth of the other rows is held out to choose the best epoch; each net holds "
                "out another fifth"
              : "the last fifth of the other rows is held out to choose the best epoch");
}

/* Sets test, validation and the number of nets. Several nets each hold out another fifth of the
 * rows, so a run without a validation gets one net. */
plm_status plm_recipe_parts(plm_job *j, plm_settings *s)
{
    static const char *const count[] = {"1", "3", "5"};
    const plm_schema *schema = j->data->source->schema;
    const plm_column *target = schema ? plm_schema_target(schema, 0) : NULL;
    const effort wanted = effort_of(s);
    if (!schema)
        return PLM_OK;
    if (s->table)
        PLM_TRY(set_parts(s, j->data->source, is_classes(target)));
    if (!chooses_net(j, s) || !holds_out(s))
        return PLM_OK;
    return plm_setting_suggest(s, "nets", count[wanted],
                               "the nets are trained side by side; the model is their mean");
}

/* ---- the model ---- */

/* The settings for one value of the key effort. The number of training steps determines the number
 * of epochs, at least `least` and at most `most`, since few rows need many epochs. */
typedef struct {
    int64_t steps, least, most;
} plan;

static const plan plans[] = {
    [QUICK] = {512, 24, 128},
    [DEFAULT] = {768, 40, 256},
    [HIGH] = {4000, 96, 256},
};

/* Returns the number of epochs as text: the number of steps, which the key effort determines,
 * divided by the number of batches of an epoch. NULL = no memory. */
static const char *epochs_of(const plm_job *j, plm_settings *s, const plan *p)
{
    /* if there are several nets, each holds out a fifth of the training rows */
    const bool shares = plm_setting_count(s, "nets", 1) > 1 && holds_out(s);
    const int64_t rows = shares ? j->about.rows * 4 / 5 : j->about.rows,
                  batches = (rows + BATCH - 1) / BATCH;
    int64_t epochs = batches > 0 ? p->steps / batches : p->most;
    epochs = epochs < p->least ? p->least : epochs > p->most ? p->most : epochs;
    return plm_arena_format(&s->arena, "%lld", (long long)epochs);
}

/* Returns why the net has these layers, for run.yaml. NULL = no memory. */
static const char *why_net(const plm_job *j, plm_settings *s, const plm_column *target,
                           const plm_recipe_waves *waves, const char *layers)
{
    if (j->data->source->series && !plm_schema_target(j->data->source->schema, 1) &&
        !is_classes(target))
        return "a linear part, which can predict beyond the range of the training values, and a "
               "net like RealMLP (Holzmueller et al., NeurIPS 2024)";
    const char *fast =
        waves->fast ? plm_arena_format(&s->arena,
                                       "; the waves are fast, since the nearest training rows "
                                       "predict the target better than a straight line does (R2 "
                                       "%.3f, %.3f)",
                                       waves->near, waves->line)
                    : "";
    const char *clips = strstr(layers, "smooth_clip") ? ": outliers are limited" : "";
    if (!fast)
        return NULL;
    return plm_arena_format(
        &s->arena, "a net like RealMLP (Holzmueller et al., NeurIPS 2024)%s%s%s%s%s", clips,
        strstr(layers, "periodic_embedding") ? ", each number is expanded to four periodic features"
                                             : "",
        *clips ? ", each feature has a learned scale" : "", fast,
        waves->spikes > 0
            ? "; numbers that are equal in most rows have faster waves, which tell the others apart"
            : "");
}

/* Sets the net and how it is trained. The values are those of the RealMLP paper, but for the waves
 * of a target that changes quickly; bench/tables compares the results with other methods. */
static plm_status set_net(const plm_job *j, plm_settings *s, const plm_column *target,
                          const plan *p)
{
    plm_recipe_waves waves;
    PLM_TRY(plm_recipe_waves_find(j, &s->arena, &waves));
    const char *layers = plm_recipe_layers(j, s, &waves), *epochs = epochs_of(j, s, p),
               *outputs = plm_recipe_outputs(j, s),
               *why = layers ? why_net(j, s, target, &waves, layers) : NULL;
    if (!layers || !epochs || !outputs || !why)
        return PLM_E_MEMORY;
    const bool several = plm_schema_target(j->data->source->schema, 1) != NULL;
    if (plm_recipe_ids(j) > 0)
        PLM_TRY(plm_setting_suggest(
            s, "embed", plm_arena_format(&s->arena, "%lld", (long long)plm_recipe_embed(s)),
            "columns with more categories get an embedding, a learned vector for each category"));
    PLM_TRY(plm_setting_suggest(s, "model", layers, why));
    if (several)
        PLM_TRY(plm_setting_suggest(s, "outputs", outputs,
                                    "one output for each target, in the order of the columns"));
    PLM_TRY(plm_setting_suggest(s, "optimizer",
                                is_classes(target) || is_labels(target)
                                    ? "adam(coslog(0.04), beta_2=0.95)"
                                    : "adam(coslog(0.07), beta_2=0.95)",
                                "the learning rate oscillates in four cycles and ends at 0"));
    return plm_setting_suggest(s, "epochs", epochs,
                               "few rows need many epochs; the weights of the best epoch are kept");
}

/* True if the user has set at least one of these keys. */
static bool gives(plm_settings *s, const char *const *key)
{
    for (; *key; key++)
        if (plm_setting_of(s, *key) && plm_setting_of(s, *key)->given)
            return true;
    return false;
}

/* True if a net may leave out the last wave of its learning rate. A user who sets the epochs wants
 * all of them, and effort=high takes the time. For a series this was not measured. */
static bool leaves_out_wave(const plm_job *j, plm_settings *s)
{
    static const char *const own[] = {"epochs", "optimizer", NULL};
    return effort_of(s) != HIGH && !gives(s, own) && !j->data->source->series;
}

/* Sets the metrics and the calibration of a classifier. Calibration needs rows that were not
 * trained on, so it is used only with a validation. */
static plm_status set_class_metrics(const plm_job *j, plm_settings *s, bool waves)
{
    static const char *const own[] = {"metrics", "observers", "keep", NULL};
    const char *validation = plm_setting_text(s, "validation"), *loss = plm_setting_text(s, "loss");
    if (loss && !strstr(loss, "rossentropy"))
        return plm_setting_fail(s, "loss", 0,
                                "leave out loss, or learn numbers: columns='y=number'",
                                "the target has classes, which the loss %s cannot compare", loss);
    if (!validation || !strcmp(validation, "none"))
        return plm_setting_suggest(s, "metrics", "accuracy", NULL);
    PLM_TRY(plm_setting_suggest(
        s, "calibrate", "true",
        "probabilities are calibrated by a temperature that is fitted on the validation rows"));
    if (gives(s, own))
        return plm_setting_suggest(s, "metrics", "accuracy", NULL);
    PLM_TRY(plm_recipe_best_epoch(j, s, true, waves));
    return plm_setting_suggest(s, "metrics", "accuracy, calibrated_crossentropy(name=calibrated)",
                               NULL);
}

/* Sets the metrics besides the loss, and the calibration of classes. */
static plm_status set_metrics(const plm_job *j, plm_settings *s, const plm_column *target,
                              bool waves)
{
    const char *of_each = plm_recipe_metrics(j, s);
    const bool several = plm_schema_target(j->data->source->schema, 1) != NULL;
    if (!of_each)
        return PLM_E_MEMORY;
    if (is_classes(target) && !several)
        return set_class_metrics(j, s, waves);
    PLM_TRY(plm_recipe_best_epoch(j, s, false, waves));
    if (several)
        return plm_setting_suggest(s, "metrics", of_each, NULL);
    if (is_labels(target))
        return plm_setting_suggest(s, "metrics", "binary_accuracy", "the mean over all labels");
    return plm_setting_suggest(s, "metrics", PLM_RECIPE_ERRORS,
                               "these errors are in the unit of the target; the loss is in squared "
                               "standard deviations of the target");
}

/* Fails if the key effort is set although the user gives a net, since effort only determines which
 * net is chosen. */
static plm_status refuse_effort(plm_settings *s)
{
    if (!plm_setting_text(s, "effort"))
        return PLM_OK;
    return plm_setting_fail(s, "effort", 0, "remove effort",
                            "effort chooses a net for a table, but this run already has a net");
}

/* Sets the net of a table and how it is trained: the third part of the recipe. Does nothing if the
 * user gives a model, or if the data has no types. */
plm_status plm_recipe_model(plm_job *j, plm_settings *s)
{
    const plm_schema *schema = j->data->source->schema;
    if (!chooses_net(j, s))
        return refuse_effort(s);
    const plm_column *target = plm_schema_target(schema, 0);
    if (!target)
        return plm_fail(j->home, PLM_E_SPEC, s->file, "add 'model:' with the layers",
                        "no net is chosen automatically for a table without a target");
    const bool waves = leaves_out_wave(j, s);
    PLM_TRY(set_net(j, s, target, &plans[effort_of(s)]));
    plm_setting_drop(s, "effort");
    return set_metrics(j, s, target, waves);
}
