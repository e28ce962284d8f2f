/* The temperature of nets against a search of its own: the log loss of the rows, with targets that
 * are not quite 1 and 0, is least at it; the last layers are divided by it. */
#include "helper.h"

#include <math.h>
#include <string.h>

#include "study/temperature.h"

enum { ROWS = 40, INPUTS = 2, MOST = 3 };

/* Nets of one dense layer, and the rows that they are calibrated on. */
typedef struct {
    int classes, models; /* classes 2: one sigmoid */
    bool weighted;
    float x[2][ROWS * INPUTS], y[2][ROWS], weight[2][ROWS], kernel[2][INPUTS * MOST], bias[2][MOST];
} task;

/* Fills the task: the nets are too sure, and wrong in every fourth row. */
static void fill(task *t, float size)
{
    for (int m = 0; m < 2; m++) {
        for (int i = 0; i < INPUTS * MOST; i++)
            t->kernel[m][i] = size * (float)((i * 5 + m * 3) % 7 - 3);
        for (int k = 0; k < MOST; k++)
            t->bias[m][k] = size * 0.1F * (float)(k - m);
        for (int i = 0; i < ROWS; i++) {
            t->x[m][2 * i] = (float)(i % 7) / 3 - 1;
            t->x[m][2 * i + 1] = (float)(i % 5 + m) / 2 - 1;
            t->weight[m][i] = t->weighted ? 0.5F + (float)(i % 3) : 1;
        }
    }
}

static int units_of(const task *t)
{
    return t->classes == 2 ? 1 : t->classes;
}

/* Sets z to the logits of row i of model m, of all classes. */
static void logits(const task *t, int m, int i, double z[MOST])
{
    const int units = units_of(t);
    double own[MOST];
    for (int k = 0; k < units; k++) {
        own[k] = (double)t->bias[m][k];
        for (int j = 0; j < INPUTS; j++)
            own[k] += (double)t->x[m][INPUTS * i + j] * (double)t->kernel[m][j * units + k];
    }
    for (int k = 0; k < t->classes; k++)
        z[k] = units > 1 ? own[k] : k * own[0];
}

/* The class of the largest logit, but another one in every fourth row. */
static void label(task *t)
{
    for (int m = 0; m < 2; m++)
        for (int i = 0; i < ROWS; i++) {
            double z[MOST];
            int best = 0;
            logits(t, m, i, z);
            for (int k = 1; k < t->classes; k++)
                best = z[k] > z[best] ? k : best;
            t->y[m][i] = (float)((best + (i % 4 == 1)) % t->classes);
        }
}

/* The log loss of all rows at a temperature (Platt 1999 for the targets). */
static double loss_at(const task *t, double temperature)
{
    const double n = t->models * ROWS, right = (n + 1) / (n + 2),
                 wrong = (1 - right) / (t->classes - 1);
    double loss = 0;
    for (int m = 0; m < t->models; m++)
        for (int i = 0; i < ROWS; i++) {
            double z[MOST], total = 0, row = 0;
            logits(t, m, i, z);
            for (int k = 0; k < t->classes; k++)
                total += exp(z[k] / temperature);
            for (int k = 0; k < t->classes; k++)
                row -= (k == (int)t->y[m][i] ? right : wrong) * (z[k] / temperature - log(total));
            loss += (double)t->weight[m][i] * row;
        }
    return loss;
}

/* The temperature of the least loss, by thirds of the logarithm. */
static double least(const task *t)
{
    double low = -2.5, high = 2.5;
    for (int i = 0; i < 100; i++) {
        const double a = low + (high - low) / 3, b = high - (high - low) / 3;
        if (loss_at(t, exp(a)) < loss_at(t, exp(b)))
            high = b;
        else
            low = a;
    }
    return exp((low + high) / 2);
}

static plm_model *make_model(plm *w, const task *t, int m)
{
    plm_model *net = plm_model_new(w);
    plm_add(net, "input(%d)", INPUTS);
    plm_add(net, "dense(%d, activation=%s)", units_of(t), t->classes == 2 ? "sigmoid" : "softmax");
    const char *loss = t->classes == 2 ? "binary_crossentropy" : "sparse_categorical_crossentropy";
    assert_int_equal(plm_compile(net, "sgd", loss, NULL), PLM_OK);
    assert_int_equal(plm_parameter_write(net, 0, t->kernel[m]), PLM_OK);
    assert_int_equal(plm_parameter_write(net, 1, t->bias[m]), PLM_OK);
    assert_true(plm_temperature_fits(net));
    return net;
}

static plm_data *make_data(plm *w, task *t, int m)
{
    const plm_view in = plm_view_of(t->x[m], PLM_F32, 2, (int64_t[]){ROWS, INPUTS});
    const plm_view out = plm_view_of(t->y[m], PLM_F32, 2, (int64_t[]){ROWS, 1});
    const plm_view weight = plm_view_of(t->weight[m], PLM_F32, 1, (int64_t[]){ROWS});
    plm_data *d = plm_data_from_arrays(
        w, PLM_ARRAYS(.inputs = 1, .targets = 1, .input = &in, .target = &out,
                      .weight = t->weighted ? &weight : NULL, .transforms = "batch(7)"));
    assert_non_null(d);
    return d;
}

/* Calibrates the nets of a task, and compares. */
static void check(task *t, float size)
{
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_model *net[2];
    plm_data *held[2];
    double found = 0;
    fill(t, size);
    label(t);
    for (int m = 0; m < t->models; m++) {
        net[m] = make_model(w, t, m);
        held[m] = make_data(w, t, m);
    }
    assert_int_equal(plm_temperature_apply(t->models, net, held, &found), PLM_OK);
    const double right = least(t);
    if (fabs(1 / found - 1 / right) > 1e-3)
        fail_msg("%d classes, %d nets: temperature %g, not %g", t->classes, t->models, found,
                 right);
    for (int m = 0; m < t->models; m++) {
        float kernel[INPUTS * MOST], bias[MOST];
        assert_int_equal(plm_parameter_read(net[m], 0, kernel), PLM_OK);
        assert_int_equal(plm_parameter_read(net[m], 1, bias), PLM_OK);
        for (int i = 0; i < INPUTS * units_of(t); i++)
            assert_true(fabs((double)kernel[i] - (double)t->kernel[m][i] / found) < 1e-5);
        for (int k = 0; k < units_of(t); k++)
            assert_true(fabs((double)bias[k] - (double)t->bias[m][k] / found) < 1e-5);
        plm_data_free(held[m]);
        plm_model_free(net[m]);
    }
    plm_close(w);
}

/* A temperature at an end of the range says that it is there. If all logits are equal, none is
 * better than 1. */
static void bounds_are_told(void **state)
{
    (void)state;
    assert_true(plm_temperature_is_bound(1 / (round(1024 * exp(2.5)) / 1024)));
    assert_true(plm_temperature_is_bound(1 / (round(1024 * exp(-2.5)) / 1024)));
    assert_false(plm_temperature_is_bound(1));
    assert_false(plm_temperature_is_bound(0));
    assert_false(plm_temperature_is_bound(0.1));
    for (int large = 0; large < 2; large++) { /* logits far too small, and all equal */
        task t = {.models = 1, .classes = 3};
        plm *w = plm_open(PLM_OPTIONS(.threads = 1));
        double found = 0;
        fill(&t, large ? 0.001F : 0);
        label(&t);
        plm_model *net = make_model(w, &t, 0);
        plm_data *held = make_data(w, &t, 0);
        assert_int_equal(plm_temperature_apply(1, &net, &held, &found), PLM_OK);
        assert_true(large ? plm_temperature_is_bound(found) : found == 1);
        plm_data_free(held);
        plm_model_free(net);
        plm_close(w);
    }
}

static void one_net(void **state)
{
    (void)state;
    check(&(task){.classes = 3, .models = 1}, 2);
    check(&(task){.classes = 3, .models = 1}, 0.3F);
    check(&(task){.classes = 2, .models = 1}, 2);
    check(&(task){.classes = 3, .models = 1, .weighted = true}, 1);
    check(&(task){.classes = 2, .models = 1, .weighted = true}, 1);
}

static void several_nets(void **state)
{
    (void)state;
    check(&(task){.classes = 3, .models = 2}, 1.5F);
    check(&(task){.classes = 2, .models = 2, .weighted = true}, 1.5F);
}

/* Nets whose outputs are no probabilities, or that have nothing to divide. */
static void what_fits(void **state)
{
    (void)state;
    static const struct {
        const char *layers, *loss;
        bool fits;
    } nets[] = {{"dense(3, activation=softmax)", "sparse_categorical_crossentropy", true},
                {"dense(1, activation=sigmoid)", "binary_crossentropy", true},
                {"dense(2, activation=sigmoid)", "binary_crossentropy", false},
                {"dense(3, activation=softmax)", "categorical_crossentropy", false},
                {"dense(3, activation=softmax)", "mse", false},
                {"dense(3, activation=sigmoid)", "sparse_categorical_crossentropy", false},
                {"dense(1)", "binary_crossentropy(from_logits=true)", false},
                {"dense(3) | softmax", "sparse_categorical_crossentropy", false}};
    for (size_t i = 0; i < sizeof nets / sizeof *nets; i++) {
        plm *w = plm_open(PLM_OPTIONS(.threads = 1));
        plm_model *m = plm_model_new(w);
        plm_add(m, "input(4)");
        plm_add(m, "%s", nets[i].layers);
        assert_int_equal(plm_compile(m, "sgd", nets[i].loss, NULL), PLM_OK);
        if (plm_temperature_fits(m) != nets[i].fits)
            fail_msg("%s with %s", nets[i].layers, nets[i].loss);
        plm_model_free(m);
        plm_close(w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(bounds_are_told), cmocka_unit_test(one_net),
                                       cmocka_unit_test(several_nets), cmocka_unit_test(what_fits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
