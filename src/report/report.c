/* Measures what report.html needs, and writes its sections in the order of a reader's questions:
 * how good is the model, how was it trained, where does it fail, what was it made of. A section
 * writes nothing if its content was not measured. All computing is done in plm_report_make, so that
 * an error leaves no half-written page. */
#include "report/report.h"

#include <math.h>
#include <string.h>

#include "assess/epochs.h"
#include "evaluation/evaluation.h"
#include "plummet_run.h"
#include "report/html.h"

extern const unsigned char plm_report_style[];
extern const size_t plm_report_style_size;

enum { BUDGET = 100000, REASONS_PART = 4, REPEATS = 3, LEAST_ROWS = 50, MOST_ROWS = 1000 };

/* Returns how many rows may be predicted to measure which inputs matter: a small part of the number
 * of rows that the training processed. */
static int64_t budget_of(const plm_run_training *t)
{
    enum { LEAST = 20000, MOST = 100000, PART = 20 };
    const int64_t trained = t->epochs * t->job.about.rows / PART;
    return trained < LEAST ? LEAST : trained > MOST ? MOST : trained;
}

/* Prepares the report of an older run. If its data is missing or has changed, the page is still
 * written, without the sections that need the rows. */
plm_status plm_report_of_run(plm_evaluation *e, plm_report *out)
{
    plm *w = e->job->home;
    *out = (plm_report){.w = w, .folder = e->model, .settings = e->run, .job = e->job};
    PLM_TRY(plm_run_settings_find_origins(e->run, e->model));
    const plm_status status = plm_evaluation_open_data(e);
    if (status == PLM_E_MEMORY)
        return status;
    if (status >= 0) {
        out->rows = e->job->test ? e->job->test : e->job->validation;
        out->about = e->about;
        return PLM_OK;
    }
    out->about = plm_arena_text(&e->run->arena, plm_last_error(w)->what, SIZE_MAX);
    out->unread = true;
    if (out->about == NULL)
        return PLM_E_MEMORY;
    plm_warn(w, "the data of the run cannot be read: %s", out->about);
    return PLM_OK;
}

/* Prepares the report of a training that has just ended. Data and model are still open, so nothing
 * is read again. The rows are those of the test or, without a test, of the validation. */
plm_report plm_report_of_training(plm_run_training *t, const char *folder)
{
    return (plm_report){.w = t->w,
                        .folder = folder,
                        .settings = &t->settings,
                        .job = &t->job,
                        .rows = t->job.test ? t->job.test : t->job.validation,
                        .about = plm_evaluation_about(&t->settings, &t->job),
                        .budget = budget_of(t)};
}

/* Measures which inputs matter, if the max number of predicted rows (budget) allows it. */
static plm_status measure_inputs(plm_report *r)
{
    plm_explaining *x = &r->inputs;
    plm_input_groups groups;
    x->job = r->job;
    x->data = r->rows;
    x->repeats = REPEATS;
    PLM_TRY(plm_input_groups_find(r->job->model, r->rows, &r->found.arena, &groups));
    const int64_t each = (r->budget > 0 ? r->budget : BUDGET) / (REPEATS * (groups.count + 1));
    if (each < LEAST_ROWS)
        return PLM_OK;
    x->rows = each < MOST_ROWS ? each : MOST_ROWS;
    x->quiet = true;
    return plm_explaining_run(x);
}

/* Measures what the page needs. The metrics come first: they need predictions of the rows, which
 * measuring the inputs uses again. The seed is always 0, so the intervals are the same each
 * time. */
plm_status plm_report_make(plm_report *r)
{
    if (!r->rows)
        return PLM_OK;
    PLM_TRY(plm_assessments_make(&r->found, r->job, r->rows, 0));
    if (r->found.targets == 0)
        return PLM_OK;
    PLM_TRY(measure_inputs(r));
    const int64_t budget = (r->budget > 0 ? r->budget : BUDGET) / REASONS_PART;
    return plm_assessments_reasons(&r->found, r->job, r->rows, r->inputs.groups, PLM_WORST, budget);
}

/* Frees the report. To be called before the job is freed, since the results borrow its model and
 * rows. */
void plm_report_free(plm_report *r)
{
    plm_explaining_free(&r->inputs);
    plm_assessments_free(&r->found);
}

/* Returns the number of the best epoch, from 1; 0 = there was no validation. since: number of first
 * epochs that do not count. If the run kept the
 * best weights, the model has those of this epoch. */
static int64_t best_epoch(const plm_report *r, const plm_history *h, int64_t since)
{
    const int64_t best =
        plm_epochs_kept(r->w, h, plm_setting_joined(r->settings, "observers"), since);
    const double epoch = plm_epochs_value(h, best, plm_epochs_column(h, "epoch"));
    return isnan(epoch) ? best + 1 : (int64_t)epoch;
}

/* Writes the head of the page. Its content security policy forbids the browser to load or run
 * anything. */
static void write_head(const plm_report *r, FILE *f)
{
    fputs("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<meta name=\"color-scheme\" content=\"light dark\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
          "style-src 'unsafe-inline'; img-src data:\">\n"
          "<meta name=\"generator\" content=\"plummet ",
          f);
    plm_html_text(f, plm_version());
    /* an empty icon, so that no browser requests /favicon.ico */
    fputs("\">\n<link rel=\"icon\" href=\"data:,\">\n<title>", f);
    plm_html_text(f, plm_setting_joined(r->settings, "name"));
    fputs(" &ndash; plummet</title>\n<style>\n", f);
    fwrite(plm_report_style, 1, plm_report_style_size, f);
    fputs("</style>\n</head>\n<body>\n", f);
}

/* Writes the sections of all targets. */
static plm_status write_targets(plm_report *r, FILE *f)
{
    for (int k = 0; k < r->found.targets; k++) {
        const plm_assessment *s = &r->found.of[k];
        PLM_TRY(s->target->classes > 0 ? plm_report_classes(r, f, s, k)
                                       : plm_report_numbers(r, f, s, k));
    }
    if (r->inputs.groups.count > 0)
        plm_report_inputs(r, f);
    for (int k = 0; k < r->found.targets; k++)
        plm_report_worst(r, f, &r->found.of[k], k);
    return PLM_OK;
}

/* Writes all sections. */
static plm_status write_sections(plm_report *r, FILE *f, const plm_history *h)
{
    plm_since since = {0};
    PLM_TRY(plm_run_since(r->w, r->folder, &since));
    write_head(r, f);
    plm_report_summary(r, f, h->rows, best_epoch(r, h, since.best));
    if (h->rows > 0)
        PLM_TRY(plm_report_curves(r, f, h));
    PLM_TRY(write_targets(r, f));
    plm_report_columns(r, f);
    PLM_TRY(plm_report_findings(r, f));
    PLM_TRY(plm_report_readings(r, f));
    plm_report_settings(r, f);
    fputs("</main>\n<footer>written by plummet ", f);
    plm_html_text(f, plm_version());
    fputs("; this page needs no other file and no network</footer>\n</body>\n</html>\n", f);
    return PLM_OK;
}

/* Writes the page. The history is borrowed from the open folder, which is closed at the end. */
plm_status plm_report_write(plm_report *r, FILE *out)
{
    plm_history h = {0};
    plm_run_folder *folder = plm_run_folder_open(r->w, r->folder);
    if (!folder)
        return plm_last_error(r->w)->status;
    plm *job = r->job->w != NULL ? r->job->w : r->w; /* has the texts of columns and rows */
    const uint64_t errors = r->w->errors, of_job = job->errors;
    plm_status status = plm_run_folder_history(folder, &h);
    if (status >= 0)
        status = write_sections(r, out, &h);
    if (status >= 0)
        status = plm_memory_since(r->w, errors);
    if (status >= 0 && plm_memory_since(job, of_job) < 0)
        status = plm_fail_memory(r->w, r->folder);
    plm_run_folder_close(folder);
    return status;
}
