/* The doctor of a training (key doctor). It examines data, settings and the untrained net before
 * the first step, observes the steps, and reports each fault once to the caller. It saves its
 * measurements in the folder of the run: after 1, 2, 4, 8, ... seconds, at each new finding and at
 * the end. The doctor is a key of the run, not a kind of observer, since an observer sees neither
 * the rows nor the run file. A C program uses plm_diagnosis_observer in its fit instead. */
#include <string.h>

#include "base/contents.h"
#include "repair/examination.h"
#include "session/nets.h"
#include "session/repair_training.h"

/* ---- before the first step ---- */

/* Switches the doctor on. If the run file explicitly says doctor: false, this is an error. */
plm_status plm_run_doctor_ask(plm_run_training *t)
{
    if (t->watched)
        return PLM_OK;
    if (plm_setting_text(&t->settings, "doctor"))
        return plm_setting_fail(
            &t->settings, "doctor", 0,
            "remove the option --watch, or remove doctor: false from the run file",
            "--watch shows what the doctor measures, but the run file turns the doctor off");
    PLM_TRY(plm_setting_default(&t->settings, "doctor", "true"));
    plm_setting_of(&t->settings, "doctor")->origin = NULL; /* the user gave it, in another way */
    t->watched = t->shown = true;
    return PLM_OK;
}

/* Reads what the doctor measured before a resume. If there is no file, or if it belongs to another
 * net, the measurements begin here. */
static plm_status recall(plm_run_training *t)
{
    plm_text text = {.w = t->job.w};
    const char *path = plm_run_dir_file(&t->dir, "readings.csv");
    plm_status status = path ? plm_read_text(t->job.w, path, &text) : PLM_E_MEMORY;
    if (status >= 0 && text.length > 0)
        status = plm_diagnosis_read_readings(t->doctor, plm_text_get(&text), path);
    plm_text_free(&text);
    if (status != PLM_E_FORMAT)
        return status;
    plm_warn(t->job.w,
             "cannot use the doctor's earlier measurements, %s: %s; the doctor begins again", path,
             plm_last_error(t->job.w)->what);
    return PLM_OK;
}

/* Examines data, settings and the untrained net, and opens the probe that measures the training. */
static plm_status examine(plm_run_training *t, const plm_run_fit *f)
{
    const plm_data_info *about = &t->job.about;
    const int64_t all = about->rows > 0 ? (about->rows + about->batch - 1) / about->batch : 0;
    const int64_t batches = plm_setting_count(&t->settings, "steps_per_epoch", all);
    plm_diagnosis *d = t->doctor;
    plm_examination_settings(d, &t->settings);
    PLM_TRY(plm_diagnosis_data(d, f->data, t->job.validation));
    if (plm_diagnosis_is_refused(d)) /* the fit will fail with the same error */
        return PLM_OK;
    PLM_TRY(plm_examination_model(d, &t->settings, t->job.model));
    plm_diagnosis_plan(d, f->last * batches);
    if (!f->on)
        PLM_TRY(plm_diagnosis_look(d, f->data));
    if (plm_diagnosis_is_refused(d))
        return PLM_OK;
    PLM_TRY(plm_diagnosis_watch(d, about->batch, f->last * batches));
    return f->on ? recall(t) : PLM_OK;
}

/* Examines the run before the first step of a fit, if it has the key doctor. Only the first fit
 * that observers watch is examined: later fits use other rows (pseudo-labels) or a model that is
 * compiled again (second phase). */
plm_status plm_run_doctor_begin(plm_run_training *t, const plm_run_fit *f)
{
    if (!t->watched || !f->observed || t->doctor)
        return PLM_OK;
    const char *title = plm_arena_format(&t->settings.arena, "doctor of %s", t->name);
    if (!title)
        return plm_fail_memory(t->job.w, "doctor");
    PLM_TRY(plm_diagnosis_open(t->job.w, NULL, NULL, &t->doctor));
    plm_diagnosis_entitle(t->doctor, title, t->name);
    return examine(t, f);
}

/* ---- files ---- */

/* Writes a file into the folder. text: NULL = no memory. */
static plm_status write_file(plm_run_training *t, const char *name, const char *text)
{
    const char *path = plm_run_dir_file(&t->dir, name);
    if (!path || !text)
        return plm_fail_memory(t->w, "doctor");
    return plm_write_whole(t->w, path, text, strlen(text));
}

/* Writes all files of the doctor, unless the folder still holds an older run. */
static plm_status write_files(plm_run_training *t)
{
    plm_text readings = {.w = t->w};
    if (!t->dir.begun || t->dir.replaces)
        return PLM_OK;
    plm_diagnosis_add_readings(t->doctor, &readings);
    plm_status status =
        write_file(t, "readings.csv", readings.failed ? NULL : plm_text_get(&readings));
    plm_text_free(&readings);
    if (status >= 0)
        status = write_file(t, "doctor.txt", plm_diagnosis_text(t->doctor, 0));
    return status < 0 ? status : write_file(t, "doctor.json", plm_diagnosis_json(t->doctor));
}

/* ---- a loss that is not finite ---- */

/* A net whose loss is not finite. */
typedef struct {
    const plm_job *job;
    int64_t epochs;     /* number of epochs that it has finished */
    const char *unseen; /* a sentence about what cannot be examined; NULL = no memory */
} lost_net;

/* Finds the net whose loss is not finite: the run's only net or, if there are several, the first
 * one that failed. */
static lost_net find_lost(plm_run_training *t)
{
    lost_net one = {
        &t->job, t->epochs,
        "not examined: the untrained net and the steps before, since the training had no doctor; "
        "`plummet doctor RUN` trains these steps again and measures them"};
    int index = 0;
    if (!t->nets)
        return one;
    one.job = plm_run_nets_failed(t->nets, &index, &one.epochs);
    one.unseen = plm_arena_format(
        &t->settings.arena,
        "examined: net %d of %d. Not examined: the untrained net and the steps before, since the "
        "doctor can watch only one net. To measure them, train with nets=1 doctor=true.",
        index + 1, (int)plm_setting_count(&t->settings, "nets", 1));
    return one;
}

/* Diagnoses a training that the doctor did not watch, after its last step. The untrained net is
 * gone by now, so only rows, settings and the memory of that step are examined. */
static plm_status diagnose_lost(plm_run_training *t)
{
    const lost_net net = find_lost(t);
    plm_diagnosis *d = NULL;
    const char *title = plm_arena_format(&t->settings.arena, "doctor of %s", t->name);
    if (!title || !net.unseen || !net.job)
        return plm_fail_memory(t->job.w, "doctor");
    const plm_job *j = net.job;
    PLM_TRY(plm_diagnosis_open(j->w, NULL, NULL, &d));
    t->doctor = d;
    plm_diagnosis_entitle(d, title, t->name);
    plm_diagnosis_leave(d, net.unseen);
    plm_examination_settings(d, &t->settings);
    PLM_TRY(plm_diagnosis_data(d, j->data, j->validation));
    if (plm_diagnosis_is_refused(d))
        return PLM_OK;
    PLM_TRY(plm_examination_model(d, &t->settings, j->model));
    PLM_TRY(plm_diagnosis_watch(d, j->about.batch, 0));
    return plm_diagnosis_lost(d, net.epochs);
}

/* Writes the findings about a training whose loss is not finite. */
plm_status plm_run_doctor_lost(plm_run_training *t)
{
    if (!t->doctor)
        PLM_TRY(diagnose_lost(t));
    return write_files(t);
}

/* ---- the observer ---- */

/* Reports a text with findings to the caller, and frees it. If memory was missing for the text,
 * the fit is stopped. */
static void tell_text(plm_run_training *t, plm_text *text, bool done)
{
    if (text->failed)
        plm_run_training_keep_fault(t, plm_fail_memory(t->w, "doctor"));
    else
        plm_run_training_tell(
            t, (plm_run_stage){.kind = PLM_RUN_FINDING, .text = plm_text_get(text), .done = done});
    plm_text_free(text);
}

/* Reports new findings to the caller and, if `done`, the total number of findings. Returns true if
 * there were new findings. */
static bool tell(plm_run_training *t, bool done)
{
    plm_text text = {.w = t->w};
    plm_diagnosis_add_fresh(t->doctor, t->calls.columns, &text);
    const bool fresh = text.length > 0 || text.failed;
    if (fresh)
        tell_text(t, &text, false);
    if (done) {
        plm_diagnosis_add_summary(t->doctor, INT16_MAX, &text); /* the caller folds it */
        tell_text(t, &text, true);
    }
    return fresh;
}

/* True after the first epoch that ends after 1, 2, 4, 8, ... seconds: for a small net, more
 * frequent writing would take longer than the training. */
static bool is_written(plm_run_training *t, const plm_event *e)
{
    if (e->kind != PLM_EPOCH_END || e->seconds < 1 || e->seconds < 2 * t->wrote)
        return false;
    t->wrote = e->seconds;
    return true;
}

/* Returns the rows on which the trained net is measured: of the validation or, if there is none, of
 * the test; NULL = there are none. */
static plm_data *rows_of(const plm_run_training *t)
{
    return t->job.validation ? t->job.validation : t->job.test;
}

/* Reports new findings, and writes the files if they are due. Returns true if there were new
 * findings. At the end, plm_run_doctor_end does so, if there are rows to measure: the fit still
 * reads them. */
static bool report(plm_run_training *t, const plm_event *e, int fresh)
{
    const bool begins = e->kind == PLM_FIT_BEGIN, ends = e->kind == PLM_FIT_END;
    t->measures = ends && rows_of(t) && !plm_diagnosis_is_not_finite(t->doctor);
    if (t->measures) {
        t->examined = true;
        return false;
    }
    const bool due = begins || ends || fresh > 0, told = due && tell(t, ends);
    t->examined = ends;
    if ((told && !begins) || ends || is_written(t, e))
        plm_run_training_keep_fault(t, write_files(t));
    return due;
}

/* Passes an event of a fit to the diagnosis, reports new findings and writes the files. */
static plm_status on_event(void *self, plm_run *run, const plm_event *e)
{
    plm_run_training *t = self;
    int fresh = 0;
    if (!t->doctor || t->examined)
        return PLM_OK;
    PLM_TRY(plm_diagnosis_event(t->doctor, run, e, &fresh));
    return report(t, e, fresh) ? plm_run_repair_consider(t, e) : PLM_OK;
}

/* Measures the trained net, reports what is new and the number of findings, and writes the files. A
 * fit that was interrupted, or is to begin again, ends without a measurement. */
plm_status plm_run_doctor_end(plm_run_training *t, plm_status status)
{
    plm_status measured = PLM_OK;
    int fresh = 0;
    if (!t->measures)
        return status;
    t->measures = false;
    if (status >= 0 && !t->interrupted && !t->restart)
        measured =
            plm_diagnosis_groups(t->doctor, t->job.model, rows_of(t), !t->job.validation, &fresh);
    tell(t, true);
    plm_run_training_keep_fault(t, write_files(t));
    return measured < 0 ? measured : status;
}

/* Returns the doctor's observer, which is attached to every fit; without a doctor it does nothing.
 * */
plm_observer plm_run_doctor_observer(plm_run_training *t)
{
    return (plm_observer){.name = "doctor", .on_event = on_event, .self = t};
}
