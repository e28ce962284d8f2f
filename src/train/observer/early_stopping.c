/* Ends the fit when a watched figure has not become better for `patience` epochs; may give back
 * the best weights. */
#include "train/monitor.h"

typedef struct {
    const char *monitor, *mode;
    double min_delta, baseline;
    int64_t patience, start_from_epoch;
    bool restore_best_weights;
} early_stopping;

static const plm_field fields[] = {
    PLM_FIELD(early_stopping, monitor, PLM_TEXT, "val_loss", 0, 0, "the figure that is watched"),
    PLM_FIELD(early_stopping, min_delta, PLM_REAL, "0", -1e30, 1e30,
              "a smaller gain does not count"),
    PLM_FIELD(early_stopping, patience, PLM_INT, "0", 0, 1e9,
              "epochs without a gain before the end"),
    PLM_FIELD_OF(early_stopping, mode, PLM_CHOICE, "auto", "auto|min|max",
                 "which way is better; auto = as the metric has it"),
    PLM_FIELD(early_stopping, baseline, PLM_REAL, "nan", 0, 0, "a figure that must be beaten"),
    PLM_FIELD(early_stopping, restore_best_weights, PLM_BOOL, "false", 0, 0,
              "end with the weights of the best epoch"),
    PLM_FIELD(early_stopping, start_from_epoch, PLM_INT, "0", 0, 1e9,
              "epochs that are not watched"),
    {0}};

typedef struct {
    plm *w;
    early_stopping c;
    plm_monitor monitor;
    int64_t waited, best_epoch; /* best_epoch: from 1; 0 = none yet */
    plm_real *best;             /* weights of the best epoch */
} watcher;

static plm_real *weights(void *self, const plm_model *m, bool make)
{
    watcher *o = self;
    if (make && o->best == NULL)
        o->best = plm_allocate_array(o->w, m->vector.length + 1, sizeof *o->best);
    return o->best;
}

static plm_status keep(watcher *o, plm_model *m)
{
    if (!o->c.restore_best_weights)
        return PLM_OK;
    if (weights(o, m, true) == NULL)
        return PLM_E_MEMORY;
    plm_weights_keep(m, o->best);
    return PLM_OK;
}

/* Keras waits anew only when the baseline, too, is beaten. */
static bool beats_baseline(const watcher *o, double value)
{
    if (!(o->c.baseline == o->c.baseline))
        return true;
    return o->monitor.larger ? value - o->monitor.min_delta > o->c.baseline
                             : value + o->monitor.min_delta < o->c.baseline;
}

static plm_status epoch_end(watcher *o, plm_run *run, const plm_event *event)
{
    double value = 0;
    if (event->epoch < o->c.start_from_epoch || !plm_monitor_due(&o->monitor, run))
        return PLM_OK;
    PLM_TRY(plm_monitor_need(&o->monitor, run, event, &value));
    o->waited++;
    if (plm_monitor_gains(&o->monitor, value)) {
        o->best_epoch = event->epoch + 1;
        PLM_TRY(keep(o, run->model));
        if (beats_baseline(o, value))
            o->waited = 0;
        return PLM_OK;
    }
    if (o->waited < o->c.patience || event->epoch == 0)
        return PLM_OK;
    run->state.best_epoch = o->best_epoch;
    return PLM_STOPPED;
}

static void give_back(const watcher *o, plm_run *run)
{
    if (run->state.best_epoch == 0)
        run->state.best_epoch = o->best_epoch;
    if (o->best != NULL)
        plm_weights_restore(run, o->best, o->best_epoch);
}

static plm_status on_event(void *self, plm_run *run, const plm_event *event)
{
    watcher *o = self;
    if (event->kind == PLM_FIT_BEGIN)
        return plm_monitor_check(&o->monitor, run);
    if (event->kind == PLM_EPOCH_END)
        return epoch_end(o, run, event);
    if (event->kind == PLM_FIT_END)
        give_back(o, run);
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
    number[2] = (double)o->waited;
    number[3] = (double)o->best_epoch;
}

static void recall(void *self, const double number[PLM_MEMORIES])
{
    watcher *o = self;
    plm_monitor_recall(&o->monitor, number);
    o->waited = plm_monitor_count(number[2]);
    o->best_epoch = plm_monitor_count(number[3]);
}

/* More epochs are asked for after the end: there is new patience. */
static void again(void *self)
{
    watcher *o = self;
    if (o->waited >= o->c.patience)
        o->waited = 0;
}

static plm_status open_watcher(plm *w, const void *config, plm_observer *out)
{
    watcher *o = plm_allocate(w, sizeof *o);
    if (o == NULL)
        return PLM_E_MEMORY;
    o->w = w;
    o->c = *(const early_stopping *)config;
    o->monitor = plm_monitor_new(o->c.monitor, o->c.mode, o->c.min_delta);
    *out =
        (plm_observer){.name = "early_stopping", .on_event = on_event, .free = release, .self = o};
    return PLM_OK;
}

const plm_observer_kind plm_observer_early_stopping = {
    .kind = {.name = "early_stopping",
             .alias = "EarlyStopping",
             .help = "ends the fit when a figure stops getting better",
             .notes =
                 "Against overfitting, and it saves time: ask for many epochs and let it end. With "
                 "restore_best_weights=true the model ends with the weights of its best epoch.",
             .source = "Prechelt, Early stopping - but when?, 1998",
             .config_size = sizeof(early_stopping),
             .fields = fields,
             .examples =
                 PLM_LIST("early_stopping(patience=5, restore_best_weights=true)",
                          "early_stopping(monitor=val_accuracy, patience=10, min_delta=0.001)")},
    .open = open_watcher,
    .remember = remember,
    .recall = recall,
    .weights = weights,
    .again = again,
};
