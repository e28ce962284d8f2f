/* Choices that make training faster on one machine and slower on another. They are measured when a
 * plan is made, or given by plm_options.tuning. The results have the same bits with any choices. */
#ifndef PLM_BASE_TUNING_H
#define PLM_BASE_TUNING_H

#include "base/runtime.h"

/* The possible values of chunk_rows, the number of rows of a weight matrix that the weight pass
 * (op/product.h) handles as one chunk. */
enum { PLM_TUNING_ROWS_LEAST = 48, PLM_TUNING_ROWS_MOST = 192 };

/* A function that can do the same work in two ways. argument: passed on from the caller of
 * plm_second_way_pays. second: true = use the second way. */
typedef void plm_way_function(void *argument, bool second);
/* True if the second way is faster on this machine. Runs both ways in turn: for 0.2 ms to warm up
 * caches and vector units, then 9 times, and compares the shortest runs. */
bool plm_second_way_pays(plm_way_function *run, void *argument);

/* Reads plm_options.tuning into w->tuning. Text that was measured on another machine or for another
 * instruction set is ignored. Errors: E_SPEC. */
PLM_CHECKED plm_status plm_tuning_take(plm *w);

#endif
