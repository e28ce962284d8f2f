/* A resumed fit equals one that was never stopped, bit for bit: every optimizer there is, with dropout, batch
 * normalization, shuffling, accumulation, averages, schedules and observers. */
#define _POSIX_C_SOURCE 200809L /* mkdtemp */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fields.h"
#include "plummet.h"

enum { EPOCHS = 4, MOST = 4096 };

typedef struct {
    char folder[64], checkpoint[128], whole[128], resumed[128];
} files;

static void name_files(files *f)
{
    strcpy(f->folder, "/tmp/plummet-resume-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    snprintf(f->checkpoint, sizeof f->checkpoint, "%s/checkpoint.safetensors", f->folder);
    snprintf(f->whole, sizeof f->whole, "%s/whole.safetensors", f->folder);
    snprintf(f->resumed, sizeof f->resumed, "%s/resumed.safetensors", f->folder);
}

static void check(const plm *w, plm_status status, const char *what)
{
    const plm_error *e = plm_last_error(w);
    if (status < 0)
        fail_msg("%s: %s: %s (%s)", what, e->where, e->what, e->mend);
}

/* Fits from the beginning (resume NULL) or from a checkpoint, and saves the model. */
static void run(const char *optimizer, const char *observers, const char *resume, int64_t epochs,
                const char *path)
{
    plm *w = plm_open(PLM_OPTIONS(.threads = 2, .seed = 5));
    plm_data *train = plm_data_open(w, "digits | take(200) | shuffle | batch(24)");
    plm_data *validation = plm_data_split(train, "split(0.2)");
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(64)");
    plm_add(m, "normalization");
    plm_add(m, "dense(20, kernel_regularizer=l2(1e-4))");
    plm_add(m, "batch_normalization");
    plm_add(m, "activation(elu)");
    plm_add(m, "dropout(0.2)");
    plm_add(m, "dense(10, activation=softmax, kernel_constraint=max_norm(3))");
    check(w, plm_compile(m, optimizer, "sparse_categorical_crossentropy", "accuracy"), optimizer);
    check(w,
          plm_fit(
              m, train,
              PLM_FIT(.epochs = epochs, .validation = validation, .observers = observers, .resume = resume)),
          optimizer);
    check(w, plm_model_save(m, path, NULL), "save");
    plm_model_free(m);
    plm_data_free(validation);
    plm_data_free(train);
    plm_close(w);
}

static void assert_same_file(const char *a, const char *b, const char *what)
{
    static char x[1 << 20], y[1 << 20];
    FILE *f = fopen(a, "rb"), *g = fopen(b, "rb");
    assert_non_null(f);
    assert_non_null(g);
    const size_t n = fread(x, 1, sizeof x, f), k = fread(y, 1, sizeof y, g);
    fclose(f);
    fclose(g);
    if (n != k || memcmp(x, y, n) != 0)
        fail_msg("%s: the resumed model differs from the uninterrupted one", what);
}

static void compare(const files *f, const char *optimizer, const char *watchers)
{
    char observers[512];
    snprintf(observers, sizeof observers, "%s%scheckpoint('%s')", watchers, watchers[0] != '\0' ? ", " : "",
             f->checkpoint);
    run(optimizer, observers, NULL, EPOCHS, f->whole);
    run(optimizer, observers, NULL, EPOCHS / 2, f->resumed);
    run(optimizer, observers, f->checkpoint, EPOCHS, f->resumed);
    assert_same_file(f->whole, f->resumed, optimizer);
}

static void remove_files(const files *f)
{
    unlink(f->checkpoint);
    unlink(f->whole);
    unlink(f->resumed);
    rmdir(f->folder);
}

static void every_optimizer(void **state)
{
    static const char *const options[] = {"", "global_clipnorm=0.5", "gradient_accumulation_steps=3",
                                          "use_ema=true, ema_overwrite_frequency=4",
                                          "weight_decay=0.01, clipvalue=0.1"};
    extern const plm_family plm_families[];
    files f;
    (void)state;
    name_files(&f);
    for (const plm_family *family = plm_families; family->name != NULL; family++)
        for (size_t i = 0; strcmp(family->name, "optimizer") == 0 && family->kinds[i] != NULL; i++)
            for (size_t k = 0; k < sizeof options / sizeof *options; k++) {
                char optimizer[MOST];
                snprintf(optimizer, sizeof optimizer, "%s(learning_rate=0.003%s%s)", family->kinds[i]->name,
                         options[k][0] != '\0' ? ", " : "", options[k]);
                compare(&f, optimizer, "");
            }
    remove_files(&f);
}

static void schedules_and_observers(void **state)
{
    static const char *const rates[] = {"exponential_decay(0.05, 10, 0.5)",
                                        "inverse_time_decay(0.05, 10, 0.5, staircase=true)",
                                        "piecewise_constant_decay([5, 12], [0.05, 0.02, 0.01])",
                                        "polynomial_decay(0.05, 20)",
                                        "cosine_decay(0.05, 20)",
                                        "cosine_decay_restarts(0.05, 6)",
                                        "one_cycle(0.05, 28)",
                                        "per_epoch('0.05 if epoch < 1 else 0.02 if epoch < 3 else 0.01')",
                                        "per_epoch('learning_rate * 0.7', initial_learning_rate=0.05)",
                                        "per_step('0.05 * 0.1 ** (step / (2 * steps_per_epoch))')",
                                        "per_step('lr * 0.95', 0.05)"};
    files f;
    (void)state;
    name_files(&f);
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        char optimizer[MOST];
        snprintf(optimizer, sizeof optimizer, "sgd(%s, momentum=0.9, nesterov=true)", rates[i]);
        compare(&f, optimizer, "");
    }
    compare(&f, "sgd(0.05)", "reduce_lr_on_plateau(factor=0.5, patience=1, min_delta=0.5)");
    compare(&f, "adam(0.003)", "early_stopping(patience=50, restore_best_weights=true, min_delta=0.2)");
    remove_files(&f);
}

static void refuses_another_training(void **state)
{
    files f;
    char observers[256];
    (void)state;
    name_files(&f);
    snprintf(observers, sizeof observers, "checkpoint('%s')", f.checkpoint);
    run("sgd(0.01)", observers, NULL, 1, f.whole);
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_data *train = plm_data_open(w, "digits | take(50)");
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(64)");
    plm_add(m, "dense(10, activation=softmax)");
    check(w, plm_compile(m, "sgd(0.01)", "sparse_categorical_crossentropy", NULL), "compile");
    assert_int_equal(plm_fit(m, train, PLM_FIT(.epochs = 2, .resume = f.checkpoint)), PLM_E_FORMAT);
    assert_non_null(strstr(plm_last_error(w)->what, "dense/kernel"));
    assert_int_equal(plm_fit(m, train, PLM_FIT(.epochs = 2, .resume = "/nowhere/at.all")), PLM_E_IO);
    plm_model_free(m);
    plm_data_free(train);
    plm_close(w);
    remove_files(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_optimizer),
                                       cmocka_unit_test(schedules_and_observers),
                                       cmocka_unit_test(refuses_another_training)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
