/* Ends the fit with the weights of its best epoch by a monitored metric. Unlike early_stopping it
 * is useful if a schedule that ends at 0 fixes the length of the training. If the schedule has
 * waves (coslog), the last wave, which takes more than half of the epochs, can be left out for a
 * fit that does not improve any more. */
#include <math.h>

#include "train/monitor.h"

typedef struct {
    const char *monitor, *mode; /* monitor: name of a logged value; mode: auto, min or max */
    double min_delta;           /* smaller changes do not count as better */
    int64_t waves; /* number of waves of the learning rate; 0 = all epochs are trained */
} best_weights;

static const plm_field fields[] = {
    PLM_FIELD(best_weights, monitor, PLM_TEXT, "val_loss", 0, 0, "the metric to monitor"),
    PLM_FIELD_OF(
        best_weights, mode, PLM_CHOICE, "auto", "auto|min|max",
        "whether lower (min) or higher (max) is better; auto = as is usual for the metric"),
    PLM_FIELD(best_weights, min_delta, PLM_REAL, "0", -1e30, 1e30,
              "smallest change that is an improvement"),
    PLM_FIELD(best_weights, waves, PLM_INT, "0", 0, 50,
              "number of waves of the learning rate, as coslog has: the fit ends before the last "
              "wave if no epoch of the wave before is the best; 0 = it trains all epochs"),
    {0}};

/* A wave of fewer epochs does not show that the fit has stopped improving. */
enum { LEAST_EPOCHS = 3 };

/* The observer. */
typedef struct {
    plm_watcher watcher; /* first: see monitor.h */
    int64_t waves;       /* the key */
} keeper;

/* Restores the best weights, unless another observer has restored weights, or the weights are a
 * moving average. */
static void give_back(const plm_watcher *o, plm_run *run)
{
    if (!run->restored && !run->state.averaged)
        plm_watcher_give_back(o, run);
}

/* Returns how many epochs are done when wave k of n ends, counted from 1, in a fit of `epochs`
 * epochs. Each wave is twice as long as the previous one. */
static int64_t wave_end(int64_t epochs, int64_t k, int64_t n)
{
    return (int64_t)floor((double)epochs * (exp2((double)k) - 1) / (exp2((double)n) - 1) + 0.5);
}

/* True if the last wave would begin now, and no epoch of the wave before it is the best. */
static bool leaves_out_last(const keeper *o, const plm_run *run, int64_t done)
{
    if (o->waves < 2 || done != wave_end(run->epochs, o->waves - 1, o->waves))
        return false;
    const int64_t begin = wave_end(run->epochs, o->waves - 2, o->waves);
    return done - begin >= LEAST_EPOCHS && o->watcher.best_epoch > 0 &&
           o->watcher.best_epoch <= begin;
}

/* Keeps the best epoch and its weights; restores the weights when the fit ends. */
static plm_status on_event(void *self, plm_run *run, const plm_event *event)
{
    keeper *o = self;
    double value = 0;
    bool improved = false;
    if (event->kind == PLM_FIT_BEGIN)
        return plm_watcher_begin(&o->watcher, run);
    if (event->kind == PLM_EPOCH_END) {
        PLM_TRY(plm_watcher_look(&o->watcher, run, event, &value, &improved));
        return leaves_out_last(o, run, event->epoch + 1) ? PLM_STOPPED : PLM_OK;
    }
    if (event->kind == PLM_FIT_END)
        give_back(&o->watcher, run);
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
    keeper *o =
        plm_watcher_new(w, sizeof *o, plm_monitor_new(c->monitor, c->mode, c->min_delta), true);
    if (o == NULL)
        return PLM_E_MEMORY;
    o->waves = c->waves;
    *out = (plm_observer){
        .name = "best_weights", .on_event = on_event, .free = plm_watcher_release, .self = o};
    return PLM_OK;
}

const plm_observer_kind plm_observer_best_weights = {
    .kind = {.name = "best_weights",
             .help = "ends the fit with the weights of its best epoch",
             .notes = "It does not end the fit earlier, as early_stopping does, unless waves is "
                      "set: the waves of coslog double in length, so the last one is more than "
                      "half of the training. The command adds this observer if there is validation "
                      "data, unless the "
                      "run file has keep: "
                      "last. It does nothing if early_stopping restores weights "
                      "(restore_best_weights=true) or the optimizer averages them (use_ema=true).",
             .config_size = sizeof(best_weights),
             .fields = fields,
             .examples = PLM_LIST("best_weights", "best_weights(monitor=val_accuracy)",
                                  "best_weights(waves=4)")},
    .open = open_watcher,
    .remember = remember,
    .recall = recall,
    .weights = plm_watcher_weights,
    .monitor = plm_watcher_monitor,
};
