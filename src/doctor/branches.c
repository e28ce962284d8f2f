/* Branches that are joined by a maximum or minimum: each value is taken from one of them, and only
 * that one gets a gradient. */
#include "doctor/branches.h"

const double plm_least_gradient = 1e-12;

bool plm_layer_reads(const plm_case *c, int64_t k, int64_t i)
{
    const plm_layer *l = &c->model->layer[c->spot[k].layer];
    for (int n = 0; n < l->inputs; n++)
        if (l->input[n] == (int)c->spot[i].layer)
            return true;
    return false;
}

/* Returns a layer that maximum or minimum k reads and that gets no gradient, although k gets one:
 * another one is the larger (smaller) for every row. -1 = there is none. */
static int64_t find_loser(const plm_case *c, int64_t k)
{
    if (!plm_case_layer_is(c, k, "maximum|minimum") || !(c->first[k].rms_dz > plm_least_gradient))
        return -1;
    for (int64_t i = 0; i < k; i++) {
        const plm_reading *own = &c->first[i];
        if (plm_layer_reads(c, k, i) && own->rms_dz <= 0 && own->variance > 0 &&
            !(c->spot[i].zeroes && own->zero >= 1))
            return i;
    }
    return -1;
}

bool plm_find_lost_branch(const plm_case *c, plm_report *r)
{
    for (int64_t k = 0; k < c->layers; k++) {
        const int64_t at = find_loser(c, k);
        if (at < 0)
            continue;
        plm_report_found(r, PLM_ERROR, PLM_PART_INIT, k,
                         "%s gets no gradient and cannot learn: of what %s reads, another layer is "
                         "%s for every row",
                         plm_case_layer(c, at), plm_case_layer(c, k),
                         plm_case_layer_is(c, k, "maximum") ? "larger" : "smaller");
        r->number = 0;
        plm_report_line(r, "%-22s %9s %9s", "layer", "mean", "rms of dz");
        for (int64_t i = 0; i < k; i++)
            if (plm_layer_reads(c, k, i))
                plm_report_line(r, "%-22s %9.3g %9.3g", plm_case_layer(c, i), c->first[i].mean,
                                c->first[i].rms_dz);
        plm_report_remedy(r, "",
                          "bring the layers that %s reads to the same size: begin their "
                          "biases at 0, or normalize them",
                          plm_case_layer(c, k));
        return true;
    }
    return false;
}
