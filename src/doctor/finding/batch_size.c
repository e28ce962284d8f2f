/* S309: the batch is too large for the data, or too small for batch normalization. */
#include <math.h>
#include <string.h>

#include "doctor/rates.h"

typedef struct {
    double share, steps, few, rows, two, left, least;
} thresholds;

static const plm_field fields[] = {
    PLM_FIELD(thresholds, share, PLM_REAL, "0.45", 0, 1,
              "a note if a batch has more than this share of the rows and the training has fewer "
              "than `steps` steps"),
    PLM_FIELD(thresholds, steps, PLM_REAL, "200", 0, 1e30, "see `share`"),
    PLM_FIELD(thresholds, few, PLM_REAL, "60", 0, 1e30,
              "a warning instead of a note if the training has fewer than this number of steps"),
    PLM_FIELD(thresholds, rows, PLM_REAL, "4", 1, 1e9,
              "with batch_normalization: a note if a batch has fewer rows than this"),
    PLM_FIELD(thresholds, two, PLM_REAL, "3", 1, 1e9,
              "with batch_normalization: a warning if a batch has fewer rows than this number"),
    PLM_FIELD(thresholds, left, PLM_REAL, "0.3", 0, 1,
              "with batch_normalization: a warning if, after all steps, its moving statistics "
              "still have more than this share of their initial values"),
    PLM_FIELD(thresholds, least, PLM_REAL, "0.2", 0, 1,
              "with batch_normalization: a warning if its momentum is less than this"),
    {0}};

/* Returns the first layer with batch normalization; -1 = none. */
static int64_t batch_normalized(const plm_case *c)
{
    for (int64_t i = 0; i < c->layers; i++) {
        const plm_layer_kind *kind = c->model->layer[c->spot[i].layer].kind;
        if (kind != NULL && strcmp(kind->kind.name, "batch_normalization") == 0)
            return i;
    }
    return -1;
}

/* Adds a remedy with the usual batch size: the key `data` with batch(32) instead of its batch, if
 * the pipeline is known and has a batch. */
static void add_usual_batch(const plm_case *c, plm_report *r)
{
    static const char own[] = "batch(";
    const char *batch = c->source != NULL && c->rest != NULL ? strstr(c->rest, own) : NULL;
    if (batch == NULL) {
        plm_report_remedy(r, "", "write batch(32) into the pipeline");
        return;
    }
    const char *number = batch + strlen(own);
    plm_report_remedy(r, "data", "%s%.*s32%s", c->source, (int)(number - c->rest), c->rest,
                      number + strspn(number, "0123456789"));
}

/* Reports batches that are too small for the statistics that batch normalization takes from
 * them. */
static bool find_small(const thresholds *t, const plm_case *c, plm_report *r)
{
    const int64_t layer = batch_normalized(c);
    if (layer < 0 || c->batch < 1 || (double)c->batch >= t->rows)
        return false;
    plm_report_found(r, (double)c->batch < t->two ? PLM_WARNING : PLM_NOTE, PLM_PART_STATIC, layer,
                     "%s takes mean and standard deviation of %lld row%s", plm_case_layer(c, layer),
                     (long long)c->batch, c->batch == 1 ? "" : "s");
    r->number = (double)c->batch;
    r->threshold = t->rows;
    r->key = "data";
    plm_report_line(r, "such statistics differ much from batch to batch, and from the statistics "
                       "that predictions use");
    add_usual_batch(c, r);
    plm_report_remedy(r, "model", "layer_normalization");
    return true;
}

/* Reports moving statistics of batch normalization that still depend on their initial values when
 * the training ends, although predictions use them. If the momentum is the usual one, it is only a
 * note: then the training is short. */
static bool find_slow(const thresholds *t, const plm_case *c, plm_report *r)
{
    static const double usual = 0.99;
    const int64_t layer = batch_normalized(c);
    const double momentum = layer >= 0 ? plm_case_argument(c, layer, "momentum") : 0,
                 left = pow(momentum, (double)c->planned);
    if (layer >= 0 && momentum < t->least) {
        plm_report_found(r, PLM_WARNING, PLM_PART_STATIC, layer,
                         "predictions use the statistics of the last batches only: momentum of %s "
                         "is %g",
                         plm_case_layer(c, layer), momentum);
        r->number = momentum;
        r->threshold = t->least;
        plm_report_change(r, c, layer, "momentum", "0.9");
        return true;
    }
    if (c->planned < 1 || !(left > t->left))
        return false;
    plm_report_found(r, momentum > usual ? PLM_WARNING : PLM_NOTE, PLM_PART_STATIC, layer,
                     "after all %lld steps the moving mean of %s still has %.0f %% of its initial "
                     "value",
                     (long long)c->planned, plm_case_layer(c, layer), 100 * left);
    r->number = left;
    r->threshold = t->left;
    plm_report_line(r, "predictions use the moving mean and variance; momentum is %g", momentum);
    plm_report_change(r, c, layer, "momentum", "0.9");
    return true;
}

/* Reports gradients that are accumulated over so many batches that the training has few updates. */
static bool find_gathered(const thresholds *t, const plm_case *c, plm_report *r)
{
    const plm_training *g = c->model->training;
    const double updates = plm_case_updates(c);
    if (g == NULL || g->common.gradient_accumulation_steps < 2 || c->planned < 1 ||
        !(updates < t->few) || (c->data != NULL && c->data->rows < 64))
        return false;
    plm_report_found(r, PLM_WARNING, PLM_PART_STATIC, -1,
                     "gradients of %lld batches make one update, so the whole training has %.0f",
                     (long long)g->common.gradient_accumulation_steps, floor(updates));
    r->number = updates;
    r->threshold = t->few;
    r->key = "optimizer";
    plm_report_line(r, "%lld steps, batches of %lld rows", (long long)c->planned,
                    (long long)c->batch);
    const char *each = plm_optimizer_with(r->arena, c->model, "gradient_accumulation_steps", "1");
    if (each != NULL)
        plm_report_remedy(r, "optimizer", "%s", each);
    return true;
}

/* Reports a batch that is too large for the training, or too small for batch normalization. A large
 * batch is reported only if it is a large part of the rows and the whole training has few steps:
 * then smaller batches would give many more steps at the same cost. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    const thresholds *t = config;
    if (c->model == NULL || find_small(t, c, r) || find_slow(t, c, r) || find_gathered(t, c, r) ||
        c->data == NULL || c->data->rows < 64 || c->planned == 0 || !c->batch_given)
        return;
    const double rows = (double)c->data->rows, share = (double)c->batch / rows;
    if (!(share > t->share) || !((double)c->planned < t->steps))
        return;
    plm_report_found(r, (double)c->planned < t->few ? PLM_WARNING : PLM_NOTE, PLM_PART_STATIC, -1,
                     "a batch has %lld rows of %lld, so the whole training has %lld steps",
                     (long long)c->batch, (long long)c->data->rows, (long long)c->planned);
    r->number = share;
    r->threshold = t->share;
    r->key = "data";
    add_usual_batch(c, r);
}

const plm_finding_kind plm_finding_batch_size = {
    .kind = {.name = "batch_size",
             .alias = "S309",
             .help = "the batch is too large for the data, or too small for batch normalization",
             .formula = "rows of a batch / rows > share in a training of fewer than `steps` steps; "
                        "or gradient_accumulation_steps so large that there are fewer than "
                        "`few` updates; or batch_normalization with fewer than `rows` rows in a "
                        "batch, or momentum^steps > left",
             .notes = "If a batch has all rows, an epoch has a single step, so the net learns "
                      "little per epoch. Batch normalization computes mean and standard deviation "
                      "from the batch: with one or two rows they are noise.",
             .source = "Keskar et al., On large-batch training for deep learning, 2017",
             .config_size = sizeof(thresholds),
             .fields = fields},
    .root = PLM_ROOT_SET_UP,
    .healthy = {0, 0.45},
    .find = find,
};
