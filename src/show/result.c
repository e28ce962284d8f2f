/* Writes the result of a training as text or JSON, see result.h. The metrics always belong to the
 * saved weights, except that training metrics are those of the weights before averaging, and say
 * so. */
#include "show/result.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "run/few_rows.h"
#include "run/json_text.h"
#include "session/nets.h"
#include "show/labels.h"
#include "show/log_line.h"
#include "study/temperature.h"

/* Returns a description of the saved weights, such as "of epoch 12, the best"; "" if they are those
 * of the last epoch. */
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

/* Adds the calibration temperature, if there is one, and whether it is at its bound. */
static void add_temperature(const plm_run_training *t, plm_json_text *j)
{
    if (t->temperature > 0)
        plm_json_text_number(j, "temperature", t->temperature);
    if (plm_temperature_is_bound(t->temperature))
        plm_json_text_number(j, "temperature_at_bound", 1);
}

/* Adds the metrics of the test rows, and the number of these rows. */
static void add_test(const plm_run_training *t, plm_json_text *j)
{
    for (int i = 0; t->tested && i < PLM_RUN_MAX_LOGS && t->test[i].name; i++) {
        char key[64];
        snprintf(key, sizeof key, "test_%s", t->test[i].name);
        plm_json_text_number(j, key, t->test[i].value);
    }
    if (t->tested && t->test_rows >= 0)
        plm_json_text_number(j, "test_rows", (double)t->test_rows);
}

/* Appends the result as JSON. Members that do not apply are left out, so that a program can test
 * for them. */
void plm_result_json(const plm_run_training *t, const char *status, plm_text *out)
{
    char weights[120];
    plm_json_text j = plm_json_text_begin(out);
    describe_weights(t->nets, &t->result, weights, sizeof weights);
    plm_json_text_member(&j, "event", "done");
    plm_json_text_member(&j, "status", status);
    plm_json_text_number(&j, "epochs", (double)t->epochs); /* those that are complete */
    if (t->result.batches)
        /* number of finished batches in the next epoch, which is incomplete */
        plm_json_text_number(&j, "batches", (double)t->result.batches);
    if (t->result.stopped_by[0] && !t->interrupted)
        plm_json_text_member(&j, "stopped_by", t->result.stopped_by);
    if (t->nets)
        plm_json_text_member(&j, "weights", weights);
    else if (t->result.kept_epoch)
        plm_json_text_number(&j, "kept_epoch", (double)t->result.kept_epoch);
    add_temperature(t, &j);
    for (int i = 0; i < t->logs; i++)
        plm_json_text_number(&j, t->log_name[i], t->value[i]);
    add_test(t, &j);
    plm_json_text_number(&j, "seconds", t->seconds);
    plm_json_text_number(&j, "samples_per_s", t->rate);
    if (plm_model_threads(t->job.model) > 0)
        plm_json_text_number(&j, "threads", plm_model_threads(t->job.model));
    plm_json_text_member(&j, "loss_function", plm_model_setting(t->job.model, "loss"));
    plm_json_text_member(&j, "model", t->model_path);
    plm_json_text_end(&j);
}

/* Adds the metrics of the epoch whose weights are saved: of the validation or, without a
 * validation, of the training rows. If the saved weights are an average, the training metrics are
 * those of the weights that were averaged, which may be far from it. */
static void put_epoch(plm_labels *table, const plm_run_training *t)
{
    const int before = table->rows;
    for (int i = 0; i < t->logs; i++)
        if (!strncmp(t->log_name[i], "val_", 4) && !isnan(t->value[i]))
            plm_labels_number(table, "validation", t->log_name[i] + 4, t->value[i]);
    const bool validated = table->rows > before;
    for (int i = 0; i < t->logs && !validated; i++)
        if (strncmp(t->log_name[i], "val_", 4) != 0 &&
            strcmp(t->log_name[i], "learning_rate") != 0 && !plm_log_is_background(t->log_name[i]))
            plm_labels_number(table, "training", t->log_name[i], t->value[i]);
    for (int i = before; i < table->rows && !validated && t->result.averaged; i++)
        table->row[i].text = ", before averaging";
}

/* Adds the metrics of the test rows, if there are any; otherwise the metrics of the epoch. few:
 * text that follows each metric of the test. The metric that the recipe for tables calls
 * `calibrated` is explained if the screen is wide enough. */
static void put_figures(plm_labels *table, const plm_run_training *t, const char *few,
                        plm_screen screen)
{
    const char *at_best =
        screen.width > 0 && screen.width < 66 ? "" : ", about the loss at the best temperature";
    if (!t->tested)
        put_epoch(table, t);
    for (int i = 0; t->tested && i < PLM_RUN_MAX_LOGS && t->test[i].name; i++) {
        plm_labels_number(table, "test", t->test[i].name, t->test[i].value);
        table->row[table->rows - 1].text =
            *few || strcmp(t->test[i].name, "calibrated") != 0 ? few : at_best;
    }
}

/* Writes the text that follows each metric of a test with few rows; "" for larger tests. */
static void describe_rows(const plm_run_training *t, char *out, size_t capacity)
{
    *out = 0;
    if (t->test_rows > 0 && t->test_rows < PLM_FEW_ROWS)
        snprintf(out, capacity, " of only %lld row%s", (long long)t->test_rows,
                 t->test_rows == 1 ? "" : "s");
}

/* Adds the temperature, if there is one. */
static void put_temperature(plm_labels *table, const plm_run_training *t)
{
    if (t->temperature > 0)
        plm_labels_number(table, "temperature", "", t->temperature);
    if (plm_temperature_is_bound(t->temperature))
        table->row[table->rows - 1].text = ", at its bound: the rows held out do not determine it";
}

/* Appends the result as a table. Rows that do not apply are left out. For a resumed run, the number
 * of epochs is that of this call, after the word "more". */
void plm_result_text(const plm_run_training *t, plm_screen screen, plm_text *out)
{
    const plm_fit_result *r = &t->result;
    const long long done = (long long)(t->epochs - t->first);
    plm_labels table = {0};
    char figure[32], few[40], epochs[80], stopped[120], weights[120];
    describe_rows(t, few, sizeof few);
    put_figures(&table, t, few, screen);
    snprintf(figure, sizeof figure, "%.*f", t->seconds < 10 ? 2 : 0, t->seconds);
    if (done || !r->batches)
        snprintf(epochs, sizeof epochs, " s, %lld %sepoch%s", done, t->first ? "more " : "",
                 done == 1 ? "" : "s");
    else
        snprintf(epochs, sizeof epochs, " s, stopped after batch %lld of epoch %lld",
                 (long long)r->batches, (long long)t->epochs + 1);
    if (t->dir.begun)
        plm_labels_value(&table, "training", figure, epochs);
    snprintf(stopped, sizeof stopped, "by %s in epoch %lld", r->stopped_by,
             (long long)r->epochs + (r->batches > 0));
    if (r->stopped_by[0] && !t->interrupted)
        plm_labels_text(&table, "stopped", stopped);
    describe_weights(t->nets, r, weights, sizeof weights);
    if (weights[0])
        plm_labels_text(&table, "weights", weights);
    put_temperature(&table, t);
    plm_labels_text(&table, "model", t->model_path);
    plm_labels_add(&table, screen, out);
}

/* Appends the reason why a resumed run had nothing left to do. */
static void add_nothing_to_do(const plm_fit_result *r, plm_text *out)
{
    plm_text_add(out, "nothing to do: ");
    if (!r->stopped_by[0])
        plm_text_add(out, "all epochs are done");
    else
        plm_text_format(out, "%s ended this run in epoch %lld", r->stopped_by,
                        (long long)r->epochs + (r->batches > 0));
    if (r->stopped_by[0] && r->best_epoch)
        plm_text_format(out, ", best %lld", (long long)r->best_epoch);
    plm_text_add(out, "; to train longer, set a larger number of epochs: epochs=N");
}

/* True if a training was interrupted and can be resumed. */
static bool can_go_on(const plm_run_training *t)
{
    return t->interrupted && t->every > 0;
}

/* Appends the command that continues the run, if it can be resumed. full: the disk is full, which
 * ended the run. */
static void add_resume(const plm_run_training *t, const char *verb, bool failed, bool full,
                       plm_text *out)
{
    const bool resumable =
        full ? plm_run_dir_has(&t->dir, "checkpoint.safetensors") : !failed && can_go_on(t);
    if (resumable && t->dir.begun && !t->dir.replaces)
        plm_text_format(out,
                        full ? "to continue, when the disk can be written again: plummet %s "
                               "--resume %s"
                             : "to continue: plummet %s --resume %s",
                        verb, t->dir.path);
}

/* Appends advice on what to do next. If t->dir.begun is false, this call trained nothing: a resumed
 * run was already complete. */
void plm_result_advice(const plm_run_training *t, const char *verb, bool failed, bool full,
                       plm_text *out)
{
    add_resume(t, verb, failed, full, out);
    if (failed && t->lost)
        plm_text_format(out, "to see where it began, and what to change: plummet doctor %s",
                        t->dir.path);
    if (!failed && t->dir.resumed && !t->dir.begun && !t->interrupted)
        add_nothing_to_do(&t->result, out);
}
