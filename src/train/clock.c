/* The clock of a fit. */
#define _POSIX_C_SOURCE 200809L
#include <time.h>

#include "train/run.h"

double plm_run_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}
