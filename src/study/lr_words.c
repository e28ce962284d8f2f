/* Sentences about a search for a learning rate: why a rate is recommended, and what else the curve
 * shows. */
#include "study/lr_words.h"

/* Adds why the rate of the best trial is recommended, and whether rates beyond it are worth a
 * try. */
static void add_best_trial(const plm_lr_trials *t, plm_text *out)
{
    plm_text_format(out, "It has the lowest %s after %lld steps from the same fresh net%s",
                    t->validation ? "validation loss" : "training loss", (long long)t->steps,
                    t->best == 0 ? "; a lower rate, which was not tried, may be better."
                    : t->best == t->count - 1
                        ? "; a higher rate, which was not tried, may be better."
                        : ".");
}

void plm_lr_reason(const plm_lr_range *range, const plm_lr_trials *trials, plm_text *out)
{
    const plm_lr_rule *rule = &range->rule[0];
    const bool found = plm_lr_recommended(range, trials) > 0;
    if (trials && found)
        add_best_trial(trials, out);
    else if (trials)
        plm_text_add(out, "Every trial diverged: is something else wrong?");
    else if (found)
        plm_text_format(out, "Rule %s: %s.", rule->name, rule->rule);
    else
        plm_text_add(out,
                     "The loss hardly fell: try other rates (--from, --to) or more --steps, or "
                     "is something else wrong?");
}

void plm_lr_other_rules(const plm_lr_range *range, const plm_lr_trials *trials, plm_text *out)
{
    const int first = trials ? 0 : 1;
    plm_text_add(out, trials ? "By rules:" : "Other rules:");
    for (int i = first; i < PLM_LR_RULES; i++) {
        const plm_lr_rule *rule = &range->rule[i];
        plm_text_format(out, "%s %s ", i > first ? "," : "", rule->name);
        if (rule->rate > 0)
            plm_text_format(out, "%.2g", rule->rate);
        else
            plm_text_add(out, "none");
    }
    plm_text_add(out, ".");
}

void plm_lr_range_end(const plm_lr_range *t, const plm_lr_trials *trials, plm_text *out)
{
    (void)trials;
    if (t->lowest == 0)
        plm_text_add(out, "The loss never fell from its first value.");
    else if (t->blown)
        plm_text_format(
            out, "Lowest loss at %.2g; the range test ended at %.2g, where the loss blew up.",
            t->x[t->lowest], t->rate[t->done - 1]);
    else
        plm_text_format(out, "Lowest loss at %.2g; up to %.2g it did not blow up%s",
                        t->x[t->lowest], t->o.to,
                        t->lowest > t->count * 9 / 10 ? ": go higher (--to)." : ".");
}
