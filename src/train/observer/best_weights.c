/* Ends the fit with the weights of its best epoch by a monitored metric. Unlike early_stopping it
 * does not stop the fit early: it is useful if a schedule that ends at 0 fixes the length of the
 * training. */
#include "train/monitor.h"

typedef struct {
    const char *monitor, *mode; /* monitor: name of a logged value; mode: auto, min or max */
    double min_delta;           /* smaller changes do not count as better */
} best_weights;

static const plm_field fields[] = {
    PLM_FIELD(best_weights, monitor, PLM_TEXT, "val_loss", 0, 0, "the metric to monitor"),
    PLM_FIELD_OF(
        best_weights, mode, PLM_CHOICE, "auto", "auto|min|max",
        "whether lower (min) or higher (max) is better; auto = as is usual for the metric"),
    PLM_FIELD(best_weights, min_delta, PLM_REAL, "0", -1e30, 1e30,
              "smallest change that is an improvement"),
    {0}};

/* Restores the best weights, unless another observer has restored weights, or the weights are a
 * moving average. */
static void give_back(const plm_watcher *o, plm_run *run)
{
    if (!run->restored && !run->state.averaged)
        plm_watcher_give_back(o, run);
}

/* Keeps the best epoch and its weights; restores the weights when the fit ends. */
static plm_status on_event(void *self, plm_run *run, const plm_event *event)
{
    double value = 0;
    bool improved = false;
    if (event->kind == PLM_FIT_BEGIN)
        return plm_watcher_begin(self, run);
    if (event->kind == PLM_EPOCH_END)
        return plm_watcher_look(self, run, event, &value, &improved);
    if (event->kind == PLM_FIT_END)
        give_back(self, run);
    return PLM_OK;
}

/* Stores the observer's state in number[] for a checkpoint: 0 and 1 for the monitor, 2 for the best
 * epoch. */
static void remember(void *self, double number[PLM_MEMORIES])
{
    const plm_watcher *o = self;
    plm_monitor_remember(&o->monitor, number);
    number[2] = (double)o->best_epoch;
}

/* Restores the observer's state from number[] of a checkpoint: 0 and 1 for the monitor, 2 for the
 * best epoch. */
static void recall(void *self, const double number[PLM_MEMORIES])
{
    plm_watcher *o = self;
    plm_monitor_recall(&o->monitor, number);
    o->best_epoch = plm_monitor_count(number[2]);
}

/* Makes the observer, which is a watcher that keeps weights. */
static plm_status open_watcher(plm *w, const void *config, plm_observer *out)
{
    const best_weights *c = config;
    plm_watcher *o =
        plm_watcher_new(w, sizeof *o, plm_monitor_new(c->monitor, c->mode, c->min_delta), true);
    if (o == NULL)
        return PLM_E_MEMORY;
    *out = (plm_observer){
        .name = "best_weights", .on_event = on_event, .free = plm_watcher_release, .self = o};
    return PLM_OK;
}

const plm_observer_kind plm_observer_best_weights = {
    .kind = {.name = "best_weights",
             .help = "ends the fit with the weights of its best epoch",
             .notes = "It does not end the fit earlier, as early_stopping does. The command adds "
                      "this observer if there is validation data, unless the run file has keep: "
                      "last. It does nothing if early_stopping restores weights "
                      "(restore_best_weights=true) or the optimizer averages them (use_ema=true).",
             .config_size = sizeof(best_weights),
             .fields = fields,
             .examples = PLM_LIST("best_weights", "best_weights(monitor=val_accuracy)")},
    .open = open_watcher,
    .remember = remember,
    .recall = recall,
    .weights = plm_watcher_weights,
};
