/* Runs one fit of a training: calls plm_fit with the observers, the checkpoint file, and a text
 * that tells whether a checkpoint belongs to the same training. A run may consist of several fits:
 * two phases, rounds of pseudo-labels, the layers of a pretraining. All of them use this function,
 * so all have the same observers, checkpoints and rules for a resume. */
#include <string.h>

#include "run/identity.h"
#include "session/training.h"

/* Returns the observers of a fit as a text. best_weights comes last, so that the observers set in
 * the run file take precedence. */
const char *plm_run_training_observers(plm_run_training *t, const plm_run_fit *f)
{
    const char *given = f->observed ? plm_setting_text(&t->settings, "observers") : NULL;
    const bool keeps = f->observed && t->keep_best, both = given && *given && keeps;
    return plm_arena_format(&t->settings.arena, "%s%s%s", given ? given : "", both ? ", " : "",
                            keeps ? "best_weights" : "");
}

/* Number of observers that each training has. */
enum { OWN = 2 };

/* Returns [OWN + calls.extras] observers: the training's own, then those of the caller. The doctor
 * comes after the observer that begins the folder, since the doctor writes into the folder. NULL =
 * no memory. */
static plm_observer *extra_of(plm_run_training *t)
{
    const int extras = t->calls.extras > 0 && t->calls.extra ? t->calls.extras : 0;
    plm_observer *extra = plm_arena_array(&t->settings.arena, (size_t)extras + OWN, sizeof *extra);
    if (!extra)
        return NULL;
    extra[0] = plm_run_training_observer(t);
    extra[1] = plm_run_doctor_observer(t);
    t->calls.extras = extras;
    if (extras)
        memcpy(extra + OWN, t->calls.extra, (size_t)extras * sizeof *extra);
    return extra;
}

/* Returns the path of the fit's checkpoint. "" = the fit has no checkpoint. NULL = no memory. */
static const char *checkpoint_of(plm_run_training *t, const plm_run_fit *f)
{
    if (f->own && !*f->own)
        return "";
    return plm_run_dir_file(&t->dir, f->own ? f->own : "checkpoint.safetensors");
}

/* Runs a fit. A fit with its own checkpoint file (f->own), such as the epochs with frozen layers,
 * writes this file only at its end. The config text identifies the training; it is compared with
 * the text in the checkpoint (train/same_run.c). */
plm_status plm_run_training_epochs(plm_run_training *t, const plm_run_fit *f)
{
    plm_settings *s = &t->settings;
    const char *checkpoint = checkpoint_of(t, f), *observers = plm_run_training_observers(t, f),
               *config = plm_identity(s, &t->job), *changes = plm_identity_changes(s);
    const plm_observer *extra = extra_of(t);
    t->from = f->first;
    PLM_TRY(plm_settings_sound(s, t->job.w));
    PLM_TRY(plm_run_doctor_begin(t, f));
    if (!checkpoint || !observers || !config || !changes || !extra)
        return plm_fail_memory(t->job.w, "");
    const bool writes = t->every && *checkpoint;
    const plm_status status = plm_fit(
        t->job.model, f->data,
        PLM_FIT(.epochs = f->last > 0 ? f->last : PLM_NO_EPOCHS,
                .steps_per_epoch = plm_setting_count(s, "steps_per_epoch", 0),
                .initial_epoch = f->first, .validation = t->job.validation,
                .validation_freq = plm_setting_count(s, "validation_freq", 1), .config = config,
                .config_changes = changes, .observers = observers, .extra = extra,
                .extras = t->calls.extras + OWN, .resume = f->on ? checkpoint : NULL,
                .folder = t->dir.path, .outside = plm_setting_truth(&t->settings, "outside"),
                .class_weight = t->classes ? t->class_weight : NULL, .classes = t->classes,
                .checkpoint = writes ? checkpoint : NULL,
                .checkpoint_epochs = f->own ? INT64_MAX : t->every, .result = &t->result));
    return plm_run_doctor_end(t, status);
}
