/* Opens a table or a pipeline for a trained model, see source.h. The user names a file, a data set
 * or a pipeline, which becomes a pipeline in any case. A table needs the same columns as in the
 * training. Their names come from the model or, if it does not store them, from the run in whose
 * folder the model is. The column of sample weights is always that of the run. The user's settings
 * for the target and for reading the table are added. */
#include "evaluation/source.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/spec.h"
#include "base/split.h"
#include "base/system.h"
#include "evaluation/columns.h"
#include "run/reading.h"
#include "run/recipe.h"

/* True if the argument is a model. Used to tell the user that model and data are swapped. */
bool plm_is_model(const char *argument)
{
    char inside[PLM_WHERE_CAPACITY];
    const int length = snprintf(inside, sizeof inside, "%s/model.safetensors", argument);
    return plm_ends_with(argument, ".safetensors") ||
           (length > 0 && length < (int)sizeof inside && plm_path_exists(inside));
}

/* True if the path ends with `ending`, ignoring upper and lower case. */
static bool has_ending(const char *path, const char *ending)
{
    const size_t length = strlen(path), tail = strlen(ending);
    return length > tail && !strcasecmp(path + length - tail, ending);
}

/* True if the path is a file or a pipe such as /dev/fd/63. A word without '.' and '/', such as
 * digits, names a data set, even if there is a file of this name. */
static bool is_file(const char *path)
{
    return strpbrk(path, "./") && plm_path_exists(path) && !plm_path_is_folder(path);
}

/* Returns the name of the source that reads the table. NULL = the argument is a pipeline. */
static const char *source_of(const plm_job *j, const plm_job_table *t)
{
    const char *name = t->argument;
    const bool file = t->path || is_file(name);
    if (!file && strpbrk(name, "|("))
        return NULL;
    const bool typed = *plm_model_setting(j->model, "schema") != '\0';
    if (!typed && (has_ending(name, ".npy") || has_ending(name, ".npy.gz")))
        return "npy";
    const bool table = file || plm_recipe_is_table(name);
    return !table ? NULL : typed ? "table" : "csv";
}

/* Returns the pipeline for an argument. A file becomes csv('a.csv', target=y) | batch(256); a
 * pipeline stays as it is. words: settings for reading the table, each preceded by a comma, or "".
 * NULL = no memory. */
static const char *pipeline_of(const plm_job *j, plm_arena *a, const plm_job_table *t,
                               const char *words)
{
    const char *source = source_of(j, t);
    plm_text spec = {.w = a->w};
    if (!source)
        return t->argument;
    plm_text_format(&spec, "%s(", source);
    plm_spec_quote(&spec, t->path ? t->path : t->argument);
    plm_text_format(&spec, "%s) | batch(256)", words);
    const char *text = spec.failed ? NULL : plm_arena_text(a, plm_text_get(&spec), spec.length);
    plm_text_free(&spec);
    return text;
}

/* Opens the data for the model as j->data, and sets j->about to a description of it. On failure
 * j->data is NULL, and the error is recorded on the runtime j->w. */
static plm_status open_words(plm_job *j, plm_arena *a, const plm_job_table *t, const char *words)
{
    const char *spec = pipeline_of(j, a, t, words);
    plm_data_free(j->data);
    j->data = spec ? plm_data_open_for(j->model, t->targets, "%s", spec) : NULL;
    if (!spec)
        return plm_fail_memory(j->w, "");
    return j->data ? plm_data_get_info(j->data, &j->about) : plm_last_error(j->w)->status;
}

/* Returns how many values a row of shape dims[rank] has. */
static int64_t numbers(int rank, const int64_t *dims)
{
    int64_t count = 1;
    for (int i = 0; i < rank; i++)
        count *= dims[i];
    return count;
}

/* True if the data has the inputs that the model needs. If not, *input is the first input whose
 * number of values differs, or -1 if the number of inputs differs. */
static bool fits(const plm_job *j, int *input)
{
    plm_port port;
    const int wanted = plm_model_inputs(j->model, -1, NULL);
    *input = -1;
    if (wanted != j->about.inputs)
        return false;
    for (*input = 0; *input < wanted; ++*input) {
        (void)plm_model_inputs(j->model, *input, &port);
        if (numbers(j->about.input_rank[*input], j->about.input_dims[*input]) !=
            numbers(port.rank, port.dims))
            return false;
    }
    return true;
}

/* Opens a table with the columns that the run uses. If the table is to be predicted and lacks
 * columns, all its columns are tried as inputs, since it may have no target; a warning says so. */
static plm_status open_run_table(plm_job *j, plm_arena *a, const plm_job_table *t,
                                 const char *words)
{
    int input = 0;
    const plm_status status = open_words(j, a, t, words);
    if (t->targets || (status >= 0 && fits(j, &input)))
        return status;
    if (open_words(j, a, t, ", target=none") < 0 || !fits(j, &input))
        return open_words(j, a, t, words);
    plm_warn(j->home,
             "%s lacks columns of the run (%s), so its own columns are taken as the inputs, in "
             "their order",
             t->argument, words + 2);
    return PLM_OK;
}

/* Writes a hint into `out`: the columns that the model needs, if their names are known and short
 * enough. */
static const char *hint_columns(const plm_job *j, char out[PLM_HINT_CAPACITY])
{
    const char *known = plm_model_setting(j->model, "inputs");
    const bool shown = *known && strlen(known) < PLM_HINT_CAPACITY - 160;
    snprintf(out, PLM_HINT_CAPACITY,
             "give the columns that the model was trained on, in their order%s%s%s",
             shown ? ": " : "", shown ? known : "",
             *j->about.target_columns ? "; target=none if the table has no target column" : "");
    return out;
}

/* Fails with E_SHAPE if the rows do not fit the inputs of the model. This is checked here, so that
 * the error occurs before the first predictions are written. */
static plm_status check_inputs(const plm_job *j, const char *argument)
{
    plm_port port;
    int input = 0;
    char hint[PLM_HINT_CAPACITY];
    const plm_data_info *d = &j->about;
    const int wanted = plm_model_inputs(j->model, -1, NULL);
    if (fits(j, &input))
        return PLM_OK;
    if (input < 0)
        return plm_fail(j->home, PLM_E_SHAPE, argument,
                        "name the columns of each input: csv('new.csv', inputs=[[a, b], [c]])",
                        "the model has %d input%s, but the data has %d", wanted,
                        wanted == 1 ? "" : "s", d->inputs);
    (void)plm_model_inputs(j->model, input, &port);
    const bool named = *d->input_columns, aimed = named && *d->target_columns;
    return plm_fail(
        j->home, PLM_E_SHAPE, argument, hint_columns(j, hint),
        "input '%s' of the model has %lld values per row, but the data has %lld%s%s%s%s%s",
        port.name, (long long)numbers(port.rank, port.dims),
        (long long)numbers(d->input_rank[input], d->input_dims[input]), named ? " (inputs: " : "",
        named ? d->input_columns : "", aimed ? "; target: " : "", aimed ? d->target_columns : "",
        named ? ")" : "");
}

/* Returns the caller's settings for reading a table, ", skip=1, horizon=3", in the arena. NULL = no
 * memory. */
static const char *reading_of(plm_settings *s)
{
    plm_text t = {.w = s->w};
    plm_reading_add(&t, s);
    if (plm_setting_text(s, "horizon"))
        plm_reading_add_argument(&t, "horizon", plm_setting_text(s, "horizon"));
    const char *text = t.failed ? NULL : plm_arena_text(&s->arena, plm_text_get(&t), t.length);
    plm_text_free(&t);
    return text;
}

/* Finds the settings for the table. *run: the settings of the run, if the table is CSV and the
 * model does not know the names of its columns; else NULL. *words: the caller's target and settings
 * for reading the table, or "". */
static plm_status words_of(const plm_job *j, plm_settings *s, const plm_job_table *t,
                           const char **run, const char **words)
{
    plm_arena *a = &s->arena;
    const char *source = source_of(j, t);
    *run = NULL;
    const char *reading = source && strcmp(source, "npy") != 0 ? reading_of(s) : "";
    const char *target = t->target && *t->target ? ", target=" : "";
    *words =
        reading ? plm_arena_format(a, "%s%s%s", target, *target ? t->target : "", reading) : NULL;
    if (!*words)
        return PLM_E_MEMORY;
    if (!source || strcmp(source, "csv") != 0 || *plm_model_setting(j->model, "inputs"))
        return PLM_OK;
    PLM_TRY(plm_run_columns(a, j->model_path, t->target, run));
    if (*run)
        *run = plm_arena_format(a, "%s%s", *run, reading);
    return PLM_OK;
}

/* Opens a table for a model that knows its columns. To evaluate a run with sample weights, the rows
 * are weighted by the same column, which the model does not know. If the table lacks it, a warning
 * says so. */
static plm_status open_known(plm_job *j, plm_arena *a, const plm_job_table *t, const char *words)
{
    const char *source = source_of(j, t), *weight = NULL;
    if (t->targets && source && !strcmp(source, "csv") && *plm_model_setting(j->model, "inputs"))
        PLM_TRY(plm_run_weight(a, j->model_path, &weight));
    if (!weight)
        return open_words(j, a, t, words);
    const char *more = plm_arena_format(a, "%s, weight=%s", words, weight);
    if (!more)
        return PLM_E_MEMORY;
    if (open_words(j, a, t, more) >= 0)
        return PLM_OK;
    PLM_TRY(open_words(j, a, t, words));
    plm_warn(j->home,
             "the run weights its rows by the column %s, which %s lacks: every row counts alike",
             weight, t->argument);
    return PLM_OK;
}

/* Opens the data. Rows to be predicted are checked here against the shapes of the model's inputs,
 * since a later error from a layer would be less clear. */
plm_status plm_job_source(plm_job *j, plm_settings *s, const plm_job_table *t)
{
    const char *run = NULL, *words = NULL;
    PLM_TRY(words_of(j, s, t, &run, &words));
    const plm_status status =
        run ? open_run_table(j, &s->arena, t, run) : open_known(j, &s->arena, t, words);
    if (status < 0)
        return plm_job_fail_at(j, status, t->argument);
    return t->targets ? PLM_OK : check_inputs(j, t->argument);
}
