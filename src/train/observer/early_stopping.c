/* Ends the fit if a monitored metric has not improved for `patience` epochs. It can restore the
 * best weights.
 *
 * The number of epochs without improvement and the best value are in every checkpoint, so a fit
 * that is resumed stops at the same epoch as one that was never interrupted. */
#include "train/monitor.h"

typedef struct {
    const char *monitor, *mode;         /* monitor: name of a logged value; mode: auto, min or
                                         * max */
    double min_delta, baseline;         /* min_delta: smallest change that is an improvement.
                                         * baseline: value that the metric must beat; NaN = none. */
    int64_t patience, start_from_epoch; /* patience: epochs without improvement until the fit ends.
                                         * start_from_epoch: number of first epochs that are
                                         * ignored. */
    bool restore_best_weights;          /* end with the weights of the best epoch */
} early_stopping;

static const plm_field fields[] = {
    PLM_FIELD(early_stopping, monitor, PLM_TEXT, "val_loss", 0, 0, "the metric to monitor"),
    PLM_FIELD(early_stopping, min_delta, PLM_REAL, "0", -1e30, 1e30,
              "smallest change that is an improvement"),
    PLM_FIELD(early_stopping, patience, PLM_INT, "0", 0, 1e9,
              "number of epochs without improvement after which the fit ends"),
    PLM_FIELD_OF(
        early_stopping, mode, PLM_CHOICE, "auto", "auto|min|max",
        "whether lower (min) or higher (max) is better; auto = as is usual for the metric"),
    PLM_FIELD(early_stopping, baseline, PLM_REAL, "nan", 0, 0,
              "value that the metric must beat within `patience` epochs"),
    PLM_FIELD(early_stopping, restore_best_weights, PLM_BOOL, "false", 0, 0,
              "true = end with the weights of the best epoch"),
    PLM_FIELD(early_stopping, start_from_epoch, PLM_INT, "0", 0, 1e9,
              "number of epochs to ignore at the beginning"),
    {0}};

/* The observer. */
typedef struct {
    plm_watcher watcher; /* first: see monitor.h */
    early_stopping c;    /* the keys, with their defaults */
    int64_t waited;      /* number of epochs since the last improvement of the metric */
} stopper;

/* True if there is no baseline, or the value is better than the baseline. As in Keras, patience
 * restarts only after an improvement that also beats the baseline. */
static bool beats_baseline(const stopper *o, double value)
{
    const plm_monitor *m = &o->watcher.monitor;
    if (!(o->c.baseline == o->c.baseline))
        return true;
    return m->larger ? value - m->min_delta > o->c.baseline : value + m->min_delta < o->c.baseline;
}

/* Keeps a new best epoch, or ends the fit when patience is used up. */
static plm_status epoch_end(stopper *o, plm_run *run, const plm_event *event)
{
    double value = 0;
    bool improved = false;
    if (event->epoch < o->c.start_from_epoch || !plm_monitor_due(&o->watcher.monitor, run))
        return PLM_OK;
    PLM_TRY(plm_watcher_look(&o->watcher, run, event, &value, &improved));
    o->waited++;
    if (improved && beats_baseline(o, value))
        o->waited = 0;
    if (improved || o->waited < o->c.patience || event->epoch == 0)
        return PLM_OK;
    plm_watcher_claim(&o->watcher, run);
    return PLM_STOPPED;
}

/* Watches the metric at the end of each epoch; restores the best weights, if they are kept, when
 * the fit ends. */
static plm_status on_event(void *self, plm_run *run, const plm_event *event)
{
    stopper *o = self;
    if (event->kind == PLM_FIT_BEGIN)
        return plm_watcher_begin(&o->watcher, run);
    if (event->kind == PLM_EPOCH_END)
        return epoch_end(o, run, event);
    if (event->kind == PLM_FIT_END)
        plm_watcher_give_back(&o->watcher, run);
    return PLM_OK;
}

/* Stores the observer's state in number[] for a checkpoint: 0 and 1 for the monitor, 2 for the
 * epochs without an improvement, 3 for the best epoch. */
static void remember(void *self, double number[PLM_MEMORIES])
{
    const stopper *o = self;
    plm_monitor_remember(&o->watcher.monitor, number);
    number[2] = (double)o->waited;
    number[3] = (double)o->watcher.best_epoch;
}

/* Restores the observer's state from number[] of a checkpoint: 0 and 1 for the monitor, 2 for the
 * epochs without an improvement, 3 for the best epoch. */
static void recall(void *self, const double number[PLM_MEMORIES])
{
    stopper *o = self;
    plm_monitor_recall(&o->watcher.monitor, number);
    o->waited = plm_monitor_count(number[2]);
    o->watcher.best_epoch = plm_monitor_count(number[3]);
}

/* Counts the epochs without improvement from 0 again, when a fit that had ended continues with more
 * epochs. */
static void again(void *self)
{
    stopper *o = self;
    if (o->waited >= o->c.patience)
        o->waited = 0;
}

/* Makes the observer. The watcher keeps weights only with restore_best_weights. */
static plm_status open_stopper(plm *w, const void *config, plm_observer *out)
{
    const early_stopping *c = config;
    stopper *o = plm_watcher_new(w, sizeof *o, plm_monitor_new(c->monitor, c->mode, c->min_delta),
                                 c->restore_best_weights);
    if (o == NULL)
        return PLM_E_MEMORY;
    o->c = *c;
    *out = (plm_observer){
        .name = "early_stopping", .on_event = on_event, .free = plm_watcher_release, .self = o};
    return PLM_OK;
}

const plm_observer_kind plm_observer_early_stopping = {
    .kind = {.name = "early_stopping",
             .alias = "EarlyStopping",
             .help = "ends the fit when a metric stops improving",
             .notes = "It prevents overfitting and saves time: request many epochs and let "
                      "early_stopping end the fit. With restore_best_weights=true the model ends "
                      "with the weights of its best epoch.",
             .source = "Prechelt, Early stopping - but when?, 1998",
             .config_size = sizeof(early_stopping),
             .positions = "monitor|min_delta|patience|verbose|mode|baseline|"
                          "restore_best_weights|start_from_epoch",
             .fields = fields,
             .examples =
                 PLM_LIST("early_stopping(patience=5, restore_best_weights=true)",
                          "early_stopping(monitor=val_accuracy, patience=10, min_delta=0.001)")},
    .open = open_stopper,
    .remember = remember,
    .recall = recall,
    .weights = plm_watcher_weights,
    .monitor = plm_watcher_monitor,
    .again = again,
};
