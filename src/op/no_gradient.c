#include "op/no_gradient.h"

#include <string.h>

/* Sets the gradient of the input to 0 for rows first <= n < last. It is for ops that are constant
 * almost everywhere, such as a lookup. */
void plm_no_gradient(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const size_t row = (size_t)(s->in[0].shape.lines * s->in[0].shape.stride);
    (void)thread;
    if (s->in[0].g != NULL)
        memset(s->in[0].g + (size_t)first * row, 0,
               (size_t)(last - first) * row * sizeof(plm_real));
}
