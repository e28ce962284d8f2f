/* Every single allocation of a whole life of a model fails in turn, alone or with all that
 * follow: open, build, compile, measure, train, evaluate, save, load, predict, describe. Each
 * time there is a clean E_MEMORY, or success with the same results and no error that was recorded
 * and returned by nobody; every block comes back, and at the path of the model there is no file or
 * the right one. */
#define _GNU_SOURCE /* disk_support.h */
#include "data_support.h"
#include "disk_support.h"
#include "memory_lives.h"

#include "base/paths.h"

#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST = 1 << 16 };

/* No temporary file is left in the folder of `path`. */
static void no_parts_left(const char *path)
{
    char folder[512];
    (void)snprintf(folder, sizeof folder, "%s", path);
    *strrchr(folder, '/') = '\0';
    DIR *place = opendir(folder);
    assert_non_null(place);
    for (const struct dirent *entry = readdir(place); entry != NULL; entry = readdir(place))
        assert_null(strstr(entry->d_name, ".part"));
    assert_int_equal(closedir(place), 0);
}

/* Takes a file away and returns its length; 0 = there is none. */
static size_t take_file(const char *path, char *bytes)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return 0;
    const size_t length = fread(bytes, 1, LONGEST, file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(remove(path), 0);
    return length;
}

static void a_life_with_adam(void **state)
{
    (void)state;
    survives(use_adam);
}

static void a_life_with_stored_gradients(void **state)
{
    (void)state;
    survives(use_stored);
}

static void files_are_right_or_absent(void **state)
{
    static const char *const names[] = {"model.safetensors", "joined.st", "resumed.st", "named.st"};
    static work *const bodies[] = {save_and_load, joined, resumed, named};
    static char right[LONGEST], bytes[LONGEST];
    (void)state;
    for (int i = 0; i < 4; i++) {
        known = false;
        ledger unharmed = {0};
        (void)run(bodies[i], &unharmed);
        unharmed_given = given;
        known = true;
        const size_t length = take_file(test_path(names[i]), right);
        assert_true(length > 0 && length < LONGEST);
        for (int lasting = 0; lasting < 2; lasting++) {
            bool reached = true;
            for (long k = 1; reached; k++) {
                ledger l = {.fail = k, .lasting = lasting == 1};
                reached = run(bodies[i], &l);
                no_parts_left(test_path(names[i]));
                const size_t got = take_file(test_path(names[i]), bytes);
                assert_true(got == 0 || (got == length && memcmp(bytes, right, length) == 0));
            }
        }
    }
}

/* ---- jansson's own memory ---- */

/* jansson has no user pointer; tests may have variables. */
static ledger of_json;

static void *json_take(size_t bytes)
{
    return allocate(&of_json, NULL, bytes > 0 ? bytes : 1, LINE);
}

static void json_give(void *block)
{
    if (block != NULL)
        (void)allocate(&of_json, block, 0, LINE);
}

/* Writing: a failed allocation within jansson is E_MEMORY, or the file is right. (Reading asks
 * the runtime for all the room before jansson begins, since jansson 2.14 cannot run out of
 * memory without damage.) */
static void what_jansson_takes_may_fail(void **state)
{
    static char right[LONGEST], bytes[LONGEST];
    const char *path = test_path("json.safetensors");
    ledger l = {0};
    plm_model *m = NULL;
    (void)state;
    plm *w =
        plm_open(PLM_OPTIONS(.threads = 1, .unpinned = true, .allocate = allocate, .user = &l));
    assert_int_equal(say(w, "sgd", &m), PLM_OK);
    json_set_alloc_funcs(json_take, json_give);
    assert_int_equal(plm_model_save(m, path, NULL), PLM_OK);
    const size_t length = take_file(path, right);
    for (int lasting = 0; lasting < 2; lasting++)
        for (long k = 1; of_json.calls >= k || k == 1; k++) {
            of_json = (ledger){.fail = k, .lasting = lasting == 1};
            const plm_status status = plm_model_save(m, path, NULL);
            const size_t got = take_file(path, bytes);
            assert_true(status == PLM_OK || status == PLM_E_MEMORY);
            assert_int_equal(got, status == PLM_OK ? length : 0);
            assert_memory_equal(bytes, right, got);
            assert_int_equal(of_json.blocks, 0);
            assert_true(k < 10000);
        }
    json_set_alloc_funcs(malloc, free);
    plm_model_free(m);
    plm_close(w);
    assert_int_equal(l.blocks, 0);
}

static void a_life_of_reuse(void **state)
{
    (void)state;
    survives(pretrain_and_reuse);
    survives(pretrain_named);
}

/* A table with types: the model learns its schema, keeps it in its file, applies it to rows. */
static plm_status typed(plm *w)
{
    static const char table[] = "size,color,born,y\n1,red,2024-01-31,a\n2,blue,2023-02-01,b\n"
                                "3,red,2022-11-05,a\n4,green,2021-07-19,b\n5,red,2020-03-03,a\n";
    const char *const path = test_path("typed.st"), *const rows =
                                                        test_write_text("typed.csv", table);
    plm_model *m = NULL;
    plm_data *d = plm_data_open(w, "table('%s', target=y) | batch(16)", rows);
    plm_status status = status_of(w, d);
    if (status >= 0)
        status = status_of(w, m = plm_model_new(w));
    if (status >= 0) {
        plm_add(m, "input(9)");
        plm_add(m, "dense(2, activation=softmax)");
        status = plm_compile(m, "sgd", "sparse_categorical_crossentropy", NULL);
    }
    if (status >= 0)
        status = plm_fit(m, d, NULL);
    plm_data_free(d);
    if (status >= 0)
        status = plm_model_save(m, path, NULL);
    plm_model_free(m);
    m = status >= 0 ? plm_model_load(w, path, NULL) : NULL;
    if (status >= 0)
        status = status_of(w, m);
    d = status >= 0 ? plm_data_open_for(m, true, "table('%s')", rows) : NULL;
    if (status >= 0)
        status = status_of(w, d);
    plm_log log[1];
    if (status >= 0)
        status = plm_evaluate(m, d, log, 1);
    if (status >= 0)
        note(&log[0].value, sizeof log[0].value);
    plm_data_free(d);
    plm_model_free(m);
    return status;
}

/* A file name that must lie in a folder: its parts are looked at one by one. */
static plm_status below_a_folder(plm *w)
{
    const plm_folder folder = {.path = "tests", .inside = true};
    const plm_kind *kind = NULL;
    const void *config = NULL;
    const plm_spec *s = NULL;
    plm_arena a = {.w = w};
    plm_status status = plm_spec_parse(&a, "csv_logger('unit/no/such.csv')", &s);
    if (status >= 0)
        status = plm_kind_bind_below(&a, "observer", s, &folder, &kind, &config);
    plm_arena_free(&a);
    return status;
}

/* A net whose output undoes a standardization: its loss is of standardized targets. */
static plm_status undone(plm *w)
{
    plm_model *m = plm_model_new(w);
    plm_status status = status_of(w, m);
    plm_add(m, "input(%d)", WIDTH);
    plm_add(m, "dense(1)");
    plm_add(m, "normalization(invert=true, mean=3, variance=4)");
    if (status >= 0)
        status = plm_compile(m, "sgd(0.1)", "mse", NULL);
    const char *summary = status >= 0 ? plm_model_summary(m, 0) : NULL;
    if (status >= 0)
        status = status_of(w, summary);
    if (status >= 0)
        note(summary, (size_t)(strstr(summary, "Memory to train") - summary));
    plm_model_free(m);
    return status;
}

static void data_and_help(void **state)
{
    (void)state;
    survives(digits_and_help);
    survives(layers);
    survives(wide_table);
    survives(typed);
    survives(below_a_folder);
    survives(measured_first);
    survives(undone);
}

/* Each object of an arena fails, of some lives. */
static void objects_of_arenas(void **state)
{
    (void)state;
    survives_objects(named, 1);
    survives_objects(typed, 1);
    survives_objects(layers, 1);
    survives_objects(joined, 1);
    survives_objects(below_a_folder, 1);
    survives_objects(undone, 1);
    survives_objects(save_and_load, 3);
    survives_objects(resumed, 7);
    survives_objects(use_adam, 7);
    survives_objects(use_stored, 7);
    survives_objects(pretrain_and_reuse, 5);
}

/* Models and checkpoints are written and read while files fail. */
static void files_that_fail(void **state)
{
    static work *const bodies[] = {save_and_load, joined, resumed, named, typed, use_adam};
    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        for (int most = 0; most <= 100; most += 100) {
            disk.most = most;
            survives_disk(bodies[i]);
            no_parts_left(test_path("model.safetensors"));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_life_with_adam),          cmocka_unit_test(a_life_with_stored_gradients),
        cmocka_unit_test(files_are_right_or_absent), cmocka_unit_test(what_jansson_takes_may_fail),
        cmocka_unit_test(a_life_of_reuse),           cmocka_unit_test(data_and_help),
        cmocka_unit_test(objects_of_arenas),         cmocka_unit_test(files_that_fail),
    };
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
