/* A fit that writes files of each kind, while files or allocations fail: each call fails in turn,
 * alone or with all that follow it. The fit then says so, or its files are those without a fault.
 */
#define _GNU_SOURCE /* disk_support.h */
#include "disk_support.h"
#include "memory_lives.h"

/* Notes the length of a file; the times within have always the same number of digits or bytes. */
static void note_length(const char *name)
{
    FILE *f = fopen(test_path(name), "rb");
    long length = -1;
    if (f != NULL) {
        assert_int_equal(fseek(f, 0, SEEK_END), 0);
        length = ftell(f);
        assert_int_equal(fclose(f), 0);
    }
    note(&length, sizeof length);
}

/* Fits up to `epochs`; resume NULL = from the start. */
static plm_status fit_to(plm *w, int64_t epochs, const char *resume)
{
    plm_model *m = NULL;
    plm_data *d = NULL, *rest = NULL;
    char observers[2048], checkpoint[600];
    plm_status status = say(w, "adam(0.01)", &m);
    (void)snprintf(observers, sizeof observers,
                   "step_logger('%.400s', update_freq=2), csv_logger('%.400s'), "
                   "tensorboard(dir='%.400s'), checkpoint('%.400s', save_best_only=true), "
                   "reduce_lr_on_plateau(patience=1), early_stopping(patience=9)",
                   test_path("steps.csv"), test_path("rows.csv"), test_path("board"),
                   test_path("best.st"));
    (void)snprintf(checkpoint, sizeof checkpoint, "%s", test_path("last.st"));
    if (status >= 0)
        status = status_of(w, d = arrays(w, "shuffle | batch(6)"));
    if (status >= 0)
        status = status_of(w, rest = plm_data_split(d, "split(0.25)"));
    if (status >= 0)
        status = plm_fit(m, d,
                         PLM_FIT(.epochs = epochs, .validation = rest, .observers = observers,
                                 .checkpoint = checkpoint, .resume = resume));
    plm_data_free(rest);
    plm_data_free(d);
    plm_model_free(m);
    return status;
}

/* Two epochs, then two more. */
static plm_status observed(plm *w)
{
    static const char *const files[] = {"steps.csv", "best.st", "last.st"};
    plm_status status = fit_to(w, 2, NULL);
    if (status >= 0)
        status = fit_to(w, 4, test_path("last.st"));
    for (size_t i = 0; status >= 0 && i < sizeof files / sizeof *files; i++)
        note_length(files[i]);
    return status;
}

static void files(void **state)
{
    (void)state;
    (void)learn(observed);
    survives_disk(observed);
}

static void memory(void **state)
{
    (void)state;
    (void)learn(observed);
    survives(observed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(files), cmocka_unit_test(memory)};
    threads_at_work = 1;
    if (access("/dev/shm", W_OK) == 0)
        (void)setenv("TMPDIR", "/dev/shm", 0); /* thousands of fits wait for each write */
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
