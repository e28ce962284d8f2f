/* Declares schedules by an expression that the user writes; schedule.c lists them. Internal to
 * nn/. */
#ifndef PLM_NN_SCHEDULE_RULE_H
#define PLM_NN_SCHEDULE_RULE_H

#include "nn/nn.h"

/* Schedules whose expression is evaluated in every epoch, and at every step. */
extern const plm_schedule_kind plm_schedule_per_epoch, plm_schedule_per_step;

/* Parses the expression of a schedule, when its spec is read. */
PLM_CHECKED plm_status plm_schedule_rule_bind(plm_arena *a, plm_schedule *s);
/* Evaluates the expression for the current step. per_epoch evaluates it only at the first step of
 * an epoch; in other steps the rate stays. Errors: E_SPEC or E_ORDER if it uses a variable that is
 * not known. */
PLM_CHECKED plm_status plm_schedule_rule_ask(plm *w, const plm_schedule *s, const plm_clock *clock,
                                             double *rate);

#endif
