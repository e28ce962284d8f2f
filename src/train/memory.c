/* Computes the memory that training needs, in bytes: parameters, optimizer, activations, data. The
 * numbers are computed from sizes that are known; nothing is allocated for them. */
#include <string.h>

#include "train/run.h"

/* Number of rows in a batch if there is no data. */
enum { USUAL_BATCH = 32 };

/* Returns the size of a parameter vector of `count` numbers, in bytes; 0 if the vector does not
 * exist. */
static size_t vector_bytes(const plm_model *m, const plm_real *vector, size_t count)
{
    (void)m;
    return vector != NULL ? (count + PLM_LANES) * sizeof *vector : 0;
}

/* Computes the memory that training on d needs; only small tables are allocated for it. d == NULL:
 * batches of USUAL_BATCH rows from elsewhere. The weights and the optimizer's vectors are included
 * twice, as a fit keeps a copy of its last finite state. */
plm_status plm_model_memory(plm_model *m, const plm_data *d, plm_memory_need *out)
{
    plm_memory_need need = {.batch = d != NULL ? plm_flow_capacity(d) : USUAL_BATCH};
    PLM_TRY(plm_model_ready(m));
    if (out == NULL)
        return plm_fail(m->w, PLM_E_ORDER, "plm_model_memory", "give a plm_memory_need to fill",
                        "an argument is NULL");
    memset(out, 0, sizeof *out);
    const plm_training *t = m->training;
    if (t == NULL)
        return plm_fail(m->w, PLM_E_ORDER, "plm_model_memory",
                        "give plm_compile an optimizer and a loss",
                        "the model was compiled without an optimizer");
    const size_t trained = m->vector.trained;
    const size_t kept =
        vector_bytes(m, t->average, trained) + vector_bytes(m, t->gathered, trained);
    need.parameters =
        2 * vector_bytes(m, m->vector.p, m->vector.length) + /* and the last good weights */
        vector_bytes(m, m->vector.g, trained);
    need.optimizer =
        kept + plm_training_good_bytes(t) - vector_bytes(m, m->vector.p, m->vector.length);
    for (int i = 0; i < PLM_SLOTS; i++)
        need.optimizer += vector_bytes(m, m->vector.slot[i], trained);
    PLM_TRY(plm_model_plan_bytes(m, PLM_PLAN_TRAIN, need.batch, &need.activations));
    need.data = d != NULL ? plm_data_bytes(d) : 0;
    need.tables = sizeof *m + plm_arena_bytes(&m->arena) + plm_arena_bytes(&m->built) - kept;
    need.total = need.parameters + need.optimizer + need.activations + need.data + need.tables;
    *out = need;
    return PLM_OK;
}
