/* Writes the result of a search for a learning rate as JSON, for programs. */
#include "run/lr_json.h"

#include <math.h>
#include <stdio.h>

#include "run/json_text.h"

/* Adds the trials: a list of rates, and for each metric a list of values, null where the trial
 * diverged. */
static void add_trials(plm_json_text *j, const plm_lr_trials *t)
{
    double column[PLM_LR_TRIALS];
    char key[64];
    plm_json_text_number(j, "try_steps", (double)t->steps);
    for (int i = 0; i < t->count; i++)
        column[i] = t->trial[i].rate;
    plm_json_text_reals(j, "try_rate", t->count, column);
    for (int log = 0; log < t->logs; log++) {
        for (int i = 0; i < t->count; i++)
            column[i] = t->trial[i].diverged ? NAN : t->trial[i].value[log];
        snprintf(key, sizeof key, "try_%s%s", t->validation ? "val_" : "", t->name[log]);
        plm_json_text_reals(j, key, t->count, column);
    }
}

/* Returns the rate if one was found, otherwise NaN, which JSON prints as null. */
static double or_none(double rate)
{
    return rate > 0 ? rate : NAN;
}

/* Adds a line with one JSON object: the recommended learning rate, the rate that each rule finds on
 * the curve, the curve and the trials. Programs rely on the names of its keys, so they must not
 * change. */
void plm_lr_json(const plm_lr_range *t, const plm_lr_trials *trials, plm_text *out)
{
    plm_json_text j = plm_json_text_begin(out);
    plm_json_text_number(&j, "suggestion", or_none(plm_lr_recommended(t, trials)));
    plm_json_text_member(&j, "by", trials ? "try" : t->rule[0].key);
    for (int i = 0; i < PLM_LR_RULES; i++)
        plm_json_text_number(&j, t->rule[i].key, or_none(t->rule[i].rate));
    plm_json_text_number(&j, "lowest", t->x[t->lowest]);
    plm_json_text_member(&j, "end", t->blown ? "blown up" : "reached");
    plm_json_text_number(&j, "steps", (double)t->done);
    plm_json_text_reals(&j, "rate", t->count, t->x);
    plm_json_text_reals(&j, "loss", t->count, t->y);
    if (trials)
        add_trials(&j, trials);
    plm_json_text_end(&j);
}
