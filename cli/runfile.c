/* Run files: their keys, reading and writing. */
#include "runfile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "contents.h"
#include "output.h"
#include "runs.h"

const plm_cli_key plm_cli_run_keys[] = {
    {"data", PLM_CLI_TEXT, "PIPELINE",
     "where the rows come from and what happens to them: "
     "\"csv('a.csv', target=y) | shuffle | batch(64)\"; without batch(...), batches have 32 rows",
     0, 0},
    {"validation", PLM_CLI_TEXT, "PIPELINE",
     "what each epoch is judged by: split(0.1) of the data, or a pipeline of its own; "
     "none = nothing",
     0, 0},
    {"test", PLM_CLI_TEXT, "PIPELINE",
     "what the finished net is judged by: split(0.2, shuffle=true) of the data, taken away "
     "first, or a pipeline of its own; none = nothing",
     0, 0},
    {"model", PLM_CLI_LIST, "LAYERS",
     "the layers, first to last; without input(...), the shape of the data. A layer takes "
     "what the one before it gave, or what an arrow names: 'add() <- left right', after dense(10, "
     "name=left). "
     "'20 * dense(100) | batch_normalization' is this chain of layers 20 times",
     0, 0},
    {"outputs", PLM_CLI_LIST, "NAMES",
     "the layers whose values are the answers, in the order of the data's targets; "
     "default: the last layer",
     0, 0},
    {"start", PLM_CLI_TEXT, "MODEL",
     "a trained model to start from: a model file, or the folder of a run; it stays as it is. "
     "The layers of model come on top",
     0, 0},
    {"cut", PLM_CLI_TEXT, "N|NAMES",
     "what goes of start: its last N layers, or those whose names match: 'head|aux*'; default: "
     "1 where model adds layers, else 0",
     0, 0},
    {"freeze", PLM_CLI_TEXT, "NAMES",
     "layers that do not learn, by name or pattern: 'dense*|norm'; with start, of its layers "
     "only, so that '*' is all it gives",
     0, 0},
    {"frozen_epochs", PLM_CLI_COUNT, "N",
     "of the epochs, the first N train with frozen layers, then all learn; default: they "
     "stay frozen. Observers watch the epochs after those",
     1, 1000000000},
    {"unfreeze", PLM_CLI_TEXT, "NAMES",
     "the layers that learn again after frozen_epochs (without it: from the beginning); "
     "default: those of freeze",
     0, 0},
    {"frozen_optimizer", PLM_CLI_TEXT, "SPEC",
     "the optimizer of the frozen_epochs; default: optimizer, which begins afresh "
     "after them",
     0, 0},
    {"learning_rate_factors", PLM_CLI_LIST, "FACTORS",
     "layers that learn faster or more slowly: ['dense*=0.1'] is a tenth of "
     "the optimizer's rate",
     0, 0},
    {"unlabelled", PLM_CLI_TEXT, "PIPELINE",
     "for pretrain alone: rows whose answers are not looked at: "
     "'fashion_mnist | take(50000) | shuffle'",
     0, 0},
    {"pretraining", PLM_CLI_TEXT, "SPEC",
     "for pretrain alone: how, such as autoencoder(20, noise=gaussian_noise(0.3)); default: "
     "autoencoder",
     0, 0},
    {"pseudo_labels", PLM_CLI_TEXT, "CONFIDENCE",
     "for pretrain alone: after the fit, unlabelled rows whose class the net tells "
     "with this confidence (0.95) join the data, and it trains on; default: none",
     0, 0},
    {"pseudo_rounds", PLM_CLI_COUNT, "N",
     "for pretrain alone: how often pseudo-labels are given, default 1", 1, 1000000},
    {"pseudo_epochs", PLM_CLI_COUNT, "N",
     "for pretrain alone: epochs of each round of pseudo-labels, default: epochs", 1, 1000000000},
    {"optimizer", PLM_CLI_TEXT, "SPEC", "default: adam", 0, 0},
    {"loss", PLM_CLI_LIST, "SPECS",
     "one for all outputs, one for each: [mse, sparse_categorical_crossentropy], or by name: "
     "[price=mse, kind=...]; default: by the last layer and the target: softmax with class "
     "numbers sparse_categorical_crossentropy, with one-hot rows categorical_crossentropy; "
     "sigmoid with 0 and 1 binary_crossentropy; else mean_squared_error",
     0, 0},
    {"loss_weights", PLM_CLI_LIST, "NUMBERS",
     "what the loss of each output counts in their sum: [1, 0.2], or by name: "
     "[kind=0.2]; default: 1 each",
     0, 0},
    {"metrics", PLM_CLI_LIST, "SPECS",
     "of several outputs, one for each, or by name: 'price=[mae, mse]'; default: accuracy "
     "where the loss is a crossentropy or the data has classes",
     0, 0},
    {"epochs", PLM_CLI_COUNT, "N", "passes over the data, default 10", 1, 1000000000},
    {"validation_freq", PLM_CLI_COUNT, "N", "epochs between two validations, default 1", 1,
     1000000000},
    {"observers", PLM_CLI_LIST, "SPECS",
     "what watches the fit: [early_stopping(patience=5), terminate_on_nan]; "
     "`plummet describe observer` lists them",
     0, 0},
    {"checkpoint", PLM_CLI_TEXT, "true|false|N",
     "write checkpoint.safetensors, from which train --resume goes on, after every epoch, never, "
     "or "
     "after every N epochs; at most once a second, but always at the end and when the run is "
     "stopped; default true",
     0, 0},
    {"keep", PLM_CLI_TEXT, "best|last",
     "the model gets the weights of the best epoch, by the loss of the validation, or of the last "
     "one; default: best where there is a validation. Weights that an observer restores, and a "
     "moving average (use_ema), go before",
     0, 0},
    {"class_weight", PLM_CLI_LIST, "NUMBERS",
     "what a row of each class weighs in training, class 0 first: [1, 5]; "
     "default: all 1",
     0, 0},
    {"seed", PLM_CLI_COUNT, "N",
     "the same seed gives the same bits, on any number of threads; default 0", 0, INT64_MAX},
    {"threads", PLM_CLI_COUNT, "N", "default 0: every core this process may use", 0, 256},
    {"isa", PLM_CLI_TEXT, "NAME",
     "instruction set: plain, avx2, avx512, neon; default: the best there is", 0, 0},
    {"name", PLM_CLI_TEXT, "NAME", "name of the run, default: of the run file", 0, 0},
    {"out", PLM_CLI_TEXT, "DIR", "folder of the results, default runs/NAME-0001, counted up", 0, 0},
    {"overwrite", PLM_CLI_TEXT, "true|false",
     "replace the run that the folder out holds, once the new one has finished an epoch; until "
     "then "
     "the old one stays; default false",
     0, 0},
    {"data_dir", PLM_CLI_TEXT, "DIRS",
     "folders of named data sets, separated by ':'; default: $PLUMMET_DATA, then "
     "plummet's folders in the XDG data folders",
     0, 0},
    {"directory", PLM_CLI_TEXT, "DIR",
     "where relative names of files begin that data, start and data_dir name; in a run file from "
     "the folder that it lies in; default: the folder that the command runs in. run.yaml says it, "
     "so that it can be run from any folder",
     0, 0},
    {"outside", PLM_CLI_TEXT, "true|false",
     "on the command line alone: observers may write files outside of the run's folder; default "
     "false",
     0, 0},
    {0}};

static const char *embedded(const char *name)
{
    for (const plm_embedded_run *r = plm_embedded_runs; r->name; r++)
        if (!strcmp(r->name, name))
            return r->text;
    return NULL;
}

bool plm_cli_is_run(const char *argument)
{
    return plm_cli_ends(argument, ".yaml") || plm_cli_ends(argument, ".yml") ||
           (embedded(argument) && !plm_cli_exists(argument));
}

static const char *embedded_name(const void *of, int i)
{
    const plm_embedded_run *rows = of;
    return rows[i].name;
}

/* The run file that was perhaps meant: of the other ending, or with one; NULL = there is none.
 * The caller frees it. */
static char *neighbour(const char *name)
{
    static const char *const endings[] = {".yaml", ".yml"};
    size_t stem = strlen(name);
    for (int i = 0; i < 2; i++)
        if (plm_cli_ends(name, endings[i]))
            stem = strlen(name) - strlen(endings[i]);
    for (int i = 0; i < 2; i++) {
        char *other = plm_cli_format("%.*s%s", (int)stem, name, endings[i]);
        if (plm_cli_exists(other))
            return other;
        free(other);
    }
    return NULL;
}

static char *did_you_mean(char *name)
{
    char *hint = name ? plm_cli_format("did you mean %s?", name) : NULL;
    free(name);
    return hint;
}

/* A data set is what a run file names; false = the name is none. */
static bool refuse_data(const char *name, int *code)
{
    plm *w = plm_open(NULL);
    const bool is = w && plm_describe(w, "source", name);
    if (is) {
        char *hint = plm_cli_format("write a run file with the line 'data: %s | shuffle | "
                                    "batch(32)': `plummet help train` shows one",
                                    name);
        *code = plm_cli_fail(PLM_EXIT_USAGE, name, hint, "%s is a data set, not a run file", name);
        free(hint);
    }
    plm_close(w);
    return is;
}

/* Neither a file nor a name that is known. */
static int unknown_run(const char *name)
{
    char known[512] = "";
    int count = 0, refused = PLM_EXIT_GOOD;
    if (refuse_data(name, &refused))
        return refused;
    for (; plm_embedded_runs[count].name; count++) {
        size_t end = strlen(known);
        snprintf(known + end, sizeof known - end, "%s%s", count ? ", " : "",
                 plm_embedded_runs[count].name);
    }
    int near = plm_cli_nearest(name, count, embedded_name, plm_embedded_runs);
    char *hint = did_you_mean(neighbour(name));
    if (!hint)
        hint = near >= 0
                   ? plm_cli_format("did you mean %s?", plm_embedded_runs[near].name)
                   : plm_cli_format("give a file that ends in .yaml, or a run that is built in: %s",
                                    known);
    int code = plm_cli_fail(PLM_EXIT_USAGE, name, hint,
                            "there is no run file '%s', nor a run of that name", name);
    free(hint);
    return code;
}

static int fail_read(const char *path)
{
    const int error = errno;
    char *hint = error == ENOENT ? did_you_mean(neighbour(path)) : NULL;
    int code = plm_cli_fail(PLM_EXIT_IO, path, hint ? hint : "check its name and rights",
                            "cannot read the run file: %s", strerror(error));
    free(hint);
    return code;
}

/* The whole file; limit bytes at most. NULL with a message and *code. */
static char *read_whole(const char *path, size_t limit, size_t *length, int *code)
{
    char *text = plm_cli_contents(path, limit, length);
    *code = PLM_EXIT_GOOD;
    if (!text)
        *code = fail_read(path);
    else if (*length > limit)
        *code = plm_cli_fail(PLM_EXIT_USAGE, path,
                             "is it a run file? Data and models are named inside one",
                             "the run file is larger than %zu KiB", limit / 1024);
    if (*code) {
        free(text);
        return NULL;
    }
    return text;
}

/* A table, named where the run that reads it belongs. */
static int refuse_table(const char *name)
{
    static const char *const endings[] = {".csv", ".csv.gz",  ".tsv", ".npy",
                                          ".txt", ".parquet", ".xlsx"};
    char *hint =
        plm_cli_format("write a run file whose line 'data:' names it: `plummet help train` "
                       "shows one; or replace that line: plummet train RUNFILE "
                       "data=\"csv('%s', target=COLUMN) | shuffle\"",
                       name);
    int code = PLM_EXIT_GOOD;
    for (size_t i = 0; !code && i < sizeof endings / sizeof *endings; i++)
        if (plm_cli_ends(name, endings[i]))
            code = plm_cli_fail(PLM_EXIT_USAGE, name, hint, "this is a table, not a run file");
    if (!code && plm_cli_ends(name, ".safetensors"))
        code = plm_cli_fail(PLM_EXIT_USAGE, name,
                            "name a run file, and the model in it: start: MODEL; or go on with a "
                            "run: --resume RUNDIR",
                            "this is a model, not a run file");
    free(hint);
    return code;
}

/* The folder of a run: to go on with it is another call. */
static int refuse_folder(const char *name)
{
    char *file = plm_cli_format("%s/run.yaml", name);
    char *hint = plm_cli_format("go on with it: --resume %s; train it again: %s", name, file);
    int code = PLM_EXIT_GOOD;
    if (!embedded(name) && plm_cli_exists(file))
        code = plm_cli_fail(PLM_EXIT_USAGE, name, hint,
                            "this is the folder of a run, not a run "
                            "file");
    free(file);
    free(hint);
    return code;
}

int plm_cli_run_read(plm_cli_settings *s, const char *name)
{
    const char *built_in = embedded(name);
    int code = refuse_table(name);
    code = code ? code : refuse_folder(name);
    if (code)
        return code;
    /* A file or folder that happens to be called digits is not meant by that word: ./digits is. */
    if (!built_in && (plm_cli_exists(name) || plm_cli_ends(name, ".yaml") ||
                      plm_cli_ends(name, ".yml") || strchr(name, '/'))) {
        size_t length = 0;
        char *text = read_whole(name, 1 << 20, &length, &code);
        s->file = plm_cli_format("%s", name);
        code = code ? code : plm_cli_yaml_read(s, text, length);
        free(text);
    } else if (built_in) {
        s->file = plm_cli_format("%s (built in)", name);
        code = plm_cli_yaml_read(s, built_in, strlen(built_in));
    } else {
        code = unknown_run(name);
    }
    return code;
}

/* A run file may come from somebody else: it cannot allow itself to write elsewhere. */
static int check_outside(plm_cli_settings *s)
{
    const char *text = plm_cli_setting_text(s, "outside");
    if (!text)
        return PLM_EXIT_GOOD;
    if (plm_cli_setting_of(s, "outside")->item[0].line)
        return plm_cli_setting_fail(s, "outside", 0,
                                    "leave it out, and say outside=true on the command line",
                                    "a run file cannot allow this itself");
    if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
        return plm_cli_setting_fail(s, "outside", 0, "true or false", "outside cannot be '%s'",
                                    text);
    return PLM_EXIT_GOOD;
}

int plm_cli_run_settings(plm_cli_settings *s, const char *name, int overrides,
                         char *const *override)
{
    int code = plm_cli_run_read(s, name);
    for (int i = 0; !code && i < overrides; i++)
        code = plm_cli_settings_override(s, override[i]);
    code = code ? code : plm_cli_settings_check(s);
    code = code ? code : check_outside(s);
    if (!code)
        plm_cli_run_directory(s);
    return code;
}

int plm_cli_run_checkpoint(plm_cli_settings *s, int64_t *every)
{
    const char *text = plm_cli_setting_text(s, "checkpoint");
    bool whole = text && plm_cli_whole(text, every);
    if (!text || !strcmp(text, "true") || (whole && *every >= 1 && *every <= 1000000000)) {
        *every = whole ? *every : 1;
        return PLM_EXIT_GOOD;
    }
    *every = 0;
    if (whole ? !strcmp(text, "0") : !strcmp(text, "false"))
        return PLM_EXIT_GOOD;
    return plm_cli_setting_fail(s, "checkpoint", 0,
                                "true, false, or how many epochs lie between two",
                                "checkpoint cannot be '%s'", text);
}

int plm_cli_run_class_weight(plm_cli_settings *s, float *out, int room, int *count)
{
    const plm_cli_setting *said = plm_cli_setting_of(s, "class_weight");
    *count = said ? (int)said->count : 0;
    for (int i = 0; i < *count; i++) {
        const char *text = said->item[i].text;
        double value = 0;
        if (i >= room || !plm_cli_real(text, &value) || !(value >= 0 && value < 1e30))
            return plm_cli_setting_fail(s, "class_weight", i,
                                        "a number of 0 or more for each class, at most 4096",
                                        "class_weight cannot be '%s'", text);
        out[i] = (float)value;
    }
    return PLM_EXIT_GOOD;
}

/* Specs are nearly always plain YAML; what might not be is put into quotes, and what must not reach
 * a terminal into double quotes with the escapes that YAML shares with JSON. */
static void write_value(FILE *f, const char *text, bool item)
{
    static const char plain_first[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789/.";
    bool plain = *text && strchr(plain_first, *text) && !strstr(text, ": ") &&
                 !strstr(text, " #") && text[strlen(text) - 1] != ':';
    fputs(item ? "  - " : " ", f);
    if (plm_printable(text, NULL, 0) != strlen(text)) {
        plm_cli_json_string(f, text);
    } else if (plain) {
        fputs(text, f);
    } else {
        fputc('\'', f);
        for (const char *c = text; *c; c++)
            fputs(*c == '\'' ? "''" : (char[]){*c, 0}, f);
        fputc('\'', f);
    }
    fputc('\n', f);
}

static void write_directory(plm_cli_settings *s, FILE *f, const char *folder)
{
    char *directory = folder ? plm_cli_directory_from(s, folder) : NULL;
    if (directory) {
        fputs("directory:", f);
        write_value(f, directory, false);
    }
    free(directory);
}

/* What a copy must not take over: it would overwrite its own run, or be allowed too much. The
 * directory is written by itself. */
static bool is_of_this_run(const char *key)
{
    return !strcmp(key, "out") || !strcmp(key, "overwrite") || !strcmp(key, "outside") ||
           !strcmp(key, "directory");
}

void plm_cli_run_write(plm_cli_settings *s, FILE *f, const char *folder)
{
    write_directory(s, f, folder);
    for (int i = 0; i < s->count; i++) {
        const plm_cli_setting *setting = &s->at[i];
        const plm_cli_key *key = &s->keys[i];
        /* a copy must not overwrite its own run */
        if (!setting->given || is_of_this_run(key->name))
            continue;
        fprintf(f, "%s:", key->name);
        if (key->type == PLM_CLI_LIST) {
            fputs(setting->count ? "\n" : " []\n", f);
            for (size_t n = 0; n < setting->count; n++)
                write_value(f, setting->item[n].text, true);
        } else if (setting->count) {
            write_value(f, setting->item[0].text, false);
        }
    }
}

/* The stem of a path: without folders and without the ending of a run file. */
static char *stem_of(const char *path)
{
    const char *slash = strrchr(path, '/'), *stem = slash ? slash + 1 : path;
    size_t length = strlen(stem);
    if (plm_cli_ends(stem, ".yaml"))
        length -= 5;
    else if (plm_cli_ends(stem, ".yml"))
        length -= 4;
    return plm_cli_format("%.*s", (int)(length < 100 ? length : 100), stem);
}

/* Letters, digits, '-', '_' and '.'; anything else becomes '-', as does a '.' in front. */
char *plm_cli_run_name(plm_cli_settings *s, const char *argument)
{
    static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    const char *given = plm_cli_setting_text(s, "name");
    char *name = given ? plm_cli_format("%.100s", given) : stem_of(argument);
    for (char *c = name; *c; c++)
        if (!strchr(good, *c))
            *c = '-';
    if (*name == '.')
        *name = '-';
    return name;
}
