/* Writes the page of a run, see page.h. */
#include "page.h"

#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "evaluation/evaluation.h"

int plm_cli_page_write(plm_report *r, const char *path)
{
    plm_cli_file file;
    int code = plm_cli_code(r->w, plm_report_make(r));
    code = code ? code : plm_cli_file_open(&file, path);
    if (!code) {
        const plm_status status = plm_report_write(r, file.f);
        code = plm_cli_file_close(&file, plm_cli_code(r->w, status));
    }
    plm_report_free(r);
    return code;
}

/* Returns how many rows may be predicted to find out which inputs matter: a small part of those
 * that were trained. */
static int64_t budget_of(const plm_run_training *t)
{
    enum { LEAST = 20000, MOST = 100000, PART = 20 };
    const int64_t trained = t->epochs * t->job.about.rows / PART;
    return trained < LEAST ? LEAST : trained > MOST ? MOST : trained;
}

void plm_cli_page_of_training(plm_run_training *t, const char *folder)
{
    const char *wanted = plm_setting_text(&t->settings, "report");
    if (wanted && !strcmp(wanted, "false"))
        return;
    plm_report r = {.w = t->w,
                    .folder = folder,
                    .settings = &t->settings,
                    .job = &t->job,
                    .rows = t->job.test ? t->job.test : t->job.validation,
                    .about = plm_evaluation_about(&t->settings, &t->job),
                    .budget = budget_of(t)};
    char *path = plm_cli_format("%s/report.html", folder);
    if (plm_cli_page_write(&r, path))
        plm_cli_warn("the model is saved, but not the report: plummet report %s", folder);
    free(path);
}
