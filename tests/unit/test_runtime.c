/* Opening a runtime, the faults it keeps, and the help of every kind there is. */
#include "helper.h"

#include <stdio.h>

#include "base/fields.h"

static void opens_with_defaults(void **state)
{
    (void)state;
    char version[32];
    plm *w = plm_open(NULL);
    assert_non_null(w);
    assert_int_equal(plm_last_error(w)->status, PLM_OK);
    assert_string_equal(plm_last_error(w)->what, "");
    assert_true(plm_threads(w) >= 1);
    assert_string_equal(plm_isa(w), plm_isa_available(0));
    snprintf(version, sizeof(version), "%d.%d.%d", PLM_VERSION_MAJOR, PLM_VERSION_MINOR,
             PLM_VERSION_PATCH);
    assert_string_equal(plm_version(), version);
    plm_close(w);
    plm_close(NULL);
}

static void every_instruction_set_opens(void **state)
{
    (void)state;
    bool plain = false;
    for (int i = 0; plm_isa_available(i); i++) {
        plm *w = plm_open(PLM_OPTIONS(.isa = plm_isa_available(i), .threads = 2));
        assert_int_equal(plm_last_error(w)->status, PLM_OK);
        assert_string_equal(plm_isa(w), plm_isa_available(i));
        assert_int_equal(plm_threads(w), 2);
        plain = plain || strcmp(plm_isa(w), "plain") == 0;
        plm_close(w);
    }
    assert_true(plain);
    assert_null(plm_isa_available(-1));
}

/* A fault of plm_open is the error of every later call. */
static void keeps_its_faults(void **state)
{
    static const int threads[] = {-1, 257};
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.isa = "abacus"));
    assert_non_null(w);
    assert_error(w, PLM_E_UNSUPPORTED, "abacus", "plain");
    assert_string_equal(plm_isa(w), "plain");
    assert_null(plm_describe(w, "layer", "no such layer"));
    assert_error(w, PLM_E_UNSUPPORTED, "abacus", "plain");
    plm_close(w);
    for (size_t i = 0; i < sizeof(threads) / sizeof(threads[0]); i++) {
        w = plm_open(PLM_OPTIONS(.threads = threads[i]));
        assert_error(w, PLM_E_SPEC, "threads must be between 0 and 256", "use 0");
        plm_close(w);
    }
}

static void options_of_other_versions(void **state)
{
    struct {
        plm_options known;
        char later[16];
    } longer = {.known = {.size = sizeof(longer), .threads = 1}};
    (void)state;
    plm *w = plm_open(&longer.known);
    assert_int_equal(plm_last_error(w)->status, PLM_OK);
    plm_close(w);
    longer.later[3] = 1;
    w = plm_open(&longer.known);
    assert_error(w, PLM_E_UNSUPPORTED, "does not know", "header");
    plm_close(w);
    w = plm_open(
        &(plm_options){.size = offsetof(plm_options, seed), .threads = 1, .isa = "never read"});
    assert_int_equal(plm_last_error(w)->status, PLM_OK);
    assert_int_equal(plm_threads(w), 1);
    plm_close(w);
}

static void no_runtime_fails_politely(void **state)
{
    (void)state;
    assert_int_equal(plm_last_error(NULL)->status, PLM_E_ORDER);
    assert_string_equal(plm_isa(NULL), "");
    assert_int_equal(plm_threads(NULL), 0);
    assert_string_equal(plm_describe(NULL, NULL, NULL), "");
}

static void runs_out_of_memory_politely(void **state)
{
    (void)state;
    for (long k = 1; k < 100; k++) {
        helper h;
        helper_open(&h);
        h.fail = k;
        plm *w = plm_open(PLM_OPTIONS(.threads = 2, .allocate = helper_allocate, .user = &h));
        const bool good = w && plm_last_error(w)->status == PLM_OK && plm_describe(w, NULL, NULL);
        if (w && !good)
            assert_int_equal(plm_last_error(w)->status, PLM_E_MEMORY);
        plm_close(w);
        helper_close(&h);
        if (good)
            return;
    }
    fail();
}

/* Examples are copied and pasted, so they are not broken. */
static bool is_example(const plm_kind *kind, const char *line)
{
    for (const char *const *example = kind->examples; example && *example; example++)
        if (strncmp(line, *example, strlen(*example)) == 0)
            return true;
    return false;
}

static void describes_every_kind(void **state)
{
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    int kinds = 0;
    for (const plm_family *f = w->families; f->name; f++) {
        assert_non_null(strstr(plm_describe(w, NULL, NULL), f->name));
        for (const plm_kind *const *k = f->kinds; *k; k++, kinds++) {
            assert_non_null(strstr(plm_describe(w, f->name, NULL), (*k)->name));
            assert_non_null(strstr(plm_describe(w, "", (*k)->name), (*k)->name));
            const char *help = plm_describe(w, f->name, (*k)->name);
            assert_non_null(help);
            for (const char *line = help; *line;
                 line += strcspn(line, "\n") + (strchr(line, '\n') != NULL))
                if (strcspn(line, "\n") > 80 && strncmp(line, "  ", 2) == 0 &&
                    !is_example(*k, line + 2))
                    fail_msg("%s %s: a line of %zu columns", f->name, (*k)->name,
                             strcspn(line, "\n"));
        }
    }
    assert_true(kinds > 0);
    assert_null(plm_describe(w, "layr", NULL));
    assert_error(w, PLM_E_SPEC, "unknown family of kinds 'layr'", "did you mean layer?");
    assert_null(plm_describe(w, "layer", "dence"));
    assert_error(w, PLM_E_SPEC, "unknown layer 'dence'", "did you mean dense?");
    assert_null(plm_describe(w, "", "dence"));
    assert_error(w, PLM_E_SPEC, "unknown name 'dence'", "did you mean dense?");
    plm_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_with_defaults),       cmocka_unit_test(every_instruction_set_opens),
        cmocka_unit_test(keeps_its_faults),          cmocka_unit_test(options_of_other_versions),
        cmocka_unit_test(no_runtime_fails_politely), cmocka_unit_test(runs_out_of_memory_politely),
        cmocka_unit_test(describes_every_kind)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
