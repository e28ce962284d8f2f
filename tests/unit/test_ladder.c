/* The ladder of the doctor, on readings made by hand: which steps its ratio is taken of, and where
 * progress begins and ends. */
#include "helper.h"

#include <math.h>

#include "doctor/ladder.h"

enum { LAYERS = 3, SAMPLES = 14 };

/* A training with a look before it, of three hidden layers. */
typedef struct {
    plm_case c;
    plm_reading first[LAYERS], reading[SAMPLES][LAYERS];
    plm_sample sample[SAMPLES];
    plm_ladder ladder;
} scene;

/* Makes a training whose step i has the ratio i + 1; the ratio of the look is 0.5. */
static scene *make(int64_t samples)
{
    scene *s = calloc(1, sizeof *s);
    assert_non_null(s);
    s->ladder = (plm_ladder){.count = LAYERS, .layer = {0, 1, 2}};
    s->first[0].rms_dz = 1;
    s->first[2].rms_dz = 2;
    for (int i = 0; i < SAMPLES; i++) {
        s->reading[i][0].rms_dz = 2.0 * (i + 1);
        s->reading[i][1].rms_dz = 1e6; /* the layers between do not matter */
        s->reading[i][2].rms_dz = 2;
        s->sample[i] = (plm_sample){.step = i, .loss = 1, .reading = s->reading[i]};
    }
    s->c.first = s->first;
    s->c.sample = s->sample;
    s->c.samples = samples;
    return s;
}

/* Checks the ratio, and whether it is one of the training. */
static void check(scene *s, double ratio, bool of_training)
{
    plm_part_of_finding part = PLM_PART_DATA;
    const plm_reading *reading = NULL;
    const double found = plm_ladder_ratio_of(&s->c, &s->ladder, &part, &reading);
    assert_true(isnan(ratio) ? isnan(found) : found == ratio);
    assert_int_equal(part, of_training ? PLM_PART_RUN : PLM_PART_INIT);
    assert_ptr_equal(reading, of_training ? s->reading[s->c.samples - 1] : s->first);
    free(s);
}

/* Two steps are too few, three are enough; of many, the last ten count: 99 and 6 to 14, whose upper
 * median is 11. */
static void test_steps(void **state)
{
    (void)state;
    check(make(0), 0.5, false);
    check(make(2), 0.5, false);
    check(make(3), 2, true);
    check(make(4), 3, true);
    scene *s = make(SAMPLES);
    s->reading[SAMPLES - 10][0].rms_dz = 2 * 99;
    check(s, 11, true);
}

/* Steps without a gradient are passed over, and do not count. */
static void test_gaps(void **state)
{
    (void)state;
    scene *s = make(4);
    s->reading[3][2].rms_dz = 0;
    check(s, 2, true);
    s = make(4);
    s->reading[3][2].rms_dz = INFINITY;
    s->reading[2][0].rms_dz = NAN;
    check(s, 0.5, false);
}

/* Two layers are no ladder; without a look there is no ratio. */
static void test_no_ladder(void **state)
{
    (void)state;
    scene *s = make(SAMPLES);
    s->ladder.count = 2;
    check(s, NAN, false);
    s = make(2);
    s->c.first = NULL;
    plm_part_of_finding part;
    const plm_reading *reading;
    assert_true(isnan(plm_ladder_ratio_of(&s->c, &s->ladder, &part, &reading)));
    assert_null(reading);
    free(s);
}

static void test_median(void **state)
{
    (void)state;
    double odd[] = {5, -1, 3}, even[] = {4, 1, 3, 2}, one[] = {7};
    assert_true(isnan(plm_median(one, 0)));
    assert_true(plm_median(one, 1) == 7);
    assert_true(plm_median(odd, 3) == 3);
    assert_true(plm_median(even, 4) == 3); /* the upper one of the two in the middle */
    assert_true(even[0] == 1 && even[1] == 2 && even[3] == 4);
}

/* A training learns when its loss is below half of its first loss, not at it. */
static void test_learns(void **state)
{
    (void)state;
    scene *s = make(3);
    assert_false(plm_case_learns(&s->c)); /* the first loss is not known */
    s->c.early_losses = 1;
    s->c.early_loss[0] = 2;
    assert_false(plm_case_learns(&s->c));
    s->sample[2].loss = 0.99;
    assert_true(plm_case_learns(&s->c));
    s->sample[2].loss = NAN;
    assert_false(plm_case_learns(&s->c));
    s->c.samples = 0;
    assert_false(plm_case_learns(&s->c));
    free(s);
}

/* A finished training falls short when its last epoch is .1 below the nearest rows: in accuracy for
 * two classes or more, else in R2. */
static void test_falls_short(void **state)
{
    (void)state;
    static const char *const name[] = {"epoch", "loss", "sparse_categorical_accuracy", "r2_score"};
    double value[] = {1, 9, 0.1, 0.1, 2, 8, 0.79, 0.95};
    plm_data_facts facts = {.classes = 2, .near = {.rows = 50, .hits = 0.9, .r2 = 0.9}};
    plm_case c = {.data = &facts, .steps = 20, .planned = 20};
    c.history = (plm_history){.rows = 2, .columns = 4, .name = name, .value = value};
    assert_true(plm_case_falls_short(&c));
    value[6] = 0.81;
    assert_false(plm_case_falls_short(&c));
    facts.classes = 0; /* R2 counts */
    assert_false(plm_case_falls_short(&c));
    value[7] = 0.79;
    assert_true(plm_case_falls_short(&c));
    c.planned = 21; /* not finished */
    assert_false(plm_case_falls_short(&c));
    c.planned = 20;
    facts.near.rows = 0; /* not compared */
    assert_false(plm_case_falls_short(&c));
    facts.near.rows = 50;
    c.history.columns = 3; /* not measured */
    assert_false(plm_case_falls_short(&c));
    c.history = (plm_history){0};
    assert_false(plm_case_falls_short(&c));
    c.data = NULL;
    assert_false(plm_case_falls_short(&c));
}

/* A loss still falls if the last third of the epochs is 5 % below the third before. */
static void test_still_falls_over_epochs(void **state)
{
    (void)state;
    static const char *const name[] = {"epoch", "loss"};
    double value[] = {1, 90, 2, 1, 3, 5, 4, 5, 5, 4.7, 6, 4.7};
    plm_case c = {.history = {.rows = 6, .columns = 2, .name = name, .value = value}};
    assert_true(plm_case_still_falls(&c));
    value[9] = 4.9;
    assert_false(plm_case_still_falls(&c));
    value[11] = 4.5;
    assert_true(plm_case_still_falls(&c));
    value[7] = 4;
    assert_false(plm_case_still_falls(&c));
}

/* With fewer epochs, the last one must be 2 % below the first; with one or none, the last third of
 * at least six steps must be 2 % below the first third. */
static void test_still_falls_over_steps(void **state)
{
    (void)state;
    static const char *const name[] = {"epoch", "loss"};
    static const double early[] = {10, 10, 3, 3, 10, 9.5};
    double value[] = {1, 5, 2, 4.8};
    plm_case c = {.history = {.rows = 2, .columns = 2, .name = name, .value = value}};
    assert_true(plm_case_still_falls(&c));
    value[3] = 4.95;
    assert_false(plm_case_still_falls(&c));
    c.history.rows = 1;
    assert_false(plm_case_still_falls(&c));
    c.early_losses = 6;
    for (int i = 0; i < 6; i++)
        c.early_loss[i] = early[i];
    assert_true(plm_case_still_falls(&c));
    c.early_loss[5] = 9.7;
    assert_false(plm_case_still_falls(&c));
    c.early_loss[4] = 2;
    assert_true(plm_case_still_falls(&c));
    c.early_losses = 5;
    assert_false(plm_case_still_falls(&c));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_steps),
                                       cmocka_unit_test(test_gaps),
                                       cmocka_unit_test(test_no_ladder),
                                       cmocka_unit_test(test_median),
                                       cmocka_unit_test(test_learns),
                                       cmocka_unit_test(test_falls_short),
                                       cmocka_unit_test(test_still_falls_over_epochs),
                                       cmocka_unit_test(test_still_falls_over_steps)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
