/* The net that a table gets if no model is given, and how it is trained. See recipe.h. */
#include "run/recipe.h"

#include <math.h>
#include <string.h>

#include "base/spec.h"
#include "base/split.h"
#include "base/system.h"
#include "data/data.h"

/* ---- the data ---- */

/* Returns the small letter of an ASCII letter; other bytes stay. */
static char small(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* True if the text ends so, in small or capital letters. */
static bool ends_like(const char *text, const char *end)
{
    const size_t length = strlen(text), tail = strlen(end);
    size_t i = 0;
    while (i < tail && tail <= length && small(text[length - tail + i]) == end[i])
        i++;
    return i == tail;
}

/* By the ending alone: run files end in .yaml, and names of built-in runs have no ending. */
bool plm_recipe_is_table(const char *argument)
{
    static const char *const endings[] = {".csv",    ".tsv",    ".txt",    ".data",    ".dat",
                                          ".csv.gz", ".tsv.gz", ".txt.gz", ".data.gz", ".dat.gz"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (ends_like(argument, endings[i]))
            return true;
    return false;
}

/* The keys that say how a table is read; they become arguments of table(...). */
static const char *const reading[] = {"target", "weight", "skip", "header", "delimiter", NULL};

/* BATCH: rows of a batch. UNITS: of each hidden layer. */
enum { BATCH = 256, UNITS = 256 };

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
    plm_text_format(&t, ") | shuffle | batch(%d)", BATCH);
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

/* What the user gave stays; the rest is suggested, which run.yaml then has with its reason. */
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

/* True if the caller wants the small net: effort=quick. */
static bool is_quick(plm_settings *s)
{
    const char *effort = plm_setting_text(s, "effort");
    return effort && strcmp(effort, "quick") == 0;
}

/* Returns the head for the target with further arguments; NULL = no memory. */
static const char *head_of(plm_arena *a, const plm_column *target, const char *more)
{
    return target->encoding == PLM_ENCODE_CLASSES
               ? plm_arena_format(a, "dense(%zu, activation=softmax%s)", target->words, more)
               : plm_arena_format(a, "dense(1%s)", more);
}

/* Sets the small net: two hidden layers, and early stopping. */
static plm_status set_quick(plm_settings *s, const plm_column *target)
{
    const char *hidden = target->encoding == PLM_ENCODE_CLASSES
                             ? "dense(256, activation=selu, kernel_initializer=lecun_normal)"
                             : "dense(256, activation=mish, kernel_initializer=he_normal)";
    const char *head = head_of(&s->arena, target, "");
    const char *model =
        head ? plm_arena_format(&s->arena, "%s, %s, %s", hidden, hidden, head) : NULL;
    if (!model)
        return PLM_E_MEMORY;
    PLM_TRY(plm_setting_suggest(s, "model", model, "the inputs are scaled already"));
    PLM_TRY(plm_setting_suggest(s, "optimizer", "adam(0.001)", NULL));
    PLM_TRY(plm_setting_suggest(s, "epochs", "200", "at most; early_stopping ends it sooner"));
    return plm_setting_suggest(s, "observers", "early_stopping(patience=20)",
                               "stops after 20 epochs without a better validation");
}

/* Returns a hidden layer of the net below: weights of variance 1 / fan_in, and a learning rate
 * smaller by the root of fan_in, which for Adam is the paper's parametrization. NULL = no
 * memory. */
static const char *hidden_of(plm_arena *a, const char *activation, int64_t fan_in)
{
    return plm_arena_format(
        a,
        "dense(%d, activation=%s, kernel_initializer=variance_scaling(1, "
        "fan_in, untruncated_normal), bias_initializer=random_normal(stddev=1), "
        "learning_rate_factor=%.4g)",
        UNITS, activation, 1 / sqrt((double)fan_in));
}

/* Sets the net RealMLP-TD-S: Holzmueller, Grinsztajn and Steinwart, "Better by default: strong
 * pre-tuned MLPs and boosted trees on tabular data", NeurIPS 2024, without label smoothing. Few
 * rows need many epochs, so their number follows from a number of steps. */
static plm_status set_default(const plm_job *j, plm_settings *s, const plm_column *target)
{
    enum { STEPS = 6000, LEAST = 32, MOST = 256 };
    const bool classes = target->encoding == PLM_ENCODE_CLASSES;
    const char *activation = classes ? "selu" : "mish";
    const int64_t batches = (j->about.rows + BATCH - 1) / BATCH;
    const int64_t epochs = batches > 0 ? STEPS / batches : MOST;
    plm_arena *a = &s->arena;
    const char *first = hidden_of(a, activation, j->about.input_dims[0][0]),
               *other = hidden_of(a, activation, UNITS),
               *head =
                   head_of(a, target, ", kernel_initializer=zeros, learning_rate_factor=0.0625");
    if (!first || !other || !head)
        return PLM_E_MEMORY;
    const char *model =
        plm_arena_format(a, "smooth_clip(3), scale(learning_rate_factor=6), %s, %s, %s, %s", first,
                         other, other, head);
    const char *count = plm_arena_format(a, "%lld",
                                         (long long)(epochs < LEAST  ? LEAST
                                                     : epochs > MOST ? MOST
                                                                     : epochs));
    if (!model || !count)
        return PLM_E_MEMORY;
    PLM_TRY(
        plm_setting_suggest(s, "model", model,
                            "the inputs are scaled already; the net is RealMLP-TD-S (Holzmueller "
                            "et al., NeurIPS 2024)"));
    PLM_TRY(plm_setting_suggest(s, "optimizer",
                                classes ? "adam(coslog(0.04), beta_2=0.95)"
                                        : "adam(coslog(0.07), beta_2=0.95)",
                                "four waves of the learning rate down to 0"));
    return plm_setting_suggest(s, "epochs", count,
                               "some 6,000 steps; the weights of the best epoch are kept");
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

/* effort chooses a net, so it has no effect where one is given. */
static plm_status refuse_effort(plm_settings *s)
{
    if (!plm_setting_text(s, "effort"))
        return PLM_OK;
    return plm_setting_fail(s, "effort", 0, "leave it out",
                            "effort chooses the net of a table; here the net is given");
}

/* Does nothing if the run has a model, or data without types. */
plm_status plm_recipe_model(plm_job *j, plm_settings *s)
{
    const plm_schema *schema = j->data->source->schema;
    const plm_setting *model = plm_setting_of(s, "model");
    if (!schema || !model || model->given || plm_setting_text(s, "start"))
        return refuse_effort(s);
    const plm_column *target = plm_schema_target(schema, 0);
    if (!target || plm_schema_target(schema, 1))
        return plm_fail(j->home, PLM_E_SPEC, s->file, "add 'model:' with a layer for each target",
                        "a net for %s is not chosen by itself",
                        target ? "several targets" : "no target");
    if (plm_setting_text(s, "effort") && !is_quick(s) &&
        strcmp(plm_setting_text(s, "effort"), "default") != 0)
        return plm_setting_fail(s, "effort", 0, "effort=quick or effort=default",
                                "there is no effort '%s'", plm_setting_text(s, "effort"));
    PLM_TRY(is_quick(s) ? set_quick(s, target) : set_default(j, s, target));
    plm_setting_drop(s, "effort");
    return set_metrics(s, target);
}
