/* Pretraining on unlabelled rows, and pseudo-labels: what learns and what stays, the same bits
 * on any number of threads and after a stop, wrong use. */
#define _XOPEN_SOURCE 700 /* mkdtemp */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plummet.h"

enum { MOST = 64 * 40 };

static void check(const plm *w, plm_status status)
{
    if (status < 0)
        fail_msg("%s: %s (%s)", plm_last_error(w)->where, plm_last_error(w)->what,
                 plm_last_error(w)->hint);
}

static plm *open_with(int threads)
{
    return plm_open(PLM_OPTIONS(.threads = threads, .seed = 7, .unpinned = true));
}

static plm_model *net(plm *w)
{
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(8, 8)");
    plm_add(m, "flatten");
    plm_add(m, "normalization");
    plm_add(m, "dense(24, activation=elu, name=low)");
    plm_add(m, "batch_normalization(name=norm)");
    /* padding that is not zero */
    plm_add(m, "dense(12, activation=sigmoid, trainable=false, name=high)");
    plm_add(m, "dropout(0.1)");
    plm_add(m, "dense(10, activation=softmax, name=head)");
    check(w, plm_compile(m, "adam(0.01)", "sparse_categorical_crossentropy", "accuracy"));
    return m;
}

/* The digits as 8 x 8 pictures, without labels. */
static plm_data *pictures(plm *w, const char *transforms)
{
    static float x[1797 * 64];
    plm_batch b;
    int64_t rows = 0;
    plm_data *d = plm_data_open(w, "digits | batch(2000)");
    check(w, plm_data_rewind(d, 0));
    check(w, plm_data_next(d, &b));
    rows = b.rows;
    memcpy(x, b.input[0].data, (size_t)rows * 64 * sizeof *x);
    plm_data_free(d);
    const plm_view view = {.data = x, .dtype = PLM_F32, .rank = 3, .dims = {rows, 8, 8}};
    return plm_data_arrays(w, &view, NULL, transforms);
}

static void read(const plm_model *m, const char *name, float *out)
{
    plm_parameter p;
    memset(out, 0, MOST * sizeof *out);
    for (int64_t i = 0; plm_parameters(m, i, &p) > i; i++)
        if (strcmp(p.name, name) == 0) {
            assert_int_equal(plm_parameter_read(m, i, out), PLM_OK);
            return;
        }
    fail_msg("no parameter %s", name);
}

static bool same(const plm_model *a, const plm_model *b, const char *name)
{
    static float x[MOST], y[MOST];
    read(a, name, x);
    read(b, name, y);
    return memcmp(x, y, sizeof x) == 0;
}

static const char *const names[] = {"low/kernel",  "low/bias",  "norm/gamma",  "norm/moving_mean",
                                    "high/kernel", "high/bias", "head/kernel", NULL};

/* What a layer's fit begins and ends with. */
typedef struct {
    char told[400];
    double first, last; /* losses of the epochs of a layer */
    int stop_at;        /* this layer's first epoch ends the pretraining; -1 = none */
    int index;
} watch;

static plm_status on_layer(void *self, int index, int count, const char *name, bool done)
{
    watch *s = self;
    char text[80];
    snprintf(text, sizeof text, "%s%d/%d %s ", done ? "-" : "+", index, count, name);
    strcat(s->told, text);
    s->index = index;
    if (done)
        assert_true(s->last < s->first);
    return PLM_OK;
}

static plm_status on_event(void *self, plm_run *run, const plm_event *e)
{
    watch *s = self;
    (void)run;
    if (e->kind != PLM_EPOCH_END)
        return PLM_OK;
    if (e->epoch == 0)
        s->first = e->log[0].value;
    s->last = e->log[0].value;
    return s->index == s->stop_at ? PLM_STOPPED : PLM_OK;
}

static plm_status pretrain(plm_model *m, plm_data *d, const char *method, int first, watch *s)
{
    const plm_observer observer = {.name = "watch", .on_event = on_event, .self = s};
    return plm_pretrain(m, d, method,
                        PLM_PRETRAIN(.first_layer = first, .extra = &observer, .extras = 1,
                                     .on_layer = on_layer, .self = s));
}

/* Hidden layers learn, frozen or not, with what follows them; the head does not; inputs are
 * measured once. */
static void layers_learn(void **state)
{
    (void)state;
    static const char *const methods[] = {
        "autoencoder(3)", "autoencoder(3, tied=true, noise=gaussian_noise(0.3))",
        "autoencoder(3, sgd(0.05), noise=dropout(0.3), decoder_activation=tanh)", NULL};
    for (int i = 0; methods[i] != NULL; i++) {
        plm *w = open_with(2);
        plm_data *d = pictures(w, "take(600) | shuffle | batch(40)");
        plm_model *m = net(w), *before = plm_model_clone(m);
        watch s = {.stop_at = -1};
        check(w, pretrain(m, d, methods[i], 0, &s));
        assert_string_equal(s.told, "+0/2 low -0/2 low +1/2 high -1/2 high ");
        for (int k = 0; k < 6; k++)
            assert_false(same(m, before, names[k]));
        assert_true(same(m, before, "head/kernel"));
        assert_false(same(m, before, "normalization/mean"));
        plm_model_free(m);
        plm_model_free(before);
        plm_data_free(d);
        plm_close(w);
    }
}

/* A coder begins with the parameters of the model: steps of nearly nothing leave them. */
static void layers_begin_as_they_are(void **state)
{
    (void)state;
    plm *w = open_with(1);
    plm_data *d = pictures(w, "take(100) | batch(50)");
    plm_model *m = net(w), *before = plm_model_clone(m);
    check(w, plm_pretrain(m, d, "autoencoder(1, sgd(1e-30))", NULL));
    assert_true(same(m, before, "low/kernel"));
    assert_true(same(m, before, "high/kernel"));
    assert_true(same(m, before, "head/kernel"));
    plm_model_free(m);
    plm_model_free(before);
    plm_data_free(d);
    plm_close(w);
}

static void one_layer_by_name(void **state)
{
    (void)state;
    plm *w = open_with(1);
    plm_data *d = pictures(w, "take(100)");
    plm_model *m = net(w), *before = plm_model_clone(m);
    check(w, plm_pretrain(m, d, "autoencoder(1, layers='hi*')", NULL));
    assert_true(same(m, before, "low/kernel"));
    assert_false(same(m, before, "high/kernel"));
    plm_model_free(m);
    plm_model_free(before);
    plm_data_free(d);
    plm_close(w);
}

static void same_bits(void **state)
{
    (void)state;
    const char *method = "autoencoder(2, noise=gaussian_noise(0.2), tied=true)";
    plm *w = open_with(1);
    plm_data *d = pictures(w, "take(300) | shuffle | batch(40)");
    plm_model *one = net(w);
    watch s = {.stop_at = -1};
    check(w, pretrain(one, d, method, 0, &s));
    for (int threads = 2; threads <= 4; threads++) {
        plm *v = open_with(threads);
        plm_data *e = pictures(v, "take(300) | shuffle | batch(40)");
        plm_model *m = net(v);
        check(v, pretrain(m, e, method, 0, &s));
        for (int k = 0; names[k] != NULL; k++)
            assert_true(same(one, m, names[k]));
        plm_model_free(m);
        plm_data_free(e);
        plm_close(v);
    }
    /* Stopped in the second layer and gone on with from what was there after the first. */
    plm_model *m = net(w);
    watch stop = {.stop_at = 1};
    check(w, plm_pretrain(m, d, "autoencoder(2, noise=gaussian_noise(0.2), tied=true, layers=low)",
                          NULL));
    plm_model *kept = plm_model_clone(m);
    assert_int_equal(pretrain(m, d, method, 1, &stop), PLM_STOPPED);
    assert_string_equal(stop.told, "+1/2 high ");
    check(w, pretrain(kept, d, method, 1, &s));
    for (int k = 0; names[k] != NULL; k++)
        assert_true(same(one, kept, names[k]));
    plm_model_free(m);
    plm_model_free(kept);
    plm_model_free(one);
    plm_data_free(d);
    plm_close(w);
}

static void refused(plm *w, plm_model *m, plm_data *d, const char *method, plm_status status,
                    const char *part)
{
    assert_int_equal(plm_pretrain(m, d, method, NULL), status);
    const plm_error *e = plm_last_error(w);
    if (strstr(e->what, part) == NULL && strstr(e->where, part) == NULL)
        fail_msg("%s: %s says nothing of '%s'", e->where, e->what, part);
}

static void wrong_use(void **state)
{
    (void)state;
    plm *w = open_with(1);
    plm_data *d = pictures(w, "take(50)"), *flat = plm_data_open(w, "digits | keep_classes(1)");
    plm_model *m = net(w), *shallow = plm_model_new(w);
    plm_add(shallow, "input(8, 8)");
    plm_add(shallow, "flatten");
    refused(w, shallow, d, NULL, PLM_E_ORDER, "not compiled");
    plm_add(shallow, "dense(10)");
    plm_add(shallow, "activation(softmax)");
    check(w, plm_compile(shallow, NULL, NULL, NULL));
    refused(w, shallow, d, NULL, PLM_E_SPEC, "no hidden dense layer");
    refused(w, m, d, "autoencoder(layers=conv)", PLM_E_SPEC, "matches 'conv'");
    refused(w, m, d, "autoencodr", PLM_E_SPEC, "unknown pretraining");
    refused(w, m, d, "autoencoder(epochs=0)", PLM_E_SPEC, "epochs");
    refused(w, m, d, "autoencoder(1, adem(1))", PLM_E_SPEC, "adem");
    refused(w, m, d, "autoencoder(1, loss=sparse_categorical_crossentropy)", PLM_E_SHAPE, "target");
    refused(w, m, d, "autoencoder(1, noise=dropout(1.5))", PLM_E_SPEC, "rate");
    refused(w, m, d, "autoencoder(1, noise=dense(5))", PLM_E_SHAPE, "changes the shape");
    refused(w, m, d, "autoencoder(1, noise=flatten(1))", PLM_E_SPEC, "flatten");
    refused(w, m, NULL, NULL, PLM_E_ORDER, "no rows");
    assert_int_equal(plm_pretrain(NULL, d, NULL, NULL), PLM_E_ORDER);
    plm_model *wide = plm_model_new(w);
    plm_add(wide, "input(63)");
    plm_add(wide, "dense(5)");
    plm_add(wide, "dense(2)");
    check(w, plm_compile(wide, NULL, NULL, NULL));
    refused(w, wide, flat, NULL, PLM_E_SHAPE, "the model takes [n, 63]");
    plm_model_free(wide);
    plm_model_free(shallow);
    plm_model_free(m);
    plm_data_free(d);
    plm_data_free(flat);
    plm_close(w);
}

/* ---- pseudo-labels ---- */

/* Ten classes, told by a layer that has seen 200 rows. */
static plm_model *judge(plm *w, plm_data *few)
{
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(64)");
    plm_add(m, "rescaling(1/16)");
    plm_add(m, "dense(10, activation=softmax)");
    check(w, plm_compile(m, "adam(0.05)", "sparse_categorical_crossentropy", "accuracy"));
    check(w, plm_fit(m, few, PLM_FIT(.epochs = 10)));
    return m;
}

/* How many rows of a batch have the label that the model gives with at least this confidence. */
static int64_t count_right(plm *w, plm_model *m, const plm_batch *b, float confidence)
{
    float y[25 * 10];
    int64_t right = 0;
    plm_view out = {.data = y, .dtype = PLM_F32, .rank = 2, .dims = {b->rows, 10}};
    check(w, plm_predict(m, &b->input[0], &out));
    for (int64_t i = 0; i < b->rows; i++) {
        const int label = (int)((const float *)b->target[0].data)[i];
        float greatest = 0;
        for (int k = 0; k < 10; k++)
            greatest = y[i * 10 + k] > greatest ? y[i * 10 + k] : greatest;
        right += y[i * 10 + label] >= greatest && greatest >= confidence;
    }
    return right;
}

/* Observers write where the options say, as in plm_fit. */
static void observers_have_a_folder(void **state)
{
    char folder[] = "pretrain-XXXXXX", path[64];
    (void)state;
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/log.csv", folder);
    plm *w = open_with(1);
    plm_model *m = net(w);
    plm_data *d = pictures(w, "take(64) | batch(32)");
    check(w, plm_pretrain(m, d, "autoencoder(1)",
                          PLM_PRETRAIN(.observers = "csv_logger('log.csv')", .folder = folder)));
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    (void)fclose(f);
    assert_int_equal(
        plm_pretrain(m, d, "autoencoder(1)",
                     PLM_PRETRAIN(.observers = "csv_logger('../log.csv')", .folder = folder)),
        PLM_E_SPEC);
    plm_data_free(d);
    plm_model_free(m);
    plm_close(w);
    assert_int_equal(remove(path), 0);
    assert_int_equal(remove(folder), 0);
}

static void confident_rows_join(void **state)
{
    (void)state;
    plm *w = open_with(2);
    plm_data *few = plm_data_open(w, "digits | take(200) | shuffle | batch(25)");
    plm_data *rest = plm_data_open(w, "digits | skip(200) | batch(100)");
    plm_model *m = judge(w, few);
    plm_data_info info;
    plm_batch b;
    int64_t all = 0, sure = 0, rows = 0, right = 0;
    plm_data *joined = plm_pseudo_labels(m, few, rest, 0.9, &sure);
    assert_non_null(joined);
    assert_true(sure > 300 && sure < 1597);
    plm_data_free(plm_pseudo_labels(m, few, rest, 0, &all));
    assert_int_equal(all, 1597);
    check(w, plm_data_get_info(joined, &info));
    assert_int_equal(info.rows, 200 + sure);
    assert_int_equal(info.batch, 25);
    assert_int_equal(info.classes, 10);
    check(w, plm_data_rewind(joined, 0));
    for (; plm_data_next(joined, &b) == PLM_OK; rows += b.rows)
        right += count_right(w, m, &b, 0.9f);
    assert_int_equal(rows, 200 + sure);
    assert_true(right >= sure);
    check(w, plm_fit(m, joined, PLM_FIT(.epochs = 1)));
    plm_data_free(joined);
    plm_model_free(m);
    plm_data_free(few);
    plm_data_free(rest);
    plm_close(w);
}

static plm_model *line(plm *w, const char *layer, const char *loss)
{
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(64)");
    plm_add(m, "rescaling(1/16)");
    plm_add(m, "%s", layer);
    check(w, plm_compile(m, "adam(0.05)", loss, NULL));
    return m;
}

/* One unit with a sigmoid: sure at either end. */
static void two_classes(void **state)
{
    (void)state;
    plm *w = open_with(1);
    plm_data *few = plm_data_open(w, "digits | keep_classes(0, 1) | take(50) | batch(10)");
    plm_data *rest = plm_data_open(w, "digits | keep_classes(0, 1) | skip(50)");
    plm_model *m = line(w, "dense(1, activation=sigmoid)", "binary_crossentropy");
    int64_t sure = 0, ones = 0, rows = 0;
    plm_batch b;
    check(w, plm_fit(m, few, PLM_FIT(.epochs = 20)));
    plm_data *joined = plm_pseudo_labels(m, few, rest, 0.9, &sure);
    assert_non_null(joined);
    assert_true(sure > 200);
    check(w, plm_data_rewind(joined, 0));
    for (; plm_data_next(joined, &b) == PLM_OK; rows += b.rows)
        for (int64_t i = 0; i < b.rows; i++)
            ones += ((const float *)b.target[0].data)[i] > 0.5f;
    assert_true(ones > rows / 3 && ones < 2 * rows / 3);
    plm_data_free(joined);
    plm_model_free(m);
    plm_data_free(few);
    plm_data_free(rest);
    plm_close(w);
}

/* Targets as one_hot makes them, and those that are no classes. */
static void other_targets(void **state)
{
    (void)state;
    plm *w = open_with(1);
    plm_data *hot = plm_data_open(w, "digits | take(30) | one_hot"),
             *flat = plm_data_open(w, "digits | take(9)");
    plm_model *one = line(w, "dense(1, activation=sigmoid)", "binary_crossentropy");
    plm_model *ten = line(w, "dense(10, activation=softmax)", "categorical_crossentropy");
    int64_t sure = 0;
    assert_null(plm_pseudo_labels(one, hot, flat, 0.9, NULL));
    assert_int_equal(plm_last_error(w)->status, PLM_E_SHAPE);
    assert_null(plm_pseudo_labels(ten, hot, flat, 1.5, NULL));
    assert_int_equal(plm_last_error(w)->status, PLM_E_SPEC);
    assert_null(plm_pseudo_labels(ten, NULL, flat, 0.5, NULL));
    assert_null(plm_pseudo_labels(NULL, hot, flat, 0.5, NULL));
    plm_data *joined = plm_pseudo_labels(ten, hot, flat, 0, &sure);
    assert_non_null(joined);
    assert_int_equal(sure, 9);
    check(w, plm_fit(ten, joined, PLM_FIT(.epochs = 1)));
    plm_data_free(joined);
    plm_model_free(one);
    plm_model_free(ten);
    plm_data_free(hot);
    plm_data_free(flat);
    plm_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers_learn),        cmocka_unit_test(layers_begin_as_they_are),
        cmocka_unit_test(one_layer_by_name),   cmocka_unit_test(same_bits),
        cmocka_unit_test(wrong_use),           cmocka_unit_test(observers_have_a_folder),
        cmocka_unit_test(confident_rows_join), cmocka_unit_test(two_classes),
        cmocka_unit_test(other_targets)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
