/* Looks for losses that say little about the predictions. The finding output_and_loss (S301)
 * reports them. */
#include "doctor/weak_loss.h"

#include <math.h>

#include "base/names.h"

/* A loss below this part of the largest one has next to no gradient in the layers that the outputs
 * share. */
static const double least = 1e-3;

void plm_find_tolerant(const plm_case *c, const plm_head *h, plm_report *r)
{
    static const double most = 0.95;
    const plm_model_head *head = &c->model->head[h->output];
    const double q = head->loss != NULL && plm_pattern_matches("*cross_entropy", h->loss)
                         ? plm_field_number(head->loss->kind.fields, head->loss_config, "q")
                         : 0;
    if (!(q > most))
        return;
    plm_report_found(r, PLM_WARNING, PLM_PART_STATIC, -1,
                     "%s with q=%g has next to no gradient for rows that are predicted wrongly",
                     h->loss, q);
    r->number = q;
    r->threshold = most;
    r->key = "loss";
    plm_report_line(r, "usual are 0.3 to 0.8; near 0 it is the cross-entropy");
    plm_report_remedy(r, "loss", "%s(0.5)", h->loss);
}

void plm_find_smoothing(const plm_case *c, const plm_head *h, plm_report *r)
{
    const plm_model_head *head = &c->model->head[h->output];
    const double smoothing =
        head->loss != NULL
            ? plm_field_number(head->loss->kind.fields, head->loss_config, "label_smoothing")
            : 0;
    if (!(smoothing > 0.5))
        return;
    plm_report_found(r, PLM_WARNING, PLM_PART_STATIC, -1,
                     "label_smoothing=%.2g makes targets nearly equal for all classes", smoothing);
    r->number = smoothing;
    r->threshold = 0.5;
    r->key = "loss";
    plm_report_line(r, "usual are 0 to 0.2");
    plm_report_remedy(r, "loss", "%s(label_smoothing=0.1)", h->loss);
}

/* Returns the standard deviation of the target of an output; NaN = unknown. */
static double deviation_of(const plm_case *c, int output)
{
    if (c->data == NULL || output > PLM_DOCTOR_TARGETS)
        return (double)NAN;
    const double own =
        output == 0 ? c->data->target_deviation : c->data->more_target[output - 1].deviation;
    return own > 0 ? own : (double)NAN;
}

/* Returns the weighted loss of an output that predicts nothing yet, roughly; NaN = unknown. */
static double size_of(const plm_case *c, int output)
{
    const plm_model_head *head = &c->model->head[output];
    const char *loss = head->loss != NULL ? head->loss->kind.name : "";
    const double weight = head->loss_weight, deviation = deviation_of(c, output);
    if (!(weight > 0))
        return 0;
    if (plm_pattern_matches("*crossentropy|*cross_entropy", loss))
        return weight;
    if (plm_pattern_matches("mean_squared_error", loss))
        return weight * deviation * deviation;
    return plm_pattern_matches("mean_absolute_error|huber|log_cosh", loss) ? weight * deviation
                                                                           : (double)NAN;
}

/* An auxiliary output with the weight 0 may be left out on purpose, so it is a note. */
void plm_find_weight(const plm_case *c, const plm_head *h, plm_report *r)
{
    const plm_model *m = c->model;
    const double own = size_of(c, h->output);
    double largest = 0;
    for (int k = 0; k < m->heads; k++)
        largest = fmax(largest, size_of(c, k)); /* a size that is unknown does not count */
    const bool none = own <= 0;
    if (m->heads < 2 || h->loss == NULL || !(none || own < least * largest))
        return;
    plm_report_found(r, none && h->output > 0 ? PLM_NOTE : PLM_WARNING, PLM_PART_STATIC, -1,
                     "the loss of output %s has the weight %g: it is %s of the total loss",
                     plm_model_output_name(m, h->output), m->head[h->output].loss_weight,
                     none ? "no part" : "next to nothing");
    r->number = m->head[h->output].loss_weight;
    r->threshold = least;
    r->key = "loss_weights";
    if (none)
        plm_report_line(r, "nothing trains this output: its weights stay as they were drawn");
    else
        plm_report_line(r, "at first it is about %.2g of the largest loss", own / largest);
    plm_report_line(r, "the layers that the outputs share learn the other outputs alone");
    plm_report_remedy(r, "", "remove loss_weights, or make the losses of all outputs about equal");
}
