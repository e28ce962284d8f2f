/* Prints the peak of one core, "PEAK gflops=...": the best of loops of fused multiply-adds over half a second, each timed by
 * the thread's own clock. peak [isa]: avx512, avx2 or neon. */
#define _POSIX_C_SOURCE 200809L
#include <plummet.h>
#include <stdio.h>

#include "peak.h"

int main(int argc, char **argv)
{
    const char *isa = argc > 1 ? argv[1] : plm_isa_available(0);
    peak_function *peak = isa != NULL ? peak_of(isa) : NULL;
    if (peak == NULL) {
        fprintf(stderr, "usage: peak [avx512|avx2|neon]\n");
        return 2;
    }
    double most = 0;
    for (const double begun = now(); now() - begun < 0.5;) {
        const double rate = peak_now(peak);
        most = rate > most ? rate : most;
    }
    printf("PEAK gflops=%.1f isa=%s\n", 2e-9 * most, isa);
    return 0;
}
