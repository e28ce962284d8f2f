/* Rows that the program makes itself: the bits of the same rows in arrays, epochs with and
 * without a known end, skipped rows, a thread ahead, and what a careless generator does.
 * Learning rates that a loop of one's own sets. */
#include "data_support.h"
#include "plummet_doctor.h"
#include "helper.h"

#include <math.h>

enum { ROWS = 150, WIDTH = 3, ALL = -1 };

/* Rows 0, 1, ... of an epoch, at most `step` at a time. */
typedef struct {
    float x[ROWS][WIDTH], y[ROWS], weight[ROWS];
    /* limit: rows of an epoch before next makes none; ALL = it begins anew */
    int64_t at, step, limit;
    int64_t epoch;
    int begun;
    plm_status fault; /* of next, from the second epoch on, or ... */
    int fail_at;      /* ... after it began so often; -1 = by epochs */
    int64_t lie;      /* added to what it says it wrote */
} maker;

static maker maker_new(void)
{
    maker s = {.step = 1000, .limit = ROWS, .fail_at = -1};
    for (int i = 0; i < ROWS; i++) {
        for (int k = 0; k < WIDTH; k++)
            s.x[i][k] = (float)((i * 31 + k * 17) % 23) / 23;
        s.y[i] = s.x[i][0] > s.x[i][1] ? 1 : 0;
        s.weight[i] = (float)(i % 3) / 2;
    }
    return s;
}

static plm_status maker_begin(void *self, int64_t epoch)
{
    maker *s = self;
    s->at = 0;
    s->epoch = epoch;
    s->begun++;
    return PLM_OK;
}

static plm_status maker_next(void *self, plm_batch *room, float *weight)
{
    maker *s = self;
    int64_t rows = room->rows < s->step ? room->rows : s->step;
    if ((s->fail_at >= 0 ? s->begun > s->fail_at : s->epoch > 0) && s->fault < 0)
        return s->fault;
    if (s->limit != ALL && rows > s->limit - s->at)
        rows = s->limit - s->at;
    for (int64_t i = 0; i < rows; i++) {
        const int64_t row = (s->at + i) % ROWS;
        memcpy((float *)room->input[0].data + i * WIDTH, s->x[row], sizeof s->x[row]);
        ((float *)room->target[0].data)[i] = s->y[row];
        if (weight)
            weight[i] = s->weight[row];
    }
    s->at += rows;
    room->rows = rows + s->lie;
    return PLM_OK;
}

static plm_data *stream_of(plm *w, maker *s, int64_t rows, const char *transforms)
{
    return plm_data_generator(w, PLM_GENERATOR(.rows = rows, .inputs = 1, .input_rank = {1},
                                               .input_dims = {{WIDTH}}, .targets = 1,
                                               .begin = maker_begin, .next = maker_next, .self = s,
                                               .transforms = transforms));
}

static plm_model *net_of(plm *w, const char *optimizer)
{
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(%d)", WIDTH);
    plm_add(m, "normalization");
    plm_add(m, "dense(9, activation=tanh)");
    plm_add(m, "dense(1, activation=sigmoid)");
    assert_int_equal(plm_compile(m, optimizer, "binary_crossentropy", "accuracy"), PLM_OK);
    return m;
}

/* Every parameter of a net that was trained on d for three epochs; frees d. */
static void train(plm *w, plm_data *d, float out[100])
{
    plm_model *m = net_of(w, "adam(0.01)");
    int64_t at = 0;
    memset(out, 0, 100 * sizeof *out);
    assert_non_null(d);
    assert_int_equal(plm_fit(m, d, PLM_FIT(.epochs = 3)), PLM_OK);
    for (int64_t i = 0; i < plm_parameters(m, i, NULL); i++) {
        plm_parameter p;
        int64_t size = 1;
        plm_parameters(m, i, &p);
        for (int k = 0; k < p.rank; k++)
            size *= p.dims[k];
        assert_true(at + size <= 100);
        assert_int_equal(plm_parameter_read(m, i, out + at), PLM_OK);
        at += size;
    }
    assert_true(at > 40);
    plm_data_free(d);
    plm_model_free(m);
}

static void made_rows_train_as_arrays_do(void **state)
{
    (void)state;
    maker s = maker_new();
    float want[100], got[100];
    const plm_view x = {s.x, PLM_F32, 2, {ROWS, WIDTH}}, y = {s.y, PLM_F32, 1, {ROWS}},
                   weight = {s.weight, PLM_F32, 1, {ROWS}};
    plm *w = plm_open(PLM_OPTIONS(.threads = 2, .seed = 4));
    train(w, plm_data_arrays(w, &x, &y, "batch(32)"), want);
    train(w, stream_of(w, &s, 0, "batch(32)"), got); /* the end is known when it comes */
    assert_memory_equal(want, got, sizeof want);
    assert_true(s.begun >= 4 && s.epoch == 2); /* normalization took a pass of its own */
    s.step = 7;                                /* a few at a time: batches are full all the same */
    train(w, stream_of(w, &s, 0, "batch(32)"), got);
    assert_memory_equal(want, got, sizeof want);
    s.limit = ALL; /* without end: an epoch is what was said */
    train(w, stream_of(w, &s, ROWS, "batch(32)"), got);
    assert_memory_equal(want, got, sizeof want);
    train(w, stream_of(w, &s, ROWS, "batch(32) | prefetch(3)"), got);
    assert_memory_equal(want, got, sizeof want);
    train(w, plm_data_arrays(w, &x, &y, "skip(10) | take(100) | batch(32)"), want);
    train(w, stream_of(w, &s, ROWS, "skip(10) | take(100) | batch(32)"), got);
    assert_memory_equal(want, got, sizeof want);
    train(w,
          plm_data_from_arrays(w, PLM_ARRAYS(.inputs = 1, .input = &x, .targets = 1, .target = &y,
                                             .weight = &weight)),
          want);
    train(
        w,
        plm_data_generator(w, PLM_GENERATOR(.rows = ROWS, .inputs = 1, .input_rank = {1},
                                            .input_dims = {{WIDTH}}, .targets = 1, .weighted = true,
                                            .begin = maker_begin, .next = maker_next, .self = &s)),
        got);
    assert_memory_equal(want, got, sizeof want);
    plm_close(w);
}

static void about_and_shuffle(void **state)
{
    (void)state;
    maker s = maker_new();
    plm_data_info info;
    plm_batch b;
    int64_t rows = 0;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_data *d = stream_of(w, &s, ROWS, "shuffle(50) | batch(40)");
    assert_int_equal(plm_data_get_info(d, &info), PLM_OK);
    assert_true(info.rows == ROWS && info.batch == 40 && info.inputs == 1 && info.targets == 1);
    assert_true(info.input_rank[0] == 1 && info.input_dims[0][0] == WIDTH &&
                info.target_rank[0] == 0);
    double sum = 0, want = 0;
    bool moved = false;
    while (plm_data_next(d, &b) == PLM_OK) {
        const float *x = b.input[0].data;
        moved = moved || (rows == 0 && memcmp(x, s.x, sizeof *x * 40 * WIDTH) != 0);
        rows += b.rows;
        for (int64_t i = 0; i < b.rows * WIDTH; i++)
            sum += (double)x[i];
    }
    for (int i = 0; i < ROWS * WIDTH; i++)
        want += (double)s.x[i / WIDTH][i % WIDTH];
    assert_int_equal(rows, ROWS);
    assert_true(moved && fabs(sum - want) < 1e-3);
    plm_data_free(d);
    plm_close(w);
}

static void sizes_are_told(void **state)
{
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    assert_null(plm_data_generator(w, PLM_GENERATOR(.inputs = 5, .next = maker_next)));
    assert_error(w, PLM_E_SHAPE, "5 inputs", "1 to 4");
    assert_null(
        plm_data_generator(w, PLM_GENERATOR(.inputs = 1, .input_rank = {9}, .next = maker_next)));
    assert_error(w, PLM_E_SHAPE, "9 axes", "0 to 7");
    assert_null(plm_data_generator(w, PLM_GENERATOR(.inputs = 1, .input_rank = {1},
                                                    .input_dims = {{-3}}, .next = maker_next)));
    assert_error(w, PLM_E_SHAPE, "rows of the generator have the size -3 on axis 0", "0 or more");
    assert_null(
        plm_data_generator(w, PLM_GENERATOR(.inputs = 1, .input_rank = {2},
                                            .input_dims = {{INT64_C(1) << 40, INT64_C(1) << 40}},
                                            .next = maker_next)));
    assert_error(w, PLM_E_SHAPE, "rows of the generator are larger than memory", "smaller");
    plm_close(w);
}

static void faults_are_told(void **state)
{
    (void)state;
    maker s = maker_new();
    plm_batch b;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    assert_null(plm_data_generator(w, NULL));
    assert_null(plm_data_generator(w, PLM_GENERATOR(.inputs = 1)));
    assert_error(w, PLM_E_ORDER, "next of the generator is NULL", "function");
    assert_null(stream_of(w, &s, 0, "shufle"));
    assert_error(w, PLM_E_SPEC, "shufle", "shuffle");
    s.fault = PLM_E_IO;
    plm_data *d = stream_of(w, &s, 0, NULL);
    plm_model *m = net_of(w, "adam");
    assert_null(plm_data_split(d, "split(0.2)"));
    assert_error(w, PLM_E_UNSUPPORTED, "cannot be split", "second generator");
    assert_string_equal(plm_last_error(w)->where, "generator");
    assert_int_equal(plm_fit(m, d, PLM_FIT(.epochs = 2)), PLM_E_IO);
    assert_error(w, PLM_E_IO, "status -5 in epoch 1", "next of your plm_generator");
    s.fault = PLM_OK;
    s.lie = 1;
    assert_int_equal(plm_data_rewind(d, 0), PLM_OK);
    assert_int_equal(plm_data_next(d, &b), PLM_E_DATA);
    assert_error(w, PLM_E_DATA, "asked for 32 rows, but reports that it wrote 33", "batch->rows");
    s.lie = 0;
    s.x[3][1] = (float)INFINITY;
    assert_int_equal(plm_data_rewind(d, 0), PLM_OK);
    assert_int_equal(plm_data_next(d, &b), PLM_E_DATA);
    assert_error(w, PLM_E_DATA, "row 3, number 1 is infinite", NULL);
    plm_data_free(d);
    plm_model_free(m);
    plm_close(w);
}

/* ---- the learning rate of a loop of one's own ---- */

static float bias_after(plm *w, const maker *s, const char *optimizer, double first, double second)
{
    const plm_batch b = {.rows = ROWS,
                         .inputs = 1,
                         .targets = 1,
                         .input = {{(void *)(uintptr_t)s->x, PLM_F32, 2, {ROWS, WIDTH}}},
                         .target = {{(void *)(uintptr_t)s->y, PLM_F32, 1, {ROWS}}}};
    plm_model *m = net_of(w, optimizer);
    float bias = 0;
    for (int i = 0; i < 2; i++) {
        const double rate = i == 0 ? first : second;
        if (!isnan(rate))
            assert_int_equal(plm_model_set_learning_rate(m, rate), PLM_OK);
        assert_int_equal(plm_train_batch(m, &b, NULL, 0), PLM_OK);
        if (rate >= 0)
            assert_true(plm_model_learning_rate(m) == rate);
    }
    assert_int_equal(plm_parameter_read(m, plm_parameters(m, 0, NULL) - 1, &bias), PLM_OK);
    plm_model_free(m);
    return bias;
}

static void a_loop_sets_the_rate(void **state)
{
    (void)state;
    const maker s = maker_new();
    plm *w = plm_open(PLM_OPTIONS(.threads = 1, .seed = 4));
    const float want = bias_after(w, &s, "sgd(0.25)", NAN, NAN);
    assert_true(want != 0);
    assert_true(bias_after(w, &s, "sgd(0.5)", 0.25, 0.25) == want);
    assert_true(bias_after(w, &s, "sgd(0.25)", 0.25, -1) == want); /* and the schedule again */
    assert_true(bias_after(w, &s, "sgd(0.25)", 0, 0) == 0);
    plm_model *m = net_of(w, "sgd(0.125)");
    assert_true(plm_model_learning_rate(m) == 0.125 && plm_model_learning_rate(NULL) == 0);
    assert_int_equal(plm_model_set_learning_rate(m, NAN), PLM_E_SPEC);
    assert_error(w, PLM_E_SPEC, "cannot be nan", "schedule");
    assert_int_equal(plm_model_set_learning_rate(NULL, 1), PLM_E_ORDER);
    assert_int_equal(plm_compile(m, NULL, NULL, NULL), PLM_OK);
    assert_int_equal(plm_model_set_learning_rate(m, 1), PLM_E_ORDER);
    assert_true(plm_model_learning_rate(m) == 0);
    plm_model_free(m);
    plm_close(w);
}

/* Rows that cannot be made again: the doctor says so, whichever of its passes asks for them. */
static void rows_that_fail_later(void **state)
{
    (void)state;
    for (int pass = 0; pass < 4; pass++) {
        maker s = maker_new();
        plm *w = plm_open(PLM_OPTIONS(.threads = 1));
        plm_data *d = stream_of(w, &s, ROWS, "batch(16)");
        plm_model *m = net_of(w, "sgd(0.1)");
        s.fail_at = pass;
        s.fault = PLM_E_IO;
        plm_diagnosis *g = plm_doctor(m, d, NULL);
        assert_non_null(g);
        assert_true(s.begun > pass);
        assert_non_null(
            strstr(plm_diagnosis_text(g, 80), "next of the generator returned status -5"));
        plm_diagnosis_free(g);
        plm_model_free(m);
        plm_data_free(d);
        plm_close(w);
    }
}

/* A generator without rows is told as such; the place says that it is that of the validation. */
static void no_rows_are_told(void **state)
{
    (void)state;
    maker full = maker_new(), empty = maker_new();
    empty.limit = 0;
    plm *w = plm_open(NULL);
    plm_data *train = stream_of(w, &full, 0, "batch(50)"),
             *none = stream_of(w, &empty, 0, "batch(50)");
    plm_model *m = net_of(w, "sgd(0.1)");
    const plm_error *e = plm_last_error(w);
    assert_int_equal(plm_fit(m, none, PLM_FIT(.epochs = 1)), PLM_E_DATA);
    assert_string_equal(e->what, "the generator gave no rows in this epoch");
    assert_string_equal(e->where, "generator");
    assert_non_null(strstr(e->hint, "the function next of your plm_generator"));
    assert_int_equal(plm_fit(m, train, PLM_FIT(.epochs = 1, .validation = none)), PLM_E_DATA);
    assert_string_equal(e->where, "validation: generator");
    assert_string_equal(e->key, "validation");
    plm_model_free(m);
    plm_data_free(train);
    plm_data_free(none);
    plm_close(w);
}

/* The call of next that fails, counted backwards; 0 = none. */
static int calls_left;

static plm_status next_but_one(void *self, plm_batch *room, float *weight)
{
    return calls_left > 0 && --calls_left == 0 ? PLM_E_IO : maker_next(self, room, weight);
}

/* Trains two batches of each epoch, of three that there are. */
static plm_status fit_two_of_three(const char *from, int64_t epochs, int fails, double *loss)
{
    maker s = maker_new();
    plm_history h = {0};
    plm *w = plm_open(PLM_OPTIONS(.threads = 1, .seed = 5));
    plm_data *d = plm_data_generator(w, PLM_GENERATOR(.rows = ROWS, .inputs = 1, .input_rank = {1},
                                                      .input_dims = {{WIDTH}}, .targets = 1,
                                                      .begin = maker_begin, .next = next_but_one,
                                                      .self = &s, .transforms = "batch(50)"));
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(3) | dense(1, activation=sigmoid)");
    assert_int_equal(plm_compile(m, "sgd(0.1)", "binary_crossentropy", NULL), PLM_OK);
    calls_left = fails;
    const plm_status status =
        plm_fit(m, d,
                PLM_FIT(.epochs = epochs, .steps_per_epoch = 2, .resume = from,
                        .checkpoint = from == NULL ? test_path("two.st") : NULL));
    assert_int_equal(plm_model_history(m, &h), PLM_OK);
    *loss = h.rows > 0 ? h.value[h.rows * h.columns - h.columns + 1] : 0;
    plm_model_free(m);
    plm_data_free(d);
    plm_close(w);
    return status;
}

/* A resumed fit begins behind the batches that were trained: it reads them again, and ends if they
 * cannot be read. */
static void passed_batches_that_fail(void **state)
{
    double whole = 0, half = 0, resumed = 0;
    (void)state;
    assert_int_equal(fit_two_of_three(NULL, 2, 0, &whole), PLM_OK);
    assert_int_equal(fit_two_of_three(NULL, 1, 0, &half), PLM_OK);
    const char *const from = test_path("two.st");
    assert_int_equal(fit_two_of_three(from, 2, 2, &resumed), PLM_E_IO);
    assert_int_equal(fit_two_of_three(from, 2, 0, &resumed), PLM_OK);
    assert_true(resumed == whole && resumed != half);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(made_rows_train_as_arrays_do),
                                       cmocka_unit_test(about_and_shuffle),
                                       cmocka_unit_test(sizes_are_told),
                                       cmocka_unit_test(faults_are_told),
                                       cmocka_unit_test(no_rows_are_told),
                                       cmocka_unit_test(rows_that_fail_later),
                                       cmocka_unit_test(a_loop_sets_the_rate),
                                       cmocka_unit_test(passed_batches_that_fail)};
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
