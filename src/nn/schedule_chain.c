/* Defines schedules that are made of others: a warm-up before a schedule, and a sequence of
 * schedules. Each part counts its steps from 0, and fractions of the run in it (decay_steps=all)
 * refer to the steps in which the part acts. */
#include <math.h>

#include "nn/schedule_fields.h"

typedef struct {
    double steps;             /* length of the rise */
    const plm_spec *schedule; /* follows on the rise */
    double start;             /* rate at step 0 */
} warmup_config;

typedef struct {
    const plm_spec *schedules; /* a list of specs */
    plm_reals milestones;      /* first step of each schedule except the first one */
} sequence_config;

static const plm_field warmup_fields[] = {
    {.name = "warmup_steps",
     .type = PLM_STEPS,
     .offset = offsetof(warmup_config, steps),
     .fallback = NULL,
     .low = 0,
     .high = 1e15,
     .help = "number of steps in which the rate rises along a line",
     .alias = "steps"},
    PLM_FIELD_OF(warmup_config, schedule, PLM_SPEC, NULL, "schedule",
                 "rate after the warm-up: a schedule or a number"),
    {.name = "start_learning_rate",
     .type = PLM_REAL,
     .offset = offsetof(warmup_config, start),
     .fallback = "0",
     .high = INFINITY,
     .help = "rate at step 0"},
    {0}};
static const plm_field sequence_fields[] = {
    PLM_FIELD_OF(sequence_config, schedules, PLM_VALUE, NULL, NULL,
                 "schedules or numbers, in the order in which they act"),
    {.name = "milestones",
     .type = PLM_REALS,
     .offset = offsetof(sequence_config, milestones),
     .fallback = NULL,
     .low = 0,
     .high = 1e15,
     .choices = "steps",
     .help = "first step of each schedule except the first one, in ascending order"},
    {0}};

/* Returns a number of steps as a whole number. Rounds to the nearest step: a fraction of the run is
 * seldom a whole number of steps. */
static int64_t whole(double steps)
{
    return (int64_t)floor(steps + 0.5);
}

/* ---- warmup ---- */

/* Lists the only part of a warm-up: the schedule that follows it. Returns the number of parts,
 * 1. */
static int warmup_parts(const void *config, const plm_spec **part)
{
    part[0] = ((const warmup_config *)config)->schedule;
    return 1;
}

/* Returns the step at which the schedule after the warm-up begins. It is the only part, so `part`
 * is ignored. */
static int64_t warmup_begin(const void *config, int part)
{
    (void)part;
    return whole(((const warmup_config *)config)->steps);
}

/* Returns the rate of the warm-up, which rises in a straight line from `start` at step 0 to the
 * first rate of the schedule at step `steps`. So there is no jump where the schedule takes over,
 * whatever its first rate is. */
static double warmup_rate(const plm_schedule *s, int64_t step)
{
    const warmup_config *c = s->config;
    const int64_t steps = whole(c->steps);
    if (step >= steps)
        return plm_schedule_at(&s->part[0], step - steps);
    const double target = plm_schedule_at(&s->part[0], 0);
    return c->start + (target - c->start) * ((double)step / (double)steps);
}

const plm_schedule_kind plm_schedule_warmup = {
    .kind = {.name = "warmup",
             .alias = "linear_warmup",
             .help = "rises along a line, then follows another schedule",
             .formula =
                 "start + (first rate - start) * step / warmup_steps, then the schedule from "
                 "its step 0",
             .notes = "It helps against unstable first steps of adaptive optimizers and high "
                      "rates. The schedule counts its steps from the end of the warm-up; its "
                      "decay_steps=all means the steps that are left.",
             .source = "Goyal et al., Accurate, large minibatch SGD: training ImageNet in 1 hour, "
                       "2017",
             .config_size = sizeof(warmup_config),
             .fields = warmup_fields,
             .examples = PLM_LIST("warmup(100, 0.01)", "warmup(0.1, cosine_decay(0.01, all))",
                                  "warmup(5, exponential_decay(0.01, 0.5, 0.1), "
                                  "start_learning_rate=0.001)")},
    .parts = warmup_parts,
    .begin = warmup_begin,
    .chain = warmup_rate};

/* ---- sequence ---- */

/* Lists the schedules of the sequence and returns their number; -1 = the list does not have 1 to
 * PLM_SCHEDULE_PARTS schedules. */
static int sequence_parts(const void *config, const plm_spec **part)
{
    const plm_spec *list = ((const sequence_config *)config)->schedules;
    if (!list || list->type != PLM_SPEC_LIST || list->count < 1 || list->count > PLM_SCHEDULE_PARTS)
        return -1;
    for (size_t i = 0; i < list->count; i++)
        part[i] = list->argument[i].value;
    return (int)list->count;
}

/* Returns the step at which a schedule of the list begins: 0 for the first one, milestone i - 1 for
 * schedule i. */
static int64_t sequence_begin(const void *config, int part)
{
    const sequence_config *c = config;
    return part > 0 ? whole(c->milestones.at[part - 1]) : 0;
}

/* Returns what is wrong with a sequence, or NULL. Only the number of parts is needed, not the
 * parts. */
static const char *sequence_fault(const void *config)
{
    const sequence_config *c = config;
    const plm_spec *part[PLM_SCHEDULE_PARTS];
    const int count = sequence_parts(config, part);
    if (count < 0)
        return "schedules must be a list of 1 to 16 schedules, such as [warmup(100, 0.1), "
               "cosine_decay(0.1, all)]";
    if (c->milestones.count != count - 1)
        return "the sequence needs one milestone less than schedules";
    for (int i = 1; i < c->milestones.count; i++)
        if (!(c->milestones.at[i] > c->milestones.at[i - 1]))
            return "its milestones must be in ascending order";
    return NULL;
}

/* Returns the rate of the schedule that acts at this step. The last schedule continues beyond its
 * end. Each counts its steps from its own milestone, the first one from 0. */
static double sequence_rate(const plm_schedule *s, int64_t step)
{
    int part = s->parts - 1;
    while (part > 0 && step < sequence_begin(s->config, part))
        part--;
    return plm_schedule_at(&s->part[part], step - sequence_begin(s->config, part));
}

const plm_schedule_kind plm_schedule_sequence = {
    .kind = {.name = "sequence",
             .alias = "SequentialLR|join_schedules",
             .help = "follows several schedules one after another",
             .formula = "schedules[j](step - milestones[j-1]) for milestones[j-1] <= step < "
                        "milestones[j]",
             .notes = "Each schedule counts its steps from its milestone, and its decay_steps=all "
                      "means the steps until the next milestone.",
             .config_size = sizeof(sequence_config),
             .fields = sequence_fields,
             .examples = PLM_LIST("sequence([0.01, cosine_decay(0.01, all)], [0.5])",
                                  "sequence([warmup(10, 0.1), 0.1, 0.01], [20, 40])")},
    .parts = sequence_parts,
    .begin = sequence_begin,
    .chain = sequence_rate,
    .fault = sequence_fault};
