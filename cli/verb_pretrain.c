/* plummet pretrain: what train does, after the layers have learned from rows without answers. */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <string.h>

#include "runfile.h"
#include "training.h"
#include "verbs.h"

static const plm_cli_option options[] = {
    {"resume", 'r', "RUNDIR",
     "go on with the run in this folder, after the last layer or epoch that is done"},
    {"dry-run", 'n', NULL, "print the resolved run file and the model, and stop"},
    {"json", 0, NULL, "one JSON object a line on stdout: epochs of either kind, then the result"},
    {"quiet", 'q', NULL, "no progress, only results and errors"},
    {0}};

static const char sample[] = "data: fashion_mnist | skip(50000) | take(200) | shuffle\n"
                             "unlabelled: fashion_mnist | take(50000) | shuffle\n"
                             "pretraining: autoencoder(20, noise=gaussian_noise(0.3))\n"
                             "test: fashion_mnist(test)\n"
                             "model:\n"
                             "  - flatten\n"
                             "  - rescaling(1/255)\n"
                             "  - dense(300, activation=elu, kernel_initializer=he_normal)\n"
                             "  - dense(10, activation=softmax)\n"
                             "epochs: 30";

static const char *const examples[] = {
    "plummet pretrain few-labels.yaml",
    "autoencoders layer by layer, then the fit on the labelled rows",
    "plummet train few-labels.yaml",
    "the same net from scratch, to compare",
    "plummet pretrain few-labels.yaml pretraining='autoencoder(5, tied=true)'",
    "another way",
    "plummet train task.yaml start=runs/few-labels-0001/pretrained.safetensors",
    "what was pretrained, for another task",
    NULL};

enum { MOST_LAYERS = 1000 };

/* The checkpoint of the last round of pseudo-labels, written when it ends. */
static const char rounds_end[] = "pseudo_labels.safetensors";

/* The pretraining as its observer sees it. */
typedef struct {
    plm_cli_training *t;
    plm_cli_history history;
    const char *name; /* of the layer at work */
    int index, count, first;
} pretraining;

/* pretrained-2.safetensors: two layers are done; 0 = pretrained.safetensors: all are. To be
 * freed. */
static char *file_of(const plm_cli_training *t, int layers)
{
    char name[48] = "pretrained.safetensors";
    if (layers)
        snprintf(name, sizeof name, "pretrained-%d.safetensors", layers);
    return plm_cli_rundir_file(&t->folder, name);
}

/* ---- what is seen of it ---- */

static void json_epoch(const pretraining *p, const plm_event *e)
{
    plm_cli_json j = plm_cli_json_begin(stdout);
    plm_cli_json_text(&j, "event", "pretrain");
    plm_cli_json_text(&j, "layer", p->name);
    plm_cli_json_number(&j, "epoch", (double)(e->epoch + 1));
    for (int i = 0; i < e->logs; i++)
        plm_cli_json_number(&j, e->log[i].name, e->log[i].value);
    plm_cli_json_number(&j, "samples_per_s", e->rate);
    plm_cli_json_end(&j);
    plm_cli_watch_flush(); /* who reads the pipe wants it now */
}

/* A row of pretraining.csv: epochs are counted through all layers. */
static void write_row(pretraining *p, const plm_event *e)
{
    const char *name[2 + PLM_CLI_LOGS] = {"epoch", "layer"};
    double value[2 + PLM_CLI_LOGS] = {(double)(p->index * e->epochs + e->epoch + 1), p->index + 1};
    const int count = e->logs < PLM_CLI_LOGS ? e->logs : PLM_CLI_LOGS;
    for (int i = 0; i < count; i++) {
        name[2 + i] = e->log[i].name;
        value[2 + i] = e->log[i].value;
    }
    const plm_history row = {.rows = 1, .columns = 2 + count, .name = name, .value = value};
    plm_cli_history_add(&p->history, &row, e->seconds);
}

/* The first batch is trained: from now on the folder changes. */
static int begin(pretraining *p, const plm_event *e)
{
    plm_cli_training *t = p->t;
    int code = t->folder.begun
                   ? PLM_EXIT_GOOD
                   : plm_cli_rundir_begin(&t->folder, &t->settings, t->note, &(plm_history){0});
    code = code ? code : plm_cli_rundir_replace(&t->folder, &t->settings, t->note);
    plm_cli_history_new(&p->history, t->job.w, plm_cli_rundir_file(&t->folder, "pretraining.csv"));
    if (!code && p->first)
        code = plm_cli_history_keep(&p->history, p->first * e->epochs);
    if (code)
        plm_cli_history_drop(&p->history);
    return code ? code : plm_cli_history_write(&p->history);
}

static plm_status on_event(void *self, plm_run *run, const plm_event *e)
{
    pretraining *p = self;
    plm_cli_watch *w = &p->t->watch;
    (void)run;
    if (e->kind == PLM_BATCH_END && !p->history.path && begin(p, e)) {
        w->failed = true;
        return PLM_STOPPED;
    }
    if (e->kind == PLM_BATCH_END)
        plm_cli_progress_batch(&w->progress, e);
    if (e->kind == PLM_EPOCH_END) {
        plm_cli_progress_epoch(&w->progress, e);
        write_row(p, e);
        if (w->json)
            json_epoch(p, e);
    }
    return e->kind != PLM_FIT_END && plm_cli_watch_interrupted(w) ? PLM_STOPPED : PLM_OK;
}

/* A layer begins, or is done: then the model is kept, from which a stopped run goes on. */
static plm_status on_layer(void *self, int index, int count, const char *name, bool done)
{
    pretraining *p = self;
    plm_cli_progress *progress = &p->t->watch.progress;
    p->index = index;
    p->count = count;
    p->name = name;
    progress->epoch_began = 0;
    progress->drawn_at = -1;
    plm_cli_progress_clear(progress);
    if (!done && !progress->quiet)
        fprintf(stderr, "pretraining of %s, layer %d of %d\n", name, index + 1, count);
    if (!done)
        return PLM_OK;
    char *now = file_of(p->t, index + 1 < count ? index + 1 : 0), *before = file_of(p->t, index);
    plm_status status = plm_model_save(p->t->job.model, now, NULL);
    if (status >= 0 && index)
        remove(before);
    p->t->kept = true;
    free(now);
    free(before);
    return status;
}

/* ---- where a stopped run goes on ---- */

/* Parameter i of one model becomes that of the other; E_FORMAT when they are not of one name and
 * shape. */
static plm_status take_parameter(const plm_model *from, plm_model *to, int64_t i)
{
    plm_parameter a, b;
    size_t count = 1;
    plm_parameters(from, i, &a);
    plm_parameters(to, i, &b);
    if (strcmp(a.name, b.name) || a.rank != b.rank ||
        memcmp(a.dims, b.dims, (size_t)a.rank * sizeof *a.dims))
        return PLM_E_FORMAT;
    for (int k = 0; k < a.rank; k++)
        count *= (size_t)a.dims[k];
    float *values = plm_cli_take(count * sizeof *values);
    plm_status status = plm_parameter_read(from, i, values);
    status = status < 0 ? status : plm_parameter_write(to, i, values);
    free(values);
    return status;
}

/* The parameters of a file become those of the run's model. */
static int take_parameters(plm_cli_training *t, const char *path)
{
    plm_model *from = plm_model_load(t->job.w, path, NULL), *to = t->job.model;
    if (!from)
        return plm_cli_fail_status(t->job.w, plm_last_error(t->job.w)->status, NULL);
    const int64_t count = plm_parameters(from, 0, NULL);
    plm_status status = plm_parameters(to, 0, NULL) == count ? PLM_OK : PLM_E_FORMAT;
    for (int64_t i = 0; i < count && status >= 0; i++)
        status = take_parameter(from, to, i);
    plm_model_free(from);
    if (status == PLM_E_FORMAT)
        return plm_cli_fail(PLM_EXIT_DATA, path, "resume with the model that the run began with",
                            "the pretrained model is not that of the run");
    return status < 0 ? plm_cli_fail_status(t->job.w, status, path) : PLM_EXIT_GOOD;
}

/* Of a resumed run: *first = how many layers are done, -1 = all; its fit begins afresh unless it
 * has a checkpoint. */
static int find_begin(plm_cli_training *t, int *first)
{
    char *checkpoint = plm_cli_rundir_file(&t->folder, "checkpoint.safetensors"),
         *whole = file_of(t, 0), *part = NULL;
    int code = PLM_EXIT_GOOD;
    t->afresh = !plm_cli_exists(checkpoint);
    *first = -1;
    if (t->afresh && plm_cli_exists(whole)) {
        code = take_parameters(t, whole);
    } else if (t->afresh) {
        for (*first = MOST_LAYERS; *first > 0; --*first) {
            free(part);
            part = file_of(t, *first);
            if (plm_cli_exists(part))
                break;
        }
        code = *first ? take_parameters(t, part) : PLM_EXIT_GOOD;
    }
    free(part);
    free(whole);
    free(checkpoint);
    return code;
}

/* ---- the steps ---- */

/* Keys that mean nothing without pseudo_labels. */
static int check_alone(plm_cli_settings *s)
{
    static const char *const keys[] = {"pseudo_rounds", "pseudo_epochs"};
    for (int i = 0; i < 2; i++)
        if (plm_cli_setting_text(s, keys[i]))
            return plm_cli_setting_fail(s, keys[i], 0,
                                        "say from which confidence on: pseudo_labels: 0.95",
                                        "%s is said without pseudo_labels", keys[i]);
    return PLM_EXIT_GOOD;
}

static int check(plm_cli_training *t)
{
    const char *text = plm_cli_setting_text(&t->settings, "pseudo_labels");
    double confidence = 0;
    if (!text)
        return check_alone(&t->settings);
    if (!strcmp(text, "none") ||
        (plm_cli_real(text, &confidence) && confidence > 0 && confidence <= 1))
        return PLM_EXIT_GOOD;
    return plm_cli_setting_fail(&t->settings, "pseudo_labels", 0,
                                "a confidence above 0 and at most 1, such as 0.95; or none",
                                "pseudo_labels cannot be '%s'", text);
}

static int built(plm_cli_training *t)
{
    return plm_cli_job_unlabelled(&t->job, &t->settings);
}

static int pretrain(plm_cli_training *t, pretraining *p)
{
    const plm_observer observer = {.name = "command", .on_event = on_event, .self = p};
    plm_status status = plm_pretrain(t->job.model, t->job.unlabelled,
                                     plm_cli_setting_text(&t->settings, "pretraining"),
                                     PLM_PRETRAIN(.first_layer = p->first, .extra = &observer,
                                                  .extras = 1, .on_layer = on_layer, .self = p));
    plm_cli_progress_clear(&t->watch.progress);
    plm_cli_history_close(&p->history, true);
    if (status < 0)
        return plm_cli_job_fail(&t->job, &t->settings, status);
    if (p->history.failed || t->watch.failed)
        return PLM_EXIT_IO;
    if (t->watch.interrupted) {
        fprintf(stderr,
                "to go on after the last layer that is done: plummet pretrain --resume %s\n",
                t->folder.path);
        return PLM_EXIT_GOOD;
    }
    if (!t->watch.progress.quiet)
        fputs("training on the labelled rows\n", stderr);
    return PLM_EXIT_GOOD;
}

static int before(plm_cli_training *t)
{
    pretraining p = {.t = t};
    int code = PLM_EXIT_GOOD;
    if (t->folder.resumed)
        code = find_begin(t, &p.first);
    if (code || p.first < 0)
        return code;
    code = pretrain(t, &p);
    t->watch.progress = plm_cli_progress_new(t->watch.progress.quiet, t->job.about.batch);
    return code;
}

static void tell_round(const plm_cli_training *t, int64_t round, int64_t added)
{
    if (!t->watch.progress.quiet)
        fprintf(stderr, "round %lld: %lld unlabelled rows get a label\n", (long long)round,
                (long long)added);
    if (!t->json)
        return;
    plm_cli_json j = plm_cli_json_begin(stdout);
    plm_cli_json_text(&j, "event", "pseudo_labels");
    plm_cli_json_number(&j, "round", (double)round);
    plm_cli_json_number(&j, "rows", (double)added);
    plm_cli_json_end(&j);
}

/* Rows that the net is sure of join the labelled ones, and it trains on both. */
static plm_status train_round(plm_cli_training *t, double confidence, int64_t round)
{
    const int64_t epochs = plm_cli_setting_count(&t->settings, "epochs", 1);
    const int64_t rounds = plm_cli_setting_count(&t->settings, "pseudo_rounds", 1);
    const int64_t each = plm_cli_setting_count(&t->settings, "pseudo_epochs", epochs);
    plm_cli_fit f = {.first = epochs + each * (round - 1),
                     .last = epochs + each * round,
                     .observed = true,
                     .own = round < rounds ? "" : rounds_end};
    int64_t added = 0;
    f.data = plm_pseudo_labels(t->job.model, t->job.data, t->job.unlabelled, confidence, &added);
    if (!f.data)
        return plm_last_error(t->job.w)->status;
    plm_cli_progress_clear(&t->watch.progress);
    tell_round(t, round, added);
    plm_status status = plm_compile(t->job.model, plm_cli_setting_text(&t->settings, "optimizer"),
                                    plm_cli_setting_text(&t->settings, "loss"),
                                    plm_cli_setting_text(&t->settings, "metrics"));
    t->watch.progress.epoch_began = t->watch.seconds;
    status = status < 0 ? status : plm_cli_training_epochs(t, &f);
    plm_data_free(f.data);
    return status;
}

/* Gives the model of a run whose rounds had ended, if they had: nothing was asked for anew. */
static plm_status give_again(plm_cli_training *t, bool *over)
{
    const plm_cli_fit f = {
        .data = t->job.data, .last = t->watch.all, .on = true, .observed = true, .own = rounds_end};
    plm_fit_result end = {0};
    plm_status status = PLM_OK;
    char *path = plm_cli_rundir_file(&t->folder, rounds_end);
    if (t->folder.resumed && !t->folder.begun && !t->call->overrides && plm_cli_exists(path))
        status = plm_checkpoint_get_info(t->job.w, path, &end);
    free(path);
    *over = status >= 0 && end.ended && end.epochs_requested == t->watch.all;
    return *over ? plm_cli_training_epochs(t, &f) : status;
}

static int after(plm_cli_training *t)
{
    const char *text = plm_cli_setting_text(&t->settings, "pseudo_labels");
    const int64_t rounds = plm_cli_setting_count(&t->settings, "pseudo_rounds", 1);
    double confidence = 0;
    bool over = false;
    plm_status status = PLM_OK;
    if (!text || !plm_cli_real(text, &confidence))
        return PLM_EXIT_GOOD;
    t->watch.all += rounds * plm_cli_setting_count(&t->settings, "pseudo_epochs", t->watch.all);
    status = give_again(t, &over);
    for (int64_t round = 1; !over && round <= rounds && status == PLM_OK && !t->watch.interrupted;
         round++)
        status = train_round(t, confidence, round);
    return status < 0 ? plm_cli_job_fail(&t->job, &t->settings, status) : PLM_EXIT_GOOD;
}

static int run(const plm_cli_call *call)
{
    return plm_cli_training_run(
        call, &(plm_cli_training_steps){
                  .check = check, .built = built, .before = before, .after = after});
}

const plm_cli_verb plm_verb_pretrain = {
    .name = "pretrain",
    .usage = "RUNFILE|--resume RUNDIR [key=value ...] [--dry-run] [--json] [--quiet]",
    .help = "pretrains a net on rows without answers, then trains it on few with them",
    .details = "For many rows without answers and few with them. Each hidden dense layer learns "
               "first, from the rows of "
               "unlabelled, to give back what the layers below make of them (autoencoders, layer "
               "by layer; the key "
               "pretraining says how, `plummet describe pretraining autoencoder` what there is to "
               "say). Then the net trains "
               "on data as with train, which the same run file without pretraining is for. With "
               "pseudo_labels, "
               "unlabelled rows that the net is sure of join the data, and it trains on.\n\n"
               "Leaves in the folder out what train does, pretrained.safetensors (the net before "
               "it saw a label: a good start "
               "for other runs) and pretraining.csv; with pseudo_labels, also "
               "pseudo_labels.safetensors, the checkpoint of the last round.\n\n"
               "Ctrl-C ends it after the running batch and saves the model. With --resume the run "
               "goes on: a layer whose "
               "autoencoder was stopped begins again, the fit goes on from its checkpoint, rounds "
               "of pseudo-labels begin "
               "again unless all have ended; the model is that of a run that was never stopped.",
    .sample = sample,
    .options = options,
    .keys = plm_cli_run_keys,
    .examples = examples,
    .most = 1,
    .run = run};
