/* What a run is asked when memory runs out: evaluated, explained, reported, predicted, listed,
 * compared. Each allocation fails in turn, as those of a model's life do in test_memory_faults.c:
 * the answer is whole, or there is none. Then a page is written whose files disappear. */
#define _GNU_SOURCE /* open_memstream, fopencookie, disk_support.h */
#include "disk_support.h"
#include "memory_lives.h"

#include <unistd.h>

#include "archive/run_list.h"
#include "evaluation/evaluation.h"
#include "evaluation/explanation.h"
#include "evaluation/predictions.h"
#include "plummet_run.h"
#include "report/report.h"
#include "run/job.h"
#include "run/runfile.h"

static char folder[512], other[512], price[512], labelled[512], table[512], tags[512];

/* For metrics for each value of a column. */
static const plm_setting_key by_keys[] = {{"by", PLM_SETTING_TEXT, "COLUMN", "", 0, 0}, {0}};

/* The run that is asked. */
static const char *asked = folder;

/* A run that is opened to be asked. */
typedef struct {
    plm_settings given, run;
    plm_job job;
    plm_evaluation of;
} question;

static plm_status ask(plm *w, question *q)
{
    *q = (question){.job = {.home = w}};
    q->of = (plm_evaluation){
        .job = &q->job, .model = asked, .given = &q->given, .run = &q->run, .worst = 5};
    const plm_status status = plm_settings_open(&q->given, w, plm_run_keys);
    return status < 0 ? status : plm_settings_open(&q->run, w, plm_run_keys);
}

static void end_question(question *q)
{
    plm_evaluation_free(&q->of);
    plm_job_free(&q->job);
    plm_settings_free(&q->run);
    plm_settings_free(&q->given);
}

/* Notes a text that was made, and frees it. */
static plm_status note_text(plm_status status, plm_text *t)
{
    if (status >= 0 && t->failed)
        status = PLM_E_MEMORY;
    if (status >= 0)
        note(plm_text_get(t), t->length);
    plm_text_free(t);
    return status;
}

/* Evaluates the run, as its question says, and notes what is said. */
static plm_status evaluate(plm *w, question *q)
{
    plm_text text = {.w = w}, json = {.w = w};
    plm_status status = plm_evaluation_open_run(&q->of);
    if (status >= 0)
        status = plm_evaluation_measure(&q->of, q->job.test);
    if (status >= 0) {
        plm_evaluation_text(&q->of, &text, 60);
        plm_evaluation_json(&q->of, &json);
    }
    status = note_text(status, &text);
    return note_text(status, &json);
}

static plm_status evaluated(plm *w)
{
    question q;
    plm_status status = ask(w, &q);
    if (status >= 0)
        status = evaluate(w, &q);
    end_question(&q);
    return status;
}

/* The same for each value of a column, in groups of words or in ranges of numbers. */
static plm_status evaluate_by(plm *w, const char *column)
{
    question q;
    plm_status status = ask(w, &q);
    plm_settings_free(&q.given);
    if (status >= 0)
        status = plm_settings_open(&q.given, w, by_keys);
    if (status >= 0)
        status = plm_setting_add(&q.given, 0, column, 0, 0);
    q.of.worst = 0;
    if (status >= 0)
        status = evaluate(w, &q);
    end_question(&q);
    return status;
}

static plm_status evaluated_by_words(plm *w)
{
    return evaluate_by(w, "colour");
}

static plm_status evaluated_by_numbers(plm *w)
{
    return evaluate_by(w, "size");
}

/* Over rows, or for one. */
static plm_status explain(plm *w, int64_t row)
{
    question q;
    plm_text text = {.w = w}, json = {.w = w};
    plm_status status = ask(w, &q);
    if (status >= 0)
        status = plm_evaluation_open_run(&q.of);
    plm_explaining x = {.job = &q.job, .data = q.job.test, .repeats = 2, .rows = 9, .row = row};
    if (status >= 0)
        status = plm_explaining_run(&x);
    if (status >= 0) {
        plm_explaining_text(&x, 3, 60, &text);
        plm_explaining_json(&x, &json);
    }
    status = note_text(status, &text);
    status = note_text(status, &json);
    plm_explaining_free(&x);
    end_question(&q);
    return status;
}

static plm_status explained(plm *w)
{
    return explain(w, 0);
}

static plm_status explained_row(plm *w)
{
    return explain(w, 2);
}

static plm_status reported(plm *w)
{
    question q;
    char *page = NULL;
    size_t length = 0;
    plm_report r = {0};
    FILE *f = open_memstream(&page, &length);
    assert_non_null(f);
    plm_status status = ask(w, &q);
    if (status >= 0)
        status = plm_evaluation_open_model(&q.of);
    if (status >= 0)
        status = plm_report_of_run(&q.of, &r);
    if (status >= 0)
        status = plm_report_make(&r);
    if (status >= 0)
        status = plm_report_write(&r, f);
    assert_int_equal(fclose(f), 0);
    if (status >= 0)
        note(page, length);
    free(page);
    plm_report_free(&r);
    end_question(&q);
    return status;
}

static plm_status compared(plm *w)
{
    plm_text diff = {.w = w};
    return note_text(plm_run_diff(w, folder, other, 70, &diff), &diff);
}

static plm_status listed(plm *w)
{
    plm_text list = {.w = w};
    const plm_status status = note_text(plm_run_list(w, test_path(""), 0, &list), &list);
    return status < 0 ? status : compared(w);
}

/* What a run is trained for. */
typedef struct {
    const char *name, *table, *target, *epochs, *model, *loss, *metrics;
} task;

/* Trains a small net on a table of words and numbers. False: this build reads no run files. */
static bool train_run(const task *t, char *where)
{
    char out[600], said[600];
    snprintf(where, sizeof folder, "%s", test_path(t->name));
    snprintf(out, sizeof out, "out=%s", where);
    snprintf(said, sizeof said, "data=table('%s', target=%s)", t->table, t->target);
    const char *const setting[] = {
        out,          said,       t->epochs,          t->model,
        t->loss,      t->metrics, "test=split(0.25)", "validation=split(0.25)",
        "doctor=true"};
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_run_file *f = plm_run_file_open(w, "digits", sizeof setting / sizeof *setting, setting);
    if (f != NULL)
        assert_int_equal(plm_run_file_train(f, NULL), PLM_OK);
    else
        assert_int_equal(plm_last_error(w)->status, PLM_E_UNSUPPORTED);
    plm_run_file_close(f);
    plm_close(w);
    return f != NULL;
}

static bool prepare(void)
{
    static const char *const kinds[] = {"flat", "house", "farm"},
                             *const colours[] = {"red", "blue"},
                             *const labels[] = {"new; large", "new", "large", ""};
    char text[4096] = "size,colour,kind\n";
    size_t n = strlen(text);
    for (int i = 0; i < 48; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%d,%s,%s\n", i * 7 % 31, colours[i % 2],
                              kinds[i * 7 % 31 / 11]);
    snprintf(table, sizeof table, "%s", test_write_text("homes.csv", text));
    n = (size_t)snprintf(text, sizeof text, "size,tags\n");
    for (int i = 0; i < 48; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%d,%s\n", i * 7 % 31, labels[i % 4]);
    snprintf(tags, sizeof tags, "%s", test_write_text("tags.csv", text));
    static const char *const classes = "model=[dense(3, activation=softmax)]",
                             *const crossentropy = "loss=sparse_categorical_crossentropy",
                             *const accuracy = "metrics=accuracy";
    return train_run(&(task){"one", table, "kind", "epochs=2", classes, crossentropy, accuracy},
                     folder) &&
           train_run(&(task){"two", table, "kind", "epochs=1", classes, crossentropy, accuracy},
                     other) &&
           train_run(&(task){"three", table, "size", "epochs=1", "model=[dense(1)]", "loss=mse",
                             "metrics=mae"},
                     price) &&
           train_run(&(task){"four", tags, "tags, columns='tags=labels'", "epochs=1",
                             "model=[dense(2, activation=sigmoid)]", "loss=binary_crossentropy",
                             "metrics=binary_accuracy"},
                     labelled);
}

static void questions(void **state)
{
    (void)state;
    threads_at_work = 1;
    if (!prepare())
        skip();
    survives(listed);
    survives(evaluated);
    survives(explained);
    survives(explained_row);
    survives_objects(evaluated, 7);
    survives_objects(evaluated_by_words, 1);
    survives_objects(evaluated_by_numbers, 1);
    survives_objects(explained, 19);
    survives_objects(explained_row, 19);
    asked = price;
    survives(evaluated);
    asked = labelled;
    survives(evaluated);
    survives_objects(evaluated, 7);
    asked = folder;
}

/* The same while files fail. A list names a run that cannot be read, and a report whose data cannot
 * be read has no evaluation. */
static void questions_of_bad_files(void **state)
{
    (void)state;
    threads_at_work = 1;
    if (folder[0] == '\0')
        skip();
    survives_disk(compared);
    survives_disk(evaluated);
    survives_disk(explained);
    disk.partial = true;
    survives_disk(listed);
    survives_disk(reported);
    disk.partial = false;
}

static void pages(void **state)
{
    (void)state;
    threads_at_work = 1;
    if (folder[0] == '\0')
        skip();
    survives(reported);
}

/* Removes the history of the run as soon as a part of the page is written. */
static ssize_t write_and_remove(void *cookie, const char *text, size_t n)
{
    (void)text;
    (void)unlink(cookie);
    return (ssize_t)n;
}

/* The curves are drawn from the history, which is read again when the head of the page is already
 * written. */
static void history_gone(void **state)
{
    question q;
    plm_report r;
    char history[600];
    (void)state;
    if (folder[0] == '\0')
        skip();
    snprintf(history, sizeof history, "%s/history.csv", folder);
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    FILE *f = fopencookie(history, "w", (cookie_io_functions_t){.write = write_and_remove});
    assert_non_null(f);
    (void)setvbuf(f, NULL, _IONBF, 0);
    assert_int_equal(ask(w, &q), PLM_OK);
    assert_int_equal(plm_evaluation_open_model(&q.of), PLM_OK);
    assert_int_equal(plm_report_of_run(&q.of, &r), PLM_OK);
    assert_int_equal(plm_report_make(&r), PLM_OK);
    assert_int_equal(plm_report_write(&r, f), PLM_E_DATA);
    assert_non_null(strstr(plm_last_error(w)->what, "has not finished an epoch"));
    assert_int_equal(fclose(f), 0);
    plm_report_free(&r);
    end_question(&q);
    plm_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(questions),
                                       cmocka_unit_test(questions_of_bad_files),
                                       cmocka_unit_test(pages), cmocka_unit_test(history_gone)};
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
