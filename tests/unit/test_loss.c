/* Every loss of the table: values against its formula in double, gradients against differences
 * of that formula; then the op in a graph, with weights, lines and masked labels. */
#include "nn_support.h"
#include "loss_formulas.h"

typedef enum { ANY, POSITIVE, PROBABILITY } domain;
typedef enum { NUMBERS, LABEL, ONE_HOT, SOFT, BITS } goal;

typedef struct {
    const char *spec;
    row_loss *f;
    domain prediction;
    goal target;
    double s;
} item;

static const item items[] = {
    {"sparse_categorical_crossentropy", l_sparse, PROBABILITY, LABEL, 0},
    {"sparse_categorical_crossentropy(from_logits=true)", l_sparse_logits, ANY, LABEL, 0},
    {"categorical_crossentropy", l_categorical, PROBABILITY, ONE_HOT, 0},
    {"categorical_crossentropy(label_smoothing=0.1)", l_categorical, PROBABILITY, SOFT, 0.1},
    {"categorical_crossentropy(from_logits=true)", l_categorical_logits, ANY, SOFT, 0},
    {"categorical_crossentropy(true, 0.2)", l_categorical_logits, ANY, ONE_HOT, 0.2},
    {"binary_crossentropy", l_binary, PROBABILITY, BITS, 0},
    {"binary_crossentropy(label_smoothing=0.1)", l_binary, PROBABILITY, BITS, 0.1},
    {"binary_crossentropy(from_logits=true)", l_binary_logits, ANY, BITS, 0},
    {"binary_crossentropy(true, 0.3)", l_binary_logits, ANY, BITS, 0.3},
    {"categorical_generalized_cross_entropy", l_generalized, PROBABILITY, LABEL, 0.5},
    {"gce(0.8)", l_generalized, PROBABILITY, LABEL, 0.8},
    {"gce(0.3, from_logits=true)", l_generalized_logits, ANY, LABEL, 0.3},
    {"binary_focal_crossentropy", l_binary_focal, PROBABILITY, BITS, 2},
    {"binary_focal_crossentropy(gamma=1.5)", l_binary_focal, PROBABILITY, BITS, 1.5},
    {"binary_focal_crossentropy(from_logits=true)", l_binary_focal_logits, ANY, BITS, 2},
    {"categorical_focal_crossentropy", l_focal, PROBABILITY, ONE_HOT, 2},
    {"categorical_focal_crossentropy(gamma=3)", l_focal, PROBABILITY, SOFT, 3},
    {"categorical_focal_crossentropy(from_logits=true)", l_focal_logits, ANY, ONE_HOT, 2},
    {"dice", l_dice, PROBABILITY, BITS, 0},
    {"tversky(alpha=0.7, beta=0.3)", l_tversky, PROBABILITY, BITS, 0.7},
    {"mean_squared_error", l_squared, ANY, NUMBERS, 0},
    {"mse", l_squared, ANY, NUMBERS, 0},
    {"mae", l_absolute, ANY, NUMBERS, 0},
    {"mape", l_percentage, ANY, NUMBERS, 0},
    {"msle", l_logarithmic, POSITIVE, SOFT, 0},
    {"huber", l_huber, ANY, NUMBERS, 1},
    {"huber(0.3)", l_huber, ANY, NUMBERS, 0.3},
    {"log_cosh", l_log_cosh, ANY, NUMBERS, 0},
    {"poisson", l_poisson, POSITIVE, SOFT, 0},
    {"hinge", l_hinge, ANY, BITS, 0},
    {"squared_hinge", l_squared_hinge, ANY, BITS, 0},
    {"categorical_hinge", l_categorical_hinge, ANY, ONE_HOT, 0},
    {"kl_divergence", l_divergence, PROBABILITY, SOFT, 0},
    {"cosine_similarity", l_cosine, ANY, NUMBERS, 0},
};
enum { ITEMS = sizeof items / sizeof *items, ROWS = 6, WIDEST = 700 };

/* ---- rows to feed it ---- */

static double draw_prediction(plm_random *r, domain d)
{
    const double u = plm_random_uniform(r);
    return d == ANY ? 3 * plm_random_normal(r) : d == POSITIVE ? 0.1 + 2 * u : 0.02 + 0.9 * u;
}

static void draw_target(plm_random *r, goal g, double *t, size_t k)
{
    const size_t label = plm_random_below(r, k);
    double sum = 0;
    for (size_t j = 0; j < k; j++) {
        t[j] = g == NUMBERS ? plm_random_normal(r) : g == BITS ? (double)plm_random_below(r, 2) : 0;
        if (g == ONE_HOT)
            t[j] = j == label;
        if (g == SOFT)
            sum += t[j] = 0.05 + plm_random_uniform(r);
    }
    for (size_t j = 0; g == SOFT && j < k; j++)
        t[j] /= sum;
    if (g == LABEL)
        t[0] = (double)label;
}

typedef struct {
    size_t k, stride, target_width, target_stride;
    double p[ROWS][WIDEST], t[ROWS][WIDEST];
    plm_real *prediction, *target, *gradient, weight[ROWS], value[ROWS * 3];
} batch;

static void batch_fill(batch *b, const item *of, size_t k)
{
    plm_random r = plm_random_open(3, PLM_RANDOM_TEST, (uint32_t)k, 0);
    b->k = k;
    b->stride = (k + 15) / 16 * 16;
    b->target_width = of->target == LABEL ? 1 : k;
    b->target_stride = of->target == LABEL ? 1 : b->stride;
    for (size_t i = 0; i < ROWS; i++) {
        draw_target(&r, of->target, b->t[i], k);
        for (size_t j = 0; j < b->stride; j++)
            b->prediction[i * b->stride + j] = (plm_real)draw_prediction(&r, of->prediction);
        for (size_t j = 0; j < k; j++)
            b->p[i][j] = (double)b->prediction[i * b->stride + j];
        for (size_t j = 0; j < b->target_width; j++) {
            b->target[i * b->target_stride + j] = (plm_real)b->t[i][j];
            b->t[i][j] = (double)b->target[i * b->target_stride + j];
        }
        b->weight[i] = (plm_real)(0.5 + plm_random_uniform(&r));
    }
}

static void check_item(plm *w, const item *of, size_t k, batch *b)
{
    plm_arena a = {.w = w};
    const void *config = NULL;
    const plm_loss_kind *kind = (const void *)bind(&a, "loss", of->spec, &config);
    batch_fill(b, of, k);
    for (size_t i = 0; i < ROWS * b->stride; i++)
        b->gradient[i] = 77;
    const plm_loss_rows r = {.kernel = w->kernel,
                             .config = config,
                             .prediction = b->prediction,
                             .target = b->target,
                             .weight = b->weight,
                             .value = b->value,
                             .gradient = b->gradient,
                             .factor = (plm_real)0.25,
                             .rows = ROWS,
                             .width = k,
                             .stride = b->stride,
                             .target_width = b->target_width,
                             .target_stride = b->target_stride,
                             .value_stride = 3};
    kind->rows(&r);
    for (size_t i = 0; i < ROWS; i++) {
        const double weight = (double)b->weight[i];
        assert_near((double)b->value[3 * i], weight * of->f(b->p[i], b->t[i], k, of->s),
                    rounding(1e-5, 1e-12), of->spec, i);
        for (size_t j = 0; j < k; j += 1 + k / 40) {
            const double held = b->p[i][j], h = 1e-5;
            b->p[i][j] = held + h;
            const double above = of->f(b->p[i], b->t[i], k, of->s);
            b->p[i][j] = held - h;
            const double below = of->f(b->p[i], b->t[i], k, of->s);
            b->p[i][j] = held;
            assert_near((double)b->gradient[i * b->stride + j],
                        0.25 * weight * (above - below) / (2 * h), rounding(2e-5, 1e-6), of->spec,
                        j);
        }
        for (size_t j = k; j < b->stride; j++)
            assert_near((double)b->gradient[i * b->stride + j], 0, 0, "padding", j);
    }
    plm_arena_free(&a);
}

static void test_values_and_gradients(void **state)
{
    static const size_t widths[] = {2, 10, 17, 300, WIDEST};
    (void)state;
    batch *b = calloc(1, sizeof *b);
    const size_t room = (size_t)ROWS * (WIDEST + 16);
    plm_real *numbers = calloc(3 * room, sizeof *numbers);
    b->prediction = numbers;
    b->target = numbers + room;
    b->gradient = numbers + 2 * room;
    for (int n = 0; plm_isa_available(n); n++) {
        plm *w = open_runtime(plm_isa_available(n));
        for (size_t i = 0; i < ITEMS; i++)
            for (size_t k = 0; k < sizeof widths / sizeof *widths; k++)
                check_item(w, &items[i], widths[k], b);
        plm_close(w);
    }
    free(numbers);
    free(b);
}

/* ---- edges ---- */

static double value_of(plm *w, const char *spec, size_t k, const plm_real *p, const plm_real *t,
                       plm_real *gradient)
{
    plm_arena a = {.w = w};
    const void *config = NULL;
    const plm_loss_kind *kind = (const void *)bind(&a, "loss", spec, &config);
    plm_real value = 0;
    kind->rows(&(plm_loss_rows){.kernel = w->kernel,
                                .config = config,
                                .prediction = p,
                                .target = t,
                                .value = &value,
                                .gradient = gradient,
                                .factor = 1,
                                .rows = 1,
                                .width = k,
                                .stride = 16,
                                .target_width = kind->sparse ? 1 : k,
                                .target_stride = 16,
                                .value_stride = 1});
    plm_arena_free(&a);
    return (double)value;
}

static void test_edges(void **state)
{
    plm *w = open_runtime(NULL);
    plm_real g[16], p[16] = {1000, -1000, 0}, t[16] = {0};
    (void)state;
    const char *logits = "sparse_categorical_crossentropy(from_logits=true)",
               *sparse = "sparse_categorical_crossentropy";
    assert_near(value_of(w, logits, 3, p, t, g), 0, 0, "sure and right", 0);
    assert_near((double)g[0], 0, 0, "its gradient", 0);
    t[0] = 1;
    assert_near(value_of(w, logits, 3, p, t, g), 2000, 1e-7, "sure and wrong", 0);
    assert_near((double)g[0] + (double)g[1] * 10, 1 - 10, 1e-6, "its gradient", 0);
    /* Probabilities need not sum to 1, are cut at epsilon, and then pass no gradient. */
    memcpy(p, (plm_real[]){(plm_real)0.2, (plm_real)0.2, (plm_real)0.4}, 3 * sizeof *p);
    assert_near(value_of(w, sparse, 3, p, t, g), log(4), 1e-6, "unnormalized", 0);
    memcpy(p, (plm_real[]){1, 0, 0}, 3 * sizeof *p);
    assert_near(value_of(w, sparse, 3, p, t, g), -log(epsilon), 1e-6, "cut", 0);
    assert_near((double)g[0] + (double)g[1], 0, 0, "no gradient where cut", 0);
    t[0] = 3;
    assert_true(isnan(value_of(w, sparse, 3, p, t, g)));
    t[0] = -1;
    assert_near(value_of(w, "sparse_categorical_crossentropy(ignore_class=-1)", 3, p, t, g), 0, 0,
                "ignored", 0);
    memcpy(p, (plm_real[]){80, -80, 0}, 3 * sizeof *p);
    memcpy(t, (plm_real[]){1, 0, 1}, 3 * sizeof *t);
    assert_near(value_of(w, "binary_crossentropy(from_logits=true)", 3, p, t, g), log(2) / 3, 1e-6,
                "binary", 0);
    plm_close(w);
}

/* ---- the op ---- */

static void fill(net *t, size_t inputs, size_t goals, bool labels, size_t classes)
{
    plm_random r = plm_random_open(9, PLM_RANDOM_TEST, 0, 0);
    for (size_t i = 0; i < inputs; i++)
        t->input[i] = (float)plm_random_normal(&r);
    for (size_t i = 0; i < goals; i++)
        t->goal[i] = labels ? (float)plm_random_below(&r, classes) : (float)plm_random_uniform(&r);
    for (size_t i = 0; i < NET_ROWS; i++)
        t->weights[i] = (float)(0.5 + plm_random_uniform(&r));
    for (size_t i = 0; i < t->alphas; i++)
        t->p[i] = (plm_real)(0.5 + 0.5 * plm_random_uniform(&r));
}

static void check_op(const char *loss, const plm_shape *shape, const plm_shape *target,
                     bool weighted)
{
    plm *w = open_runtime(NULL);
    net t;
    const bool labels = strstr(loss, "sparse") != NULL;
    const plm_shape aim = target ? *target : *shape;
    net_open(&t, w,
             &(net_request){.shape = *shape,
                            .target = target,
                            .ops = {"activation(softmax)"},
                            .loss = loss,
                            .weighted = weighted});
    fill(&t, (size_t)(NET_ROWS * shape->lines * shape->width),
         (size_t)(NET_ROWS * aim.lines * aim.width), labels, (size_t)shape->width);
    net_check(&t, loss);
    net_close(&t);
    plm_close(w);
}

static void test_op(void **state)
{
    const plm_shape flat = plm_shape_of(1, (int64_t[]){7}),
                    lines = plm_shape_lines(2, (int64_t[]){3, 7});
    const plm_shape one = plm_shape_of(0, NULL), labels = plm_shape_of(1, (int64_t[]){3});
    const plm_shape columns = plm_shape_lines(2, (int64_t[]){3, 1});
    const plm_shape deep = plm_shape_lines(3, (int64_t[]){2, 3, 7});
    const plm_shape deep_lines = plm_shape_lines(2, (int64_t[]){2, 3}),
                    deep_flat = plm_shape_of(2, (int64_t[]){2, 3});
    (void)state;
    for (int weighted = 0; weighted < 2; weighted++) {
        check_op("loss(function=sparse_categorical_crossentropy)", &flat, &one, weighted);
        check_op("loss(function=sparse_categorical_crossentropy)", &lines, &labels, weighted);
        check_op("loss(function=sparse_categorical_crossentropy)", &lines, &columns, weighted);
        check_op("loss(function=sparse_categorical_crossentropy)", &deep, &deep_lines, weighted);
        check_op("loss(function=sparse_categorical_crossentropy)", &deep, &deep_flat, weighted);
        check_op("loss(function=sparse_categorical_crossentropy(ignore_class=3))", &deep,
                 &deep_lines, weighted);
        check_op("loss(function=sparse_categorical_crossentropy(ignore_class=2))", &flat, &one,
                 weighted);
        check_op("loss(function=sparse_categorical_crossentropy(ignore_class=2))", &lines, &labels,
                 weighted);
        check_op("loss(function=categorical_crossentropy)", &lines, NULL, weighted);
        check_op("loss(function=mse)", &lines, NULL, weighted);
        check_op("loss(function=kl_divergence)", &flat, NULL, weighted);
    }
}

/* Masked rows count neither above nor below the line; factor scales the gradient, not the value. */
static void test_mask_and_factor(void **state)
{
    plm *w = open_runtime(NULL);
    net t;
    const plm_shape flat = plm_shape_of(1, (int64_t[]){4}), one = plm_shape_of(0, NULL);
    double g[2] = {0}, value[2];
    (void)state;
    for (int k = 0; k < 2; k++) {
        net_open(&t, w,
                 &(net_request){
                     .shape = flat,
                     .target = &one,
                     .ops = {"activation(softmax)"},
                     .loss = k == 0
                                 ? "loss(function=sparse_categorical_crossentropy(ignore_class=3))"
                                 : "loss(sparse_categorical_crossentropy(ignore_class=3), 2.5)"});
        memset(t.input, 0, sizeof(float) * NET_ROWS * 4);
        for (size_t i = 0; i < NET_ROWS * 4; i += 3)
            t.input[i] = -1;
        memcpy(t.goal, (float[]){0, 3, 1, 3, 2}, sizeof(float) * NET_ROWS);
        for (size_t i = 0; i < 4; i++)
            t.p[i] = 1;
        value[k] = net_run(&t);
        g[k] = (double)t.g[0];
        const plm_real *v = plm_plan_read(t.plan, t.loss);
        assert_near((double)v[1] + (double)v[3], 0, 0, "masked", 0);
        double mean = 0;
        for (size_t i = 0; i < NET_ROWS; i += 2) { /* the three that count, by hand */
            double sum = 0;
            for (size_t j = 0; j < 4; j++)
                sum += exp((double)t.input[4 * i + j]);
            mean -= ((double)t.input[4 * i + (size_t)t.goal[i]] - log(sum)) / 3;
        }
        assert_near(value[k], mean, 1e-6, "mean over those that count", 0);
        net_close(&t);
    }
    assert_near(g[1], 2.5 * g[0], 1e-6, "factor", 0);
    plm_close(w);
}

static void test_shapes_that_do_not_fit(void **state)
{
    plm *w = open_runtime(NULL);
    plm_arena a = {.w = w};
    const void *config = NULL;
    const char *why = NULL;
    const plm_shape ten = plm_shape_of(1, (int64_t[]){10}), three = plm_shape_of(1, (int64_t[]){3});
    const plm_shape one = plm_shape_of(0, NULL), column = plm_shape_of(1, (int64_t[]){1});
    (void)state;
    const plm_loss_kind *mse = (const void *)bind(&a, "loss", "mse", &config);
    const plm_loss_kind *sparse =
        (const void *)bind(&a, "loss", "sparse_categorical_crossentropy", &config);
    assert_false(mse->fits(NULL, &ten, &three, &why));
    assert_non_null(strstr(why, "shape of the prediction"));
    assert_true(mse->fits(NULL, &column, &one, &why));
    assert_true(sparse->fits(config, &ten, &one, &why) &&
                sparse->fits(config, &ten, &column, &why));
    assert_false(sparse->fits(config, &ten, &ten, &why));
    assert_non_null(strstr(why, "label"));
    plm_arena_free(&a);
    plm_close(w);
}

/* What the op is given is checked once more than by the compilation of a model. */
static void test_op_refuses(void **state)
{
    static const int64_t seven[] = {3, 7}, six[] = {3, 6};
    const plm_shape flat = plm_shape_of(2, seven), other = plm_shape_of(2, six);
    const struct {
        plm_shape prediction, target;
        plm_status status;
        const char *what;
    } wrong[] = {{flat, other, PLM_E_SHAPE, "do not fit"},
                 {flat, flat, PLM_E_INTERNAL, "is not stored as vectors along the last axis"}};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        plm *w = open_runtime(NULL);
        plm_arena a = {.w = w};
        plm_graph g;
        assert_int_equal(plm_graph_open(&g, &a), PLM_OK);
        const plm_value both[] = {plm_graph_input(&g, PLM_FROM_INPUT, 0, &wrong[i].prediction),
                                  plm_graph_input(&g, PLM_FROM_TARGET, 0, &wrong[i].target)};
        const plm_value out =
            plm_graph_emit(&g, "test", 2, both, "loss(function=categorical_crossentropy)");
        assert_int_equal(out.id, 0);
        assert_int_equal(plm_last_error(w)->status, wrong[i].status);
        assert_non_null(strstr(plm_last_error(w)->what, wrong[i].what));
        plm_arena_free(&a);
        plm_close(w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_and_gradients),
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_op),
        cmocka_unit_test(test_mask_and_factor),
        cmocka_unit_test(test_shapes_that_do_not_fit),
        cmocka_unit_test(test_op_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
