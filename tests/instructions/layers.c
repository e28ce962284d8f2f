/* layers N: the life of a net of N layers, for counting what it takes: built, compiled, described,
 * saved, loaded, copied, trained, taken apart. */
#include <stdio.h>
#include <stdlib.h>

#include "plummet.h"

#define TRY(x) ((x) >= 0 ? (void)0 : fail(w, #x))

static void fail(plm *w, const char *what)
{
    fprintf(stderr, "%s: %s: %s\n", what, plm_last_error(w)->where, plm_last_error(w)->what);
    exit(1);
}

static plm_model *built(plm *w, int layers)
{
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(4)");
    for (int i = 0; i < layers; i++)
        plm_add(m, i % 10 != 9 ? "dense(4, activation=relu)" : "layer_normalization");
    for (int i = 0; i < layers / 10; i++)
        if (plm_find(m, i > 0 ? "dense_1" : "dense").id == 0)
            fail(w, "plm_find");
    return m;
}

static void use(plm *w, plm_model *m)
{
    float x[8 * 4] = {0}, y[8 * 4] = {0};
    const plm_batch b = {.rows = 8,
                         .inputs = 1,
                         .targets = 1,
                         .input = {{x, PLM_F32, 2, {8, 4}}},
                         .target = {{y, PLM_F32, 2, {8, 4}}}};
    TRY(plm_train_batch(m, &b, NULL, 0));
    TRY(plm_evaluate_batch(m, &b, NULL, 0));
    TRY(plm_predict(m, &b.input[0], &(plm_view){y, PLM_F32, 2, {8, 4}}));
    plm_parameter p;
    for (int64_t i = 0; i < plm_parameters(m, i, &p); i++)
        TRY(p.rank > 2 ? -1 : 0);
    TRY(plm_model_summary(m, 80) != NULL ? 0 : -1);
}

int main(int argc, char **argv)
{
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    const char *path = argc > 2 ? argv[2] : "layers.safetensors";
    const int layers = argc > 1 ? atoi(argv[1]) : 100;
    plm_model *m = built(w, layers);
    TRY(plm_compile(m, "adam", "mse", "mae"));
    use(w, m);
    TRY(plm_model_set_trainable(m, "layer*", false));
    TRY(plm_compile(m, "sgd(clipnorm=1)", "mse", "mae"));
    use(w, m);
    plm_model *copy = plm_model_clone(m);
    TRY(plm_model_save(copy, path, NULL));
    plm_model_free(copy);
    copy = plm_model_load(w, path, NULL);
    TRY(plm_model_pop(copy, layers / 2));
    TRY(plm_compile(copy, NULL, NULL, NULL));
    TRY(plm_model_remove(m, "*"));
    plm_model_free(copy);
    plm_model_free(m);
    plm_close(w);
    return 0;
}
