/* Cores that a process may use: the affinity mask counts, and the quota of a control group,
 * where one can be made. */
#ifdef __linux__
#define _GNU_SOURCE /* sched_setaffinity */
#endif
#include "helper.h"

#include "base/cores.h"
#include "base/threads.h"

#ifdef __linux__
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void affinity_counts(void **state)
{
    (void)state;
    cpu_set_t all, one;
    if (sched_getaffinity(0, sizeof all, &all) != 0)
        skip();
    assert_true(plm_cores() <= CPU_COUNT(&all));
    CPU_ZERO(&one);
    for (size_t cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&one) == 0; cpu++)
        if (CPU_ISSET(cpu, &all))
            CPU_SET(cpu, &one);
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    assert_int_equal(plm_cores(), 1);
    plm *w = plm_open(PLM_OPTIONS(.threads = 0));
    assert_int_equal(plm_pool_threads(w->pool), 1);
    plm_close(w);
    assert_int_equal(sched_setaffinity(0, sizeof all, &all), 0);
}

/* A power of two or half more, within the bounds; what a program says is what the runtime takes. */
static void second_cache_is_plausible(void **state)
{
    (void)state;
    const size_t bytes = plm_second_cache();
    assert_true(bytes >= 1 << 18 && bytes <= 1 << 22 && bytes % 1024 == 0);
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    assert_int_equal(w->second_cache, bytes / sizeof(plm_real));
    plm_close(w);
}

static bool put(const char *folder, const char *file, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, file);
    FILE *f = fopen(path, "r+");
    bool good = f != NULL && fputs(text, f) >= 0;
    if (f != NULL && fclose(f) != 0)
        good = false;
    return good;
}

/* What a child in that group finds; 0 = it could not get in. */
static int cores_within(const char *folder)
{
    int status = 0;
    const pid_t child = fork();
    if (child == 0)
        _exit(put(folder, "cgroup.procs", "0") ? plm_cores() : 0);
    assert_true(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* A group of one core and, in it, one without a quota of its own. */
static void quota_counts(void **state)
{
    static const char *const roots[] = {"/sys/fs/cgroup/cpu", "/sys/fs/cgroup/unified",
                                        "/sys/fs/cgroup"};
    int tried = 0;
    (void)state;
    for (int i = 0; i < 3; i++) {
        char outer[128], inner[160];
        snprintf(outer, sizeof outer, "%s/plummet-test-%ld", roots[i], (long)getpid());
        snprintf(inner, sizeof inner, "%s/inner", outer);
        if (access(roots[i], W_OK) != 0 || mkdir(outer, 0700) != 0)
            continue;
        const bool limited =
            put(outer, "cpu.max", "100000 100000") || put(outer, "cpu.cfs_quota_us", "100000");
        const bool nested = limited && mkdir(inner, 0700) == 0;
        const int found = nested ? cores_within(inner) : 0;
        rmdir(inner);
        rmdir(outer);
        assert_true(found <= 1);
        tried += found;
    }
    if (tried == 0)
        skip(); /* no control groups, or no right to make one */
}
#endif

static void one_at_least(void **state)
{
    (void)state;
    assert_true(plm_cores() >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifdef __linux__
        cmocka_unit_test(affinity_counts), cmocka_unit_test(quota_counts),
        cmocka_unit_test(second_cache_is_plausible),
#endif
        cmocka_unit_test(one_at_least)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
