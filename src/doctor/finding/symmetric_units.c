/* S304: all units of a layer begin with the same weights. */
#include "doctor/ladder.h"

/* True if all columns of a matrix [rows, columns] are equal, so that its units stay equal. */
static bool is_symmetric(const plm_real *x, size_t rows, size_t columns)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t k = 1; k < columns; k++)
            if (x[i * columns + k] < x[i * columns] || x[i * columns + k] > x[i * columns])
                return false;
    return columns > 1;
}

/* True if a kernel is symmetric. *failed = true if there is no memory. */
static bool check(const plm_case *c, const plm_weight *w, bool *failed)
{
    plm_real *values = plm_allocate_array(c->w, w->count, sizeof *values);
    *failed = *failed || values == NULL;
    if (values == NULL)
        return false;
    plm_weight_read(w, c->model->vector.p, values);
    const bool symmetric = is_symmetric(values, (size_t)w->dims[0], (size_t)w->dims[1]);
    plm_release(c->w, values);
    return symmetric;
}

/* True if layer i is hidden and has a symmetric kernel. */
static bool is_fault(const plm_case *c, int64_t i, plm_report *r)
{
    for (size_t k = 0; plm_case_is_hidden(c, i) && k < c->model->graph.weights; k++) {
        const plm_weight *w = &c->model->graph.weight[k];
        if (w->layer == plm_case_layer(c, i) && w->rank == 2 && !w->state &&
            check(c, w, &r->what.failed))
            return true;
    }
    return false;
}

/* Looks at the kernels of hidden layers before the first step. Units that begin with the same
 * weights get the same gradient and stay equal, so the layer can do no more than a single unit. The
 * first such layer is reported. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    enum { NAMES = 120 };
    char names[NAMES];
    int64_t count = 0;
    (void)config;
    if (c->first == NULL || c->samples > 0)
        return;
    int64_t *list = plm_arena_array(r->arena, (size_t)c->layers, sizeof *list);
    r->what.failed = list == NULL;
    for (int64_t i = 0; list != NULL && i < c->layers; i++)
        if (is_fault(c, i, r))
            list[count++] = i;
    if (count == 0)
        return;
    plm_case_layers(c, list, count, names, sizeof names);
    plm_report_found(r, PLM_ERROR, PLM_PART_INIT, list[0],
                     "all units of %s begin with the same weights, so they stay the same", names);
    r->number = (double)count;
    plm_report_change(r, c, list[0], "kernel_initializer",
                      c->spot[list[0]].zeroes ? "he_normal" : "glorot_uniform");
}

const plm_finding_kind plm_finding_symmetric_units = {
    .kind = {.name = "symmetric_units",
             .alias = "S304",
             .help = "the units of a hidden layer begin with the same weights",
             .formula = "all columns of a hidden kernel are equal",
             .notes = "Units with the same weights get the same gradient, so a layer of any width "
                      "learns no more than a layer of a single unit. Initializers such as zeros, "
                      "ones and constant do this.",
             .source = "Goodfellow et al., Deep learning, 2016, section 8.4"},
    .root = PLM_ROOT_INIT,
    .find = find,
};
