/* Writes the output of `plummet summary`, see summary.h. */
#include "show/summary.h"

#include <string.h>

/* Pages that are narrower than this have no space for a second column. */
enum { NARROW = 60 };

/* Appends what a training would do. Columns are listed only if the data is a table. */
plm_status plm_run_outline(plm_run_training *t, plm_screen s, plm_text *out)
{
    const char *summary = plm_model_summary(t->job.model, s.width);
    const plm_data_info *rows = &t->job.about;
    if (!summary)
        return plm_job_fail(&t->job, &t->settings, PLM_OK);
    plm_run_settings_print(&t->settings, out);
    plm_text_add(out, "\n");
    const size_t before = out->length;
    plm_ignore(plm_job_columns(&t->job, out, s.terminal ? s.width : 0));
    plm_text_add(out, out->length > before ? "\n" : "");
    plm_text_format(out, "%s\n", summary);
    if (rows->rows >= 0)
        plm_text_format(out, "%lld row%s to train on, %lld per batch\n", (long long)rows->rows,
                        rows->rows == 1 ? "" : "s", (long long)rows->batch);
    return out->failed ? PLM_E_MEMORY : PLM_OK;
}

/* Appends how the model is compiled: a line for each setting that it has. */
static void add_settings(const plm_model *m, plm_screen s, plm_text *out)
{
    static const char *const keys[] = {"optimizer", "loss", "loss_weights", "metrics", NULL};
    const char *weights = plm_model_setting(m, "loss_weights");
    const int column = weights && *weights ? 12 : 10;
    for (int i = 0; keys[i]; i++) {
        const char *setting = plm_model_setting(m, keys[i]);
        plm_text shown = {.w = out->w};
        if (!setting || !*setting)
            continue;
        plm_text_add_printable(&shown, setting);
        plm_text_format(out, "%-*s ", column, keys[i]);
        plm_text_fold(out, s, column + 1, plm_screen_page(s) < NARROW ? 2 : column + 1,
                      plm_text_get(&shown));
        plm_text_done(out, &shown);
    }
}

/* Appends the summary of a model. The columns come from the model file, so this needs no data. */
plm_status plm_job_summary(const plm_job *j, plm_screen s, plm_text *out)
{
    const char *text = plm_model_summary(j->model, s.width);
    if (!text)
        return plm_last_error(j->w)->status;
    const size_t length = strlen(text);
    plm_text_add(out, text);
    plm_text_add(out, length && text[length - 1] != '\n' ? "\n\n" : "\n");
    const size_t before = out->length;
    plm_job_model_columns(j, out, s.terminal ? s.width : 0);
    plm_text_add(out, out->length > before ? "\n" : "");
    add_settings(j->model, s, out);
    return PLM_OK;
}

/* Appends a number of bytes, such as "1.25 MB". */
static void add_bytes(size_t bytes, const char *what, plm_text *out)
{
    const double kilo = (double)bytes / 1024;
    plm_text_format(out, "%.2f %s%s", kilo < 1024 ? kilo : kilo / 1024, kilo < 1024 ? "KB" : "MB",
                    what);
}

/* Appends the memory of a training. The data of a run file is opened only here, for the size of its
 * rows; a model can be described without data. */
void plm_job_memory(plm_job *j, plm_settings *settings, plm_screen s, plm_text *out)
{
    enum { AT = 11 };
    plm_memory_need need;
    plm_text text = {.w = out->w};
    const char *data = plm_setting_text(settings, "data");
    if (!j->data && data)
        j->data = plm_data_open(j->w, "%s", data);
    if (!j->data || plm_model_memory(j->model, j->data, &need) < 0)
        return;
    plm_text_add(&text, "to train on this data: ");
    add_bytes(need.total, "", &text);
    plm_text_format(&text, " (batches of %lld)\n", (long long)need.batch);
    add_bytes(need.parameters, " parameters, ", &text);
    add_bytes(need.optimizer, " optimizer,\n", &text);
    add_bytes(need.activations, " activations, ", &text);
    add_bytes(need.data, " data", &text);
    plm_text_format(out, "%-*s", AT, "memory");
    plm_text_fold(out, s, AT, AT, plm_text_get(&text));
    plm_text_done(out, &text);
}
