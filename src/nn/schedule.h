/* Schedules compute numbers that change with the steps of a training, such as the learning rate,
 * the momentum or the rate of a dropout. A schedule is a formula, a sequence of other schedules, or
 * an expression that the user gives. */
#ifndef PLM_NN_SCHEDULE_H
#define PLM_NN_SCHEDULE_H

#include "base/kinds.h"
#include "nn/expression.h"

/* The progress of a training. */
typedef struct {
    int64_t step; /* number of the step, from 0 */
    /* epoch: the epoch, from 0. epochs: number of epochs requested. -1 = not within a fit. */
    int64_t epoch, epochs;
    int64_t steps_per_epoch; /* number of steps in an epoch; 0 = unknown */
    int64_t steps;           /* number of steps of the whole run; 0 = unknown */
    bool fresh;              /* true at the first step of an epoch */
    double rate;             /* learning rate of the last step */
} plm_clock;

/* When the expression of a schedule is evaluated: never, at the first step of an epoch, at every
 * step. */
typedef enum { PLM_RULE_NONE, PLM_RULE_EPOCH, PLM_RULE_STEP } plm_rule_time;

typedef struct plm_schedule plm_schedule;
/* Maximum number of schedules in a sequence. */
enum { PLM_SCHEDULE_PARTS = 16 };

/* The descriptor of a schedule. */
typedef struct {
    plm_kind kind;
    /* Returns the rate at a step (from 0). NULL = the user gives an expression. */
    double (*rate)(const void *config, int64_t step);
    /* Returns the momentum at a step; NaN = the optimizer's own momentum. NULL = the schedule never
     * changes the momentum. */
    double (*momentum)(const void *config, int64_t step);
    /* Returns what is wrong with a config, as a static text; NULL = nothing. It checks what the
     * field table cannot check. The pointer may be NULL. */
    const char *(*fault)(const void *config);
    /* Only for schedules made of others. `parts` lists the specs of the parts in part
     * [PLM_SCHEDULE_PARTS] and returns their number, or -1 if the config has no valid list. `begin`
     * returns the first step of a part. `chain` returns the rate at a step. The pointers are NULL
     * if the schedule has no parts. */
    int (*parts)(const void *config, const plm_spec **part);
    int64_t (*begin)(const void *config, int part);
    double (*chain)(const plm_schedule *s, int64_t step);
    plm_rule_time rule; /* when the expression is evaluated, see schedule_rule.c */
} plm_schedule_kind;

/* A schedule that was read from its spec. kind == NULL: a constant rate. */
struct plm_schedule {
    const plm_schedule_kind *kind;
    /* given: the config as the user wrote it. config: the same with numbers of steps in place of
     * fractions of the run (plm_schedule_resolve). */
    const void *given;
    void *config;
    bool partial;  /* true = this schedule, or one of its parts, has fractions of the run */
    bool resolved; /* true = the length of the run is known */
    double high;   /* maximum value */
    /* name of the number that it gives, for messages: such as "learning_rate" */
    const char *name;
    plm_schedule *part; /* [parts] the schedules that this schedule is made of */
    int parts;
    /* the constant rate or, for an expression, the rate before the first step; NaN = not given */
    double constant;
    plm_expression rule; /* the user's expression, if there is one */
};

/* Reads a spec: a number or a schedule. Errors: E_SPEC, also for a rate that is not finite and
 * above 0. */
PLM_CHECKED plm_status plm_schedule_bind(plm_arena *a, const plm_spec *spec, plm_schedule *out);
/* Does the same as plm_schedule_bind for another number than the learning rate, such as a dropout
 * rate: it may be 0 and is at most `high`. name: name of the key, for messages. */
PLM_CHECKED plm_status plm_schedule_bind_value(plm_arena *a, const plm_spec *spec, const char *name,
                                               double high, plm_schedule *out);
/* Sets the number of steps of the run, so that fractions of the run become numbers of steps. Call
 * it again if the number changes. */
void plm_schedule_resolve(plm_schedule *s, int64_t steps);
/* Returns the value at a step. The schedule must not have an expression. */
double plm_schedule_at(const plm_schedule *s, int64_t step);
/* Returns the rate before the first step; 0 if an expression gives the rate and the user gave no
 * initial one. */
double plm_schedule_first(const plm_schedule *s);
/* Returns the momentum at a step (from 0); NaN = that of the optimizer. */
double plm_schedule_momentum(const plm_schedule *s, int64_t step);
/* Computes the rate of the current step. Allocates nothing. Errors: E_NUMERIC if an expression
 * gives no valid rate; E_SPEC or E_ORDER if it uses a variable that is not known. */
PLM_CHECKED plm_status plm_schedule_ask(plm *w, const plm_schedule *s, const plm_clock *clock,
                                        double *rate);

#endif
