/* Inputs of the highest rank for a layer that has one axis more in between; values and gradients of
 * groups of many sizes, against the formulas. */
#include "model_support.h"

#include <math.h>

/* Builds a model with this input and layer. Returns its status. *fan_in: how many outputs of the
 * layer the dense layer behind it reads. */
static plm_status built_with(const char *input, const char *layer, int64_t *fan_in)
{
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_model *m = plm_model_new(w);
    plm_add(m, "%s", input);
    plm_add(m, "%s", layer);
    plm_add(m, "flatten");
    plm_add(m, "dense(1)");
    const plm_status status = plm_compile(m, "sgd", "mse", NULL);
    plm_parameter last = {0};
    const int64_t count = status == PLM_OK ? plm_parameters(m, 0, &last) : 0;
    if (count > 1)
        (void)plm_parameters(m, count - 2, &last);
    *fan_in = last.dims[0];
    plm_model_free(m);
    plm_close(w);
    return status;
}

/* The status of a model whose input has this shape. */
static plm_status built(const char *input)
{
    int64_t fan_in = 0;
    return built_with(input, "periodic_embedding", &fan_in);
}

/* The number of outputs for an input of two numbers, as the next layer sees it. */
static int64_t outputs(const char *layer)
{
    int64_t fan_in = 0;
    assert_int_equal(built_with("input(2)", layer, &fan_in), PLM_OK);
    return fan_in;
}

static void test_outputs(void **state)
{
    (void)state;
    assert_int_equal(outputs("periodic_embedding"), 2 * 4);
    assert_int_equal(outputs("periodic_embedding(7, append_input=false)"), 2 * 7);
    assert_int_equal(outputs("periodic_embedding(5, columns=[1])"), 5 + 1);
    /* glu leaves half of the 4 mixed waves */
    assert_int_equal(outputs("periodic_embedding(5, activation=glu)"), 2 * 3);
    assert_int_equal(outputs("periodic_embedding(4, activation=glu, append_input=false)"), 2 * 2);
}

static void test_rank(void **state)
{
    (void)state;
    assert_int_equal(built("input(3)"), PLM_OK);
    assert_int_equal(built("input(1, 1, 1, 1, 1, 2, 3)"), PLM_OK);
    assert_int_equal(built("input(1, 1, 1, 1, 1, 1, 2, 3)"), PLM_E_SHAPE);
}

/* ---- values and gradients ---- */

/* MOST: numbers of a parameter, of the inputs, or of the targets, at most. */
enum { ROWS = 37, MOST = 24000 };

/* The layer periodic_embedding: columns of x, waves of a column, and units of their mix. */
typedef struct {
    size_t columns, waves, units;
} groups;

/* The parameters: waves [columns, waves], mix [columns, waves, units], bias [columns, units]. */
typedef struct {
    float frequency[MOST], phase[MOST], mix[MOST], bias[MOST];
} parameters;

/* The rows, and what the formulas say: the output and the gradients of the mean squared error. */
typedef struct {
    float x[MOST], t[MOST], y[MOST];
    double output[MOST], frequency[MOST], phase[MOST], mix[MOST], bias[MOST];
} expected;

/* Reads the parameters in the order in which the layer makes them. */
static void read_parameters(const plm_model *m, parameters *p)
{
    float *const to[] = {p->frequency, p->phase, p->mix, p->bias};
    for (int64_t i = 0; i < 4; i++)
        assert_int_equal(plm_parameter_read(m, i, to[i]), PLM_OK);
}

/* Adds the output and gradients of column c of row n. */
static void add(const groups *k, const parameters *p, expected *e, size_t n, size_t c)
{
    const double turn = 6.283185307179586, x = (double)e->x[n * k->columns + c];
    const size_t first = (n * k->columns + c) * k->units, wave = c * k->waves;
    for (size_t u = 0; u < k->units; u++) {
        double y = (double)p->bias[c * k->units + u];
        for (size_t i = 0; i < k->waves; i++)
            y += cos(turn * x * (double)p->frequency[wave + i] + (double)p->phase[wave + i]) *
                 (double)p->mix[(wave + i) * k->units + u];
        const double dy =
            2 * (y - (double)e->t[first + u]) / (double)(ROWS * k->columns * k->units);
        e->output[first + u] = y;
        e->bias[c * k->units + u] += dy;
        for (size_t i = 0; i < k->waves; i++) {
            const double angle =
                turn * x * (double)p->frequency[wave + i] + (double)p->phase[wave + i];
            const double slope = -sin(angle) * dy * (double)p->mix[(wave + i) * k->units + u];
            e->mix[(wave + i) * k->units + u] += cos(angle) * dy;
            e->phase[wave + i] += slope;
            e->frequency[wave + i] += slope * turn * x;
        }
    }
}

/* Checks that a step of gradient descent changed a parameter by the gradient. */
static void check_step(const float *before, const float *after, const double *gradient,
                       size_t count, double scale)
{
    for (size_t i = 0; i < count; i++) {
        const double change = ((double)before[i] - (double)after[i]) / scale;
        assert_true(fabs(change - gradient[i]) < 1e-4 * (0.02 + fabs(gradient[i])));
    }
}

/* Fills the inputs and targets. */
static void fill(const groups *k, expected *e)
{
    for (size_t i = 0; i < ROWS * k->columns; i++)
        e->x[i] = (float)sin((double)i * 1.7);
    for (size_t i = 0; i < ROWS * k->columns * k->units; i++)
        e->t[i] = (float)cos((double)i * 2.3);
}

/* Makes the model, checks its output for the rows, trains one step, and checks the changes of all
 * parameters. The learning rate is the number of outputs of a row, so that a change is not small
 * beside its parameter. */
static void check(const groups *k, int threads)
{
    static parameters before, after;
    static expected e;
    const size_t outputs = k->columns * k->units;
    const int64_t columns = (int64_t)k->columns, width = (int64_t)outputs;
    plm_view x = {.data = e.x, .rank = 2, .dims = {ROWS, columns}},
             t = {.data = e.t, .rank = 2, .dims = {ROWS, width}},
             y = {.data = e.y, .rank = 2, .dims = {ROWS, width}};
    plm *w = plm_open(PLM_OPTIONS(.threads = threads));
    plm_model *m = plm_model_new(w);
    const plm_batch batch = {
        .rows = ROWS, .inputs = 1, .targets = 1, .input = {x}, .target = {t}, .weight = NULL};
    plm_log loss;
    memset(&e, 0, sizeof e);
    fill(k, &e);
    plm_add(m, "input(%zu)", k->columns);
    plm_add(m, "periodic_embedding(%zu, %zu, append_input=false)", k->units, k->waves);
    char optimizer[40];
    snprintf(optimizer, sizeof optimizer, "sgd(%zu)", outputs);
    assert_int_equal(plm_compile(m, optimizer, "mse", NULL), PLM_OK);
    read_parameters(m, &before);
    for (size_t n = 0; n < ROWS; n++)
        for (size_t c = 0; c < k->columns; c++)
            add(k, &before, &e, n, c);
    assert_int_equal(plm_predict(m, &x, &y), PLM_OK);
    for (size_t i = 0; i < ROWS * outputs; i++)
        assert_true(fabs((double)e.y[i] - e.output[i]) < 1e-4);
    assert_int_equal(plm_train_batch(m, &batch, &loss, 1), PLM_OK);
    read_parameters(m, &after);
    const double rate = (double)outputs;
    check_step(before.frequency, after.frequency, e.frequency, k->columns * k->waves, rate);
    check_step(before.phase, after.phase, e.phase, k->columns * k->waves, rate);
    check_step(before.mix, after.mix, e.mix, outputs * k->waves, rate);
    check_step(before.bias, after.bias, e.bias, outputs, rate);
    plm_model_free(m);
    plm_close(w);
}

static void test_values(void **state)
{
    /* chunks of parameters that begin within a group; more units than waves; one of each; sizes
     * around multiples of 4, 8 and 16 */
    static const groups sizes[] = {{3, 16, 3}, {40, 16, 3}, {5, 3, 20}, {2, 1, 2},
                                   {70, 4, 9}, {1, 17, 8},  {3, 2, 33}, {1, 40, 40},
                                   {9, 7, 16}, {2, 9, 7},   {300, 1, 2}};
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        check(&sizes[i], 1 + (int)(i % 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rank), cmocka_unit_test(test_outputs),
                                       cmocka_unit_test(test_values)};
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
