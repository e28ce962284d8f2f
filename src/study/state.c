/* Copies weights from one model to another by their names. */
#include "study/state.h"

#include <string.h>

#include "model/model.h"

/* Returns the number of values of a parameter. */
static size_t count_of(const plm_parameter *p)
{
    size_t count = 1;
    for (int i = 0; i < p->rank; i++)
        count *= (size_t)p->dims[i];
    return count;
}

/* Returns the index of the parameter of m that has the name and shape of p; -1 = there is none. */
static int64_t find_like(const plm_model *m, const plm_parameter *p)
{
    plm_parameter other;
    for (int64_t i = 0; i < plm_parameters(m, i, &other); i++)
        if (strcmp(other.name, p->name) == 0 && other.rank == p->rank &&
            memcmp(other.dims, p->dims, (size_t)p->rank * sizeof *p->dims) == 0)
            return i;
    return -1;
}

/* Copies the values of all parameters that have the same name and shape in both models. */
plm_status plm_state_give(const plm_model *from, plm_model *to)
{
    plm *w = to->w;
    plm_parameter p;
    for (int64_t i = 0; i < plm_parameters(from, i, &p); i++) {
        const int64_t at = find_like(to, &p);
        if (at < 0)
            continue;
        float *values = plm_allocate_array(w, count_of(&p), sizeof *values);
        plm_status status = values != NULL ? plm_parameter_read(from, i, values) : PLM_E_MEMORY;
        if (status >= 0)
            status = plm_parameter_write(to, at, values);
        plm_release(w, values);
        PLM_TRY(status);
    }
    return PLM_OK;
}
