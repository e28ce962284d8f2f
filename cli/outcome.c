/* What a run of train leaves. The figures printed belong to the weights that are saved. */
#include "outcome.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"

/* ---- the model ---- */

/* Is parameter i the same in both, by name, shape and bits? */
static bool same_parameter(const plm_model *a, const plm_model *b, int64_t i)
{
    plm_parameter p, q;
    size_t count = 1;
    plm_parameters(a, i, &p);
    plm_parameters(b, i, &q);
    if (strcmp(p.name, q.name) || p.rank != q.rank ||
        memcmp(p.dims, q.dims, (size_t)p.rank * sizeof *p.dims))
        return false;
    for (int k = 0; k < p.rank; k++)
        count *= (size_t)p.dims[k];
    float *x = plm_cli_take(2 * count * sizeof *x + 1);
    const bool same = plm_parameter_read(a, i, x) >= 0 &&
                      plm_parameter_read(b, i, x + count) >= 0 &&
                      !memcmp(x, x + count, count * sizeof *x);
    free(x);
    return same;
}

/* Does the file hold this model already? */
static bool is_saved(const plm_cli_training *t, const char *path)
{
    if (!plm_cli_exists(path))
        return false;
    plm_model *there = plm_model_load(t->job.w, path, NULL);
    const int64_t count = plm_parameters(t->job.model, 0, NULL);
    bool same = there && plm_parameters(there, 0, NULL) == count;
    for (int64_t i = 0; same && i < count; i++)
        same = same_parameter(there, t->job.model, i);
    plm_model_free(there);
    return same;
}

static int save(plm_cli_training *t)
{
    if (t->folder.begun)
        plm_cli_rundir_hold(&t->folder, &t->settings, t->note);
    char *path = plm_cli_rundir_file(&t->folder, "model.safetensors");
    plm_status status = PLM_OK;
    if (t->folder.begun || !is_saved(t, path))
        status = plm_model_save(t->job.model, path, NULL);
    if (status < 0) {
        free(path);
        return plm_cli_fail_status(t->job.w, status, NULL);
    }
    t->model_path = path;
    return PLM_EXIT_GOOD;
}

/* The history of a run that had nothing left to do: the file is written if it was lost. */
static int restore_history(plm_cli_training *t)
{
    plm_cli_history h;
    plm_history rows = {0};
    const plm_status status = plm_model_history(t->job.model, &rows);
    if (status < 0)
        return plm_cli_fail_status(t->job.w, status, NULL);
    plm_cli_history_new(&h, t->job.w, plm_cli_rundir_file(&t->folder, "history.csv"));
    int code = plm_cli_history_restore(&h, &rows);
    code = code || !rows.rows ? code : plm_cli_history_write(&h);
    plm_cli_history_drop(&h);
    return code;
}

/* Is there something worth saving? Nothing was learned before the first batch. A fit that failed
 * has the weights of an epoch that ended well, if there is one. */
static bool has_model(const plm_cli_training *t, int code)
{
    if (t->folder.replaces || (t->folder.replaced && !t->watch.epochs && !t->kept))
        return false; /* the run that was there comes back */
    if (!code)
        return t->folder.begun || !t->watch.interrupted;
    return (code == PLM_EXIT_DIVERGED || code == PLM_EXIT_IO) && t->folder.begun &&
           t->result.epochs > 0;
}

int plm_cli_outcome_save(plm_cli_training *t, int code)
{
    const int64_t kept = t->result.kept_epoch ? t->result.kept_epoch : t->result.epochs;
    if (!has_model(t, code))
        return code;
    int saved = save(t);
    if (!saved && !t->folder.begun && t->folder.resumed)
        saved = restore_history(t);
    if (code && !saved)
        plm_cli_note("the model of epoch %lld is saved: %s", (long long)kept, t->model_path);
    return code ? code : saved;
}

/* ---- figures ---- */

/* Those of the validation, measured again: the weights are not those of an epoch's end. */
static plm_status validate(plm_cli_training *t)
{
    plm_cli_watch *w = &t->watch;
    plm_log log[PLM_CLI_LOGS];
    const plm_status status = plm_evaluate(t->job.model, t->job.validation, log, PLM_CLI_LOGS);
    for (int i = 0; status >= 0 && i < PLM_CLI_LOGS && log[i].name; i++)
        for (int k = 0; k < w->logs; k++)
            if (!strncmp(w->name[k], "val_", 4) && !strcmp(w->name[k] + 4, log[i].name))
                w->value[k] = log[i].value;
    return status;
}

/* The figures of the weights that the model has now. */
static plm_status find_figures(plm_cli_training *t)
{
    plm_history rows = {0};
    const plm_fit_result *r = &t->result;
    const plm_status status = plm_model_history(t->job.model, &rows);
    if (status < 0)
        return status;
    t->watch.epochs = r->epochs > t->watch.epochs ? r->epochs : t->watch.epochs;
    if (r->kept_epoch > 0 && !r->averaged)
        plm_cli_watch_take(&t->watch, &rows, r->kept_epoch);
    else if (!t->folder.begun)
        plm_cli_watch_take(&t->watch, &rows, r->epochs);
    if (t->watch.interrupted && !r->kept_epoch)
        t->watch.logs = 0; /* between two epochs nothing was measured */
    return r->averaged && t->job.validation && !t->watch.interrupted ? validate(t) : PLM_OK;
}

static plm_status measure(plm_cli_training *t)
{
    plm_status status = find_figures(t);
    if (status < 0 || !t->job.test || t->watch.interrupted)
        return status;
    status = plm_evaluate(t->job.model, t->job.test, t->test, PLM_CLI_LOGS);
    t->tested = status >= 0;
    return status;
}

/* ---- the report ---- */

static const char *status_of(const plm_cli_training *t, int code)
{
    if (t->watch.interrupted)
        return "interrupted";
    return code == PLM_EXIT_DIVERGED ? "diverged" : code ? "failed" : "finished";
}

static void report_json(const plm_cli_training *t, int code)
{
    const plm_cli_watch *w = &t->watch;
    plm_cli_json j = plm_cli_json_begin(stdout);
    plm_cli_json_text(&j, "event", "done");
    plm_cli_json_text(&j, "status", status_of(t, code));
    plm_cli_json_number(&j, "epochs", (double)w->epochs);
    if (t->result.stopped_by[0] && !w->interrupted)
        plm_cli_json_text(&j, "stopped_by", t->result.stopped_by);
    if (t->result.kept_epoch)
        plm_cli_json_number(&j, "kept_epoch", (double)t->result.kept_epoch);
    for (int i = 0; i < w->logs; i++)
        plm_cli_json_number(&j, w->name[i], w->value[i]);
    for (int i = 0; t->tested && i < PLM_CLI_LOGS && t->test[i].name; i++) {
        char key[64];
        snprintf(key, sizeof key, "test_%s", t->test[i].name);
        plm_cli_json_number(&j, key, t->test[i].value);
    }
    plm_cli_json_number(&j, "seconds", w->seconds);
    plm_cli_json_number(&j, "samples_per_s", w->rate);
    if (plm_model_threads(t->job.model) > 0)
        plm_cli_json_number(&j, "threads", plm_model_threads(t->job.model));
    plm_cli_json_text(&j, "loss_function", plm_model_setting(t->job.model, "loss"));
    plm_cli_json_text(&j, "model", t->model_path);
    plm_cli_json_end(&j);
}

/* Of the epoch that is kept: the figures of the validation; where there was none, those of the
 * rows that the net learned from. */
static void put_epoch(plm_cli_table *table, const plm_cli_watch *w)
{
    const int before = table->rows;
    for (int i = 0; i < w->logs; i++)
        if (!strncmp(w->name[i], "val_", 4) && !isnan(w->value[i]))
            plm_cli_table_number(table, "validation", w->name[i] + 4, w->value[i]);
    const bool validated = table->rows > before;
    for (int i = 0; i < w->logs && !validated; i++)
        if (strncmp(w->name[i], "val_", 4) != 0 && strcmp(w->name[i], "learning_rate") != 0)
            plm_cli_table_number(table, "training", w->name[i], w->value[i]);
}

static void put_figures(plm_cli_table *table, const plm_cli_training *t)
{
    if (!t->tested)
        put_epoch(table, &t->watch);
    for (int i = 0; t->tested && i < PLM_CLI_LOGS && t->test[i].name; i++)
        plm_cli_table_number(table, "test", t->test[i].name, t->test[i].value);
}

/* Which epoch's weights are saved, where that is a question. */
static void describe_weights(const plm_fit_result *r, char *out, size_t capacity)
{
    out[0] = 0;
    if (r->averaged)
        snprintf(out, capacity, "moving average (use_ema)");
    else if (r->kept_epoch && r->kept_epoch == r->best_epoch)
        snprintf(out, capacity, "of epoch %lld, the best", (long long)r->kept_epoch);
    else if (r->kept_epoch)
        snprintf(out, capacity, "of epoch %lld", (long long)r->kept_epoch);
}

static void report_text(const plm_cli_training *t)
{
    const plm_cli_watch *w = &t->watch;
    const plm_fit_result *r = &t->result;
    const long long done = (long long)(w->epochs - w->first);
    plm_cli_table table = {0};
    char figure[32], epochs[80], stopped[120], weights[80];
    put_figures(&table, t);
    snprintf(figure, sizeof figure, "%.*f", w->seconds < 10 ? 2 : 0, w->seconds);
    if (done || !r->batches)
        snprintf(epochs, sizeof epochs, " s, %lld %sepoch%s", done, w->first ? "more " : "",
                 done == 1 ? "" : "s");
    else
        snprintf(epochs, sizeof epochs, " s, stopped after batch %lld of epoch %lld",
                 (long long)r->batches, (long long)w->epochs + 1);
    if (t->folder.begun)
        plm_cli_table_figure(&table, "training", figure, epochs);
    snprintf(stopped, sizeof stopped, "by %s in epoch %lld", r->stopped_by, (long long)r->epochs);
    if (r->stopped_by[0] && !w->interrupted)
        plm_cli_table_text(&table, "stopped", stopped);
    describe_weights(r, weights, sizeof weights);
    if (weights[0])
        plm_cli_table_text(&table, "weights", weights);
    plm_cli_table_text(&table, "model", t->model_path);
    plm_cli_table_print(&table);
}

/* Why a run that goes on had nothing to do. */
static void tell_nothing_to_do(const plm_fit_result *r)
{
    static const char hint[] = "to train on, ask for more: epochs=N";
    const long long epochs = (long long)r->epochs, best = (long long)r->best_epoch;
    if (!r->stopped_by[0])
        plm_cli_note("nothing to do: all epochs are done; %s", hint);
    else if (best)
        plm_cli_note("nothing to do: %s ended this run in epoch %lld, best %lld; %s", r->stopped_by,
                     epochs, best, hint);
    else
        plm_cli_note("nothing to do: %s ended this run in epoch %lld; %s", r->stopped_by, epochs,
                     hint);
}

/* How to go on: after a signal, or when the disk was full and there is space again. */
static void tell_how_to_go_on(const plm_cli_training *t, int code)
{
    const bool stopped = !code && t->watch.interrupted && t->every;
    const bool full =
        code == PLM_EXIT_IO && plm_cli_rundir_has(&t->folder, "checkpoint.safetensors");
    if ((stopped || full) && t->folder.begun && !t->folder.replaces)
        plm_cli_note("to go on%s: plummet %s --resume %s", full ? ", once it can write again" : "",
                     t->call->verb->name, t->folder.path);
}

/* What to do next. */
static void advise(const plm_cli_training *t, int code)
{
    tell_how_to_go_on(t, code);
    if (!code && t->folder.resumed && !t->folder.begun && !t->watch.interrupted)
        tell_nothing_to_do(&t->result);
}

int plm_cli_outcome_report(plm_cli_training *t, int code)
{
    advise(t, code);
    if (!t->model_path)
        return code;
    const plm_status status = code ? PLM_OK : measure(t);
    if (status < 0)
        code = plm_cli_fail_status(t->job.w, status, "test");
    if (code)
        (void)find_figures(t); /* the run failed already: that is what is reported */
    if (t->json)
        report_json(t, code);
    else
        report_text(t);
    plm_cli_watch_flush();
    return code;
}
