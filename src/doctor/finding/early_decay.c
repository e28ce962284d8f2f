/* S307: the schedule keeps the learning rate near 0 for most of the training. If a schedule is
 * shorter than the training, the remaining epochs have no effect, since the weights hardly change
 * any more. Often the number of steps was chosen for fewer epochs or larger batches. */
#include <math.h>
#include <stdio.h>

#include "assess/epochs.h"
#include "doctor/ladder.h"
#include "doctor/rates.h"

typedef struct {
    double warning, at, reached;
} thresholds;

static const plm_field fields[] = {
    PLM_FIELD(thresholds, warning, PLM_REAL, "0.01", 0, 1,
              "a warning if the learning rate falls below this share of its largest value before "
              "the part `at` of the training"),
    PLM_FIELD(
        thresholds, at, PLM_REAL, "0.5", 0, 1,
        "part of the training, from 0 to 1, at which the learning rate is compared with `warning`"),
    PLM_FIELD(thresholds, reached, PLM_REAL, "0.1", 0, 1,
              "a warning if the largest learning rate in the training is less than this share of "
              "the rate that the schedule would reach after the end of the training"),
    {0}};

/* Adds lines with the learning rate after each quarter of the training. */
static void draw(plm_report *r, const plm_schedule *s, int64_t planned, double most)
{
    plm_report_line(r, "%-22s %9s", "step", "rate");
    for (int i = 0; i < 5; i++) {
        char name[24];
        const int64_t step = (planned - 1) * i / 4;
        const double rate = plm_schedule_at(s, step);
        snprintf(name, sizeof name, "%lld", plm_step_number(step));
        plm_report_bar(r, name, rate, rate / most);
    }
}

/* Returns the optimizer with a schedule over all steps, whose first rate is `most`, the largest
 * rate of the present one; NULL = no memory. */
static const char *with_cosine(const plm_case *c, plm_report *r, double most)
{
    return plm_optimizer_with(r->arena, c->model, "learning_rate",
                              plm_arena_format(r->arena, "cosine_decay(%g, all)", most));
}

/* Reports a schedule whose rate is near 0 after half of the training. */
static void report_decay(const thresholds *t, const plm_case *c, plm_report *r, double share,
                         double most)
{
    plm_report_found(
        r, PLM_WARNING, PLM_PART_STATIC, -1,
        "by half of the training the learning rate has fallen to %.2g of its largest value", share);
    r->number = share;
    r->threshold = t->warning;
    r->key = "optimizer";
    const plm_schedule *s = &c->model->training->schedule;
    if (s->kind->rule == PLM_RULE_NONE)
        draw(r, s, c->planned, most);
    const char *whole = with_cosine(c, r, most);
    if (whole != NULL)
        plm_report_remedy(r, "optimizer", "%s", whole);
    plm_report_remedy(r, "", "let the schedule last for all %lld steps of the training",
                      (long long)c->planned);
}

/* Compares the rate in the middle of the training with its largest value until then, which is
 * searched at POINTS steps. Schedules whose rate increases again later are not reported. */
static void find_decay(const thresholds *t, const plm_case *c, plm_report *r)
{
    enum { POINTS = 1000 };
    double most = 0;
    const plm_schedule *s = &c->model->training->schedule;
    const int64_t end = (int64_t)(t->at * (double)c->planned);
    for (int i = 0; i <= POINTS; i++) {
        const double rate = plm_schedule_at(s, (end - 1) * i / POINTS);
        most = rate > most ? rate : most;
    }
    const double share = plm_schedule_at(s, end) / most;
    if (share < t->warning && plm_schedule_at(s, c->planned - 1) <= t->warning * most)
        report_decay(t, c, r, share, most);
}

/* Looks for a rate near 0 after half of the training, if the rate is an expression in the run
 * file. */
static void find_expression(const thresholds *t, const plm_case *c, plm_report *r)
{
    plm_rates rate;
    const int64_t end = (int64_t)(t->at * (double)c->planned);
    if (c->setting != NULL && plm_rates_ask(c, end, c->planned - 1, &rate) && rate.highest > 0 &&
        rate.from < t->warning * rate.highest && rate.to <= t->warning * rate.highest)
        report_decay(t, c, r, rate.from / rate.highest, rate.highest);
}

/* Reports a schedule whose rate increases during the whole training, and would increase for far
 * longer than the training lasts. Usually the warm-up was made too long. */
static void find_rise(const thresholds *t, const plm_case *c, plm_report *r)
{
    enum { POINTS = 1000, DOUBLINGS = 24 };
    const plm_schedule *s = &c->model->training->schedule;
    double most = 0, later = 0;
    int64_t at = c->planned, reached = c->planned;
    for (int i = 0; i <= POINTS; i++)
        most = fmax(most, plm_schedule_at(s, (c->planned - 1) * i / POINTS));
    for (int i = 0; i < DOUBLINGS; i++, at *= 2) {
        const double rate = plm_schedule_at(s, at);
        reached = rate > later ? at : reached;
        later = fmax(later, rate);
    }
    if (!(most < t->reached * later))
        return;
    plm_report_found(
        r, PLM_WARNING, PLM_PART_STATIC, -1,
        "the learning rate rises for longer than the training: it reaches only %.2g of %.3g", most,
        later);
    r->number = most / later;
    r->threshold = t->reached;
    r->key = "optimizer";
    plm_report_line(r, "%-22s %9s", "step", "rate");
    plm_report_line(r, "%-22lld %9.3g", (long long)c->planned, most);
    plm_report_line(r, "about %-16lld %9.3g", (long long)reached, later);
    const char *whole = with_cosine(c, r, later);
    if (whole != NULL)
        plm_report_remedy(r, "optimizer", "%s", whole);
    plm_report_remedy(r, "", "let the warm-up end within the first tenth of the %lld steps",
                      (long long)c->planned);
}

/* True if the rate was near 0 after a quarter of the training already, although the net predicts
 * not even the training rows well: the loss can hardly have reached a plateau by then. */
static bool is_lowered_soon(const thresholds *t, const plm_case *c, int column)
{
    static const double good = 0.9;
    const plm_history *h = &c->history;
    const double first = plm_epochs_value(h, 0, column),
                 soon = plm_epochs_value(h, h->rows / 4, column);
    return h->rows >= 8 && soon < t->warning * first &&
           plm_case_reach(c, plm_case_predicts_classes(c)) < good;
}

/* Reports a rate that an observer, such as reduce_lr_on_plateau, has lowered to nearly 0 before
 * half of the training, if the net predicts worse than k nearest neighbours do, or before a quarter
 * of it, if it predicts its own rows badly. */
static void find_lowered(const thresholds *t, const plm_case *c, plm_report *r)
{
    const plm_history *h = &c->history;
    const int column = plm_epochs_column(h, "learning_rate");
    const int64_t half = (int64_t)(t->at * (double)h->rows);
    const double first = plm_epochs_value(h, 0, column), then = plm_epochs_value(h, half, column);
    if (h->rows < 4 || !(then < t->warning * first) ||
        !(plm_case_falls_short(c) || is_lowered_soon(t, c, column)))
        return;
    plm_report_found(r, PLM_WARNING, PLM_PART_RUN, -1,
                     "at half of the training an observer has lowered the learning rate to %.2g of "
                     "its first value",
                     then / first);
    r->step = c->steps * half / h->rows;
    r->number = then / first;
    r->threshold = t->warning;
    r->key = "observers";
    plm_report_line(r, "%-22s %9s", "epoch", "rate");
    plm_report_line(r, "%-22d %9.3g", 1, first);
    plm_report_line(r, "%-22lld %9.3g", (long long)half + 1, then);
    plm_report_remedy(r, "observers", "reduce_lr_on_plateau(factor=0.5, patience=10, min_delta=0)");
}

/* Looks for a learning rate that leaves most steps without effect, by a schedule or an observer.
 * Trainings of fewer than LEAST steps are not examined. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    enum { LEAST = 100 };
    const plm_training *g = c->model != NULL ? c->model->training : NULL;
    if (g == NULL || c->planned < LEAST || (g->schedule.partial && !g->schedule.resolved))
        return; /* a length that is a fraction of the run is unknown here */
    if (g->schedule.kind == NULL) {
        find_lowered(config, c, r);
    } else if (g->schedule.kind->rule == PLM_RULE_NONE) {
        find_decay(config, c, r);
        if (!r->found && !g->schedule.partial)
            find_rise(config, c, r);
    } else {
        find_expression(config, c, r);
    }
}

const plm_finding_kind plm_finding_early_decay = {
    .kind = {.name = "early_decay",
             .alias = "S307",
             .help = "the schedule leaves the learning rate near 0 for most of the training",
             .formula = "rate at `at` of the steps / largest rate before < warning, and it stays "
                        "there; or largest rate of the training / rate reached later < reached",
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
