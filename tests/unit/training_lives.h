/* Lives of runs for the tests of memory and files that fail: trained from a table, resumed, of
 * several nets, searched, repaired, examined. Each gives its results to note(). */
#ifndef PLM_TESTS_UNIT_TRAINING_LIVES_H
#define PLM_TESTS_UNIT_TRAINING_LIVES_H

#include "memory_lives.h"

#include <stdlib.h>
#include <unistd.h>

#include "plummet_run.h"
#include "repair/examination.h"
#include "repair/repair.h"
#include "run/lr_find.h"
#include "run/net.h"
#include "run/runfile.h"
#include "search/search.h"

enum { NUMBERS = 1 << 16 };

static char table[512], days[512], folder[512];

/* ---- a training ---- */

/* Notes the weights of a model and its history. */
static inline plm_status note_model(plm_model *m)
{
    plm_parameter p;
    plm_history h = {0};
    for (int64_t i = 0; i < plm_parameters(m, i, &p); i++) {
        static float number[NUMBERS];
        size_t count = 1;
        for (int k = 0; k < p.rank; k++)
            count *= (size_t)p.dims[k];
        assert_true(count <= NUMBERS);
        if (plm_parameter_read(m, i, number) < 0)
            return plm_fail_memory(at_work, "test");
        note(number, count * sizeof *number);
    }
    const plm_status status = plm_model_history(m, &h);
    if (status >= 0)
        note(h.value, (size_t)h.rows * (size_t)h.columns * sizeof *h.value);
    return status;
}

/* Notes all metrics of a result. */
static inline void note_result(const plm_run_result *r)
{
    for (int i = 0; i < r->logs; i++)
        note(&r->log[i].value, sizeof r->log[i].value);
    for (int i = 0; i < r->tests; i++)
        note(&r->test[i].value, sizeof r->test[i].value);
    note(&r->epochs, sizeof r->epochs);
    note(r->model, strlen(r->model));
}

/* Notes what a listener hears of the stages of a run. */
static inline void on_stage(void *self, const plm_run_stage *s)
{
    (void)self;
    if (s->kind == PLM_RUN_REPLACED)
        return; /* it depends on what the run before has left in the folder */
    note(&s->kind, sizeof s->kind);
    note(s->text, strlen(s->text));
}

/* Notes a file of the run; of each line of a history all but the seconds, its last cell. */
static inline void note_file(const char *name)
{
    char path[600], line[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "r");
    note(name, f != NULL ? strlen(name) : 0);
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        const char *cut = strcmp(name, "history.csv") == 0 ? strrchr(line, ',') : NULL;
        note(line, cut != NULL ? (size_t)(cut - line) : strlen(line));
    }
    if (f != NULL)
        assert_int_equal(fclose(f), 0);
}

/* Notes what a run has left. An error that was recorded may have been made good: a history that
 * cannot be added to is written whole at the end. So the files are compared. */
static inline void note_folder(void)
{
    static const char *const files[] = {"run.yaml", "history.csv", "readings.csv", "doctor.txt"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        note_file(files[i]);
    returned = at_work->errors;
}

/* Trains a run file or a table, or resumes a run: path NULL. setting: texts key=value, ended by
 * NULL. */
static inline plm_status train_by(plm *w, const char *path, bool pretrain,
                                  const char *const *setting)
{
    int count = 0;
    plm_run_result result = {.folder = ""};
    while (setting[count] != NULL)
        count++;
    plm_run_file *f = path == NULL ? plm_run_file_resume(w, folder, count, setting)
                                   : plm_run_file_open(w, path, count, setting);
    plm_status status = status_of(w, f);
    if (status >= 0)
        status = plm_run_file_train(
            f, PLM_RUN_TRAIN(.result = &result, .on_stage = on_stage, .pretrain = pretrain));
    if (status >= 0) {
        note_result(&result);
        status = note_model(plm_run_file_model(f));
    }
    plm_run_file_close(f);
    if (status >= 0)
        note_folder();
    return status;
}

#define SETTING(...)                                                                               \
    (const char *const[])                                                                          \
    {                                                                                              \
        out, "overwrite=true", __VA_ARGS__, NULL                                                   \
    }

static char out[600], of_table[600], donor[600];
static const char digits[] = "data=digits | take(20) | batch(10)";
static const char deep[] = "model=[rescaling(1/16), dense(3, activation=tanh, name=low), dense(10, "
                           "activation=softmax)]";

static const char small[] = "model=[dense(3, activation=softmax)]";

/* A run of a table with types, watched by the doctor; then resumed for another epoch. */
static inline plm_status trained(plm *w)
{
    static const char *const more[] = {"epochs=2", NULL};
    const plm_status status =
        train_by(w, "digits", false,
                 SETTING(of_table, small, "epochs=1", "test=split(0.25)", "doctor=true",
                         "validation=split(0.25)", "observers=[early_stopping(patience=3)]"));
    return status < 0 ? status : train_by(w, NULL, false, more);
}

/* The mean of two nets, with a temperature. */
static inline plm_status nets(plm *w)
{
    return train_by(w, "digits", false,
                    SETTING(of_table, small, "epochs=1", "nets=2", "calibrate=true",
                            "validation=split(0.25)", "class_weight=balanced", "checkpoint=false"));
}

/* A run that plummet chooses for a table, and one for a series of two shops. */
static inline plm_status chosen(plm *w)
{
    const plm_status status = train_by(
        w, table, false, SETTING("target=kind", "effort=quick", "epochs=1", "checkpoint=false"));
    return status < 0 ? status
                      : train_by(w, days, false,
                                 SETTING("target=v", "lags=2", "group=shop", "columns=n=number",
                                         "model=[dense(2, relu), dense(1)]", "epochs=1", "nets=1"));
}

/* Layers that are pretrained one by one; then labels for rows without labels. */
static inline plm_status pretrained(plm *w)
{
    return train_by(w, "digits", true,
                    SETTING(digits, "validation=none", "pretraining=autoencoder(1)", "test=none",
                            "unlabelled=digits | skip(1780)", "pseudo_labels=0.5",
                            "pseudo_epochs=1", "epochs=1", deep));
}

/* The earlier model, in a folder of its own. */
static inline plm_status donated(plm *w)
{
    char where[600];
    snprintf(where, sizeof where, "out=%s", donor + strlen("start="));
    const char *const setting[] = {where, digits, "validation=none", "test=none", "epochs=1",
                                   deep,  NULL};
    return train_by(w, "digits", false, setting);
}

/* Layers of an earlier model that are frozen for an epoch. */
static inline plm_status reused(plm *w)
{
    return train_by(w, "digits", false,
                    SETTING(digits, "validation=none", "test=none", donor, "cut=1", "freeze=low",
                            "unfreeze=low", "frozen_epochs=1", "epochs=2",
                            "model=[dense(10, activation=softmax)]"));
}

/* ---- searches, examinations, repairs ---- */

/* Notes a trial of a search. */
static inline void on_trial(void *self, const plm_search_trial *t)
{
    (void)self;
    note(&t->score, sizeof t->score);
    note(t->values, strlen(t->values));
}

/* A search of three trials in a new folder. */
static inline plm_status searched(plm *w)
{
    static const char *const setting[] = {digits,
                                          deep,
                                          "validation=digits | skip(1780)",
                                          "define=[rate = 0.1, spare = 0]",
                                          "search=[rate = log_uniform(0.01, 1)]",
                                          "optimizer=sgd(rate)",
                                          "test=none",
                                          "epochs=2",
                                          out};
    char table_of_search[600];
    snprintf(table_of_search, sizeof table_of_search, "%s/search.csv", folder);
    (void)remove(table_of_search);
    plm_search s = {.w = w,
                    .path = "digits",
                    .overrides = sizeof setting / sizeof *setting,
                    .override = setting,
                    .trials = 3,
                    .on_trial = on_trial};
    const plm_status status = plm_search_run(&s);
    if (status >= 0)
        note(s.best.values, strlen(s.best.values));
    plm_search_free(&s);
    returned = w->errors;
    return status;
}

static inline void on_batch(void *self, const plm_event *e)
{
    (void)self;
    note(&e->row, sizeof e->row);
}

static inline bool on_stop(void *self)
{
    (void)self;
    return false;
}

/* The range test of the learning rate, and trials of rates. */
static inline plm_status rates(plm *w)
{
    static const char *const setting[] = {digits, deep, "validation=none", "test=none", "epochs=2"};
    plm_settings own = {0};
    plm_job job = {.home = w};
    plm_lr_find find = {.job = &job,
                        .settings = &own,
                        .from = 1e-3,
                        .to = 1,
                        .steps = 6,
                        .tries = true,
                        .try_steps = 2,
                        .watch = on_batch,
                        .stop = on_stop};
    plm_status status = plm_settings_open(&own, w, plm_run_keys);
    if (status >= 0)
        status = plm_run_settings_load(&own, "digits", 5, setting);
    if (status >= 0)
        status = plm_net_build(&job, &own);
    if (status >= 0)
        status = plm_lr_find_run(&find);
    if (status >= 0) {
        note(find.range.loss, (size_t)find.range.count * sizeof *find.range.loss);
        note(&find.trials.best, sizeof find.trials.best);
    }
    plm_lr_find_free(&find);
    plm_job_free(&job);
    plm_settings_free(&own);
    return status;
}

/* Notes what the doctor says. */
static inline plm_status note_findings(plm_diagnosis *d)
{
    const char *text = plm_diagnosis_text(d, 80),
               *json = text != NULL ? plm_diagnosis_json(d) : NULL;
    if (json == NULL)
        return plm_fail_memory(at_work, "test");
    note(text, strlen(text));
    note(json, strlen(json));
    return PLM_OK;
}

/* What is examined. */
typedef enum { RUN_FILE, FOLDER, TABLE, REPAIR } object;

/* Repairs the run that was examined, and writes its new run file. */
static inline plm_status repair(plm *w, plm_examination *e, int count, const char *const *setting)
{
    const char *const file = test_path("repaired.yaml");
    const plm_examined first = {
        .settings = &e->settings, .job = &e->job, .diagnosis = e->diagnosis};
    plm_repairing r = {.w = w, .path = "digits", .overrides = count, .override = setting};
    plm_status status = plm_repair_run(&r, &first);
    if (status >= 0) {
        plm_diagnosis_repaired(e->diagnosis, &r.record);
        status = plm_repair_save(&r, e->diagnosis, file);
    }
    if (status >= 0)
        status = note_findings(e->diagnosis);
    plm_repair_free(&r);
    return status;
}

/* Examines a run file, the folder of a run, or a table. */
static inline plm_status examine(plm *w, object what, int count, const char *const *setting)
{
    plm_examination e = {0};
    plm_status status = plm_examination_open(&e, w, NULL, NULL);
    if (status >= 0)
        status = what == FOLDER  ? plm_examination_run(&e, folder, count, setting)
                 : what == TABLE ? plm_examination_table(&e, table, count, setting)
                                 : plm_examination_run_file(&e, "digits", count, setting);
    if (status >= 0)
        status = what == REPAIR ? repair(w, &e, count, setting) : note_findings(e.diagnosis);
    plm_examination_free(&e);
    returned = w->errors; /* what a run file is refused for becomes a finding */
    return status;
}

static inline plm_status examined_run(plm *w)
{
    return examine(w, FOLDER, 0, NULL);
}

/* Trains a run that becomes infinite. The error of the training is the result, also if memory is
 * missing afterwards. */
static inline plm_status lost_by(plm *w, const char *more)
{
    const plm_status status =
        train_by(w, "digits", false,
                 SETTING(digits, "model=[rescaling(1/16), dense(3), dense(10, activation=softmax)]",
                         "epochs=2", "optimizer=sgd(1e38)", "checkpoint=false", "validation=none",
                         "test=none", more));
    assert_true(status < 0);
    returned = w->errors;
    return status == PLM_E_NUMERIC ? PLM_OK : status;
}

/* Without a doctor: it is called after the last step, for the net or for the first of two. */
static inline plm_status lost(plm *w)
{
    return lost_by(w, "nets=1");
}

static inline plm_status lost_of_two(plm *w)
{
    return lost_by(w, "nets=2");
}

/* Runs to be examined: one that becomes infinite, and one without readings. */
static inline plm_status not_finite(plm *w)
{
    return lost_by(w, "doctor=true");
}

static inline plm_status unwatched(plm *w)
{
    return train_by(w, "digits", false,
                    SETTING(digits, deep, "epochs=2", "validation=none", "test=none"));
}

static inline plm_status examined_table(plm *w)
{
    static const char *const target[] = {"target=kind"},
                             *const typed[] = {"target=kind", "nets=1", "optimizer=sgd(9)",
                                               "model=[dense(3, activation=softmax)]"};
    const plm_status status = examine(w, TABLE, 1, target);
    return status < 0 ? status : examine(w, TABLE, 4, typed);
}

static inline plm_status examined_file(plm *w)
{
    static const char *const setting[] = {digits, deep, "epochs=1", "optimizer=sgd(1e9)"};
    return examine(w, RUN_FILE, 4, setting);
}

static inline plm_status repaired(plm *w)
{
    static const char *const setting[] = {"data=digits | take(60) | batch(10)",
                                          "validation=none",
                                          "test=none",
                                          deep,
                                          "epochs=8",
                                          "optimizer=sgd(9)"};
    return examine(w, REPAIR, 6, setting);
}

/* A training that repairs itself: its rate is far too high. */
static inline plm_status repairs_itself(plm *w)
{
    return train_by(w, "digits", false,
                    SETTING("data=digits | take(60) | batch(10)", "validation=none", "test=none",
                            deep, "epochs=8", "optimizer=sgd(9)", "doctor=repair"));
}

static inline bool prepare(void)
{
    static const char *const kinds[] = {"flat", "house", "farm"}, *const colours[] = {"red",
                                                                                      "blue"};
    char text[4096] = "size,colour,kind\n";
    size_t n = strlen(text);
    for (int i = 0; i < 24; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%d,%s,%s\n", i * 7 % 31, colours[i % 2],
                              kinds[i * 7 % 31 / 11]);
    snprintf(table, sizeof table, "%s", test_write_text("homes.csv", text));
    snprintf(folder, sizeof folder, "%s", test_path("run"));
    snprintf(out, sizeof out, "out=%s", folder);
    n = (size_t)snprintf(text, sizeof text, "day,shop,n,v\n");
    for (int i = 0; i < 40; i++)
        n +=
            (size_t)snprintf(text + n, sizeof text - n, "2024-%02d-%02d,%c,%d,%d\n", 1 + i / 2 / 28,
                             1 + i / 2 % 28, i % 2 ? 'a' : 'b', i * 7 % 5, 50 + i % 14 * 10);
    snprintf(days, sizeof days, "%s", test_write_text("days.csv", text));
    snprintf(donor, sizeof donor, "start=%s", test_path("donor"));
    snprintf(of_table, sizeof of_table, "data=table('%s', target=kind)", table);
    return true;
}

#endif
