/* All bodies but the matrix product, in the order in which they lean on each other, and the
 * table at the end. Read once per instruction set, after its vocabulary and its gemm; hence no
 * guard. */
#ifdef PLM_DOUBLE
#include "kernel/functions_library.h"
#else
#include "kernel/functions_body.h"
#endif
#include "kernel/activation_body.h"
#include "kernel/elementwise_body.h"
#include "kernel/random_body.h"
#include "kernel/reduce_body.h"
#include "kernel/softmax_body.h"
#include "kernel/table_body.h"
