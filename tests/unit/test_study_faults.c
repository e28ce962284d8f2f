/* A fault in the k-th batch, of whatever studies, assesses and examines: the range test of the
 * learning rate and its trials, the temperature, predictions beside the truth, what matters,
 * pseudo-labels, a look. The status and the error are those of the fault, and nothing is given. */
#include "fault_support.h"
#include "nn_support.h"

#include "assess/importance.h"
#include "model/model.h"
#include "plummet_doctor.h"
#include "study/lr_range.h"
#include "study/lr_trials.h"
#include "study/temperature.h"

/* ---- what reads rows ---- */

static plm_status range(plm_model *m, plm_data *d)
{
    plm_lr_range out = {0};
    const plm_lr_range_options o = {.from = 1e-3, .to = 1e-2, .steps = BATCHES};
    const plm_status status = plm_lr_range_run(m, d, &o, &out);
    plm_lr_range_free(&out);
    return status;
}

/* Makes the model of a trial; the caller keeps it. */
static plm_status fresh(void *user, plm_model **out)
{
    *out = user;
    return PLM_OK;
}

static plm_status trials(plm_model *m, plm_data *d)
{
    plm_lr_trials t = {.steps = BATCHES, .optimizer = "sgd", .data = d, .fresh = fresh, .user = m};
    return plm_lr_trials_run(m->w, &t, 1e-2);
}

/* The rows with the fault are those of the validation. */
static plm_status trials_validation(plm_model *m, plm_data *d)
{
    maker good = {0};
    plm_data *train = open_rows(m->w, &good);
    plm_lr_trials t = {.steps = BATCHES,
                       .optimizer = "sgd",
                       .data = train,
                       .validation = d,
                       .fresh = fresh,
                       .user = m};
    const plm_status status = plm_lr_trials_run(m->w, &t, 1e-2);
    plm_data_free(train);
    return status;
}

static plm_status temperature(plm_model *m, plm_data *d)
{
    double found = 0;
    return plm_temperature_apply(1, &m, &d, &found);
}

static plm_status predicted(plm_model *m, plm_data *d)
{
    plm_predicted p = {.w = m->w};
    const plm_status status = plm_predicted_open(&p, m, d);
    plm_predicted_free(&p);
    return status;
}

static plm_status sampled(plm_model *m, plm_data *d)
{
    plm_predicted p = {.w = m->w};
    const plm_status status = plm_predicted_sample(&p, m, d, 10, 3);
    plm_predicted_free(&p);
    return status;
}

static plm_status important(plm_model *m, plm_data *d)
{
    plm_arena a = {.w = m->w};
    plm_input_groups groups = {0};
    plm_importance *out = NULL;
    plm_importance_options o = {.rows = 20, .repeats = 2};
    plm_status status = plm_input_groups_find(m, d, &a, &groups);
    if (status >= 0)
        status = plm_importance_measure(m, d, groups, &o, &a, &out);
    plm_arena_free(&a);
    return status;
}

static plm_status labelled(plm_model *m, plm_data *d)
{
    maker good = {0};
    int64_t sure = 0;
    plm_data *few = open_rows(m->w, &good);
    plm_data *joined = plm_pseudo_labels(m, few, d, 0, &sure);
    const plm_status status = joined != NULL ? PLM_OK : plm_last_error(m->w)->status;
    plm_data_free(joined);
    plm_data_free(few);
    return status;
}

static plm_status looked(plm_model *m, plm_data *d)
{
    const int64_t count = plm_look(m, d, NULL, 0, NULL);
    return count < 0 ? (plm_status)count : PLM_OK;
}

/* For the doctor a fault of the rows is a finding with its own words. */
static plm_status examined(plm_model *m, plm_data *d)
{
    plm_status status = PLM_OK;
    plm_finding f;
    plm_diagnosis *g = plm_doctor(m, d, NULL);
    if (g == NULL)
        return plm_last_error(m->w)->status;
    for (int64_t i = 0; i < plm_diagnosis_findings(g, i, &f); i++)
        if (strcmp(f.name, "unreadable_data") == 0) {
            status = plm_last_error(m->w)->status;
            assert_non_null(strstr(f.what, plm_last_error(m->w)->what));
        }
    plm_diagnosis_free(g);
    return status;
}

/* Which reader, and how many of the batches it reads at least. */
static const struct {
    const char *name;
    plm_status (*run)(plm_model *m, plm_data *d);
    int batches;
} readers[] = {
    {"range test", range, BATCHES},
    {"trials", trials, BATCHES},
    {"validation", trials_validation, BATCHES},
    {"temperature", temperature, BATCHES},
    {"predictions", predicted, BATCHES},
    {"sample", sampled, BATCHES},
    {"importance", important, BATCHES},
    {"pseudo-labels", labelled, BATCHES},
    {"look", looked, 1},
    {"doctor", examined, BATCHES},
};

/* Runs a reader on rows, and copies what the error says. */
static plm_status run_on(size_t reader, maker *bad, char *what, size_t size)
{
    plm *w = open_runtime(NULL);
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(2) | dense(4, activation=relu) | dense(3, activation=softmax)");
    assert_int_equal(plm_compile(m, "sgd(0.1)", "sparse_categorical_crossentropy", NULL), PLM_OK);
    plm_data *d = open_rows(w, bad);
    const plm_status status = readers[reader].run(m, d);
    snprintf(what, size, "%s", status < 0 ? plm_last_error(w)->what : "");
    plm_data_free(d);
    plm_model_free(m);
    plm_close(w);
    return status;
}

static plm_status run(size_t reader, fault f, int batch, char *what, size_t size)
{
    maker bad = {.fault = f, .in_batch = batch};
    return run_on(reader, &bad, what, size);
}

static void test_faults(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++)
        for (int batch = 0; batch < readers[i].batches; batch++) {
            char what[300];
            if (run(i, NO_FAULT, batch, what, sizeof what) != PLM_OK)
                fail_msg("%s without a fault: %s", readers[i].name, what);
            if (run(i, REFUSES, batch, what, sizeof what) != PLM_E_IO || what[0] == '\0')
                fail_msg("%s, refused in batch %d: %s", readers[i].name, batch, what);
            if (run(i, TOO_MANY, batch, what, sizeof what) != PLM_E_DATA || what[0] == '\0')
                fail_msg("%s, too many rows in batch %d: %s", readers[i].name, batch, what);
        }
}

/* An epoch that cannot begin, the first or a later one. */
static void test_begins(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
        bool reached = true;
        for (int64_t k = 1; reached; k++) {
            maker bad = {.fails_begin = k};
            char what[300];
            const plm_status status = run_on(i, &bad, what, sizeof what);
            reached = bad.begins >= k;
            assert_true(reached || k > 1);
            if (status != (reached ? PLM_E_IO : PLM_OK) || (reached && what[0] == '\0'))
                fail_msg("%s, begin %d: status %d, %s", readers[i].name, (int)k, status, what);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_faults),
                                       cmocka_unit_test(test_begins)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
