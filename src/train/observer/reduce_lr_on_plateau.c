/* Performance scheduling: multiplies the learning rate by a factor if a monitored metric has not
 * improved for a while.
 *
 * After a change it rests for `cooldown` epochs, since the loss needs time to react. */
#include "train/monitor.h"

typedef struct {
    const char *monitor, *mode;       /* monitor: name of a logged value; mode: auto, min or max */
    double factor, min_delta, min_lr; /* factor: multiplies the learning rate. min_delta: smallest
                                       * change that is an improvement. min_lr: lower bound of the
                                       * learning rate. */
    int64_t patience, cooldown; /* patience: epochs without improvement until a change of the rate.
                                 * cooldown: epochs without a change after that. */
} reduce_lr_on_plateau;

static const plm_field fields[] = {
    PLM_FIELD(reduce_lr_on_plateau, monitor, PLM_TEXT, "val_loss", 0, 0, "the metric to monitor"),
    PLM_FIELD(reduce_lr_on_plateau, factor, PLM_REAL, "0.1", 0, 0.999999,
              "factor by which the learning rate is multiplied"),
    PLM_FIELD(reduce_lr_on_plateau, patience, PLM_INT, "10", 0, 1e9,
              "number of epochs without improvement before the rate is lowered"),
    PLM_FIELD_OF(
        reduce_lr_on_plateau, mode, PLM_CHOICE, "auto", "auto|min|max",
        "whether lower (min) or higher (max) is better; auto = as is usual for the metric"),
    PLM_FIELD(reduce_lr_on_plateau, min_delta, PLM_REAL, "1e-4", -1e30, 1e30,
              "smallest change that is an improvement"),
    PLM_FIELD(reduce_lr_on_plateau, cooldown, PLM_INT, "0", 0, 1e9,
              "number of epochs to wait after the rate was lowered"),
    PLM_FIELD(reduce_lr_on_plateau, min_lr, PLM_REAL, "0", 0, 1e9, "minimum learning rate"),
    {0}};

/* The observer. */
typedef struct {
    plm *w;
    reduce_lr_on_plateau c; /* the keys, with their defaults */
    plm_monitor monitor;    /* the watched value, and its best so far */
    int64_t waited;         /* number of epochs since the last improvement of the metric */
    int64_t resting;        /* number of epochs of the cooldown that are left */
} watcher;

/* Lowers the learning rate, down to min_lr, and starts the cooldown. */
static plm_status lower_rate(watcher *o, plm_run *run)
{
    const double old = plm_run_learning_rate(run);
    if (old <= o->c.min_lr)
        return PLM_OK;
    const double fresh = old * o->c.factor;
    o->resting = o->c.cooldown;
    o->waited = 0;
    return plm_run_set_learning_rate(run, fresh > o->c.min_lr ? fresh : o->c.min_lr);
}

/* Counts epochs without improvement at the end of each epoch, except during the cooldown, and
 * lowers the rate when patience is used up. */
static plm_status on_event(void *self, plm_run *run, const plm_event *event)
{
    watcher *o = self;
    double value = 0;
    if (event->kind == PLM_FIT_BEGIN)
        return plm_monitor_check(&o->monitor, run);
    if (event->kind != PLM_EPOCH_END || !plm_monitor_due(&o->monitor, run))
        return PLM_OK;
    PLM_TRY(plm_monitor_require(&o->monitor, run, event, &value));
    if (o->resting > 0) {
        o->resting--;
        o->waited = 0;
    }
    if (plm_monitor_improves(&o->monitor, value)) {
        o->waited = 0;
    } else if (o->resting == 0 && ++o->waited >= o->c.patience) {
        return lower_rate(o, run);
    }
    return PLM_OK;
}

/* Frees the observer's state. The observer keeps no weights. */
static void release(void *self)
{
    watcher *o = self;
    plm_release(o->w, o);
}

/* Stores the observer's state in number[] for a checkpoint: 0 and 1 for the monitor, 2 for the
 * epochs without an improvement, 3 for the epochs of the cooldown that are left. */
static void remember(void *self, double number[PLM_MEMORIES])
{
    const watcher *o = self;
    plm_monitor_remember(&o->monitor, number);
    number[2] = (double)o->waited;
    number[3] = (double)o->resting;
}

/* Restores the observer's state from number[] of a checkpoint: 0 and 1 for the monitor, 2 for the
 * epochs without an improvement, 3 for the epochs of the cooldown that are left. */
static void recall(void *self, const double number[PLM_MEMORIES])
{
    watcher *o = self;
    plm_monitor_recall(&o->monitor, number);
    o->waited = plm_monitor_count(number[2]);
    o->resting = plm_monitor_count(number[3]);
}

static const plm_monitor *monitor(const void *self)
{
    return &((const watcher *)self)->monitor;
}

/* Makes the observer. */
static plm_status open_watcher(plm *w, const void *config, plm_observer *out)
{
    watcher *o = plm_allocate(w, sizeof *o);
    if (o == NULL)
        return PLM_E_MEMORY;
    o->w = w;
    o->c = *(const reduce_lr_on_plateau *)config;
    o->monitor = plm_monitor_new(o->c.monitor, o->c.mode, o->c.min_delta);
    *out = (plm_observer){
        .name = "reduce_lr_on_plateau", .on_event = on_event, .free = release, .self = o};
    return PLM_OK;
}

const plm_observer_kind plm_observer_reduce_lr_on_plateau = {
    .kind = {.name = "reduce_lr_on_plateau",
             .alias = "ReduceLROnPlateau",
             .help = "lowers the learning rate when a metric stops improving",
             .formula = "rate = max(factor rate, min_lr) after patience epochs without improvement",
             .notes = "It is also known as performance scheduling. The number of steps need not be "
                      "known beforehand. After it has lowered the rate once, the optimizer's own "
                      "schedule is no longer used.",
             .config_size = sizeof(reduce_lr_on_plateau),
             .positions = "monitor|factor|patience|verbose|mode|min_delta|cooldown|"
                          "min_lr",
             .fields = fields,
             .examples = PLM_LIST("reduce_lr_on_plateau(factor=0.5, patience=5)")},
    .open = open_watcher,
    .remember = remember,
    .recall = recall,
    .monitor = monitor,
    .moves_rate = true,
};
