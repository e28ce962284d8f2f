/* An argument of a kind as a number, by its name, wherever it is in the config of the kind. */
#include "helper.h"

#include <math.h>

#include "doctor/finding.h"

typedef struct {
    double first;
    int64_t second;
    const plm_spec *third, *fourth;
    bool fifth;
} config;

static const plm_field fields[] = {
    PLM_FIELD(config, first, PLM_REAL, "0", 0, 9, "a number"),
    PLM_FIELD(config, second, PLM_INT, "0", 0, 9, "a whole number"),
    PLM_FIELD_OF(config, third, PLM_SPEC, "0.5", "schedule", "a spec that is a number"),
    PLM_FIELD_OF(config, fourth, PLM_SPEC, "relu", "activation", "another spec"),
    PLM_FIELD(config, fifth, PLM_BOOL, "true", 0, 0, "no number"),
    {0}};

static void numbers(void **state)
{
    const plm_spec number = {.type = PLM_SPEC_NUMBER, .number = 0.25},
                   name = {.type = PLM_SPEC_NAME, .text = "relu"};
    const config c = {.first = 1.5, .second = 7, .third = &number, .fourth = &name, .fifth = true};
    (void)state;
    assert_true(plm_field_number(fields, &c, "first") == 1.5);
    assert_true(plm_field_number(fields, &c, "second") == 7);
    assert_true(plm_field_number(fields, &c, "third") == 0.25);
    assert_true(isnan(plm_field_number(fields, &c, "fourth")));
    assert_true(isnan(plm_field_number(fields, &c, "fifth")));
    assert_true(isnan(plm_field_number(fields, &c, "sixth")));
    assert_true(isnan(plm_field_number(fields, NULL, "first")));
    assert_true(isnan(plm_field_number(NULL, &c, "first")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(numbers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
