/* Opens a run with a change, holds rows back, and trains branches of it. A side of a comparison is
 * the run with or without the change. Each side opens its own data and splits it by the same seed,
 * so both hold back the same rows, and have the same initial weights where their nets are the same.
 * So a difference between two branches is due to the change. */
#include "repair/repair_side.h"

#include <math.h>

#include "data/data.h"
#include "run/net.h"
#include "study/state.h"

/* Difference between the seeds of branches and that of the run, so that no branch has the seed of
 * the run. */
enum { SEED_OFFSET = 1001 };

/* Reads the settings of a side: the run file, the overrides, the kept changes, and the new
 * change. */
static plm_status read_settings(plm_repair_side *s, const plm_change *change)
{
    plm_repairing *r = s->r;
    const int more = change != NULL ? change->sets : 0;
    plm_arena *a = &s->settings.arena;
    const char **all = plm_arena_array(a, (size_t)(r->count + more + 1), sizeof *all);
    if (all == NULL)
        return PLM_E_MEMORY;
    for (int i = 0; i < r->count; i++)
        all[i] = r->key_value[i];
    for (int i = 0; i < more; i++) {
        all[r->count + i] = plm_arena_format(a, "%s=%s", change->set[i].key, change->set[i].value);
        if (all[r->count + i] == NULL)
            return PLM_E_MEMORY;
    }
    return plm_run_settings_load(&s->settings, r->path, r->count + more, all);
}

/* Holds back training rows: a fifth, or three tenths of a table with fewer than 1,000 rows. Half of
 * them are for the screening, half for the confirmation. */
static plm_status hold_back(plm_repair_side *s)
{
    const char *share = s->job.about.rows < 1000 ? "0.3" : "0.2";
    const plm_source *source = s->job.data->source;
    const char *shuffle = source->streamed || source->series ? "false" : "true";
    s->screen = plm_data_split(s->job.data, "split(%s, shuffle=%s)", share, shuffle);
    if (s->screen != NULL)
        s->confirm = plm_data_split(s->screen, "split(0.5, shuffle=%s)", shuffle);
    if (s->confirm == NULL)
        return plm_job_fail_key(&s->job, &s->settings, PLM_OK, "data", 0);
    plm_data_info held;
    PLM_TRY(plm_data_get_info(s->screen, &held));
    s->r->record.screen_rows = held.rows;
    PLM_TRY(plm_data_get_info(s->confirm, &held));
    s->r->record.confirm_rows = held.rows;
    return PLM_OK;
}

/* Opens settings, data and rows. */
static plm_status open(plm_repair_side *s, const plm_change *change)
{
    plm_settings *t = &s->settings;
    PLM_TRY(plm_settings_open(t, s->r->w, plm_run_keys));
    PLM_TRY(read_settings(s, change));
    PLM_TRY(plm_job_open(&s->job, t));
    s->job.w->examined = true;
    PLM_TRY(plm_job_data(&s->job, t));
    s->seed = s->job.w->options.seed;
    s->epochs = plm_setting_count(t, "epochs", 1);
    const int64_t batch = s->job.about.batch > 0 ? s->job.about.batch : 1;
    s->planned = s->epochs * ((s->job.about.rows + batch - 1) / batch);
    return hold_back(s);
}

/* change NULL = the run as it is. */
plm_status plm_repair_side_open(plm_repair_side *s, plm_repairing *r, const plm_change *change)
{
    *s = (plm_repair_side){.r = r, .job = {.home = r->w, .data_dir = r->data_dir, .quiet = true}};
    return open(s, change);
}

/* Closes a side. The streams belong to the runtime of the job, so they are freed before it. */
void plm_repair_side_close(plm_repair_side *s)
{
    plm_data_free(s->confirm);
    plm_data_free(s->screen);
    s->screen = s->confirm = NULL;
    plm_job_free(&s->job);
    plm_settings_free(&s->settings);
}

/* Makes the model of a branch (a trial training). Its only metric is the one by which the repair
 * compares branches. */
static plm_status make_model(plm_repair_side *s)
{
    plm_setting_drop(&s->settings, "metrics");
    PLM_TRY(plm_setting_default(&s->settings, "metrics", s->r->judge));
    return plm_net_make(&s->job, &s->settings);
}

/* Trains a branch. Its initial weights, the order of its rows and all noise follow from the seed of
 * its runtime. The rows that are held back do not: they follow from the seed of the run. */
plm_status plm_repair_side_train(plm_repair_side *s, int index, int64_t steps, bool confirm,
                                 plm_branch *out)
{
    s->job.w->options.seed = out->seed = s->seed + SEED_OFFSET + (uint64_t)index;
    PLM_TRY(make_model(s));
    PLM_TRY(plm_class_weight_read(&s->job, &s->settings, s->class_weight, &s->classes));
    const plm_branch_plan plan = {.train = s->job.data,
                                  .rows = confirm ? s->confirm : s->screen,
                                  .epochs = s->epochs,
                                  .steps = steps,
                                  .class_weight = s->classes > 0 ? s->class_weight : NULL,
                                  .classes = s->classes};
    if (s->r->from != NULL)
        PLM_TRY(plm_state_give(s->r->from, s->job.model));
    const plm_status status = plm_branch_train(s->job.model, &plan, out);
    s->r->record.steps += out->steps;
    if (status < 0)
        return plm_job_fail(&s->job, &s->settings, status);
    return PLM_OK;
}
