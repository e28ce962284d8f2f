/* Evaluates the results of plm_variance_measure: whether a pair of initializer and activation keeps
 * the variance, and which initializer suits an activation. */
#include <math.h>
#include <string.h>

#include "base/kinds.h"
#include "study/activation.h"
#include "study/variance.h"

/* The factors of plm_variance_verdict. In a hundred layers, a factor of 1.02 for each layer makes
 * 7.2, and a factor of 1.07 about 870; times KEPT this is 72 and about 9000. */
static const double KEPT = 10, KEPT_LAYER = 1.02, DRIFT_LAYER = 1.07;

/* Returns the verdict on the ratio of variances after `depth` layers. NaN is taken as exploding,
 * since a net whose numbers are not finite gives NaN. */
plm_variance_verdict plm_variance_evaluate(double ratio, int64_t depth)
{
    const double kept = KEPT * pow(KEPT_LAYER, (double)depth),
                 max = KEPT * pow(DRIFT_LAYER, (double)depth);
    if (ratio >= 1 / kept && ratio <= kept)
        return PLM_VARIANCE_KEEPS;
    if (ratio >= 1 / max && ratio <= max)
        return PLM_VARIANCE_DRIFTS;
    return ratio < 1 ? PLM_VARIANCE_VANISHES : PLM_VARIANCE_EXPLODES;
}

/* Returns how bad a verdict is; exploding is as bad as vanishing. */
static int harm(plm_variance_verdict v)
{
    return v == PLM_VARIANCE_EXPLODES ? PLM_VARIANCE_VANISHES : (int)v;
}

/* Returns the worse one of the verdicts on the outputs and on the gradients of the deepest net.
 * harm() puts vanishing and exploding on the same scale. */
plm_variance_verdict plm_variance_evaluate_pair(const plm_variance_plan *p, const plm_variance *v)
{
    const int last = p->depths - 1;
    const plm_variance_verdict gradients =
                                   plm_variance_evaluate(v->gradients[last], p->depth[last]),
                               outputs = plm_variance_evaluate(v->outputs[last], p->depth[last]);
    return harm(gradients) >= harm(outputs) ? gradients : outputs;
}

/* Returns the index of the initializer whose ratios in the deepest net are nearest to 1. */
static int nearest(const plm_variance_plan *p, const plm_variance *v)
{
    const int last = p->depths - 1;
    double least = INFINITY;
    int best = 0;
    for (int i = 0; i < p->initializers; i++) {
        const double away = fabs(log10(v[i].outputs[last])) + fabs(log10(v[i].gradients[last]));
        if (away < least) {
            least = away;
            best = i;
        }
    }
    return best;
}

/* Returns the index of the initializer that suits activation a. The notes of each activation end
 * with a sentence "Initializer: NAME ...", which `plummet describe` prints, so the help and the
 * picture agree. */
int plm_variance_partner(const plm *w, const plm_variance_plan *p, int a, const plm_variance *v)
{
    static const char sentence[] = "Initializer: ";
    const plm_kind *kind = plm_activation_kind_of(w, p->activation[a]);
    const char *at = kind && kind->notes ? strstr(kind->notes, sentence) : NULL;
    for (int i = 0; i < p->initializers && at; i++) {
        const char *name = at + sizeof sentence - 1;
        const size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz_");
        if (strlen(p->initializer[i]) == length && !memcmp(name, p->initializer[i], length))
            return i;
    }
    return nearest(p, v);
}
