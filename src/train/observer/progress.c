/* Passes a line of metrics to the log function of the runtime after each epoch, since the library
 * itself prints nothing.
 *
 * Programs that embed the library see these lines wherever they send their log; the command has
 * lines of its own (src/show/epoch_line.c). */
#include <string.h>

#include "base/names.h"
#include "train/run.h"

typedef struct {
    int64_t every; /* epochs between two lines */
} progress;

static const plm_field fields[] = {
    PLM_FIELD(progress, every, PLM_INT, "1", 1, 1e9, "number of epochs between two lines"), {0}};

/* The observer. */
typedef struct {
    plm *w;
    progress c; /* the keys, with their defaults */
} reporter;

/* True for a value that the line leaves out: a validation value in an epoch without validation, a
 * learning rate that does not change, and values that are only for the history. A metric that is
 * undefined, and so NaN as well, is shown. */
static bool is_skipped(const plm_run *run, const plm_event *event, const char *name)
{
    return (run->skips_validation && strncmp(name, "val_", 4) == 0) ||
           (!event->rate_moves && strcmp(name, "learning_rate") == 0) ||
           plm_pattern_matches("gradient_norm|penalty_share", name);
}

/* Logs the line of an epoch. */
static plm_status report(const reporter *o, const plm_run *run, const plm_event *event)
{
    plm_text t = {.w = o->w};
    plm_text_format(&t, "epoch %lld/%lld", (long long)event->epoch + 1, (long long)event->epochs);
    for (int i = 0; i < event->logs; i++) {
        if (is_skipped(run, event, event->log[i].name))
            continue;
        plm_text_format(&t, "  %s %.4g", event->log[i].name, event->log[i].value);
    }
    plm_text_format(&t, "  %.1f s", event->seconds);
    const plm_status status = t.failed ? PLM_E_MEMORY : PLM_OK;
    if (status >= 0)
        o->w->options.log(o->w->options.user, 0, plm_text_get(&t));
    plm_text_free(&t);
    return status;
}

/* Fails at the start if there is no log function; logs a line every `every` epochs. */
static plm_status on_event(void *self, plm_run *run, const plm_event *event)
{
    const reporter *o = self;
    if (event->kind == PLM_FIT_BEGIN && o->w->options.log == NULL)
        return plm_fail(o->w, PLM_E_ORDER, "progress",
                        "open the runtime with PLM_OPTIONS(.log = your_function)",
                        "the runtime has no log function to write to");
    return event->kind == PLM_EPOCH_END && (event->epoch + 1) % o->c.every == 0
               ? report(o, run, event)
               : PLM_OK;
}

/* Frees the observer's state. */
static void release(void *self)
{
    reporter *o = self;
    plm_release(o->w, o);
}

/* Makes the observer. Whether there is a log function is checked when a fit begins. */
static plm_status open_reporter(plm *w, const void *config, plm_observer *out)
{
    reporter *o = plm_allocate(w, sizeof *o);
    if (o == NULL)
        return PLM_E_MEMORY;
    *o = (reporter){.w = w, .c = *(const progress *)config};
    *out = (plm_observer){.name = "progress", .on_event = on_event, .free = release, .self = o};
    return PLM_OK;
}

const plm_observer_kind plm_observer_progress = {
    .kind = {.name = "progress",
             .alias = "ProgbarLogger",
             .help = "passes a line of metrics for each epoch to the log function of a C program",
             .formula = "epoch 3/10  loss 0.2116  accuracy 0.9371  val_loss 0.2504  1.2 s",
             .notes = "The command shows its own progress and does not need this observer.",
             .config_size = sizeof(progress),
             .fields = fields,
             .examples = PLM_LIST("progress", "progress(every=10)")},
    .open = open_reporter,
};
