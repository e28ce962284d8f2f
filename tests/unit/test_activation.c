/* Every activation of the table: values against its formula in double, gradients against
 * differences, by way of the op and of every instruction set; and the two ops with slopes of
 * their own. */
#include "nn_support.h"

/* ---- formulas in double ---- */

static double f_linear(double x)
{
    return x;
}
static double f_relu(double x)
{
    return x > 0 ? x : 0;
}
static double f_relu_general(double x)
{
    return x >= 1.5 ? 1.5 : x > 0.25 ? x : 0.1 * (x - 0.25);
}
static double f_leaky(double x)
{
    return x >= 0 ? x : 0.2 * x;
}
static double f_leaky_down(double x)
{
    return x >= 0 ? x : -0.2 * x;
}
static double f_elu(double x)
{
    return x > 0 ? x : 1.5 * expm1(x);
}
static double f_selu(double x)
{
    return 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * expm1(x));
}
static double f_celu(double x)
{
    return x > 0 ? x : 2 * expm1(x / 2);
}
static double f_gelu(double x)
{
    return x * 0.5 * erfc(-x / sqrt(2.0));
}
static double f_gelu_tanh(double x)
{
    return 0.5 * x * (1 + tanh(sqrt(2 / 3.14159265358979323846) * (x + 0.044715 * x * x * x)));
}
static double f_sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}
static double f_silu(double x)
{
    return x * f_sigmoid(x);
}
static double f_softplus(double x)
{
    return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x));
}
static double f_mish(double x)
{
    return x * tanh(f_softplus(x));
}
static double f_softsign(double x)
{
    return x / (1 + fabs(x));
}
static double f_hard_sigmoid(double x)
{
    return fmin(fmax(x / 6 + 0.5, 0), 1);
}
static double f_hard_silu(double x)
{
    return x * f_hard_sigmoid(x);
}
static double f_relu6(double x)
{
    return fmin(fmax(x, 0), 6);
}
static double f_log_sigmoid(double x)
{
    return -f_softplus(-x);
}
static double f_hard_tanh(double x)
{
    return fmin(fmax(x, -1), 1);
}

static double f_relu_squared(double x)
{
    return x > 0 ? x * x : 0;
}
static double f_swish(double x)
{
    return x / (1 + exp(-1.7 * x));
}
static double f_squareplus(double x)
{
    return (x + sqrt(x * x + 4)) / 2;
}
static double f_sparse_plus(double x)
{
    return x <= -1 ? 0 : x < 1 ? (x + 1) * (x + 1) / 4 : x;
}
static double f_sparse_sigmoid(double x)
{
    return fmin(fmax((x + 1) / 2, 0), 1);
}
static double f_threshold(double x)
{
    return x > 0.25 ? x : -3;
}
static double f_hard_shrink(double x)
{
    return fabs(x) > 0.5 ? x : 0;
}
static double f_soft_shrink(double x)
{
    return copysign(fmax(fabs(x) - 0.5, 0), x);
}
static double f_tanh_shrink(double x)
{
    return x - tanh(x);
}

typedef struct {
    const char *spec;
    double (*f)(double);
} element;

static const element elements[] = {
    {"linear", f_linear},
    {"relu", f_relu},
    {"relu(negative_slope=0.2)", f_leaky},
    {"relu(negative_slope=0.1, max_value=1.5, threshold=0.25)", f_relu_general},
    {"leaky_relu", f_leaky},
    {"leaky_relu(alpha=-0.2)", f_leaky_down},
    {"elu(1.5)", f_elu},
    {"elu(0)", f_relu},
    {"selu", f_selu},
    {"celu(2)", f_celu},
    {"gelu", f_gelu},
    {"gelu(approximate=true)", f_gelu_tanh},
    {"silu", f_silu},
    {"swish", f_silu},
    {"mish", f_mish},
    {"sigmoid", f_sigmoid},
    {"tanh", tanh},
    {"softplus", f_softplus},
    {"softsign", f_softsign},
    {"exponential", exp},
    {"hard_sigmoid", f_hard_sigmoid},
    {"hard_silu", f_hard_silu},
    {"hard_swish", f_hard_silu},
    {"relu6", f_relu6},
    {"log_sigmoid", f_log_sigmoid},
    {"hard_tanh", f_hard_tanh},
    {"logistic", f_sigmoid},
    {"squared_relu", f_relu_squared},
    {"swish(beta=1.7)", f_swish},
    {"swish(1)", f_silu},
    {"squareplus", f_squareplus},
    {"squareplus(0)", f_relu},
    {"sparse_plus", f_sparse_plus},
    {"sparse_sigmoid", f_sparse_sigmoid},
    {"threshold(0.25, -3)", f_threshold},
    {"threshold(threshold=0, default_value=0)", f_relu},
    {"hard_shrink", f_hard_shrink},
    {"soft_shrink(0.5)", f_soft_shrink},
    {"tanh_shrink", f_tanh_shrink},
    {"sin", sin},
    {"cos", cos},
};
enum { ELEMENTS = sizeof elements / sizeof *elements, POINTS = 403 };

/* No point lies on a kink; the slope there is checked by difference. */
static double point(size_t i)
{
    return ((double)i - POINTS / 2) * 0.0395 + 0.00713;
}

static void check_element(plm *w, const element *e)
{
    plm_arena a = {.w = w};
    plm_activation bound;
    plm_real x[POINTS], y[POINTS], dx[POINTS], one[POINTS];
    assert_int_equal(plm_activation_bind(&a, parse(&a, e->spec), &bound), PLM_OK);
    for (size_t i = 0; i < POINTS; i++) {
        x[i] = (plm_real)point(i);
        one[i] = 1;
    }
    w->kernel->activation[bound.id].forward(y, x, POINTS, bound.p);
    w->kernel->activation[bound.id].backward(dx, one, plm_activation_reads_x(bound.id) ? x : y,
                                             POINTS, bound.p);
    for (size_t i = 0; i < POINTS; i++) {
        const double at = (double)x[i], h = 1e-6;
        assert_near((double)y[i], e->f(at), rounding(2e-6, 1e-13), e->spec, i);
        assert_near((double)dx[i], (e->f(at + h) - e->f(at - h)) / (2 * h), rounding(1e-5, 1e-8),
                    e->spec, i);
    }
    plm_arena_free(&a);
}

static void test_values_and_slopes(void **state)
{
    (void)state;
    for (int k = 0; plm_isa_available(k); k++) {
        plm *w = open_runtime(plm_isa_available(k));
        for (size_t i = 0; i < ELEMENTS; i++)
            check_element(w, &elements[i]);
        plm_close(w);
    }
}

/* Keras: relu(threshold=a) is 0 at x = a, and max_value is met from x = max_value on. */
static void test_relu_edges(void **state)
{
    plm *w = open_runtime(NULL);
    plm_arena a = {.w = w};
    plm_activation bound;
    plm_real x[] = {2, 1.5, 1, 0.5, 0}, y[5];
    (void)state;
    assert_int_equal(plm_activation_bind(&a, parse(&a, "relu(threshold=1, max_value=1.5)"), &bound),
                     PLM_OK);
    w->kernel->activation[bound.id].forward(y, x, 5, bound.p);
    const plm_real expected[] = {1.5, 1.5, 0, 0, 0};
    for (size_t i = 0; i < 5; i++)
        assert_near((double)y[i], (double)expected[i], 0, "relu", i);
    plm_arena_free(&a);
    plm_close(w);
}

/* Where Keras compares with a threshold, the threshold itself is below; a NaN stays NaN; large
 * numbers neither overflow nor lose their sign. */
static void test_edges(void **state)
{
    static const struct {
        const char *spec;
        double x, y;
    } edges[] = {
        {"threshold(1, 7)", 1, 7},
        {"threshold(1, 7)", NAN, NAN},
        {"threshold(1, 7)", -INFINITY, 7},
        {"hard_shrink(2)", 2, 0},
        {"hard_shrink(2)", -2, 0},
        {"hard_shrink(2)", -INFINITY, -INFINITY},
        {"soft_shrink(2)", -2, 0},
        {"soft_shrink(2)", NAN, NAN},
        {"squareplus", 1e30, 1e30},
        {"squareplus", -INFINITY, 0},
        {"sparse_plus", NAN, NAN},
        {"sparse_plus", -1, 0},
        {"sparse_plus", 1, 1},
        {"relu_squared", -INFINITY, 0},
        {"swish(beta=2)", -INFINITY, NAN},
        {"cos", 0, 1},
        {"sin", INFINITY, NAN},
    };
    plm *w = open_runtime(NULL);
    (void)state;
    for (size_t i = 0; i < sizeof edges / sizeof *edges; i++) {
        plm_arena a = {.w = w};
        plm_activation bound;
        plm_real x = (plm_real)edges[i].x, y = 0;
        assert_int_equal(plm_activation_bind(&a, parse(&a, edges[i].spec), &bound), PLM_OK);
        w->kernel->activation[bound.id].forward(&y, &x, 1, bound.p);
        const double want = (double)(plm_real)edges[i].y, got = (double)y;
        if (!(isnan(want) && isnan(got)) && (got < want || got > want || isnan(got)))
            fail_msg("%s of %g is %g, not %g", edges[i].spec, edges[i].x, got, want);
        plm_arena_free(&a);
    }
    plm_close(w);
}

/* A gated unit halves the last axis, so that axis must be even. */
static void test_halves(void **state)
{
    plm *w = open_runtime(NULL);
    (void)state;
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(4, 6)");
    plm_add(m, "dense(10, activation=swiglu)");
    plm_add(m, "activation(glu)");
    assert_int_equal(plm_compile(m, "sgd", "mse", NULL), PLM_E_SHAPE);
    assert_non_null(strstr(plm_last_error(w)->what, "5 is odd"));
    plm_model_free(m);
    plm_close(w);
}

static void fill_net(net *t, size_t inputs, size_t goals)
{
    plm_random r = plm_random_open(5, PLM_RANDOM_TEST, 0, 0);
    for (size_t i = 0; i < inputs; i++)
        t->input[i] = (float)plm_random_normal(&r);
    for (size_t i = 0; i < goals; i++)
        t->goal[i] = (float)plm_random_normal(&r);
    for (size_t i = 0; i < NET_ROWS; i++)
        t->weights[i] = (float)(0.5 + plm_random_uniform(&r));
    for (size_t i = 0; i < t->alphas; i++)
        t->p[i] = (plm_real)(0.5 + 0.5 * plm_random_uniform(&r));
}

static void check_net(const char *op, const plm_shape *of, const int64_t *alpha)
{
    plm *w = open_runtime(NULL);
    net t;
    const plm_shape shape = *of;
    net_open(&t, w,
             &(net_request){.shape = shape,
                            .ops = {op},
                            .loss = "loss(function=mse)",
                            .weighted = true,
                            .alpha = alpha});
    fill_net(&t, (size_t)(NET_ROWS * shape.lines * shape.width),
             (size_t)(NET_ROWS * shape.lines * shape.width));
    net_check(&t, op);
    net_close(&t);
    plm_close(w);
}

static void check_op(const char *op, int rank, const int64_t *dims, bool lines)
{
    const plm_shape shape = lines ? plm_shape_lines(rank, dims) : plm_shape_of(rank, dims);
    check_net(op, &shape, NULL);
}

/* The op activation in a graph, by its config: reads of x or y, lines and flat rows. */
static void test_op_gradients(void **state)
{
    static const char *const ops[] = {"activation(linear)",
                                      "activation(tanh)",
                                      "activation(silu)",
                                      "activation(gelu)",
                                      "activation(elu)",
                                      "activation(softmax)",
                                      "activation(log_softmax)",
                                      "activation(mish)",
                                      "random_leaky_relu",
                                      "activation(selu)",
                                      "activation(sigmoid)",
                                      "activation(softplus)",
                                      "activation(celu(0.7))",
                                      "activation(softsign)",
                                      "activation(exponential)",
                                      "activation(log_sigmoid)",
                                      "random_leaky_relu(0.1, 0.4)"};
    (void)state;
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
        check_op(ops[i], 1, (int64_t[]){5}, false);
        check_op(ops[i], 2, (int64_t[]){3, 18}, true);
    }
    check_op("activation(tanh)", 2, (int64_t[]){3, 18}, false);
    check_op("activation(tanh)", 0, NULL, false);
}

static void test_faults(void **state)
{
    plm *w = open_runtime(NULL);
    plm_arena a = {.w = w};
    plm_activation bound;
    (void)state;
    assert_int_equal(plm_activation_bind(&a, parse(&a, "rellu"), &bound), PLM_E_SPEC);
    assert_non_null(strstr(plm_last_error(w)->hint, "relu"));
    assert_int_equal(plm_activation_bind(&a, parse(&a, "softmax(axis=1)"), &bound),
                     PLM_E_UNSUPPORTED);
    assert_int_equal(plm_activation_bind(&a, parse(&a, "tanh(3)"), &bound), PLM_E_SPEC);
    assert_int_equal(plm_activation_bind(&a, parse(&a, "elu(alpha=-1)"), &bound), PLM_E_SPEC);
    assert_int_equal(plm_activation_bind(&a, NULL, &bound), PLM_OK);
    assert_int_equal(bound.id, PLM_ACTIVATION_linear);
    plm_arena_free(&a);
    plm_close(w);
}

/* ---- slopes that are learned or drawn ---- */

enum { SLOPES = 1000 };

/* Of rows -1, 2, -1, 2, ... */
static void check_slopes(const plm_real *out, size_t stride, bool training)
{
    double sum = 0, square = 0;
    for (size_t i = 0; i < 8 * SLOPES; i++) {
        const double v = (double)out[i / SLOPES * stride + i % SLOPES];
        if (i % 2 == 1) {
            assert_near(v, 2, 0, "above 0", i);
            continue;
        }
        assert_true(-v >= 0.125 - 1e-7 && -v <= 1.0 / 3 + 1e-7);
        sum -= v;
        square += v * v;
    }
    const double n = 4 * SLOPES, mean = sum / n, variance = square / n - mean * mean,
                 width = 1.0 / 3 - 0.125;
    assert_near(mean, 11.0 / 48, training ? 0.004 : 1e-6, "mean slope", 0);
    assert_near(variance, training ? width * width / 12 : 0, 3e-4, "variance of slopes", 0);
}

/* Slopes of RReLU: within bounds, of the right mean, and 11/48 outside of training. */
static void test_random_slopes(void **state)
{
    plm *w = open_runtime(NULL);
    plm_arena a = {.w = w};
    plm_graph g;
    const plm_shape shape = plm_shape_of(1, (int64_t[]){SLOPES});
    static float rows[8 * SLOPES];
    (void)state;
    for (size_t i = 0; i < 8 * SLOPES; i++)
        rows[i] = i % 2 == 0 ? -1 : 2;
    assert_int_equal(plm_graph_open(&g, &a), PLM_OK);
    const plm_value x = plm_graph_input(&g, PLM_FROM_INPUT, 0, &shape);
    const plm_value y = plm_graph_emit(&g, "test", 1, &x, "random_leaky_relu");
    for (int training = 0; training < 2; training++) {
        plm_plan *plan = NULL;
        const plm_plan_options o = {
            .training = training, .capacity = 8, .outputs = 1, .output = &y};
        assert_int_equal(plm_plan_open(&g, &o, NULL, &plan), PLM_OK);
        plm_plan_running(plan)->rows = 8;
        plm_plan_bind(plan, x, rows, 8);
        plm_plan_run(plan);
        check_slopes(plm_plan_read(plan, y), (size_t)shape.stride, training);
        plm_plan_close(plan);
    }
    plm_arena_free(&a);
    plm_close(w);
}

/* prelu with axes shared, of rows in one line and in several. */
static void test_shared_slopes(void **state)
{
    static const int64_t alphas[][3] = {{1, 3, 17}, {2, 1, 17}, {2, 3, 1}, {1, 1, 17},
                                        {2, 1, 1},  {1, 1, 1},  {2, 3, 17}};
    const int64_t dims[] = {2, 3, 17};
    const plm_shape flat = plm_shape_of(3, dims), lines = plm_shape_lines(3, dims);
    (void)state;
    for (size_t i = 0; i < sizeof alphas / sizeof *alphas; i++) {
        check_net("activation(tanh)", &flat, alphas[i]);
        check_net("activation(tanh)", &lines, alphas[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_and_slopes),
        cmocka_unit_test(test_relu_edges),
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_halves),
        cmocka_unit_test(test_op_gradients),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_random_slopes),
        cmocka_unit_test(test_shared_slopes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
