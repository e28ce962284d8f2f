/* Watches values by the rules of Keras: an improvement must be larger than min_delta. A monitor
 * compares a value with its best one. A watcher is a monitor that also keeps the best epoch and, if
 * required, its weights. Observers such as early_stopping and checkpoint use both. Their numbers
 * are part of a checkpoint, so a resumed fit continues to wait where it was. */
#include "train/monitor.h"

#include <math.h>
#include <string.h>

#include "base/names.h"

/* Makes a monitor. With mode=auto, whether higher is better is decided when the fit begins, since
 * only then the metric with the name is known. The sign of min_delta is ignored, as in Keras. */
plm_monitor plm_monitor_new(const char *name, const char *mode, double min_delta)
{
    plm_monitor m = {.name = name, .min_delta = min_delta < 0 ? -min_delta : min_delta};
    m.automatic = strcmp(mode, "auto") == 0;
    m.larger = strcmp(mode, "max") == 0;
    return m;
}

/* Finds the value in an event; false = the event does not have it. Names are compared exactly:
 * val_loss is not loss. */
static bool read_value(const plm_monitor *m, const plm_event *event, double *value)
{
    for (int i = 0; i < event->logs; i++)
        if (strcmp(event->log[i].name, m->name) == 0) {
            *value = event->log[i].value;
            return true;
        }
    return false;
}

/* Fails since the event does not have the monitored value. The error lists the values of the event;
 * the hint for a val_ name is to give validation data, else the nearest name. */
static plm_status fail_monitor(const plm_monitor *m, const plm_run *run, const plm_event *event)
{
    const char *name[PLM_LOGS], *near = NULL;
    plm_text names = {.w = run->model->w}, hint = names;
    bool validates = false;
    for (int i = 0; i < event->logs; i++) {
        name[i] = event->log[i].name;
        validates = validates || strncmp(name[i], "val_", 4) == 0;
        plm_text_format(&names, "%s%s", i > 0 ? ", " : "", name[i]);
    }
    near = plm_name_nearest(m->name, name, (size_t)event->logs);
    if (strncmp(m->name, "val_", 4) == 0 && !validates)
        plm_text_add(&hint, "give validation data, or monitor=loss");
    else if (near != NULL)
        plm_text_format(&hint, "did you mean %s?", near);
    else
        plm_text_add(&hint, "monitor one of these metrics");
    plm_status status =
        plm_fail_key(run->model->w, PLM_E_SPEC, "observers", plm_text_get(&hint),
                     "'%s' is monitored, but the metrics are %s", m->name, plm_text_get(&names));
    plm_text_free(&names);
    plm_text_free(&hint);
    return status;
}

/* Reads the monitored value of an event. If the event does not have the name, but it is another
 * name of a metric, as in code of Keras, the monitor takes the metric's own name from then on. */
plm_status plm_monitor_require(plm_monitor *m, plm_run *run, const plm_event *event, double *value)
{
    if (read_value(m, event, value))
        return PLM_OK;
    const char *own = plm_training_log_name(run->training, m->name);
    const plm_monitor other = {.name = own};
    if (own == NULL || !read_value(&other, event, value))
        return fail_monitor(m, run, event);
    m->name = own;
    return PLM_OK;
}

/* True if the value is measured in this epoch. In an epoch without validation (validation_freq),
 * val_ values are missing or old. */
bool plm_monitor_due(const plm_monitor *m, const plm_run *run)
{
    return !run->skips_validation || strncmp(m->name, "val_", 4) != 0;
}

/* Determines for mode=auto whether higher is better: lower for losses, higher for accuracy. For
 * others, such as the mean of the predictions, neither is, which is an error. */
plm_status plm_monitor_find_direction(plm_monitor *m, const plm_run *run)
{
    const plm_direction direction = plm_training_direction(run->training, m->name);
    if (!m->automatic)
        return PLM_OK;
    m->larger = direction == PLM_DIRECTION_UP;
    if (direction == PLM_DIRECTION_UP || direction == PLM_DIRECTION_DOWN)
        return PLM_OK;
    return plm_fail_key(
        run->model->w, PLM_E_SPEC, "observers", "add mode=max if higher is better, or mode=min",
        "'%s' is monitored, but mode=auto cannot know whether higher is better", m->name);
}

/* Checks before the first step that the monitored name exists, so that a wrong name is found before
 * an epoch was trained. Events have no logs before the first step, so this function makes an event
 * from the current values, with the names that later events have. */
plm_status plm_monitor_check(plm_monitor *m, plm_run *run)
{
    plm_log log[PLM_LOGS];
    double value = 0;
    const int logs = plm_run_values(run, false, log, PLM_LOGS);
    const plm_event event = {.log = log,
                             .logs = logs + plm_run_values(run, true, log + logs, PLM_LOGS - logs)};
    PLM_TRY(plm_monitor_require(m, run, &event, &value));
    return plm_monitor_find_direction(m, run);
}

/* True if the value is better than the best so far by more than min_delta. The first value is
 * always better; NaN never is. NaN is the only number that is not equal to itself. */
static bool better(const plm_monitor *m, double value)
{
    if (!(value == value))
        return false;
    if (!m->seen)
        return true;
    return m->larger ? value - m->min_delta > m->best : value + m->min_delta < m->best;
}

/* Stores the value of an epoch as the best one if it is better, and returns whether it is. */
bool plm_monitor_improves(plm_monitor *m, double value)
{
    if (!better(m, value))
        return false;
    m->best = value;
    m->seen = true;
    return true;
}

/* Stores the state of a monitor as two numbers for a checkpoint. number: [2]. */
void plm_monitor_remember(const plm_monitor *m, double number[2])
{
    number[0] = m->best;
    number[1] = m->seen;
}

/* Restores the monitor from the two numbers of a checkpoint that plm_monitor_remember stored. */
void plm_monitor_recall(plm_monitor *m, const double number[2])
{
    m->best = number[0];
    m->seen = number[1] != 0;
}

/* Converts a number of a checkpoint to a count. Returns 0 for a number that is not a count, as in a
 * damaged checkpoint. */
int64_t plm_monitor_count(double number)
{
    /* above 2^53 a double cannot hold every whole number; the comparison is false for NaN */
    return number >= 0 && number <= 9007199254740992.0 ? (int64_t)number : 0;
}

/* Copies the parameters of a model to vector, also the state of layers, such as moving averages. */
void plm_weights_keep(const plm_model *m, plm_real *vector)
{
    memcpy(vector, m->vector.p, m->vector.length * sizeof *vector);
}

/* Copies the weights of an epoch (from 1) back into the model of a run. The result of the fit then
 * names this epoch. Slots of the optimizer stay those of the last step. */
void plm_weights_restore(plm_run *run, const plm_real *vector, int64_t epoch)
{
    plm_model *m = run->model;
    memcpy(m->vector.p, vector, m->vector.length * sizeof *vector);
    run->restored = true;
    run->state.kept_epoch = epoch;
    run->state.averaged = false;
    plm_model_mark_dirty(m);
}

/* ---- a watcher ---- */

/* Allocates an observer that watches a metric. bytes: size of the observer's own struct, whose
 * first member is the watcher. */
void *plm_watcher_new(plm *w, size_t bytes, plm_monitor monitor, bool keeps)
{
    plm_watcher *o = plm_allocate(w, bytes);
    if (o != NULL)
        *o = (plm_watcher){.w = w, .monitor = monitor, .keeps = keeps};
    return o;
}

/* Begins to watch a fit. If a fit has several watchers, the first one determines the best epoch,
 * unless another one claims this. */
plm_status plm_watcher_begin(plm_watcher *o, plm_run *run)
{
    PLM_TRY(plm_monitor_check(&o->monitor, run));
    if (run->best_by == NULL)
        run->best_by = o;
    return PLM_OK;
}

/* Stores the epoch (from 1) as the best one and, if the watcher keeps weights, also its weights.
 * Memory for the weights is taken at the first improvement, and reused. */
static plm_status keep_epoch(plm_watcher *o, plm_run *run, int64_t epoch)
{
    o->best_epoch = epoch;
    if (run->best_by == o)
        run->state.best_epoch = epoch;
    if (!o->keeps)
        return PLM_OK;
    if (plm_watcher_weights(o, run->model, true) == NULL)
        return PLM_E_MEMORY;
    plm_weights_keep(run->model, o->best);
    return PLM_OK;
}

/* Compares the value of an epoch with the best one. An epoch that skips validation has no value, so
 * it is not an improvement, and *value stays NaN. */
plm_status plm_watcher_look(plm_watcher *o, plm_run *run, const plm_event *event, double *value,
                            bool *improved)
{
    *value = NAN;
    *improved = false;
    if (!plm_monitor_due(&o->monitor, run))
        return PLM_OK;
    PLM_TRY(plm_monitor_require(&o->monitor, run, event, value));
    *improved = plm_monitor_improves(&o->monitor, *value);
    return *improved ? keep_epoch(o, run, event->epoch + 1) : PLM_OK;
}

/* Makes the best epoch of this watcher the best epoch of the fit. An observer that restores its
 * best weights calls it. */
void plm_watcher_claim(const plm_watcher *o, plm_run *run)
{
    run->best_by = o;
    run->state.best_epoch = o->best_epoch;
}

/* Does nothing if there is no best epoch. */
void plm_watcher_give_back(const plm_watcher *o, plm_run *run)
{
    if (o->best != NULL)
        plm_weights_restore(run, o->best, o->best_epoch);
}

/* Returns the best weights of a watcher. make: true = allocate them if they do not exist. NULL =
 * there are none. */
plm_real *plm_watcher_weights(void *self, const plm_model *m, bool make)
{
    plm_watcher *o = self;
    if (make && o->best == NULL)
        o->best = plm_allocate_array(o->w, m->vector.length + 1, sizeof *o->best);
    return o->best;
}

/* Returns what a watcher, which is the first member of an observer's state, monitors. */
const plm_monitor *plm_watcher_monitor(const void *self)
{
    return &((const plm_watcher *)self)->monitor;
}

/* Frees a watcher, which is the first member of an observer's state, with its best weights. */
void plm_watcher_release(void *self)
{
    plm_watcher *o = self;
    plm_release(o->w, o->best);
    plm_release(o->w, o);
}
