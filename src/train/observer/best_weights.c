/* Ends the fit with the weights of its best epoch by a watched metric, and ends it no earlier. */
#include "train/monitor.h"

typedef struct {
    const char *monitor, *mode;
    double min_delta;
} best_weights;

static const plm_field fields[] = {
    PLM_FIELD(best_weights, monitor, PLM_TEXT, "val_loss", 0, 0, "the metric that is watched"),
    PLM_FIELD_OF(best_weights, mode, PLM_CHOICE, "auto", "auto|min|max", "which way is better"),
    PLM_FIELD(best_weights, min_delta, PLM_REAL, "0", -1e30, 1e30, "a smaller gain does not count"),
    {0}};

typedef struct {
    plm *w;
    plm_monitor monitor;
    int64_t epoch;  /* the best one, from 1; 0 = none yet */
    plm_real *best; /* its weights */
} watcher;

static plm_real *weights(void *self, const plm_model *m, bool make)
{
    watcher *o = self;
    if (make && o->best == NULL)
        o->best = plm_allocate_array(o->w, m->vector.length + 1, sizeof *o->best);
    return o->best;
}

static plm_status epoch_end(watcher *o, plm_run *run, const plm_event *event)
{
    double value = 0;
    if (!plm_monitor_due(&o->monitor, run))
        return PLM_OK;
    PLM_TRY(plm_monitor_need(&o->monitor, run, event, &value));
    if (!plm_monitor_gains(&o->monitor, value))
        return PLM_OK;
    if (weights(o, run->model, true) == NULL)
        return PLM_E_MEMORY;
    plm_weights_keep(run->model, o->best);
    o->epoch = event->epoch + 1;
    return PLM_OK;
}

/* Another observer that restores weights, and an average of them, go before. */
static void fit_end(const watcher *o, plm_run *run)
{
    if (run->state.best_epoch == 0)
        run->state.best_epoch = o->epoch;
    if (o->best != NULL && !run->restored && !run->state.averaged)
        plm_weights_restore(run, o->best, o->epoch);
}

static plm_status on_event(void *self, plm_run *run, const plm_event *event)
{
    watcher *o = self;
    if (event->kind == PLM_FIT_BEGIN)
        return plm_monitor_check(&o->monitor, run);
    if (event->kind == PLM_EPOCH_END)
        return epoch_end(o, run, event);
    if (event->kind == PLM_FIT_END)
        fit_end(o, run);
    return PLM_OK;
}

static void release(void *self)
{
    watcher *o = self;
    plm_release(o->w, o->best);
    plm_release(o->w, o);
}

static void remember(void *self, double number[PLM_MEMORIES])
{
    const watcher *o = self;
    plm_monitor_remember(&o->monitor, number);
    number[2] = (double)o->epoch;
}

static void recall(void *self, const double number[PLM_MEMORIES])
{
    watcher *o = self;
    plm_monitor_recall(&o->monitor, number);
    o->epoch = plm_monitor_count(number[2]);
}

static plm_status open_watcher(plm *w, const void *config, plm_observer *out)
{
    const best_weights *c = config;
    watcher *o = plm_allocate(w, sizeof *o);
    if (o == NULL)
        return PLM_E_MEMORY;
    *o = (watcher){.w = w, .monitor = plm_monitor_new(c->monitor, c->mode, c->min_delta)};
    *out = (plm_observer){.name = "best_weights", .on_event = on_event, .free = release, .self = o};
    return PLM_OK;
}

const plm_observer_kind plm_observer_best_weights = {
    .kind = {.name = "best_weights",
             .help = "ends with the weights of the best epoch",
             .notes =
                 "It ends no fit: early_stopping does. The command adds it where there is "
                 "validation data, unless the run file has keep: last. It does nothing where "
                 "early_stopping restores weights (restore_best_weights=true) or the optimizer "
                 "averages them (use_ema=true).",
             .config_size = sizeof(best_weights),
             .fields = fields,
             .examples = PLM_LIST("best_weights", "best_weights(monitor=val_accuracy)")},
    .open = open_watcher,
    .remember = remember,
    .recall = recall,
    .weights = weights,
};
