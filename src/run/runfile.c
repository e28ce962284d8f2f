/* Finds, reads and writes run files. If an argument is not a run file, the error says what it is: a
 * table, a model, the folder of a run, a data set or a name without its ending. Each of these
 * mistakes is frequent and gets its own message with the right command; "cannot parse YAML" would
 * not help. */
#include "run/runfile.h"

#include <errno.h>
#include <string.h>

#include "base/contents.h"
#include "base/letters.h"
#include "base/names.h"
#include "base/split.h"
#include "run/class_weight.h"
#include "run/define.h"
#include "run/from_keras.h"
#include "run/json_text.h"
#include "run/recipe.h"
#include "run/runs.h"

/* ---- finding the file ---- */

/* Returns the text of the built-in run file with this name. NULL = there is none. */
static const char *embedded(const char *name)
{
    for (const plm_embedded_run *r = plm_embedded_runs; r->name; r++)
        if (!strcmp(r->name, name))
            return r->text;
    return NULL;
}

/* True for both endings of YAML files. */
static bool has_ending(const char *name)
{
    return plm_ends_with(name, ".yaml") || plm_ends_with(name, ".yml");
}

/* True if an argument names a run file, by its ending or by the name of a built-in one. If a file
 * or folder has the same name as a built-in run, the argument means that file or folder. */
bool plm_is_run_file(const char *argument)
{
    return has_ending(argument) || (embedded(argument) && !plm_path_exists(argument));
}

/* Returns a file that the user may have meant: its name has the other ending of run files, or an
 * ending added, so that the error of `plummet train net` can suggest net.yaml; or the built-in run
 * digits for digits.yaml. NULL = there is none. */
static const char *neighbour(plm_arena *a, const char *name)
{
    static const char *const endings[] = {".yaml", ".yml"};
    size_t stem = strlen(name);
    for (int i = 0; i < 2; i++)
        if (plm_ends_with(name, endings[i]))
            stem = strlen(name) - strlen(endings[i]);
    for (int i = 0; i < 2; i++) {
        const char *other = plm_arena_format(a, "%.*s%s", (int)stem, name, endings[i]);
        if (other && plm_path_exists(other))
            return other;
    }
    const char *bare = plm_arena_format(a, "%.*s", (int)stem, name);
    return bare && embedded(bare) ? bare : NULL;
}

/* Fails with E_SPEC because the argument is the name of a data set, not a run file. */
static plm_status fail_data_set(plm_settings *s, const char *name)
{
    const char *hint = plm_arena_format(&s->arena,
                                        "write a run file with the line 'data: %s | shuffle | "
                                        "batch(32)': `plummet help train` shows a run file",
                                        name);
    return plm_fail(s->w, PLM_E_SPEC, name, hint, "%s is a data set, not a run file", name);
}

/* Fails with E_SPEC because the argument is neither a file nor a built-in run. The hint has a
 * similar name, or lists all built-in runs. MOST_RUNS: more than their number. */
static plm_status fail_unknown(plm_settings *s, const char *name)
{
    enum { MOST_RUNS = 64 };
    const char *known[MOST_RUNS], *near = neighbour(&s->arena, name);
    plm_text hint = {.w = s->w};
    size_t count = 0;
    if (plm_describe(s->w, "source", name))
        return fail_data_set(s, name);
    for (; count < MOST_RUNS && plm_embedded_runs[count].name; count++)
        known[count] = plm_embedded_runs[count].name;
    near = near ? near : plm_name_nearest(name, known, count);
    if (near)
        plm_text_format(&hint, "did you mean %s?", near);
    else
        plm_text_add(&hint, "give a file that ends in .yaml, or the name of a built-in run: ");
    for (size_t i = 0; i < count && !near; i++)
        plm_text_format(&hint, "%s%s", i ? ", " : "", known[i]);
    const plm_status status =
        plm_fail(s->w, PLM_E_SPEC, name, plm_text_get(&hint),
                 "there is no run file '%s', and no built-in run of this name", name);
    plm_text_free(&hint);
    return status;
}

/* Returns a command that converts a file of another program, known by its ending, to a table that
 * plummet reads. NULL = the file is not of such a program. */
static const char *foreign_hint(const char *name)
{
    static const char *const sheets[] = {".xlsx", ".xls", ".xlsm", ".ods", ".numbers", NULL};
    static const char *const frames[] = {".parquet", ".feather", ".arrow", ".h5",  ".hdf5", ".mat",
                                         ".pkl",     ".rds",     ".dta",   ".sav", NULL};
    for (int i = 0; sheets[i]; i++)
        if (plm_ends_with(name, sheets[i]))
            return "save the sheet as CSV, and use that file";
    for (int i = 0; frames[i]; i++)
        if (plm_ends_with(name, frames[i]))
            return "write the table as CSV, for example with to_csv of pandas, and use that file";
    return NULL;
}

/* Fails with E_SPEC if a table or a model file is given instead of a run file; PLM_OK for other
 * names. Otherwise the table would be parsed as YAML, with an unclear error. */
static plm_status refuse_table(plm_settings *s, const char *name)
{
    const char *foreign = foreign_hint(name);
    if (foreign)
        return plm_fail(s->w, PLM_E_SPEC, name, foreign, "plummet cannot read files of this type");
    if (plm_recipe_is_table(name)) {
        const char *hint = plm_arena_format(
            &s->arena, "plummet init %s target=COLUMN > net.yaml writes a run file for it", name);
        return plm_fail(s->w, PLM_E_SPEC, name, hint, "this is a table, not a run file");
    }
    if (plm_ends_with(name, ".safetensors"))
        return plm_fail(s->w, PLM_E_SPEC, name,
                        "name a run file, and the model in it: start: MODEL; or continue a run: "
                        "--resume RUNDIR",
                        "this is a model, not a run file");
    return PLM_OK;
}

/* Fails with E_SPEC because the argument is the folder of a run. The hint says how to resume the
 * run. */
static plm_status refuse_folder(plm_settings *s, const char *name)
{
    const char *file = plm_arena_format(&s->arena, "%s/run.yaml", name);
    if (!file)
        return PLM_E_MEMORY;
    if (embedded(name) || !plm_path_exists(file))
        return PLM_OK;
    const char *hint =
        plm_arena_format(&s->arena, "continue it: --resume %s; train it again: %s", name, file);
    return plm_fail(s->w, PLM_E_SPEC, name, hint, "this is the folder of a run, not a run file");
}

/* ---- reading ---- */

/* Fails with E_IO for a run file that could not be read; the reason is in errno. */
static plm_status fail_read(plm_settings *s, const char *path)
{
    const int error = errno;
    if (error == ENOMEM)
        return PLM_E_MEMORY;
    const char *near = error == ENOENT ? neighbour(&s->arena, path) : NULL;
    const char *hint = near ? plm_arena_format(&s->arena, "did you mean %s?", near) : NULL;
    return plm_fail(s->w, PLM_E_IO, path, hint ? hint : "check its name and permissions",
                    "cannot read the run file: %s", strerror(error));
}

/* Reads a run file of at most 1 MiB. This is more than any run file has, and prevents reading a
 * large wrong file into memory. */
static plm_status read_file(plm_settings *s, const char *name)
{
    enum { LIMIT = 1 << 20 };
    size_t length = 0;
    char *text = plm_contents(s->w, name, LIMIT, &length);
    if (!text && errno == ESPIPE)
        PLM_TRY(plm_check_regular(s->w, name, "a run file"));
    if (!text)
        return fail_read(s, name);
    plm_status status = PLM_E_MEMORY;
    s->file = plm_arena_text(&s->arena, name, SIZE_MAX);
    if (length > LIMIT)
        status =
            plm_fail(s->w, PLM_E_SPEC, name,
                     "check that this is a run file; data and models are named inside a run file",
                     "the run file is larger than %d KiB", LIMIT / 1024);
    else if (s->file)
        status = plm_yaml_read(s, text, length);
    plm_release(s->w, text);
    return status;
}

/* Reads the run file `name`, or the built-in one with this name, into s. Before that, checks
 * whether the argument is something else than a run file. */
plm_status plm_run_settings_read(plm_settings *s, const char *name)
{
    const char *built_in = embedded(name);
    PLM_TRY(refuse_table(s, name));
    PLM_TRY(refuse_folder(s, name));
    /* if a file or folder is called digits, the argument digits still means the built-in run;
     * ./digits names the file */
    if (!built_in && (plm_path_exists(name) || has_ending(name) || strchr(name, '/')))
        return read_file(s, name);
    if (!built_in)
        return fail_unknown(s, name);
    s->file = plm_arena_format(&s->arena, "%s (built in)", name);
    return s->file ? plm_yaml_read(s, built_in, strlen(built_in)) : PLM_E_MEMORY;
}

/* Checks the key outside. It may be set only on the command line: a run file may come from somebody
 * else, and must not allow itself to write elsewhere. */
static plm_status check_outside(plm_settings *s)
{
    if (plm_setting_text(s, "outside") && plm_setting_of(s, "outside")->item[0].line)
        return plm_setting_fail(
            s, "outside", 0,
            "remove outside from the run file, and write outside=true on the command line",
            "the key 'outside' cannot be set in a run file");
    return PLM_OK;
}

/* True for keys that are not copied into run.yaml. With out or overwrite, repeating a run by its
 * run.yaml would overwrite it; with outside, it might write elsewhere. The key directory is written
 * separately. */
static bool is_of_this_run(const char *key)
{
    return !strcmp(key, "out") || !strcmp(key, "overwrite") || !strcmp(key, "outside") ||
           !strcmp(key, "directory");
}

/* Fails if a value is not UTF-8 (a file name may not be), since run.yaml could not hold it: the run
 * would train, but could not find its data afterwards. */
static plm_status check_texts(plm_settings *s)
{
    for (int i = 0; i < s->count; i++)
        for (size_t n = 0; !is_of_this_run(s->keys[i].name) && n < s->at[i].count; n++) {
            const char *text = s->at[i].item[n].text;
            if (!plm_utf8_valid(text, strlen(text)))
                return plm_setting_fail(s, s->keys[i].name, (int)n, "rename the file or its folder",
                                        "'%s' is not UTF-8, so it cannot be written to run.yaml",
                                        text);
        }
    return PLM_OK;
}

/* Checks keys whose values have a notation of their own, also if the caller does not use them. */
static plm_status check_values(plm_settings *s)
{
    int64_t every = 0;
    double seconds = 0;
    PLM_TRY(plm_run_settings_checkpoint(s, &every));
    PLM_TRY(plm_run_settings_time(s, &seconds));
    return plm_class_weight_check(s);
}

/* Reads a run file, or makes the settings for a table, and checks them. override [overrides]:
 * key=value of the caller, which replace values of the file before anything is checked. */
plm_status plm_run_settings_load(plm_settings *s, const char *name, int overrides,
                                 const char *const *override)
{
    const bool table = plm_recipe_is_table(name);
    PLM_TRY(table ? PLM_OK : plm_run_settings_read(s, name));
    for (int i = 0; i < overrides; i++)
        PLM_TRY(plm_settings_override(s, override[i]));
    PLM_TRY(plm_recipe_data(s, table ? name : NULL));
    plm_setting_drop(s, "search"); /* for `plummet search` alone */
    PLM_TRY(plm_definitions_apply(s));
    PLM_TRY(plm_from_keras_apply(s));
    PLM_TRY(plm_settings_check(s));
    PLM_TRY(check_texts(s));
    PLM_TRY(check_outside(s));
    PLM_TRY(check_values(s));
    return plm_run_settings_resolve(s);
}

/* ---- keys whose values need their own parser ---- */

/* Reads the key checkpoint. *every: number of epochs between two checkpoints; 0 = no checkpoints.
 * */
plm_status plm_run_settings_checkpoint(plm_settings *s, int64_t *every)
{
    const char *text = plm_setting_text(s, "checkpoint");
    const bool whole = text && plm_read_whole(text, every);
    if (!text || !strcmp(text, "true") || (whole && *every >= 1 && *every <= 1000000000)) {
        *every = whole ? *every : 1;
        return PLM_OK;
    }
    *every = 0;
    if (whole ? !strcmp(text, "0") : !strcmp(text, "false"))
        return PLM_OK;
    return plm_setting_fail(
        s, "checkpoint", 0,
        "write true, false, or the number of epochs from one checkpoint to the next",
        "checkpoint cannot be '%s'", text);
}

/* Returns the last component of a path without the ending of a run file, at most 100 bytes. NULL =
 * no memory. */
static const char *stem_of(plm_arena *a, const char *path)
{
    const char *slash = strrchr(path, '/'), *stem = slash ? slash + 1 : path;
    size_t length = strlen(stem);
    if (plm_ends_with(stem, ".yaml"))
        length -= 5;
    else if (plm_ends_with(stem, ".yml"))
        length -= 4;
    else if (plm_recipe_is_table(path))
        length = strcspn(stem, ".");
    if (length == 0 && *stem == '.') /* a hidden file: .rows.csv gives rows, .csv gives csv */
        length = strcspn(++stem, ".");
    return plm_arena_text(a, stem, length < 100 ? length : 100);
}

/* Returns the short name of a run: the key name or, without it, the name of the run file without
 * its ending. The name becomes part of a folder's name, so only letters, digits, '-', '_' and '.'
 * are kept. Other bytes become '-', and so does a leading '.'. */
const char *plm_run_settings_name(plm_settings *s, const char *argument)
{
    static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    const char *given = plm_setting_text(s, "name");
    const char *name = given ? given : stem_of(&s->arena, argument);
    char *safe = name ? plm_arena_format(&s->arena, "%.100s", name) : NULL;
    for (char *c = safe; c && *c; c++)
        if (!strchr(good, *c))
            *c = '-';
    if (safe && *safe == '.')
        *safe = '-';
    return safe;
}

/* ---- writing ---- */

/* Adds a value as YAML. Most specs are written without quotes. A text that YAML might take for
 * something else gets single quotes. A text with control characters gets double quotes, with the
 * escapes that YAML and JSON share. item: the value is an item of a list, on its own line. */
static void add_value(plm_text *t, const char *text, bool item)
{
    static const char plain_first[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789/.";
    const bool plain = *text && strchr(plain_first, *text) && !strstr(text, ": ") &&
                       !strstr(text, " #") && text[strlen(text) - 1] != ':';
    plm_text_add(t, item ? "  - " : " ");
    if (!plm_is_printable(text)) {
        plm_json_text_string(t, text);
    } else if (plain) {
        plm_text_add(t, text);
    } else {
        plm_text_add(t, "'");
        for (const char *c = text; *c; c++)
            plm_text_add(t, *c == '\'' ? "''" : (char[]){*c, 0});
        plm_text_add(t, "'");
    }
}

/* Adds one key with its value or, for a list, its items on separate lines. origin: origin of the
 * value, written at the end of the line; NULL = not written. */
static void add_setting(plm_text *t, const plm_setting_key *key, const plm_setting *setting,
                        const char *origin)
{
    const bool list = key->type == PLM_SETTING_LIST;
    const char *sign = origin ? "  # " : "", *word = origin ? origin : "";
    if (setting->comment)
        plm_text_format(t, "# %s\n", setting->comment);
    plm_text_format(t, "%s:", key->name);
    if (list)
        plm_text_format(t, "%s%s%s\n", setting->count ? "" : " []", sign, word);
    for (size_t i = 0; i < setting->count; i++) {
        if (setting->item[i].comment)
            plm_text_format(t, "  # %s\n", setting->item[i].comment);
        add_value(t, setting->item[i].text, list);
        plm_text_format(t, "%s%s\n", list ? "" : sign, list ? "" : word);
    }
}

/* Adds the settings as the text of a run file. folder: the folder of the run; `directory` is
 * written relative to it; NULL = do not write `directory`. origins: write after each value whether
 * it was chosen or is a default. */
void plm_run_settings_write(plm_settings *s, plm_text *t, const char *folder, bool origins)
{
    const uint64_t errors = s->w->errors;
    const char *directory = folder ? plm_run_directory_from(s, folder) : NULL;
    t->failed = t->failed || plm_memory_since(s->w, errors) < 0;
    if (directory) {
        plm_text_add(t, "directory:");
        add_value(t, directory, false);
        plm_text_add(t, "\n");
    }
    for (int i = 0; i < s->count; i++)
        if (s->at[i].given && !is_of_this_run(s->keys[i].name))
            add_setting(t, &s->keys[i], &s->at[i], origins ? s->at[i].origin : NULL);
}

/* Adds the settings for a run file in the current folder, to which the key directory is relative.
 * */
void plm_run_settings_print(plm_settings *s, plm_text *t)
{
    plm_run_settings_write(s, t, plm_run_settings_directory(s) ? "." : NULL, false);
}
