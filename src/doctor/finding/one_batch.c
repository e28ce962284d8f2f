/* O404: the net cannot memorize one batch, however often it is trained on it. Memorizing some rows
 * needs no generalization and no good data, so the fault must be in the net or its training: a
 * wrong loss, an unsuitable learning rate, or a gradient that does not reach some layers. */
#include <math.h>

#include "doctor/finding.h"

typedef struct {
    double warning, error;
} thresholds;

static const plm_field fields[] = {
    PLM_FIELD(thresholds, warning, PLM_REAL, "0.1", 0, 1,
              "a warning if more than this share of the rows is still predicted wrongly; without "
              "classes: if more than this share of the initial loss remains"),
    PLM_FIELD(thresholds, error, PLM_REAL, "0.5", 0, 1,
              "an error if more than this share of the rows, or of the initial loss, remains"),
    {0}};

/* Reports a batch that the net could not memorize, if this was tested. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    const thresholds *t = config;
    const plm_one_batch *b = &c->one_batch;
    const double left = plm_one_batch_left(b);
    plm_level level = PLM_NOTE;
    if (isnan(left) || !plm_report_level(left, t->warning, t->error, &level))
        return;
    plm_report_found(r, level, PLM_PART_PROBE, -1,
                     "%lld steps on the same %lld rows, and the net has not learned them",
                     (long long)b->steps, (long long)b->rows);
    r->number = left;
    r->threshold = level == PLM_ERROR ? t->error : t->warning;
    r->key = "model";
    plm_report_line(r, "loss of these rows %.5g, before the first step %.5g", b->last, b->first);
    if (!isnan(b->right))
        plm_report_line(r, "%.0f %% of them have the right class", 100 * b->right);
    plm_report_remedy(r, "",
                      "a sound net can memorize some rows: look at the findings above, then at the "
                      "learning rate (plummet lr-find), the last layer and the loss");
}

const plm_finding_kind plm_finding_one_batch = {
    .kind = {.name = "one_batch",
             .alias = "O404",
             .help = "the net cannot memorize one batch",
             .formula = "after 1000 steps on one batch: share of its rows with a wrong class, or "
                        "share of its first loss that is left, > warning",
             .notes = "A few rows can always be memorized, unless weights, gradients, learning "
                      "rate, last layer or loss are at fault, or equal rows have different "
                      "targets. So this test tells faults of the net from faults of the data. "
                      "`plummet doctor RUNFILE --overfit-one-batch` runs it.",
             .source = "Ben Braiek and Khomh, TheDeepChecker, 2023",
             .config_size = sizeof(thresholds),
             .fields = fields},
    .root = PLM_ROOT_SYMPTOM,
    .healthy = {0, 0.01},
    .causes = "G105|G101|G102|G103|G104|G110|S301|S303|S304|S305|S306|S308|S310|O403|D202|D203",
    .find = find,
};
