/* Sentences about a search for a learning rate: why a rate is recommended, and what the curve shows
 * besides. */
#include "study/lr_words.h"

#include <stdio.h>
#include <string.h>

#include "base/metric_text.h"

/* Explains why the rate of the best trial is recommended, and whether lower or higher rates should
 * be tried. */
static void add_best_trial(const plm_lr_trials *t, plm_text *out)
{
    plm_text_format(out, "It has the lowest %s after %lld steps from the same initial net%s",
                    t->validation ? "validation loss" : "training loss", (long long)t->steps,
                    t->best == 0 ? "; a lower rate, which was not tried, may be better."
                    : t->best == t->count - 1
                        ? "; a higher rate, which was not tried, may be better."
                        : ".");
}

/* Explains why the rate is recommended or, if there is none, what to try. trials: NULL = only the
 * range test was run. Without trials, the rate of the first rule is the recommended one. */
void plm_lr_reason(const plm_lr_range *range, const plm_lr_trials *trials, plm_text *out)
{
    const plm_lr_rule *rule = &range->rule[0];
    const bool found = plm_lr_recommended(range, trials) > 0;
    if (trials && found)
        add_best_trial(trials, out);
    else if (trials)
        plm_text_add(out, "Every trial diverged, so the learning rate may not be the cause.");
    else if (found)
        plm_text_format(out, "Rule %s: %s.", rule->name, rule->rule);
    else
        plm_text_add(out, "The loss hardly fell: try other rates (--from, --to) or more --steps. "
                          "If that does not help, the learning rate is not the cause.");
}

/* Lists the rates that the rules of the range test give. Without trials, the recommended rate is
 * left out. With trials no rule is recommended, so all are listed. */
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

/* Says at which rate the loss was lowest, and whether the range of rates was wide enough. If the
 * lowest loss is in the last tenth of the curve, higher rates may be better still. */
void plm_lr_range_end(const plm_lr_range *t, const plm_lr_trials *trials, plm_text *out)
{
    (void)trials;
    if (t->lowest == 0)
        plm_text_add(out, "The loss never fell below its first value.");
    else if (t->blown)
        plm_text_format(
            out, "Lowest loss at %.2g; the range test ended at %.2g, where the loss blew up.",
            t->x[t->lowest], t->rate[t->done - 1]);
    else
        plm_text_format(out, "Lowest loss at %.2g; up to %.2g it did not blow up%s",
                        t->x[t->lowest], t->o.to,
                        t->lowest > t->count * 9 / 10 ? ": go higher (--to)." : ".");
}

/* ---- the table of trials ---- */

/* RATE: width of the column of rates. VALUE: min width of a column of values; a longer heading
 * makes it wider. SHOWN: max number of values in a row. HEADING: max bytes of a heading. */
enum { RATE = 8, VALUE = 9, SHOWN = 3, HEADING = 64 };

/* Writes the heading of a value, such as "val_loss". out: [HEADING] bytes. Returns the width of its
 * column. */
static int heading_of(const plm_lr_trials *t, int log, char *out)
{
    snprintf(out, HEADING, "%s%s", t->validation ? "val_" : "", t->name[log]);
    return strlen(out) > VALUE ? (int)strlen(out) : VALUE;
}

/* Returns how many values of a trial fit in its row, beside the rate and the mark of the best
 * trial. */
static int values_that_fit(const plm_lr_trials *t, int width)
{
    static const char mark[] = "  lowest";
    int used = RATE + (int)strlen(mark), shown = 0;
    for (char heading[HEADING]; shown < t->logs && shown < SHOWN; shown++) {
        used += 2 + heading_of(t, shown, heading);
        if (shown && used >= width)
            break;
    }
    return shown;
}

/* Adds the row of a trial. */
static void add_trial(const plm_lr_trials *t, int index, int shown, plm_text *out)
{
    const plm_lr_trial *trial = &t->trial[index];
    plm_text_format(out, "%-*.2g", RATE, trial->rate);
    for (int i = 0; i < shown; i++) {
        char value[32] = "", heading[HEADING];
        const int width = heading_of(t, i, heading);
        if (!trial->diverged)
            plm_metric_text(value, sizeof value, trial->value[i]);
        plm_text_format(out, "  %*s", width, trial->diverged && i == 0 ? "diverged" : value);
    }
    plm_text_add(out, index == t->best ? "  lowest\n" : "\n");
}

/* Adds the table of trials: each row has a rate and its values, and the best trial is marked.
 * width: columns of the page, which limit the number of values shown; at least one value is shown.
 * A trial that diverged has no values. */
void plm_lr_trials_table(const plm_lr_trials *t, int width, plm_text *out)
{
    const int shown = values_that_fit(t, width);
    plm_text_format(out, "%-*s", RATE, "rate");
    for (int i = 0; i < shown; i++) {
        char heading[HEADING];
        plm_text_format(out, "  %*s", heading_of(t, i, heading), heading);
    }
    plm_text_add(out, "\n");
    for (int i = 0; i < t->count; i++)
        add_trial(t, i, shown, out);
    plm_text_add(out, "\n");
}
