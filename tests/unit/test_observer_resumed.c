/* A resumed fit whose observers monitor something else, or another loss of the same name: the best
 * value of before is in another unit, so they begin anew. If nothing has changed they go on.
 *
 * One weight w learns y = 2x from w = 0, and is validated on the same rows: every loss falls and r2
 * rises in each epoch, so only a best value in the wrong unit can end a fit. */
#define _POSIX_C_SOURCE 200809L /* mkdtemp */
#include <unistd.h>

#include "nn_support.h"
#include "train/since.h"

typedef struct {
    const char *loss, *observers;             /* of the fit that writes the checkpoint */
    const char *other_loss, *other_observers; /* of the one that resumes it */
    int64_t epochs;                           /* that the first one trains */
    int64_t done, best;                       /* epochs and best epoch in the end */
    plm_since since;                          /* first epochs that do not count in the end */
    const char *told;                         /* the warning has it; NULL = there is none */
} resumed;

enum { TOTAL = 12 };

static const resumed all[] = {
    {"mse",
     "early_stopping(patience=2)",
     "mse",
     "early_stopping(monitor=val_r2_score, patience=2)",
     3,
     TOTAL,
     TOTAL,
     {0, 0},
     "monitors val_r2_score max, and in the checkpoint val_loss min"},
    {"mae",
     "early_stopping(patience=2)",
     "mse",
     "early_stopping(patience=2)",
     3,
     TOTAL,
     TOTAL,
     {3, 3},
     "monitors val_loss min of another loss than in the checkpoint: its best value is sought from "
     "epoch 4 on"},
    {"mae",
     "best_weights",
     "mse",
     "best_weights",
     3,
     TOTAL,
     TOTAL,
     {3, 3},
     "best_weights begins anew"},
    {"mse",
     "best_weights",
     "mse",
     "best_weights(monitor=val_r2_score)",
     3,
     TOTAL,
     TOTAL,
     {0, 3},
     "best_weights begins anew"},
    {"mse", "", "mse", "best_weights", 3, TOTAL, TOTAL, {0, 3}, NULL},
    {"mse", "best_weights", "mse", "best_weights", 3, TOTAL, TOTAL, {0, 0}, NULL},
    {"mae",
     "best_weights(monitor=val_r2_score)",
     "mse",
     "best_weights(monitor=val_r2_score)",
     3,
     TOTAL,
     TOTAL,
     {3, 0},
     NULL},
    {"mae",
     "early_stopping(monitor=val_r2_score, patience=2)",
     "mse",
     "early_stopping(monitor=val_r2_score, patience=2)",
     3,
     TOTAL,
     TOTAL,
     {3, 3},
     NULL},
    /* only the first value counts as better: 3 epochs without a better one, 1 of them before */
    {"mse",
     "early_stopping(patience=3, min_delta=1e9)",
     "mse",
     "early_stopping(patience=3, min_delta=1e9)",
     2,
     4,
     1,
     {0, 0},
     NULL},
    {"mse",
     "early_stopping(monitor=val_r2_score, patience=3, min_delta=1e9)",
     "mse",
     "early_stopping(monitor=val_R2Score, mode=max, patience=3, min_delta=1e9)",
     2,
     4,
     1,
     {0, 0},
     NULL},
    {"mse",
     "early_stopping(patience=3, min_delta=1e9)",
     "mse",
     "early_stopping(patience=3, min_delta=1e9, monitor=loss)",
     2,
     6,
     3,
     {0, 0},
     "monitors loss min"},
};

static char told[1000];

static void hear(void *self, int level, const char *line)
{
    (void)self;
    (void)level;
    if (strstr(line, "begins anew") != NULL)
        snprintf(told, sizeof told, "%s", line);
}

static plm_fit_result fit(const char *loss, const char *observers, int64_t epochs, const char *from,
                          const char *to)
{
    static float x[4] = {1, 2, 3, 4}, twice[4] = {2, 4, 6, 8};
    plm *w = plm_open(PLM_OPTIONS(.threads = 1, .seed = 7, .log = hear));
    const plm_view inputs = {x, PLM_F32, 2, {4, 1}}, targets = {twice, PLM_F32, 2, {4, 1}};
    plm_data *train = plm_data_arrays(w, &inputs, &targets, NULL);
    plm_data *validation = plm_data_arrays(w, &inputs, &targets, NULL);
    plm_model *m = plm_model_new(w);
    plm_fit_result result = {0};
    plm_add(m, "input(1)");
    plm_add(m, "dense(1, use_bias=false, kernel_initializer=zeros)");
    assert_int_equal(plm_compile(m, "sgd(0.01)", loss, "r2_score"), PLM_OK);
    plm_status status =
        plm_fit(m, train,
                PLM_FIT(.epochs = epochs, .validation = validation, .observers = observers,
                        .resume = from, .checkpoint = to, .result = &result));
    assert_true(!PLM_FAILED(status));
    plm_model_free(m);
    plm_data_free(validation);
    plm_data_free(train);
    plm_close(w);
    return result;
}

static void check(const resumed *r, const char *path)
{
    plm_since since = {0};
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    fit(r->loss, r->observers, r->epochs, NULL, path);
    told[0] = '\0';
    const plm_fit_result result = fit(r->other_loss, r->other_observers, TOTAL, path, path);
    assert_int_equal(result.epochs, r->done);
    assert_int_equal(result.best_epoch, r->best);
    assert_int_equal(plm_checkpoint_since(w, path, &since), PLM_OK);
    assert_int_equal(since.loss, r->since.loss);
    assert_int_equal(since.best, r->since.best);
    plm_close(w);
    if (r->told != NULL && strstr(told, r->told) == NULL)
        fail_msg("'%s' is not in: %s", r->told, told);
    if (r->told == NULL)
        assert_string_equal(told, "");
}

static void best_values_of_another_unit_do_not_count(void **state)
{
    char folder[] = "/tmp/plummet-resumed-XXXXXX", path[100];
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/run.safetensors", folder);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        check(&all[i], path);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(best_values_of_another_unit_do_not_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
