/* Pictures of what is measured when memory runs out: each of their allocations fails in turn, as
 * those of a model's life do in test_memory_faults.c. A picture is whole, or there is none. */
#include "memory_lives.h"

#include <stdio.h>
#include <string.h>

#include "plot/lr.h"
#include "plot/plot.h"
#include "plot/variance.h"
#include "plummet_run.h"
#include "study/lr_range.h"
#include "study/variance.h"
#include "plummet_doctor.h"

static void note_text(const char *text)
{
    if (text != NULL)
        note(text, strlen(text) + 1);
}

static void note_chart(const plm_chart *c)
{
    note_text(c->title);
    note_text(c->x_label);
    note_text(c->y_label);
    note(&c->count, sizeof c->count);
    note(&c->bands, sizeof c->bands);
    for (int i = 0; i < c->count; i++) {
        const plm_series *s = &c->series[i];
        note_text(s->name);
        note(s->x, (size_t)s->count * sizeof *s->x);
        note(s->y, (size_t)s->count * sizeof *s->y);
    }
    for (int i = 0; i < c->bands; i++) {
        note_text(c->band[i].name);
        note(&c->band[i].low, sizeof c->band[i].low);
        note(&c->band[i].high, sizeof c->band[i].high);
    }
}

static void note_heat(const plm_heat *h)
{
    note_text(h->title);
    note_text(h->scale);
    note_text(h->marks);
    for (int i = 0; i < h->rows; i++)
        note_text(h->row[i]);
    for (int i = 0; i < h->columns; i++)
        note_text(h->column[i]);
    for (int i = 0; i < h->rows * h->columns; i++) {
        note(&h->cell[i].value, sizeof h->cell[i].value);
        note_text(h->cell[i].text[0]);
        note_text(h->cell[i].text[1]);
    }
}

/* Notes a picture, if it could be made, and frees it. */
static plm_status noted(plm_status status, plm_plot *p)
{
    if (status >= 0) {
        for (int i = 0; i < p->charts; i++)
            note_chart(&p->chart[i]);
        for (int i = 0; i < p->heats; i++)
            note_heat(&p->heat[i]);
        for (int i = 0; p->tiles != NULL && i < p->tiles->count; i++)
            note_text(p->tiles->label[i]);
    }
    plm_plot_free(p);
    *p = (plm_plot){0};
    return status;
}

#define SPECS(...)                                                                                 \
    (plm_plot_specs)                                                                               \
    {                                                                                              \
        .count = sizeof((const char *[]){__VA_ARGS__}) / sizeof(const char *),                     \
        .text = (const char *const[])                                                              \
        {                                                                                          \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }

static plm_status activations(plm *w)
{
    plm_plot p = {0};
    plm_status status = noted(plm_plot_activations(w, SPECS("sigmoid"), -4, 4, &p), &p);
    if (status >= 0)
        status = noted(plm_plot_activations(w, SPECS("elu(0.5)", "relu", "tanh"), -3, 3, &p), &p);
    return status;
}

static plm_status schedules(plm *w)
{
    plm_plot p = {0};
    return noted(
        plm_plot_schedules(w, SPECS("exponential_decay(0.1, 10, 0.5)", "cosine_decay(0.1, 30)"), 3,
                           10, &p),
        &p);
}

static plm_status initializers(plm *w)
{
    plm_plot p = {0};
    plm_status status = noted(plm_plot_initializers(w, SPECS("he_uniform"), 20, 10, &p), &p);
    if (status >= 0)
        status = noted(plm_plot_initializers(w, SPECS("he_normal", "zeros"), 20, 10, &p), &p);
    return status;
}

static plm_status samples(plm *w)
{
    plm_plot p = {0};
    return noted(plm_plot_samples(w, "digits", 6, &p), &p);
}

static plm_status variances(plm *w)
{
    static const char *const initializer[] = {"he_normal", "glorot_uniform"}, *const activation[] =
                                                                                  {"relu", "tanh"};
    const plm_variance_plan plan = {.initializers = 2,
                                    .activations = 2,
                                    .depths = 1,
                                    .initializer = initializer,
                                    .activation = activation,
                                    .depth = {2},
                                    .width = {8},
                                    .widths = 1,
                                    .rows = 4,
                                    .nets = 1};
    plm_plot p = {0};
    plm_variance v[4];
    plm_status status = PLM_OK;
    for (int i = 0; i < 4 && status >= 0; i++) {
        plm_variance_plan one = plan;
        one.initializers = one.activations = 1;
        one.initializer += i % 2;
        one.activation += i / 2;
        status = plm_variance_measure(w, &one, &v[i]);
    }
    if (status >= 0)
        status = noted(plm_plot_variance_heat(w, &plan, v, "Frame", &p), &p);
    if (status >= 0)
        status = noted(plm_plot_variance_lines(w, &plan, v, 0, &p), &p);
    return status;
}

/* Of a diagnosis after so many epochs that its readings take several blocks of memory. */
static plm_status watched(plm *w)
{
    plm_model *m = NULL;
    plm_plot p = {0};
    plm_data *d = arrays(w, "batch(10)");
    plm_status status = d != NULL ? say(w, "sgd(0.1)", &m) : status_of(w, d);
    plm_diagnosis *g = status >= 0 ? plm_doctor(m, d, PLM_DOCTOR(.epochs = 60)) : NULL;
    if (status >= 0)
        status = status_of(w, g);
    if (status >= 0) {
        const plm_observer observer = plm_diagnosis_observer(g);
        status = plm_fit(m, d, PLM_FIT(.epochs = 60, .extra = &observer, .extras = 1));
    }
    if (status >= 0)
        status = noted(plm_plot_readings(w, g, &p), &p);
    plm_diagnosis_free(g);
    plm_model_free(m);
    plm_data_free(d);
    return status;
}

/* ---- of runs ---- */

static char folder[512];

static plm_status history(plm *w)
{
    plm_plot p = {0};
    plm_status status = noted(plm_plot_history(w, SPECS(folder), &p), &p);
    if (status >= 0)
        status = noted(plm_plot_history(w, SPECS(folder, folder), &p), &p);
    return status;
}

static plm_status readings(plm *w)
{
    plm_plot p = {0};
    plm_status status = noted(plm_plot_doctor(w, folder, "gradient", 20, &p), &p);
    if (status >= 0)
        status = noted(plm_plot_folder_readings(w, folder, 20, &p), &p);
    return status;
}

/* Trains a run that the doctor watches. False: this build reads no run files. */
static bool train_run(void)
{
    char out[600];
    snprintf(folder, sizeof folder, "%s", test_path("run"));
    snprintf(out, sizeof out, "out=%s", folder);
    const char *const setting[] = {out, "data=digits | take(90) | batch(30)", "epochs=2",
                                   "doctor=true"};
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_run_file *f = plm_run_file_open(w, "digits", 4, setting);
    if (f != NULL)
        assert_int_equal(plm_run_file_train(f, NULL), PLM_OK);
    else
        assert_int_equal(plm_last_error(w)->status, PLM_E_UNSUPPORTED);
    plm_run_file_close(f);
    plm_close(w);
    return f != NULL;
}

static void studies(void **state)
{
    (void)state;
    threads_at_work = 1;
    survives(activations);
    survives(schedules);
    survives(initializers);
    survives(samples);
    survives(variances);
    survives(watched);
}

static void runs(void **state)
{
    (void)state;
    threads_at_work = 1;
    if (!train_run())
        skip();
    survives(history);
    survives(readings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(studies), cmocka_unit_test(runs)};
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
