/* The lines of a fit, letter by letter: what the redrawn line says, what it leaves out first where
 * the screen is narrow, and the line that each epoch leaves. */
#include "helper.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "show/epoch_line.h"

static const plm_log logs[] = {{"loss", 0.0431}, {"accuracy", 0.9875}};

/* Batch 10 of 32, the last of which is not full. */
static plm_event middle(void)
{
    return (plm_event){.kind = PLM_BATCH_END,
                       .epoch = 3,
                       .epochs = 100,
                       .row = 320,
                       .rows = 1000,
                       .rows_per_second = 100,
                       .logs = 2,
                       .log = logs};
}

/* Checks the line of a batch on a screen of this width. */
static void check_batch(const plm_epoch_lines *p, plm_event e, int width, const char *wanted)
{
    plm_text line = {0};
    plm_batch_line_add(p, (plm_screen){.width = width, .terminal = true}, &e, &line);
    assert_string_equal(plm_text_get(&line), wanted);
    plm_text_free(&line);
}

static const plm_epoch_lines fresh = {.batch = 32, .best = INFINITY};

/* The bar goes first, then the rate, the metric, the batches, the time and the loss; the number of
 * the epoch is cut. A line is narrower than the screen. */
static void test_narrow(void **state)
{
    (void)state;
    static const struct {
        int width;
        const char *line;
    } rows[] = {
        {76, "epoch   4/100 [===>      ] 10/32 ETA 0:07 100/s loss 0.0431 accuracy 0.9875"},
        {75, "epoch   4/100 10/32 ETA 0:07 100/s loss 0.0431 accuracy 0.9875"},
        {63, "epoch   4/100 10/32 ETA 0:07 100/s loss 0.0431 accuracy 0.9875"},
        {62, "epoch   4/100 10/32 ETA 0:07 loss 0.0431 accuracy 0.9875"},
        {56, "epoch   4/100 10/32 ETA 0:07 loss 0.0431"},
        {40, "epoch   4/100 ETA 0:07 loss 0.0431"},
        {34, "epoch   4/100 loss 0.0431"},
        {25, "epoch   4/100"},
        {10, "epoch   4"},
        {1, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_batch(&fresh, middle(), rows[i].width, rows[i].line);
}

/* The second metric is as important as the bar: of two, the later one goes first. */
static void test_equal(void **state)
{
    (void)state;
    static const plm_log three[] = {{"loss", 1}, {"a", 1}, {"b", 2}};
    plm_event e = middle();
    e.logs = 3;
    e.log = three;
    check_batch(&fresh, e, 80,
                "epoch   4/100 [===>      ] 10/32 ETA 0:07 100/s loss 1.0000 a 1.0000 b 2.0000");
    check_batch(&fresh, e, 77,
                "epoch   4/100 [===>      ] 10/32 ETA 0:07 100/s loss 1.0000 a 1.0000");
    check_batch(&fresh, e, 68, "epoch   4/100 10/32 ETA 0:07 100/s loss 1.0000 a 1.0000");
}

/* The word for an epoch, or none; first and last batch; rows of unknown number. */
static void test_counts(void **state)
{
    (void)state;
    plm_epoch_lines p = fresh;
    plm_event e = middle();
    e.logs = 0;
    e.rows_per_second = 0;
    p.unit = "trial";
    check_batch(&p, e, 80, "trial   4/100 [===>      ] 10/32 ");
    p.brief = true;
    check_batch(&p, e, 80, "  4/100 [===>      ] 10/32 ");
    e.epoch = 99;
    e.row = 32;
    check_batch(&fresh, e, 80, "epoch 100/100 [>         ]  1/32 ");
    e.row = 1000;
    check_batch(&fresh, e, 80, "epoch 100/100 [==========] 32/32 ");
    e.row = 33;
    check_batch(&fresh, e, 80, "epoch 100/100 [>         ]  2/32 ");
    e.rows = -1;
    check_batch(&fresh, e, 80, "epoch 100/100 33 rows ");
    e.row = 1;
    check_batch(&fresh, e, 80, "epoch 100/100 1 row ");
    p = (plm_epoch_lines){.unit = "step"}; /* without a batch each row is one */
    e.rows = 5;
    check_batch(&p, e, 80, "step 100/100 [==>       ] 1/5 ");
}

/* What is left, rounded up; none if nothing is known, or if it is longer than 1e7 seconds. */
static void test_time_left(void **state)
{
    (void)state;
    static const struct {
        double rate;
        const char *left;
    } rows[] = {{680, "ETA 0:01 680/s"},
                {679, "ETA 0:02 679/s"},
                {11.4, "ETA 1:00 11/s"},
                {0.19, "ETA 59:39 0/s"},
                {0.18, "ETA 1:02:58 0/s"},
                {1e-4, "ETA 1888:53:20 0/s"},
                {6.8e-5, "ETA 2777:46:40 0/s"},
                {6.7e-5, "0/s"},
                {0, ""},
                {1234, "ETA 0:01 1.2k/s"},
                {99960, "ETA 0:01 100.0k/s"},
                {2.345e6, "ETA 0:01 2.35M/s"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char wanted[96];
        plm_event e = middle();
        e.logs = 0;
        e.rows_per_second = rows[i].rate;
        snprintf(wanted, sizeof wanted, "epoch   4/100 [===>      ] 10/32 %s", rows[i].left);
        check_batch(&fresh, e, 80, wanted);
    }
}

static const plm_log all[] = {{"loss", 0.0431},       {"accuracy", 0.9875},
                              {"val_loss", 123456.7}, {"val_accuracy", 0.00012345},
                              {"learning_rate", 0.1}, {"gradient_norm", 3}};

/* Takes an epoch and checks its line, and whether it is the best one. */
static void check_epoch(plm_epoch_lines *p, plm_screen s, plm_event e, bool best, int left_out,
                        const char *wanted)
{
    double seconds;
    plm_text line = {0};
    assert_int_equal(plm_epoch_lines_take(p, &e, &seconds), best);
    assert_int_equal(plm_epoch_lines_choose(p, s, &e), left_out);
    plm_epoch_line_add(p, s, &e, best, seconds, &line);
    assert_string_equal(plm_text_get(&line), wanted);
    plm_text_free(&line);
}

static plm_event epoch_of(int64_t epoch, double seconds, const plm_log *log)
{
    return (plm_event){.kind = PLM_EPOCH_END,
                       .epoch = epoch,
                       .epochs = 20,
                       .seconds = seconds,
                       .rows_per_second = 12345,
                       .logs = 6,
                       .log = log};
}

/* In a file all metrics are shown in full; a rate that does not move is left out. */
static void test_file(void **state)
{
    (void)state;
    plm_epoch_lines p = fresh;
    plm_log other[6];
    memcpy(other, all, sizeof all);
    const plm_screen file = {.width = 80};
    check_epoch(&p, file, epoch_of(0, 1.25, all), true, 0,
                "epoch  1/20  loss 0.0431 accuracy 0.9875  val_loss 123456.7 val_accuracy 1.234e-04"
                " *  1.2 s 12.3k/s\n");
    check_epoch(&p, file, epoch_of(1, 1.3, all), false, 0,
                "epoch  2/20  loss 0.0431 accuracy 0.9875  val_loss 123456.7 val_accuracy 1.234e-04"
                "    50 ms 12.3k/s\n");
    other[2].value = 1;
    check_epoch(&p, file, epoch_of(9, 13.3, other), true, 0,
                "epoch 10/20  loss 0.0431 accuracy 0.9875  val_loss 1.0000 val_accuracy 1.234e-04"
                " *  12 s 12.3k/s\n");
    other[2].value = NAN;
    other[3].value = NAN;
    check_epoch(&p, file, epoch_of(19, 13.2, other), false, 0,
                "epoch 20/20  loss 0.0431 accuracy 0.9875  val_loss -      val_accuracy -     "
                "    0 ms 12.3k/s\n");
    plm_event moving = epoch_of(10, 20, all);
    moving.rate_moves = true;
    check_epoch(&p, file, moving, false, 0,
                "epoch 11/20  loss 0.0431 accuracy 0.9875  val_loss 123456.7 val_accuracy 1.234e-04"
                " learning_rate 0.1000    6.7 s 12.3k/s\n");
}

/* On a terminal as many metrics as fit, the most important ones: without the word epoch if so there
 * are more. */
static void test_terminal(void **state)
{
    (void)state;
    static const struct {
        int width, left_out;
        const char *line;
    } rows[] = {
        {120, 0,
         "epoch  5/20  loss 0.0431 accuracy 0.9875  val_loss 123456.7 val_accuracy 1.234e-04"
         " *  1.2 s 12.3k/s\n"},
        {80, 0,
         "epoch  5/20  loss 0.0431 accuracy 0.9875  val_loss 123457 val_accuracy 1.2e-4 *\n"},
        {79, 0, " 5/20  loss 0.0431 accuracy 0.9875  val_loss 123457 val_accuracy 1.23e-4 *\n"},
        {60, 1, " 5/20  loss 0.0431  val_loss 123457 val_accuracy 1.2e-4 *\n"},
        {40, 2, " 5/20  loss 0.0431  val_loss 123457 *\n"},
        {20, 4, "epoch  5/20 *\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        plm_epoch_lines p = fresh;
        check_epoch(&p, (plm_screen){.width = rows[i].width, .terminal = true},
                    epoch_of(4, 1.25, all), true, rows[i].left_out, rows[i].line);
    }
}

/* The first letters of a text, whole ones, as a terminal may show them. */
static void test_letters(void **state)
{
    static const struct {
        const char *text;
        int most;
        const char *wanted;
    } rows[] = {{"abc", 5, "abc"},
                {"abc", 3, "abc"},
                {"abc", 2, "ab"},
                {"abc", 0, ""},
                {"", 4, ""},
                {"\303\244\303\266\303\274", 2, "\303\244\303\266"},
                {"\303\244b", 1, "\303\244"},
                {"a\033[3m", 2, "a\\"}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        plm_text t = {0};
        plm_text_add(&t, "> ");
        plm_text_add_letters(&t, rows[i].text, rows[i].most);
        assert_string_equal(plm_text_get(&t) + 2, rows[i].wanted);
        assert_int_equal(t.length, 2 + strlen(rows[i].wanted));
        plm_text_free(&t);
    }
}

/* How many values the lines show: those in the background, and a rate that does not move, are the
 * last ones. */
static void test_shown(void **state)
{
    (void)state;
    static const plm_log list[] = {{"gradient_norm", 1},
                                   {"loss", 1},
                                   {"learning_rate", 1},
                                   {"gradient_norm", 1},
                                   {"penalty_share", 1}};
    for (int moves = 0; moves < 2; moves++) {
        plm_event e = {.log = list + 1, .logs = 4, .rate_moves = moves};
        assert_int_equal(plm_log_shown(&e), 1 + moves);
        e.logs = 1;
        assert_int_equal(plm_log_shown(&e), 1);
        e.logs = 0; /* what is before the list does not count */
        assert_int_equal(plm_log_shown(&e), 0);
        e.log = list + 3;
        e.logs = 2;
        assert_int_equal(plm_log_shown(&e), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_narrow), cmocka_unit_test(test_equal),
        cmocka_unit_test(test_counts), cmocka_unit_test(test_time_left),
        cmocka_unit_test(test_file),   cmocka_unit_test(test_terminal),
        cmocka_unit_test(test_shown),  cmocka_unit_test(test_letters)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
