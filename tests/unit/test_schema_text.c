/* The text of a schema, as it stands in a model file: one that is whole is read, and what is wrong
 * in it is refused and named. The columns of a schema, found by name and number. */
#include "helper.h"

#include <stdio.h>
#include <string.h>

#include "table/schema.h"

static const char whole[] =
    "{\"version\":1,\"header\":true,\"columns\":["
    "{\"name\":\"a\",\"why\":\"A\",\"role\":\"input\",\"type\":\"number\",\"encoding\":"
    "\"standardize\",\"mean\":1,\"deviation\":2,\"median\":1.5,\"missing\":3},"
    "{\"name\":\"b\",\"why\":\"B\",\"role\":\"input\",\"type\":\"category\",\"encoding\":"
    "\"one_hot\",\"words\":[\"u\",\"v\",\"w\"],\"rare\":4},"
    "{\"name\":\"d\",\"why\":\"D\",\"role\":\"input\",\"type\":\"date\",\"encoding\":\"date\","
    "\"format\":\"ymd\",\"parts\":5,\"deviation\":1},"
    "{\"name\":\"y\",\"why\":\"Y\",\"role\":\"target\",\"type\":\"yes_no\",\"encoding\":"
    "\"classes\",\"words\":[\"no\",\"yes\"]}]}";

/* Reads the schema with `from` replaced by `to`. */
static plm_status read_changed(plm_arena *a, const char *from, const char *to, plm_schema **out)
{
    char text[2000];
    const char *at = strstr(whole, from);
    assert_non_null(at);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - whole), whole, to, at + strlen(from));
    return plm_schema_read(a, text, "here", out);
}

static void a_whole_one(void **state)
{
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_arena a = {.w = w};
    plm_schema *s = NULL;
    if (plm_schema_read(&a, whole, "here", &s) < 0)
        fail_msg("%s", plm_last_error(w)->what);
    assert_int_equal(s->columns, 4);
    assert_true(s->header && s->fitted && s->before == 0 && s->order == SIZE_MAX);
    assert_true(s->column[0].center == 1 && s->column[0].deviation == 2);
    assert_true(s->column[0].fill == 1.5 && s->column[0].missing == 3);
    assert_int_equal(s->column[1].words, 3);
    assert_int_equal(s->column[1].rare, 4);
    assert_int_equal(s->column[2].parts, 5);
    assert_string_equal(s->column[3].word[1], "yes");
    assert_int_equal(plm_schema_width(s, PLM_ROLE_INPUT), 1 + 3 + 5);
    plm_arena_free(&a);
    plm_close(w);
}

static const struct {
    const char *from, *to, *what; /* what: NULL = it is read */
} changes[] = {
    {"\"version\":1", "\"version\":2", "column '?': the version of the schema is unknown"},
    {"\"name\":\"a\",", "", "the column has no name"},
    {"\"why\":\"A\",", "", "the column has no name"},
    {"\"role\":\"input\"", "\"role\":\"extra\"", "column 'a': 'role' has a value that is unknown"},
    {"\"type\":\"number\"", "\"type\":\"thing\"", "column 'a': 'type' has a value that is unknown"},
    {"\"encoding\":\"standardize\"", "\"encoding\":\"\"",
     "column 'a': 'encoding' has a value that is unknown"},
    {"\"encoding\":\"standardize\"", "\"encoding\":\"log\"", NULL},
    {"\"encoding\":\"standardize\"", "\"encoding\":\"quantile\"",
     "column 'a': the number of quantiles is out of range"},
    {"\"encoding\":\"standardize\"", "\"encoding\":\"quantile\",\"quantiles\":[1,2,2]", NULL},
    {"\"encoding\":\"standardize\"", "\"encoding\":\"quantile\",\"quantiles\":[1,2,1.5]",
     "column 'a': the quantiles are not numbers in ascending order"},
    {"\"encoding\":\"standardize\"", "\"encoding\":\"quantile\",\"quantiles\":[1,\"2\"]",
     "column 'a': the quantiles are not numbers in ascending order"},
    {"\"encoding\":\"standardize\"", "\"encoding\":\"standardize\",\"quantiles\":[1,2]",
     "column 'a': only 'quantile' has quantiles"},
    {"\"encoding\":\"classes\"", "\"encoding\":\"log\"",
     "column 'y': the encoding is only for inputs"},
    {"\"encoding\":\"standardize\",", "", "column 'a': 'encoding' has a value that is unknown"},
    {"\"format\":\"ymd\"", "\"format\":\"moon\"",
     "column 'd': 'format' has a value that is unknown"},
    {"\"mean\":1", "\"mean\":\"1\"", "column 'a': 'mean' is not a finite number"},
    {"\"mean\":1", "\"mean\":null", "column 'a': 'mean' is not a finite number"},
    {"\"deviation\":2", "\"deviation\":true", "column 'a': 'deviation' is not a finite number"},
    {"\"median\":1.5", "\"median\":[]", "column 'a': 'median' is not a finite number"},
    {"\"missing\":3", "\"missing\":\"\"", "column 'a': 'missing' is not a finite number"},
    {"\"rare\":4", "\"rare\":{}", "column 'b': 'rare' is not a finite number"},
    {"\"parts\":5", "\"parts\":\"5\"", "column 'd': 'parts' is not a finite number"},
    {"\"deviation\":2", "\"deviation\":-2", "column 'a': a fitted number is out of its range"},
    {"\"missing\":3", "\"missing\":-1", "column 'a': a number of the column is out of range"},
    {"\"missing\":3", "\"missing\":1e18", "column 'a': a number of the column is out of range"},
    {"\"rare\":4", "\"rare\":-1", "column 'b': a number of the column is out of range"},
    {"\"rare\":4", "\"rare\":1e18", "column 'b': a number of the column is out of range"},
    {"\"parts\":5", "\"parts\":8", "column 'd': a number of the column is out of range"},
    {"\"parts\":5", "\"parts\":-1", "column 'd': a number of the column is out of range"},
    {"\"parts\":5", "\"parts\":7", NULL},
    {"[\"u\",\"v\",\"w\"]", "[\"u\",\"v\",\"u\"]",
     "column 'b': a word occurs twice in the vocabulary"},
    {"[\"u\",\"v\",\"w\"]", "[\"u\",7,\"w\"]",
     "column 'b': a word of the vocabulary is not a text"},
    {"\"encoding\":\"one_hot\"", "\"encoding\":\"signs\"",
     "'b': the encoding of two words has more than two words"},
    {"[\"u\",\"v\",\"w\"]", "[\"u\",\"v\"]", NULL},
    {"\"encoding\":\"one_hot\"", "\"encoding\":\"classes\"",
     "'b': the encoding of an input is that of a target"},
    {"[\"no\",\"yes\"]", "[\"no\"]", "column 'y': there are fewer than two classes"},
    {"\"encoding\":\"classes\"", "\"encoding\":\"index\"",
     "'y': the encoding of ids is only for inputs"},
    {"\"missing\":3", "\"lag\":1", "column 'a': the lag refers to no column of the file"},
    {"\"parts\":5", "\"from\":0,\"lag\":-1", "column 'd': the lag is out of range"},
    {"\"parts\":5", "\"from\":0,\"lag\":10001", "column 'd': the lag is out of range"},
    {"\"parts\":5", "\"from\":3,\"lag\":1", "column 'd': the lag is out of range"},
    {"\"parts\":5", "\"from\":-1,\"lag\":1", "column 'd': the lag is out of range"},
    {"\"parts\":5", "\"from\":2,\"lag\":1", "column 'd': the lag refers to no column of the file"},
    {"\"parts\":5", "\"from\":0,\"lag\":1", "a column of the file comes after columns with lags"},
    {"\"header\":true", "\"order\":4", "column 'order': the time column does not exist"},
    {"\"header\":true", "\"order\":-1", "column 'order': the time column does not exist"},
    {"\"header\":true", "\"order\":\"d\"", "column 'order': the time column does not exist"},
    {"\"header\":true", "\"order\":2", NULL},
};

static void wrong_ones(void **state)
{
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        plm_arena a = {.w = w};
        plm_schema *s = NULL;
        const plm_status status = read_changed(&a, changes[i].from, changes[i].to, &s);
        const char *what = changes[i].what;
        if (status != (what ? PLM_E_FORMAT : PLM_OK) ||
            (what && !strstr(plm_last_error(w)->what, what)))
            fail_msg("%s: %d, '%s'", changes[i].to, (int)status, plm_last_error(w)->what);
        plm_arena_free(&a);
    }
    plm_close(w);
}

/* Columns that are not learned from leave nothing to learn. */
static void no_inputs(void **state)
{
    (void)state;
    static const char text[] = "{\"version\":1,\"columns\":[{\"name\":\"y\",\"why\":\"Y\",\"role\":"
                               "\"target\",\"type\":\"number\",\"encoding\":\"as_it_is\"}]}";
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_arena a = {.w = w};
    plm_schema *s = NULL;
    assert_int_equal(plm_schema_read(&a, text, "here", &s), PLM_E_FORMAT);
    assert_non_null(strstr(plm_last_error(w)->what, "the schema has no inputs"));
    assert_int_equal(plm_schema_read(&a, "[", "here", &s), PLM_E_FORMAT);
    plm_arena_free(&a);
    plm_close(w);
}

/* A column is found by its name or, if none has it, by its number, also from the end. */
static void columns_by_number(void **state)
{
    enum { COLUMNS = 12 };
    char name[COLUMNS][4];
    plm_column column[COLUMNS] = {{0}};
    const plm_schema s = {.column = column, .columns = COLUMNS};
    (void)state;
    for (int i = 0; i < COLUMNS; i++) {
        snprintf(name[i], sizeof name[i], "%c", 'a' + i);
        column[i].name = name[i];
    }
    strcpy(name[3], "7");
    assert_int_equal(plm_schema_column(&s, "b"), 1);
    assert_int_equal(plm_schema_column(&s, "7"), 3);
    assert_int_equal(plm_schema_column(&s, "0"), 0);
    assert_int_equal(plm_schema_column(&s, "10"), 10);
    assert_int_equal(plm_schema_column(&s, "11"), 11);
    assert_int_equal(plm_schema_column(&s, "-1"), 11);
    assert_int_equal(plm_schema_column(&s, "-12"), 0);
    static const char *const none[] = {"12", "-13", "z", "1a", "1.0", ""};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_true(plm_schema_column(&s, none[i]) == SIZE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_whole_one), cmocka_unit_test(wrong_ones),
                                       cmocka_unit_test(no_inputs),
                                       cmocka_unit_test(columns_by_number)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
