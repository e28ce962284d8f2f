/* Every single allocation of a whole life of a model fails in turn, alone or with all that
 * follow: open, build, compile, measure, train, evaluate, save, load, predict, describe. Each
 * time there is a clean E_MEMORY, or success with the same results and no error that was recorded
 * and returned by nobody; every block comes back, and at the path of the model there is no file or the right one. */
#include "data_support.h"
#include "memory_support.h"

#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 24, WIDTH = 5, LONGEST = 1 << 16 };

static plm_data *arrays(plm *w, const char *transforms)
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

static plm_status predict(plm_model *m)
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

static plm_status train(plm *w, plm_model *m)
{
    plm_log log[2];
    plm_data *d = arrays(w, "shuffle | batch(10)");
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

static plm_status say(plm *w, const char *optimizer, plm_model **out)
{
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(%d)", WIDTH);
    plm_add(m, "normalization");
    plm_add(m, "dense(17, activation=elu, kernel_initializer=orthogonal, name='a name of some "
               "length, to be quoted')");
    plm_add(m, "prelu");
    plm_add(m, "dense(3, activation=softmax)");
    *out = m;
    return m != NULL ? plm_compile(m, optimizer, "sparse_categorical_crossentropy", "accuracy")
                     : PLM_E_MEMORY;
}

static plm_status use(plm *w, const char *optimizer)
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
    if (status >= 0)
        note(summary, strlen(summary));
    if (status >= 0)
        status = predict(m);
    plm_model_free(m);
    return status;
}

static plm_status use_adam(plm *w)
{
    return use(w, "adam(exponential_decay(0.01, 10, 0.9))");
}
static plm_status use_stored(plm *w)
{
    return use(w, "sgd(0.1, momentum=0.9, global_clipnorm=1, use_ema=true)");
}

static plm_status save_and_load(plm *w)
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

static plm_status joined(plm *w)
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
static plm_status fit_with_checkpoint(plm *w, plm_model *m, int64_t epochs, const char *resume)
{
    plm_data *d = arrays(w, "shuffle | batch(10)");
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

static plm_status resumed(plm *w)
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
static plm_status named(plm *w)
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

/* Layers whose ops are put together from lists of numbers, a seed among them; two inputs. */
static plm_status layers(plm *w)
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

static plm_status described(plm *w, const char *family, const char *name)
{
    const char *text = NULL;
    plm_status status;
    AGAIN(status_of(w, text = plm_describe(w, family, name)));
    if (status >= 0)
        note(text, strlen(text));
    return status;
}

static plm_status digits_and_help(plm *w)
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

/* No temporary file is left in the folder of `path`. */
static void no_parts_left(const char *path)
{
    char folder[512];
    (void)snprintf(folder, sizeof folder, "%s", path);
    *strrchr(folder, '/') = '\0';
    DIR *place = opendir(folder);
    assert_non_null(place);
    for (const struct dirent *entry = readdir(place); entry != NULL; entry = readdir(place))
        assert_null(strstr(entry->d_name, ".part"));
    assert_int_equal(closedir(place), 0);
}

/* Takes a file away and returns its length; 0 = there is none. */
static size_t take_file(const char *path, char *bytes)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return 0;
    const size_t length = fread(bytes, 1, LONGEST, file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(remove(path), 0);
    return length;
}

static void a_life_with_adam(void **state)
{
    (void)state;
    survives(use_adam);
}

static void a_life_with_stored_gradients(void **state)
{
    (void)state;
    survives(use_stored);
}

static void files_are_right_or_absent(void **state)
{
    static const char *const names[] = {"model.safetensors", "joined.st", "resumed.st", "named.st"};
    static work *const bodies[] = {save_and_load, joined, resumed, named};
    static char right[LONGEST], bytes[LONGEST];
    (void)state;
    for (int i = 0; i < 4; i++) {
        known = false;
        ledger unharmed = {0};
        (void)run(bodies[i], &unharmed);
        unharmed_given = given;
        known = true;
        const size_t length = take_file(test_path(names[i]), right);
        assert_true(length > 0 && length < LONGEST);
        for (int lasting = 0; lasting < 2; lasting++) {
            bool reached = true;
            for (long k = 1; reached; k++) {
                ledger l = {.fail = k, .lasting = lasting == 1};
                reached = run(bodies[i], &l);
                no_parts_left(test_path(names[i]));
                const size_t got = take_file(test_path(names[i]), bytes);
                assert_true(got == 0 || (got == length && memcmp(bytes, right, length) == 0));
            }
        }
    }
}

/* ---- jansson's own memory ---- */

/* jansson has no user pointer; tests may have variables. */
static ledger of_json;

static void *json_take(size_t bytes)
{
    return allocate(&of_json, NULL, bytes > 0 ? bytes : 1, LINE);
}

static void json_give(void *block)
{
    if (block != NULL)
        (void)allocate(&of_json, block, 0, LINE);
}

/* Writing: a failed allocation within jansson is E_MEMORY, or the file is right. (Reading asks
 * the runtime for all the room before jansson begins, since jansson 2.14 cannot run out of
 * memory without damage.) */
static void what_jansson_takes_may_fail(void **state)
{
    static char right[LONGEST], bytes[LONGEST];
    const char *path = test_path("json.safetensors");
    ledger l = {0};
    plm_model *m = NULL;
    (void)state;
    plm *w =
        plm_open(PLM_OPTIONS(.threads = 1, .unpinned = true, .allocate = allocate, .user = &l));
    assert_int_equal(say(w, "sgd", &m), PLM_OK);
    json_set_alloc_funcs(json_take, json_give);
    assert_int_equal(plm_model_save(m, path, NULL), PLM_OK);
    const size_t length = take_file(path, right);
    for (int lasting = 0; lasting < 2; lasting++)
        for (long k = 1; of_json.calls >= k || k == 1; k++) {
            of_json = (ledger){.fail = k, .lasting = lasting == 1};
            const plm_status status = plm_model_save(m, path, NULL);
            const size_t got = take_file(path, bytes);
            assert_true(status == PLM_OK || status == PLM_E_MEMORY);
            assert_int_equal(got, status == PLM_OK ? length : 0);
            assert_memory_equal(bytes, right, got);
            assert_int_equal(of_json.blocks, 0);
            assert_true(k < 10000);
        }
    json_set_alloc_funcs(malloc, free);
    plm_model_free(m);
    plm_close(w);
    assert_int_equal(l.blocks, 0);
}

/* Pretrained, with pseudo-labels, under another head: tied weights, rates of layers, layers that
 * go. */
static plm_status pretrain_and_reuse(plm *w)
{
    plm_model *m = NULL;
    plm_data *d = arrays(w, "batch(10)"), *joined = NULL;
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

static void a_life_of_reuse(void **state)
{
    (void)state;
    survives(pretrain_and_reuse);
}

static void data_and_help(void **state)
{
    (void)state;
    survives(digits_and_help);
    survives(layers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_life_with_adam),          cmocka_unit_test(a_life_with_stored_gradients),
        cmocka_unit_test(files_are_right_or_absent), cmocka_unit_test(what_jansson_takes_may_fail),
        cmocka_unit_test(a_life_of_reuse),           cmocka_unit_test(data_and_help),
    };
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
