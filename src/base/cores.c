/* Cores, from three sources of which the least counts: the affinity mask, the number of
 * processors, and the quota of the control group (containers), versions 1 and 2, anywhere
 * between the process's own group and the root. */
#ifdef __linux__
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* sched_getaffinity, pthread_setaffinity_np */
#endif
#else
#define _POSIX_C_SOURCE 200809L
#endif
#include "base/cores.h"

#include <unistd.h>

#ifdef __linux__
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SETS = 8, MOST_CPUS = SETS * CPU_SETSIZE, PATH_ROOM = 4096 };

/* ---- control groups ---- */

/* The first line of folder/name, or false. Longer lines are cut. */
static bool read_line(const char *folder, const char *name, char *out, int room)
{
    char path[PATH_ROOM + 64];
    if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path))
        return false;
    FILE *f = fopen(path, "re");
    if (!f)
        return false;
    const bool good = fgets(out, room, f) != NULL;
    fclose(f);
    return good;
}

/* Cores that a quota in microseconds gives, rounded up; a large number when there is none. */
static int cores_of_quota(const char *quota, const char *period)
{
    const double q = strtod(quota, NULL), p = strtod(period, NULL);
    if (!(q > 0) || !(p > 0) || q / p >= MOST_CPUS)
        return MOST_CPUS;
    const int whole = (int)(q / p);
    return whole + (q / p > whole);
}

static int quota_of_folder(const char *folder, bool second)
{
    char quota[64] = "", period[64] = "";
    if (!second) {
        if (!read_line(folder, "cpu.cfs_quota_us", quota, sizeof(quota)) ||
            !read_line(folder, "cpu.cfs_period_us", period, sizeof(period)))
            return MOST_CPUS;
        return cores_of_quota(quota, period);
    }
    if (!read_line(folder, "cpu.max", quota, sizeof(quota)))
        return MOST_CPUS;
    char *blank = strchr(quota, ' '); /* "max 100000" or "150000 100000" */
    return blank ? cores_of_quota(quota, blank + 1) : MOST_CPUS;
}

/* The least quota from root/path up to root. In a container the path may be the host's: the root
 * is always read. */
static int quota_of_path(const char *root, const char *path, bool second)
{
    char folder[PATH_ROOM];
    int least = MOST_CPUS;
    if (snprintf(folder, sizeof(folder), "%s%s", root, path) >= (int)sizeof(folder))
        folder[strlen(root)] = '\0';
    for (;;) {
        const int cores = quota_of_folder(folder, second);
        least = cores < least ? cores : least;
        char *slash = strrchr(folder, '/');
        if (strlen(folder) <= strlen(root) || !slash)
            return least;
        *slash = '\0';
    }
}

/* Where the groups of version 2 are: by themselves, or beside those of version 1. */
static const char *root_of_second(void)
{
    return access("/sys/fs/cgroup/unified/cgroup.procs", F_OK) == 0 ? "/sys/fs/cgroup/unified"
                                                                    : "/sys/fs/cgroup";
}

/* Is "cpu" among the comma-separated controllers of a line of version 1? */
static bool has_cpu(const char *controllers)
{
    for (const char *at = controllers; *at; at += *at == ',') {
        const size_t length = strcspn(at, ",");
        if (length == 3 && strncmp(at, "cpu", 3) == 0)
            return true;
        at += length;
    }
    return false;
}

/* Reads the lines "number:controllers:path" of the process; version 2 has number 0 and no
 * controllers. */
static int quota_of_process(void)
{
    char line[PATH_ROOM];
    int least = MOST_CPUS;
    FILE *f = fopen("/proc/self/cgroup", "re");
    while (f && fgets(line, sizeof(line), f)) {
        line[strcspn(line, "\n")] = '\0';
        char *controllers = strchr(line, ':');
        char *path = controllers ? strchr(controllers + 1, ':') : NULL;
        if (!path)
            continue;
        *path++ = '\0';
        controllers++;
        if (!*controllers || has_cpu(controllers)) {
            const char *root = *controllers ? "/sys/fs/cgroup/cpu" : root_of_second();
            const int cores = quota_of_path(root, path, !*controllers);
            least = cores < least ? cores : least;
        }
    }
    if (f)
        fclose(f);
    return least;
}

/* ---- affinity ---- */

typedef struct {
    cpu_set_t set[SETS];
} cores;

static bool read_affinity(cores *c)
{
    memset(c, 0, sizeof(*c));
    return sched_getaffinity(0, sizeof(c->set), c->set) == 0;
}

int plm_cores(void)
{
    cores c;
    const int quota = quota_of_process();
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    int count = read_affinity(&c) ? CPU_COUNT_S(sizeof(c.set), c.set) : 0;
    if (count < 1)
        count = processors > 0 && processors < MOST_CPUS ? (int)processors : 1;
    count = quota < count ? quota : count;
    return count > 0 ? count : 1;
}

/* The first hardware thread of the physical core that cpu belongs to: equal for siblings. */
static int physical_core(int cpu)
{
    char folder[96], line[64];
    snprintf(folder, sizeof(folder), "/sys/devices/system/cpu/cpu%d/topology", cpu);
    if (!read_line(folder, "thread_siblings_list", line, sizeof(line)))
        return cpu;
    const long first = strtol(line, NULL, 10);
    return first >= 0 && first < MOST_CPUS ? (int)first : cpu;
}

/* Takes cpus out of c until count are found; `fresh`: only from physical cores that are not in
 * used yet. */
static int take_cores(cores *c, cores *used, bool fresh, int count, int *core)
{
    int found = 0;
    for (int cpu = 0; cpu < MOST_CPUS && found < count; cpu++) {
        if (!CPU_ISSET_S((size_t)cpu, sizeof(c->set), c->set))
            continue;
        const size_t physical = (size_t)physical_core(cpu);
        if (fresh && CPU_ISSET_S(physical, sizeof(used->set), used->set))
            continue;
        CPU_SET_S(physical, sizeof(used->set), used->set);
        CPU_CLR_S((size_t)cpu, sizeof(c->set), c->set);
        core[found++] = cpu;
    }
    return found;
}

bool plm_cores_plan(int threads, int *core)
{
    cores left, used;
    memset(&used, 0, sizeof(used));
    const int here = sched_getcpu();
    if (here < 0 || here >= MOST_CPUS || !read_affinity(&left) || threads > plm_cores() ||
        threads > CPU_COUNT_S(sizeof(left.set), left.set))
        return false;
    core[0] = here;
    CPU_CLR_S((size_t)here, sizeof(left.set), left.set);
    CPU_SET_S((size_t)physical_core(here), sizeof(used.set), used.set);
    const int first = 1 + take_cores(&left, &used, true, threads - 1, core + 1);
    return first + take_cores(&left, &used, false, threads - first, core + first) == threads;
}

/* Where the system refuses, the thread is not bound: slower, not wrong. */
void plm_core_pin(int core)
{
    cores c;
    memset(&c, 0, sizeof(c));
    CPU_SET_S((size_t)core, sizeof(c.set), c.set);
    (void)pthread_setaffinity_np(pthread_self(), sizeof(c.set), c.set);
}

int plm_core_here(void)
{
    return sched_getcpu();
}

void plm_core_move(int core)
{
    cores before;
    if (!read_affinity(&before))
        return;
    plm_core_pin(core);
    (void)pthread_setaffinity_np(pthread_self(), sizeof(before.set), before.set);
}

#else

int plm_cores(void)
{
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    return processors > 0 && processors < 256 ? (int)processors : 1;
}

bool plm_cores_plan(int threads, int *core)
{
    (void)threads;
    (void)core;
    return false;
}

void plm_core_pin(int core)
{
    (void)core;
}

int plm_core_here(void)
{
    return -1;
}

void plm_core_move(int core)
{
    (void)core;
}

#endif
