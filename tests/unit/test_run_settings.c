/* Keys of a run file with a notation of their own, at the edges of what they take. */
#include "helper.h"

#include <stdio.h>

#include "run/runfile.h"
#include "run/settings.h"

static const struct {
    const char *text; /* NULL = the key is not given */
    int64_t every;    /* -1 = refused */
} cases[] = {{NULL, 1},
             {"true", 1},
             {"1", 1},
             {"7", 7},
             {"0", 0},
             {"false", 0},
             {"1000000000", 1000000000},
             {"1000000001", -1},
             {"-1", -1},
             {"2.5", -1},
             {"yes", -1},
             {"00", -1},
             {"3 epochs", -1}};

static void checkpoints(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        helper h;
        plm_settings s;
        char given[64];
        int64_t every = -7;
        helper_open(&h);
        assert_int_equal(plm_settings_open(&s, &h.w, plm_run_keys), PLM_OK);
        if (cases[i].text != NULL) {
            snprintf(given, sizeof given, "checkpoint=%s", cases[i].text);
            assert_int_equal(plm_settings_override(&s, given), PLM_OK);
        }
        const plm_status status = plm_run_settings_checkpoint(&s, &every);
        if (cases[i].every < 0) {
            assert_int_equal(status, PLM_E_SPEC);
            assert_error(&h.w, PLM_E_SPEC, "checkpoint cannot be '", "write true, false, or");
        } else if (status != PLM_OK || every != cases[i].every) {
            fail_msg("checkpoint=%s: status %d, every %lld", cases[i].text, (int)status,
                     (long long)every);
        }
        plm_settings_free(&s);
        helper_close(&h);
    }
}

/* A list is joined; a key that is not given, or not known, is an empty text. */
static void texts(void **state)
{
    helper h;
    plm_settings s;
    (void)state;
    helper_open(&h);
    assert_int_equal(plm_settings_open(&s, &h.w, plm_run_keys), PLM_OK);
    assert_int_equal(plm_settings_override(&s, "metrics=accuracy, auc(name=a)"), PLM_OK);
    assert_int_equal(plm_settings_override(&s, "optimizer=sgd(0.1)"), PLM_OK);
    assert_string_equal(plm_setting_joined(&s, "metrics"), "accuracy, auc(name=a)");
    assert_int_equal(plm_setting_of(&s, "metrics")->count, 2);
    assert_string_equal(plm_setting_joined(&s, "optimizer"), "sgd(0.1)");
    assert_string_equal(plm_setting_joined(&s, "loss"), "");
    assert_string_equal(plm_setting_joined(&s, "no such key"), "");
    assert_null(plm_setting_text(&s, "loss"));
    assert_string_equal(plm_setting_text(&s, "metrics"), "accuracy, auc(name=a)");
    assert_int_equal(plm_settings_override(&s, "no equals sign"), PLM_E_SPEC);
    assert_int_equal(plm_settings_override(&s, "optimiser=sgd"), PLM_E_SPEC);
    assert_error(&h.w, PLM_E_SPEC, "unknown key 'optimiser'", "optimizer");
    plm_settings_free(&s);
    helper_close(&h);
}

/* Keys whose value is one of a few words. */
static void words(void **state)
{
    static const char *const given[][3] = {
        /* the text, the error (NULL = allowed), the hint */
        {"keep=best", NULL, NULL},
        {"keep=last", NULL, NULL},
        {"keep=be", "keep cannot be 'be'", "write best or last"},
        {"keep=best|last", "keep cannot be 'best|last'", "write best or last"},
        {"keep=", "keep cannot be ''", "set a value, or remove the key"},
        {"doctor= repair ", NULL, NULL},
        {"doctor=repairs", "doctor cannot be 'repairs'",
         "write true, false, repair or doctor(repair=true)"},
        {"effort=high", NULL, NULL},
        {"effort=Quick", "effort cannot be 'Quick'", "write quick, default or high"},
        {"overwrite=true", NULL, NULL},
        {"overwrite=yes", "overwrite cannot be 'yes'", "write true or false"},
        {"report=1", "report cannot be '1'", "write true or false"},
        {"calibrate=None", "calibrate cannot be 'None'", "write true or false"},
        {"outside=fals", "outside cannot be 'fals'", "write true or false"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
        helper h;
        plm_settings s;
        helper_open(&h);
        assert_int_equal(plm_settings_open(&s, &h.w, plm_run_keys), PLM_OK);
        assert_int_equal(plm_settings_override(&s, given[i][0]), PLM_OK);
        assert_int_equal(plm_settings_check(&s), given[i][1] ? PLM_E_SPEC : PLM_OK);
        if (given[i][1] != NULL)
            assert_error(&h.w, PLM_E_SPEC, given[i][1], given[i][2]);
        plm_settings_free(&s);
        helper_close(&h);
    }
}

static void truths(void **state)
{
    helper h;
    plm_settings s;
    (void)state;
    helper_open(&h);
    assert_int_equal(plm_settings_open(&s, &h.w, plm_run_keys), PLM_OK);
    assert_false(plm_setting_truth(&s, "overwrite"));
    assert_false(plm_setting_truth(&s, "no such key"));
    assert_int_equal(plm_settings_override(&s, "overwrite=true"), PLM_OK);
    assert_true(plm_setting_truth(&s, "overwrite"));
    assert_int_equal(plm_settings_override(&s, "overwrite=false"), PLM_OK);
    assert_false(plm_setting_truth(&s, "overwrite"));
    plm_settings_free(&s);
    helper_close(&h);
}

/* The second text for the same key, or for the same item of a list. */
static void repeated(void **state)
{
    static const char *const texts[] = {"epochs=1",      "epoch=2",    "model.1=relu", "model=[]",
                                        "model.11=relu", "model.1 =a", "model.1=",     "epochs=1"};
    (void)state;
    assert_int_equal(plm_settings_repeated(0, texts), -1);
    assert_int_equal(plm_settings_repeated(1, texts), -1);
    assert_int_equal(plm_settings_repeated(6, texts), -1);
    assert_int_equal(plm_settings_repeated(7, texts), 6);
    assert_int_equal(plm_settings_repeated(8, texts), 6);
    assert_int_equal(plm_settings_repeated(2, texts + 6), -1);
    assert_int_equal(plm_settings_repeated(5, texts + 3), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(checkpoints), cmocka_unit_test(texts),
                                       cmocka_unit_test(words), cmocka_unit_test(truths),
                                       cmocka_unit_test(repeated)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
