/* S307: the schedule brings the learning rate near 0 long before the training ends.
 *
 * If a schedule is shorter than the training, the remaining epochs have no effect, since the
 * weights hardly move any more. The usual mistake is a number of steps that was right for fewer
 * epochs or larger batches. */
#include <stdio.h>

#include "doctor/rates.h"

typedef struct {
    double warning, at;
} thresholds;

static const plm_field fields[] = {
    PLM_FIELD(thresholds, warning, PLM_REAL, "0.01", 0, 1,
              "a warning if the learning rate falls below this share of its largest value"),
    PLM_FIELD(thresholds, at, PLM_REAL, "0.5", 0, 1, "before this share of the training"),
    {0}};

/* Adds the learning rate at quarters of the training. */
static void draw(plm_report *r, const plm_schedule *s, int64_t planned, double most)
{
    plm_report_line(r, "%-22s %9s", "step", "rate");
    for (int i = 0; i < 5; i++) {
        char name[24];
        const int64_t step = (planned - 1) * i / 4;
        const double rate = s->kind->rate(s->config, step);
        snprintf(name, sizeof name, "%lld", (long long)step);
        plm_report_bar(r, name, rate, rate / most);
    }
}

/* Compares the rate in the middle of the training with its largest value until then, which is
 * looked for at POINTS steps. Trainings of fewer than LEAST steps are not examined, nor are
 * schedules that rise again later. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    enum { LEAST = 100, POINTS = 1000 };
    const thresholds *t = config;
    const plm_training *g = c->model != NULL ? c->model->training : NULL;
    double most = 0;
    if (g == NULL || c->planned < LEAST || g->schedule.kind == NULL ||
        g->schedule.kind->rate == NULL)
        return;
    const plm_schedule *s = &g->schedule;
    const int64_t end = (int64_t)(t->at * (double)c->planned);
    for (int i = 0; i <= POINTS; i++) {
        const double rate = s->kind->rate(s->config, (end - 1) * i / POINTS);
        most = rate > most ? rate : most;
    }
    const double share = s->kind->rate(s->config, end) / most;
    if (!(share < t->warning) || s->kind->rate(s->config, c->planned - 1) > t->warning * most)
        return; /* it may rise again, as with restarts */
    plm_report_found(r, PLM_WARNING, PLM_PART_STATIC, -1,
                     "at half of the training the learning rate is %.2g of its largest value",
                     share);
    r->number = share;
    r->threshold = t->warning;
    r->key = "optimizer";
    draw(r, s, c->planned, most);
    const char *whole =
        plm_optimizer_with(r->arena, c->model, "learning_rate",
                           plm_arena_format(r->arena, "cosine_decay(%g, all)", most));
    if (whole != NULL)
        plm_report_remedy(r, "optimizer", "%s", whole);
    plm_report_remedy(r, "", "let the schedule last for all %lld steps of the training",
                      (long long)c->planned);
}

const plm_finding_kind plm_finding_early_decay = {
    .kind = {.name = "early_decay",
             .alias = "S307",
             .help = "the schedule brings the learning rate near 0 too early",
             .formula = "rate at `at` of the steps / largest rate before < warning, and it stays "
                        "there",
             .notes =
                 "The steps after that train nothing. The usual reason is that the length of the "
                 "schedule counts epochs instead of steps, or was set for an older data set.",
             .source = "Bengio, Practical recommendations for gradient-based training, 2012",
             .config_size = sizeof(thresholds),
             .fields = fields},
    .root = PLM_ROOT_RATE,
    .healthy = {0.01, 1},
    .find = find,
};
