/* A program in a language whose decimal sign is a comma: what the library reads, writes and says is
 * the same. The locale is made in a folder of the test if the system does not have one. */
#define _XOPEN_SOURCE 700
#include "run_support.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "plummet_doctor.h"

static const char *const comma[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE.utf8", "de_AT.UTF-8",
                                    "es_ES.UTF-8", "it_IT.UTF-8", "pt_BR.UTF-8"};

/* Sets a locale whose decimal sign is a comma; false = there is none. */
static bool set_comma(void)
{
    for (size_t i = 0; i < sizeof comma / sizeof *comma; i++)
        if (setlocale(LC_ALL, comma[i]) && strcmp(localeconv()->decimal_point, ",") == 0)
            return true;
    if (system("mkdir -p locales && localedef -i de_DE -f UTF-8 locales/de_DE.UTF-8 "
               "> /dev/null 2>&1") != 0 ||
        setenv("LOCPATH", "locales", 1) != 0)
        return false;
    return setlocale(LC_ALL, comma[0]) && strcmp(localeconv()->decimal_point, ",") == 0;
}

/* Where the texts of one pass go. */
static FILE *said;

static void hear(void *user, int level, const char *line)
{
    (void)user;
    (void)fprintf(said, "log %d: %s\n", level, line);
}

static void note(const char *text)
{
    (void)fprintf(said, "%s\n", text ? text : "(none)");
}

static void note_error(const plm *w)
{
    note(plm_last_error(w)->where);
    note(plm_last_error(w)->what);
    note(plm_last_error(w)->hint);
}

/* Numbers as bits, since printing them depends on the locale. */
static void note_bits(const float *x, int n)
{
    for (int i = 0; i < n; i++) {
        uint32_t bits;
        memcpy(&bits, &x[i], sizeof bits);
        (void)fprintf(said, "%08x ", (unsigned)bits);
    }
    note("");
}

static plm_model *small_net(plm *w)
{
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(2)");
    plm_add(m, "dense(4, activation=leaky_relu(negative_slope=%g))", 0.125);
    plm_add(m, "dropout(%.2f)", 0.25);
    plm_add(m, "dense(1, kernel_regularizer=l2(1.5e-3))");
    assert_int_equal(plm_compile(m, "sgd(per_epoch('0.05 * 0.5 ** epoch'), momentum=0.5)",
                                 "huber(0.75)", "mae, r2_score"),
                     PLM_OK);
    return m;
}

/* What is read: texts of numbers in specs and in tables. What is written: a model, a log. */
static void fit(plm *w)
{
    plm_data *d = plm_data_open(w, "csv('rows.csv', target=y) | rescaling(1/2.5) | batch(3)");
    assert_non_null(d);
    plm_model *m = small_net(w);
    float kernel[8];
    assert_int_equal(plm_fit(m, d,
                             PLM_FIT(.epochs = 2,
                                     .observers = "csv_logger('log.csv'), "
                                                  "step_logger('steps.csv')",
                                     .checkpoint = "check.safetensors")),
                     PLM_OK);
    assert_int_equal(plm_parameter_read(m, 0, kernel), PLM_OK);
    note_bits(kernel, 8);
    assert_int_equal(plm_model_save(m, "model.safetensors", NULL), PLM_OK);
    note(plm_model_summary(m, 80));
    plm_diagnosis *g = plm_doctor(m, d, PLM_DOCTOR(.epochs = 2));
    assert_non_null(g);
    note(plm_diagnosis_text(g, 80));
    note(plm_diagnosis_json(g));
    plm_diagnosis_free(g);
    plm_model_free(m);
    m = plm_model_load(w, "model.safetensors", NULL);
    assert_non_null(m);
    assert_int_equal(plm_parameter_read(m, 0, kernel), PLM_OK);
    note_bits(kernel, 8);
    note(plm_model_setting(m, "optimizer"));
    plm_model_free(m);
    plm_data_free(d);
}

/* A table whose columns are found, and texts for programs and people. */
static void tell(plm *w)
{
    plm_data *d = plm_data_open(w, "table('rows.csv', target=y)");
    plm_batch b;
    assert_non_null(d);
    assert_int_equal(plm_data_next(d, &b), PLM_OK);
    note_bits(b.input[0].data, 4);
    plm_data_free(d);
    assert_null(plm_data_open(w, "csv('rows.csv', target=y, delimiter=0.5)"));
    note_error(w);
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(2)");
    plm_add(m, "dropout(1.5)");
    assert_int_equal(plm_compile(m, "sgd(0.5)", "mse", NULL), PLM_E_SPEC);
    note_error(w);
    plm_model_free(m);
    note(plm_describe(w, "optimizer", "adam"));
    note(plm_describe_json(w, "optimizer"));
    plm_file *f = plm_file_open(w, "printed.txt");
    assert_non_null(f);
    assert_int_equal(plm_file_print(f, "%.3f %g %e\n", 1234.5678, 0.1, 1e-7), PLM_OK);
    assert_int_equal(plm_file_commit(f), PLM_OK);
}

/* A run file: its numbers are read and written again. */
static void train(plm *w)
{
    static const char *const over[] = {"optimizer=adam(0.0025)", "out=run"};
    plm_run_result r;
    plm_run_file *f = plm_run_file_open(w, "net.yaml", 2, over);
    assert_non_null(f);
    assert_int_equal(plm_run_file_train(f, PLM_RUN_TRAIN(.result = &r)), PLM_OK);
    for (int i = 0; i < r.logs; i++) {
        const float value = (float)r.log[i].value;
        note(r.log[i].name);
        note_bits(&value, 1);
    }
    note(plm_run_file_setting(f, "optimizer"));
    plm_run_file_close(f);
    /* seconds differ from run to run */
    assert_int_equal(system("sed 's/,[^,]*$//' run/history.csv > history.txt && "
                            "grep -v '^#' run/run.yaml > run.txt && "
                            "mv run/model.safetensors of_run.safetensors && rm -r run"),
                     0);
}

/* All of it, in a folder. */
static void live(const char *folder)
{
    char command[64];
    (void)snprintf(command, sizeof command, "mkdir %s && cp rows.csv net.yaml %s", folder, folder);
    assert_int_equal(system(command), 0);
    assert_int_equal(chdir(folder), 0);
    said = fopen("said.txt", "w");
    assert_non_null(said);
    plm *w = plm_open(PLM_OPTIONS(.threads = 1, .seed = 4, .log = hear));
    fit(w);
    tell(w);
    train(w);
    plm_close(w);
    assert_int_equal(fclose(said), 0);
    assert_int_equal(chdir(".."), 0);
}

static void a_decimal_comma_changes_nothing(void **state)
{
    scene s;
    (void)state;
    begin(&s);
    write_file("rows.csv", "a,b,y\n0.5,1.25,3.5\n1.5,-2.5e-1,0.25\n2.75,3.125,-1\n0.1,0.2,0.3\n"
                           "1.1,2.2,3.3\n-4.5,0.75,1.0625\n");
    write_file("net.yaml", "data: csv('rows.csv', target=y) | batch(2)\n"
                           "model: [input(2), 'dense(3, activation=elu(alpha=0.5))', dense(1)]\n"
                           "loss: mse\nepochs: 2\n");
    assert_non_null(setlocale(LC_ALL, "C"));
    live("plain");
    const bool there = set_comma();
    if (there)
        live("comma");
    (void)setlocale(LC_ALL, "C");
    char differences[2048] = "";
    if (there && system("diff -r plain comma > differs.txt") != 0) {
        FILE *f = fopen("differs.txt", "r");
        assert_non_null(f);
        differences[fread(differences, 1, sizeof differences - 1, f)] = '\0';
        assert_int_equal(fclose(f), 0);
    }
    end(&s);
    if (!there) {
        print_message("no locale with a decimal comma, and localedef cannot make one\n");
        skip();
    }
    if (differences[0] != '\0')
        fail_msg("%s", differences);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_decimal_comma_changes_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
