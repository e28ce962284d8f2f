/* Trains several nets side by side, see nets.h. Each net has its own runtime, streams and
 * checkpoint and is trained in its own thread, so its result does not depend on the others. The
 * threads report their events to the thread of the caller, which computes the means. The mean of
 * several nets is usually better than each of them, since their errors differ. The errors differ
 * more if each net starts from other weights and has seen other rows, so each net has its own seed
 * and holds out another fold for its validation. To observers and to the history the nets look like
 * one fit: an epoch is reported when all nets have finished it, with the means of their values. The
 * order of the events depends on the speed of the nets, but the values do not. */
#include <string.h>

#include "data/data.h"
#include "run/identity.h"
#include "run/net.h"
#include "session/nets_inside.h"
#include "run/reuse.h"
#include "train/ended.h"

/* Returns the number of nets that the settings ask for. */
int plm_run_nets_count(const plm_settings *s)
{
    return (int)plm_setting_count(s, "nets", 1);
}

/* ---- making them ---- */

/* Fails with E_SPEC, since the doctor can watch only one net. */
static plm_status refuse_doctor(plm_run_training *t)
{
    plm_settings *s = &t->settings;
    return plm_setting_fail(s, "nets", 0,
                            t->shown ? "train one net, with nets=1, or without --watch"
                                     : "train one net, with nets=1, or without doctor",
                            t->shown ? "--watch can show only one net, but %d are trained"
                                     : "the doctor can watch only one net, but %d are trained",
                            plm_run_nets_count(s));
}

/* Fails with E_SPEC if the run has a setting that cannot be used with several nets. An observer
 * that writes a file is such a setting: it takes one path, which all nets would write to. */
static plm_status refuse(plm_run_training *t)
{
    static const char *const keys[] = {"start", "freeze", "frozen_epochs"};
    plm_settings *s = &t->settings;
    const char *observers = plm_setting_text(s, "observers");
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (plm_setting_text(s, keys[i]))
            return plm_setting_fail(
                s, keys[i], 0,
                "remove this key or `nets`, or train several runs and join them by `plummet join`",
                "%s cannot be used with several nets", keys[i]);
    if (t->watched)
        return refuse_doctor(t);
    if (t->calls.pretrain)
        return plm_setting_fail(s, "nets", 0, "train one net: nets=1",
                                "%s cannot be used with several nets", "pretrain");
    if (plm_setting_count(s, "epochs", 1) == 0)
        return plm_setting_fail(s, "nets", 0, "train one net: nets=1",
                                "%s cannot be used with several nets", "epochs=0");
    if (observers && (strstr(observers, "checkpoint") || strstr(observers, "_logger") ||
                      strstr(observers, "tensorboard")))
        return plm_setting_fail(
            s, "observers", 0,
            s->table ? "train one net, with nets=1 or effort=quick, or remove the observer"
                     : "train one net, with nets=1, or remove the observer",
            "all nets would write the same file");
    return PLM_OK;
}

/* Opens the rows that net k holds out: fold k of the run's split, or the rows of the run's own
 * validation. If there are more nets than folds, the further nets hold out new random splits. */
static plm_status hold_out(plm_run_training *t, plm_run_net *n)
{
    const char *text = plm_setting_text(&t->settings, "validation");
    plm_job *j = &n->job;
    if (t->job.validation)
        j->validation = plm_data_again(j->w, t->job.validation);
    if (t->job.validation || !text || !strcmp(text, "none"))
        return j->validation || !t->job.validation ? PLM_OK : plm_job_fail_at(j, PLM_OK, NULL);
    const plm_job *first = &t->nets->net[0].job;
    const int64_t folds = n->index > 0 ? first->validation->folds : 1;
    j->validation = plm_data_fold(j->data, text, n->index % folds,
                                  (int64_t)(t->job.w->options.seed >> 1) + n->index / folds);
    return j->validation ? PLM_OK : plm_job_fail_key(j, &t->settings, PLM_OK, "validation", 0);
}

/* Opens the runtime, the rows and the model of a net. The first net uses the seed of the run. */
static plm_status make(plm_run_training *t, plm_run_net *n, int threads)
{
    plm_job *j = &n->job;
    *j = (plm_job){.home = t->w, .data_dir = t->job.data_dir, .chose_loss = t->job.chose_loss};
    PLM_TRY(plm_job_open_part(j, &t->settings, n->index, threads));
    j->data = plm_data_again(j->w, t->job.data);
    if (!j->data)
        return plm_job_fail_key(j, &t->settings, PLM_OK, "data", 0);
    PLM_TRY(hold_out(t, n));
    const plm_status status = plm_data_get_info(j->data, &j->about);
    if (status < 0)
        return plm_job_fail_key(j, &t->settings, status, "data", 0);
    return plm_net_make(j, &t->settings);
}

/* Makes all nets. If there are more threads than nets, each net gets several threads. */
plm_status plm_run_nets_build(plm_run_training *t)
{
    const int count = plm_run_nets_count(&t->settings), threads = plm_threads(t->job.w);
    if (count < 2)
        return PLM_OK;
    PLM_TRY(refuse(t));
    plm_run_nets *n = t->nets = plm_arena_take(&t->settings.arena, sizeof *n);
    if (!n)
        return PLM_E_MEMORY;
    n->means = (plm_means){.arena = &t->settings.arena, .nets = count};
    n->slots = threads < count ? threads : count;
    for (; n->count < count; n->count++) {
        plm_run_net *one = &n->net[n->count];
        *one = (plm_run_net){.t = t, .index = n->count};
        const plm_status status = make(t, one, threads > count ? threads / count : 1);
        if (status < 0) {
            plm_job_free(&one->job);
            return status;
        }
    }
    return PLM_OK;
}

/* Frees the jobs of all nets that were made. */
void plm_run_nets_free(plm_run_nets *n)
{
    for (int k = 0; n && k < n->count; k++)
        plm_job_free(&n->net[k].job);
}

/* Returns the history of the run: a row for each epoch that all nets have finished. */
plm_history plm_run_nets_history(const plm_run_nets *n)
{
    return plm_means_history(&n->means);
}

/* ---- events of the nets, handled in the caller's thread ---- */

/* An event of a net, passed to the caller's thread. */
typedef struct {
    plm_run *run; /* the fit of the net, which runs in the net's own thread */
    const plm_event *event;
} happening;

/* Reports an event of a net to the run, as if it were the run's only net. row: the values of an
 * epoch; NULL = the values of the event. The rates (rows per second) of the nets are added up, as
 * they train at the same time. */
static plm_status tell(plm_run_net *n, const happening *h, const double *row)
{
    plm_run_nets *all = n->t->nets;
    const plm_history means = plm_means_history(&all->means);
    plm_event e = *h->event;
    plm_log log[PLM_RUN_MAX_LOGS];
    e.epoch = row ? (int64_t)row[0] - 1 : means.rows;
    e.rows_per_second *= all->slots;
    if (row) {
        e.kind = PLM_EPOCH_END;
        e.logs = means.columns - 1 < PLM_RUN_MAX_LOGS ? means.columns - 1 : PLM_RUN_MAX_LOGS;
        e.log = log;
    }
    for (int i = 0; row && i < e.logs; i++)
        log[i] = (plm_log){.name = means.name[i + 1], .value = row[i + 1]};
    const plm_status status = plm_run_training_event(n->t, h->run, means, &e);
    if (status != PLM_OK)
        plm_turns_stop(all->turns);
    return status;
}

/* Reports all epochs that every net has finished. */
static plm_status tell_epochs(plm_run_net *n, const happening *h)
{
    plm_run_nets *all = n->t->nets;
    bool added = true;
    plm_status status = PLM_OK;
    while (added && status == PLM_OK) {
        PLM_TRY(plm_means_add(&all->means, &added));
        const double *row =
            all->means.value + (all->means.rows - added) * (size_t)all->means.columns;
        /* while the nets begin, the rows are epochs done before a resume, which are not reported
         * again */
        if (added && all->begun == all->count && h->event->kind != PLM_FIT_BEGIN)
            status = tell(n, h, row);
    }
    return status;
}

/* Handles an event of a net. Returns PLM_STOPPED if the net must end. It runs in the caller's
 * thread, one event at a time, so it needs no lock. Nothing is reported before all nets have begun,
 * as the values of an epoch are means over all of them. */
static plm_status handle(void *self, void *what)
{
    plm_run_net *n = self;
    const happening *h = what;
    plm_run_nets *all = n->t->nets;
    const plm_event_kind kind = h->event->kind;
    plm_history rows = {0};
    PLM_TRY(plm_model_history(plm_run_model(h->run), &rows));
    all->begun += kind == PLM_FIT_BEGIN;
    all->ended += kind == PLM_FIT_END;
    if (kind != PLM_BATCH_END)
        PLM_TRY(plm_means_take(&all->means, n->index, &rows));
    all->means.net[n->index].ended = kind == PLM_FIT_END && plm_run_has_ended(h->run);
    if (all->begun < all->count)
        return PLM_OK;
    plm_status status = kind == PLM_BATCH_END ? PLM_OK : tell_epochs(n, h);
    const bool whole = kind == PLM_FIT_BEGIN || kind == PLM_BATCH_END ||
                       (kind == PLM_FIT_END && all->ended == all->count);
    if (status == PLM_OK && whole)
        status = tell(n, h, NULL);
    return status;
}

/* ---- in the thread of a net ---- */

/* Seconds between two reports of the batches of the first net. */
static const double pause = 0.05;

/* True if an event must be passed to the caller's thread. Each net reports its first batch, since
 * the folder of the run must be prepared before a checkpoint is written there. Later only the first
 * net reports batches. */
static bool is_due(const plm_run_net *n, const plm_event *e)
{
    if (e->kind == PLM_BATCH_END)
        return n->reported < 0 || (n->index == 0 && e->seconds > n->reported + pause);
    return e->kind != PLM_EPOCH_BEGIN;
}

/* Reports an event to the caller's thread and waits until it is handled. The net gives up its
 * compute slot meanwhile, so that the caller's work does not delay the other nets. For batches it
 * keeps the slot, since these come often and are handled quickly. */
static plm_status report(plm_run_net *n, happening *h)
{
    const plm_event *e = h->event;
    plm_turns *turns = n->t->nets->turns;
    if (e->kind == PLM_BATCH_END) {
        n->reported = e->seconds;
        return plm_turns_report(turns, handle, n, h);
    }
    plm_turns_give(turns, n->index);
    const plm_status status = plm_turns_report(turns, handle, n, h);
    if (e->kind == PLM_FIT_BEGIN)
        plm_turns_meet(turns);
    if (e->kind != PLM_FIT_END)
        plm_turns_take(turns, n->index, e->kind == PLM_FIT_BEGIN ? 0 : e->epoch + 1);
    return status;
}

/* The observer of a net: reports its events to the thread of the caller. */
static plm_status on_event(void *self, plm_run *run, const plm_event *e)
{
    plm_run_net *n = self;
    happening h = {run, e};
    const plm_status status = is_due(n, e) ? report(n, &h) : PLM_OK;
    const int64_t epoch = e->kind == PLM_EPOCH_END ? e->epoch + 1 : e->epoch;
    const bool stops =
        e->kind != PLM_FIT_END && plm_turns_stopping(n->t->nets->turns, n->index, epoch);
    return status == PLM_OK && stops ? PLM_STOPPED : status;
}

/* Main function of a net's thread. If its fit fails, the other nets are stopped, too; if its loss
 * is not finite, only when it is known which net was the first. */
static void train(void *self)
{
    plm_run_net *n = self;
    n->status = plm_fit(n->job.model, n->job.data, &n->fit);
    if (n->status == PLM_E_NUMERIC)
        plm_turns_fail(n->t->nets->turns, n->index, n->result.epochs);
    else if (n->status < 0)
        plm_turns_stop(n->t->nets->turns);
    plm_turns_give(n->t->nets->turns, n->index);
}

/* ---- fits ---- */

/* Returns the path of a net's checkpoint. NULL = no memory. */
static const char *checkpoint_of(plm_run_training *t, int index)
{
    const char *name =
        index == 0 ? "checkpoint.safetensors"
                   : plm_arena_format(&t->settings.arena, "checkpoint-%d.safetensors", index + 1);
    return name ? plm_run_dir_file(&t->dir, name) : NULL;
}

/* Sets the options of a net's fit. */
static plm_status set_fit(plm_run_net *n, bool on)
{
    plm_run_training *t = n->t;
    plm_settings *s = &t->settings;
    const plm_run_fit whole = {.last = plm_setting_count(s, "epochs", 1), .observed = true};
    const char *checkpoint = checkpoint_of(t, n->index),
               *observers = plm_run_training_observers(t, &whole),
               *config = plm_identity(s, &n->job), *changes = plm_identity_changes(s);
    if (!checkpoint || !observers || !config || !changes)
        return plm_fail_memory(t->job.w, "");
    const bool there = on && plm_path_exists(checkpoint);
    n->reported = -1;
    n->observer = (plm_observer){.name = "interruption", .on_event = on_event, .self = n};
    n->fit = *PLM_FIT(.epochs = whole.last, .validation = n->job.validation,
                      .validation_freq = plm_setting_count(s, "validation_freq", 1),
                      .steps_per_epoch = plm_setting_count(s, "steps_per_epoch", 0),
                      .config = config, .config_changes = changes, .observers = observers,
                      .extra = &n->observer, .extras = 1, .resume = there ? checkpoint : NULL,
                      .folder = t->dir.path, .class_weight = t->classes ? t->class_weight : NULL,
                      .classes = t->classes, .checkpoint = t->every ? checkpoint : NULL,
                      .checkpoint_epochs = t->every, .result = &n->result);
    return PLM_OK;
}

/* Sets the result of the run from the results of the nets. The run is stopped by an observer only
 * if all nets were stopped by one. */
static void sum_up(plm_run_training *t)
{
    const plm_run_nets *n = t->nets;
    t->result = n->net[0].result;
    for (int k = 1; k < n->count; k++) {
        const plm_fit_result *r = &n->net[k].result;
        t->result.epochs = r->epochs > t->result.epochs ? r->epochs : t->result.epochs;
        if (strcmp(r->stopped_by, t->result.stopped_by) != 0)
            t->result.stopped_by[0] = '\0';
    }
    if (t->result.epochs > (int64_t)n->means.rows)
        t->result.batches = 0;
}

/* Starts a thread for each net, and handles their events until all have ended. */
static plm_status run(plm_run_training *t)
{
    plm_run_nets *n = t->nets;
    n->begun = n->ended = 0;
    n->turns = plm_turns_open(t->job.w, n->count, n->slots);
    if (!n->turns)
        return PLM_E_MEMORY;
    plm_status status = PLM_OK;
    for (int k = 0; k < n->count && status >= 0; k++)
        status = plm_turns_start(n->turns, k, train, &n->net[k]);
    if (status < 0)
        plm_turns_stop(n->turns);
    plm_turns_handle(n->turns);
    plm_turns_close(n->turns);
    n->turns = NULL;
    return status;
}

/* Trains all nets. The first error of a net ends all nets and becomes the error of the run; its
 * texts are copied from the runtime of the net. */
plm_status plm_run_nets_fit(plm_run_training *t, bool on)
{
    plm_run_nets *n = t->nets;
    PLM_TRY(plm_settings_sound(&t->settings, t->job.w));
    for (int k = 0; k < n->count; k++)
        PLM_TRY(set_fit(&n->net[k], on));
    plm_status status = run(t);
    sum_up(t);
    for (int k = 0; k < n->count && status >= 0; k++)
        status = n->net[k].status > status ? n->net[k].status : status;
    const int failed = plm_run_nets_first_failed(n);
    if (status < 0 || failed < 0)
        return status;
    plm_error_record error;
    plm_error_take(n->net[failed].job.w, &error);
    plm_error_restore(t->job.w, &error);
    return n->net[failed].status;
}
