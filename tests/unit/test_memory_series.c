/* A table that is a time series, opened when memory runs out: each allocation fails in turn, and
 * the rows are whole, or there are none. */
#include "memory_lives.h"

/* Dates in no order, with a gap and a number that is missing. */
static const char *series_text(void)
{
    static char text[2048];
    size_t n = (size_t)snprintf(text, sizeof text, "day,a,y\n");
    for (int i = 0; i < 24; i++) {
        const int day = i * 5 % 24 + 1;
        n += (size_t)snprintf(text + n, sizeof text - n, "2024-03-%02d,%.*s,%d\n",
                              day > 12 ? day + 3 : day, i == 7 ? 0 : 1, "7", day * 7 % 11);
    }
    return text;
}

static plm_status opened(plm *w)
{
    plm_batch b;
    plm_data *d = plm_data_open(w, "table('%s', target=y, order=day, windows=2) | batch(5)",
                                test_path("series.csv"));
    plm_status status = status_of(w, d);
    if (status >= 0)
        status = plm_data_rewind(d, 0);
    while (status >= 0 && (status = plm_data_next(d, &b)) == PLM_OK) {
        note(b.input[0].data, (size_t)(b.rows * b.input[0].dims[0]) * sizeof(float));
        note(b.target[0].data, (size_t)b.rows * sizeof(float));
    }
    plm_data_free(d);
    return status < 0 ? status : PLM_OK;
}

static void series(void **state)
{
    (void)state;
    threads_at_work = 1;
    (void)test_write_text("series.csv", series_text());
    survives(opened);
    survives_objects(opened, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(series)};
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
