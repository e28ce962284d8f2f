/* A repair from its beginning to its end: how long the training is that it spares, and what it
 * says while it tries. */
#include "model_support.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "repair/repair.h"

enum { LINES = 8 };

typedef struct {
    char line[LINES][80];
    int lines;
} heard;

static void hear(void *self, const char *line)
{
    heard *h = self;
    assert_true(h->lines < LINES);
    snprintf(h->line[h->lines++], sizeof h->line[0], "%s", line);
}

/* Repairs a run file. see: looks at the result; NULL = nobody does. Returns the steps of its whole
 * training, as the record says. */
static int64_t repair_and(const char *text, heard *h, void (*see)(const plm_repairing *r))
{
    const char *path = test_write_text("net.yaml", text);
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_examination e = {0};
    assert_int_equal(plm_examination_open(&e, w, NULL, NULL), PLM_OK);
    e.job.quiet = true;
    assert_int_equal(plm_examination_run_file(&e, path, 0, NULL), PLM_OK);
    const plm_examined first = {&e.settings, &e.job, e.diagnosis};
    plm_repairing r = {.w = w, .path = path, .tell = hear, .self = h};
    assert_int_equal(plm_repair_run(&r, &first), PLM_OK);
    assert_int_equal(h->lines, r.record.rounds);
    for (int i = 0; i < h->lines; i++)
        assert_int_equal(h->line[i][7] - '0', r.record.round[i]->changes);
    if (see != NULL)
        see(&r);
    const int64_t planned = r.record.planned;
    plm_repair_free(&r);
    plm_examination_free(&e);
    plm_close(w);
    return planned;
}

static int64_t repair(const char *text, heard *h)
{
    return repair_and(text, h, NULL);
}

#define NET(rows, epochs, layer, optimizer)                                                        \
    "data: digits | take(" rows ") | shuffle | batch(32)\n"                                        \
    "model:\n  - rescaling(1/16)\n  - " layer "\n  - dense(10, activation=softmax)\n"              \
    "optimizer: " optimizer "\nepochs: " epochs "\n"

/* 500 rows are 15 batches of 32 rows and one of 20. */
static void test_several_changes(void **state)
{
    heard h = {0};
    (void)state;
    assert_int_equal(
        repair(NET("500", "20", "dense(30, activation=relu)", "sgd(3, momentum=0.9)"), &h),
        20 * 16);
    assert_int_equal(h.lines, 1);
    assert_string_equal(h.line[0], "trying 2 changes for S305");
}

static void test_one_change(void **state)
{
    heard h = {0};
    (void)state;
    assert_int_equal(repair(NET("480", "20", "dense(30, activation=rellu)", "sgd(0.1)"), &h),
                     20 * 15);
    assert_int_equal(h.lines, 1);
    assert_string_equal(h.line[0], "trying 1 change for S300");
}

static void test_none(void **state)
{
    heard h = {0};
    (void)state;
    assert_int_equal(repair(NET("480", "20", "dense(30, activation=relu)", "sgd(0.1)"), &h),
                     20 * 15);
    assert_int_equal(h.lines, 0);
}

/* The weaker penalty of the weights is proven, but O403 is still there: the penalty of the biases.
 * So the change is kept, and the fault is treated again, without the change that is kept. */
static void see_kept_open(const plm_repairing *r)
{
    const plm_repair_round *round = r->record.round[0];
    assert_string_equal(round->code, "O403");
    assert_int_equal(round->changes, 2);
    assert_int_equal(round->change[0].verdict, PLM_CHANGE_LESS);
    assert_int_equal(round->change[1].verdict, PLM_CHANGE_PROVEN);
    assert_true(round->change[1].gain.mean > 0.3);
    assert_int_equal(round->kept, 1);
    assert_true(round->open);
    assert_string_equal(r->record.round[1]->code, "O403");
    assert_int_equal(r->record.round[1]->changes, 1);
    assert_true(r->count > 0);
    assert_int_equal(r->record.status, PLM_REPAIR_PROVEN);
    assert_true(r->record.after > r->record.before + 0.3);
}

static void test_kept_open(void **state)
{
    heard h = {0};
    (void)state;
    (void)repair_and(NET("1797", "40",
                         "dense(50, activation=relu, kernel_regularizer=l2(1), "
                         "bias_regularizer=l2(2))",
                         "adam(0.001)"),
                     &h, see_kept_open);
    assert_int_equal(h.lines, 2);
    assert_string_equal(h.line[0], "trying 2 changes for O403");
    assert_string_equal(h.line[1], "trying 1 change for O403");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_several_changes), cmocka_unit_test(test_one_change),
        cmocka_unit_test(test_none), cmocka_unit_test(test_kept_open)};
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
