/* Compares and copies the parameters of models through the public interface. */
#include "session/parameters.h"

#include <string.h>

#include "base/runtime.h"

/* Sets *count to the number of elements of parameter i. False: the parameter's name or shape
 * differs between the models. */
static bool match(const plm_model *a, const plm_model *b, int64_t i, size_t *count)
{
    plm_parameter p, q;
    plm_parameters(a, i, &p);
    plm_parameters(b, i, &q);
    *count = 1;
    for (int k = 0; k < p.rank; k++)
        *count *= (size_t)p.dims[k];
    return strcmp(p.name, q.name) == 0 && p.rank == q.rank &&
           memcmp(p.dims, q.dims, (size_t)p.rank * sizeof *p.dims) == 0;
}

/* True if parameter i has the same bits in both models. */
static bool equal(plm *w, const plm_model *a, const plm_model *b, int64_t i)
{
    size_t count = 0;
    if (!match(a, b, i, &count))
        return false;
    float *x = plm_allocate_array(w, 2 * count, sizeof *x);
    const bool same = x != NULL && plm_parameter_read(a, i, x) >= 0 &&
                      plm_parameter_read(b, i, x + count) >= 0 &&
                      memcmp(x, x + count, count * sizeof *x) == 0;
    plm_release(w, x);
    return same;
}

/* Copies parameter i. */
static plm_status copy(plm *w, const plm_model *from, plm_model *to, int64_t i)
{
    size_t count = 0;
    if (!match(from, to, i, &count))
        return PLM_E_FORMAT;
    float *values = plm_allocate_array(w, count, sizeof *values);
    if (values == NULL)
        return PLM_E_MEMORY;
    plm_status status = plm_parameter_read(from, i, values);
    status = status < 0 ? status : plm_parameter_write(to, i, values);
    plm_release(w, values);
    return status;
}

/* Compares number by number, bit for bit. */
bool plm_run_parameters_equal(plm *w, const plm_model *a, const plm_model *b)
{
    const int64_t count = plm_parameters(a, 0, NULL);
    bool same = plm_parameters(b, 0, NULL) == count;
    for (int64_t i = 0; same && i < count; i++)
        same = equal(w, a, b, i);
    return same;
}

/* Copies all parameters between two models of the same layers. */
plm_status plm_run_parameters_copy(plm *w, const plm_model *from, plm_model *to)
{
    const int64_t count = plm_parameters(from, 0, NULL);
    plm_status status = plm_parameters(to, 0, NULL) == count ? PLM_OK : PLM_E_FORMAT;
    for (int64_t i = 0; i < count && status >= 0; i++)
        status = copy(w, from, to, i);
    return status;
}
