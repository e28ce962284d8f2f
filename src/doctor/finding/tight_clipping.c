/* S308: gradients are clipped to a small part of their size at nearly every step. A clipped
 * gradient always has the size of the limit. If the limit is far below the usual size, all steps
 * have the same length, even when the gradient becomes smaller near a minimum. */
#include <math.h>

#include "base/names.h"
#include "doctor/ladder.h"
#include "doctor/rates.h"

typedef struct {
    double steps, factor;
} thresholds;

static const plm_field fields[] = {
    PLM_FIELD(
        thresholds, steps, PLM_REAL, "0.5", 0, 1,
        "reported if more than this share of the measured steps is clipped, to less than `factor`"),
    PLM_FIELD(thresholds, factor, PLM_REAL, "0.1", 0, 1,
              "reported if the median of the part that clipped gradients keep of their size is "
              "less than this"),
    {0}};

enum { MOST = 512 };

/* Returns the factor by which clipvalue shortens the largest gradient of a layer, assuming that its
 * elements are about equal: 1 = it does not clip. */
static double value_factor(const plm_case *c, double clipvalue, const plm_sample *s)
{
    double largest = 0;
    for (int64_t i = 0; i < c->layers; i++) {
        const double weights = plm_layer_weights(c, i), norm = s->reading[i].norm_g;
        if (!isnan(norm) && weights > 0)
            largest = fmax(largest, norm / sqrt(weights));
    }
    return largest > clipvalue ? clipvalue / largest : 1;
}

/* Returns the factor by which a step is clipped: 1 = it is not clipped. */
static double factor_of(const plm_case *c, const plm_optimizer_common *o, const plm_sample *s)
{
    double all = 0, largest = 0;
    if (o->clipvalue > 0)
        return value_factor(c, o->clipvalue, s);
    for (int64_t i = 0; i < c->layers; i++) {
        const double norm = s->reading[i].norm_g;
        if (isnan(norm))
            continue;
        all += norm * norm;
        largest = fmax(largest, norm);
    }
    const double norm = o->global_clipnorm > 0 ? sqrt(all) : largest;
    const double limit = o->global_clipnorm > 0 ? o->global_clipnorm : o->clipnorm;
    return norm > limit ? limit / norm : 1;
}

/* True if the training clips norms, has enough measured steps, and its loss does not fall. */
static bool is_known(const plm_case *c)
{
    enum { LEAST = 10 };
    const plm_training *g = c->model != NULL ? c->model->training : NULL;
    return g != NULL && c->samples >= LEAST && !c->not_finite && !plm_case_learns(c) &&
           (g->common.clipnorm > 0 || g->common.global_clipnorm > 0 || g->common.clipvalue > 0);
}

/* True if the steps are large enough although gradients are clipped, as with a rate that was chosen
 * for clipped gradients: together they move a layer by its own size many times. */
static bool goes_far(const plm_case *c)
{
    static const double far = 5;
    double update[MOST];
    int64_t count = 0, layer;
    for (int64_t i = c->samples; i-- > 0 && count < MOST;)
        update[count++] = plm_largest_update(c, &c->sample[i], &layer);
    return plm_median(update, count) * (double)c->planned > far && !plm_case_falls_short(c);
}

/* True if the size of the gradient has no influence on the steps of the optimizer, so that clipping
 * does no harm: as long as what is left is far above its epsilon, and the trained net is no worse
 * than the 5 nearest rows. left: the usual size of an element of a clipped gradient. */
static bool is_harmless(const plm_case *c, double left)
{
    static const double times = 30;
    const plm_training *g = c->model->training;
    const double epsilon = plm_case_option(c, "epsilon");
    return plm_pattern_matches("adam|adamw|nadam|adamax|rmsprop|lion|lamb|adagrad|adadelta|muon|"
                               "adafactor",
                               g->optimizer->kind.name) &&
           left > times * (epsilon > 0 ? epsilon : 1e-7) && !plm_case_falls_short(c);
}

/* Returns the root mean square of the largest gradient of a layer, in the last measured step. */
static double size_of(const plm_case *c)
{
    double largest = 0;
    for (int64_t i = 0; i < c->layers; i++) {
        const double weights = plm_layer_weights(c, i),
                     norm = c->sample[c->samples - 1].reading[i].norm_g;
        if (!isnan(norm) && weights > 0)
            largest = fmax(largest, norm / sqrt(weights));
    }
    return largest;
}

/* Adds a remedy with a limit above the usual size of the gradient. median: the part of the gradient
 * that the present limit usually leaves. */
static void add_wider(const plm_case *c, plm_report *r, double median)
{
    const plm_optimizer_common *o = &c->model->training->common;
    const char *key = o->global_clipnorm > 0 ? "global_clipnorm"
                      : o->clipnorm > 0      ? "clipnorm"
                                             : "clipvalue";
    const double own = o->global_clipnorm > 0 ? o->global_clipnorm
                       : o->clipnorm > 0      ? o->clipnorm
                                              : 3 * o->clipvalue;
    const double limit = 1.5 * own / median;
    const char *wider =
        plm_optimizer_with(r->arena, c->model, key, plm_arena_format(r->arena, "%.2g", limit));
    if (wider != NULL)
        plm_report_remedy(r, "optimizer", "%s", wider);
    plm_report_remedy(r, "", "a limit of about %.2g clips the largest steps only", limit);
}

/* Reports a limit of the gradient that clips in nearly every step. Clipping is meant for rare large
 * gradients. If it clips in nearly all steps, it only lowers the learning rate, by the median
 * factor. The remedy is a limit above the usual size. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    const thresholds *t = config;
    double factor[MOST];
    int64_t clipped = 0, count = 0;
    if (!is_known(c))
        return;
    const plm_training *g = c->model->training;
    for (; count < c->samples && count < MOST; count++) {
        factor[count] = factor_of(c, &g->common, &c->sample[count]);
        clipped += factor[count] < 1;
    }
    const double share = (double)clipped / (double)count, median = plm_median(factor, count);
    if (!(share > t->steps) || !(median < t->factor))
        return;
    const bool harmless = goes_far(c) || is_harmless(c, median * size_of(c));
    plm_report_found(r, harmless ? PLM_NOTE : PLM_WARNING, PLM_PART_RUN, -1,
                     "gradients are clipped in %.0f %% of the steps, to %.2g of their size",
                     100 * share, median);
    r->number = median;
    r->threshold = t->factor;
    r->key = "optimizer";
    plm_report_line(r, "%lld steps were measured, %lld were clipped", (long long)count,
                    (long long)clipped);
    add_wider(c, r, median);
}

const plm_finding_kind plm_finding_tight_clipping = {
    .kind =
        {.name = "tight_clipping",
         .alias = "S308",
         .help = "gradients are clipped to a small part at nearly every step",
         .formula = "(share of steps with norm(gradient) > limit) > steps, and median of limit / "
                    "norm < factor, while the loss does not fall",
         .notes =
             "Clipping is meant for rare, large gradients. A limit below the usual size only acts "
             "as a smaller learning rate. Nothing is reported as long as the loss falls well; it "
             "is a "
             "note for optimizers such as adam, which divide by the size of the gradient, and for "
             "a rate so high that the clipped steps move the weights far.",
         .source = "Pascanu et al., On the difficulty of training recurrent neural networks, "
                   "2013",
         .config_size = sizeof(thresholds),
         .fields = fields},
    .root = PLM_ROOT_RATE,
    .healthy = {0.1, 1},
    .causes = "G102|S305|S303",
    .find = find,
};
