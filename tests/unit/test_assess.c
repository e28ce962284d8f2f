/* What predictions are worth: figures against values by hand, the same intervals for the same seed,
 * worst rows, importance of inputs, parts of a prediction that add up. */
#include "helper.h"

#include <math.h>

#include "assess/assess.h"
#include "assess/importance.h"
#include "data/data.h"
#include "model/schema.h"

enum { ROWS = 8, MANY = 200 };

static void near(double got, double wanted)
{
    if (!(fabs(got - wanted) <= 1e-9 * (1 + fabs(wanted))))
        fail_msg("%.12g, not %.12g", got, wanted);
}

static double figure(const plm_assessment *s, const char *name)
{
    const plm_figure *f = plm_assessment_figure(s, name);
    assert_non_null(f);
    assert_true(isnan(f->is.low) || f->is.low <= f->is.high);
    return f->is.value;
}

/* The worst rows are all rows, each once, from the largest loss to the smallest. */
static void check_worst(const plm_assessment *s)
{
    bool seen[ROWS] = {false};
    assert_int_equal(s->worst, ROWS);
    for (int i = 0; i < s->worst; i++) {
        const plm_predicted_target *t = s->target;
        const int64_t row = s->worst_row[i];
        assert_true(row >= 0 && row < ROWS && !seen[row]);
        seen[row] = true;
        near(s->worst_loss[i], t->classes > 0
                                   ? plm_predicted_class_loss(
                                         (double)t->probability[row * t->classes + t->truth[row]])
                                   : fabs(t->guess[row] - t->wanted[row]));
        assert_true(i == 0 || s->worst_loss[i] <= s->worst_loss[i - 1]);
    }
}

/* Checks what is known of the rows of test_classes. */
static void check_classes(const plm_assessment *s, double loss)
{
    /* right: rows 0, 1, 4, 5, 6; taken for yes: 0, 1, 3, 6, 7 */
    near(figure(s, "accuracy"), 5.0 / 8);
    near(figure(s, "balanced_accuracy"), (3.0 / 4 + 2.0 / 4) / 2);
    near(figure(s, "f1"), (2 * 3.0 / (4 + 5) + 2 * 2.0 / (4 + 3)) / 2);
    assert_true(fabs(figure(s, "log_loss") - loss) < 1e-12);
    /* of 16 pairs: 0.9 and 0.8 win 4 each, 0.3 wins 1, 0.7 wins 3 and shares one */
    near(figure(s, "auc"), (4 + 4 + 1 + 3.5) / 16);
    assert_int_equal(s->confusion[0], 2);
    assert_int_equal(s->confusion[1], 2);
    assert_int_equal(s->confusion[2], 1);
    assert_int_equal(s->confusion[3], 3);
    near(s->of_class[1].precision.value, 3.0 / 5);
    near(s->of_class[0].recall.value, 0.5);
    near(s->without, 0.5);
    check_worst(s);
    assert_true(s->worst_row[0] == 2 || s->worst_row[0] == 7); /* both have 0.3 for the truth */
}

/* Eight rows of two classes: probabilities of class 1, and the truth. */
static void test_classes(void **state)
{
    (void)state;
    static const char *const label[] = {"no", "yes"};
    static const float one[ROWS] = {0.9f, 0.8f, 0.3f, 0.6f, 0.4f, 0.1f, 0.7f, 0.7f};
    int truth[ROWS] = {1, 1, 1, 0, 0, 0, 1, 0};
    float probability[2 * ROWS];
    double loss = 0;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_arena a = {.w = w};
    plm_predicted p = {.w = w, .rows = ROWS, .targets = 1};
    for (int i = 0; i < ROWS; i++) {
        probability[2 * i] = 1 - one[i];
        probability[2 * i + 1] = one[i];
        loss -= log((double)probability[2 * i + truth[i]]) / ROWS;
    }
    p.target[0] = (plm_predicted_target){
        .name = "", .classes = 2, .label = label, .probability = probability, .truth = truth};
    plm_assessment s, again;
    assert_int_equal(plm_assess(&p, 0, 7, 50, &a, &s), PLM_OK);
    check_classes(&s, loss);
    assert_int_equal(plm_assess(&p, 0, 7, 50, &a, &again), PLM_OK);
    for (int i = 0; i < s.figures; i++) {
        near(s.figure[i].is.low, again.figure[i].is.low);
        near(s.figure[i].is.high, again.figure[i].is.high);
    }
    plm_arena_free(&a);
    plm_close(w);
}

/* Five classes on a narrow screen: the confusions in the order of their rows, each once; on a wide
 * one the whole matrix. */
static void test_confusions(void **state)
{
    (void)state;
    enum { CLASSES = 5, ALL = 30 };
    static const char *const label[] = {"first", "second", "third", "fourth", "fifth"};
    /* true and predicted class, so many times */
    static const int rows[][3] = {{0, 0, 6}, {0, 1, 2}, {1, 1, 4}, {1, 3, 5}, {2, 0, 2},
                                  {2, 4, 1}, {3, 3, 5}, {4, 2, 2}, {4, 4, 3}};
    int truth[ALL], n = 0;
    float probability[ALL * CLASSES] = {0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int k = 0; k < rows[i][2]; k++, n++) {
            truth[n] = rows[i][0];
            for (int c = 0; c < CLASSES; c++)
                probability[n * CLASSES + c] = c == rows[i][1] ? 0.6f : 0.1f;
        }
    assert_int_equal(n, ALL);
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_arena a = {.w = w};
    plm_predicted p = {.w = w, .rows = ALL, .targets = 1};
    p.target[0] = (plm_predicted_target){
        .name = "", .classes = CLASSES, .label = label, .probability = probability, .truth = truth};
    plm_assessment s;
    assert_int_equal(plm_assess(&p, 0, 7, 20, &a, &s), PLM_OK);
    plm_text narrow = {.w = w}, wide = {.w = w};
    plm_assessment_text(&narrow, &s, NULL, 0, false, 30);
    plm_assessment_text(&wide, &s, NULL, 0, true, 70);
    assert_non_null(strstr(plm_text_get(&narrow), "true class  predicted  rows\n"
                                                  "second         fourth     5\n"
                                                  "first          second     2\n"
                                                  "third           first     2\n"
                                                  "fifth           third     2\n"
                                                  "third           fifth     1\n"));
    assert_non_null(strstr(plm_text_get(&wide), "\nsecond "));
    assert_null(strstr(plm_text_get(&wide), "most frequent"));
    plm_text_free(&narrow);
    plm_text_free(&wide);
    plm_arena_free(&a);
    plm_close(w);
}

/* Numbers a billion away from 0, whose errors are of the size 1. */
static void test_numbers(void **state)
{
    (void)state;
    double wanted[ROWS], guess[ROWS], square = 0, around = 0;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_arena a = {.w = w};
    plm_predicted p = {.w = w, .rows = ROWS, .targets = 1};
    for (int i = 0; i < ROWS; i++) {
        wanted[i] = 1e9 + i;
        guess[i] = wanted[i] + (i % 2 ? 0.5 : -1.5);
        square += (guess[i] - wanted[i]) * (guess[i] - wanted[i]);
        around += (i - 3.5) * (i - 3.5);
    }
    p.target[0] =
        (plm_predicted_target){.name = "y", .guess = guess, .wanted = wanted, .mean = 1e9 + 3};
    plm_assessment s;
    assert_int_equal(plm_assess(&p, 0, 0, 0, &a, &s), PLM_OK);
    near(s.without, sqrt(around / ROWS + 0.25)); /* the mean of the rows is 1e9 + 3.5 */
    p.target[0].mean = (double)NAN;
    assert_int_equal(plm_assess(&p, 0, 0, 0, &a, &s), PLM_OK);
    near(figure(&s, "rmse"), sqrt(square / ROWS));
    near(figure(&s, "mae"), 1);
    near(figure(&s, "r2"), 1 - square / around);
    near(s.without, sqrt(around / ROWS));
    check_worst(&s);
    near(s.worst_loss[0], 1.5);
    assert_int_equal(s.worst_row[0], 0);
    p.rows = 1; /* of which there is no variance */
    plm_assessment one;
    assert_int_equal(plm_assess(&p, 0, 0, 0, &a, &one), PLM_OK);
    near(figure(&one, "rmse"), 1.5);
    near(figure(&one, "mae"), 1.5);
    assert_true(isnan(figure(&one, "r2")));
    plm_text t = {.w = w};
    plm_assessment_text(&t, &s, NULL, 0, false, 0);
    assert_non_null(strstr(plm_text_get(&t), "rmse  1.1180"));
    plm_text_free(&t);
    plm_arena_free(&a);
    plm_close(w);
}

/* y = 3 x0 - x1, with an input that has no part in it, by a linear net with these weights. */
static plm_model *linear(plm *w)
{
    static const float kernel[] = {3, -1, 0};
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(3)");
    plm_add(m, "dense(1, use_bias=false)");
    assert_int_equal(plm_compile(m, "sgd", "mse", NULL), PLM_OK);
    assert_int_equal(plm_parameter_write(m, 0, kernel), PLM_OK);
    return m;
}

/* Explains row 5, and looks for a row that is not there. */
static void check_row(plm_model *m, plm_data *d, plm_input_groups groups, plm_arena *a)
{
    /* of a linear net the part of an input is its weight times its distance to the mean */
    plm_predicted one = {.w = a->w}, others = {.w = a->w};
    plm_explanation e;
    const plm_explain_options how = {.samples = 400, .seed = 1};
    double sum = 0;
    assert_int_equal(plm_predicted_row(&one, m, d, 5), PLM_OK);
    assert_int_equal(one.rows, 1);
    assert_int_equal(one.row[0], 5);
    assert_int_equal(plm_predicted_sample(&others, m, d, MANY, 1), PLM_OK);
    assert_int_equal(others.rows, MANY);
    assert_int_equal(plm_explain(&one, &others, groups, &how, a, &e), PLM_OK);
    for (int k = 0; k < 3; k++)
        sum += e.part[k].value;
    assert_true(fabs(sum - (e.is - e.usual)) < 1e-5);
    for (int k = 0; k < 3; k++)
        if (e.part[k].group == 2)
            near(e.part[k].value, 0);
        else if (e.part[k].group == 0)
            assert_true(fabs(e.part[k].value - 3 * ((double)one.input[0][0] - 15.0 / 31)) < 0.2);
    plm_predicted_free(&one);
    plm_predicted_free(&others);
    assert_int_equal(plm_predicted_row(&one, m, d, MANY), PLM_OK);
    assert_int_equal(one.rows, 0);
    plm_predicted_free(&one);
}

/* The interval of the mean increase is Student's, for each number of repeats. The first repeats of
 * a measurement with more of them are the same, so the means give each increase by itself. */
static void check_intervals(plm_model *m, plm_data *d, plm_input_groups groups, plm_arena *a)
{
    /* the quantiles 0.975 for 1 to 10 degrees of freedom, from a table */
    static const double t[] = {12.7062, 4.3027, 3.1824, 2.7764, 2.5706,
                               2.4469,  2.3646, 2.3060, 2.2622, 2.2281};
    double rise[11], before = 0;
    for (int n = 1; n <= 11; n++) {
        plm_importance *list = NULL;
        plm_importance_options o = {.rows = 150, .repeats = n, .seed = 1};
        assert_int_equal(plm_importance_measure(m, d, groups, &o, a, &list), PLM_OK);
        assert_int_equal(list[0].group, 0);
        const double mean = list[0].rise.value;
        double square = 0;
        rise[n - 1] = n * mean - before;
        before = n * mean;
        for (int i = 0; i < n; i++)
            square += (rise[i] - mean) * (rise[i] - mean);
        if (n == 1) {
            assert_true(isnan(list[0].rise.high) && isnan(list[0].rise.low));
            continue;
        }
        const double half = t[n - 2] * sqrt(square / (n - 1) / n);
        assert_true(half > 0);
        assert_true(fabs(list[0].rise.high - mean - half) < 1e-3 * half);
        assert_true(fabs(mean - list[0].rise.low - half) < 1e-3 * half);
    }
}

static void test_inputs_that_matter(void **state)
{
    (void)state;
    static float x[MANY * 3], y[MANY]; /* of the stream of check_row, too */
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_arena a = {.w = w};
    plm_model *m = linear(w);
    for (int i = 0; i < MANY; i++) {
        for (int k = 0; k < 3; k++)
            x[3 * i + k] = (float)((i * (7 + 4 * k) + k) % 31) / 31;
        y[i] = 3 * x[3 * i] - x[3 * i + 1];
    }
    const plm_view in = plm_view_of(x, PLM_F32, 2, (int64_t[]){MANY, 3}),
                   out = plm_view_of(y, PLM_F32, 1, (int64_t[]){MANY});
    plm_data *d = plm_data_arrays(w, &in, &out, "batch(64)");
    plm_input_groups groups;
    assert_int_equal(plm_input_groups_find(m, d, &a, &groups), PLM_OK);
    assert_int_equal(groups.count, 3);
    plm_importance *list = NULL;
    plm_importance_options o = {.rows = 150, .repeats = 4, .seed = 1};
    assert_int_equal(plm_importance_measure(m, d, groups, &o, &a, &list), PLM_OK);
    assert_int_equal(o.rows, 150);
    assert_int_equal(list[0].group, 0);
    assert_int_equal(list[1].group, 1);
    assert_true(list[0].rise.value > 2 * list[1].rise.value);
    near(list[2].rise.value, 0);
    check_intervals(m, d, groups, &a);
    check_row(m, d, groups, &a);
    plm_data_free(d);
    plm_model_free(m);
    plm_arena_free(&a);
    plm_close(w);
}

/* The names of inputs that no column names: by their place in the row. */
static void test_names(void **state)
{
    static float x[ROWS * 6], y[ROWS];
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    static const struct {
        int rank;
        int64_t dims[3];
        const char *model, *first, *last;
    } shapes[] = {{2, {ROWS, 6}, "input(6) | dense(1)", "number 0", "number 5"},
                  {3,
                   {ROWS, 2, 3},
                   "input(2, 3) | flatten | dense(1)",
                   "row 0, column 0",
                   "row 1, column 2"}};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        plm_arena a = {.w = w};
        plm_input_groups groups = {0};
        const plm_view in = plm_view_of(x, PLM_F32, shapes[i].rank, shapes[i].dims);
        const plm_view out = plm_view_of(y, PLM_F32, 2, (int64_t[]){ROWS, 1});
        plm_data *d = plm_data_arrays(w, &in, &out, NULL);
        plm_model *m = plm_model_new(w);
        plm_add(m, "%s", shapes[i].model);
        assert_int_equal(plm_compile(m, "sgd", "mse", NULL), PLM_OK);
        assert_int_equal(plm_input_groups_find(m, d, &a, &groups), PLM_OK);
        assert_int_equal(groups.count, 6);
        assert_string_equal(groups.at[0].name, shapes[i].first);
        assert_string_equal(groups.at[5].name, shapes[i].last);
        plm_model_free(m);
        plm_data_free(d);
        plm_arena_free(&a);
    }
    plm_close(w);
}

/* Of several inputs that no column names, each value is named by its input, too. */
static void test_names_of_two_inputs(void **state)
{
    static float x[ROWS * 6], y[ROWS];
    static const char *const names[] = {"input 0, number 0", "input 0, number 1",
                                        "row 0, column 0",   "row 0, column 1",
                                        "row 1, column 0",   "row 1, column 1"};
    const plm_view in[2] = {{x, PLM_F32, 2, {ROWS, 2}}, {x, PLM_F32, 3, {ROWS, 2, 2}}},
                   out = {y, PLM_F32, 1, {ROWS}};
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_arena a = {.w = w};
    plm_input_groups groups = {0};
    plm_data *d =
        plm_data_from_arrays(w, PLM_ARRAYS(.inputs = 2, .input = in, .targets = 1, .target = &out));
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(2, name=left)");
    plm_add(m, "input(2, 2) | flatten(name=right)");
    plm_add(m, "concatenate <- left right");
    plm_add(m, "dense(1)");
    assert_int_equal(plm_compile(m, "sgd", "mse", NULL), PLM_OK);
    assert_int_equal(plm_input_groups_find(m, d, &a, &groups), PLM_OK);
    assert_int_equal(groups.count, 6);
    for (int i = 0; i < 6; i++)
        assert_string_equal(groups.at[i].name, names[i]);
    plm_model_free(m);
    plm_data_free(d);
    plm_arena_free(&a);
    plm_close(w);
}

/* A sample has as many rows as are asked for, in the order of the data, and each row once. */
static void test_sample(void **state)
{
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_model *m = plm_model_new(w);
    plm_data *d = plm_data_open(w, "digits | batch(100)");
    plm_predicted p = {.w = w};
    plm_add(m, "input(64)");
    plm_add(m, "dense(10, activation=softmax)");
    assert_int_equal(plm_compile(m, "sgd", "sparse_categorical_crossentropy", NULL), PLM_OK);
    assert_int_equal(plm_predicted_sample(&p, m, d, 37, 5), PLM_OK);
    assert_int_equal(p.rows, 37);
    for (int i = 1; i < 37; i++)
        assert_true(p.row[i] > p.row[i - 1]);
    float sum = 0;
    for (int k = 0; k < 10; k++)
        sum += p.target[0].probability[360 + k];
    assert_true(fabsf(sum - 1) < 1e-5f);
    plm_predicted_free(&p);
    plm_data_free(d);
    plm_model_free(m);
    plm_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_classes), cmocka_unit_test(test_confusions),
        cmocka_unit_test(test_numbers), cmocka_unit_test(test_inputs_that_matter),
        cmocka_unit_test(test_names),   cmocka_unit_test(test_names_of_two_inputs),
        cmocka_unit_test(test_sample)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
