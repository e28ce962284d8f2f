/* Tables that are larger than the memory they may use: the rest lies in temporary files, and the
 * schema and the rows have the same bits. */
#include "data_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/folder.h"
#include "data/typed.h"

/* With 40,000 rows each column has blocks that may lie in a file. */
enum { ROWS = 40000, LINE = 64 };

static const char *write_table(void)
{
    char *text = malloc((size_t)ROWS * LINE);
    size_t n = 0;
    assert_non_null(text);
    n += (size_t)sprintf(text, "id,size,color,since,price\n");
    for (int i = 0; i < ROWS; i++)
        n += (size_t)sprintf(text + n, "k%d,%d.%d,%s,20%02d-%02d-11,%s%d\n", i % 99, i * 37 % 1009,
                             i % 7,
                             i % 3   ? "red"
                             : i % 2 ? "blue"
                                     : "",
                             i % 20, 1 + i % 12, i % 50 ? "" : "1", i * 13 % 5003);
    const char *name = test_write_text("spill.csv", text);
    free(text);
    return name;
}

/* Opens the table, sets a fifth of its rows aside, and fits the rest. */
static plm_data *open_table(plm *w, const char *name, const char *more, plm_data **test)
{
    plm_data_info info;
    plm_data *d = plm_data_open(w, "table('%s', target=price%s)", name, more);
    assert_non_null(d);
    *test = plm_data_split(d, "split(0.2, shuffle=true)");
    assert_non_null(*test);
    assert_int_equal(plm_data_get_info(d, &info), PLM_OK);
    return d;
}

static void check_same(const plm_source *a, const plm_source *b)
{
    assert_true(a->rows == b->rows && plm_source_parts(a) == plm_source_parts(b));
    for (int i = 0; i < plm_source_parts(a); i++) {
        assert_int_equal(a->table[i].width, b->table[i].width);
        assert_memory_equal(a->table[i].rows, b->table[i].rows,
                            (size_t)a->rows * a->table[i].width * sizeof(float));
    }
}

static void the_same_bits_in_files(void **state)
{
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    const char *name = write_table(), *text[2] = {NULL};
    plm_arena a = {.w = w};
    plm_data *test[2];
    (void)state;
    plm_data *whole = open_table(w, name, "", &test[0]);
    assert_int_equal(whole->source->spill->files, 0);
    assert_true(whole->source->spill->used > 0);
    for (int some = 0; some < 2; some++) { /* nothing or something stays in memory */
        plm_data *d = open_table(w, name, some ? ", memory=1000000" : ", memory=1", &test[1]);
        const plm_spill *spill = d->source->spill;
        assert_true(spill->files > 1000000);
        assert_true(some ? spill->used > 0 && spill->used <= 1000000 : spill->used == 0);
        check_same(whole->source, d->source);
        assert_int_equal(plm_data_schema(whole, &a, &text[0]), PLM_OK);
        assert_int_equal(plm_data_schema(d, &a, &text[1]), PLM_OK);
        assert_string_equal(text[0], text[1]);
        plm_data_free(test[1]);
        plm_data_free(d);
    }
    plm_data_free(test[0]);
    plm_data_free(whole);
    plm_arena_free(&a);
    test_close(w, &memory);
}

static void folders_that_cannot_be_used(void **state)
{
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    const char *name = write_table();
    (void)state;
    assert_null(plm_data_open(w, "table('%s', target=price, spill=nowhere)", name));
    test_error(w, PLM_E_SPEC, "no folder");
    assert_null(plm_data_open(w, "table('%s', target=price, memory=1, spill='/proc')", name));
    test_error(w, PLM_E_IO, "a temporary file in /proc cannot be made");
    plm_data *d = plm_data_open(w, "table('%s', target=price, spill='/proc')", name);
    assert_non_null(d); /* no file is needed */
    plm_data_free(d);
    test_close(w, &memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_bits_in_files),
        cmocka_unit_test(folders_that_cannot_be_used),
    };
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
