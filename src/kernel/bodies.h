/* Includes all bodies (*_body.h) except the matrix product, each after those that it uses. The last
 * one defines the kernel table. The file of each instruction set includes this header once, after
 * its vector functions (lanes_*.h) and its gemm. So there is no include guard. */
#ifdef PLM_DOUBLE
#include "kernel/functions_library.h"
#else
#include "kernel/functions_body.h"
#endif
#include "kernel/activation_simple_body.h"
#include "kernel/activation_smooth_body.h"
#include "kernel/activation_body.h"
#include "kernel/elementwise_body.h"
#include "kernel/adam_body.h"
#include "kernel/momentum_body.h"
#include "kernel/random_body.h"
#include "kernel/reduce_body.h"
#include "kernel/softmax_body.h"
#include "kernel/table_body.h"
