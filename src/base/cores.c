/* The number of usable cores is the number in the affinity mask, or in the CPU quota of the control
 * groups (containers) if that is smaller. If the system gives no mask, the number of processors
 * that are online is used instead. The quota is looked up in both versions of control groups, in
 * the process's own group and in all groups above it. */
#ifdef __linux__
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* for the declarations of sched_getaffinity and pthread_setaffinity_np */
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

/* The usual mask of cores (cpu_set_t) has CPU_SETSIZE bits. Ours has SETS times as many, for
 * machines with more cores. */
enum { SETS = 8, MAX_CPUS = SETS * CPU_SETSIZE, PATH_CAPACITY = 4096 };

/* ---- control groups ---- */

/* Reads the first line of the file folder/name, cut to `capacity`. Returns false if there is
 * none. */
static bool read_line(const char *folder, const char *name, char *out, int capacity)
{
    char path[PATH_CAPACITY + 64];
    if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path))
        return false;
    FILE *f = fopen(path, "re");
    if (!f)
        return false;
    const bool good = fgets(out, capacity, f) != NULL;
    fclose(f);
    return good;
}

/* Returns the number of cores, rounded up, that `quota` microseconds in each `period` allow.
 * MAX_CPUS = no limit. */
static int cores_of_quota(const char *quota, const char *period)
{
    const double q = strtod(quota, NULL), p = strtod(period, NULL);
    if (!(q > 0) || !(p > 0) || q / p >= MAX_CPUS)
        return MAX_CPUS;
    const int whole = (int)(q / p);
    return whole + (q / p > whole);
}

/* Returns the number of cores that the control group in this folder allows. second: true = control
 * groups of version 2, which have quota and period in one file. MAX_CPUS = no limit. */
static int quota_of_folder(const char *folder, bool second)
{
    char quota[64] = "", period[64] = "";
    if (!second) {
        if (!read_line(folder, "cpu.cfs_quota_us", quota, sizeof(quota)) ||
            !read_line(folder, "cpu.cfs_period_us", period, sizeof(period)))
            return MAX_CPUS;
        return cores_of_quota(quota, period);
    }
    if (!read_line(folder, "cpu.max", quota, sizeof(quota)))
        return MAX_CPUS;
    /* the line has the quota and the period: "max 100000" or "150000 100000" */
    char *blank = strchr(quota, ' ');
    return blank ? cores_of_quota(quota, blank + 1) : MAX_CPUS;
}

/* Returns the smallest quota of the groups from root/path up to root. In a container the path may
 * be a path of the host that does not exist here, so the root is always read. If the path is too
 * long, only the root is read. */
static int quota_of_path(const char *root, const char *path, bool second)
{
    char folder[PATH_CAPACITY];
    int min = MAX_CPUS;
    if (snprintf(folder, sizeof(folder), "%s%s", root, path) >= (int)sizeof(folder))
        folder[strlen(root)] = '\0';
    for (;;) {
        const int cores = quota_of_folder(folder, second);
        min = cores < min ? cores : min;
        char *slash = strrchr(folder, '/');
        if (strlen(folder) <= strlen(root) || !slash)
            return min;
        *slash = '\0';
    }
}

/* Returns the folder of the groups of version 2: /sys/fs/cgroup, or its folder `unified` if the
 * machine has groups of version 1, too. */
static const char *root_of_second(void)
{
    return access("/sys/fs/cgroup/unified/cgroup.procs", F_OK) == 0 ? "/sys/fs/cgroup/unified"
                                                                    : "/sys/fs/cgroup";
}

/* True if "cpu" is one of the comma-separated controllers in a line of version 1. */
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

/* Reads /proc/self/cgroup, whose lines are "number:controllers:path", and returns the smallest
 * quota. Lines of version 2 have number 0 and no controllers. A container may have fewer cores than
 * the machine. Version 1 of cgroups has a tree for each controller, version 2 one tree for all. */
static int quota_of_process(void)
{
    char line[PATH_CAPACITY];
    int min = MAX_CPUS;
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
            min = cores < min ? cores : min;
        }
    }
    if (f)
        fclose(f);
    return min;
}

/* ---- affinity ---- */

/* A set of cores: bit i = core i. */
typedef struct {
    cpu_set_t set[SETS];
} cores;

/* Reads the set of the cores that this process may use. Returns false if the system does not give
 * the set. */
static bool read_affinity(cores *c)
{
    memset(c, 0, sizeof(*c));
    return sched_getaffinity(0, sizeof(c->set), c->set) == 0;
}

/* Returns the number of cores this process may use. Counts the cores in the affinity
 * mask, or the processors if there is no mask, and applies the quota. The result is at least 1. */
int plm_cores(void)
{
    cores c;
    const int quota = quota_of_process();
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    int count = read_affinity(&c) ? CPU_COUNT_S(sizeof(c.set), c.set) : 0;
    if (count < 1)
        count = processors > 0 && processors < MAX_CPUS ? (int)processors : 1;
    count = quota < count ? quota : count;
    return count > 0 ? count : 1;
}

/* Returns the first hardware thread of the physical core of `cpu`. All threads of a core give the
 * same number. */
static int physical_core(int cpu)
{
    char folder[96], line[64];
    snprintf(folder, sizeof(folder), "/sys/devices/system/cpu/cpu%d/topology", cpu);
    if (!read_line(folder, "thread_siblings_list", line, sizeof(line)))
        return cpu;
    const long first = strtol(line, NULL, 10);
    return first >= 0 && first < MAX_CPUS ? (int)first : cpu;
}

/* Moves up to `count` hardware threads from c to the array `core` and returns how many were moved.
 * fresh: true = take threads only from physical cores that are not in `used`. The physical cores of
 * the threads taken are added to `used`. */
static int take_cores(cores *c, cores *used, bool fresh, int count, int *core)
{
    int found = 0;
    for (int cpu = 0; cpu < MAX_CPUS && found < count; cpu++) {
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

/* Takes one hardware thread from each physical core first, then the other threads of these
 * cores. */
bool plm_cores_plan(int threads, int *core)
{
    cores left, used;
    memset(&used, 0, sizeof(used));
    const int here = sched_getcpu();
    if (here < 0 || here >= MAX_CPUS || !read_affinity(&left) || threads > plm_cores() ||
        threads > CPU_COUNT_S(sizeof(left.set), left.set))
        return false;
    core[0] = here;
    CPU_CLR_S((size_t)here, sizeof(left.set), left.set);
    CPU_SET_S((size_t)physical_core(here), sizeof(used.set), used.set);
    const int first = 1 + take_cores(&left, &used, true, threads - 1, core + 1);
    return first + take_cores(&left, &used, false, threads - first, core + first) == threads;
}

/* Binds the calling thread to a core of plm_cores_plan. If the system refuses, the thread stays
 * unbound; this may be slower, but the results are the same. */
void plm_core_pin(int core)
{
    cores c;
    memset(&c, 0, sizeof(c));
    CPU_SET_S((size_t)core, sizeof(c.set), c.set);
    (void)pthread_setaffinity_np(pthread_self(), sizeof(c.set), c.set);
}

/* Returns the core on which the calling thread runs now; it may be another one a moment later. */
int plm_core_here(void)
{
    return sched_getcpu();
}

/* Binds the thread to the core, which moves it there, then restores the old mask. */
void plm_core_move(int core)
{
    cores before;
    if (!read_affinity(&before))
        return;
    plm_core_pin(core);
    (void)pthread_setaffinity_np(pthread_self(), sizeof(before.set), before.set);
}

/* ---- caches ---- */

/* Returns the bytes of the second-level cache of the first processor, read from its folder in /sys;
 * 0 = not known. */
static size_t cache_of_folder(void)
{
    for (int i = 0; i < 16; i++) {
        char folder[96], level[16] = "", size[32] = "", *unit = NULL;
        snprintf(folder, sizeof(folder), "/sys/devices/system/cpu/cpu0/cache/index%d", i);
        if (!read_line(folder, "level", level, sizeof(level)))
            return 0;
        if (level[0] != '2' || !read_line(folder, "size", size, sizeof(size)))
            continue;
        const long number = strtol(size, &unit, 10); /* "2048K" */
        return number > 0 && number < 1 << 20 ? (size_t)number * (*unit == 'M' ? 1 << 20 : 1 << 10)
                                              : 0;
    }
    return 0;
}

/* Returns the bytes of the second-level cache: from the C library if it knows them (on x86 without
 * reading a file), else from /sys. 0 = not known. */
static size_t second_cache(void)
{
#ifdef _SC_LEVEL2_CACHE_SIZE
    const long size = sysconf(_SC_LEVEL2_CACHE_SIZE);
    if (size > 0)
        return (size_t)size;
#endif
    return cache_of_folder();
}

/* Appends the value if the line, "key : value" in /proc/cpuinfo, has this key. */
static void add_value(const char *line, const char *key, char *out, size_t capacity)
{
    const size_t used = strlen(out), length = strlen(key);
    const char *value = strchr(line, ':');
    if (strncmp(line, key, length) != 0 || !value || (line[length] != '\t' && line[length] != ' '))
        return;
    value += 1 + strspn(value + 1, " \t");
    (void)snprintf(out + used, capacity - used, "%s%.*s", used > 0 ? " " : "",
                   (int)strcspn(value, ",:\n"), value);
}

/* Appends the values that identify the first processor in /proc/cpuinfo: vendor_id, cpu family and
 * model on x86, CPU implementer and CPU part on ARM. */
void plm_processor(char *out, size_t capacity)
{
    static const char *const keys[] = {"vendor_id", "cpu family", "model", "CPU implementer",
                                       "CPU part"};
    char line[256];
    FILE *f = fopen("/proc/cpuinfo", "re");
    *out = '\0';
    while (f && fgets(line, sizeof line, f) && line[0] != '\n')
        for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
            if (strncmp(line, "model name", 10) != 0)
                add_value(line, keys[i], out, capacity);
    if (f)
        fclose(f);
}

#else

/* Other systems: nothing is known about affinity, quotas and caches, and no thread is pinned. */

/* Returns 0: the size is not known on this system, so the caller takes a usual one. */
static size_t second_cache(void)
{
    return 0;
}

/* Returns the number of processors that are online (on systems other than Linux). */
int plm_cores(void)
{
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    return processors > 0 && processors < 256 ? (int)processors : 1;
}

/* Returns false: threads are not pinned to cores on systems other than Linux. */
bool plm_cores_plan(int threads, int *core)
{
    (void)threads;
    (void)core;
    return false;
}

/* Does nothing: threads are not pinned on systems other than Linux. */
void plm_core_pin(int core)
{
    (void)core;
}

/* Returns the number of the core that the calling thread is on; -1 = not known. */
int plm_core_here(void)
{
    return -1;
}

/* Does nothing: threads are not pinned on systems other than Linux. */
void plm_core_move(int core)
{
    (void)core;
}

/* Writes the name of the processor, such as "AuthenticAMD 25 1" (vendor, family, model), cut to
 * `capacity`; "" = the system does not give the name. */
void plm_processor(char *out, size_t capacity)
{
    if (capacity > 0)
        *out = '\0';
}

#endif

/* Returns the size of the second-level cache in bytes, limited to the range from MIN to MAX;
 * UNKNOWN if the system does not give it. */
size_t plm_second_cache(void)
{
    enum { MIN = 1 << 18, UNKNOWN = 1 << 20, MAX = 1 << 22 };
    const size_t bytes = second_cache();
    if (bytes == 0)
        return UNKNOWN;
    return bytes < MIN ? MIN : bytes > MAX ? MAX : bytes;
}
