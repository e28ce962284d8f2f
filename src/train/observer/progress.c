/* A line of figures as an epoch ends, handed to the log function of the runtime: the library
 * itself prints nothing. */
#include <string.h>

#include "train/run.h"

typedef struct {
    int64_t every;
} progress;

static const plm_field fields[] = {
    PLM_FIELD(progress, every, PLM_INT, "1", 1, 1e9, "epochs between two lines"), {0}};

typedef struct {
    plm *w;
    progress c;
} teller;

/* Not validated in this epoch? A metric without a meaning is nan, too, and is shown. */
static bool is_passed_over(const plm_run *run, const char *name)
{
    return run->passes && strncmp(name, "val_", 4) == 0;
}

static plm_status tell(const teller *o, const plm_run *run, const plm_event *event)
{
    plm_text t = {.w = o->w};
    plm_text_format(&t, "epoch %lld/%lld", (long long)event->epoch + 1, (long long)event->epochs);
    for (int i = 0; i < event->logs; i++) {
        if (is_passed_over(run, event->log[i].name))
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

static plm_status on_event(void *self, plm_run *run, const plm_event *event)
{
    const teller *o = self;
    if (event->kind == PLM_FIT_BEGIN && o->w->options.log == NULL)
        return plm_fail(o->w, PLM_E_ORDER, "progress",
                        "open the runtime with PLM_OPTIONS(.log = your_function)",
                        "there is nobody to tell: the runtime has no log function");
    return event->kind == PLM_EPOCH_END && (event->epoch + 1) % o->c.every == 0
               ? tell(o, run, event)
               : PLM_OK;
}

static void release(void *self)
{
    teller *o = self;
    plm_release(o->w, o);
}

static plm_status open_teller(plm *w, const void *config, plm_observer *out)
{
    teller *o = plm_allocate(w, sizeof *o);
    if (o == NULL)
        return PLM_E_MEMORY;
    *o = (teller){.w = w, .c = *(const progress *)config};
    *out = (plm_observer){.name = "progress", .on_event = on_event, .free = release, .self = o};
    return PLM_OK;
}

const plm_observer_kind plm_observer_progress = {
    .kind = {.name = "progress",
             .alias = "ProgbarLogger",
             .help = "a line of figures an epoch, for the log function of a C program",
             .formula = "epoch 3/10  loss 0.2116  accuracy 0.9371  val_loss 0.2504  1.2 s",
             .notes = "The command shows its own progress and needs none of this.",
             .config_size = sizeof(progress),
             .fields = fields,
             .examples = PLM_LIST("progress", "progress(every=10)")},
    .open = open_teller,
};
