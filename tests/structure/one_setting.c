/* Uses the setting that one_setting.sh planted: sets it, and finds it again after each way in which
 * a model is kept. argv[1]: a folder for files. */
#include <stdio.h>
#include <string.h>

#include "model/model.h"
#include "plummet.h"

/* The user of the planted setting. */
plm_status plm_model_set_planted(plm_model *m, const char *text);

static int failed;

static void check(plm *w, bool good, const char *what)
{
    if (good)
        return;
    const plm_error *e = plm_last_error(w);
    printf("%s: %s, %s (%s)\n", what, e->what, e->where, e->hint);
    failed = 1;
}

/* Checks that a model has the planted setting with this text. */
static void expect(plm *w, const plm_model *m, const char *text, const char *what)
{
    const char *found = m != NULL ? plm_model_setting(m, "planted") : NULL;
    check(w, found != NULL && strcmp(found, text) == 0, what);
}

/* Trains one epoch with a checkpoint and finds the setting in the file that it leaves. */
static void train(plm *w, plm_model *m, const char *folder)
{
    float x[16], y[16];
    for (int i = 0; i < 16; i++) {
        x[i] = (float)i / 8 - 1;
        y[i] = 2 * x[i];
    }
    plm_view in = plm_view_of(x, PLM_F32, 2, (const int64_t[]){16, 1}),
             out = plm_view_of(y, PLM_F32, 2, (const int64_t[]){16, 1});
    plm_data *d = plm_data_arrays(w, &in, &out, "batch(4)");
    char observer[600], path[600];
    snprintf(path, sizeof path, "%s/best.safetensors", folder);
    snprintf(observer, sizeof observer, "model_checkpoint(\"%s\", monitor=loss)", path);
    check(w, plm_fit(m, d, PLM_FIT(.epochs = 1, .observers = observer)) == PLM_OK, "fit");
    plm_data_free(d);
    plm_model *best = plm_model_load(w, path, NULL);
    expect(w, best, "kept", "checkpoint");
    plm_model_free(best);
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    char path[600];
    snprintf(path, sizeof path, "%s/model.safetensors", argv[1]);
    plm *w = plm_open(NULL);
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(1) | dense(1)");
    check(w, plm_compile(m, "sgd", "mse", "") == PLM_OK, "compile");
    expect(w, m, "", "not given");
    check(w, plm_model_save(m, path, NULL) == PLM_OK, "save without it");
    plm_model *without = plm_model_load(w, path, NULL);
    expect(w, without, "", "a file without the setting");
    plm_model_free(without);

    check(w, plm_model_set_planted(m, "kept") == PLM_OK, "set");
    check(w, plm_model_save(m, path, NULL) == PLM_OK, "save");
    plm_model *loaded = plm_model_load(w, path, NULL), *clone = plm_model_clone(m);
    expect(w, loaded, "kept", "file");
    expect(w, clone, "kept", "clone");
    train(w, m, argv[1]);
    plm_model_free(clone);
    plm_model_free(loaded);
    plm_model_free(m);
    plm_close(w);
    if (!failed)
        printf("a setting that a model keeps costs one row and its user\n");
    return failed;
}
