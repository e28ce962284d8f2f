/* Findings on cases made by hand, each condition of a rule on both sides of its limit, where no
 * training would come to stand so exactly. */
#include "helper.h"

#include <math.h>

#include "base/fields.h"
#include "base/spec.h"
#include "doctor/finding.h"

/* A rule with its default thresholds, and what it reports. */
typedef struct {
    plm *w;
    plm_arena arena;
    const plm_finding_kind *kind;
    const void *config;
    plm_report r;
} scene;

static scene open_rule(const char *name)
{
    scene s = {.w = plm_open(NULL)};
    const plm_spec *spec = NULL;
    const plm_kind *kind = NULL;
    s.arena = (plm_arena){.w = s.w};
    assert_int_equal(plm_spec_parse(&s.arena, name, &spec), PLM_OK);
    assert_int_equal(plm_kind_bind(&s.arena, "finding", spec, &kind, &s.config), PLM_OK);
    s.kind = (const plm_finding_kind *)(const void *)kind;
    return s;
}

/* Applies the rule. Returns whether it reports something; s->r keeps the numbers. */
static bool finds(scene *s, const plm_case *c)
{
    s->r = (plm_report){.layer = -1,
                        .other = -1,
                        .step = -1,
                        .epoch = -1,
                        .number = NAN,
                        .threshold = NAN,
                        .what = {.w = s->w},
                        .evidence = {.w = s->w},
                        .arena = &s->arena};
    s->kind->find(s->config, c, &s->r);
    plm_text_free(&s->r.what);
    plm_text_free(&s->r.evidence);
    return s->r.found;
}

/* Returns the descriptor of a loss. */
static const plm_loss_kind *loss_kind(scene *s, const char *name)
{
    const plm_spec *spec = NULL;
    const plm_kind *kind = NULL;
    const void *config = NULL;
    assert_int_equal(plm_spec_parse(&s->arena, name, &spec), PLM_OK);
    assert_int_equal(plm_kind_bind(&s->arena, "loss", spec, &kind, &config), PLM_OK);
    return (const plm_loss_kind *)(const void *)kind;
}

static void close_rule(scene *s)
{
    plm_arena_free(&s->arena);
    plm_close(s->w);
}

/* A validation accuracy below that of guessing: of 4 classes with the shares 0.25 guessing has
 * 0.25, with a standard error of 0.0217 for 400 rows and of 0.0685 for 40. */
static void test_below_chance(void **state)
{
    static const char *const name[] = {"epoch", "accuracy", "val_accuracy"};
    double value[] = {1, 0.2, 0.9, 2, 0.9, 0.01};
    plm_data_column column = {.deviation = 1, .other_deviation = 1, .spread = 1};
    plm_data_facts facts = {.rows = 400, .validation_rows = 400, .columns = 1, .classes = 4};
    plm_case c = {.data = &facts,
                  .history = {.rows = 2, .columns = 3, .name = name, .value = value}};
    scene s = open_rule("shifted_validation");
    (void)state;
    facts.column = &column;
    for (int k = 0; k < 4; k++)
        facts.count[k] = facts.validation_count[k] = 100;
    assert_true(finds(&s, &c));
    assert_true(s.r.number == 0.01);
    assert_true(fabs(s.r.threshold - 0.125) < 1e-12);
    value[4] = 0.69; /* not learned */
    assert_false(finds(&s, &c));
    value[4] = 0.9;
    value[5] = 0.12;
    assert_true(finds(&s, &c));
    value[5] = 0.13; /* more than half of guessing, yet 4 errors below it */
    assert_false(finds(&s, &c));
    value[5] = 0.01;
    facts.validation_rows = 40; /* it may be due to chance */
    for (int k = 0; k < 4; k++)
        facts.validation_count[k] = 10;
    assert_false(finds(&s, &c));
    close_rule(&s);
}

/* A case in which the targets of similar rows do not agree: the level is a note, unless one of the
 * tests below makes it worse. 400 rows of 4 classes. */
static plm_data_facts disagreeing(void)
{
    static plm_data_column column[33]; /* with decimals */
    plm_data_facts facts = {
        .rows = 400, .validation_rows = 400, .columns = 2, .column = column, .classes = 4};
    facts.near = (plm_neighbours){.rows = 400, .beyond = 1.75, .most = 21};
    for (int k = 0; k < 4; k++)
        facts.count[k] = facts.validation_count[k] = 100;
    return facts;
}

/* Whether shuffled_labels reports the case at this level. */
static bool reports(scene *s, const plm_case *c, plm_level level)
{
    return finds(s, c) && s->r.level == level;
}

/* Neighbours agree by at least 3 standard errors, or could not agree by more than 20: nothing. By
 * less than 1.5, over 200 rows that are half of all, and 32 columns: a warning. */
static void test_neighbours_disagree(void **state)
{
    plm_data_facts facts = disagreeing();
    plm_neighbours *near = &facts.near;
    const plm_case c = {.data = &facts};
    scene s = open_rule("shuffled_labels");
    (void)state;
    assert_true(reports(&s, &c, PLM_NOTE));
    assert_true(s.r.number > 1.74 && s.r.number < 1.76 && s.r.threshold == 3 &&
                s.r.part == PLM_PART_DATA);
    near->beyond = 3;
    assert_false(finds(&s, &c));
    near->beyond = 1;
    near->most = 20;
    assert_false(finds(&s, &c));
    near->most = 21;
    facts.rows = near->rows = 0; /* no row was compared */
    assert_false(finds(&s, &c));
    facts.rows = 400;
    near->rows = 200;
    facts.columns = 32;
    assert_true(reports(&s, &c, PLM_WARNING));
    near->beyond = 1.5;
    assert_true(reports(&s, &c, PLM_NOTE));
    near->beyond = 1;
    facts.columns = 33;
    assert_true(reports(&s, &c, PLM_NOTE));
    facts.columns = 32;
    facts.rows = 401; /* less than half of all */
    assert_true(reports(&s, &c, PLM_NOTE));
    facts.rows = near->rows = 199;
    assert_true(reports(&s, &c, PLM_NOTE));
    close_rule(&s);
}

/* The validation after 3 epochs is no better than a constant prediction, whose accuracy is 0.25,
 * with a standard error of 0.0217 for 400 rows: an error. The metric may be the only column. */
static void test_validation_at_chance(void **state)
{
    static const char *const accuracy[] = {"val_accuracy"};
    double value[] = {0.9, 0.9, 0.29};
    plm_data_facts facts = disagreeing();
    plm_case c = {.data = &facts,
                  .steps = 50,
                  .planned = 100,
                  .history = {.rows = 3, .columns = 1, .name = accuracy, .value = value}};
    scene s = open_rule("shuffled_labels");
    (void)state;
    assert_true(reports(&s, &c, PLM_ERROR));
    assert_int_equal(s.r.part, PLM_PART_EVALUATION);
    facts.near.beyond = 2; /* probably they agree a little */
    assert_true(reports(&s, &c, PLM_NOTE));
    facts.near.beyond = 1.75;
    value[2] = 0.2934; /* 0.25 + 2 * 0.02165 = 0.2933 */
    assert_true(reports(&s, &c, PLM_NOTE));
    value[2] = 0.29;
    c.steps = 49; /* less than half of the training, */
    assert_true(reports(&s, &c, PLM_NOTE));
    c.ended = true; /* but its end */
    assert_true(reports(&s, &c, PLM_ERROR));
    c.history.rows = 2;
    assert_true(reports(&s, &c, PLM_NOTE));
    c.history.rows = 3;
    facts.validation_rows = 0;
    assert_true(reports(&s, &c, PLM_NOTE));
    close_rule(&s);
}

/* One class is frequent: 0.9 + (1 - 0.9) / 4 = 0.925 is less than two standard errors above 0.9.
 * Classes may be learned as numbers; then R2 counts. */
static void test_validation_of_a_rare_class(void **state)
{
    static const char *const accuracy[] = {"val_accuracy"}, *const r2[] = {"val_r2_score"};
    double value[] = {0, 0, 0.92};
    plm_data_facts facts = disagreeing();
    plm_case c = {.data = &facts,
                  .ended = true,
                  .history = {.rows = 3, .columns = 1, .name = accuracy, .value = value}};
    scene s = open_rule("shuffled_labels");
    (void)state;
    facts.validation_rows = 100;
    facts.validation_count[0] = 90;
    facts.validation_count[1] = 10;
    facts.validation_count[2] = facts.validation_count[3] = 0;
    assert_true(reports(&s, &c, PLM_ERROR));
    value[2] = 0.93;
    assert_true(reports(&s, &c, PLM_NOTE));
    c.history.name = r2;
    value[2] = 0.01;
    assert_true(reports(&s, &c, PLM_ERROR));
    facts.classes = 0;
    assert_true(reports(&s, &c, PLM_ERROR));
    value[2] = 0.02;
    assert_true(reports(&s, &c, PLM_NOTE));
    close_rule(&s);
}

/* The training loss stays above 0.97 of that of a constant, which is the variance of the target for
 * squared errors. The last 10 measured steps count or, if there are epochs, the last one. */
static void test_training_at_chance(void **state)
{
    static const char *const loss[] = {"loss"};
    static const plm_spot spot = {0};
    static plm_model m = {.heads = 1};
    double value[] = {3.87};
    plm_sample sample[12] = {{.loss = 0}, {.loss = 0}};
    plm_data_facts facts = disagreeing();
    plm_case c = {.data = &facts,
                  .model = &m,
                  .spot = &spot,
                  .steps = 50,
                  .sample = sample,
                  .samples = 12,
                  .history = {.columns = 1, .name = loss, .value = value}};
    scene s = open_rule("shuffled_labels");
    (void)state;
    m.head[0].loss = loss_kind(&s, "mean_squared_error");
    facts.target_deviation = 2;
    for (int i = 2; i < 12; i++)
        sample[i].loss = i % 2 == 0 ? 3.89 : 3.88;
    assert_true(reports(&s, &c, PLM_WARNING)); /* 3.885 > 0.97 * 4 = 3.88 */
    assert_int_equal(s.r.part, PLM_PART_RUN);
    c.steps = 49;
    assert_true(reports(&s, &c, PLM_NOTE));
    c.steps = 50;
    c.not_finite = true;
    assert_true(reports(&s, &c, PLM_NOTE));
    c.not_finite = false;
    c.history.rows = 1;
    assert_true(reports(&s, &c, PLM_NOTE)); /* 3.87 < 3.88 */
    value[0] = 3.89;
    assert_true(reports(&s, &c, PLM_WARNING));
    close_rule(&s);
}

/* The loss of a constant prediction of classes is their entropy. Classes may have one row, or none.
 */
static void test_entropy_of_classes(void **state)
{
    static const char *const loss[] = {"loss"};
    static const plm_spot spot = {0};
    static plm_model m = {.heads = 1};
    double value[] = {0.98 * 1.3862943611198906}; /* of log(4) */
    plm_data_facts facts = disagreeing();
    plm_case c = {.data = &facts,
                  .model = &m,
                  .spot = &spot,
                  .steps = 50,
                  .history = {.rows = 1, .columns = 1, .name = loss, .value = value}};
    scene s = open_rule("shuffled_labels");
    (void)state;
    m.head[0].loss = loss_kind(&s, "sparse_categorical_crossentropy");
    assert_true(reports(&s, &c, PLM_WARNING));
    value[0] = 0.96 * log(4);
    assert_true(reports(&s, &c, PLM_NOTE));
    facts.count[0] = 399; /* 0.0175 */
    facts.count[1] = 1;
    facts.count[2] = facts.count[3] = 0;
    value[0] = 0.0165;
    assert_true(reports(&s, &c, PLM_NOTE));
    value[0] = 0.0175;
    assert_true(reports(&s, &c, PLM_WARNING));
    m.head[0].loss = loss_kind(&s, "huber"); /* of which the constant's loss is not known */
    assert_true(reports(&s, &c, PLM_NOTE));
    close_rule(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_below_chance),
        cmocka_unit_test(test_neighbours_disagree),
        cmocka_unit_test(test_validation_at_chance),
        cmocka_unit_test(test_validation_of_a_rare_class),
        cmocka_unit_test(test_training_at_chance),
        cmocka_unit_test(test_entropy_of_classes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
