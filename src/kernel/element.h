/* Converts numbers of files and arrays, of every type and in the machine's byte order, to float32.
 * The types are those of the public interface, plm_dtype. */
#ifndef PLM_KERNEL_ELEMENT_H
#define PLM_KERNEL_ELEMENT_H

#include "base/runtime.h"

enum { PLM_DTYPES = PLM_U64 + 1 }; /* number of types */

/* True if the number stands for a type; callers may pass any number. */
bool plm_element_is(plm_dtype e);
/* Bytes of a number. */
size_t plm_element_size(plm_dtype e);
/* Returns the name of a type, such as "float32". */
const char *plm_element_name(plm_dtype e);
/* True for a floating-point type. */
bool plm_element_is_float(plm_dtype e);
/* Computes out[i] = in[i] as float32 for i < n, rounded to nearest even. */
void plm_element_decode(plm_dtype e, float *out, const void *in, size_t n);
/* Does the same as plm_element_decode with the vector instructions of `isa` (plm_kernels.isa). */
void plm_element_decode_by(const char *isa, plm_dtype e, float *out, const void *in, size_t n);
/* Computes out[i, :] = rows[row[i], :] as float32 for i < n; rows: [.., width]. */
void plm_element_gather(const char *isa, plm_dtype e, float *out, const void *rows, size_t width,
                        const int64_t *row, size_t n);
/* Reverses the byte order of n numbers. */
void plm_element_swap(plm_dtype e, void *data, size_t n);
/* Returns the first i < n whose number is NaN or infinite, or becomes infinite as float32; n =
 * there is none. */
size_t plm_element_first_bad(plm_dtype e, const void *data, size_t n);
/* Does the same as plm_element_first_bad with the vector instructions of `isa`
 * (plm_kernels.isa). */
size_t plm_element_first_bad_by(const char *isa, plm_dtype e, const void *data, size_t n);

#endif
