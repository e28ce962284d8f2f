/* The run file that a repair writes: its settings, and a comment at each change that was kept, with
 * the value before; its proof; when memory runs out, one after the other or none. */
#include "memory_lives.h"
#include "model_support.h"

#include "plummet_doctor.h"
#include "repair/repair.h"

static const char original[] = "data: digits | take(40) | batch(10)\n"
                               "model:\n"
                               "  - rescaling(1/16)\n"
                               "  - dense(8, activation=sigmoid)\n"
                               "  - dense(10, activation=softmax)\n"
                               "optimizer: sgd(9)\n";

static char path[512], out[512];

/* A repair whose changes were kept in two of three rounds. */
static void set_record(plm_repairing *r)
{
    static plm_repair_round first, second, third;
    static const char *after[] = {"optimizer=adam(0.001)", "metrics=accuracy",
                                  "model.1=dense(8, activation=relu)",
                                  "model=[rescaling(1/16), dense(10, activation=softmax)]"};
    first = (plm_repair_round){.code = "S305", .changes = 2, .kept = 1};
    first.change[0] = (plm_change){.why = "is not kept", .sets = 1};
    first.change[0].set[0] = (plm_remedy){.key = "epochs", .value = "3"};
    first.change[1] = (plm_change){.why = "the usual rate", .sets = 2};
    first.change[1].set[0] = (plm_remedy){.key = "optimizer", .value = "adam(0.001)"};
    first.change[1].set[1] = (plm_remedy){.key = "metrics", .value = "accuracy"};
    second = (plm_repair_round){.code = "D215", .changes = 1, .kept = -1};
    second.change[0] = (plm_change){.why = "nothing", .sets = 1};
    second.change[0].set[0] = (plm_remedy){.key = "data", .value = "digits"};
    third = (plm_repair_round){.code = "G101", .changes = 1, .kept = 0};
    third.change[0] = (plm_change){.why = "relu", .sets = 1};
    third.change[0].set[0] = (plm_remedy){.key = "model.1", .value = "dense(8, activation=relu)"};
    r->record.round[0] = &first;
    r->record.round[1] = &second;
    r->record.round[2] = &third;
    r->record.rounds = 3;
    r->key_value = after;
    r->count = 3;
}

/* Saves the repair, and notes both files. */
static plm_status saved(plm *w)
{
    static char text[20000];
    plm_model *m = NULL;
    plm_diagnosis *d = NULL;
    plm_data *rows = arrays(w, "batch(10)");
    plm_status status = rows != NULL ? say(w, "sgd(0.1)", &m) : status_of(w, rows);
    plm_repairing r = {.w = w, .path = path, .record.arena.w = w};
    set_record(&r);
    if (status >= 0)
        status = status_of(w, d = plm_doctor(m, rows, NULL));
    if (status >= 0)
        status = plm_repair_save(&r, d, out);
    for (int i = 0; status >= 0 && i < 2; i++) {
        FILE *f = fopen(i == 0 ? out : test_path("better.proof.json"), "r");
        assert_non_null(f);
        note(text, fread(text, 1, sizeof text, f));
        assert_int_equal(fclose(f), 0);
    }
    plm_arena_free(&r.record.arena);
    plm_diagnosis_free(d);
    plm_model_free(m);
    plm_data_free(rows);
    return status;
}

/* The line of a key or an item, and the comment above it. */
static void assert_lines(const char *text, const char *lines)
{
    if (strstr(text, lines) == NULL)
        fail_msg("no '%s' in '%s'", lines, text);
}

static void test_comments(void **state)
{
    static char text[20000];
    (void)state;
    threads_at_work = 1;
    snprintf(path, sizeof path, "%s", test_write_text("net.yaml", original));
    snprintf(out, sizeof out, "%s", test_path("better.yaml"));
    (void)learn(saved);
    FILE *f = fopen(out, "r");
    assert_non_null(f);
    text[fread(text, 1, sizeof text - 1, f)] = '\0';
    assert_int_equal(fclose(f), 0);
    assert_lines(text, "# repaired by plummet doctor --repair ");
    assert_lines(text, "\n# repaired S305: the usual rate; was sgd(9)\noptimizer: adam(0.001)\n");
    assert_lines(text, "\n# repaired S305: the usual rate; was none\nmetrics:");
    assert_lines(text, "\n  # repaired G101: relu; was dense(8, activation=sigmoid)\n"
                       "  - dense(8, activation=relu)\n");
    assert_null(strstr(text, "is not kept"));
    assert_null(strstr(text, "D215"));
    survives(saved);
}

/* Names of repaired files, and what is refused. */
static void test_names(void **state)
{
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_arena a = {.w = w};
    const char *const file = test_write_text("net.yaml", original), *const folder = test_path("");
    assert_string_equal(plm_repair_usual_path(&a, "net.yaml"), "net-repaired.yaml");
    assert_string_equal(plm_repair_usual_path(&a, "runs/one.two/net"), "net-repaired.yaml");
    assert_string_equal(plm_repair_usual_path(&a, "a.b/net.x.yaml"), "net.x-repaired.yaml");
    assert_int_equal(plm_repair_check(w, file, test_path("other.yaml")), PLM_OK);
    assert_int_equal(plm_repair_check(w, file, file), PLM_E_SPEC);
    assert_string_equal(plm_last_error(w)->what, "the repair would overwrite the run file");
    assert_int_equal(plm_repair_check(w, folder, "x.yaml"), PLM_E_SPEC);
    assert_int_equal(plm_repair_check(w, "homes.csv", "x.yaml"), PLM_E_SPEC);
    assert_string_equal(plm_last_error(w)->what, "only a run file can be repaired");
    assert_int_equal(plm_repair_check(w, file, "homes.csv"), PLM_E_SPEC);
    assert_string_equal(plm_last_error(w)->what, "a run file cannot have the name of a table");
    plm_arena_free(&a);
    plm_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_comments),
                                       cmocka_unit_test(test_names)};
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
