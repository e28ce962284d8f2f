/* Schedules by a rule that the user writes; listed in schedule.c. Internal to nn/. */
#ifndef PLM_NN_SCHEDULE_RULE_H
#define PLM_NN_SCHEDULE_RULE_H

#include "nn/nn.h"

extern const plm_schedule_kind plm_schedule_per_epoch, plm_schedule_per_step;

/* Reads the rule of a bound schedule. */
PLM_CHECKED plm_status plm_schedule_rule_bind(plm_arena *a, plm_schedule *s);
/* What the rule says now. Errors: E_SPEC where it reads what is not known. */
PLM_CHECKED plm_status plm_schedule_rule_ask(plm *w, const plm_schedule *s, const plm_clock *clock,
                                             double *rate);

#endif
