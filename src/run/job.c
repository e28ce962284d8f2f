/* Opens the runtime and the data of a run by its settings, and loads trained models. A run cannot
 * use the runtime of its caller, since its settings name their own seed and threads. So errors
 * occur in the runtime of the run, and fail_at records them again in the caller's runtime. It puts
 * the place in the run file before the place that the library knows: "net.yaml:7, optimizer:
 * learning_rate". */
#include "run/job.h"

#include <string.h>

#include "base/paths.h"
#include "base/split.h"
#include "base/system.h"
#include "data/data.h"
#include "model/borrowed.h"
#include "model/schema.h"
#include "run/net.h"
#include "run/few_rows.h"
#include "run/recipe.h"
#include "run/runfile.h"

/* ---- errors ---- */

/* Joins the place in the run file and the place that the library knows: "net.yaml:3:1, optimizer"
 * and "optimizer: learning_rate" give "net.yaml:3:1, optimizer: learning_rate". key: the key or
 * file with which the library's place begins; it is not repeated if the other place ends with it.
 * Names of C functions are omitted after a place in the run file, since users of run files do not
 * know them. */
static void join_places(plm_text *t, const char *outer, const char *inner, const char *key)
{
    const size_t length = strlen(key), before = strlen(outer);
    if ((*outer && !strncmp(inner, "plm_", 4)) || !strcmp(outer, inner))
        inner = "";
    const bool shared = length && before >= length && strlen(inner) >= length &&
                        !strcmp(outer + before - length, key);
    if (shared)
        inner += length;
    plm_text_format(t, "%s%s%s", outer, *outer && *inner && !shared ? ": " : "", inner);
}

/* Records the job's error on the caller's runtime (home). The place in the run file is put before
 * the error's own place, in the text and in the members of the error. If the library already knows
 * a file and a line, these are kept. */
static plm_status fail_at(plm_job *j, plm_status status, const char *place, const plm_error *at)
{
    plm_error e = *plm_last_error(j->w);
    plm_text where = {.w = j->home};
    if (place && !strcmp(place, "-") && !strcmp(e.where, PLM_STANDARD_INPUT))
        place = e.where = "standard input";
    join_places(&where, place ? place : "", e.where, *e.key ? e.key : e.file);
    status = status < 0 ? status : e.status < 0 ? e.status : PLM_E_INTERNAL;
    e.where = plm_text_get(&where);
    e.what = *e.what ? e.what : "the library failed without a message";
    if (at) {
        e.key = at->key;
        e.item = at->item;
        e.file = *e.file ? e.file : at->file;
        e.line = e.line > 0 ? e.line : at->line;
    }
    status = plm_fail_again(j->home, &e, status);
    plm_text_free(&where);
    return status;
}

/* Records the job's error on the caller's runtime. place: the place of a setting, which is put
 * before the library's own place; NULL = none. */
plm_status plm_job_fail_at(plm_job *j, plm_status status, const char *place)
{
    return fail_at(j, status, place, NULL);
}

/* Records the job's error on the caller's runtime, with the place of a key: the failed call used
 * its value. */
plm_status plm_job_fail_key(plm_job *j, plm_settings *s, plm_status status, const char *key,
                            int item)
{
    const plm_error at = plm_setting_at(s, key, item);
    return fail_at(j, status, at.where, &at);
}

/* Records an error of the library on the caller's runtime. The error names the key that caused it.
 * If this is a key of the run file, the message gets the line of the key. */
plm_status plm_job_fail(plm_job *j, plm_settings *s, plm_status status)
{
    const char *key = plm_last_error(j->w)->key;
    return plm_setting_of(s, key) ? plm_job_fail_key(j, s, status, key, -1)
                                  : plm_job_fail_at(j, status, s->file);
}

/* ---- the runtime ---- */

/* Passes warnings of the run's runtime to the caller's log. Notes are not passed: they come from
 * the observer "progress", while the caller has its own observers. */
static void on_log(void *user, int level, const char *text)
{
    const plm_job *j = user;
    const plm_options *o = &j->home->options;
    if (level >= 1 && o->log && !j->quiet)
        o->log(o->user, level, text);
}

/* Allocates memory with the allocator of the caller's runtime. */
static void *allocate(void *user, void *old, size_t bytes, size_t align)
{
    const plm_job *j = user;
    const plm_options *o = &j->home->options;
    return o->allocate(o->user, old, bytes, align);
}

/* Returns the list of folders, separated by ':', with `folder` put before each relative path. NULL
 * = no memory. Relative folders in a run file are relative to the run file, as all its paths are.
 * */
static const char *below_folder(plm_arena *a, const char *folder, const char *list)
{
    plm_text out = {.w = a->w};
    for (const char *c = list; *c;) {
        const size_t length = strcspn(c, ":");
        const char *one = plm_arena_text(a, c, length);
        const char *path = one ? plm_path_below(a, folder, one) : NULL;
        plm_text_format(&out, "%s%s", out.length && length ? ":" : "", path && length ? path : "");
        c += length + (c[length] == ':');
    }
    const char *text = out.failed ? NULL : plm_arena_text(a, plm_text_get(&out), out.length);
    plm_text_free(&out);
    return text;
}

/* Opens the runtime of a run with the options `own`. Memory, log and tuning are those of the
 * caller's runtime. Tuning is passed on, so that a run does not repeat the timing measurements of
 * the machine. */
static plm_status open_runtime(plm_job *j, plm_settings *s, plm_options *own)
{
    const char *directory = plm_run_settings_directory(s),
               *folders = plm_setting_text(s, "data_dir");
    if (folders)
        folders = below_folder(&s->arena, directory, folders);
    const plm_options *o = &j->home->options;
    own->isa = plm_setting_text(s, "isa");
    own->tuning = j->home->tuned;
    own->allocate = o->allocate ? allocate : NULL;
    own->user = j;
    own->data_dir = folders ? folders : j->data_dir;
    own->directory = directory;
    own->unpinned = own->unpinned || o->unpinned;
    own->fixed_threads = o->fixed_threads;
    j->w = plm_open(own);
    if (!j->w)
        return plm_fail_memory(j->home, "");
    j->w->borrowed = true;
    j->w->lone_objects = j->home->lone_objects;
    return plm_last_error(j->w)->status < 0 ? plm_job_fail_at(j, PLM_OK, NULL) : PLM_OK;
}

/* Opens the runtime of the run. Its warnings reach the caller through on_log. */
plm_status plm_job_open(plm_job *j, plm_settings *s)
{
    return open_runtime(j, s,
                        PLM_OPTIONS(.threads = (int)plm_setting_count(s, "threads", 0),
                                    .seed = (uint64_t)plm_setting_count(s, "seed", 0),
                                    .log = on_log, .log_width = j->home->options.log_width));
}

/* Opens the runtime for one of several nets of a run. Their seeds are far apart, so that runs with
 * neighbouring seeds have no net in common. */
plm_status plm_job_open_part(plm_job *j, plm_settings *s, int index, int threads)
{
    const uint64_t seed = (uint64_t)plm_setting_count(s, "seed", 0),
                   step = UINT64_C(0x9e3779b97f4a7c15);
    return open_runtime(
        j, s,
        PLM_OPTIONS(.threads = threads, .seed = seed + step * (uint64_t)index, .unpinned = true));
}

/* Passes the timing measurements of this runtime to the caller's runtime, so that the next run can
 * use them. */
static void keep_tuning(plm_job *j)
{
    char text[sizeof j->home->tuned];
    const size_t length = plm_tuning(j->w, text, sizeof text);
    if (length > 0 && length < sizeof text)
        memcpy(j->home->tuned, text, length + 1);
}

/* Makes m the model of the job, and frees the one before. */
void plm_job_keep_model(plm_job *j, plm_model *m)
{
    plm_model_set_borrowed(j->model, false);
    plm_model_free(j->model);
    j->model = m;
    plm_model_set_borrowed(m, true);
}

/* Frees everything that the job opened, except home and data_dir. Models and streams are freed
 * before the runtime that they belong to. Timing measurements of the machine are kept for the next
 * run. */
void plm_job_free(plm_job *j)
{
    keep_tuning(j);
    plm_job_keep_model(j, NULL);
    plm_data_free(j->validation);
    plm_data_free(j->test);
    plm_data_free(j->unlabelled);
    plm_data_free(j->data);
    if (j->w)
        j->w->borrowed = false;
    plm_close(j->w);
    *j = (plm_job){.home = j->home, .data_dir = j->data_dir, .quiet = j->quiet};
}

/* ---- data ---- */

/* True for "split(0.1)" or "split(0.1, shuffle=true)", but not for a pipeline that begins with
 * split(...). */
static bool is_split(const char *text)
{
    return !strncmp(text, "split", 5) && (text[5] == '(' || text[5] == ' ' || !text[5]) &&
           !strchr(text, '|');
}

/* Opens a pipeline with the schema of the job's data, if that has one: a validation is then encoded
 * with values that were fitted to the training rows, not to its own. */
static plm_data *open_like(plm_job *j, plm_arena *a, const char *text)
{
    plm_known_columns known = {.wants_targets = true};
    return plm_data_schema(j->data, a, &known.schema) < 0
               ? NULL
               : plm_data_open_known(j->w, &known, "%s", text);
}

/* Opens the rows that a key names: a split of the job's data, or another pipeline. If the key is
 * not set, or is none, *out is not changed. */
static plm_status open_part(plm_job *j, plm_settings *s, const char *key, plm_data **out)
{
    const char *text = plm_setting_text(s, key);
    double share = 0;
    if (!text || !strcmp(text, "none"))
        return PLM_OK;
    if (plm_read_real(text, &share))
        return plm_setting_fail(s, key, 0, "write split(0.2), or other data, or none",
                                "%s cannot be the number %s", key, text);
    *out = is_split(text) ? plm_data_split(j->data, "%s", text) : open_like(j, &s->arena, text);
    plm_status status = *out ? PLM_OK : plm_last_error(j->w)->status;
    if (status >= 0)
        status = plm_model_check_encoding(j->w, j->data->source->schema != NULL, *out);
    return status < 0 ? plm_job_fail_key(j, s, status, key, 0) : PLM_OK;
}

/* Opens the test and the validation. Splits are made (pass 0) before pipelines are opened (pass 1),
 * so that the schema of a table is fitted to the remaining training rows. If both are splits, the
 * test is split off first, so that its rows do not depend on the validation. */
static plm_status open_parts(plm_job *j, plm_settings *s)
{
    const char *const key[] = {"test", "validation"};
    plm_data **const out[] = {&j->test, &j->validation};
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < 2; i++) {
            const char *text = plm_setting_text(s, key[i]);
            if (text && is_split(text) && i == 1 && plm_setting_count(s, "nets", 1) > 1)
                continue; /* each net holds out other rows (nets.c) */
            if (text && is_split(text) == (pass == 0))
                PLM_TRY(open_part(j, s, key[i], out[i]));
        }
    return PLM_OK;
}

/* Opens the data of the run. If the job has a model with a schema, the table is encoded with this
 * schema. */
static plm_status open_data(plm_job *j, plm_settings *s, const char *text)
{
    const char *schema = j->model ? plm_model_setting(j->model, "schema") : "";
    const plm_known_columns known = {.wants_targets = true,
                                     .schema = schema,
                                     .columns = plm_setting_text(s, "columns"),
                                     .embed = plm_recipe_embed(s),
                                     .embed_given = !j->model && plm_setting_text(s, "embed")};
    j->data = plm_data_open_known(j->w, &known, "%s", text);
    if (!j->data)
        return plm_job_fail_key(j, s, PLM_OK, "data", 0);
    if (known.columns && !j->data->source->schema)
        return plm_setting_fail(
            s, "columns", 0, "use columns with data: table('a.csv', target=y), or remove columns",
            "the key columns is only for data that is a table(...)");
    return PLM_OK;
}

/* Opens the data of a run file, and splits off or opens its test and validation rows. Some settings
 * depend on the data, such as the net of a table, so they are set here. The recipe acts in three
 * parts, since each needs the result of the one before: the table, its columns, and the number of
 * remaining training rows. */
plm_status plm_job_data(plm_job *j, plm_settings *s)
{
    const char *text = plm_setting_text(s, "data");
    if (!text)
        return plm_fail(j->home, PLM_E_SPEC, s->file,
                        "add a line 'data: digits | shuffle | batch(32)', or data=... here",
                        "the run names no data: the key data is missing");
    PLM_TRY(open_data(j, s, text));
    PLM_TRY(plm_recipe_parts(j, s));
    PLM_TRY(plm_few_rows_check(j, s));
    PLM_TRY(open_parts(j, s));
    plm_status status = plm_few_rows_warn(j);
    if (status >= 0)
        status = plm_data_get_info(j->data, &j->about);
    if (status < 0)
        return plm_job_fail_key(j, s, status, "data", 0);
    if (j->about.rows == 0)
        return plm_fail(j->home, PLM_E_DATA, text,
                        "use data with more rows, or split off fewer rows for test and validation",
                        "no rows are left to train on");
    PLM_TRY(plm_recipe_model(j, s));
    PLM_TRY(plm_setting_default(s, "optimizer", "adam"));
    return plm_setting_default(s, "epochs", "10");
}

/* Adds nothing for data without types. */
plm_status plm_job_columns(const plm_job *j, plm_text *t, int width)
{
    if (j->data && j->data->source->schema)
        plm_schema_report(t, j->data->source->schema, width);
    return t->failed ? PLM_E_MEMORY : PLM_OK;
}

/* Adds nothing for data without types. */
plm_status plm_job_outline(const plm_job *j, plm_text *t)
{
    if (j->data && j->data->source->schema)
        plm_schema_outline(t, j->data->source->schema);
    return t->failed ? PLM_E_MEMORY : PLM_OK;
}

/* Appends the report of the columns from the schema that the model stores, so the file of the table
 * is not needed. */
void plm_job_model_columns(const plm_job *j, plm_text *t, int width)
{
    const plm_schema *s = plm_model_columns(j->model);
    if (s)
        plm_schema_report(t, s, width);
}

/* Opens the rows of the key unlabelled: rows without targets, for pretraining. */
plm_status plm_job_unlabelled(plm_job *j, plm_settings *s)
{
    if (!plm_setting_text(s, "unlabelled"))
        return plm_fail(j->home, PLM_E_SPEC, s->file,
                        "add a line 'unlabelled: fashion_mnist | take(50000) | shuffle'",
                        "pretraining needs the key unlabelled, which names the rows to train on");
    return open_part(j, s, "unlabelled", &j->unlabelled);
}

/* ---- trained models ---- */

/* Compiles the model again with another loss or other metrics; NULL = unchanged. The model's
 * settings are copied first, as compiling replaces them. */
static plm_status compile_again(plm_job *j, plm_arena *a, const char *loss, const char *metrics)
{
    const char *optimizer = plm_arena_text(a, plm_model_setting(j->model, "optimizer"), SIZE_MAX);
    loss = loss ? loss : plm_arena_text(a, plm_model_setting(j->model, "loss"), SIZE_MAX);
    metrics =
        metrics ? metrics : plm_arena_text(a, plm_model_setting(j->model, "metrics"), SIZE_MAX);
    if (!optimizer || !loss || !metrics)
        return PLM_E_MEMORY;
    return plm_compile(j->model, *optimizer ? optimizer : NULL, loss, metrics);
}

/* Loads the model of the job. loss, metrics: replace those with which the model was compiled; NULL
 * = keep them. */
plm_status plm_job_load(plm_job *j, plm_settings *s, const char *path, const char *loss,
                        const char *metrics)
{
    PLM_TRY(plm_run_model_check(&s->arena, path));
    const char *file = plm_run_model_file(&s->arena, path);
    if (!file)
        return PLM_E_MEMORY;
    j->model_path = path;
    plm_job_keep_model(j, plm_model_load(j->w, file, NULL));
    if (!j->model)
        return plm_job_fail_at(j, PLM_OK, NULL);
    if (!loss && !metrics)
        return PLM_OK;
    const plm_status status = compile_again(j, &s->arena, loss, metrics);
    return status < 0 ? plm_job_fail_at(j, status, path) : PLM_OK;
}
