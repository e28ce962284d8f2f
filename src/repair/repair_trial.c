/* Screens the changes for one fault, and confirms the best of them. Screening: each change is
 * trained with three seeds, in short branches, and passes only if it is better with every seed.
 * Confirmation: the best one is trained in longer branches, in pairs with the unchanged run, until
 * plm_paired_proves the gain, or more pairs are unlikely to prove it. A branch whose loss becomes
 * NaN or infinite is worse than any other, so a change that makes such a run trainable is better.
 * */
#include "repair/repair_trial.h"

#include <math.h>
#include <string.h>

#include "repair/repair_side.h"

enum {
    LEAST_STEPS = 20,   /* a shorter branch shows nothing */
    MOST_STEPS = 200,   /* of a branch of the screening */
    MOST_CONFIRM = 800, /* of a branch of the confirmation */
    FIRST_PAIRS = 3,    /* number of pairs in a confirmation; more follow if these do not decide */
    PAIRS = 6
};

/* The metric of a change must be better than that of the unchanged run by more than least_gain. In
 * a screening, a loss that is smaller by a tenth is enough, too. */
static const double least_gain = 0.01;

/* ---- values ---- */

/* Copies the metric of each branch (trial training) to out [count]. */
static void values_of(int count, const plm_branch *b, double *out)
{
    for (int i = 0; i < count; i++)
        out[i] = plm_branch_value(&b[i]);
}

/* True if branch b is better than branch a, which is of the unchanged run. If their metrics hardly
 * differ, as accuracies often do after few steps, the losses are compared, provided that both
 * branches have the same loss function. */
static bool is_better(const plm_branch *a, const plm_branch *b, bool same_loss)
{
    const double gain = plm_branch_value(b) - plm_branch_value(a);
    if (b->failed)
        return false;
    if (fabs(gain) > least_gain || !same_loss)
        return gain > least_gain;
    return a->failed || b->loss < 0.9 * a->loss;
}

/* True if a change sets another loss. */
static bool has_own_loss(const plm_change *c)
{
    for (int i = 0; i < c->sets; i++)
        if (strcmp(c->set[i].key, "loss") == 0 || strstr(c->set[i].value, "invert=true") != NULL)
            return true;
    return false;
}

/* ---- the run as it is ---- */

/* Trains the unchanged run with a seed. If the run cannot be built or trained, it is rated like a
 * constant prediction. */
static plm_status train_control(plm_repair_side *control, int index, int64_t steps, bool confirm,
                                plm_branch *out)
{
    if (control->r->runs)
        return plm_repair_side_train(control, index, steps, confirm, out);
    *out = (plm_branch){
        .seed = (uint64_t)index, .failed = true, .value = control->r->constant, .loss = INFINITY};
    for (int i = 0; i < PLM_BRANCH_CURVE; i++)
        out->curve[i] = (double)NAN;
    return PLM_OK;
}

/* ---- screening ---- */

/* Trains a change with several seeds; stops as soon as it is not better than the unchanged run. */
static plm_status screen_seeds(plm_repair_side *side, const plm_repair_round *round, plm_change *c,
                               int64_t steps)
{
    bool better = true;
    while (better && c->screens < round->screens) {
        const int i = c->screens;
        PLM_TRY(plm_repair_side_train(side, i, steps, false, &c->screen[i]));
        better = is_better(&round->control[i], &c->screen[i], !has_own_loss(c));
        c->screens++;
    }
    c->verdict = better ? PLM_CHANGE_NOT_PROVEN : PLM_CHANGE_SCREENED;
    return PLM_OK;
}

/* True for errors that mean that the changed run cannot be built or trained. */
static bool is_refusal(plm_status status)
{
    return status == PLM_E_SPEC || status == PLM_E_SHAPE || status == PLM_E_DATA ||
           status == PLM_E_UNSUPPORTED;
}

/* Opens and screens one change. */
static plm_status screen_change(plm_repairing *r, const plm_repair_round *round, plm_change *c,
                                int64_t steps)
{
    plm_repair_side side;
    plm_status status = plm_repair_side_open(&side, r, c);
    if (status >= 0)
        status = screen_seeds(&side, round, c, steps);
    plm_repair_side_close(&side);
    if (!is_refusal(status))
        return status;
    c->verdict = PLM_CHANGE_IMPOSSIBLE;
    return PLM_OK;
}

/* Screens all changes of a round. */
static plm_status screen(plm_repairing *r, plm_repair_side *control, plm_repair_round *round,
                         int64_t steps)
{
    for (; round->screens < PLM_REPAIR_SCREENS; round->screens++)
        PLM_TRY(
            train_control(control, round->screens, steps, false, &round->control[round->screens]));
    for (int i = 0; i < round->changes; i++)
        PLM_TRY(screen_change(r, round, &round->change[i], steps));
    return PLM_OK;
}

/* Returns the index of the best change that passed the screening; among changes that differ by less
 * than least_gain, the first, which changes least. -1 = no change passed. */
static int best_of(plm_repair_round *round)
{
    int best = -1;
    for (int i = 0; i < round->changes; i++) {
        const plm_change *c = &round->change[i];
        if (c->verdict == PLM_CHANGE_NOT_PROVEN &&
            (best < 0 ||
             plm_change_screened(c) > plm_change_screened(&round->change[best]) + least_gain))
            best = i;
    }
    for (int i = 0; best >= 0 && i < round->changes; i++)
        if (i != best && round->change[i].verdict == PLM_CHANGE_NOT_PROVEN)
            round->change[i].verdict = PLM_CHANGE_LESS;
    return best;
}

/* ---- confirmation ---- */

/* Adds one pair, with a seed of its own. */
static plm_status add_pair(plm_repair_side *control, plm_repair_side *side, plm_change *c,
                           int64_t steps)
{
    double before[PLM_PAIRS], after[PLM_PAIRS];
    const int index = PLM_REPAIR_SCREENS + c->pairs;
    PLM_TRY(train_control(control, index, steps, true, &c->control[c->pairs]));
    PLM_TRY(plm_repair_side_train(side, index, steps, true, &c->confirm[c->pairs]));
    c->pairs++;
    values_of(c->pairs, c->control, before);
    values_of(c->pairs, c->confirm, after);
    c->gain = plm_paired_compare(c->pairs, before, after);
    return PLM_OK;
}

/* Trains pairs of branches, with and without the change, until the gain is proven, or is unlikely
 * to be proven by more pairs. budget: max number of steps of both together. */
static plm_status add_pairs(plm_repair_side *control, plm_repair_side *side, plm_change *c,
                            int64_t steps, int64_t budget)
{
    const int64_t most = budget / (2 * steps);
    while (c->pairs < FIRST_PAIRS ||
           (c->pairs < PAIRS && c->pairs < most && c->gain.mean > least_gain &&
            !plm_paired_proves(&c->gain, least_gain)))
        PLM_TRY(add_pair(control, side, c, steps));
    c->verdict =
        plm_paired_proves(&c->gain, least_gain) ? PLM_CHANGE_PROVEN : PLM_CHANGE_NOT_PROVEN;
    return PLM_OK;
}

/* Confirms a change. */
static plm_status confirm(plm_repairing *r, plm_repair_side *control, plm_change *c, int64_t budget)
{
    plm_repair_side side;
    const int64_t share = budget / (2 * FIRST_PAIRS), quarter = r->record.planned / 4;
    int64_t steps = share < MOST_CONFIRM ? share : MOST_CONFIRM;
    steps = steps > quarter ? quarter : steps;
    steps = steps < LEAST_STEPS ? LEAST_STEPS : steps;
    plm_status status = plm_repair_side_open(&side, r, c);
    if (status >= 0)
        status = add_pairs(control, &side, c, steps, budget);
    plm_repair_side_close(&side);
    if (!is_refusal(status))
        return status;
    c->verdict = PLM_CHANGE_IMPOSSIBLE;
    return PLM_OK;
}

/* ---- the round ---- */

/* Returns the number of steps of a branch of the screening. It leaves enough of the budget for the
 * confirmation, whose branches are longer by half. 0 = there is no screening, and the first change
 * is confirmed at once. */
static int64_t screen_steps(const plm_repair_round *round, int64_t budget)
{
    const int64_t branches = PLM_REPAIR_SCREENS * (1 + round->changes);
    const int64_t steps = budget / (branches + 3 * FIRST_PAIRS);
    if (round->changes < 2 || steps < LEAST_STEPS)
        return 0;
    return steps < MOST_STEPS ? steps : MOST_STEPS;
}

/* Screens and confirms. */
static plm_status try_changes(plm_repairing *r, plm_repair_side *control, plm_repair_round *round,
                              int64_t budget)
{
    const int64_t before = r->record.steps, steps = screen_steps(round, budget);
    int best = 0;
    if (steps > 0) {
        PLM_TRY(screen(r, control, round, steps));
        best = best_of(round);
    }
    if (best < 0)
        return PLM_OK;
    plm_change *c = &round->change[best];
    PLM_TRY(confirm(r, control, c, budget - (r->record.steps - before)));
    round->kept = c->verdict == PLM_CHANGE_PROVEN ? best : -1;
    return PLM_OK;
}

/* Tries the changes of a round. The unchanged run, `control`, is opened once for all of them. */
plm_status plm_repair_try(plm_repairing *r, plm_repair_round *round, int64_t budget)
{
    plm_repair_side control = {0};
    round->kept = -1;
    plm_status status = r->runs ? plm_repair_side_open(&control, r, NULL) : PLM_OK;
    control.r = r;
    if (status >= 0)
        status = try_changes(r, &control, round, budget);
    if (r->runs)
        plm_repair_side_close(&control);
    return status;
}
