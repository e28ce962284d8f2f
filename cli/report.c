/* Prints the result of a training as text or JSON. The metrics are always those of the weights that
 * are saved. */
#include <math.h>
#include <string.h>

#include "log_line.h"
#include "run/nets.h"
#include "table.h"
#include "training.h"

static const char *status_of(const plm_run_training *t, int code)
{
    if (t->interrupted)
        return "interrupted";
    return code == PLM_EXIT_DIVERGED ? "diverged" : code ? "failed" : "finished";
}

/* Describes which weights are saved, if it is not simply those of the last epoch; else "". */
static void describe_weights(const plm_run_nets *nets, const plm_fit_result *r, char *out,
                             size_t capacity)
{
    out[0] = 0;
    if (nets)
        plm_run_nets_weights(nets, out, capacity);
    else if (r->averaged)
        snprintf(out, capacity, "moving average (use_ema)");
    else if (r->kept_epoch && r->kept_epoch == r->best_epoch)
        snprintf(out, capacity, "of epoch %lld, the best", (long long)r->kept_epoch);
    else if (r->kept_epoch)
        snprintf(out, capacity, "of epoch %lld", (long long)r->kept_epoch);
}

/* Prints the result as one JSON object. code: exit code of the training. */
static void report_json(const plm_run_training *t, int code)
{
    char weights[120];
    describe_weights(t->nets, &t->result, weights, sizeof weights);
    plm_cli_json j = plm_cli_json_begin(stdout);
    plm_cli_json_text(&j, "event", "done");
    plm_cli_json_text(&j, "status", status_of(t, code));
    plm_cli_json_number(&j, "epochs", (double)t->epochs); /* those that are complete */
    if (t->result.batches)
        /* batches of the next epoch, which is not complete */
        plm_cli_json_number(&j, "batches", (double)t->result.batches);
    if (t->result.stopped_by[0] && !t->interrupted)
        plm_cli_json_text(&j, "stopped_by", t->result.stopped_by);
    if (t->nets)
        plm_cli_json_text(&j, "weights", weights);
    else if (t->result.kept_epoch)
        plm_cli_json_number(&j, "kept_epoch", (double)t->result.kept_epoch);
    if (t->temperature > 0)
        plm_cli_json_number(&j, "temperature", t->temperature);
    for (int i = 0; i < t->logs; i++)
        plm_cli_json_number(&j, t->log_name[i], t->value[i]);
    for (int i = 0; t->tested && i < PLM_RUN_MAX_LOGS && t->test[i].name; i++) {
        char key[64];
        snprintf(key, sizeof key, "test_%s", t->test[i].name);
        plm_cli_json_number(&j, key, t->test[i].value);
    }
    plm_cli_json_number(&j, "seconds", t->seconds);
    plm_cli_json_number(&j, "samples_per_s", t->rate);
    if (plm_model_threads(t->job.model) > 0)
        plm_cli_json_number(&j, "threads", plm_model_threads(t->job.model));
    plm_cli_json_text(&j, "loss_function", plm_model_setting(t->job.model, "loss"));
    plm_cli_json_text(&j, "model", t->model_path);
    plm_cli_json_end(&j);
}

/* Adds the metrics of the epoch whose weights are saved: those of the validation, or without a
 * validation those of the training rows. */
static void put_epoch(plm_cli_table *table, const plm_run_training *t)
{
    const int before = table->rows;
    for (int i = 0; i < t->logs; i++)
        if (!strncmp(t->log_name[i], "val_", 4) && !isnan(t->value[i]))
            plm_cli_table_number(table, "validation", t->log_name[i] + 4, t->value[i]);
    const bool validated = table->rows > before;
    for (int i = 0; i < t->logs && !validated; i++)
        if (strncmp(t->log_name[i], "val_", 4) != 0 &&
            strcmp(t->log_name[i], "learning_rate") != 0 &&
            !plm_cli_log_is_background(t->log_name[i]))
            plm_cli_table_number(table, "training", t->log_name[i], t->value[i]);
}

static void put_figures(plm_cli_table *table, const plm_run_training *t)
{
    if (!t->tested)
        put_epoch(table, t);
    for (int i = 0; t->tested && i < PLM_RUN_MAX_LOGS && t->test[i].name; i++)
        plm_cli_table_number(table, "test", t->test[i].name, t->test[i].value);
}

/* Prints the result as a table. */
static void report_text(const plm_run_training *t)
{
    const plm_fit_result *r = &t->result;
    const long long done = (long long)(t->epochs - t->first);
    plm_cli_table table = {0};
    char figure[32], epochs[80], stopped[120], weights[120];
    put_figures(&table, t);
    snprintf(figure, sizeof figure, "%.*f", t->seconds < 10 ? 2 : 0, t->seconds);
    if (done || !r->batches)
        snprintf(epochs, sizeof epochs, " s, %lld %sepoch%s", done, t->first ? "more " : "",
                 done == 1 ? "" : "s");
    else
        snprintf(epochs, sizeof epochs, " s, stopped after batch %lld of epoch %lld",
                 (long long)r->batches, (long long)t->epochs + 1);
    if (t->dir.begun)
        plm_cli_table_value(&table, "training", figure, epochs);
    snprintf(stopped, sizeof stopped, "by %s in epoch %lld", r->stopped_by, (long long)r->epochs);
    if (r->stopped_by[0] && !t->interrupted)
        plm_cli_table_text(&table, "stopped", stopped);
    describe_weights(t->nets, r, weights, sizeof weights);
    if (weights[0])
        plm_cli_table_text(&table, "weights", weights);
    if (t->temperature > 0)
        plm_cli_table_number(&table, "temperature", "", t->temperature);
    plm_cli_table_text(&table, "model", t->model_path);
    plm_cli_table_print(&table);
}

/* Prints why a resumed run had nothing left to do. */
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

/* Prints how to resume the run, after a signal or after the disk was full. */
static void tell_how_to_go_on(const plm_cli_call *call, const plm_run_training *t, int code)
{
    const bool stopped = !code && t->interrupted && t->every;
    const bool full = code == PLM_EXIT_IO && plm_run_dir_has(&t->dir, "checkpoint.safetensors");
    if ((stopped || full) && t->dir.begun && !t->dir.replaces)
        plm_cli_note("to go on%s: plummet %s --resume %s", full ? ", once it can write again" : "",
                     call->verb->name, t->dir.path);
}

/* Prints what the user can do next. */
static void advise(const plm_cli_call *call, const plm_run_training *t, int code)
{
    tell_how_to_go_on(call, t, code);
    if (!code && t->dir.resumed && !t->dir.begun && !t->interrupted)
        tell_nothing_to_do(&t->result);
}

int plm_cli_report(const plm_cli_call *call, const plm_cli_watch *w, int code)
{
    plm_run_training *t = w->training;
    advise(call, t, code);
    if (!t->model_path)
        return code;
    const plm_status status = plm_run_training_measure(t, code != PLM_EXIT_GOOD);
    code = code ? code : plm_cli_code(t->w, status);
    if (w->json)
        report_json(t, code);
    else
        report_text(t);
    plm_cli_watch_flush();
    return code;
}
