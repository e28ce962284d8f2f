/* What an assessment says of confusions, made by hand: the matrix, or the most frequent pairs where
 * it is too wide. */
#include "helper.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "assess/assess.h"

enum { MOST = 41, NARROW = 39, WIDE = 0 };

/* An assessment of no rows. */
typedef struct {
    char name[MOST][24];
    const char *label[MOST];
    plm_predicted_target target;
    int64_t confusion[MOST * MOST];
    plm_class_figures of_class[MOST];
    plm_assessment s;
} scene;

static scene *make(int classes)
{
    scene *c = calloc(1, sizeof *c);
    assert_non_null(c);
    for (int i = 0; i < classes; i++) {
        snprintf(c->name[i], sizeof c->name[i], "class-number-%u", (unsigned)i % 10);
        c->label[i] = c->name[i];
    }
    c->target = (plm_predicted_target){.name = "y", .classes = classes, .label = c->label};
    c->s = (plm_assessment){
        .target = &c->target, .before = NAN, .confusion = c->confusion, .of_class = c->of_class};
    return c;
}

/* True if the text of the assessment contains `wanted`. */
static bool says(const scene *c, int width, const char *wanted)
{
    helper h;
    helper_open(&h);
    plm_text t = {.w = &h.w};
    plm_assessment_text(&t, &c->s, NULL, 0, false, width);
    assert_false(t.failed);
    const bool found = strstr(plm_text_get(&t), wanted) != NULL;
    plm_text_free(&t);
    helper_close(&h);
    return found;
}

static void frequent(void **state)
{
    scene *c = make(3);
    (void)state;
    assert_true(says(c, NARROW, "\nno row is confused\n"));
    c->confusion[2 * 3 + 0] = 7;
    assert_true(says(c, NARROW,
                     "\nmost frequent confusions\n"
                     "true class           predicted  rows\n"
                     "class-number-2  class-number-0     7\n\n"));
    c->confusion[0 * 3 + 0] = 90; /* right ones are none */
    c->confusion[0 * 3 + 1] = 7;
    c->confusion[1 * 3 + 2] = 8;
    assert_true(says(c, NARROW,
                     "\ntrue class           predicted  rows\n"
                     "class-number-1  class-number-2     8\n"
                     "class-number-0  class-number-1     7\n"
                     "class-number-2  class-number-0     7\n\n"));
    free(c);
}

/* Ten pairs at most. */
static void many(void **state)
{
    scene *c = make(5);
    (void)state;
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < 3; k++)
            c->confusion[i * 5 + (i + 1 + k) % 5] = 20 - (i * 3 + k);
    assert_true(says(c, NARROW, "class-number-3  class-number-4    11\n\n"));
    assert_false(says(c, NARROW, "class-number-3  class-number-0    10\n"));
    free(c);
}

/* A matrix of up to 40 classes, where there is room. */
static void large(void **state)
{
    (void)state;
    for (int classes = 40; classes <= 41; classes++) {
        scene *c = make(classes);
        assert_true(says(c, WIDE, "confusion matrix") == (classes == 40));
        assert_true(says(c, WIDE, "no row is confused") == (classes == 41));
        free(c);
    }
}

/* Returns the longest line of the text of an assessment at this width. */
static int widest(const scene *c, int width)
{
    helper h;
    int most = 0;
    helper_open(&h);
    plm_text t = {.w = &h.w};
    plm_assessment_text(&t, &c->s, NULL, 0, false, width);
    for (const char *line = plm_text_get(&t); *line != '\0';) {
        const int length = (int)strcspn(line, "\n");
        most = length > most ? length : most;
        line += length + (line[length] != '\0');
    }
    plm_text_free(&t);
    helper_close(&h);
    return most;
}

/* Names of classes are cut until each table fits; wide screens have them whole. */
static void tables_fit(void **state)
{
    scene *c = make(3);
    (void)state;
    for (int i = 0; i < 3; i++)
        c->of_class[i].rows = 12345;
    c->confusion[1] = 1234567;
    assert_int_equal(widest(c, 39), 39);
    assert_true(says(c, 39, "\nclass  precision  recall      f1   rows\ncl...     0.0000"));
    assert_true(says(c, 60, "\nclass-number-0     0.0000  0.0000  0.0000  12345\n"));
    for (int i = 0; i < 3; i++)
        c->of_class[i].rows = 1234567;
    assert_int_equal(widest(c, 39), 39);
    assert_true(says(c, 39, "\nclass   prec.  recall      f1     rows\n"));
    free(c);
}

/* What is rounded to 0 has no sign. */
static void zero_has_no_sign(void **state)
{
    static const struct {
        double value;
        int decimals;
        const char *text;
    } known[] = {{-0.00004, 4, "0.0000"}, {-0.00006, 4, "-0.0001"}, {-0.4, 0, "0"},
                 {0.00004, 4, "0.0000"},  {-0.0, 4, "0.0000"},      {-10, 1, "-10.0"},
                 {(double)NAN, 4, "-"}};
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        char text[32];
        plm_figure_write(text, known[i].value, known[i].decimals);
        assert_string_equal(text, known[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(frequent), cmocka_unit_test(many),
                                       cmocka_unit_test(large), cmocka_unit_test(zero_has_no_sign),
                                       cmocka_unit_test(tables_fit)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
