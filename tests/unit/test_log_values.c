/* The values of the logs: each metric has a direction, each value a name of its own, exact areas
 * are exact whatever their memory, and a warning comes where there is nothing to measure. */
#define _POSIX_C_SOURCE 200809L /* mkdtemp */
#include <stdlib.h>
#include <unistd.h>

#include "nn_support.h"
#include "train/run.h"

/* Every metric of the registry, by the way it gets better. */
static const char rising[] =
    " binary_accuracy categorical_accuracy sparse_categorical_accuracy top_k_categorical_accuracy "
    "sparse_top_k_categorical_accuracy cosine_similarity r2_score precision recall f1_score "
    "fbeta_score auc sensitivity_at_specificity specificity_at_sensitivity precision_at_recall "
    "recall_at_precision io_u mean_io_u one_hot_io_u one_hot_mean_io_u binary_io_u "
    "balanced_accuracy pearson_correlation concordance_correlation ";
static const char falling[] =
    " binary_crossentropy categorical_crossentropy sparse_categorical_crossentropy "
    "mean_squared_error mean_absolute_error mean_absolute_percentage_error "
    "mean_squared_logarithmic_error log_cosh hinge squared_hinge categorical_hinge kl_divergence "
    "poisson root_mean_squared_error calibrated_crossentropy ";
static const char neither[] =
    " true_positives true_negatives false_positives false_negatives mean sum ";

static bool lists(const char *list, const char *name)
{
    char word[80];
    snprintf(word, sizeof word, " %s ", name);
    return strstr(list, word) != NULL;
}

static void every_metric_has_a_direction(void **state)
{
    plm *w = open_runtime(NULL);
    (void)state;
    for (const plm_family *f = w->families; f->name != NULL; f++)
        for (const plm_kind *const *k = f->kinds; *k != NULL; k++) {
            const bool metric = strcmp(f->name, "metric") == 0;
            const plm_direction right = !metric                      ? PLM_DIRECTION_NONE
                                        : lists(rising, (*k)->name)  ? PLM_DIRECTION_UP
                                        : lists(falling, (*k)->name) ? PLM_DIRECTION_DOWN
                                        : lists(neither, (*k)->name) ? PLM_DIRECTION_UNKNOWN
                                                                     : PLM_DIRECTION_NONE;
            if ((*k)->direction != right || (metric && right == PLM_DIRECTION_NONE))
                fail_msg("%s %s: direction %d", f->name, (*k)->name, (*k)->direction);
        }
    plm_close(w);
}

/* ---- names ---- */

static plm_model *compiled(plm *w, int outputs, const char *metrics)
{
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(2, name=x)");
    plm_add(m, "dense(2, name=a) <- x");
    if (outputs > 1) {
        plm_add(m, "dense(2, name=a_b) <- x");
        plm_output(m, plm_find(m, "a"));
        plm_output(m, plm_find(m, "a_b"));
    }
    plm_compile(m, "sgd", "mse", metrics);
    return m;
}

static const struct {
    int outputs;
    const char *metrics, *names; /* NULL = refused */
} names_rows[] = {
    {1, "mae, mse", "loss mae mse"},
    {1, "precision(threshold=0.3), precision(threshold=0.7), precision",
     "loss precision precision_1 precision_2"},
    {1, "mae, mae(name=mae)", NULL},
    {1, "mae(name=m), mse(name=m)", NULL},
    {1, "mae(name=loss)", NULL},
    {1, "mae(name=val_loss)", NULL},
    {1, "mae(name=learning_rate)", NULL},
    {1, "mae(name=x), mse(name=val_x)", NULL},
    {1, "mae(name=val_x), mse(name=x)", NULL},
    {1, "mae(name=x), mse(name=y)", "loss x y"},
    {2, "[mae], [mae]", "loss a_loss a_b_loss a_mae a_b_mae"},
    {2, "[mae(name=b_loss)], none", NULL},
    {2, "[mae(name=b_mae)], [mae]", "loss a_loss a_b_loss a_b_mae a_b_mae_1"},
};

static void names_are_unique(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof names_rows / sizeof *names_rows; i++) {
        plm *w = open_runtime(NULL);
        plm_model *m = compiled(w, names_rows[i].outputs, names_rows[i].metrics);
        plm_log log[12];
        char names[200] = "";
        if (names_rows[i].names == NULL) {
            assert_int_equal(plm_last_error(w)->status, PLM_E_SPEC);
            assert_non_null(strstr(plm_last_error(w)->what, "two values in the logs"));
        } else if (plm_last_error(w)->status < 0) {
            fail_msg("%s: %s", names_rows[i].metrics, plm_last_error(w)->what);
        } else {
            const int count = plm_training_logs(m->training, false, log, 12);
            for (int k = 0; k < count; k++) {
                strcat(names, k > 0 ? " " : "");
                strcat(names, log[k].name);
            }
            assert_string_equal(names, names_rows[i].names);
        }
        plm_model_free(m);
        plm_close(w);
    }
}

static void directions_go_by_name(void **state)
{
    static const struct {
        const char *name;
        plm_direction direction;
    } rows[] = {{"loss", PLM_DIRECTION_DOWN},      {"val_loss", PLM_DIRECTION_DOWN},
                {"a_loss", PLM_DIRECTION_DOWN},    {"val_a_b_loss", PLM_DIRECTION_DOWN},
                {"a_hits", PLM_DIRECTION_UP},      {"val_a_hits", PLM_DIRECTION_UP},
                {"a_b_mae", PLM_DIRECTION_DOWN},   {"val_a_b_mae", PLM_DIRECTION_DOWN},
                {"hits", PLM_DIRECTION_UNKNOWN},   {"accuracy", PLM_DIRECTION_UNKNOWN},
                {"a_b_fn", PLM_DIRECTION_UNKNOWN}, {"learning_rate", PLM_DIRECTION_UNKNOWN}};
    plm *w = open_runtime(NULL);
    plm_model *m = compiled(w, 2, "[binary_accuracy(name=hits)], [mae, false_negatives(name=fn)]");
    (void)state;
    assert_int_equal(plm_last_error(w)->status, PLM_OK);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (plm_training_direction(m->training, rows[i].name) != rows[i].direction)
            fail_msg("%s", rows[i].name);
    plm_model_free(m);
    plm_close(w);
}

/* ---- scores ---- */

static unsigned next(unsigned *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* However often they are settled in between, the sums are the same bits; and they rise. */
static void scores_are_sorted(void **state)
{
    enum { COUNT = 5000 };
    plm *w = open_runtime(NULL);
    plm_scores a = {.max = 1 << 19}, b = {.max = 1 << 19};
    unsigned seed = 5;
    (void)state;
    for (int i = 0; i < COUNT; i++) {
        const double score = (double)(next(&seed) % 300) / 64 - 5, weight = 0.1 * (next(&seed) % 9);
        const bool positive = next(&seed) % 3 == 0;
        assert_int_equal(plm_scores_reserve(w, &a, i % 37 == 0 ? 37 : 0), PLM_OK);
        assert_int_equal(plm_scores_reserve(w, &b, i % 37 == 0 ? 37 : 0), PLM_OK);
        plm_scores_add(&a, score, weight, positive);
        plm_scores_add(&b, score, weight, positive);
        if (i % 11 == 0)
            plm_scores_settle(&b);
    }
    plm_scores_settle(&a);
    plm_scores_settle(&b);
    assert_int_equal(a.count, 300);
    assert_int_equal(b.count, 300);
    assert_memory_equal(a.at, b.at, a.count * sizeof *a.at);
    for (size_t k = 1; k < a.count; k++)
        assert_true(a.at[k - 1].score < a.at[k].score);
    plm_scores_free(w, &a);
    plm_scores_free(w, &b);
    plm_close(w);
}

/* With little memory neighbours are taken together: the number is bounded, nothing is lost. */
static void scores_are_bounded(void **state)
{
    enum { COUNT = 20000, MOST = 256, BATCH = 50 };
    plm *w = open_runtime(NULL);
    plm_scores s = {.max = MOST};
    unsigned seed = 9;
    double positive = 0, negative = 0;
    (void)state;
    for (int i = 0; i < COUNT; i++) {
        if (i % BATCH == 0)
            assert_int_equal(plm_scores_reserve(w, &s, BATCH), PLM_OK);
        plm_scores_add(&s, (double)next(&seed) / 16777216 - 0.25, 1, i % 4 == 0);
    }
    assert_true(s.capacity <= 1024);
    plm_scores_settle(&s);
    assert_in_range(s.count, MOST / 8, MOST);
    for (size_t k = 0; k < s.count; k++) {
        assert_true(k == 0 || s.at[k - 1].score < s.at[k].score);
        positive += s.at[k].positive;
        negative += s.at[k].negative;
    }
    assert_true(fabs(positive - COUNT / 4) < 1e-6 && fabs(negative - COUNT * 0.75) < 1e-6);
    plm_scores_clear(&s);
    assert_int_equal(s.count + (size_t)s.rough, 0);
    plm_scores_free(w, &s);
    plm_close(w);
}

/* Scores that are infinite keep apart and in order, also where others are rounded. */
static void infinite_scores_stay(void **state)
{
    enum { COUNT = 1000 };
    plm *w = open_runtime(NULL);
    plm_scores s = {.max = 16};
    (void)state;
    assert_int_equal(plm_scores_reserve(w, &s, COUNT + 2), PLM_OK);
    for (int i = 0; i < COUNT; i++)
        plm_scores_add(&s, 1 + (double)i / COUNT, 1, false);
    plm_scores_add(&s, -(double)INFINITY, 1, true);
    plm_scores_add(&s, (double)INFINITY, 1, true);
    plm_scores_settle(&s);
    assert_true(s.rough > 0);
    assert_in_range(s.count, 4, 16);
    const plm_score first = s.at[0], last = s.at[s.count - 1];
    assert_true(first.score == -(double)INFINITY && first.positive == 1 && first.negative == 0);
    assert_true(last.score == (double)INFINITY && last.positive == 1 && last.negative == 0);
    plm_scores_free(w, &s);
    plm_close(w);
}

/* ---- an epoch of many batches ---- */

enum { ROWS = 6000 };

typedef struct {
    float x[ROWS], y[ROWS];
    double shown; /* the last within an epoch */
    int batches;
} many;

static plm_status look(void *self, plm_run *run, const plm_event *e)
{
    many *o = self;
    (void)run;
    if (e->kind == PLM_BATCH_END) {
        o->shown = e->log[1].value;
        o->batches++;
    }
    return PLM_OK;
}

/* Over many batches the area of all rows, exact; within the epoch nearly so. */
static void areas_of_long_epochs(void **state)
{
    static many o;
    unsigned seed = 3;
    double higher = 0, pairs = 0;
    (void)state;
    for (int i = 0; i < ROWS; i++) {
        o.y[i] = (float)(next(&seed) % 2);
        o.x[i] = (float)(next(&seed) % 1000) / 1000 + o.y[i] / 8;
    }
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < ROWS; j++)
            if (o.y[i] > o.y[j]) {
                higher += o.x[i] > o.x[j] ? 1 : o.x[i] < o.x[j] ? 0 : 0.5;
                pairs++;
            }
    plm *w = open_runtime(NULL);
    plm_model *m = plm_model_new(w);
    const plm_view x = {o.x, PLM_F32, 2, {ROWS, 1}}, y = {o.y, PLM_F32, 2, {ROWS, 1}};
    plm_data *d = plm_data_arrays(w, &x, &y, "batch(64)");
    const plm_observer mine = {.on_event = look, .self = &o};
    plm_log log[4];
    plm_add(m, "input(1)");
    plm_add(m, "dense(1, kernel_initializer=ones, trainable=false)");
    plm_add(m, "dense(1, kernel_initializer=ones)");
    assert_int_equal(plm_compile(m, "sgd(1e-30)", "mse", "auc, auc(num_thresholds=200)"), PLM_OK);
    assert_int_equal(plm_fit(m, d, PLM_FIT(.epochs = 2, .extra = &mine, .extras = 1)), PLM_OK);
    assert_int_equal(plm_evaluate(m, d, log, 4), PLM_OK);
    assert_int_equal(o.batches, 2 * ((ROWS + 63) / 64));
    assert_true(fabs(log[1].value - higher / pairs) < 1e-12);
    assert_true(fabs(o.shown - log[1].value) < 5e-3);
    plm_data_free(d);
    plm_model_free(m);
    plm_close(w);
}

/* ---- a checkpoint within an epoch ---- */

static plm_status keep_value(void *self, plm_run *run, const plm_event *e)
{
    (void)run;
    if (e->kind == PLM_EPOCH_END)
        *(double *)self = e->log[1].value;
    return PLM_OK;
}

/* The area of the epoch's training rows; resume NULL = from the start. */
static double area_of_fit(const char *metrics, const char *observers, const char *resume)
{
    static float x[ROWS], y[ROWS];
    unsigned seed = 11;
    double value = -1;
    for (int i = 0; i < ROWS; i++) {
        y[i] = (float)(next(&seed) % 2);
        x[i] = (float)(next(&seed) % 1000) / 1000 + y[i] / 8;
    }
    plm *w = open_runtime(NULL);
    plm_model *m = plm_model_new(w);
    const plm_view in = {x, PLM_F32, 2, {ROWS, 1}}, out = {y, PLM_F32, 2, {ROWS, 1}};
    plm_data *d = plm_data_arrays(w, &in, &out, "shuffle | batch(64)");
    const plm_observer mine = {.on_event = keep_value, .self = &value};
    plm_add(m, "input(1)");
    plm_add(m, "dense(1, activation=sigmoid)");
    assert_int_equal(plm_compile(m, "sgd(0.1)", "binary_crossentropy", metrics), PLM_OK);
    const plm_status status = plm_fit(m, d,
                                      PLM_FIT(.epochs = 1, .observers = observers, .resume = resume,
                                              .extra = &mine, .extras = 1));
    if (status != PLM_OK)
        value = status;
    plm_data_free(d);
    plm_model_free(m);
    plm_close(w);
    return value;
}

static void areas_are_resumed(void **state)
{
    static const char *const metrics[] = {"auc", "auc(curve=PR, multi_label=true)"};
    char folder[64] = "/tmp/plummet-values-XXXXXX", path[100], observers[200];
    (void)state;
    assert_non_null(mkdtemp(folder));
    for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++) {
        snprintf(path, sizeof path, "%s/%d", folder, 40);
        snprintf(observers, sizeof observers, "checkpoint('%s/{batch:d}', save_freq=40)", folder);
        const double whole = area_of_fit(metrics[i], observers, NULL);
        const double resumed = area_of_fit(metrics[i], NULL, path);
        assert_true(whole > 0.5 && whole < 1);
        assert_true(resumed <= whole && resumed >= whole);
        /* of other metrics */
        assert_true(area_of_fit("auc, auc(curve=PR)", NULL, path) < 0);
        for (int batch = 40; batch < 100; batch += 40) {
            snprintf(path, sizeof path, "%s/%d", folder, batch);
            assert_int_equal(unlink(path), 0);
        }
    }
    assert_int_equal(rmdir(folder), 0);
}

/* ---- warnings ---- */

static void count_line(void *user, int level, const char *line)
{
    char *all = user;
    if (level == 1)
        snprintf(all + strlen(all), 2000 - strlen(all), "%s\n", line);
}

/* One for each metric, in training and in validation, however many epochs there are. */
static void warnings_come_once(void **state)
{
    static float x[4] = {.1f, .2f, .3f, .4f}, ones[4] = {1, 1, 1, 1}, y[4] = {0, 1, 0, 1};
    char all[2000] = "";
    plm *w = plm_open(PLM_OPTIONS(.threads = 1, .log = count_line, .user = all));
    const plm_view in = {x, PLM_F32, 2, {4, 1}}, one = {ones, PLM_F32, 2, {4, 1}};
    const plm_view two = {y, PLM_F32, 2, {4, 1}};
    plm_data *train = plm_data_arrays(w, &in, &two, NULL);
    plm_data *validation = plm_data_arrays(w, &in, &one, NULL);
    plm_model *m = plm_model_new(w);
    plm_log log[6];
    (void)state;
    plm_add(m, "input(1)");
    plm_add(m, "dense(1, kernel_initializer=zeros, activation=sigmoid)");
    assert_int_equal(
        plm_compile(m, "sgd(1e-30)", "binary_crossentropy", "auc, precision, binary_accuracy"),
        PLM_OK);
    for (int fit = 0; fit < 2; fit++) {
        all[0] = '\0';
        assert_int_equal(plm_fit(m, train, PLM_FIT(.epochs = 3, .validation = validation)), PLM_OK);
        assert_string_equal(all,
                            "precision is 0 by convention: nothing is predicted positive\n"
                            "val_auc is not defined (nan): there are no negatives\n"
                            "val_precision is 0 by convention: nothing is predicted positive\n");
    }
    all[0] = '\0';
    assert_int_equal(plm_evaluate(m, validation, log, 6), PLM_OK);
    assert_string_equal(all, "auc is not defined (nan): there are no negatives\n"
                             "precision is 0 by convention: nothing is predicted positive\n");
    assert_true(isnan(log[1].value));
    plm_data_free(train);
    plm_data_free(validation);
    plm_model_free(m);
    plm_close(w);
}

/* What is said of f1_score where the last of three classes has no positives. */
static void assert_f1_said(const char *metric, const float *prediction, const float *target,
                           const char *said)
{
    char all[2000] = "";
    plm *w = plm_open(PLM_OPTIONS(.threads = 1, .log = count_line, .user = all));
    const plm_view in = {(void *)(uintptr_t)prediction, PLM_F32, 2, {3, 3}},
                   out = {(void *)(uintptr_t)target, PLM_F32, 2, {3, 3}};
    plm_data *d = plm_data_arrays(w, &in, &out, NULL);
    plm_model *m = plm_model_new(w);
    plm_log log[2];
    plm_add(m, "input(3) | dense(3, kernel_initializer=identity)");
    assert_int_equal(plm_compile(m, "sgd", "mse", metric), PLM_OK);
    assert_int_equal(plm_evaluate(m, d, log, 2), PLM_OK);
    assert_string_equal(all, said);
    plm_data_free(d);
    plm_model_free(m);
    plm_close(w);
}

/* A class without positives makes the mean over classes a convention, but not that of all counts
 * together, unless no class has any. */
static void classes_without_positives(void **state)
{
    static const float predicted[9] = {1, 0, 0, 0, 1, 0, 1, 0, 0},
                       is[9] = {1, 0, 0, 0, 1, 0, 0, 1, 0}, none[9] = {0};
    (void)state;
    assert_f1_said("f1_score(average=macro, threshold=0.5)", predicted, is,
                   "f1_score is 0.4444 by convention: a class has no positives and is never "
                   "predicted\n");
    assert_f1_said("f1_score(average=micro, threshold=0.5)", predicted, is, "");
    assert_f1_said("f1_score(average=micro, threshold=0.5)", none, none,
                   "f1_score is 0 by convention: there are no positives, and none is predicted\n");
}

/* Metrics that could not move are refused when the model is compiled. */
static void one_unit_is_no_choice(void **state)
{
    static const char *const metrics[] = {"categorical_accuracy", "top_k", "sparse_top_k",
                                          "categorical_crossentropy"};
    (void)state;
    for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++) {
        plm *w = open_runtime(NULL);
        plm_model *m = plm_model_new(w);
        plm_add(m, "input(2)");
        plm_add(m, "dense(1, activation=sigmoid)");
        assert_int_equal(plm_compile(m, "sgd", "mse", metrics[i]), PLM_E_SHAPE);
        assert_non_null(strstr(plm_last_error(w)->what, "one unit"));
        plm_model_free(m);
        plm_close(w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_metric_has_a_direction), cmocka_unit_test(names_are_unique),
        cmocka_unit_test(directions_go_by_name),        cmocka_unit_test(scores_are_sorted),
        cmocka_unit_test(scores_are_bounded),           cmocka_unit_test(infinite_scores_stay),
        cmocka_unit_test(areas_of_long_epochs),         cmocka_unit_test(areas_are_resumed),
        cmocka_unit_test(warnings_come_once),           cmocka_unit_test(classes_without_positives),
        cmocka_unit_test(one_unit_is_no_choice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
