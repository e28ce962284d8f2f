/* Defines schedules by an expression that the user writes. It is evaluated for every epoch, as with
 * LearningRateScheduler of Keras, or for every step. The config is the text; it is parsed once,
 * when the spec of the schedule is read. */
#include <math.h>

#include "nn/schedule_rule.h"

/* The settings: the expression, and the rate before the first step (NaN = not given). */
typedef struct {
    const char *rule; /* as the user wrote it */
    double initial;   /* see plm_schedule_first */
} rule_config;

/* The variables of an expression, in the order of their values. LR is a short form of
 * LEARNING_RATE, as in Keras. */
enum { EPOCH, EPOCHS, STEP, STEPS, STEPS_PER_EPOCH, LEARNING_RATE, LR, INITIAL, NAMES };
static const char *const names[NAMES + 1] = {
    "epoch",           "epochs",        "step", "steps",
    "steps_per_epoch", "learning_rate", "lr",   "initial_learning_rate"};

static const plm_field fields[] = {
    PLM_FIELD(rule_config, rule, PLM_TEXT, NULL, 0, 0,
              "the rate as an expression, written in quotes"),
    {.name = "initial_learning_rate",
     .type = PLM_REAL,
     .offset = offsetof(rule_config, initial),
     .fallback = "nan",
     .high = INFINITY,
     .help = "learning_rate before the first step, for expressions that use it"},
    {0}};

/* The notes of both kinds (`plummet describe` prints them), which differ in when the expression is
 * evaluated. */
#define NOTES(when_)                                                                               \
    "The expression is evaluated " when_                                                           \
    ". It may use epoch and step (both from 0), epochs, steps (of the run), steps_per_epoch, "     \
    "learning_rate (lr, the "                                                                      \
    "rate of the last step) and initial_learning_rate. It is written as in Python: + - * / // % "  \
    "**, comparisons, and, or, not, a if b else c, pi, min, max, pow, exp, log, log2, log10, "     \
    "sqrt, sin, cos, tanh, floor, ceil, round, abs."

const plm_schedule_kind plm_schedule_per_epoch = {
    .kind = {.name = "per_epoch",
             .alias = "learning_rate_scheduler",
             .help = "computes the rate of every epoch by your own expression",
             .formula = "rule(epoch, learning_rate)",
             .notes = NOTES("at the first step of every epoch of plm_fit"),
             .config_size = sizeof(rule_config),
             .fields = fields,
             .examples = PLM_LIST(
                 "per_epoch('0.01 * 0.1 ** (epoch / 20)')",
                 "per_epoch('0.01 if epoch < 5 else 0.005 if epoch < 15 else 0.001')",
                 "per_epoch('learning_rate * 0.1 ** (1 / 20)', initial_learning_rate=0.01)")},
    .rule = PLM_RULE_EPOCH};

const plm_schedule_kind plm_schedule_per_step = {
    .kind = {.name = "per_step",
             .alias = "per_batch",
             .help = "computes the rate of every step by your own expression",
             .formula = "rule(step, epoch, learning_rate)",
             .notes = NOTES("at every step"),
             .config_size = sizeof(rule_config),
             .fields = fields,
             .examples = PLM_LIST("per_step('0.01 * 0.1 ** (step / (20 * steps_per_epoch))')",
                                  "per_step('0.01 * min(1, (step + 1) / 500)')")},
    .rule = PLM_RULE_STEP};

/* True if the expression uses a variable. The parser has recorded which variables occur. */
static bool reads(const plm_schedule *s, int name)
{
    return (s->rule.uses >> name & 1u) != 0;
}

/* Parses the expression of a schedule. Errors that do not depend on the training are found here,
 * before the training begins. An expression for another number than the learning rate, such as a
 * dropout rate, cannot use the rate of the last step. */
plm_status plm_schedule_rule_bind(plm_arena *a, plm_schedule *s)
{
    const rule_config *c = s->config;
    PLM_TRY(plm_expression_read(a, c->rule, names, &s->rule));
    s->constant = c->initial;
    if (isinf(c->initial))
        return plm_fail(a->w, PLM_E_SPEC, s->kind->kind.name, "give a rate such as 0.01",
                        "initial_learning_rate must be finite, got %g", c->initial);
    if (s->high < INFINITY && (reads(s, LEARNING_RATE) || reads(s, LR) || reads(s, INITIAL)))
        return plm_fail(
            a->w, PLM_E_SPEC, s->kind->kind.name,
            "use step, steps, epoch and epochs, as in per_step('0.1 * (1 - step / steps)')",
            "the expression of %s cannot use learning_rate", s->name);
    if (isnan(c->initial) && (reads(s, LEARNING_RATE) || reads(s, LR) || reads(s, INITIAL)))
        return plm_fail(a->w, PLM_E_SPEC, s->kind->kind.name,
                        "per_epoch('learning_rate * 0.9', initial_learning_rate=0.01)",
                        "the expression uses learning_rate, but its initial value is not given");
    return PLM_OK;
}

/* Evaluates the expression for the current step. per_epoch evaluates it only at the first step of
 * an epoch; in other steps the rate stays. Variables that are not known cause an error instead of a
 * wrong number. learning_rate is the rate of the last step, so a rule may compute the next rate
 * from it, as in learning_rate * 0.9. */
plm_status plm_schedule_rule_ask(plm *w, const plm_schedule *s, const plm_clock *clock,
                                 double *rate)
{
    const bool by_epoch = s->kind->rule == PLM_RULE_EPOCH;
    if (clock->epoch < 0 && (by_epoch || reads(s, EPOCH) || reads(s, EPOCHS)))
        return plm_fail(w, PLM_E_ORDER, s->kind->kind.name,
                        "train by plm_fit, or use per_step with an expression of step",
                        "epochs are known only in plm_fit");
    if (clock->steps_per_epoch <= 0 && reads(s, STEPS_PER_EPOCH))
        return plm_fail(w, PLM_E_SPEC, s->kind->kind.name,
                        "write the number of steps into the expression",
                        "steps_per_epoch is not known, as the data has an unknown number of rows");
    if (clock->steps <= 0 && reads(s, STEPS))
        return plm_fail(w, PLM_E_SPEC, s->kind->kind.name,
                        "write the number of steps into the expression",
                        "the number of steps of the run is not known");
    if (by_epoch && !clock->fresh) {
        *rate = clock->rate;
        return PLM_OK;
    }
    const double values[NAMES] = {[EPOCH] = (double)clock->epoch,
                                  [EPOCHS] = (double)clock->epochs,
                                  [STEP] = (double)clock->step,
                                  [STEPS] = (double)clock->steps,
                                  [STEPS_PER_EPOCH] = (double)clock->steps_per_epoch,
                                  [LEARNING_RATE] = clock->rate,
                                  [LR] = clock->rate,
                                  [INITIAL] = s->constant};
    *rate = plm_expression_value(&s->rule, values);
    return PLM_OK;
}
