/* Choices that make training faster on one machine and slower on another. They are measured when a
 * plan is made, or given by plm_options.tuning. The results have the same bits with any choices. */
#ifndef PLM_BASE_TUNING_H
#define PLM_BASE_TUNING_H

#include "base/runtime.h"

/* The possible values of chunk_rows, the number of rows of a weight matrix that the weight pass
 * (op/product.h) handles as one chunk. */
enum { PLM_TUNING_ROWS_LEAST = 48, PLM_TUNING_ROWS_MOST = 192 };

/* Reads plm_options.tuning into w->tuning. Text that was measured on another machine or for another
 * instruction set is ignored. Errors: E_SPEC. */
PLM_CHECKED plm_status plm_tuning_take(plm *w);

#endif
