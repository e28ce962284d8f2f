/* Writes the page of a run, see page.h. */
#include "page.h"

#include <stdlib.h>
#include <string.h>

#include "file.h"

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

void plm_cli_page_of_training(plm_run_training *t, const char *folder)
{
    const char *wanted = plm_setting_text(&t->settings, "report");
    if (wanted && !strcmp(wanted, "false"))
        return;
    plm_report r = plm_report_of_training(t, folder);
    char *path = plm_cli_format("%s/report.html", folder);
    if (plm_cli_page_write(&r, path))
        plm_cli_warn("the model is saved, but the report is not: plummet report %s", folder);
    free(path);
}
