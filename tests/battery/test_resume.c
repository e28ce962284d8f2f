/* A resumed fit equals one that was never stopped, bit for bit: every optimizer with every
 * schedule, alone, with gradient accumulation that is cut in the middle, and with averages, on
 * shuffled rows through batch normalization and every layer that draws random numbers; observers
 * that change the rate, stop, or predict with noise in between. Kinds come from the registry. */
#define _POSIX_C_SOURCE 200809L /* mkdtemp */
#include <stdio.h>
#include <unistd.h>

#include "battery.h"
enum { EPOCHS = 4, ROWS = 60, WIDTH = 6, CLASSES = 3, BATCH = 12, MOST = 1024, SAMPLES = 5 };

typedef struct {
    char folder[64], checkpoint[128];
} files;

static void name_files(files *f)
{
    snprintf(f->folder, sizeof f->folder, "/tmp/plummet-resume-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    snprintf(f->checkpoint, sizeof f->checkpoint, "%s/checkpoint.safetensors", f->folder);
}

static void remove_files(const files *f)
{
    unlink(f->checkpoint);
    rmdir(f->folder);
}

static void check(const plm *w, plm_status status, const char *what)
{
    char line[1400];
    if (status < 0)
        fail_msg("%s: %s", what, battery_error(w, line, sizeof line));
}

/* ---- one fit ---- */

/* What is trained, and how. */
typedef struct {
    plm *w;
    const char *optimizer;
    const char *noise;    /* a layer that draws random numbers */
    const char *watchers; /* observers, or "" */
    const plm_observer *extra;
    int64_t before; /* epochs of an earlier fit of the model, unless the fit resumes */
} training;

static void fill_rows(float x[ROWS][WIDTH], float y[ROWS])
{
    for (int i = 0; i < ROWS; i++) {
        for (int j = 0; j < WIDTH; j++)
            x[i][j] = (float)(2 * battery_uniform(1, (uint64_t)(i * WIDTH + j)) - 1);
        y[i] = x[i][0] > 0.3f ? 2 : x[i][1] > 0 ? 1 : 0;
    }
}

static plm_model *new_model(const training *t)
{
    plm_model *m = plm_model_new(t->w);
    plm_add(m, "input(%d)", WIDTH);
    plm_add(m, "normalization");
    plm_add(m, "dense(9, kernel_regularizer=l2(1e-4))");
    plm_add(m, "batch_normalization(momentum=0.9)");
    plm_add(m, "activation(elu)");
    plm_add(m, "%s", t->noise);
    plm_add(m, "dense(%d, activation=softmax, kernel_constraint=max_norm(3))", CLASSES);
    check(t->w, plm_compile(m, t->optimizer, "sparse_categorical_crossentropy", "accuracy"),
          t->optimizer);
    return m;
}

/* What a fit leaves: all numbers of the model and of its training, and noisy predictions. */
typedef struct {
    double *number;
    size_t count, room;
    float drawn[ROWS * CLASSES];
} result;

static void keep(result *r, const plm_real *vector, size_t count)
{
    for (size_t i = 0; vector != NULL && i < count; i++) {
        if (r->count == r->room) {
            r->room = r->room > 0 ? 2 * r->room : 4096;
            r->number = realloc(r->number, r->room * sizeof *r->number);
            assert_non_null(r->number);
        }
        r->number[r->count++] = (double)vector[i];
    }
}

static void keep_all(result *r, const plm_model *m)
{
    const plm_training *t = m->training;
    r->count = 0;
    keep(r, m->vector.p, m->vector.length);
    for (int i = 0; i < PLM_SLOTS; i++)
        keep(r, m->vector.slot[i], m->vector.trained);
    keep(r, t->average, m->vector.trained);
    keep(r, t->gathered, m->vector.trained);
    keep(r, t->slow, m->vector.trained);
    keep(r, t->memory, t->memories);
    const plm_real rest[] = {(plm_real)t->rate,     (plm_real)t->step,     (plm_real)t->updates,
                             (plm_real)t->state[0], (plm_real)t->state[1], (plm_real)t->state[2],
                             (plm_real)t->state[3]};
    keep(r, rest, sizeof rest / sizeof *rest);
}

static bool same(const result *a, const result *b)
{
    return a->count == b->count && memcmp(a->number, b->number, a->count * sizeof *a->number) == 0;
}

/* Fits from the beginning (resume NULL) or from a checkpoint, then draws noisy predictions. */
static void run(const training *t, const char *observers, const char *resume, int64_t epochs,
                result *out)
{
    float x[ROWS][WIDTH], y[ROWS], deviation[ROWS * CLASSES];
    fill_rows(x, y);
    const plm_view rows = {x, PLM_F32, 2, {ROWS, WIDTH}}, labels = {y, PLM_F32, 1, {ROWS}};
    plm_view mean = {out->drawn, PLM_F32, 2, {ROWS, CLASSES}},
             spread = {deviation, PLM_F32, 2, {ROWS, CLASSES}};
    char transforms[40];
    snprintf(transforms, sizeof transforms, "shuffle | batch(%d)", BATCH);
    plm_data *train = plm_data_arrays(t->w, &rows, &labels, transforms);
    plm_data *validation = plm_data_split(train, "split(0.2)");
    plm_model *m = new_model(t);
    if (t->before > 0 && resume == NULL)
        check(t->w, plm_fit(m, train, PLM_FIT(.epochs = t->before)), "an earlier fit");
    check(t->w,
          plm_fit(m, train,
                  PLM_FIT(.epochs = epochs, .validation = validation, .observers = observers,
                          .resume = resume, .extra = t->extra, .extras = t->extra != NULL)),
          t->optimizer);
    keep_all(out, m);
    check(t->w, plm_predict_monte_carlo(m, &rows, SAMPLES, &mean, &spread), "noisy predictions");
    plm_model_free(m);
    plm_data_free(validation);
    plm_data_free(train);
}

/* ---- whole and resumed ---- */

/* Interrupts a fit after half of its epochs. */
static plm_status interrupt(void *self, plm_run *run, const plm_event *e)
{
    (void)self, (void)run;
    return e->kind == PLM_EPOCH_END && e->epoch + 1 == EPOCHS / 2 ? PLM_STOPPED : PLM_OK;
}

static void compare(battery_report *r, const files *f, const training *t)
{
    const plm_observer half_way = {.name = "half_way", .on_event = interrupt};
    training half = *t;
    char observers[MOST];
    result whole = {.count = 0}, resumed = {.count = 0};
    snprintf(observers, sizeof observers, "%s%scheckpoint('%s', every=%d)", t->watchers,
             t->watchers[0] != '\0' ? ", " : "", f->checkpoint, EPOCHS / 2);
    run(t, t->watchers, NULL, EPOCHS, &whole);
    /* a whole fit, interrupted, as schedules know its length; unless it has an observer already */
    half.extra = t->extra != NULL ? t->extra : &half_way;
    run(&half, observers, NULL, t->extra == NULL ? EPOCHS : EPOCHS / 2, &resumed);
    r->checks++;
    if (t->watchers[0] == '\0' && same(&whole, &resumed))
        battery_complain(r, "%s, %s: the second half of the training changes nothing", t->optimizer,
                         t->noise);
    run(t, t->watchers, f->checkpoint, EPOCHS, &resumed);
    if (!same(&whole, &resumed))
        battery_complain(r, "%s, %s, %s: the resumed training differs from the uninterrupted one",
                         t->optimizer, t->noise, t->watchers);
    else if (t->extra == NULL && memcmp(whole.drawn, resumed.drawn, sizeof whole.drawn) != 0)
        battery_complain(r, "%s, %s: the resumed model predicts with other noise", t->optimizer,
                         t->noise);
    free(whole.number);
    free(resumed.number);
}

/* ---- what is combined ---- */

/* Schedules that bend within the 16 steps of a fit, before and after the cut. A kind of the
 * registry that is not here is tried as its examples say. */
static const char *const schedules[] = {
    "constant(0.05)",
    "warmup(0.3, cosine_decay(0.05, all))",
    "sequence([0.05, cosine_decay(0.05, all)], [0.4])",
    "exponential_decay(0.05, 10, 0.5)",
    "inverse_time_decay(0.05, 5, 0.5, staircase=true)",
    "piecewise_constant_decay([3, 10], [0.05, 0.02, 0.01])",
    "polynomial_decay(0.05, 7, cycle=true)",
    "cosine_decay(0, 10, warmup_target=0.05, warmup_steps=5)",
    "cosine_decay_restarts(0.05, 3)",
    "one_cycle(0.05, 16)",
    "one_cycle(0.05, 13, max_momentum=0.95, min_momentum=0.85)",
    "per_epoch('0.05 if epoch < 1 else 0.02 if epoch < 3 else 0.01')",
    "per_epoch('learning_rate * 0.7', initial_learning_rate=0.05)",
    "per_step('0.05 * 0.1 ** (step / (2 * steps_per_epoch))')",
    "per_step('lr * 0.95', 0.05)"};
enum { SCHEDULES = sizeof schedules / sizeof *schedules, MOST_SPECS = 64 };

typedef struct {
    const char *at[MOST_SPECS];
    size_t count;
} specs;

static void append(specs *s, const char *text)
{
    assert_true(s->count < MOST_SPECS);
    s->at[s->count++] = text;
}

static specs every_schedule(const plm *w)
{
    specs s = {.count = 0};
    for (const plm_kind *const *k = battery_kinds(w, "schedule"); *k != NULL; k++) {
        const size_t before = s.count, length = strlen((*k)->name);
        for (size_t i = 0; i < SCHEDULES; i++)
            if (strncmp(schedules[i], (*k)->name, length) == 0 && schedules[i][length] == '(')
                append(&s, schedules[i]);
        for (const char *const *e = s.count > before ? NULL : (*k)->examples;
             e != NULL && *e != NULL; e++)
            append(&s, *e);
    }
    return s;
}

/* Does an example's net hold an op that draws random numbers? */
static bool draws(plm *w, const battery_example *e)
{
    const battery_form form = {0};
    battery_net n;
    bool random = false;
    if (battery_net_open(&n, w, e, &form, 1) < 0)
        return false;
    for (size_t i = 0; i < n.m->graph.nodes; i++)
        random = random || n.m->graph.node[i].op->random;
    battery_net_close(&n);
    return random;
}

/* A layer of each kind that draws. a: keeps their text. */
static specs every_noise(plm *w, plm_arena *a)
{
    specs s = {.count = 0};
    battery_example e;
    for (const plm_kind *const *k = battery_kinds(w, "layer"); *k != NULL; k++)
        if ((*k)->examples != NULL && battery_parse((*k)->examples[0], &e) && e.inputs == 1 &&
            draws(w, &e))
            append(&s, plm_arena_text(a, e.spec, SIZE_MAX));
    assert_true(s.count > 0);
    return s;
}

static const char *const options[] = {
    "", ", gradient_accumulation_steps=3",
    ", use_ema=true, ema_momentum=0.8, ema_overwrite_frequency=3"};
static const char *const more_options[] = {
    ", use_ema=true, gradient_accumulation_steps=3", ", global_clipnorm=0.5",
    ", weight_decay=flat_cos(0.01), clipvalue=0.1", ", lookahead_steps=3",
    ", clipnorm=0.1, weight_decay=0.01"};

/* The layer that draws changes from one to the next, so that each meets every optimizer and many
 * schedules. */
static void optimizers_and_schedules(void **state)
{
    battery_report r = {0};
    files f;
    plm *w = battery_open(1, NULL);
    plm_arena a = {.w = w};
    const specs rates = every_schedule(w), noise = every_noise(w, &a);
    (void)state;
    name_files(&f);
    size_t turn = 0;
    for (const plm_kind *const *k = battery_kinds(w, "optimizer"); *k != NULL; k++)
        for (size_t i = 0; i < rates.count; i++)
            for (size_t o = 0; o < sizeof options / sizeof *options; o++) {
                char optimizer[MOST];
                if (strstr(rates.at[i], "momentum") != NULL &&
                    ((const plm_optimizer_kind *)(const void *)*k)->momentum_offset == 0)
                    continue; /* it has none to turn */
                snprintf(optimizer, sizeof optimizer, "%s(%s%s)", (*k)->name, rates.at[i],
                         options[o]);
                const training t = {.w = w,
                                    .optimizer = optimizer,
                                    .noise = noise.at[turn++ % noise.count],
                                    .watchers = ""};
                compare(&r, &f, &t);
            }
    remove_files(&f);
    plm_arena_free(&a);
    plm_close(w);
    battery_end(&r);
}

/* Every way an optimizer's own keys are shown, and the options above did not have, on two
 * threads. */
static void own_keys_and_noise(void **state)
{
    battery_report r = {0};
    files f;
    plm *w = battery_open(2, NULL);
    plm_arena a = {.w = w};
    const specs noise = every_noise(w, &a);
    (void)state;
    name_files(&f);
    for (const plm_kind *const *k = battery_kinds(w, "optimizer"); *k != NULL; k++)
        for (const char *const *e = (*k)->examples; e != NULL && *e != NULL; e++) {
            const training t = {.w = w, .optimizer = *e, .noise = "dropout(0.2)", .watchers = ""};
            compare(&r, &f, &t);
        }
    for (size_t o = 0; o < sizeof more_options / sizeof *more_options; o++)
        for (size_t i = 0; i < noise.count; i++) {
            char optimizer[MOST];
            snprintf(optimizer, sizeof optimizer, "adam(0.01%s)", more_options[o]);
            const training t = {
                .w = w, .optimizer = optimizer, .noise = noise.at[i], .watchers = ""};
            compare(&r, &f, &t);
        }
    remove_files(&f);
    plm_arena_free(&a);
    plm_close(w);
    battery_end(&r);
}

/* ---- observers ---- */

/* Predicts with noise after each epoch: the training must not feel it. */
static plm_status draw_between(void *self, plm_run *run_, const plm_event *event)
{
    float x[ROWS][WIDTH], y[ROWS], mean[ROWS * CLASSES], deviation[ROWS * CLASSES];
    (void)self;
    if (event->kind != PLM_EPOCH_END)
        return PLM_OK;
    fill_rows(x, y);
    plm_view out[2] = {{mean, PLM_F32, 2, {ROWS, CLASSES}},
                       {deviation, PLM_F32, 2, {ROWS, CLASSES}}};
    return plm_predict_monte_carlo(plm_run_model(run_), &(plm_view){x, PLM_F32, 2, {ROWS, WIDTH}},
                                   3, &out[0], &out[1]);
}

static void observers(void **state)
{
    static const char both[] = "early_stopping(patience=3, restore_best_weights=true), "
                               "reduce_lr_on_plateau(patience=1, min_delta=1)";
    static const char *const watchers[] = {
        "reduce_lr_on_plateau(factor=0.5, patience=1, min_delta=0.5)",
        "reduce_lr_on_plateau(factor=0.1, patience=1, cooldown=1, min_lr=0.001, monitor=loss)",
        "early_stopping(patience=50, restore_best_weights=true, min_delta=0.2)",
        "early_stopping(patience=2, min_delta=10, restore_best_weights=true)", /* after the cut */
        "terminate_on_nan",
        both};
    static const char *const optimizers[] = {
        "sgd(0.05, momentum=0.9)", "nadam(one_cycle(0.02, 16), use_ema=true)",
        "rmsprop(0.003, centered=true, gradient_accumulation_steps=3)"};
    const plm_observer drawing = {.name = "drawing", .on_event = draw_between};
    battery_report r = {0};
    files f;
    plm *w = battery_open(1, NULL);
    (void)state;
    name_files(&f);
    for (size_t k = 0; k < sizeof optimizers / sizeof *optimizers; k++) {
        training t = {.w = w, .optimizer = optimizers[k], .noise = "dropout(0.2)"};
        for (size_t i = 0; i < sizeof watchers / sizeof *watchers; i++) {
            t.watchers = watchers[i];
            compare(&r, &f, &t);
        }
        t.watchers = "";
        t.extra = &drawing;
        compare(&r, &f, &t);
    }
    remove_files(&f);
    plm_close(w);
    battery_end(&r);
}

/* ---- within an epoch ---- */

/* The figures of epochs, from the second on. */
typedef struct {
    double figure[EPOCHS][4];
} figures;

static plm_status note(void *self, plm_run *run_, const plm_event *event)
{
    figures *f = self;
    (void)run_;
    for (int i = 0; event->kind == PLM_EPOCH_END && event->epoch > 0 && i < event->logs && i < 4;
         i++)
        f->figure[event->epoch][i] = event->log[i].value;
    return PLM_OK;
}

/* Two epochs of four batches, and a file every three: the last is written after batch 2 of the
 * second. */
static void within_an_epoch(void **state)
{
    static const char *const optimizers[] = {
        "sgd(per_epoch('learning_rate * 0.7', initial_learning_rate=0.05), momentum=0.9)",
        "adam(0.01, gradient_accumulation_steps=3, use_ema=true)",
        "rmsprop(one_cycle(0.02, 16), centered=true)"};
    battery_report r = {0};
    files f;
    plm *w = battery_open(2, NULL);
    (void)state;
    name_files(&f);
    for (size_t k = 0; k < sizeof optimizers / sizeof *optimizers; k++) {
        char observers[MOST];
        figures told[2] = {{{{0}}}};
        result whole = {.count = 0}, resumed = {.count = 0};
        plm_observer noting = {.name = "noting", .on_event = note, .self = &told[0]};
        const training t = {.w = w,
                            .optimizer = optimizers[k],
                            .noise = "dropout(0.2)",
                            .watchers = "",
                            .extra = &noting};
        snprintf(observers, sizeof observers, "checkpoint('%s', save_freq=3)", f.checkpoint);
        run(&t, "", NULL, EPOCHS, &whole);
        noting.self = &told[1];
        run(&t, observers, NULL, 2, &resumed);
        assert_int_equal(plm_checkpoint_epochs(w, f.checkpoint), 1);
        memset(&told[1], 0, sizeof told[1]);
        run(&t, "", f.checkpoint, EPOCHS, &resumed);
        r.checks++;
        if (!same(&whole, &resumed))
            battery_complain(&r, "%s: resumed within an epoch the training differs", optimizers[k]);
        if (memcmp(&told[0], &told[1], sizeof told[0]) != 0)
            battery_complain(&r, "%s: resumed within an epoch its figures differ", optimizers[k]);
        free(whole.number);
        free(resumed.number);
    }
    remove_files(&f);
    plm_close(w);
    battery_end(&r);
}

/* An earlier fit of 4 batches ends within a cycle, so that the next cycle begins at its end: the
 * checkpoint says how many batches are gathered, and the steps do not. */
static void after_an_earlier_fit(void **state)
{
    static const char *const optimizers[] = {
        "sgd(0.05, momentum=0.9, gradient_accumulation_steps=3)",
        "adam(0.01, gradient_accumulation_steps=5)",
        "adam(0.01, gradient_accumulation_steps=7, use_ema=true)"};
    battery_report r = {0};
    files f;
    plm *w = battery_open(1, NULL);
    (void)state;
    name_files(&f);
    for (size_t k = 0; k < sizeof optimizers / sizeof *optimizers; k++)
        for (int64_t before = 1; before < 3; before++) {
            const training t = {.w = w,
                                .optimizer = optimizers[k],
                                .noise = "dropout(0.2)",
                                .watchers = "",
                                .before = before};
            compare(&r, &f, &t);
        }
    remove_files(&f);
    plm_close(w);
    battery_end(&r);
}

static void refuses_another_training(void **state)
{
    files f;
    char watchers[256];
    float x[ROWS][WIDTH], y[ROWS];
    result first = {.count = 0};
    plm *w = battery_open(1, NULL);
    (void)state;
    name_files(&f);
    snprintf(watchers, sizeof watchers, "checkpoint('%s')", f.checkpoint);
    run(&(training){.w = w, .optimizer = "sgd(0.01)", .noise = "dropout(0.2)"}, watchers, NULL, 1,
        &first);
    fill_rows(x, y);
    plm_data *train = plm_data_arrays(w, &(plm_view){x, PLM_F32, 2, {ROWS, WIDTH}},
                                      &(plm_view){y, PLM_F32, 1, {ROWS}}, NULL);
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(%d)", WIDTH);
    plm_add(m, "dense(%d, activation=softmax)", CLASSES);
    check(w, plm_compile(m, "sgd(0.01)", "sparse_categorical_crossentropy", NULL), "compile");
    assert_int_equal(plm_fit(m, train, PLM_FIT(.epochs = 2, .resume = f.checkpoint)), PLM_E_FORMAT);
    assert_non_null(strstr(plm_last_error(w)->what, "the net of the checkpoint has"));
    assert_int_equal(plm_fit(m, train, PLM_FIT(.epochs = 2, .resume = "/nowhere/at.all")),
                     PLM_E_IO);
    plm_model_free(m);
    plm_data_free(train);
    plm_close(w);
    free(first.number);
    remove_files(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(optimizers_and_schedules),
                                       cmocka_unit_test(own_keys_and_noise),
                                       cmocka_unit_test(observers),
                                       cmocka_unit_test(within_an_epoch),
                                       cmocka_unit_test(after_an_earlier_fit),
                                       cmocka_unit_test(refuses_another_training)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
