/* Writes model and training to a file from which plm_fit resumes bit for bit: every n epochs,
 * every n batches, or when a metric has improved. Marks such as {epoch:02d} and {val_loss:.2f} in
 * the file name are replaced by values. The files are also ordinary model files.
 *
 * The file is written under a temporary name and renamed, so a killed program leaves the last
 * complete one. */
#include <stdio.h>
#include <string.h>

#include "base/notation.h"
#include "base/paths.h"
#include "format/format.h"
#include "train/log_file.h"
#include "train/monitor.h"

enum { MAX_PATH = 4096 };

typedef struct {
    const char *filepath, *monitor, *mode, *save_freq; /* the keys, as given */
    /* save_best_only: write only after an improvement. save_weights_only: write a model file,
     * without the state of the training. */
    bool save_best_only, save_weights_only;
    int64_t every; /* epochs between two files */
    /* the first file is written only if the metric is better than this; NaN = no threshold */
    double initial_value_threshold;
} checkpoint;

static const plm_field fields[] = {
    PLM_FIELD_FILE(checkpoint, filepath, NULL,
                   "the file; {epoch:02d} and {val_loss:.2f} are replaced by values"),
    PLM_FIELD(checkpoint, monitor, PLM_TEXT, "val_loss", 0, 0,
              "the metric to monitor for save_best_only"),
    PLM_FIELD(checkpoint, save_best_only, PLM_BOOL, "false", 0, 0,
              "true = write only if the metric has improved"),
    PLM_FIELD_OF(
        checkpoint, mode, PLM_CHOICE, "auto", "auto|min|max",
        "whether lower (min) or higher (max) is better; auto = as is usual for the metric"),
    PLM_FIELD(checkpoint, every, PLM_INT, "1", 1, 1e9, "number of epochs between two files"),
    PLM_FIELD(checkpoint, initial_value_threshold, PLM_REAL, "nan", 0, 0,
              "value that the metric must beat before the first file is written"),
    PLM_FIELD(checkpoint, save_weights_only, PLM_BOOL, "false", 0, 0,
              "true = write only the model: a smaller file, which cannot be resumed"),
    PLM_FIELD(checkpoint, save_freq, PLM_TEXT, "epoch", 0, 0,
              "epoch, or the number of batches between two files; {batch} in filepath is the "
              "number of the batch in the epoch"),
    {0}};

/* The observer. */
typedef struct {
    plm *w;
    checkpoint c;        /* the keys, with their defaults */
    plm_monitor monitor; /* the value that decides whether a file is written, with save_best_only */
    int64_t batches;     /* number of batches between two files; 0 = a file every `every` epochs */
    int64_t since;       /* number of batches since the last file */
    /* path of the file to write, with all placeholders replaced */
    char path[MAX_PATH];
} keeper;

/* Fails on an error in the file name. what: the error; the message is "WHAT in the file name
 * ...". */
static plm_status bad_name(const keeper *o, const char *hint, const char *what)
{
    return plm_fail(o->w, PLM_E_SPEC, "checkpoint", hint, "%s in the file name '%s'", what,
                    o->c.filepath);
}

/* A placeholder in the file name, such as {epoch}, {epoch:02d} or {val_loss:.2f}: the name of the
 * value, and its format. */
typedef struct {
    char name[64], format[16];
    size_t length; /* length of the whole placeholder in bytes, with its braces */
} placeholder;

/* Reads the placeholder that begins at `at`. Its format may be digits, a point with digits, and d,
 * f, e or g at the end. The format is checked character by character, since it becomes a format of
 * printf, which must not contain anything else. */
static plm_status read_placeholder(const keeper *o, const char *at, placeholder *out)
{
    const size_t inside = strcspn(at + 1, "}"), name = strcspn(at + 1, ":}");
    const char *format = at + 1 + name + (at[1 + name] == ':');
    const size_t length = inside - (size_t)(format - at - 1);
    const size_t width = strspn(format, "0123456789");
    const size_t digits = format[width] == '.' ? 1 + strspn(format + width + 1, "0123456789") : 0;
    *out = (placeholder){.length = inside + 2};
    if (at[1 + inside] != '}')
        return bad_name(o, "close the brace, as in net-{epoch:02d}.safetensors", "a { without a }");
    if (name == 0 || name >= sizeof out->name)
        return bad_name(o, "write {epoch:02d} or {val_loss:.2f}", "no name of a metric");
    if (length > 0 && (width > 2 || digits > 3 || width + digits + 1 != length ||
                       !strchr("dfeg", format[length - 1])))
        return bad_name(o, "write {epoch:02d} or {val_loss:.2f}", "an unknown format");
    memcpy(out->name, at + 1, name);
    snprintf(out->format, sizeof out->format, "%.*s", (int)length, format);
    return PLM_OK;
}

/* Adds the value of a placeholder. The value is a double, so the format d is printed as %.0f.
 * Without a format, an epoch or a batch has four digits, "0007", so that files sort by name; a
 * metric has four decimals. */
static plm_status put_placeholder(const keeper *o, plm_run *run, const plm_event *event,
                                  const placeholder *m, plm_text *t)
{
    plm_monitor metric = {.name = m->name};
    const bool epoch = strcmp(m->name, "epoch") == 0,
               batch = strcmp(m->name, "batch") == 0 && o->batches > 0;
    const char *given = m->format[0] != '\0' ? m->format : epoch || batch ? "04d" : ".4f";
    const int width = (int)strlen(given) - 1;
    const bool whole = given[width] == 'd';
    double value = (double)(epoch ? event->epoch + 1 : run->batch);
    char format[32];
    if (whole && strchr(given, '.') != NULL)
        return bad_name(o, "write {epoch:02d} or {val_loss:.2f}", "an unknown format");
    if (!epoch && !batch)
        PLM_TRY(plm_monitor_require(&metric, run, event, &value));
    snprintf(format, sizeof format, "%%%.*s%s", width, given, whole ? ".0f" : given + width);
    plm_text_format(t, format, value);
    return PLM_OK;
}

/* Makes the file name: replaces all placeholders, and copies the text between them. */
static plm_status put_name(const keeper *o, plm_run *run, const plm_event *event, plm_text *t)
{
    for (const char *at = o->c.filepath; *at != '\0';) {
        const size_t plain = strcspn(at, "{");
        plm_text_append(t, at, plain);
        at += plain;
        if (*at == '\0')
            break;
        placeholder m;
        PLM_TRY(read_placeholder(o, at, &m));
        PLM_TRY(put_placeholder(o, run, event, &m, t));
        at += m.length;
    }
    return t->failed ? PLM_E_MEMORY : PLM_OK;
}

/* Sets the path of the file to write. The name is made in memory first; the path changes only if
 * the whole name could be made. */
static plm_status name_file(keeper *o, plm_run *run, const plm_event *event)
{
    plm_text t = {.w = o->w};
    plm_status status = put_name(o, run, event, &t);
    if (status >= 0 && (t.length == 0 || t.length >= MAX_PATH))
        status = bad_name(o, "use another name", "no text, or too much text,");
    if (status >= 0)
        snprintf(o->path, MAX_PATH, "%s", plm_text_get(&t));
    plm_text_free(&t);
    return status;
}

/* Fails if the name has an ending of another program's format, such as the .keras of code for
 * Keras: no such program could read the file. */
static plm_status check_ending(const keeper *o)
{
    static const char weights[] = ".weights"; /* Keras: NAME.weights.h5 */
    const char *path = o->c.filepath, *dot = strrchr(path, '.');
    if (!plm_format_is_foreign(path) || dot == NULL)
        return PLM_OK;
    const size_t more = sizeof weights - 1, whole = (size_t)(dot - path);
    const bool double_ending = whole > more && strncmp(dot - more, weights, more) == 0;
    plm_text hint = {.w = o->w};
    plm_text_format(&hint,
                    "write '%.*s.safetensors', which `plummet predict` and many programs read",
                    (int)(double_ending ? whole - more : whole), path);
    const plm_status status =
        plm_fail(o->w, PLM_E_SPEC, "checkpoint", plm_text_get(&hint),
                 "a checkpoint is a safetensors file, and no %s file: '%s'", dot, path);
    plm_text_free(&hint);
    return status;
}

/* Checks before the first step that the file name is valid and the metric exists. Otherwise an
 * error in the name would appear only after the first epoch, and the work of an epoch would be
 * lost. */
static plm_status check(keeper *o, plm_run *run)
{
    plm_log log[PLM_LOGS];
    int logs = plm_run_values(run, false, log, PLM_LOGS);
    double value = 0;
    if (o->batches == 0) /* there is no validation within an epoch */
        logs += plm_run_values(run, true, log + logs, PLM_LOGS - logs);
    const plm_event event = {.log = log, .logs = logs};
    if (o->c.save_best_only) {
        PLM_TRY(plm_monitor_require(&o->monitor, run, &event, &value));
        PLM_TRY(plm_monitor_find_direction(&o->monitor, run));
    }
    PLM_TRY(check_ending(o));
    PLM_TRY(name_file(o, run, &event));
    return plm_log_prepare(o->w, o->path);
}

/* Writes a file or requests a checkpoint. With save_best_only it does so only if the metric has
 * improved. A checkpoint is written by the fit itself when all observers have been called, so that
 * it has the state of all of them. */
static plm_status keep(keeper *o, plm_run *run, const plm_event *event)
{
    double value = 0;
    if (o->c.save_best_only && !plm_monitor_due(&o->monitor, run))
        return PLM_OK;
    if (o->c.save_best_only) {
        PLM_TRY(plm_monitor_require(&o->monitor, run, event, &value));
        if (!plm_monitor_improves(&o->monitor, value))
            return PLM_OK;
    }
    PLM_TRY(name_file(o, run, event));
    if (o->c.save_weights_only)
        return plm_model_save(run->model, o->path, "safetensors");
    plm_checkpoint_request(run, o->path);
    return PLM_OK;
}

/* Checks the file name when the fit begins, and writes a file after an epoch or a number of
 * batches. Epochs are counted from 1 in file names, and from 0 in events. */
static plm_status on_event(void *self, plm_run *run, const plm_event *event)
{
    keeper *o = self;
    if (event->kind == PLM_FIT_BEGIN)
        return check(o, run);
    if (o->batches == 0)
        return event->kind == PLM_EPOCH_END && (event->epoch + 1) % o->c.every == 0
                   ? keep(o, run, event)
                   : PLM_OK;
    if (event->kind != PLM_BATCH_END || ++o->since < o->batches)
        return PLM_OK;
    o->since = 0;
    return keep(o, run, event);
}

/* Stores the observer's state in number[] for a checkpoint: 0 and 1 for the monitor, 2 for the
 * number of batches since the last file. */
static void remember(void *self, double number[PLM_MEMORIES])
{
    const keeper *o = self;
    plm_monitor_remember(&o->monitor, number);
    number[2] = (double)o->since;
}

/* Restores the observer's state from a checkpoint; called when a fit is resumed. */
static void recall(void *self, const double number[PLM_MEMORIES])
{
    keeper *o = self;
    plm_monitor_recall(&o->monitor, number);
    o->since = plm_monitor_count(number[2]);
}

/* Only save_best_only monitors a value. */
static const plm_monitor *monitor(const void *self)
{
    const keeper *o = self;
    return o->c.save_best_only ? &o->monitor : NULL;
}

/* Frees the observer's state. */
static void release(void *self)
{
    keeper *o = self;
    plm_release(o->w, o);
}

/* Reads save_freq: "epoch" gives 0, else the number of batches. In Keras `save_freq` has two types,
 * so here it is a text. */
static plm_status read_save_freq(plm *w, const checkpoint *c, int64_t *batches)
{
    const char *end = NULL;
    const double count = plm_text_number(c->save_freq, &end);
    *batches = 0;
    if (strcmp(c->save_freq, "epoch") == 0)
        return PLM_OK;
    if (end == c->save_freq || *end != '\0' || !(count >= 1 && count <= 1e9) ||
        count > (double)(int64_t)count)
        return plm_fail(w, PLM_E_SPEC, "checkpoint",
                        "write save_freq=500 for a file every 500 batches; `every` counts epochs",
                        "save_freq must be epoch or a number of batches, got '%s'", c->save_freq);
    *batches = (int64_t)count;
    return PLM_OK;
}

/* Makes the observer. initial_value_threshold is taken as the best value so far. */
static plm_status open_keeper(plm *w, const void *config, plm_observer *out)
{
    int64_t batches = 0;
    PLM_TRY(read_save_freq(w, config, &batches));
    keeper *o = plm_allocate(w, sizeof *o);
    if (o == NULL)
        return PLM_E_MEMORY;
    o->w = w;
    o->c = *(const checkpoint *)config;
    o->batches = batches;
    o->monitor = plm_monitor_new(o->c.monitor, o->c.mode, 0);
    if (o->c.initial_value_threshold == o->c.initial_value_threshold) {
        o->monitor.best = o->c.initial_value_threshold;
        o->monitor.seen = true;
    }
    *out = (plm_observer){.name = "checkpoint", .on_event = on_event, .free = release, .self = o};
    return PLM_OK;
}

const plm_observer_kind plm_observer_checkpoint = {
    .kind = {.name = "checkpoint",
             .alias = "ModelCheckpoint|model_checkpoint",
             .help = "writes model and training to a file from which the fit can be resumed",
             .config_size = sizeof(checkpoint),
             .positions = "filepath|monitor|verbose|save_best_only|save_weights_only|"
                          "mode|save_freq|initial_value_threshold",
             .fields = fields,
             .examples = PLM_LIST(
                 "checkpoint('last.safetensors')",
                 "checkpoint('best.safetensors', save_best_only=true)",
                 "checkpoint('net-{epoch:02d}-{val_loss:.2f}.safetensors', every=10)",
                 "checkpoint('last.safetensors', save_freq=500)",
                 "checkpoint('best.safetensors', save_best_only=true, save_weights_only=true)")},
    .open = open_keeper,
    .remember = remember,
    .recall = recall,
    .monitor = monitor,
};
