/* Tables and predictions when memory runs out: tables that grow while they are read, predictions of
 * a table with types and of one of numbers, with a column that is copied, in each format, by Monte
 * Carlo dropout. Each allocation fails in turn, as those of a model's life do in
 * test_memory_faults.c: all rows are there, or it is said why not. */
#define _GNU_SOURCE /* disk_support.h */
#include "disk_support.h"
#include "memory_lives.h"

#include "evaluation/predictions.h"
#include "evaluation/source.h"
#include "plummet_run.h"
#include "run/job.h"
#include "run/runfile.h"

enum { SETTINGS = 9 };

static char typed[512], numbers[512], homes[512], points[512], large[512];

/* What is predicted, and how. */
typedef struct {
    const char *model, *rows, *id, *format;
    int64_t samples;
} question;

static plm_status keep_text(void *self, int64_t at, const plm_text *t)
{
    (void)self;
    note(&at, sizeof at);
    note(t->data, t->length);
    return PLM_OK;
}

/* Opens the model, the rows and the column that is copied, and predicts. */
static plm_status predict_rows(const question *q, plm_settings *s, plm_job *j, plm_id_column *c)
{
    bool found = false;
    const plm_job_table table = {.argument = q->rows};
    plm_predictions p = {.write = keep_text, .samples = q->samples};
    p.format = plm_prediction_format_find(j->home, "--format", q->format, NULL, q->samples > 0);
    if (p.format == NULL)
        return plm_last_error(j->home)->status;
    PLM_TRY(plm_job_open(j, s));
    PLM_TRY(plm_job_load(j, s, q->model, NULL, NULL));
    PLM_TRY(plm_job_source(j, s, &table));
    PLM_TRY(plm_id_column_open(c, j, s, &table, q->id, &found));
    p.id = found ? c : NULL;
    PLM_TRY(plm_predictions_open(&p, j, "--format"));
    PLM_TRY(plm_predictions_run(&p, j));
    note(&p.rows, sizeof p.rows);
    return PLM_OK;
}

static plm_status answer(plm *w, const question *q)
{
    plm_settings s = {0};
    plm_job j = {.home = w};
    plm_id_column c = {0};
    plm_status status = plm_settings_open(&s, w, plm_run_keys);
    if (status >= 0)
        status = predict_rows(q, &s, &j, &c);
    plm_id_column_close(&c);
    plm_job_free(&j);
    plm_settings_free(&s);
    return status;
}

static plm_status of_types(plm *w)
{
    return answer(w, &(question){typed, homes, "colour", "csv", 0});
}

static plm_status of_numbers(plm *w)
{
    return answer(w, &(question){numbers, points, "b", "jsonl", 0});
}

static plm_status by_samples(plm *w)
{
    return answer(w, &(question){numbers, points, NULL, "csv", 3});
}

/* A table that grows several times while it is read, with words, dates and gaps. */
static plm_status grown(plm *w)
{
    float sum[2] = {0};
    plm_batch b;
    plm_data *d = plm_data_open(w, "table('%s', target=y) | batch(512)", large);
    plm_status status = status_of(w, d);
    if (status >= 0)
        status = plm_data_rewind(d, 0);
    while (status >= 0 && (status = plm_data_next(d, &b)) == PLM_OK)
        for (int64_t i = 0; i < b.rows; i++) {
            sum[0] += ((float *)b.input[0].data)[i];
            sum[1] += ((float *)b.target[0].data)[i];
        }
    if (status == PLM_END)
        note(sum, sizeof sum);
    plm_data_free(d);
    return status == PLM_END ? PLM_OK : status;
}

/* Trains a small net. False: this build reads no run files. */
static bool train_run(const char *data, const char *model, const char *loss, char *where)
{
    char out[600];
    snprintf(out, sizeof out, "out=%s", where);
    const char *const setting[SETTINGS] = {out,         data,           model,
                                           loss,        "epochs=1",     "validation=none",
                                           "test=none", "metrics=none", "threads=1"};
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_run_file *f = plm_run_file_open(w, "digits", SETTINGS, setting);
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
    char text[4096] = "size,colour,kind\n", data[600];
    size_t n = strlen(text);
    for (int i = 0; i < 30; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%d,%s,%s\n", i * 7 % 31,
                              i % 2 ? "red" : "blue", i * 7 % 31 > 15 ? "flat" : "house");
    snprintf(homes, sizeof homes, "%s", test_write_text("homes.csv", text));
    n = (size_t)snprintf(text, sizeof text, "a,b,c\n");
    for (int i = 0; i < 30; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%d,%d,%d\n", i % 7, i % 5, i % 4);
    snprintf(points, sizeof points, "%s", test_write_text("points.csv", text));
    snprintf(typed, sizeof typed, "%s", test_path("typed"));
    snprintf(numbers, sizeof numbers, "%s", test_path("numbers"));
    snprintf(data, sizeof data, "data=table('%s', target=kind) | batch(8)", homes);
    if (!train_run(data, "model=[dense(1, activation=sigmoid)]", "loss=binary_crossentropy", typed))
        return false;
    snprintf(data, sizeof data, "data=csv('%s', target=c) | batch(8)", points);
    return train_run(data, "model=[dense(3), dropout(0.5), dense(1)]", "loss=mse", numbers);
}

static void tables(void **state)
{
    enum { MANY = 3000 };
    static char text[MANY * 32] = "n,word,day,y\n";
    size_t n = strlen(text);
    (void)state;
    threads_at_work = 1;
    for (int i = 0; i < MANY; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%d,%s,2024-%02d-%02d,%d\n", i * 7 % 3001,
                              i % 9 == 0 ? ""
                              : i % 2    ? "red"
                                         : "blue",
                              1 + i % 12, 1 + i % 28, i % 5);
    snprintf(large, sizeof large, "%s", test_write_text("large.csv", text));
    survives(grown);
}

static void predictions(void **state)
{
    (void)state;
    threads_at_work = 1;
    if (!prepare())
        skip();
    survives(of_types);
    survives(of_numbers);
    survives(by_samples);
    survives_objects(of_types, 1);
    survives_objects(of_numbers, 1);
}

/* The same while files fail. */
static void predictions_of_bad_files(void **state)
{
    (void)state;
    threads_at_work = 1;
    if (points[0] == '\0')
        skip();
    survives_disk(of_types);
    survives_disk(of_numbers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(tables), cmocka_unit_test(predictions),
                                       cmocka_unit_test(predictions_of_bad_files)};
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
