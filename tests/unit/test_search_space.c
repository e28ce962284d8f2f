/* The space of a search: what a run file may give, the errors with the item that is at fault, and
 * the values that are drawn. */
#include "helper.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/runfile.h"
#include "search/space.h"

/* Reads the key search from a text key=value; NULL = it is not set. */
static plm_status read_space(plm *w, plm_settings *s, plm_space *out, const char *given)
{
    *s = (plm_settings){0};
    *out = (plm_space){0};
    assert_int_equal(plm_settings_open(s, w, plm_run_keys), PLM_OK);
    if (given != NULL)
        assert_int_equal(plm_settings_override(s, given), PLM_OK);
    return plm_space_read(s, out);
}

/* Each range with its name, its kind and its ends. */
static void test_read(void **state)
{
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_settings s;
    plm_space p;
    assert_int_equal(read_space(w, &s, &p,
                                "search=[rate=log_uniform(1e-4, 0.1), units  =  whole(16, 256), "
                                "act = choice(relu, elu(0.5), tanh), p = uniform(-1, 0.5)]"),
                     PLM_OK);
    static const char *const names[] = {"rate", "units", "act", "p"};
    static const plm_range_kind kinds[] = {PLM_RANGE_LOG_UNIFORM, PLM_RANGE_WHOLE, PLM_RANGE_CHOICE,
                                           PLM_RANGE_UNIFORM};
    static const double low[] = {1e-4, 16, 0, -1}, high[] = {0.1, 256, 0, 0.5};
    assert_int_equal(p.count, 4);
    for (int i = 0; i < 4; i++) {
        assert_string_equal(p.range[i].name, names[i]);
        assert_int_equal(p.range[i].kind, kinds[i]);
        assert_true(fabs(p.range[i].low - low[i]) < 1e-12);
        assert_true(fabs(p.range[i].high - high[i]) < 1e-12);
        assert_int_equal(p.range[i].choices, i == 2 ? 3 : 0);
    }
    assert_string_equal(p.range[2].choice[0], "relu");
    assert_string_equal(p.range[2].choice[1], "elu(0.5)");
    assert_string_equal(p.range[2].choice[2], "tanh");
    plm_settings_free(&s);
    plm_close(w);
}

/* What is refused: the place, and what is wrong. */
static void test_refused(void **state)
{
    static const char *const wrong[][3] = {
        {NULL, "", "the run file has no key search"},
        {"search=[rate]", "search", "'rate' is not a name and a range"},
        {"search=[= uniform(0, 1)]", "search", "'= uniform(0, 1)' is not a name and a range"},
        {"search=[a = choice(1, 2), rate = normal(0, 1)]", "search.1",
         "'normal(0, 1)' is no range"},
        {"search=[rate = 3]", "search", "'3' is no range"},
        {"search=[rate = uniform(0 1)]", "search", "'uniform(0 1)' is no range"},
        {"search=[rate = uniform(1, 1)]", "search",
         "'uniform(1, 1)' does not have two numbers in ascending order"},
        {"search=[rate = uniform(2, 1)]", "search",
         "'uniform(2, 1)' does not have two numbers in ascending order"},
        {"search=[rate = uniform(1)]", "search",
         "'uniform(1)' does not have two numbers in ascending order"},
        {"search=[rate = uniform(1, 2, 3)]", "search",
         "'uniform(1, 2, 3)' does not have two numbers in ascending order"},
        {"search=[rate = whole(a, 3)]", "search",
         "'whole(a, 3)' does not have two numbers in ascending order"},
        {"search=[rate = whole(3, b)]", "search",
         "'whole(3, b)' does not have two numbers in ascending order"},
        {"search=[rate = log_uniform(0, 1)]", "search",
         "'log_uniform(0, 1)' does not have two numbers in ascending order from above 0"},
        {"search=[rate = choice]", "search", "the choice is empty"},
        {"search=[a = choice(1, 2), b = whole(1, 2), a= uniform(0, 1)]", "search.2",
         "'a' has a range twice"},
    };
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        plm_settings s;
        plm_space p;
        assert_int_equal(read_space(w, &s, &p, wrong[i][0]), PLM_E_SPEC);
        assert_string_equal(plm_last_error(w)->what, wrong[i][2]);
        assert_non_null(strstr(plm_last_error(w)->where, wrong[i][1]));
        plm_settings_free(&s);
    }
    plm_close(w);
}

/* As many names and values as fit, and one more. */
static void test_capacity(void **state)
{
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    for (int more = 0; more < 2; more++) {
        static char names[8192], values[16384];
        plm_settings s;
        plm_space p;
        size_t n = (size_t)snprintf(names, sizeof names, "search=[");
        for (int i = 0; i < PLM_SPACE_NAMES + more; i++)
            n += (size_t)snprintf(names + n, sizeof names - n, "%sn%d = uniform(0, 1)",
                                  i > 0 ? ", " : "", i);
        (void)snprintf(names + n, sizeof names - n, "]");
        assert_int_equal(read_space(w, &s, &p, names), more ? PLM_E_SPEC : PLM_OK);
        assert_int_equal(p.count, more ? 0 : PLM_SPACE_NAMES);
        plm_settings_free(&s);
        n = (size_t)snprintf(values, sizeof values, "search=[v = choice(");
        for (int i = 0; i < PLM_SPACE_CHOICES + more; i++)
            n += (size_t)snprintf(values + n, sizeof values - n, "%s%d", i > 0 ? ", " : "", i);
        (void)snprintf(values + n, sizeof values - n, ")]");
        assert_int_equal(read_space(w, &s, &p, values), more ? PLM_E_SPEC : PLM_OK);
        assert_int_equal(p.range[0].choices, more ? 0 : PLM_SPACE_CHOICES);
        plm_settings_free(&s);
    }
    plm_close(w);
}

enum { TRIALS = 400 };

/* Returns how many of the draws of range i lie below a limit, and checks that all lie in it. */
static int below(const plm_space *p, plm_arena *a, int i, double limit)
{
    int count = 0;
    for (int t = 1; t <= TRIALS; t++) {
        const double value = strtod(plm_space_draw(p, a, i, 7, t), NULL);
        assert_true(value >= p->range[i].low && value <= p->range[i].high);
        count += value < limit;
    }
    return count;
}

/* Values lie in their range and reach all of it; on a logarithmic scale half of them are below the
 * root of the product of its ends. */
static void test_draws(void **state)
{
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_settings s;
    plm_space p;
    assert_int_equal(read_space(w, &s, &p,
                                "search=[u = whole(3, 6), r = log_uniform(1e-4, 1), "
                                "q = uniform(2, 4)]"),
                     PLM_OK);
    for (int n = 4; n <= 6; n++)
        assert_true(abs(below(&p, &s.arena, 0, n) - (n - 3) * TRIALS / 4) < TRIALS / 10);
    assert_true(abs(below(&p, &s.arena, 1, 1e-2) - TRIALS / 2) < TRIALS / 10);
    assert_true(abs(below(&p, &s.arena, 2, 3) - TRIALS / 2) < TRIALS / 10);
    plm_settings_free(&s);
    plm_close(w);
}

/* The values of a choice are about equally frequent; they depend on seed, name and trial alone. */
static void test_choices(void **state)
{
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_settings s;
    plm_space p;
    int chosen[3] = {0}, same = 0, alike = 0;
    assert_int_equal(read_space(w, &s, &p, "search=[c = choice(a, b, d), other = choice(a, b, d)]"),
                     PLM_OK);
    for (int t = 1; t <= TRIALS; t++) {
        const char *c = plm_space_draw(&p, &s.arena, 0, 7, t);
        chosen[c[0] == 'a' ? 0 : c[0] == 'b' ? 1 : 2]++;
        same += strcmp(plm_space_draw(&p, &s.arena, 0, 8, t), c) == 0;
        alike += strcmp(plm_space_draw(&p, &s.arena, 1, 7, t), c) == 0;
        assert_string_equal(c, plm_space_draw(&p, &s.arena, 0, 7, t));
    }
    for (int i = 0; i < 3; i++)
        assert_true(abs(chosen[i] - TRIALS / 3) < TRIALS / 10);
    assert_true(abs(same - TRIALS / 3) < TRIALS / 10 && abs(alike - TRIALS / 3) < TRIALS / 10);
    plm_settings_free(&s);
    plm_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_read), cmocka_unit_test(test_refused),
                                       cmocka_unit_test(test_capacity),
                                       cmocka_unit_test(test_draws),
                                       cmocka_unit_test(test_choices)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
