/* The doctor and the studies when memory runs out: each of their allocations fails in turn, as
 * those of a model's life do in test_memory_faults.c. */
#include "memory_lives.h"
#include "plummet_doctor.h"
#include "study/curve.h"
#include "study/variance.h"
#include "study/weights.h"

/* Notes what was found, as text and as JSON. */
static plm_status note_findings(plm_diagnosis *g)
{
    const char *text = plm_diagnosis_text(g, 80),
               *json = text != NULL ? plm_diagnosis_json(g) : NULL;
    if (json == NULL)
        return PLM_E_MEMORY;
    note(text, strlen(text));
    note(json, strlen(json));
    return PLM_OK;
}

/* Data, settings, the net before its first step, and its first steps. */
static plm_status examined(plm *w)
{
    plm_model *m = NULL;
    plm_diagnosis *g = NULL;
    plm_data *d = arrays(w, "batch(10)");
    plm_status status = d != NULL ? say(w, "sgd(0.1)", &m) : status_of(w, d);
    if (status >= 0)
        status = status_of(w, g = plm_doctor(m, d, PLM_DOCTOR(.epochs = 2)));
    if (status >= 0) {
        const plm_observer observer = plm_diagnosis_observer(g);
        status = plm_fit(m, d, PLM_FIT(.epochs = 2, .extra = &observer, .extras = 1));
    }
    if (status >= 0)
        status = note_findings(g);
    plm_diagnosis_free(g);
    plm_model_free(m);
    plm_data_free(d);
    return status;
}

/* The rows alone, without a model. */
static plm_status examined_rows(plm *w)
{
    plm_data *d = arrays(w, "batch(10)");
    plm_diagnosis *g = d != NULL ? plm_doctor(NULL, d, NULL) : NULL;
    plm_status status = status_of(w, g);
    if (status >= 0)
        status = note_findings(g);
    plm_diagnosis_free(g);
    plm_data_free(d);
    return status;
}

/* A net whose penalty is larger than its loss: the remedy is looked for in the texts of its
 * layers. */
static plm_status examined_penalty(plm *w)
{
    plm_model *m = plm_model_new(w);
    plm_diagnosis *g = NULL;
    plm_data *d = arrays(w, "batch(10)");
    plm_status status = m != NULL ? status_of(w, d) : PLM_E_MEMORY;
    plm_add(m, "input(%d)", WIDTH);
    plm_add(m, "dense(9, activation=relu, kernel_regularizer=l2(0.5))");
    plm_add(m, "dense(7, kernel_regularizer=l1(3))");
    plm_add(m, "dense(3, activation=softmax)");
    if (status >= 0)
        status = plm_compile(m, "sgd(0.1)", "sparse_categorical_crossentropy", NULL);
    if (status >= 0)
        status = status_of(w, g = plm_doctor(m, d, PLM_DOCTOR(.epochs = 2)));
    if (status >= 0)
        status = note_findings(g);
    if (status >= 0) {
        const char *text = plm_diagnosis_text(g, 80);
        status = text != NULL ? PLM_OK : PLM_E_MEMORY;
        if (text != NULL)
            assert_non_null(strstr(text, "kernel_regularizer=l1(0.0"));
    }
    plm_diagnosis_free(g);
    plm_model_free(m);
    plm_data_free(d);
    return status;
}

/* A net of so many layers that the list of their values takes a block of memory of its own. */
static plm_status examined_deep(plm *w)
{
    plm_model *m = plm_model_new(w);
    plm_diagnosis *g = NULL;
    plm_data *d = arrays(w, "batch(10)");
    plm_status status = m != NULL ? status_of(w, d) : PLM_E_MEMORY;
    plm_add(m, "input(%d)", WIDTH);
    for (int i = 0; i < 600; i++)
        plm_add(m, "relu");
    plm_add(m, "dense(3, activation=softmax)");
    if (status >= 0)
        status = plm_compile(m, "sgd(0.1)", "sparse_categorical_crossentropy", NULL);
    if (status >= 0)
        status = status_of(w, g = plm_doctor(m, d, PLM_DOCTOR(.epochs = 2, .only_static = true)));
    if (status >= 0)
        status = note_findings(g);
    plm_diagnosis_free(g);
    plm_model_free(m);
    plm_data_free(d);
    return status;
}

static plm_status curves(plm *w)
{
    plm_curve value = {0}, slope = {0};
    const plm_status status = plm_activation_curves(w, "elu(0.5)", -2, 2, &value, &slope);
    if (status >= 0) {
        note(value.y, (size_t)value.count * sizeof *value.y);
        note(slope.y, (size_t)slope.count * sizeof *slope.y);
    }
    plm_curve_free(w, &value);
    plm_curve_free(w, &slope);
    return status;
}

static plm_status drawn(plm *w)
{
    plm_drawn_weights weights = {0};
    const plm_status status = plm_weights_draw(w, "he_normal", 20, 30, 8, &weights);
    if (status >= 0) {
        note(&weights.mean, sizeof weights.mean);
        note(&weights.deviation, sizeof weights.deviation);
    }
    plm_curve_free(w, &weights.density);
    return status;
}

static plm_status variances(plm *w)
{
    static const char *const initializer[] = {"he_normal"}, *const activation[] = {"relu"};
    const plm_variance_plan plan = {.initializers = 1,
                                    .activations = 1,
                                    .depths = 1,
                                    .initializer = initializer,
                                    .activation = activation,
                                    .depth = {2},
                                    .width = {8},
                                    .widths = 1,
                                    .rows = 4,
                                    .nets = 1};
    plm_variance out;
    const plm_status status = plm_variance_measure(w, &plan, &out);
    if (status >= 0) {
        note(out.outputs, sizeof out.outputs[0]);
        note(out.gradients, sizeof out.gradients[0]);
    }
    return status;
}

static void the_doctor(void **state)
{
    (void)state;
    threads_at_work = 1;
    survives(examined);
    survives(examined_penalty);
    survives(examined_rows);
    survives_objects(examined, 7);
    survives_objects(examined_penalty, 19);
    survives_objects(examined_rows, 7);
    /* the last ones are those of the doctor, the others those of the net */
    survives_each(examined_deep, learn(examined_deep) - 200, false);
}

static void studies(void **state)
{
    (void)state;
    threads_at_work = 1;
    survives(curves);
    survives(drawn);
    survives(variances);
    survives_objects(curves, 3);
    survives_objects(variances, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_doctor),
        cmocka_unit_test(studies),
    };
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
