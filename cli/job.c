/* Runtime and data of a verb, from its settings, and a model that was trained before. */
#define _POSIX_C_SOURCE 200809L
#include "job.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "runfile.h"

static void on_log(void *user, int level, const char *text)
{
    plm_cli_job *j = user;
    if (level < 1)
        return;
    if (j->progress)
        plm_cli_progress_clear(j->progress);
    plm_cli_warn("%s", text);
}

/* "FOLDER/plummet" for each folder of a list. */
static char *below_each(const char *folders)
{
    char *out = plm_cli_format("%s", "");
    for (const char *c = folders; *c;) {
        size_t length = strcspn(c, ":");
        if (length) {
            char *longer = plm_cli_format("%s%s%.*s/plummet", out, *out ? ":" : "", (int)length, c);
            free(out);
            out = longer;
        }
        c += length + (c[length] == ':');
    }
    return out;
}

/* The folders of a list, from the folder where relative names begin. */
static char *below_folder(const char *folder, const char *list)
{
    char *out = plm_cli_format("%s", "");
    for (const char *c = list; *c;) {
        const size_t length = strcspn(c, ":");
        char *one = plm_cli_format("%.*s", (int)length, c), *path = plm_cli_below(folder, one);
        char *longer = plm_cli_format("%s%s%s", out, *out && length ? ":" : "", length ? path : "");
        free(one);
        free(path);
        free(out);
        out = longer;
        c += length + (c[length] == ':');
    }
    return out;
}

/* An environment variable that is set and not empty, else the fallback. */
static const char *variable(const char *name, const char *fallback)
{
    const char *value = getenv(name);
    return value && *value ? value : fallback;
}

/* Named sets: the key, else $PLUMMET_DATA, else the data folders of the XDG base directories. */
static char *data_folders(plm_cli_settings *s)
{
    const char *told = plm_cli_setting_text(s, "data_dir");
    if (told)
        return below_folder(plm_cli_run_folder(s), told);
    told = variable("PLUMMET_DATA", NULL);
    if (told)
        return plm_cli_format("%s", told);
    char *home = plm_cli_format("%s/.local/share", variable("HOME", ""));
    char *folders = plm_cli_format("%s:%s", variable("XDG_DATA_HOME", home),
                                   variable("XDG_DATA_DIRS", "/usr/local/share:/usr/share"));
    char *all = below_each(folders);
    free(home);
    free(folders);
    return all;
}

int plm_cli_job_open(plm_cli_job *j, plm_cli_settings *s)
{
    const char *directory = plm_cli_run_folder(s);
    j->directory = directory ? plm_cli_format("%s", directory) : NULL;
    j->data_dir = data_folders(s);
    j->w = plm_open(PLM_OPTIONS(.threads = (int)plm_cli_setting_count(s, "threads", 0),
                                .seed = (uint64_t)plm_cli_setting_count(s, "seed", 0),
                                .isa = plm_cli_setting_text(s, "isa"), .log = on_log, .user = j,
                                .data_dir = j->data_dir, .directory = j->directory));
    if (!j->w)
        return plm_cli_fail(PLM_EXIT_INTERNAL, NULL, NULL, "out of memory");
    if (!plm_isa(j->w) || plm_last_error(j->w)->status < 0)
        return plm_cli_fail_status(j->w, PLM_OK, NULL);
    return PLM_EXIT_GOOD;
}

int plm_cli_job_fail_key(plm_cli_job *j, const plm_cli_settings *s, plm_status status,
                         const char *key, int item)
{
    char *place = plm_cli_setting_place(s, key, item);
    int code = plm_cli_fail_status(j->w, status, place);
    free(place);
    return code;
}

/* "split(0.1)" or "split(0.1, shuffle=true)", and not a pipeline that begins with it. */
static bool is_split(const char *text)
{
    return !strncmp(text, "split", 5) && (text[5] == '(' || text[5] == ' ' || !text[5]) &&
           !strchr(text, '|');
}

/* Opens what a key says: rows taken out of the data, or a pipeline of its own. */
static int open_part(plm_cli_job *j, plm_cli_settings *s, const char *key, plm_data **out)
{
    const char *text = plm_cli_setting_text(s, key);
    if (!text || !strcmp(text, "none"))
        return PLM_EXIT_GOOD;
    *out = is_split(text) ? plm_data_split(j->data, "%s", text) : plm_data_open(j->w, "%s", text);
    return *out ? PLM_EXIT_GOOD : plm_cli_job_fail_key(j, s, plm_last_error(j->w)->status, key, 0);
}

int plm_cli_job_data(plm_cli_job *j, plm_cli_settings *s)
{
    const char *text = plm_cli_setting_text(s, "data");
    if (!text)
        return plm_cli_fail(PLM_EXIT_USAGE, s->file,
                            "add a line 'data: digits | shuffle | batch(32)', or data=... here",
                            "the run does not say its data");
    j->data = plm_data_open(j->w, "%s", text);
    if (!j->data)
        return plm_cli_job_fail_key(j, s, plm_last_error(j->w)->status, "data", 0);
    /* first, so that the test does not depend on the validation */
    int code = open_part(j, s, "test", &j->test);
    code = code ? code : open_part(j, s, "validation", &j->validation);
    if (code)
        return code;
    plm_status status = plm_data_get_info(j->data, &j->about);
    if (status < 0)
        return plm_cli_job_fail_key(j, s, status, "data", 0);
    if (j->about.rows == 0)
        return plm_cli_fail(PLM_EXIT_DATA, text, "give data with rows, or split less away",
                            "no rows to train on");
    plm_cli_setting_default(s, "optimizer", "adam");
    plm_cli_setting_default(s, "epochs", "10");
    return PLM_EXIT_GOOD;
}

int plm_cli_job_unlabelled(plm_cli_job *j, plm_cli_settings *s)
{
    const char *text = plm_cli_setting_text(s, "unlabelled");
    if (!text)
        return plm_cli_fail(PLM_EXIT_USAGE, s->file,
                            "add a line 'unlabelled: fashion_mnist | take(50000) | shuffle'",
                            "the run does not say the rows to pretrain on");
    return open_part(j, s, "unlabelled", &j->unlabelled);
}

int plm_cli_job_fail(plm_cli_job *j, const plm_cli_settings *s, plm_status status)
{
    const char *where = plm_last_error(j->w)->where;
    for (int i = 0; i < s->count; i++) {
        const char *key = s->keys[i].name;
        size_t length = strlen(key);
        if (!strncmp(where, key, length) && (!where[length] || strchr(": .", where[length])))
            return plm_cli_job_fail_key(j, s, status, key, -1);
    }
    return plm_cli_fail_status(j->w, status, s->file);
}

char *plm_cli_model_file(const char *path)
{
    char *inside = plm_cli_format("%s/model.safetensors", path);
    if (plm_cli_exists(inside))
        return inside;
    free(inside);
    return plm_cli_format("%s", path);
}

static bool is_folder(const char *path)
{
    struct stat about;
    return !stat(path, &about) && S_ISDIR(about.st_mode);
}

int plm_cli_check_model(const char *path)
{
    char *file = plm_cli_model_file(path), *run = plm_cli_format("%s/run.yaml", path);
    char *hint = plm_cli_format("plummet train --resume %s", path);
    int code = PLM_EXIT_GOOD;
    if (is_folder(file))
        code = plm_cli_exists(run)
                   ? plm_cli_fail(PLM_EXIT_IO, path, hint, "this run has no model yet")
                   : plm_cli_fail(PLM_EXIT_IO, path,
                                  "name a model file, or the folder of a run, such as "
                                  "runs/digits-0001",
                                  "there is no model in this folder");
    free(file);
    free(run);
    free(hint);
    return code;
}

static plm_model *load(plm *w, const char *path)
{
    char *file = plm_cli_model_file(path);
    plm_model *m = plm_model_load(w, file, NULL);
    free(file);
    return m;
}

int plm_cli_job_load(plm_cli_job *j, const char *path, const char *loss, const char *metrics)
{
    int code = plm_cli_check_model(path);
    if (code)
        return code;
    j->model_path = path;
    j->model = load(j->w, path);
    if (!j->model)
        return plm_cli_fail_status(j->w, plm_last_error(j->w)->status, NULL);
    if (!loss && !metrics)
        return PLM_EXIT_GOOD;
    char *optimizer = plm_cli_format("%s", plm_model_setting(j->model, "optimizer"));
    char *said_loss = plm_cli_format("%s", plm_model_setting(j->model, "loss"));
    char *said_metrics = plm_cli_format("%s", plm_model_setting(j->model, "metrics"));
    plm_status status = plm_compile(j->model, *optimizer ? optimizer : NULL,
                                    loss ? loss : said_loss, metrics ? metrics : said_metrics);
    free(optimizer);
    free(said_loss);
    free(said_metrics);
    return status < 0 ? plm_cli_fail_status(j->w, status, path) : PLM_EXIT_GOOD;
}

void plm_cli_job_free(plm_cli_job *j)
{
    plm_model_free(j->model);
    plm_data_free(j->validation);
    plm_data_free(j->test);
    plm_data_free(j->unlabelled);
    plm_data_free(j->data);
    plm_close(j->w);
    free(j->data_dir);
    free(j->directory);
    *j = (plm_cli_job){0};
}

int plm_cli_job_run(const plm_cli_call *call,
                    int (*work)(const plm_cli_call *call, plm_cli_settings *s, plm_cli_job *j))
{
    plm_cli_settings s = plm_cli_settings_new(call->verb->keys);
    plm_cli_job j = {0};
    int code = PLM_EXIT_GOOD;
    for (int i = 0; !code && i < call->overrides; i++)
        code = plm_cli_settings_override(&s, call->override[i]);
    code = code ? code : plm_cli_settings_check(&s);
    code = code ? code : work(call, &s, &j);
    plm_cli_job_free(&j);
    plm_cli_settings_free(&s);
    return code;
}
