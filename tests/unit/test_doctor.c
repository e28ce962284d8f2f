/* The doctor in C: looks and probes measure without changing anything, and give the same numbers on
 * any number of threads and any instruction set. */
#include "helper.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "doctor/diagnosis.h"

enum { MAX_READINGS = 400 };

/* A net with what is special to a look: an activation of its own, relu, batch normalization (whose
 * moving statistics must be put back), dropout, and a softmax below its loss. */
static plm_model *make_net(plm *w, const char *optimizer)
{
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(64)");
    plm_add(m, "rescaling(1/16)");
    plm_add(m, "dense(37, activation=relu)");
    plm_add(m, "batch_normalization");
    plm_add(m, "dense(20, activation=sigmoid)");
    plm_add(m, "dropout(0.2)");
    plm_add(m, "dense(10, activation=softmax)");
    assert_int_equal(plm_compile(m, optimizer, "sparse_categorical_crossentropy", "accuracy"),
                     PLM_OK);
    return m;
}

static plm_data *open_digits(plm *w)
{
    plm_data *d = plm_data_open(w, "digits | take(400) | shuffle | batch(16)");
    assert_non_null(d);
    return d;
}

/* Copies all parameters to out; returns how many numbers. */
static size_t read_weights(const plm_model *m, float *out)
{
    size_t at = 0;
    plm_parameter p;
    for (int64_t i = 0; i < plm_parameters(m, i, &p); i++) {
        size_t count = 1;
        for (int k = 0; k < p.rank; k++)
            count *= (size_t)p.dims[k];
        assert_int_equal(plm_parameter_read(m, i, out + at), PLM_OK);
        at += count;
    }
    return at;
}

/* What to measure in a fit of two epochs. */
typedef struct {
    const char *optimizer, *isa;
    int threads;
    bool look, watch;
} trial;

enum { NUMBERS = 8000 };

/* Trains by a trial. Returns the number of readings; weights: NUMBERS floats. */
static int64_t train(const trial *t, plm_reading *reading, float *weights)
{
    plm *w = plm_open(PLM_OPTIONS(.threads = t->threads, .isa = t->isa, .fixed_threads = true));
    plm_model *m = make_net(w, t->optimizer);
    plm_data *d = open_digits(w);
    plm_diagnosis *g = NULL;
    plm_observer observer = {0};
    int64_t readings = 0;
    if (t->look)
        assert_int_equal(plm_look(m, d, NULL, 0, NULL), 6);
    if (t->watch) {
        g = plm_doctor(m, d, PLM_DOCTOR(.epochs = 2));
        assert_non_null(g);
        observer = plm_diagnosis_observer(g);
    }
    assert_int_equal(plm_fit(m, d, PLM_FIT(.epochs = 2, .extra = &observer, .extras = t->watch)),
                     PLM_OK);
    assert_true(read_weights(m, weights) < NUMBERS);
    for (; g != NULL && readings < plm_diagnosis_readings(g, readings, &reading[readings]);)
        readings++;
    for (int64_t i = 0; i < readings; i++)
        reading[i].layer = NULL; /* gone with the model */
    plm_diagnosis_free(g);
    plm_data_free(d);
    plm_model_free(m);
    plm_close(w);
    return readings;
}

/* Fused and stored updates, with slots and with penalties. */
static const char *const optimizers[] = {"sgd(0.1, momentum=0.9)", "adam(0.01, weight_decay=0.01)",
                                         "adam(0.01, clipnorm=0.1)",
                                         "sgd(0.1, gradient_accumulation_steps=3)"};

static void test_changes_nothing(void **state)
{
    static float plain[NUMBERS], other[NUMBERS];
    static plm_reading reading[MAX_READINGS];
    (void)state;
    for (size_t i = 0; i < sizeof optimizers / sizeof *optimizers; i++) {
        trial t = {.optimizer = optimizers[i], .threads = 1};
        memset(plain, 0, sizeof plain);
        memset(other, 0, sizeof other);
        train(&t, reading, plain);
        t.look = true;
        train(&t, reading, other);
        assert_memory_equal(plain, other, sizeof plain);
        t.watch = true;
        assert_true(train(&t, reading, other) > 0);
        assert_memory_equal(plain, other, sizeof plain);
    }
}

static void test_same_readings(void **state)
{
    static float weights[NUMBERS];
    static plm_reading first[MAX_READINGS], other[MAX_READINGS];
    (void)state;
    for (size_t i = 0; i < sizeof optimizers / sizeof *optimizers; i++) {
        trial t = {.optimizer = optimizers[i], .threads = 1, .watch = true};
        memset(first, 0, sizeof first);
        const int64_t count = train(&t, first, weights);
        for (int k = 0; plm_isa_available(k) != NULL; k++)
            for (t.threads = 1; t.threads <= 4; t.threads += 3) {
                t.isa = plm_isa_available(k);
                memset(other, 0, sizeof other);
                assert_int_equal(train(&t, other, weights), count);
                assert_memory_equal(first, other, sizeof first);
            }
    }
}

/* The norms of a probed step against those of the weights before and after it. */
static void test_norms(void **state)
{
    static float before[NUMBERS], after[NUMBERS];
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(64) | rescaling(1/16) | dense(37, activation=relu) | dense(10)");
    assert_int_equal(
        plm_compile(m, "sgd(0.5)", "sparse_categorical_crossentropy(from_logits=true)", NULL),
        PLM_OK);
    plm_data *d = plm_data_open(w, "digits | take(48) | batch(48)");
    plm_diagnosis *g = plm_doctor(m, d, PLM_DOCTOR(.epochs = 1));
    const plm_observer observer = plm_diagnosis_observer(g);
    read_weights(m, before);
    assert_int_equal(plm_fit(m, d, PLM_FIT(.extra = &observer, .extras = 1)), PLM_OK);
    read_weights(m, after);
    plm_reading r;
    assert_int_equal(plm_diagnosis_readings(g, 1, &r), 3);
    assert_string_equal(r.layer, "dense");
    double weight = 0, update = 0;
    for (size_t i = 0; i < 64 * 37; i++) {
        const double moved = (double)after[i] - (double)before[i];
        weight += (double)before[i] * (double)before[i];
        update += moved * moved;
    }
    assert_true(fabs(r.norm_w / sqrt(weight) - 1) < 1e-5);
    assert_true(fabs(r.norm_u / sqrt(update) - 1) < 1e-5);
    assert_true(fabs(0.5 * r.norm_g / r.norm_u - 1) < 1e-4);
    plm_diagnosis_free(g);
    plm_data_free(d);
    plm_model_free(m);
    plm_close(w);
}

/* Means, zeros and gradients of a net that can be computed by hand: x = 1, -2; w = 3; relu; mse to
 * 1. */
static void test_values(void **state)
{
    float x[2] = {1, -2}, y[2] = {1, 1};
    const float kernel = 3;
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(1) | dense(1, use_bias=false, activation=relu)");
    assert_int_equal(plm_compile(m, "sgd(0.1)", "mse", NULL), PLM_OK);
    assert_int_equal(plm_parameter_write(m, 0, &kernel), PLM_OK);
    const plm_view vx = {.data = x, .dtype = PLM_F32, .rank = 2, .dims = {2, 1}},
                   vy = {.data = y, .dtype = PLM_F32, .rank = 2, .dims = {2, 1}};
    plm_data *d = plm_data_arrays(w, &vx, &vy, "batch(2)");
    assert_non_null(d);
    plm_reading r;
    double loss = 0;
    assert_int_equal(plm_look(m, d, &r, 1, &loss), 1);
    assert_true(r.finite);
    assert_true(fabs(r.mean - 1.5) < 1e-6 && fabs(r.variance - 2.25) < 1e-6);
    assert_true(fabs(r.zero - 0.5) < 1e-9 && fabs(r.largest - 3) < 1e-6);
    assert_true(fabs(loss - 2.5) < 1e-6); /* (3 - 1)^2 and 1, half each */
    /* dz = 2 (y - t) / 2 rows = 2 and, behind the zero of relu, 0 */
    assert_true(fabs(r.rms_dz - sqrt(2.0)) < 1e-6);
    assert_true(fabs(r.norm_w - 3) < 1e-6 && fabs(r.norm_g - 2) < 1e-6 && r.norm_u < 1e-9);
    plm_data_free(d);
    plm_model_free(m);
    plm_close(w);
}

/* NULL, a model that cannot train, and data that does not fit are errors, not crashes. */
static void test_errors(void **state)
{
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(3) | dense(2)");
    plm_data *d = open_digits(w);
    assert_true(plm_look(NULL, d, NULL, 0, NULL) < 0);
    assert_true(plm_look(m, d, NULL, 0, NULL) < 0);
    assert_int_equal(plm_compile(m, "sgd", "mse", NULL), PLM_OK);
    assert_true(plm_look(m, NULL, NULL, 0, NULL) < 0);
    assert_int_equal(plm_look(m, d, NULL, 0, NULL), PLM_E_SHAPE);
    assert_int_equal(plm_last_error(w)->status, PLM_E_SHAPE);
    assert_null(plm_doctor(m, NULL, NULL));
    assert_null(plm_doctor(NULL, d, PLM_DOCTOR(.rules = "no_such_finding")));
    plm_diagnosis_free(NULL);
    assert_int_equal(plm_diagnosis_findings(NULL, 0, NULL), 0);
    assert_int_equal(plm_diagnosis_readings(NULL, 0, NULL), 0);
    assert_null(plm_diagnosis_text(NULL, 80));
    assert_null(plm_diagnosis_json(NULL));
    assert_int_equal(plm_diagnosis_observer(NULL).on_event(NULL, NULL, NULL), PLM_OK);
    plm_data_free(d);
    plm_model_free(m);
    plm_close(w);
}

/* Applies a rule to a case; returns what it reports, as text. */
static plm_text report_of(const plm_doctor_rule *rule, const plm_case *c)
{
    plm_report r = {.layer = -1,
                    .other = -1,
                    .step = -1,
                    .epoch = -1,
                    .number = NAN,
                    .threshold = NAN,
                    .what = {.w = c->w},
                    .evidence = {.w = c->w},
                    .arena = c->arena};
    plm_text out = {.w = c->w};
    rule->kind->find(rule->config, c, &r);
    plm_text_format(&out, "%d %d %d %g %s %s", r.found, r.level, r.remedies, r.number,
                    plm_text_get(&r.what), plm_text_get(&r.evidence));
    plm_text_free(&r.what);
    plm_text_free(&r.evidence);
    return out;
}

/* Rows in the order of their classes, with a rare class and constant columns. */
static plm_data *open_sorted(plm *w)
{
    enum { ROWS = 400, WIDTH = 64 };
    static float x[ROWS * WIDTH], y[ROWS];
    for (int i = 0; i < ROWS; i++) {
        y[i] = i < 3 ? 0 : (float)(1 + i / 50);
        for (int j = 0; j < WIDTH / 2; j++)
            x[i * WIDTH + j] = (float)((i + 1) * (j + 7) % 101);
    }
    const plm_view in = {x, PLM_F32, 2, {ROWS, WIDTH}}, out = {y, PLM_F32, 1, {ROWS}};
    plm_data *d = plm_data_arrays(w, &in, &out, "batch(16)");
    assert_non_null(d);
    return d;
}

/* Puts measurements of a training into a case that only a rule that reads them would notice. */
static void pretend_training(plm_case *c)
{
    c->parts |= 1u << PLM_PART_RUN | 1u << PLM_PART_PROBE;
    c->sample = NULL;
    c->samples = c->steps = c->planned = 1000;
    c->early_losses = 100;
    c->ended = c->not_finite = true;
    c->first_loss = 1e30;
    c->first = NULL;
    c->one_batch.steps = 100;
    c->history = (plm_history){.rows = 50};
}

/* Rules that are not applied while a net trains report the same whatever the training measured. */
static void test_still_rules(void **state)
{
    (void)state;
    plm *w = plm_open(NULL);
    plm_model *m = make_net(w, "sgd(0.1)");
    plm_data *d = open_sorted(w);
    plm_diagnosis *g = plm_doctor(m, d, PLM_DOCTOR(.epochs = 2));
    assert_non_null(g);
    plm_case trained = g->c;
    pretend_training(&trained);
    int rules = 0, found = 0;
    for (int i = 0; i < g->rules; i++)
        if (g->rule[i].kind->still) {
            plm_text before = report_of(&g->rule[i], &g->c);
            plm_text after = report_of(&g->rule[i], &trained);
            assert_string_equal(plm_text_get(&before), plm_text_get(&after));
            rules++;
            found += plm_text_get(&before)[0] == '1';
            plm_text_free(&before);
            plm_text_free(&after);
        }
    assert_int_equal(rules, 8);
    assert_true(found >= 1);
    plm_diagnosis_free(g);
    plm_data_free(d);
    plm_model_free(m);
    plm_close(w);
}

/* True if a text has this word (length letters) between blanks or line ends. */
static bool has_word(const char *text, const char *word, size_t length)
{
    for (const char *at = text; *at != '\0'; at++)
        if ((at == text || strchr(" \n|", at[-1]) != NULL) && strncmp(at, word, length) == 0 &&
            (at[length] == '\0' || strchr(" \n|", at[length]) != NULL))
            return true;
    return false;
}

/* Counts the words of the evidence in a text of this width, each of which must be a whole word of
 * the evidence. Bars may be cut. */
static int check_words(const char *text, const char *evidence, size_t width)
{
    int words = 0;
    for (const char *line = strstr(text, "\n  |  "); line != NULL; line = strstr(line, "\n  |  ")) {
        const char *at = line + 6, *end = strchr(at, '\n');
        assert_true((size_t)(end - line - 1) <= width);
        while (at < end) {
            const size_t length = strcspn(at, " \n|");
            if (length > 0 && *at != '#') {
                assert_true(has_word(evidence, at, length));
                words++;
            }
            at += length + 1;
        }
        line = end;
    }
    return words;
}

/* The text of a finding breaks its evidence between words, so that no number is cut. */
static void test_narrow_text(void **state)
{
    enum { WIDE = 80, NARROW = 34 };
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(64)");
    plm_add(m, "rescaling(1/16)");
    plm_add(m, "2 * dense(50, activation=relu, kernel_initializer=random_normal(stddev=2))");
    plm_add(m, "dense(10, activation=softmax)");
    assert_int_equal(plm_compile(m, "sgd", "sparse_categorical_crossentropy", NULL), PLM_OK);
    plm_data *d = open_digits(w);
    plm_diagnosis *g = plm_doctor(m, d, PLM_DOCTOR(.rules = "initializer_scale"));
    plm_finding f;
    assert_non_null(g);
    assert_int_equal(plm_diagnosis_findings(g, 0, &f), 1);
    const int words = check_words(plm_diagnosis_text(g, WIDE), f.evidence, WIDE);
    assert_int_equal(words, 6); /* layer std usual, and their values */
    assert_int_equal(check_words(plm_diagnosis_text(g, NARROW), f.evidence, NARROW), words);
    plm_diagnosis_free(g);
    plm_data_free(d);
    plm_model_free(m);
    plm_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_changes_nothing), cmocka_unit_test(test_same_readings),
        cmocka_unit_test(test_norms),           cmocka_unit_test(test_values),
        cmocka_unit_test(test_errors),          cmocka_unit_test(test_still_rules),
        cmocka_unit_test(test_narrow_text)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
