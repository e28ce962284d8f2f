/* Runs that are trained while files fail: each call that opens, reads, writes, syncs or names a
 * file fails in turn, alone or with all that follow it. A run then says so, or it gives the same
 * results and files as without the fault. */
#define _GNU_SOURCE /* disk_support.h */
#include "disk_support.h"
#include "training_lives.h"

/* The folder holds a run from the second time on: what is right is learned then. */
static void survives_disk_again(work *body)
{
    (void)learn(body);
    survives_disk(body);
}

static void trainings(void **state)
{
    (void)state;
    survives_disk_again(trained);
    survives_disk_again(nets);
}

static void choices(void **state)
{
    (void)state;
    survives_disk_again(chosen);
}

static void phases(void **state)
{
    (void)state;
    (void)learn(donated);
    survives_disk_again(pretrained);
    survives_disk_again(reused);
}

static void searches(void **state)
{
    (void)state;
    survives_disk(searched);
    survives_disk(rates);
}

static void examinations(void **state)
{
    (void)state;
    disk.partial = true; /* what cannot be read becomes a finding */
    survives_disk(examined_table);
    survives_disk(examined_file);
    (void)learn(trained);
    survives_disk(examined_run);
    disk.partial = false;
}

static void repairs(void **state)
{
    (void)state;
    survives_disk(repaired);
    survives_disk(repairs_itself);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(trainings),    cmocka_unit_test(choices),
                                       cmocka_unit_test(phases),       cmocka_unit_test(searches),
                                       cmocka_unit_test(examinations), cmocka_unit_test(repairs)};
    if (access("/dev/shm", W_OK) == 0)
        (void)setenv("TMPDIR", "/dev/shm", 0); /* thousands of runs wait for each write */
    threads_at_work = 1;
    prepare();
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
