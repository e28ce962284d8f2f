/* Runs that are trained when memory runs out: of a table, resumed, of several nets, searched,
 * repaired, examined. Each allocation fails in turn, as those of a model's life do in
 * test_memory_faults.c: a run gives the same results as without the fault, or it says that memory
 * is missing. */
#define _POSIX_C_SOURCE 200809L
#include "training_lives.h"

#include "search/table_run.h"

/* The folder holds a run from the second time on: what is right is learned then. */
static void survives_again(work *body)
{
    (void)learn(body);
    survives(body);
}

/* For work that takes longer: every each-th allocation fails. */
static void survives_some(work *body, long each)
{
    (void)learn(body);
    const long calls = learn(body);
    for (long k = 1; k <= calls; k += each * STEP)
        for (int lasting = 0; lasting < 2; lasting++) {
            ledger l = {.fail = k, .lasting = lasting == 1};
            (void)run(body, &l);
        }
}

static void trainings(void **state)
{
    (void)state;
    threads_at_work = 1;
    survives_again(trained);
    survives_again(nets);
    survives_objects(trained, 83);
    survives_objects(nets, 83);
}

/* Each of the last allocations fails, also of objects of an arena: those of the doctor, who is
 * called after a training has failed, or of what is written after a net was chosen. */
static void survives_the_end(work *body, long last)
{
    lone_objects_at_work = true;
    const long calls = learn(body);
    survives_each(body, calls > last ? calls - last : 1, false);
    lone_objects_at_work = false;
}

/* Runs that become infinite in their third epoch, when their folder holds no older run, so that
 * the findings are saved: doctor.txt is whole, or absent if memory is missing for it. Which of two
 * nets is the first to fail depends on their threads. */
static plm_status lost_late_by(plm *w, const char *nets, const char *unseen)
{
    static const char *const files[] = {"run.yaml",     "history.csv", "model.safetensors",
                                        "readings.csv", "doctor.txt",  "doctor.json"};
    char text[8192], path[600];
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        (void)remove(path);
    }
    const plm_status status = train_by(
        w, "digits", false,
        SETTING(digits, deep, "epochs=4", "checkpoint=false", "validation=none", "test=none",
                "optimizer=sgd(piecewise_constant_decay([4], [0.01, 1e38]))", nets));
    assert_true(status < 0);
    returned = w->errors;
    snprintf(path, sizeof path, "%s/doctor.txt", folder);
    FILE *f = fopen(path, "r");
    assert_true(f != NULL || known);
    if (f != NULL) {
        text[fread(text, 1, sizeof text - 1, f)] = '\0';
        assert_int_equal(fclose(f), 0);
        assert_ptr_equal(strstr(text, "doctor of digits\n\nerror[G110]: "), text);
        assert_non_null(strstr(text, unseen));
    }
    return status == PLM_E_NUMERIC ? PLM_OK : status;
}

static plm_status lost_late(plm *w)
{
    return lost_late_by(w, "nets=1", "\nnot examined: the untrained net and the steps before, ");
}

static plm_status lost_late_of_two(plm *w)
{
    return lost_late_by(w, "nets=2", " of 2. Not examined: the untrained net and the steps ");
}

static void losses(void **state)
{
    (void)state;
    threads_at_work = 1;
    survives_the_end(lost, 800);
    survives_the_end(lost_of_two, 1800);
    survives_the_end(lost_late, 800);
    survives_the_end(lost_late_of_two, 1800);
}

static void choices(void **state)
{
    (void)state;
    threads_at_work = 1;
    survives_some(chosen, 7);
    survives_objects(chosen, 113);
}

static void phases(void **state)
{
    (void)state;
    threads_at_work = 1;
    (void)learn(donated);
    survives_some(pretrained, 3);
    survives_some(reused, 3);
    survives_objects(pretrained, 83);
    survives_objects(reused, 83);
}

/* Notes the text of a file. */
static void note_text_of(const char *path)
{
    char line[4096];
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    while (fgets(line, sizeof line, f) != NULL)
        note(line, strlen(line));
    assert_int_equal(fclose(f), 0);
}

/* The run file of a search in a table: the run that is chosen, and the ranges of its net. */
static plm_status chosen_to_search(plm *w)
{
    static char where[600], path[600];
    snprintf(where, sizeof where, "out=%s", test_path("found"));
    snprintf(path, sizeof path, "%s", test_path("found/homes.yaml"));
    const char *const setting[] = {"target=kind", where};
    plm_search s = {.w = w, .path = table, .overrides = 2, .override = setting};
    plm_status status = plm_settings_open(&s.settings, w, plm_run_keys);
    if (status >= 0)
        status = plm_search_table(&s);
    if (status >= 0)
        note_text_of(path);
    plm_search_free(&s);
    return status;
}

static void searches(void **state)
{
    (void)state;
    threads_at_work = 1;
    survives_some(searched, 3);
    survives_objects(searched, 67);
    survives_the_end(chosen_to_search, 150);
    survives_some(rates, 3);
    survives_objects(rates, 19);
}

static void examinations(void **state)
{
    (void)state;
    threads_at_work = 1;
    survives(examined_table);
    survives(examined_file);
    survives_objects(examined_table, 19);
    survives_objects(examined_file, 19);
    (void)learn(trained);
    survives(examined_run);
    (void)learn(not_finite);
    survives(examined_run);
    (void)learn(unwatched);
    survives(examined_run);
}

static void repairs(void **state)
{
    (void)state;
    threads_at_work = 1;
    survives_some(repaired, 7);
    survives_some(repairs_itself, 17);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(trainings), cmocka_unit_test(losses),
                                       cmocka_unit_test(choices),   cmocka_unit_test(phases),
                                       cmocka_unit_test(searches),  cmocka_unit_test(examinations),
                                       cmocka_unit_test(repairs)};
    if (access("/dev/shm", W_OK) == 0)
        (void)setenv("TMPDIR", "/dev/shm", 0); /* thousands of runs wait for each write */
    prepare();
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
