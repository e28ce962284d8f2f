/* Reads from the folder of a run what is known about it, see run_known.h. The state of a run is not
 * stored, since a run that is killed could not correct it. The state follows from the folder: a
 * lock that a process holds, a model, the number of epochs, the losses, and the finding of a loss
 * that is not finite. */
#include "archive/run_known.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/folder_lock.h"
#include "base/notation.h"
#include "base/system.h"
#include "assess/epochs.h"
#include "run/job.h"

/* A training has diverged if its last loss is this many times its first loss. */
static const double diverged = 10;

/* Returns a value of the best epoch. NaN if the history has no such column, or if the epoch had no
 * validation. */
double plm_run_known_value(const plm_run_known *r, const char *name)
{
    return plm_epochs_value(&r->history, r->best, plm_epochs_column(&r->history, name));
}

/* Finds the best epoch of a run. since: number of first epochs that do not count. */
static void find_best(plm *w, plm_run_known *r, int64_t since)
{
    const int loss = plm_epochs_column(&r->history, "val_loss");
    r->validated = loss >= 0;
    r->best = loss >= 0 ? plm_epochs_kept(w, &r->history,
                                          plm_run_folder_setting(r->folder, "observers"), since)
                        : r->history.rows - 1;
}

/* True if the last loss is not finite, or far above the first loss. The history has only whole
 * epochs. lost: the epoch in which the training ended since its loss was not finite; 0 = none.
 * since: number of first epochs with another loss. */
static bool has_diverged(const plm_run_known *r, int64_t lost, int64_t since)
{
    const plm_history *h = &r->history;
    const int loss = plm_epochs_column(h, "loss");
    if (lost > h->rows)
        return true;
    if (loss < 0 || h->rows == 0)
        return false;
    const double end = plm_epochs_value(h, h->rows - 1, loss),
                 begin = plm_epochs_value(h, since, loss);
    return !isfinite(end) || (begin > 0 && end > diverged * begin);
}

/* True if a training ended by itself, for example by early stopping; false if it was stopped.
 * Called if there is a model, but fewer epochs than run.yaml asks for. The checkpoint stores the
 * answer; if it cannot be read, the result is false. Without a checkpoint, the result is true if
 * the run has observers or a time limit. */
static bool has_ended(plm *w, const char *path, const plm_run_known *r)
{
    char file[PLM_PATH_CAPACITY];
    plm_fit_result fit = {0};
    const int length = snprintf(file, sizeof file, "%s/checkpoint.safetensors", path);
    if (length > 0 && length < (int)sizeof file && plm_path_exists(file))
        return plm_checkpoint_get_info(w, file, &fit) >= 0 && fit.ended;
    return *plm_run_folder_setting(r->folder, "observers") ||
           *plm_run_folder_setting(r->folder, "time");
}

/* Sets the state of a run that is not being trained. since: number of first epochs with another
 * loss. Errors: E_MEMORY. */
static plm_status find_state(plm *w, const char *path, plm_run_known *r, int64_t since)
{
    char file[PLM_PATH_CAPACITY];
    const char *end = NULL;
    const double asked = plm_text_number(plm_run_folder_setting(r->folder, "epochs"), &end);
    const int length = snprintf(file, sizeof file, "%s/model.safetensors", path);
    const bool ended = (double)r->history.rows >= asked;
    int64_t lost = 0;
    PLM_TRY(plm_run_lost(w, path, &lost));
    const bool wild = has_diverged(r, lost, since);
    r->state = wild ? "diverged" : "stopped";
    if (wild || length < 0 || length >= (int)sizeof file || !plm_path_exists(file))
        return PLM_OK;
    r->state = ended || has_ended(w, path, r) ? "ended" : "stopped";
    return PLM_OK;
}

/* Reads a run. While it is being trained, its folder is locked and its files may be inconsistent,
 * so only its state, "running", is set. */
plm_status plm_run_known_open(plm *w, const char *path, plm_run_known *r)
{
    const uint64_t errors = w->errors;
    const bool held = plm_folder_lock_is_held(path);
    plm_since since = {0};
    *r = (plm_run_known){.best = -1, .state = held ? "running" : "unreadable"};
    r->folder = plm_run_folder_open(w, path);
    if (!r->folder)
        return plm_last_error(w)->status;
    PLM_TRY(plm_run_folder_history(r->folder, &r->history));
    PLM_TRY(plm_run_since(w, path, &since));
    find_best(w, r, since.best);
    if (!held)
        PLM_TRY(find_state(w, path, r, since.loss));
    return plm_memory_since(w, errors); /* also of a checkpoint that was looked into */
}

/* Closes the folder. This also frees the history, which is borrowed from it. */
void plm_run_known_close(plm_run_known *r)
{
    plm_run_folder_close(r->folder);
    *r = (plm_run_known){.best = -1};
}

/* True for a metric: not a counter, and not a number that describes the training, such as the
 * learning rate. If there is a validation, only its metrics are included. */
bool plm_run_known_is_metric(const plm_run_known *r, const char *name)
{
    static const char *const others[] = {"epoch",         "seconds",       "learning_rate",
                                         "gradient_norm", "penalty_share", NULL};
    for (int i = 0; others[i]; i++)
        if (!strcmp(name, others[i]))
            return false;
    return !r->validated || strncmp(name, "val_", 4) == 0;
}
