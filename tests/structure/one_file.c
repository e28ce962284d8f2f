/* Trains with a kind of each family that one_file.sh added; prints what fails. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "plummet.h"

static int failed;

static void check(plm *w, bool good, const char *what)
{
    if (good)
        return;
    const plm_error *e = plm_last_error(w);
    printf("%s: %s, %s (%s)\n", what, e->what, e->where, e->hint);
    failed = 1;
}

int main(void)
{
    static const char *const family[] = {"layer",      "optimizer", "op",          "transform",
                                         "source",     "observer",  "format",      "activation",
                                         "loss",       "metric",    "initializer", "regularizer",
                                         "constraint", "schedule"};
    float x[64], y[64];
    for (int i = 0; i < 64; i++) {
        x[i] = (float)i / 32 - 1;
        y[i] = x[i] > 0;
    }
    plm *w = plm_open(NULL);
    for (size_t i = 0; i < sizeof family / sizeof *family; i++) {
        char name[32];
        snprintf(name, sizeof name, "added_%s", family[i]);
        const char *text = plm_describe(w, family[i], name);
        check(w, text && strstr(text, name), name);
    }
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(1) | added_layer(2, offset=0.5) | dense(8, activation=added_activation, "
               "kernel_initializer=added_initializer, kernel_regularizer=added_regularizer(1e-4), "
               "kernel_constraint=added_constraint(3)) | dense(1)");
    check(w,
          plm_compile(m, "added_optimizer(added_schedule(1e-3, 100))", "added_loss",
                      "added_metric") == PLM_OK,
          "compile");
    plm_view in = plm_view_of(x, PLM_F32, 2, (const int64_t[]){64, 1}),
             out = plm_view_of(y, PLM_F32, 2, (const int64_t[]){64, 1});
    plm_data *d = plm_data_arrays(w, &in, &out, "added_transform(4) | batch(20)");
    check(w, plm_fit(m, d, PLM_FIT(.epochs = 3, .observers = "added_observer")) == PLM_OK, "fit");
    plm_log log[2] = {{0}};
    check(w, plm_evaluate(m, d, log, 2) == PLM_OK && isfinite(log[0].value), "evaluate");
    check(w, log[1].name && strcmp(log[1].name, "added_metric") == 0, "the metric's name");
    plm_data_free(d);
    plm_model_free(m);
    plm_close(w);
    printf("%zu families: a new kind of each trains\n", sizeof family / sizeof *family);
    return failed;
}
