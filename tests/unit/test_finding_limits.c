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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_below_chance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
