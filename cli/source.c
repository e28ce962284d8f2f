/* The data that a verb names for a model that was trained before. */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "run/columns.h"
#include "source.h"

enum { HINT_CAPACITY = 400 };

/* Can only be a model: a model file by its ending, or a folder with one. */
static bool is_model(const char *path)
{
    char *inside = plm_cli_format("%s/model.safetensors", path);
    const bool is = plm_cli_ends(path, ".safetensors") || plm_cli_exists(inside);
    free(inside);
    return is;
}

int plm_cli_check_order(const plm_cli_call *call)
{
    const char *model = call->argument[0], *data = call->argument[1];
    if (call->arguments < 2 || is_model(model) || !is_model(data))
        return PLM_EXIT_GOOD;
    char *hint = plm_cli_format("plummet %s %s %s", call->verb->name, data, model);
    int code = plm_cli_fail(PLM_EXIT_USAGE, model, hint, "the model comes first, then the data");
    free(hint);
    return code;
}

static bool is_input(const char *argument)
{
    return !strcmp(argument, "-");
}

/* Does it end so, in whatever letters? */
static bool has_ending(const char *path, const char *ending)
{
    size_t length = strlen(path), tail = strlen(ending);
    return length > tail && !strcasecmp(path + length - tail, ending);
}

/* A file that is there, or a pipe (/dev/fd/63), and no word such as digits. */
static bool is_file(const char *path)
{
    struct stat about;
    return strpbrk(path, "./") && !stat(path, &about) && !S_ISDIR(about.st_mode);
}

/* Which source reads a file of that name, or standard input; NULL = the argument is neither. */
static const char *source_of(const char *argument)
{
    const bool file = is_file(argument);
    if (!file && strpbrk(argument, "|("))
        return NULL;
    if (has_ending(argument, ".npy") || has_ending(argument, ".npy.gz"))
        return "npy";
    return file || is_input(argument) || has_ending(argument, ".csv") ||
                   has_ending(argument, ".csv.gz")
               ? "csv"
               : NULL;
}

/* A file's name as a pipeline: csv('a.csv', target=y) | batch(256); a pipeline as it is. words:
 * settings of the table that begin with a comma, or "". */
static char *pipeline_of(const char *argument, const char *words)
{
    const char *source = source_of(argument);
    if (!source)
        return plm_cli_format("%s", argument);
    char *path =
        plm_cli_quoted(is_input(argument) || plm_cli_is_pipe(argument) ? "/dev/stdin" : argument);
    char *spec = plm_cli_format("%s(%s%s) | batch(256)", source, path, words);
    free(path);
    return spec;
}

/* Opens data for the model as j->data; on failure that is NULL and the error is the library's. */
static plm_status open_words(plm_job *j, const char *argument, bool targets, const char *words)
{
    char *spec = pipeline_of(argument, words);
    plm_data_free(j->data);
    j->data = plm_data_open_for(j->model, targets, "%s", spec);
    free(spec);
    return j->data ? plm_data_get_info(j->data, &j->about) : plm_last_error(j->w)->status;
}

/* How many numbers a row has. */
static int64_t numbers(int rank, const int64_t *dims)
{
    int64_t count = 1;
    for (int i = 0; i < rank; i++)
        count *= dims[i];
    return count;
}

/* Whether the data has the inputs that the model takes; else *input is the first that differs, -1
 * = there are more or fewer of them. */
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

/* Opens a table with the columns that the run takes. Rows to predict may lack the target: a table
 * whose columns are then just the inputs is one of these. */
static plm_status open_run_table(plm_job *j, const char *argument, bool targets, const char *words)
{
    int input = 0;
    plm_status status = open_words(j, argument, targets, words);
    if (targets || (status >= 0 && fits(j, &input)))
        return status;
    if (open_words(j, argument, targets, ", target=none") < 0 || !fits(j, &input))
        return open_words(j, argument, targets, words);
    plm_cli_warn("%s lacks columns of the run (%s): the columns that it has are taken as the "
                 "inputs, in their order",
                 argument, words + 2);
    return PLM_OK;
}

/* The words of a table: those of the run, where the model knows no names of columns. */
static plm_status words_of(plm_cli_work *work, const char *argument, const char *target,
                           const char **words)
{
    const char *source = source_of(argument), *known = plm_model_setting(work->job.model, "inputs");
    *words = NULL;
    if (!source || strcmp(source, "csv") != 0 || *known)
        return PLM_OK;
    return plm_run_columns(&work->settings.arena, work->job.model_path, target, words);
}

/* Opens data for the model. A model that knows no names of columns takes those of its run. */
static int open_source(plm_cli_work *work, const char *argument, bool targets, const char *target)
{
    plm_job *j = &work->job;
    const char *words = NULL;
    int code = is_input(argument) || plm_cli_is_pipe(argument) ? plm_cli_keep_input(argument)
                                                               : PLM_EXIT_GOOD;
    code = code ? code : plm_cli_code(work->home.w, words_of(work, argument, target, &words));
    if (code)
        return code;
    char *aim = plm_cli_format("%s%s", target && *target ? ", target=" : "", target ? target : "");
    const plm_status status =
        words ? open_run_table(j, argument, targets, words) : open_words(j, argument, targets, aim);
    free(aim);
    return status < 0 ? plm_cli_code(j->home, plm_job_fail_at(j, status, argument)) : PLM_EXIT_GOOD;
}

int plm_cli_source_open(plm_cli_work *work, const char *argument, const char *target)
{
    return open_source(work, argument, true, target);
}

/* Which columns the model wants, where it knows them, and they are few. */
static const char *hint_columns(const plm_job *j, char out[HINT_CAPACITY])
{
    const char *known = plm_model_setting(j->model, "inputs");
    const bool shown = *known && strlen(known) < HINT_CAPACITY - 160;
    snprintf(out, HINT_CAPACITY,
             "give the columns that the model was trained on, in their order%s%s%s",
             shown ? ": " : "", shown ? known : "",
             *j->about.target_columns ? "; target=none where the table has no target column" : "");
    return out;
}

/* Which columns of the table became inputs and target: " (inputs: size, rooms; target: age)". */
static char *describe_columns(const plm_data_info *d)
{
    const bool inputs = *d->input_columns, target = *d->target_columns;
    if (!inputs)
        return plm_cli_format("%s", "");
    return plm_cli_format(" (inputs: %s%s%s)", d->input_columns, target ? "; target: " : "",
                          d->target_columns);
}

/* Whether the rows are as the model takes them: reported before the first line of predictions is
 * written. */
static int check_inputs(const plm_job *j, const char *argument)
{
    plm_port port;
    int input = 0;
    char hint[HINT_CAPACITY];
    const int wanted = plm_model_inputs(j->model, -1, NULL);
    if (fits(j, &input))
        return PLM_EXIT_GOOD;
    if (input < 0)
        return plm_cli_fail(PLM_EXIT_USAGE, argument,
                            "name the columns of each: csv('new.csv', inputs=[[a, b], [c]])",
                            "the model has %d input%s and the data has %d", wanted,
                            wanted == 1 ? "" : "s", j->about.inputs);
    (void)plm_model_inputs(j->model, input, &port);
    char *columns = describe_columns(&j->about);
    int code = plm_cli_fail(
        PLM_EXIT_USAGE, argument, hint_columns(j, hint),
        "input '%s' of the model is %lld numbers a row and the data has %lld%s", port.name,
        (long long)numbers(port.rank, port.dims),
        (long long)numbers(j->about.input_rank[input], j->about.input_dims[input]), columns);
    free(columns);
    return code;
}

int plm_cli_source_inputs(plm_cli_work *work, const char *argument, const char *target)
{
    const int code = open_source(work, argument, false, target);
    return code ? code : check_inputs(&work->job, argument);
}
