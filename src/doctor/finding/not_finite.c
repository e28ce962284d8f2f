/* G110: the loss became NaN or infinite. Nothing can be learned from then on: each weight that such
 * a gradient updates is lost. The finding names the first number that was not finite and its layer,
 * since a step later NaN is everywhere. */
#include <math.h>
#include <stdio.h>

#include "doctor/ladder.h"

/* Adds the losses of the last steps before the loss became NaN or infinite. */
static void draw(plm_report *r, const plm_case *c)
{
    const int64_t first = c->samples > 6 ? c->samples - 6 : 0;
    if (c->samples == 0)
        return;
    plm_report_line(r, "%8s %12s %14s", "step", "loss", "largest value");
    for (int64_t i = first; i < c->samples; i++) {
        double largest = 0;
        for (int64_t k = 0; k < c->layers; k++)
            largest = fmax(largest, c->sample[i].reading[k].largest);
        plm_report_line(r, "%8lld %12.5g %14.4g", plm_step_number(c->sample[i].step),
                        c->sample[i].loss, largest);
    }
}

/* Says where the number is. */
static void say(const plm_case *c, plm_report *r)
{
    static const char *const part[] = {"in", "in the gradient of", "in the weights of"};
    const plm_bad *b = &c->bad;
    const char *name = plm_case_layer(c, b->layer);
    char place[64] = "";
    if (b->row >= 0)
        snprintf(place, sizeof place,
                 b->part == PLM_BAD_WEIGHT ? ", row %lld, column %lld"
                                           : ", row %lld of the batch, unit %lld",
                 (long long)b->row, (long long)b->unit);
    if (b->layer < 0)
        plm_report_found(
            r, PLM_ERROR, PLM_PART_RUN, -1,
            "the loss is not finite in step %lld, though the outputs of all layers are finite",
            plm_step_number(b->step));
    else
        plm_report_found(r, PLM_ERROR, PLM_PART_RUN, b->layer,
                         "%s: the first number that is not finite is %s %s%s, in step %lld",
                         c->replayed ? "the loss is not finite, and the steps were replayed"
                                     : "the loss is not finite",
                         part[b->part], name, place, plm_step_number(b->step));
}

/* Reports a loss that is not finite, with the layer, row and unit of the first number that was not
 * finite. row < 0: the number is a weight. layer < 0: only the loss itself is not finite. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    (void)config;
    if (!c->not_finite)
        return;
    say(c, r);
    r->step = c->bad.step;
    r->epoch = c->bad_epoch;
    draw(r, c);
    plm_report_remedy(r, "",
                      c->samples > 0
                          ? "lower the learning rate to a tenth, or add clipnorm=1 to the "
                            "optimizer; the steps above show how it grew"
                          : "lower the learning rate to a tenth, or add clipnorm=1 to the "
                            "optimizer");
}

const plm_finding_kind plm_finding_not_finite = {
    .kind = {.name = "not_finite",
             .alias = "G110",
             .help = "the loss became NaN or infinite",
             .formula = "the loss of a batch is not finite",
             .notes = "The finding names the first number in the net that is not finite: layer, "
                      "row and unit, in the order of the forward pass. It is looked for only after "
                      "the loss has become NaN or infinite, so it costs nothing before.",
             .source = "Goodfellow et al., Deep learning, 2016, chapter 8"},
    .root = PLM_ROOT_SYMPTOM,
    .healthy = {0, 0},
    .causes = "D202|D203|G105|S305|S303|G102|D212",
    .proves = true,
    .find = find,
};
