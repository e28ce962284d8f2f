/* Some training steps or predictions of a small net on one thread, for counting instructions:
 * step NET STEPS ISA. NET: a row of the table. */
#include <plummet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 32, WIDTH = 16 };

typedef struct {
    const char *name, *optimizer;
    const char *layer[8];
} net;

static const net nets[] = {
    {"small",
     "adam(1e-3)",
     {"input(16)", "dense(32, activation=relu)", "dense(32, activation=relu)", "dense(1)"}},
    {"normalized",
     "sgd(0.01, momentum=0.9)",
     {"input(16)", "dense(32)", "batch_normalization", "elu", "dropout(0.2)", "dense(1)"}},
    {"clipped",
     "adamw(1e-3, global_clipnorm=1)",
     {"input(16)", "dense(32, activation=elu)", "dense(32, activation=elu)", "dense(1)"}},
    {"predict",
     NULL,
     {"input(16)", "dense(32, activation=relu)", "dense(32, activation=relu)", "dense(1)"}},
};

static void give_up(const plm *w)
{
    const plm_error *e = plm_last_error(w);
    fprintf(stderr, "step: %s: %s\n", e->where, e->what);
    exit(1);
}

static void run(plm *w, plm_model *m, const net *n, int steps)
{
    static float x[ROWS * WIDTH], y[ROWS];
    plm_log log;
    for (int i = 0; i < ROWS * WIDTH; i++)
        x[i] = (float)(i * 31 % 101) / 50.0f - 1.0f;
    plm_batch batch = {.rows = ROWS, .inputs = 1, .targets = 1};
    batch.input[0] = (plm_view){x, PLM_F32, 2, {ROWS, WIDTH}};
    batch.target[0] = (plm_view){y, PLM_F32, 1, {ROWS}};
    const plm_view row = {x, PLM_F32, 2, {1, WIDTH}};
    plm_view out = {y, PLM_F32, 2, {1, 1}};
    for (int i = 0; i < steps; i++)
        if ((n->optimizer != NULL ? plm_train_batch(m, &batch, &log, 1)
                                  : plm_predict(m, &row, &out)) < 0)
            give_up(w);
}

int main(int argc, char **argv)
{
    const net *n = NULL;
    for (size_t i = 0; argc == 4 && i < sizeof nets / sizeof nets[0]; i++)
        if (strcmp(nets[i].name, argv[1]) == 0)
            n = &nets[i];
    if (n == NULL) {
        for (size_t i = 0; i < sizeof nets / sizeof nets[0]; i++)
            printf("%s\n", nets[i].name);
        return argc == 4 ? 2 : 0;
    }
    plm *w = plm_open(PLM_OPTIONS(.threads = 1, .seed = 5, .isa = argv[3], .unpinned = true));
    plm_model *m = plm_model_new(w);
    for (const char *const *layer = n->layer; *layer != NULL; layer++)
        plm_add(m, "%s", *layer);
    if (plm_compile(m, n->optimizer, n->optimizer != NULL ? "mse" : NULL, NULL) < 0)
        give_up(w);
    run(w, m, n, (int)strtol(argv[2], NULL, 10));
    plm_model_free(m);
    plm_close(w);
    return 0;
}
