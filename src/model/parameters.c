/* Manages the parameter vectors ("long vectors"). Every parameter has a position in one vector;
 * gradients and optimizer slots are vectors of the same layout, so that clipping, updating and
 * saving are plain loops. The padding between parameters is zero and stays zero. Users and files
 * have parameters in row-major order; this order exists only while a parameter is read, written or
 * initialized. Everything else uses the layout of the kernels. */
#include <string.h>

#include "model/model.h"

/* Returns the number of elements of a parameter as the kernels store it, with padding. */
static size_t stored_size(const plm_weight *weight)
{
    if (weight->layout == PLM_LAYOUT_PANELS)
        return plm_panel_size(weight->rows, weight->columns);
    return (weight->count + PLM_LANES - 1) / PLM_LANES * PLM_LANES;
}

/* Gives every parameter its position in the parameter vector: trained ones first, then frozen ones,
 * then layer state. So the trained parameters are one range, which the optimizer updates. Slots and
 * gradients need only the length of this range, and a frozen layer takes no memory besides its
 * weights. */
static plm_status assign(plm_model *m)
{
    size_t at = 0;
    for (int part = 0; part < 3; part++) {
        for (size_t i = 0; i < m->graph.weights; i++) {
            plm_weight *weight = &m->graph.weight[i];
            if ((weight->state ? 2 : weight->trainable ? 0 : 1) != part)
                continue;
            weight->offset = at;
            weight->size = stored_size(weight);
            if (!plm_checked_add(at, weight->size, &at))
                return plm_fail_memory(m->w, "parameters");
        }
        if (part == 0)
            m->vector.trained = at;
    }
    m->vector.length = at;
    return PLM_OK;
}

/* Converts a parameter from the layout of the kernels, which is panels or row-major, to
 * row-major. */
void plm_weight_read(const plm_weight *weight, const plm_real *vector, plm_real *values)
{
    const plm_real *from = vector + weight->offset;
    if (weight->layout == PLM_LAYOUT_PANELS)
        plm_panel_unpack(values, from, weight->rows, weight->columns, weight->columns);
    else
        memcpy(values, from, weight->count * sizeof *values);
}

/* Converts a parameter from row-major to the layout of the kernels; it undoes plm_weight_read. */
void plm_weight_write(const plm_weight *weight, plm_real *vector, const plm_real *values)
{
    plm_real *to = vector + weight->offset;
    if (weight->layout == PLM_LAYOUT_PANELS)
        plm_panel_pack(to, values, weight->rows, weight->columns, weight->columns);
    else
        memcpy(to, values, weight->count * sizeof *values);
}

/* Returns the parameter of the old graph with the same name and shape; NULL = there is none. Its
 * layout may differ. */
static const plm_weight *same_weight(const plm_graph *old, const plm_weight *weight)
{
    const plm_value v = old != NULL ? plm_graph_find_parameter(old, weight->name) : (plm_value){0};
    if (v.id == 0)
        return NULL;
    const plm_weight *other = &old->weight[old->value[v.id].index];
    const bool same = strcmp(other->name, weight->name) == 0 && other->rank == weight->rank &&
                      memcmp(other->dims, weight->dims, sizeof other->dims) == 0;
    /* parameters of removed layers have the name "", which no parameter has */
    return same ? other : NULL;
}

/* Fills values, which are row-major, by the initializer of parameter i. The index of the parameter
 * selects its stream of random numbers. So its first values depend on the seed and this index, and
 * not on the sizes of other parameters. */
static plm_status initialize(plm_model *m, size_t i, plm_real *values)
{
    const plm_weight *weight = &m->graph.weight[i];
    plm_initialize about = {.rank = weight->rank,
                            .count = weight->count,
                            .seed = m->w->options.seed,
                            .stream = (uint32_t)i};
    memcpy(about.dims, weight->dims, sizeof about.dims);
    plm_fans(weight->rank, weight->dims, &about.fan_in, &about.fan_out);
    const plm_status status = plm_initialize_weight(&m->built, weight->initializer, &about, values);
    if (status < 0)
        plm_fail_within(m->w, "parameter %s", weight->name);
    return status;
}

/* Fills the parameter vector: parameters that the old graph had keep their values, others are
 * initialized. values: memory for the largest parameter. */
static plm_status fill(plm_model *m, const plm_graph *old, const plm_real *old_p, plm_real *values)
{
    for (size_t i = 0; i < m->graph.weights; i++) {
        const plm_weight *weight = &m->graph.weight[i];
        const plm_weight *kept = same_weight(old, weight);
        if (kept != NULL)
            plm_weight_read(kept, old_p, values);
        else
            PLM_TRY(initialize(m, i, values));
        plm_weight_write(weight, m->vector.p, values);
    }
    return PLM_OK;
}

/* Returns the index of the largest parameter; 0 if there is none. */
static size_t largest_of(const plm_graph *g)
{
    size_t largest = 0;
    for (size_t i = 1; i < g->weights; i++)
        if (g->weight[i].count > g->weight[largest].count)
            largest = i;
    return largest;
}

/* Fails since there is no memory for the parameters. Usually one layer is far too large by mistake,
 * so the message names the largest parameter. */
static plm_status fail_size(const plm_model *m)
{
    const plm_weight *weight = &m->graph.weight[largest_of(&m->graph)];
    return plm_fail(m->w, PLM_E_MEMORY, weight->layer,
                    "make the layer smaller, or free memory: see plummet summary",
                    "out of memory: the net has %zu parameters, %s %zu of them", m->vector.length,
                    weight->name, weight->count);
}

/* Assigns the positions of all parameters in the vector p, allocates p, and fills it with the
 * values of the old graph or of initializers. The old vector is not freed. */
plm_status plm_parameters_place(plm_model *m, const plm_graph *old, const plm_real *old_p)
{
    PLM_TRY(assign(m));
    m->vector.p = plm_allocate_array(m->w, m->vector.length + PLM_LANES, sizeof(plm_real));
    if (m->vector.p == NULL)
        return m->graph.weights > 0 ? fail_size(m) : PLM_E_MEMORY;
    /* one buffer of the largest parameter's size serves all parameters in turn */
    const size_t largest = m->graph.weights > 0 ? m->graph.weight[largest_of(&m->graph)].count : 1;
    plm_real *values = plm_allocate_array(m->w, largest, sizeof *values);
    if (values == NULL)
        return PLM_E_MEMORY;
    const plm_status status = fill(m, old, old_p, values);
    plm_release(m->w, values);
    return status;
}

/* Returns how many elements of its memory block lie unused before a slot vector. If p and the
 * slots started at the same page offset, the CPU would confuse a load from one vector with a
 * recent store to another (4 KiB aliasing), and stall. So each slot is shifted by an odd number
 * of cache lines. */
static size_t stagger(int slot)
{
    return (size_t)(slot + 1) * 17 * PLM_LANES;
}

/* Allocates a zeroed slot vector of `count` elements, shifted within its memory block. NULL = no
 * memory. */
static plm_real *slot_new(plm *w, int slot, size_t count)
{
    plm_real *block = plm_allocate_array(w, stagger(slot) + count, sizeof(plm_real));
    return block != NULL ? block + stagger(slot) : NULL;
}

/* Frees a slot vector. Its memory block begins before it. */
static void slot_free(plm *w, int slot, plm_real *x)
{
    if (x != NULL)
        plm_release(w, x - stagger(slot));
}

/* Allocates the slots and the gradients that do not exist yet. */
plm_status plm_parameters_slots(plm_model *m, uint32_t mask, bool gradient)
{
    /* slots and gradients cover the trained parameters only */
    const size_t count = m->vector.trained + PLM_LANES;
    for (int i = 0; i < PLM_SLOTS; i++) {
        if ((mask >> i & 1) == 0 || m->vector.slot[i] != NULL)
            continue;
        m->vector.slot[i] = slot_new(m->w, i, count);
        if (m->vector.slot[i] == NULL)
            return PLM_E_MEMORY;
    }
    if (!gradient || m->vector.g != NULL)
        return PLM_OK;
    m->vector.g = plm_allocate_array(m->w, count, sizeof(plm_real));
    return m->vector.g != NULL ? PLM_OK : PLM_E_MEMORY;
}

/* Frees all parameter vectors and sets the pointers and lengths to 0. */
void plm_parameters_free(plm_model *m)
{
    plm_release(m->w, m->vector.p);
    plm_release(m->w, m->vector.g);
    for (int i = 0; i < PLM_SLOTS; i++)
        slot_free(m->w, i, m->vector.slot[i]);
    m->vector = (plm_parameters_vector){0};
}

/* ---- the public view ---- */

/* Describes parameter `index` of the graph. Returns the number of parameters. */
int64_t plm_parameters(const plm_model *m, int64_t index, plm_parameter *out)
{
    if (plm_model_ready(m) < 0)
        return 0;
    const int64_t count = (int64_t)m->graph.weights;
    if (out == NULL || index < 0 || index >= count)
        return count;
    const plm_weight *weight = &m->graph.weight[index];
    *out = (plm_parameter){.name = weight->name,
                           .layer = weight->layer,
                           .rank = weight->rank,
                           .trainable = weight->trainable};
    memcpy(out->dims, weight->dims, sizeof out->dims);
    return count;
}

/* Finds parameter `index`. values: the caller's memory, which must not be NULL. */
static plm_status parameter_at(const plm_model *m, int64_t index, const void *values,
                               const plm_weight **out)
{
    PLM_TRY(plm_model_ready(m));
    if (values == NULL || index < 0 || index >= (int64_t)m->graph.weights)
        return plm_fail(
            m->w, PLM_E_ORDER, "parameters", "plm_parameters returns the number of parameters",
            values == NULL ? "the pointer to the values of parameter %lld of %zu is NULL"
                           : "there is no parameter %lld: there are %zu, numbered from 0",
            (long long)index, m->graph.weights);
    *out = &m->graph.weight[index];
    return PLM_OK;
}

/* Copies the parameter out of the parameter vector, then converts the numbers to float32, since
 * plm_real is double in the double-precision build. */
plm_status plm_parameter_read(const plm_model *m, int64_t index, float *out)
{
    const plm_weight *weight = NULL;
    PLM_TRY(parameter_at(m, index, out, &weight));
    plm_real *values = plm_allocate_array(m->w, weight->count, sizeof *values);
    if (values == NULL)
        return PLM_E_MEMORY;
    plm_weight_read(weight, m->vector.p, values);
    for (size_t i = 0; i < weight->count; i++)
        out[i] = (float)values[i];
    plm_release(m->w, values);
    return PLM_OK;
}

/* Converts the numbers to plm_real, writes them into the parameter vector, then marks the packed
 * copies of weights as dirty. */
plm_status plm_parameter_write(plm_model *m, int64_t index, const float *values)
{
    const plm_weight *weight = NULL;
    PLM_TRY(parameter_at(m, index, values, &weight));
    plm_real *copy = plm_allocate_array(m->w, weight->count, sizeof *copy);
    if (copy == NULL)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < weight->count; i++)
        copy[i] = values[i];
    plm_weight_write(weight, m->vector.p, copy);
    plm_release(m->w, copy);
    plm_model_mark_dirty(m);
    return PLM_OK;
}
