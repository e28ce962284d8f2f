/* What an epoch leaves besides loss and metrics: learning rate, gradient norm, share of the
 * penalty, losses of steps. And epochs of another length: steps_per_epoch, none at all. */
#include <math.h>
#include <unistd.h>

#include "nn_support.h"

enum { ROWS = 40, WIDTH = 5 };

static float rows_x[ROWS * WIDTH], rows_y[ROWS];

/* A model in training. */
typedef struct {
    plm *w;
    plm_model *m;
    plm_data *d;
    plm_history h;
} trial;

static trial trial_open(const char *layer, const char *optimizer, int batch)
{
    trial n = {.w = open_runtime(NULL)};
    char transforms[64];
    for (int i = 0; i < ROWS * WIDTH; i++)
        rows_x[i] = (float)((i * 37) % 23) / 11 - 1;
    for (int i = 0; i < ROWS; i++)
        rows_y[i] = rows_x[i * WIDTH] - 2 * rows_x[i * WIDTH + 3] + 0.5f;
    const plm_view x = {rows_x, PLM_F32, 2, {ROWS, WIDTH}}, y = {rows_y, PLM_F32, 2, {ROWS, 1}};
    snprintf(transforms, sizeof transforms, "shuffle | batch(%d)", batch);
    n.d = plm_data_arrays(n.w, &x, &y, transforms);
    n.m = plm_model_new(n.w);
    plm_add(n.m, "input(%d)", WIDTH);
    plm_add(n.m, "%s", layer);
    plm_add(n.m, "dense(1, name=last)");
    assert_int_equal(plm_compile(n.m, optimizer, "mse", "mae"), PLM_OK);
    return n;
}

static void trial_close(trial *n)
{
    plm_data_free(n->d);
    plm_model_free(n->m);
    plm_close(n->w);
}

static void fit(trial *n, const plm_fit_options *o)
{
    assert_int_equal(plm_fit(n->m, n->d, o), PLM_OK);
    assert_int_equal(plm_model_history(n->m, &n->h), PLM_OK);
}

/* The value of a column in a row of the history; fails if there is no such column. */
static double value_of(const trial *n, int64_t row, const char *name)
{
    assert_true(row < n->h.rows);
    for (int i = 0; i < n->h.columns; i++)
        if (strcmp(n->h.name[i], name) == 0)
            return n->h.value[row * n->h.columns + i];
    fail_msg("no column %s", name);
    return 0;
}

static bool has_column(const trial *n, const char *name)
{
    for (int i = 0; i < n->h.columns; i++)
        if (strcmp(n->h.name[i], name) == 0)
            return true;
    return false;
}

/* Copies the parameters; returns their number. */
static int copy_weights(const plm_model *m, float *out)
{
    int count = 0;
    plm_parameter p;
    for (int64_t i = 0; i < plm_parameters(m, i, &p); i++) {
        int numbers = 1;
        for (int k = 0; k < p.rank; k++)
            numbers *= (int)p.dims[k];
        assert_int_equal(plm_parameter_read(m, i, out + count), PLM_OK);
        count += numbers;
    }
    return count;
}

/* One step of sgd at rate 1 moves the weights by the gradient: its norm is known. */
static double norm_of_step(const char *layer, const char *optimizer)
{
    static float before[4000], after[4000];
    trial n = trial_open(layer, optimizer, ROWS);
    double sum = 0;
    const int count = copy_weights(n.m, before);
    fit(&n, PLM_FIT(.epochs = 1));
    copy_weights(n.m, after);
    for (int i = 0; i < count; i++)
        sum += ((double)after[i] - (double)before[i]) * ((double)after[i] - (double)before[i]);
    assert_near(value_of(&n, 0, "gradient_norm"), sqrt(sum), 2e-5 * sqrt(sum), layer, 0);
    assert_near(value_of(&n, 0, "learning_rate"), 1, 1e-12, layer, 0);
    const double norm = value_of(&n, 0, "gradient_norm");
    trial_close(&n);
    return norm;
}

static void the_norm_is_that_of_the_gradient(void **state)
{
    static const char *const layers[] = {"dense(3)", "dense(19, activation=tanh)",
                                         "dense(33, kernel_regularizer=l2(0.1))",
                                         "dense(200, activation=relu)", "layer_normalization"};
    (void)state;
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
        const double fused = norm_of_step(layers[i], "sgd(1)");
        /* a clip that never cuts makes gradients stored */
        const double stored = norm_of_step(layers[i], "sgd(1, global_clipnorm=1e9)");
        assert_true(!(fused < stored) && !(fused > stored));
    }
}

static double norm_with(const char *optimizer, int batch)
{
    trial n = trial_open("dense(19)", optimizer, batch);
    fit(&n, PLM_FIT(.epochs = 1));
    const double norm = value_of(&n, 0, "gradient_norm");
    trial_close(&n);
    return norm;
}

/* Clipping limits the update, not what is told of the gradient. */
static void the_norm_is_measured_before_clipping(void **state)
{
    (void)state;
    const double plain = norm_with("sgd(1e-12)", 8);
    assert_true(plain > 0.1);
    assert_near(norm_with("sgd(1e-12, clipvalue=1e-3)", 8), plain, 1e-6 * plain, "clipvalue", 0);
    assert_near(norm_with("sgd(1e-12, global_clipnorm=1e-3)", 8), plain, 1e-6 * plain, "global", 0);
    assert_near(norm_with("sgd(1e-12, clipnorm=1e-3)", 8), plain, 1e-6 * plain, "clipnorm", 0);
    /* of accumulated gradients it is the norm of their mean: that of all rows at once */
    assert_near(norm_with("sgd(1e-12, gradient_accumulation_steps=5)", 8),
                norm_with("sgd(1e-12)", ROWS), 1e-5 * plain, "accumulated", 0);
    assert_true(isnan(norm_with("sgd(1e-12, gradient_accumulation_steps=50)", 8)));
}

/* The weights stay as they are, so the penalty is known. */
static void the_share_of_the_penalty(void **state)
{
    static float kernel[WIDTH * 3];
    double sum = 0;
    (void)state;
    trial n = trial_open("dense(3, kernel_regularizer=l2(0.25), activity_regularizer=l1(0.5))",
                         "sgd(1e-12)", 8);
    assert_int_equal(plm_parameter_read(n.m, 0, kernel), PLM_OK);
    for (int i = 0; i < WIDTH * 3; i++)
        sum += 0.25 * (double)kernel[i] * (double)kernel[i];
    for (int r = 0; r < ROWS; r++)
        for (int j = 0; j < 3; j++) {
            double h = 0;
            for (int i = 0; i < WIDTH; i++)
                h += (double)rows_x[r * WIDTH + i] * (double)kernel[i * 3 + j];
            sum += 0.5 * fabs(h) / ROWS;
        }
    fit(&n, PLM_FIT(.epochs = 1));
    const double loss = value_of(&n, 0, "loss");
    assert_near(value_of(&n, 0, "penalty_share"), sum / loss, 1e-5, "share", 0);
    trial_close(&n);
    n = trial_open("dense(3)", "sgd(1e-12)", 8);
    fit(&n, PLM_FIT(.epochs = 1));
    assert_false(has_column(&n, "penalty_share"));
    trial_close(&n);
}

/* Five batches are all of the data; with as many steps an epoch is what it is without. Three epochs
 * of five steps are five of three: steps go on where the epoch before ended. */
static void steps_of_an_epoch(void **state)
{
    static float plain[400], same[400], short_ones[400];
    (void)state;
    trial n = trial_open("dense(19)", "sgd(0.01, momentum=0.9)", 8);
    fit(&n, PLM_FIT(.epochs = 3));
    const int count = copy_weights(n.m, plain);
    trial_close(&n);
    n = trial_open("dense(19)", "sgd(0.01, momentum=0.9)", 8);
    fit(&n, PLM_FIT(.epochs = 3, .steps_per_epoch = 5));
    copy_weights(n.m, same);
    trial_close(&n);
    n = trial_open("dense(19)", "sgd(0.01, momentum=0.9)", 8);
    fit(&n, PLM_FIT(.epochs = 5, .steps_per_epoch = 3));
    assert_int_equal(n.h.rows, 5);
    copy_weights(n.m, short_ones);
    trial_close(&n);
    assert_memory_equal(plain, same, (size_t)count * sizeof *plain);
    assert_memory_equal(plain, short_ones, (size_t)count * sizeof *plain);
}

static plm_status stop_at(void *self, plm_run *run, const plm_event *e)
{
    (void)run;
    return e->kind == PLM_BATCH_END && e->step == *(const int64_t *)self ? PLM_STOPPED : PLM_OK;
}

/* A fit that stopped anywhere goes on with the batch that would have come next. */
static void resumed_steps(void **state)
{
    static float whole[400], parts[400];
    char path[64];
    (void)state;
    snprintf(path, sizeof path, "/tmp/plummet-steps-%ld", (long)getpid());
    trial n = trial_open("dense(19)", "sgd(0.01, momentum=0.9)", 8);
    fit(&n, PLM_FIT(.epochs = 4, .steps_per_epoch = 3));
    const int count = copy_weights(n.m, whole);
    trial_close(&n);
    for (int64_t stop = 1; stop < 12; stop++) {
        const plm_observer o = {.on_event = stop_at, .self = &stop};
        n = trial_open("dense(19)", "sgd(0.01, momentum=0.9)", 8);
        assert_int_equal(plm_fit(n.m, n.d,
                                 PLM_FIT(.epochs = 4, .steps_per_epoch = 3, .extra = &o,
                                         .extras = 1, .checkpoint = path)),
                         PLM_STOPPED);
        trial_close(&n);
        n = trial_open("dense(19)", "sgd(0.01, momentum=0.9)", 8);
        fit(&n, PLM_FIT(.epochs = 4, .steps_per_epoch = 3, .resume = path));
        copy_weights(n.m, parts);
        assert_int_equal(n.h.rows, 4);
        trial_close(&n);
        assert_memory_equal(whole, parts, (size_t)count * sizeof *whole);
    }
    unlink(path);
}

/* Observers count what they are told. */
static plm_status count_epochs(void *self, plm_run *run, const plm_event *e)
{
    (void)run;
    if (e->kind == PLM_EPOCH_END) {
        ++*(int *)self;
        assert_int_equal(e->epoch, -1);
    }
    assert_true(e->kind != PLM_BATCH_END);
    return PLM_OK;
}

static void no_epoch(void **state)
{
    static float before[400], after[400];
    int told = 0;
    const plm_observer o = {.on_event = count_epochs, .self = &told};
    plm_log log[2];
    (void)state;
    trial n = trial_open("dense(19, kernel_regularizer=l2(0.1))", "sgd(0.5)", 8);
    const int count = copy_weights(n.m, before);
    fit(&n, PLM_FIT(.epochs = PLM_NO_EPOCHS, .validation = n.d, .extra = &o, .extras = 1));
    copy_weights(n.m, after);
    assert_memory_equal(before, after, (size_t)count * sizeof *before);
    assert_int_equal(told, 1);
    assert_int_equal(n.h.rows, 1);
    assert_true(value_of(&n, 0, "epoch") == 0);
    assert_int_equal(plm_evaluate(n.m, n.d, log, 2), PLM_OK);
    assert_near(value_of(&n, 0, "loss"), log[0].value, 1e-9, "loss", 0);
    assert_near(value_of(&n, 0, "val_mae"), log[1].value, 1e-9, "mae", 0);
    assert_near(value_of(&n, 0, "learning_rate"), 0.5, 1e-12, "rate", 0);
    assert_true(isnan(value_of(&n, 0, "gradient_norm")));
    trial_close(&n);
}

/* Reads a file whole, as text. */
static void read_text(const char *path, char *out, size_t room)
{
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    out[fread(out, 1, room - 1, f)] = '\0';
    fclose(f);
}

/* Checks the rows of ten steps in two epochs. Returns the mean loss of those of the first. */
static double check_rows(const char *text)
{
    static const char header[] = "step,epoch,loss,learning_rate\n";
    double sum = 0;
    assert_memory_equal(text, header, strlen(header));
    text += strlen(header);
    for (int i = 1; i <= 10; i++) {
        int step = 0, epoch = 0;
        double loss = 0, rate = 0;
        assert_int_equal(sscanf(text, "%d,%d,%lf,%lf", &step, &epoch, &loss, &rate), 4);
        assert_int_equal(step, i);
        assert_int_equal(epoch, i <= 5 ? 1 : 2);
        assert_near(rate, 0.01, 1e-12, "rate", 0);
        sum += i <= 5 ? loss / 5 : 0;
        text = strchr(text, '\n') + 1;
    }
    assert_int_equal(*text, '\0');
    return sum;
}

/* Stops a fit after a step, leaves what a killed one might leave, and resumes it. */
static void stop_and_resume(const char *observers, const char *file, int64_t stop)
{
    char path[64];
    const plm_observer o = {.on_event = stop_at, .self = &stop};
    snprintf(path, sizeof path, "/tmp/plummet-step-%ld", (long)getpid());
    trial n = trial_open("dense(3)", "sgd(0.01)", 8);
    assert_int_equal(plm_fit(n.m, n.d,
                             PLM_FIT(.epochs = 2, .observers = observers, .extra = &o, .extras = 1,
                                     .checkpoint = path)),
                     PLM_STOPPED);
    trial_close(&n);
    FILE *f = fopen(file, "a");
    fprintf(f, "%d,1,7,0.01\n%d,1,", (int)stop + 1, (int)stop + 2);
    fclose(f);
    n = trial_open("dense(3)", "sgd(0.01)", 8);
    fit(&n, PLM_FIT(.epochs = 2, .observers = observers, .resume = path));
    trial_close(&n);
    unlink(path);
}

/* The losses of single steps: their mean is that of the epoch. A resumed fit leaves the same
 * file. */
static void losses_of_steps(void **state)
{
    char file[64], observers[96], whole[2000], parts[2000];
    (void)state;
    snprintf(file, sizeof file, "/tmp/plummet-steps-%ld.csv", (long)getpid());
    snprintf(observers, sizeof observers, "step_logger('%s')", file);
    trial n = trial_open("dense(3)", "sgd(0.01)", 8);
    fit(&n, PLM_FIT(.epochs = 2, .observers = observers));
    read_text(file, whole, sizeof whole);
    assert_near(check_rows(whole), value_of(&n, 0, "loss"), 1e-6, "mean of the steps", 0);
    trial_close(&n);
    for (int64_t stop = 1; stop < 10; stop += 3) {
        stop_and_resume(observers, file, stop);
        read_text(file, parts, sizeof parts);
        assert_string_equal(parts, whole);
    }
    unlink(file);
}

/* A later fit with validation adds columns to the history; the rows before keep their values. */
static void test_columns_of_a_later_fit(void **state)
{
    (void)state;
    trial n = trial_open("dense(3)", "sgd(0.01)", 8);
    double loss[3], mae[3];
    fit(&n, PLM_FIT(.epochs = 3));
    for (int i = 0; i < 3; i++) {
        loss[i] = value_of(&n, i, "loss");
        mae[i] = value_of(&n, i, "mae");
    }
    assert_true(loss[0] > loss[1] && loss[1] > loss[2]);
    fit(&n, PLM_FIT(.epochs = 4, .initial_epoch = 3, .validation = n.d));
    assert_int_equal(n.h.rows, 4);
    for (int i = 0; i < 3; i++) {
        assert_true(value_of(&n, i, "epoch") == i + 1);
        assert_true(value_of(&n, i, "loss") == loss[i]);
        assert_true(value_of(&n, i, "mae") == mae[i]);
        assert_true(isnan(value_of(&n, i, "val_loss")) && isnan(value_of(&n, i, "val_mae")));
    }
    assert_true(value_of(&n, 3, "loss") < loss[2] && value_of(&n, 3, "val_loss") < loss[2]);
    trial_close(&n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_norm_is_that_of_the_gradient),
        cmocka_unit_test(the_norm_is_measured_before_clipping),
        cmocka_unit_test(the_share_of_the_penalty),
        cmocka_unit_test(steps_of_an_epoch),
        cmocka_unit_test(resumed_steps),
        cmocka_unit_test(no_epoch),
        cmocka_unit_test(losses_of_steps),
        cmocka_unit_test(test_columns_of_a_later_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
