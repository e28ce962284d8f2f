/* embed=N: a column with more than N words gets ids in an input of its own; one with N not. */
#include "data_support.h"

#include <stdio.h>
#include <string.h>

static int inputs_of(plm *w, const char *path, int embed)
{
    plm_data_info info;
    plm_data *d = plm_data_open(w, "table('%s', target=y, embed=%d)", path, embed);
    assert_non_null(d);
    assert_int_equal(plm_data_get_info(d, &info), PLM_OK);
    plm_data_free(d);
    return info.inputs;
}

static void the_limit_itself_is_not_above_it(void **state)
{
    char text[1024] = "shop,a,y\n";
    size_t n = strlen(text);
    (void)state;
    for (int i = 0; i < 40; i++) /* four words, each in ten rows */
        n += (size_t)snprintf(text + n, sizeof text - n, "s%c,%d,%d\n", "nesw"[i % 4], i * 7 % 40,
                              i * 11 % 40);
    const char *path = test_write_text("limit.csv", text);
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    assert_int_equal(inputs_of(w, path, 3), 2);
    assert_int_equal(inputs_of(w, path, 4), 1);
    assert_int_equal(inputs_of(w, path, 5), 1);
    test_close(w, &memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_limit_itself_is_not_above_it)};
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
