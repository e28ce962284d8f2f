/* Lives of models for the tests of memory that fails: built, trained, saved, resumed, reused,
 * described. Each gives its results to note(). */
#ifndef PLM_TESTS_UNIT_MEMORY_LIVES_H
#define PLM_TESTS_UNIT_MEMORY_LIVES_H

#include <stdio.h>
#include <string.h>

#include "memory_support.h"

enum { ROWS = 24, WIDTH = 5 };

static inline plm_data *arrays(plm *w, const char *transforms)
{
    static float x[ROWS * WIDTH], y[ROWS];
    for (int i = 0; i < ROWS * WIDTH; i++)
        x[i] = (float)(i * 29 % 31) / 15.0f - 1.0f;
    for (int i = 0; i < ROWS; i++)
        y[i] = (float)(i % 3);
    const plm_view in = {.data = x, .dtype = PLM_F32, .rank = 2, .dims = {ROWS, WIDTH}};
    const plm_view out = {.data = y, .dtype = PLM_F32, .rank = 1, .dims = {ROWS}};
    return plm_data_arrays(w, &in, &out, transforms);
}

static inline plm_status predict(plm_model *m)
{
    float x[7 * WIDTH] = {1, 2, 3}, y[7 * 3];
    const plm_view in = {.data = x, .dtype = PLM_F32, .rank = 2, .dims = {7, WIDTH}};
    plm_view out = {.data = y, .dtype = PLM_F32, .rank = 2, .dims = {7, 3}};
    plm_status status;
    AGAIN(plm_predict(m, &in, &out));
    if (status >= 0)
        note(y, sizeof y);
    return status;
}

static inline plm_status train(plm *w, plm_model *m)
{
    plm_log log[2];
    plm_data *d = arrays(w, "shuffle | batch(16)");
    plm_data *rest = d != NULL ? plm_data_split(d, "split(0.25)") : NULL;
    plm_status status = status_of(w, rest);
    char observers[1024];
    (void)snprintf(observers, sizeof observers,
                   "early_stopping(patience=5, restore_best_weights=true), terminate_on_nan, "
                   "reduce_lr_on_plateau(patience=1), csv_logger('%.400s')",
                   test_path("log.csv"));
    if (status >= 0)
        status = plm_fit(m, d, PLM_FIT(.epochs = 2, .validation = rest, .observers = observers));
    if (status >= 0)
        AGAIN(plm_evaluate(m, rest, log, 2));
    if (status >= 0)
        for (int i = 0; i < 2; i++)
            note(&log[i].value, sizeof log[i].value);
    plm_data_free(rest);
    plm_data_free(d);
    return status;
}

static inline plm_status say(plm *w, const char *optimizer, plm_model **out)
{
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(%d)", WIDTH);
    plm_add(m, "normalization");
    plm_add(m, "dense(17, activation=elu, kernel_initializer=orthogonal, name='a name of some "
               "length, to be quoted')");
    plm_add(m, "prelu");
    plm_add(m, "dense(3, activation=softmax, kernel_initializer=variance_scaling(activation=elu))");
    *out = m;
    return m != NULL ? plm_compile(m, optimizer, "sparse_categorical_crossentropy", "accuracy")
                     : PLM_E_MEMORY;
}

static inline plm_status use(plm *w, const char *optimizer)
{
    plm_model *m = NULL;
    plm_status status = say(w, optimizer, &m);
    if (status >= 0) /* once more: parameters are kept */
        AGAIN(plm_compile(m, optimizer, "sparse_categorical_crossentropy", "accuracy"));
    if (status >= 0)
        status = train(w, m);
    const char *summary = NULL;
    if (status >= 0)
        AGAIN(status_of(w, summary = plm_model_summary(m, 0)));
    if (status >= 0) /* but for the memory, which grows by what was tried in vain */
        note(summary, (size_t)(strstr(summary, "Memory to train") - summary));
    if (status >= 0)
        status = predict(m);
    plm_model_free(m);
    return status;
}

static inline plm_status use_adam(plm *w)
{
    return use(w, "adam(exponential_decay(0.01, 10, 0.9))");
}
static inline plm_status use_stored(plm *w)
{
    return use(w, "sgd(0.1, momentum=0.9, global_clipnorm=1, use_ema=true)");
}

static inline plm_status save_and_load(plm *w)
{
    const char *path = test_path("model.safetensors");
    plm_model *m = NULL;
    plm_status status = say(w, "sgd", &m);
    if (status >= 0)
        AGAIN(plm_model_save(m, path, NULL));
    plm_model_free(m);
    if (status < 0)
        return status;
    AGAIN(status_of(w, m = plm_model_load(w, path, NULL)));
    if (status >= 0)
        status = predict(m);
    plm_model_free(m);
    return status;
}

static inline plm_status joined(plm *w)
{
    const int64_t dims[] = {WIDTH};
    plm_model *m = plm_model_new(w);
    const plm_value x = plm_input(m, "x", 1, dims);
    const plm_value a = plm_apply(m, x, "dense(3, name=left)"),
                    b = plm_apply(m, x, "dense(3, name=right)");
    plm_output(m, plm_merge(m, 2, (plm_value[]){a, b}, "add"));
    plm_status status = m != NULL ? plm_compile(m, NULL, NULL, NULL) : PLM_E_MEMORY;
    if (status >= 0)
        status = plm_model_save(m, test_path("joined.st"), NULL);
    plm_model_free(m);
    m = status >= 0 ? plm_model_load(w, test_path("joined.st"), NULL) : NULL;
    if (status >= 0)
        status = status_of(w, m);
    plm_model_free(m);
    return status;
}

/* Fits up to `epochs`, writing a checkpoint after each; resume NULL = from the start. */
static inline plm_status fit_with_checkpoint(plm *w, plm_model *m, int64_t epochs,
                                             const char *resume)
{
    plm_data *d = arrays(w, "shuffle | batch(16)");
    plm_data *rest = d != NULL ? plm_data_split(d, "split(0.25)") : NULL;
    plm_status status = status_of(w, rest);
    char observers[1024];
    (void)snprintf(observers, sizeof observers,
                   "early_stopping(patience=9, restore_best_weights=true), checkpoint('%.400s')",
                   test_path("checkpoint.st"));
    if (status >= 0)
        status = plm_fit(m, d,
                         PLM_FIT(.epochs = epochs, .validation = rest, .observers = observers,
                                 .resume = resume));
    plm_data_free(rest);
    plm_data_free(d);
    return status;
}

static inline plm_status resumed(plm *w)
{
    const char *const words = "adam(0.05, use_ema=true, gradient_accumulation_steps=2)";
    plm_model *m = NULL;
    plm_status status = say(w, words, &m);
    if (status >= 0)
        status = fit_with_checkpoint(w, m, 2, NULL);
    plm_model_free(m);
    m = NULL;
    if (status >= 0)
        status = say(w, words, &m);
    if (status >= 0)
        status = fit_with_checkpoint(w, m, 4, test_path("checkpoint.st"));
    if (status >= 0)
        status = plm_model_save(m, test_path("resumed.st"), NULL);
    plm_model_free(m);
    return status;
}

/* A model that knows the columns of its table, and the table in another order. */
static inline plm_status named(plm *w)
{
    static const char table[] = "a,b,c,d,e,y\n1,2,3,4,5,0\n5,4,3,2,1,1\n2,3,1,5,4,2\n";
    static const char turned[] = "e,y,d,c,b,a\n5,0,4,3,2,1\n1,1,2,3,4,5\n4,2,5,1,3,2\n";
    const char *const path = test_path("named.st");
    plm_model *m = NULL;
    plm_status status = say(w, "sgd", &m);
    plm_data *d =
        status >= 0 ? plm_data_open(w, "csv('%s')", test_write_text("table.csv", table)) : NULL;
    if (status >= 0)
        status = status_of(w, d);
    if (status >= 0)
        status = plm_fit(m, d, NULL);
    plm_data_free(d);
    d = status >= 0 ? plm_data_open_for(m, true, "csv('%s')", test_write_text("turned.csv", turned))
                    : NULL;
    if (status >= 0)
        status = status_of(w, d);
    if (status >= 0)
        status = plm_evaluate(m, d, NULL, 0);
    plm_data_free(d);
    if (status >= 0)
        status = status_of(w, plm_model_summary(m, 0));
    if (status >= 0)
        status = plm_model_save(m, path, NULL);
    plm_model_free(m);
    m = status >= 0 ? plm_model_load(w, path, NULL) : NULL;
    if (status >= 0)
        status = status_of(w, m);
    plm_model_free(m);
    return status;
}

/* A table whose row is longer than what a reader takes at first: in cells, and in text. */
static inline plm_status wide_table(plm *w)
{
    enum { COLUMNS = 300, CELL = 64 };
    static char text[4 * COLUMNS * CELL];
    plm_batch b = {0};
    size_t n = 0;
    for (int i = 0; i < 3 * COLUMNS; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, i < COLUMNS ? "x%060d%s" : "\"%d\"%s",
                              i % 97, i % COLUMNS == COLUMNS - 1 ? "\n" : ",");
    plm_data *d = plm_data_open(w, "csv('%s', stream=true) | shuffle(buffer=2) | batch(2)",
                                test_write_text("wide.csv", text));
    plm_status status = status_of(w, d);
    if (status >= 0)
        AGAIN(plm_data_next(d, &b));
    if (status >= 0)
        note(b.input[0].data, 2 * (COLUMNS - 1) * sizeof(float));
    plm_data_free(d);
    return status;
}

/* Layers whose ops are put together from lists of numbers, a seed among them; two inputs. */
static inline plm_status layers(plm *w)
{
    static float x[4 * 6], y[4 * 1];
    plm_batch batch = {.rows = 4, .inputs = 1, .targets = 1};
    plm_log log[1];
    plm_model *m = plm_model_new(w);
    for (int i = 0; i < 4 * 6; i++)
        x[i] = (float)(i % 5) - 2;
    batch.input[0] = (plm_view){.data = x, .dtype = PLM_F32, .rank = 3, .dims = {4, 2, 3}};
    batch.target[0] = (plm_view){.data = y, .dtype = PLM_F32, .rank = 2, .dims = {4, 1}};
    const plm_value in = plm_input(m, "x", 2, (const int64_t[]){2, 3});
    const plm_value noisy = plm_apply(m, in, "dropout(0.5, noise_shape=[1, 3], seed=7)");
    const plm_value turned = plm_apply(m, noisy, "permute(2, 1)"),
                    other = plm_apply(m, in, "spatial_dropout(0.25)");
    const plm_value both[] = {turned, plm_apply(m, other, "reshape(3, -1)")};
    const plm_value product = plm_merge(m, 2, both, "dot(axes=1, normalize=true)");
    plm_output(m, plm_apply(m, plm_apply(m, product, "flatten"), "dense(1)"));
    plm_status status = m != NULL ? plm_compile(m, "sgd", "mse", NULL) : PLM_E_MEMORY;
    if (status >= 0)
        AGAIN(plm_train_batch(m, &batch, log, 1));
    if (status >= 0)
        note(&log[0].value, sizeof log[0].value);
    plm_model_free(m);
    return status;
}

static inline plm_status described(plm *w, const char *family, const char *name)
{
    const char *text = NULL;
    plm_status status;
    AGAIN(status_of(w, text = plm_describe(w, family, name)));
    if (status >= 0)
        note(text, strlen(text));
    return status;
}

static inline plm_status digits_and_help(plm *w)
{
    plm_batch b;
    plm_data *d = plm_data_open(w, "digits | take(40) | one_hot | batch(16)");
    plm_status status = status_of(w, d);
    if (status >= 0)
        status = plm_data_next(d, &b);
    plm_data_free(d);
    if (status >= 0)
        status = described(w, "layer", "dense");
    if (status >= 0)
        status = described(w, "metric", NULL);
    return status < 0 ? status : described(w, NULL, NULL);
}

/* Pretrained, with pseudo-labels, under another head: tied weights, rates of layers, layers that
 * go. */
static inline plm_status pretrain_and_reuse(plm *w)
{
    plm_model *m = NULL;
    plm_data *d = arrays(w, "batch(16)"), *joined = NULL;
    plm_status status = d != NULL ? say(w, "sgd", &m) : status_of(w, d);
    if (status >= 0)
        status = plm_pretrain(m, d, "autoencoder(1, noise=gaussian_noise(0.1), tied=true)", NULL);
    if (status >= 0)
        status = status_of(w, joined = plm_pseudo_labels(m, d, d, 0.1, NULL));
    if (status >= 0)
        status = plm_fit(m, joined, NULL);
    if (status >= 0)
        status = plm_model_set_learning_rate_factor(m, "prelu", 0.5);
    if (status >= 0)
        status = plm_model_remove(m, "dense");
    if (status >= 0)
        status = plm_compile(m, NULL, NULL, NULL);
    plm_data_free(joined);
    plm_data_free(d);
    plm_model_free(m);
    return status;
}

/* Pretrained on rows with names, which the model keeps. */
static inline plm_status pretrain_named(plm *w)
{
    static const char table[] = "a,b,c,d,e\n1,2,3,4,5\n5,4,3,2,1\n2,3,1,5,4\n";
    plm_model *m = NULL;
    plm_status status = say(w, "sgd", &m);
    plm_data *d = status >= 0 ? plm_data_open(w, "csv('%s', target=none)",
                                              test_write_text("unlabelled.csv", table))
                              : NULL;
    if (status >= 0)
        status = status_of(w, d);
    if (status >= 0)
        status = plm_pretrain(m, d, "autoencoder(1)", NULL);
    if (status >= 0)
        note(plm_model_setting(m, "inputs"), strlen(plm_model_setting(m, "inputs")));
    plm_data_free(d);
    plm_model_free(m);
    return status;
}

/* A model that was never trained is measured: the memory for its values is taken by the first
 * batch. */
static inline plm_status measured_first(plm *w)
{
    plm_model *m = NULL;
    plm_data *d = arrays(w, "batch(16)");
    plm_status status = d != NULL ? say(w, "sgd", &m) : status_of(w, d);
    if (status >= 0)
        status = plm_evaluate(m, d, NULL, 0);
    plm_data_free(d);
    plm_model_free(m);
    return status;
}

#endif
