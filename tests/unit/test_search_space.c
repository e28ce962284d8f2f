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
        {"search=[rate]", "search.0", "'rate' is not a name and a range"},
        {"search=[= uniform(0, 1)]", "search.0", "'= uniform(0, 1)' is not a name and a range"},
        {"search=[a = choice(1, 2), rate = normal(0, 1)]", "search.1",
         "'normal(0, 1)' is no range"},
        {"search=[rate = 3]", "search.0", "'3' is no range"},
        {"search=[rate = uniform(0 1)]", "search.0", "'uniform(0 1)' is no range"},
        {"search=[rate = uniform(1, 1)]", "search.0",
         "'uniform(1, 1)' does not have two numbers in ascending order"},
        {"search=[rate = uniform(2, 1)]", "search.0",
         "'uniform(2, 1)' does not have two numbers in ascending order"},
        {"search=[rate = uniform(1)]", "search.0",
         "'uniform(1)' does not have two numbers in ascending order"},
        {"search=[rate = uniform(1, 2, 3)]", "search.0",
         "'uniform(1, 2, 3)' does not have two numbers in ascending order"},
        {"search=[rate = whole(a, 3)]", "search.0",
         "'whole(a, 3)' does not have two numbers in ascending order"},
        {"search=[rate = whole(3, b)]", "search.0",
         "'whole(3, b)' does not have two numbers in ascending order"},
        {"search=[rate = log_uniform(0, 1)]", "search.0",
         "'log_uniform(0, 1)' does not have two numbers in ascending order from above 0"},
        {"search=[rate = choice]", "search.0", "the choice is empty"},
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

/* Values lie in their range, reach both ends of it, and depend on seed, name and trial alone. */
static void test_draws(void **state)
{
    enum { TRIALS = 400 };
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_settings s;
    plm_space p;
    int seen[4] = {0}, chosen[3] = {0}, below = 0, half = 0, same = 0;
    assert_int_equal(read_space(w, &s, &p,
                                "search=[u = whole(3, 6), c = choice(a, b, d), "
                                "r = log_uniform(1e-4, 1), q = uniform(2, 4)]"),
                     PLM_OK);
    for (int t = 1; t <= TRIALS; t++) {
        const int u = atoi(plm_space_draw(&p, &s.arena, 0, 7, t));
        const char *c = plm_space_draw(&p, &s.arena, 1, 7, t);
        const double r = strtod(plm_space_draw(&p, &s.arena, 2, 7, t), NULL),
                     q = strtod(plm_space_draw(&p, &s.arena, 3, 7, t), NULL);
        assert_true(u >= 3 && u <= 6 && r >= 1e-4 && r <= 1 && q >= 2 && q <= 4);
        seen[u - 3]++;
        chosen[c[0] == 'a' ? 0 : c[0] == 'b' ? 1 : 2]++;
        below += r < 1e-2; /* half of them, on a logarithmic scale */
        half += q < 3;
        same += strcmp(plm_space_draw(&p, &s.arena, 3, 8, t),
                       plm_space_draw(&p, &s.arena, 3, 7, t)) == 0;
        assert_string_equal(c, plm_space_draw(&p, &s.arena, 1, 7, t));
    }
    for (int i = 0; i < 4; i++)
        assert_true(seen[i] > TRIALS / 8 && seen[i] < TRIALS / 2);
    for (int i = 0; i < 3; i++)
        assert_true(chosen[i] > TRIALS / 5 && chosen[i] < TRIALS / 2);
    assert_true(abs(below - TRIALS / 2) < TRIALS / 8 && abs(half - TRIALS / 2) < TRIALS / 8);
    assert_true(same < TRIALS / 8);
    plm_settings_free(&s);
    plm_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_read), cmocka_unit_test(test_refused),
                                       cmocka_unit_test(test_capacity),
                                       cmocka_unit_test(test_draws)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
