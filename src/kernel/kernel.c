/* Finds the kernel table with a given name, or the best one that this machine runs. The choice is
 * made at run time, so that one build serves all machines of an architecture.
 *
 * A kernel table is never chosen by a compiler flag: the library runs on any processor of the
 * architecture, and tests can ask for each table by its name. */
#include <string.h>

#include "kernel/kernel.h"
#include "kernel/tables.h"

/* A kernel table, and a function that says whether this machine can run it. */
typedef struct {
    const plm_kernels *table; /* its functions and tile sizes */
    bool (*runs_here)(void);  /* true = this processor has the instructions, and the system saves
                               * their registers */
} candidate;

/* Returns true: for tables that every machine can run. */
static bool always(void)
{
    return true;
}

#if PLM_HAS_X86
/* True if the machine has AVX2 and fused multiply-add. The builtins also check that the system
 * saves the wide registers. */
static bool has_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

/* True if the machine has AVX-512 with all extensions that avx512.c uses. */
static bool has_avx512(void)
{
    return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}
#endif

/* The tables of this build, the best one first. */
static const candidate candidates[] = {
#if PLM_HAS_X86
    {&plm_kernels_avx512, has_avx512},
    {&plm_kernels_avx2, has_avx2},
#endif
#if PLM_HAS_NEON
    {&plm_kernels_neon, always}, /* every 64-bit ARM has NEON, with fused multiply-add */
#endif
    {&plm_kernels_plain, always},
};

enum { CANDIDATES = sizeof candidates / sizeof candidates[0] };

/* Returns the kernels of an instruction set; NULL = this build or processor does not have it.
 * Candidates are listed from the fastest on, so without a name the first one that this processor
 * runs is the best. */
const plm_kernels *plm_kernels_find(const char *isa)
{
    for (int i = 0; i < CANDIDATES; i++)
        if (candidates[i].runs_here() && (!isa || strcmp(isa, candidates[i].table->isa) == 0))
            return candidates[i].table;
    return NULL;
}

/* Counts only the tables that this processor can run. */
const char *plm_kernels_name(int index)
{
    for (int i = 0; i < CANDIDATES; i++)
        if (candidates[i].runs_here() && index-- == 0)
            return candidates[i].table->isa;
    return NULL;
}

#define READS_X true
#define READS_Y false
#define PLM_ACTIVATION_READS(name, reads) [PLM_ACTIVATION_##name] = READS_##reads,

/* True if the activation's backward reads x, false if it reads y. The list PLM_ACTIVATIONS says so
 * by X or Y. */
bool plm_activation_reads_x(plm_activation_id id)
{
    static const bool reads_x[PLM_ACTIVATION_COUNT] = {PLM_ACTIVATIONS(PLM_ACTIVATION_READS)};
    return (unsigned)id < PLM_ACTIVATION_COUNT && reads_x[id];
}
