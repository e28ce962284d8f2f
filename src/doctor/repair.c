/* Writes the record of a repair as text for people. */
#include "doctor/repair.h"

#include <math.h>
#include <string.h>

/* Returns the metric of a branch (a trial training). It is 0 for a branch that failed, or is worse
 * than the constant prediction, so that one very bad branch does not dominate a mean. */
double plm_branch_value(const plm_branch *b)
{
    return b->value > 0 && isfinite(b->value) ? b->value : 0;
}

/* Returns the mean metric of the branches in the screening. -1 = there was no screening; it is less
 * than any value. */
double plm_change_screened(const plm_change *c)
{
    double sum = 0;
    for (int i = 0; i < c->screens; i++)
        sum += plm_branch_value(&c->screen[i]);
    return c->screens > 0 ? sum / c->screens : -1;
}

/* Returns the mean metrics over the pairs of the confirmation. The screening is not included, since
 * the change was chosen by it. */
void plm_repair_means(const plm_change *c, double *before, double *after)
{
    *before = *after = 0;
    for (int i = 0; i < c->pairs; i++) {
        *before += plm_branch_value(&c->control[i]) / c->pairs;
        *after += plm_branch_value(&c->confirm[i]) / c->pairs;
    }
}

/* Returns the word for a status. Programs compare these words in JSON, so they must not change. */
const char *plm_repair_word(plm_repair_status status)
{
    static const char *const words[] = {"not_needed", "proven", "not_proven", "refused"};
    return words[status];
}

/* ---- text ---- */

/* Adds a text behind a bar, wrapped, and empties it. */
static void add_barred(plm_text *t, int width, plm_text *line)
{
    plm_text lines = {.w = t->w};
    plm_text_wrap(&lines, 0, 2, width - 5, plm_text_get(line));
    plm_text_done(&lines, line);
    for (const char *c = plm_text_get(&lines); *c != '\0';) {
        const int length = (int)strcspn(c, "\n");
        plm_text_format(t, "  |  %.*s\n", length, c);
        c += length + (c[length] == '\n');
    }
    plm_text_done(t, &lines);
}

/* Adds the mean metric of the branches (trial trainings) of a screening. */
static void add_screens(plm_text *t, int count, const plm_branch *b)
{
    for (int i = 0; i < count; i++)
        plm_text_format(t, " %.3f", plm_branch_value(&b[i]));
}

/* Adds the curve of one branch: its training loss after each tenth of the steps, in five columns
 * each. On a narrow screen it takes several lines. */
static void add_curve(plm_text *t, const char *name, const plm_branch *b, int width)
{
    enum { FIRST = 12, COLUMN = 6 };
    plm_text_format(t, "  |  %-7s", name);
    for (int i = 0, at = FIRST; i < PLM_BRANCH_CURVE; i++, at += COLUMN) {
        const double loss = fabs(b->curve[i]);
        if (at + COLUMN > width) {
            plm_text_format(t, "\n  |  %-7s", "");
            at = FIRST;
        }
        if (!isfinite(loss))
            plm_text_add(t, "     -");
        else
            plm_text_format(t,
                            loss >= 1000 || loss < 0.01 ? " %5.0e"
                            : loss < 0.1                ? " %5.3f"
                                                        : " %5.3g",
                            b->curve[i]);
    }
    plm_text_add(t, "\n");
}

/* Adds the pairs of a change and its gain. */
static void add_proof(plm_text *t, const plm_repair *r, const plm_change *c, int width)
{
    double before = 0, after = 0;
    plm_text line = {.w = t->w};
    plm_repair_means(c, &before, &after);
    plm_text_format(&line, "%s before", r->metric);
    add_screens(&line, c->pairs, c->control);
    plm_text_format(&line, ", after");
    add_screens(&line, c->pairs, c->confirm);
    add_barred(t, width, &line);
    plm_text_format(&line, "gain %.3f, 95 %% interval %.3f to %.3f: %d pairs of %lld steps",
                    c->gain.mean, c->gain.low, c->gain.high, c->pairs,
                    (long long)c->confirm[0].steps);
    add_barred(t, width, &line);
    plm_text_add(&line, "loss of the first pair after each tenth of the steps:");
    add_barred(t, width, &line);
    add_curve(t, "before", &c->control[0], width);
    add_curve(t, "after", &c->confirm[0], width);
}

/* Returns in words what became of a change. */
static const char *verdict_of(const plm_change *c)
{
    static const char *const words[] = {"not tried",  "refused",     "no better", "helps less",
                                        "not proven", "rolled back", "proven"};
    return words[c->verdict];
}

/* Returns a quote for texts that a shell would split or interpret, so that a remedy can be pasted.
 * */
const char *plm_shell_quote(const char *value)
{
    if (strchr(value, '\'') != NULL)
        return "\"";
    return strpbrk(value, " ()[]{}<>|&;*?$#~!\"\\`") != NULL ? "'" : "";
}

/* Adds the keys that a change sets, in the notation of the command line, so that they can be
 * copied. */
static void add_sets(plm_text *t, const plm_change *c)
{
    for (int i = 0; i < c->sets; i++) {
        const char *quote = plm_shell_quote(c->set[i].value);
        plm_text_format(t, "      %s=%s%s%s\n", c->set[i].key, quote, c->set[i].value, quote);
    }
}

/* Adds one change and the results of its trainings. */
static void add_change(plm_text *t, const plm_repair *r, const plm_change *c, int width)
{
    const char *verdict = verdict_of(c);
    plm_text_format(t, "  %s: ", verdict);
    plm_text_wrap(t, (int)strlen(verdict) + 4, 4, width, c->why);
    if (c->screens > 0) {
        plm_text line = {.w = t->w};
        plm_text_format(&line, "screened, %s", r->metric);
        add_screens(&line, c->screens, c->screen);
        plm_text_format(&line, " %s %lld steps",
                        c->screen[c->screens - 1].failed ? "and not finite after" : "after",
                        (long long)c->screen[c->screens - 1].steps);
        add_barred(t, width, &line);
    }
    if (c->pairs > 0)
        add_proof(t, r, c, width);
    if (c->verdict == PLM_CHANGE_PROVEN)
        add_sets(t, c);
}

/* Adds the treatment of one fault. */
static void add_round(plm_text *t, const plm_repair *r, const plm_repair_round *round, int width)
{
    plm_text line = {.w = t->w};
    plm_text_format(&line, "repair of %s: %s", round->code,
                    round->kept < 0 ? "no change is proven to help, so nothing is changed"
                    : round->open   ? "proven, and kept, but the run still has the fault"
                                    : "proven");
    plm_text_wrap(t, 0, 4, width, plm_text_get(&line));
    plm_text_done(t, &line);
    if (round->screens > 0) {
        plm_text_format(&line, "  as it is: screened, %s", r->metric);
        add_screens(&line, round->screens, round->control);
        plm_text_wrap(t, 0, 4, width, plm_text_get(&line));
        plm_text_done(t, &line);
    }
    for (int i = 0; i < round->changes; i++)
        add_change(t, r, &round->change[i], width);
    plm_text_add(t, "\n");
}

/* Adds the faults for which no change was tried. */
static void add_named(plm_text *t, const plm_repair *r, int width)
{
    plm_text line = {.w = t->w};
    if (r->named == 0)
        return;
    plm_text_add(&line, "left to you:");
    for (int i = 0; i < r->named; i++)
        plm_text_format(&line, " %s", r->name[i]);
    plm_text_add(&line, ". Faults of the data are never repaired automatically, nor are faults for "
                        "which no change is known: see the remedies above");
    plm_text_wrap(t, 0, 2, width, plm_text_get(&line));
    plm_text_done(t, &line);
    for (int i = 0; i < r->named; i++)
        if (r->help[i] != NULL)
            plm_text_format(t, "  the help of %s, for you to try: %s\n", r->name[i], r->help[i]);
}

/* Adds the sentence that sums it up. */
static void add_result(plm_text *t, const plm_repair *r, int width)
{
    static const char *const sentences[] = {
        "no repair is needed", "", "no change is proven to help: the run file stays as it is",
        "no change could be tried that might repair it: the run file stays as it is"};
    plm_text line = {.w = t->w};
    if (r->status != PLM_REPAIR_PROVEN)
        plm_text_add(&line, r->reason != NULL ? r->reason : sentences[r->status]);
    else
        plm_text_format(&line, "repaired: %s %.3f, was %.3f, in these short trainings", r->metric,
                        r->after, r->before);
    plm_text_wrap(t, 0, 2, width, plm_text_get(&line));
    plm_text_done(t, &line);
    if (r->steps > 0) {
        plm_text_format(&line, "%lld steps were trained for it, %.0f %% of the run",
                        (long long)r->steps,
                        r->planned > 0 ? 100.0 * (double)r->steps / (double)r->planned : 0);
        plm_text_wrap(t, 0, 2, width, plm_text_get(&line));
        plm_text_done(t, &line);
    }
    if (r->run != NULL)
        plm_text_format(t, "next: plummet train %s\n", r->run);
}

/* Adds the record: the rounds in the order in which they were tried, then faults that were not
 * treated, then the result. */
void plm_repair_add_text(const plm_repair *r, int width, plm_text *t)
{
    for (int i = 0; i < r->rounds; i++)
        add_round(t, r, r->round[i], width);
    add_named(t, r, width);
    add_result(t, r, width);
}
