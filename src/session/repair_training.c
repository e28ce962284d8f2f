/* Repairs a training while it runs. The fit waits in a callback of its observer. The trial
 * trainings (branches) have their own runtimes, data and models, so if no change is proven to help,
 * the fit continues with the same bits as if nothing had been tried. If a change is proven, the fit
 * is ended and the training begins again with the change. After the first epoch, branches and the
 * new training begin with the weights of the current training, as far as the changed net has the
 * same parameters. */
#include "session/repair_training.h"

#include <string.h>

#include "repair/repair.h"
#include "study/state.h"

/* Max number of times that a training may be begun again. */
enum { MAX_RESTARTS = 3 };

/* Reads the key doctor. The overrides are copied, since a repair reads the run file again with
 * them, when those of the caller may be freed. */
plm_status plm_run_repair_read(plm_run_training *t, int overrides, const char *const *override)
{
    plm_settings *s = &t->settings;
    const char *text = plm_setting_text(s, "doctor");
    const char **copy = plm_arena_array(&s->arena, (size_t)overrides + 1, sizeof *copy);
    if (copy == NULL)
        return PLM_E_MEMORY;
    for (int i = 0; i < overrides; i++) {
        copy[i] = plm_arena_text(&s->arena, override[i], SIZE_MAX);
        if (copy[i] == NULL)
            return PLM_E_MEMORY;
    }
    t->override = copy;
    t->repairs = text && (!strcmp(text, "repair") || !strcmp(text, "doctor(repair=true)"));
    t->watched = t->repairs || plm_setting_truth(s, "doctor");
    return PLM_OK;
}

/* True if the doctor has found a fault that no repair has tried to treat yet. */
static bool has_new_fault(const plm_run_training *t)
{
    plm_finding f;
    for (int64_t i = 0; i < plm_diagnosis_findings(t->doctor, i, &f); i++) {
        bool treated = *f.cause != '\0' || f.level < PLM_WARNING;
        for (int k = 0; k < t->treated && !treated; k++)
            treated = strcmp(t->treated_code[k], f.code) == 0;
        if (!treated)
            return true;
    }
    return false;
}

/* True if the loss is no longer finite, which has ended the fit. */
static bool is_lost(const plm_run_training *t)
{
    plm_finding f;
    for (int64_t i = 0; i < plm_diagnosis_findings(t->doctor, i, &f); i++)
        if (strcmp(f.code, "G110") == 0)
            return true;
    return false;
}

/* Notes all present faults as treated. */
static void note_treated(plm_run_training *t)
{
    plm_finding f;
    for (int64_t i = 0; i < plm_diagnosis_findings(t->doctor, i, &f); i++)
        if (t->treated < PLM_REPAIR_NAMED)
            t->treated_code[t->treated++] = f.code; /* codes are constants */
}

/* Reports a line of text about the changes that are tried. */
static void tell(void *self, const char *line)
{
    plm_run_training *t = self;
    const char *text = plm_arena_format(&t->settings.arena, "doctor: %s\n", line);
    if (text == NULL)
        plm_run_training_keep_fault(t, PLM_E_MEMORY);
    plm_run_training_tell(t, (plm_run_stage){.kind = PLM_RUN_FINDING, .text = text});
}

/* Tells the record of a repair. */
static void tell_record(plm_run_training *t)
{
    plm_text text = {.w = t->w};
    plm_repair_add_text(&t->repair->record, t->calls.columns > 0 ? t->calls.columns : 80, &text);
    if (text.failed)
        plm_run_training_keep_fault(t, PLM_E_MEMORY);
    else
        plm_run_training_tell(
            t, (plm_run_stage){.kind = PLM_RUN_FINDING, .text = plm_text_get(&text)});
    plm_text_free(&text);
}

/* Starts a repair of the training in its current state. Returns NULL if there is no memory. */
static plm_repairing *new_repair(plm_run_training *t)
{
    plm_repairing *r = plm_allocate(t->w, sizeof *r);
    if (r == NULL)
        return NULL;
    *r = (plm_repairing){.w = t->w,
                         .path = t->path,
                         .data_dir = t->calls.data_dir,
                         .overrides = t->overrides,
                         .override = t->override,
                         .tell = tell,
                         .self = t,
                         .skip = t->treated_code,
                         .skips = t->treated};
    if (t->repair != NULL) { /* include the changes that an earlier repair has proven */
        r->overrides = t->repair->count;
        r->override = t->repair->key_value;
    }
    return r;
}

/* After the first epoch, a repair starts with the weights that the training has by then. */
static plm_status keep_weights(const plm_run_training *t, plm_repairing *r, const plm_event *e)
{
    if (e->epoch <= 0 || e->kind == PLM_FIT_END)
        return PLM_OK;
    r->from = plm_model_clone(t->job.model);
    return r->from != NULL ? PLM_OK : plm_last_error(t->job.w)->status;
}

/* Tries a repair if there is a fault that no repair has treated yet; after the end of a fit, only
 * if its loss was not finite. The changes that were tried are reported in any case. */
plm_status plm_run_repair_consider(plm_run_training *t, const plm_event *e)
{
    const bool ends = e->kind == PLM_FIT_END;
    if (!t->repairs || t->dir.resumed || t->restarts >= MAX_RESTARTS || !has_new_fault(t) ||
        (ends && !is_lost(t)))
        return PLM_OK;
    plm_repairing *r = new_repair(t), *before = t->repair;
    const plm_examined first = {&t->settings, &t->job, t->doctor};
    if (r == NULL)
        return PLM_E_MEMORY;
    r->earlier = before;
    t->repair = r;
    PLM_TRY(keep_weights(t, r, e));
    PLM_TRY(plm_repair_run(r, &first));
    note_treated(t);
    plm_diagnosis_repaired(t->doctor, &r->record);
    tell_record(t);
    t->restart = r->record.status == PLM_REPAIR_PROVEN;
    return t->restart && !ends ? PLM_STOPPED : PLM_OK;
}

/* Applies the overrides that the repair has added. Those before r->overrides were applied when the
 * run was read. */
plm_status plm_run_repair_apply(plm_run_training *t)
{
    const plm_repairing *r = t->repair;
    for (int i = r->overrides; i < r->count; i++)
        PLM_TRY(plm_settings_override(&t->settings, r->key_value[i]));
    return PLM_OK;
}

/* Copies the old weights to the new model, unless the old training had not finished an epoch: then
 * r->from is NULL. */
plm_status plm_run_repair_give(const plm_run_training *t)
{
    const plm_model *from = t->repair->from;
    const plm_status status = from != NULL ? plm_state_give(from, t->job.model) : PLM_OK;
    /* the error is recorded on the runtime of one of the models */
    return status == PLM_E_MEMORY ? plm_fail_memory(t->w, "doctor") : status;
}

/* Repairs form a list, the last one first. */
void plm_run_repair_free(plm_run_training *t)
{
    while (t->repair != NULL) {
        plm_repairing *r = t->repair;
        t->repair = r->earlier;
        plm_model_free(r->from);
        plm_repair_free(r);
        plm_release(t->w, r);
    }
}
