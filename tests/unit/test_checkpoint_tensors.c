/* A checkpoint whose file is whole, but in which one tensor is missing, of another type, shorter or
 * without sense: a resume refuses it and says which. What older versions did not write may be
 * missing. And what a checkpoint within an epoch holds for a fit that diverges after it. */
#include "data_support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/format.h"

enum { ROWS = 40, BATCH = 5 };

/* ---- a fit with everything that a checkpoint can hold, in the middle of an epoch ---- */

static const char observers[] = "early_stopping(monitor=loss, patience=5, "
                                "restore_best_weights=true), reduce_lr_on_plateau(monitor=loss)";

/* last: the target of the last row. */
static plm_data *rows(plm *w, float last)
{
    static float x[ROWS * 2], y[ROWS];
    for (int i = 0; i < ROWS; i++) {
        x[2 * i] = (float)(i % 7) / 7;
        x[2 * i + 1] = (float)(i % 5) / 5;
        y[i] = (float)(i % 3 == 0);
    }
    y[ROWS - 1] = last;
    const plm_view in = {.data = x, .dtype = PLM_F32, .rank = 2, .dims = {ROWS, 2}};
    const plm_view out = {.data = y, .dtype = PLM_F32, .rank = 2, .dims = {ROWS, 1}};
    plm_data *d = plm_data_arrays(w, &in, &out, "batch(5)");
    assert_non_null(d);
    return d;
}

static plm_model *net(plm *w, const char *last, const char *optimizer, const char *loss,
                      const char *metrics)
{
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(2)");
    plm_add(m, "dense(3, activation=relu)");
    plm_add(m, "%s", last);
    assert_int_equal(plm_compile(m, optimizer, loss, metrics), PLM_OK);
    return m;
}

/* Three epochs; more: of observers; resume: NULL = from the start. */
static plm_status fit(plm *w, const char *more, const char *resume)
{
    char all[1024];
    plm_data *d = rows(w, 1);
    plm_model *m =
        net(w, "dense(1, activation=sigmoid)",
            "adam(0.01, use_ema=true, gradient_accumulation_steps=3)", "bce", "accuracy, auc");
    snprintf(all, sizeof all, "%s%s", observers, more);
    const plm_status status =
        plm_fit(m, d, PLM_FIT(.epochs = 3, .observers = all, .resume = resume));
    plm_data_free(d);
    plm_model_free(m);
    return status;
}

/* ---- one tensor is spoilt ---- */

typedef enum { MISSING, TYPE, SHORT, NEGATIVE, PART, WAYS } way;
static const char *const name_of[WAYS] = {"missing", "of another type", "shorter", "negative",
                                          "not whole"};

/* The ways that are borne, as letters of "mtsnp", by what the name begins with; all other tensors
 * must be as they were. Numbers that are no counts may be any. */
static const struct {
    const char *name, *borne;
} rules[] = {{"training/end", "m"},
             {"training/epoch", "m"},
             {"training/gathered_batches", "m"},
             {"training/history_names", "s"}, /* a name without its last letter */
             {"training/history", "mnp"},
             {"training/observers", "ms"},
             {"training/observer/2", "mtsnp"}, /* the one that wrote the file is not there */
             {"training/observer/", "mnp"},
             {"training/rate", "mnp"},
             {"training/since", "m"},
             {"training/scores/", "p"},
             {"training/good_numbers", "m"}, /* older versions have none */
             {"training/facts", "mts"}};

static bool is_borne(const char *name, way how)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (strncmp(name, rules[i].name, strlen(rules[i].name)) == 0)
            return strchr(rules[i].borne, "mtsnp"[how]) != NULL;
    return false;
}

/* Does it hold counts and sums, float64 in every build? */
static bool is_numbers(const plm_document_tensor *t)
{
    bool known = strcmp(t->name, "training/numbers") == 0;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        known = known || strncmp(t->name, rules[i].name, strlen(rules[i].name)) == 0;
    return known && t->dtype == PLM_F64;
}

static size_t size_of(plm_dtype type)
{
    return type == PLM_F64 ? 8 : type == PLM_F32 ? 4 : 1;
}

/* As a vector of `count` numbers of a type. */
static void retype(plm_document_tensor *t, plm_dtype type, size_t count)
{
    t->dtype = type;
    t->rank = 1;
    t->dims[0] = (int64_t)count;
    t->bytes = count * size_of(type);
}

/* room: where numbers are changed. */
static void spoil(plm_document_tensor *t, way how, double *room)
{
    if (how == MISSING)
        t->name = "training/of_another_name";
    if (how == TYPE && t->dtype == PLM_U8)
        retype(t, PLM_F32, t->bytes / 4);
    else if (how == TYPE)
        retype(t, PLM_U8, t->bytes);
    if (how == SHORT && t->bytes > 0)
        retype(t, t->dtype, t->bytes / size_of(t->dtype) - 1);
    if (how >= NEGATIVE) {
        memcpy(room, t->data, t->bytes);
        room[0] = how == NEGATIVE ? -1 : 0.5;
        t->data = room;
    }
}

/* The parts of a tensor's name that a message may hold: all of it, or what several share. */
static bool says_which(const plm_error *e, const char *name)
{
    char part[128];
    snprintf(part, sizeof part, "%s", name);
    if (strstr(e->what, part) != NULL || strstr(e->where, part) != NULL)
        return true;
    return strcmp(name, "training/history_names") == 0 && strstr(e->what, "training/history");
}

static void resume_spoilt(plm *w, const char *good, size_t tensor, way how)
{
    const char *bad = test_path("bad");
    plm_document d = {.arena = {.w = w}};
    double room[512];
    char name[128];
    assert_int_equal(plm_document_load(w, good, NULL, &d), PLM_OK);
    snprintf(name, sizeof name, "%s", d.tensor[tensor].name);
    spoil(&d.tensor[tensor], how, room);
    assert_int_equal(plm_document_save(w, &d, bad, NULL), PLM_OK);
    plm_document_free(&d);
    const plm_status status = fit(w, "", bad), wanted = is_borne(name, how) ? PLM_OK : PLM_E_FORMAT;
    if (status != wanted || (status < 0 && !says_which(plm_last_error(w), name)))
        fail_msg("%s is %s: status %d, %d is right (%s: %s)", name, name_of[how], status, wanted,
                 plm_last_error(w)->where, plm_last_error(w)->what);
}

static void a_spoilt_tensor_is_refused(void **state)
{
    (void)state;
    test_memory memory = {0};
    plm *w = test_open(&memory, NULL);
    char more[600], good[512];
    snprintf(good, sizeof good, "%s", test_path("6")); /* of 8 batches, in epoch 3 */
    snprintf(more, sizeof more, ", checkpoint('%s', save_freq=11)", test_path("{batch:d}"));
    assert_int_equal(fit(w, more, NULL), PLM_OK);
    assert_int_equal(fit(w, "", good), PLM_OK);
    plm_document d = {.arena = {.w = w}};
    assert_int_equal(plm_document_load(w, good, NULL, &d), PLM_OK);
    assert_int_equal(d.tensors, 59);
    for (size_t i = 0; i < d.tensors; i++)
        for (way how = MISSING; how < (is_numbers(&d.tensor[i]) ? WAYS : NEGATIVE); how++)
            resume_spoilt(w, good, i, how);
    plm_document_free(&d);
    test_close(w, &memory);
}

/* ---- the facts of the run are other ones ---- */

/* Resumes with `from` in the facts replaced by `to`. */
static plm_status resume_changed(plm *w, const char *good, const char *from, const char *to)
{
    char text[1024];
    plm_document d = {.arena = {.w = w}};
    assert_int_equal(plm_document_load(w, good, NULL, &d), PLM_OK);
    for (size_t i = 0; i < d.tensors; i++) {
        plm_document_tensor *t = &d.tensor[i];
        if (strcmp(t->name, "training/facts") != 0)
            continue;
        char *all = malloc(t->bytes + 1);
        memcpy(all, t->data, t->bytes);
        all[t->bytes] = '\0';
        const char *at = strstr(all, from);
        assert_non_null(at);
        snprintf(text, sizeof text, "%.*s%s%s", (int)(at - all), all, to, at + strlen(from));
        free(all);
        t->data = text;
        retype(t, PLM_U8, strlen(text));
    }
    assert_int_equal(plm_document_save(w, &d, test_path("bad"), NULL), PLM_OK);
    plm_document_free(&d);
    return fit(w, "", test_path("bad"));
}

/* The last warning. */
static void keep_warning(void *user, int level, const char *line)
{
    if (level > 0)
        snprintf(user, 512, "%s", line);
}

/* Lines about rows may be missing, as in older versions, or be new; another number of rows is
 * refused. Of another seed, optimizer or batch there is a warning. */
static void other_facts(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
        plm_status status;
        const char *words; /* of the error or the warning; NULL = there is none */
    } facts[] = {
        {"rows of an epoch: 40\nrows of a batch: 5\n", "", PLM_OK, NULL},
        {"rows of an epoch: 40\n", "", PLM_OK, NULL},
        {"rows of a batch: 5\n", "rows of a batch: 5\nrows of a moon: 1\n", PLM_OK, NULL},
        {"rows of an epoch: 40", "rows of an epoch: 41", PLM_E_SPEC,
         "the data is not that of the checkpoint: rows of an epoch is now 40, and was 41"},
        {"rows of a batch: 5", "rows of a batch: 6", PLM_OK,
         "rows of a batch: now 5; the checkpoint was written with 6"},
        {"seed: 7", "seed: 8", PLM_OK, "seed: now 7; the checkpoint was written with 8"},
        {"seed: 7\n", "", PLM_OK, "seed: now 7; the checkpoint was written with nothing"},
        {"seed: 7\n", "seed: 7\nplanet: mars\n", PLM_OK,
         "planet: now nothing; the checkpoint was written with mars"},
        {"loss: bce", "loss: mse", PLM_OK, "loss: now bce; the checkpoint was written with mse"},
        {"optimizer: adam(0.01", "optimizer: adam(0.02", PLM_OK,
         "the checkpoint was written with adam(0.02"},
    };
    char warning[512], more[600], good[512];
    plm *w = plm_open(PLM_OPTIONS(.threads = 1, .seed = 7, .log = keep_warning, .user = warning));
    snprintf(good, sizeof good, "%s", test_path("6"));
    snprintf(more, sizeof more, ", checkpoint('%s', save_freq=11)", test_path("{batch:d}"));
    assert_int_equal(fit(w, more, NULL), PLM_OK);
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        warning[0] = '\0';
        const plm_status status = resume_changed(w, good, facts[i].from, facts[i].to);
        const char *said = status < 0 ? plm_last_error(w)->what : warning;
        const char *words = facts[i].words;
        if (status != facts[i].status || (words ? !strstr(said, words) : *said != '\0'))
            fail_msg("'%s' for '%s': %d, '%s'", facts[i].to, facts[i].from, (int)status, said);
    }
    plm_close(w);
}

/* ---- a fit that diverges behind the checkpoint ---- */

static void read_weights(plm_model *m, float out[6])
{
    assert_int_equal(plm_parameter_read(m, 0, out), PLM_OK);
}

/* Targets beyond float32 in the last batch: the model of the last whole epoch stays, also where
 * another model resumed within the next one. */
static void a_resumed_fit_that_diverges_goes_back(void **state)
{
    (void)state;
    if (sizeof(plm_real) > sizeof(float))
        skip(); /* in double the loss stays finite */
    test_memory memory = {0};
    plm *w = test_open(&memory, NULL);
    char more[600], middle[512];
    float whole[6], resumed[6], start[6];
    snprintf(middle, sizeof middle, "%s", test_path("middle-3"));
    snprintf(more, sizeof more, "checkpoint('%s', save_freq=11)", test_path("middle-{batch:d}"));
    plm_data *d = rows(w, 1);
    plm_model *m = net(w, "dense(1)", "sgd(0.01)", "mse", NULL);
    read_weights(m, start);
    assert_int_equal(plm_fit(m, d, PLM_FIT(.epochs = 1)), PLM_OK);
    read_weights(m, whole);
    plm_model_free(m);
    m = net(w, "dense(1)", "sgd(0.01)", "mse", NULL);
    assert_int_equal(plm_fit(m, d, PLM_FIT(.epochs = 2, .observers = more)), PLM_OK);
    plm_model_free(m);
    plm_data_free(d);
    d = rows(w, 3e38f);
    m = net(w, "dense(1)", "sgd(0.01)", "mse", NULL);
    assert_int_equal(plm_fit(m, d, PLM_FIT(.epochs = 2, .resume = middle)), PLM_E_NUMERIC);
    read_weights(m, resumed);
    plm_model_free(m);
    plm_data_free(d);
    assert_memory_not_equal(whole, start, sizeof whole);
    assert_memory_equal(resumed, whole, sizeof whole);
    test_close(w, &memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_spoilt_tensor_is_refused),
                                       cmocka_unit_test(other_facts),
                                       cmocka_unit_test(a_resumed_fit_that_diverges_goes_back)};
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
