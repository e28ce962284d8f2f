/* S304: all units of a layer begin with the same weights. Equal units get equal gradients and so
 * stay equal: the layer is equivalent to a layer with a single unit. Only random numbers break the
 * symmetry. */
#include <string.h>

#include "doctor/ladder.h"

/* Which values of a kernel [inputs, units] are equal. */
typedef struct {
    /* columns: all units have equal weights. rows: the weights of all inputs are equal. zeros: all
     * weights are 0 */
    bool columns, rows, zeros;
} repetition;

/* Compares each value with the first of its row and with the first of its column. A NaN is not
 * equal to anything. */
static repetition repetition_of(const plm_real *x, size_t rows, size_t columns)
{
    repetition same = {columns > 1, rows > 1, true};
    for (size_t i = 0; i < rows; i++)
        for (size_t k = 0; k < columns; k++) {
            const plm_real now = x[i * columns + k], left = x[i * columns], above = x[k];
            same.columns = same.columns && now >= left && now <= left;
            same.rows = same.rows && now >= above && now <= above;
            same.zeros = same.zeros && now >= 0 && now <= 0;
        }
    return same;
}

/* Returns how the kernel of layer i repeats; *found = false: the layer has no kernel. */
static repetition kernel_of(const plm_case *c, int64_t i, bool *found, plm_report *r)
{
    repetition same = {0};
    *found = false;
    for (size_t k = 0; !*found && k < c->model->graph.weights; k++) {
        const plm_weight *w = &c->model->graph.weight[k];
        if (w->layer != plm_case_layer(c, i) || w->rank != 2 || w->state)
            continue;
        plm_real *values = plm_allocate_array(c->w, w->count, sizeof *values);
        r->what.failed = r->what.failed || values == NULL;
        if (values == NULL)
            return same;
        plm_weight_read(w, c->model->vector.p, values);
        same = repetition_of(values, (size_t)w->dims[0], (size_t)w->dims[1]);
        plm_release(c->w, values);
        *found = true;
    }
    return same;
}

/* True if hidden layer i has equal units. *stay: they stay equal, since the layer above passes the
 * same gradient to all of them, or since its weights are 0 and pass no gradient. */
static bool is_symmetric(const plm_case *c, int64_t i, bool *stay, plm_report *r)
{
    bool found = false;
    if (!plm_case_is_hidden(c, i))
        return false;
    const repetition own = kernel_of(c, i, &found, r);
    if (!found || !own.columns || (own.zeros && plm_case_is_added(c, i)))
        return false;
    repetition above = {0};
    found = false;
    for (int64_t k = i + 1; !found && k < c->layers; k++)
        above = kernel_of(c, k, &found, r);
    *stay =
        !found || above.rows || (own.zeros && c->spot[plm_case_owner(c, i, "activation")].zeroes);
    return true;
}

/* Lists the layers whose units stay equal or, if there are none, those whose units are only equal
 * at the beginning. list[c->layers]; *all_stay: true = those that stay equal. Returns how many are
 * listed. */
static int64_t list_layers(const plm_case *c, int64_t *list, bool *all_stay, plm_report *r)
{
    int64_t count = 0;
    *all_stay = false;
    for (int64_t i = 0; i < c->layers; i++) {
        bool stay = false;
        if (!is_symmetric(c, i, &stay, r) || (*all_stay && !stay))
            continue;
        count = stay && !*all_stay ? 0 : count;
        *all_stay = stay;
        list[count++] = i;
    }
    return count;
}

/* Examines the kernels of hidden layers before the first step. Units that begin with the same
 * weights and get the same gradient stay equal, so the layer can do no more than a single unit. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    enum { NAMES = 120 };
    char names[NAMES];
    bool all_stay = false;
    (void)config;
    if (c->first == NULL || c->samples > 0)
        return;
    int64_t *list = plm_arena_array(r->arena, (size_t)c->layers, sizeof *list);
    r->what.failed = list == NULL;
    const int64_t count = list != NULL ? list_layers(c, list, &all_stay, r) : 0;
    if (count == 0)
        return;
    plm_case_layers(c, list, count, names, sizeof names);
    plm_report_found(r, all_stay ? PLM_ERROR : PLM_WARNING, PLM_PART_INIT, list[0],
                     all_stay ? "all units of %s begin with the same weights, so they stay the same"
                              : "all units of %s begin with the same weights: only the layer above "
                                "makes them differ",
                     names);
    r->number = (double)count;
    plm_report_change_all(r, c, list, count, "kernel_initializer", "");
}

const plm_finding_kind plm_finding_symmetric_units = {
    .kind = {.name = "symmetric_units",
             .alias = "S304",
             .help = "the units of a hidden layer begin with the same weights",
             .formula = "all columns of a hidden kernel are equal",
             .notes =
                 "Units with the same weights, in a layer below one whose kernel does not tell "
                 "them apart either, get the same gradient: a layer of any width learns no "
                 "more than a layer of a single unit. Initializers such as zeros, ones and "
                 "constant do this.",
             .source = "Goodfellow et al., Deep learning, 2016, section 8.4"},
    .root = PLM_ROOT_INIT,
    .find = find,
};
