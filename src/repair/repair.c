/* Does the rounds of a repair: chooses the next fault, lets its changes be tried, keeps a change
 * that is proven to help, and examines the run again. A change is kept only if trial trainings
 * (branches) with it are better than branches without it, with the same seeds, on rows that neither
 * was trained on. Screening and confirmation use different rows, since the best of several changes
 * looks better than it is on the rows by which it was chosen. A fault may hide another one: if the
 * learning rate is too large and the initial weights are wrong, correcting only one of them gains
 * nothing. So if nothing was proven for a fault, treat_hidden tries two changes at once. The number
 * of steps is limited (one_root, all_roots): a repair trains at most one and a half times as many
 * steps as the run itself has. */
#include "repair/repair.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "repair/changes.h"
#include "repair/layer_edits.h"
#include "repair/repair_choice.h"
#include "repair/repair_trial.h"

/* Limits of the steps that a repair may train for one fault and in total, as multiples of the steps
 * of the run. */
static const double one_root = 0.6, all_roots = 1.5;

/* ---- what is known of the run ---- */

/* Chooses the metric by which branches are compared, and computes its value for the best constant
 * prediction. The metric is the accuracy for classes and for classification losses, otherwise R2. A
 * constant prediction has the accuracy of the most frequent class, or R2 = 0. */
static void choose_judge(plm_repairing *r, const plm_examined *e)
{
    const plm_doctor_about about = plm_diagnosis_about(e->diagnosis);
    const bool classes =
        strstr(about.loss, "crossentropy") != NULL || (about.classes > 0 && about.units != 1);
    r->judge = classes ? "accuracy" : "r2_score";
    r->record.metric = r->judge;
    r->constant = classes ? about.frequent : 0;
}

/* Returns the number of steps of the run's whole training; 0 = unknown. */
static int64_t planned_steps(const plm_examined *e)
{
    const plm_data_info *info = &e->job->about;
    if (info->rows <= 0 || info->batch <= 0)
        return 0;
    return plm_setting_count(e->settings, "epochs", 1) *
           ((info->rows + info->batch - 1) / info->batch);
}

/* ---- one round ---- */

/* Returns the number of steps that may be trained to treat one fault, without those of the
 * examination that follows it. */
static int64_t budget_of(const plm_repairing *r)
{
    const double planned = (double)r->record.planned;
    const double left = all_roots * planned - (double)r->record.steps,
                 reserve = fmin(planned / 10, 200);
    return (int64_t)(fmin(left, one_root * planned) - reserve);
}

/* Adds the keys that a change sets to the overrides of the run. */
static plm_status keep(plm_repairing *r, const plm_change *c)
{
    plm_arena *a = &r->record.arena;
    const char **all = plm_arena_array(a, (size_t)(r->count + c->sets + 1), sizeof *all);
    if (all == NULL)
        return PLM_E_MEMORY;
    for (int i = 0; i < r->count; i++)
        all[i] = r->key_value[i];
    for (int i = 0; i < c->sets; i++) {
        all[r->count + i] = plm_arena_format(a, "%s=%s", c->set[i].key, c->set[i].value);
        if (all[r->count + i] == NULL)
            return PLM_E_MEMORY;
    }
    r->key_value = all;
    r->count += c->sets;
    return PLM_OK;
}

/* Frees the last examination of the run, if the repair has made it. */
static void release_own(plm_repairing *r)
{
    if (r->own == NULL)
        return;
    plm_examination_free(r->own);
    plm_release(r->w, r->own);
    r->own = NULL;
}

/* Examines the run as it is now. */
static plm_status examine_again(plm_repairing *r)
{
    plm_examination *e = plm_allocate(r->w, sizeof *e);
    if (e == NULL)
        return PLM_E_MEMORY;
    release_own(r);
    r->own = e;
    PLM_TRY(plm_examination_open(e, r->w, r->data_dir, NULL));
    e->job.quiet = true;
    PLM_TRY(plm_examination_run_file(e, r->path, r->count, r->key_value));
    r->now = (plm_examined){&e->settings, &e->job, e->diagnosis};
    r->record.steps += plm_diagnosis_about(e->diagnosis).steps;
    return PLM_OK;
}

/* True if the run, with its changes so far, still has a fault as severe as before or more
 * severe. */
static bool is_there(const plm_repairing *r, const char *code, plm_level level)
{
    plm_finding f;
    for (int64_t i = 0; i < plm_diagnosis_findings(r->now.diagnosis, i, &f); i++)
        if (strstr(code, f.code) != NULL && f.level >= level)
            return true;
    return false;
}

/* Keeps the change that was proven for a fault, and examines the run again. If the run still has
 * the fault, the next round treats what is left of it: strong penalties on the weights and on the
 * biases are one fault with two causes. A run that cannot be built gets the change taken back. */
static plm_status keep_and_watch(plm_repairing *r, plm_repair_round *round, plm_level level)
{
    plm_change *c = &round->change[round->kept];
    const int before = r->count;
    PLM_TRY(keep(r, c));
    PLM_TRY(examine_again(r));
    if (!plm_diagnosis_is_refused(r->now.diagnosis)) {
        round->open = is_there(r, round->code, level);
        r->runs = true;
        return PLM_OK;
    }
    c->verdict = PLM_CHANGE_ROLLED_BACK;
    round->kept = -1;
    r->count = before;
    return examine_again(r);
}

/* Says what is tried. */
static void tell(const plm_repairing *r, const plm_repair_round *round)
{
    char line[80];
    if (r->tell == NULL)
        return;
    snprintf(line, sizeof line, "trying %d change%s for %s", round->changes,
             round->changes == 1 ? "" : "s", round->code);
    r->tell(r->self, line);
}

/* Ends the repair of a run that has too few rows to hold some back, and records this as the
 * reason. */
static plm_status give_up(plm_repairing *r, plm_status status, bool *more)
{
    if (status != PLM_E_UNSUPPORTED && status != PLM_E_DATA)
        return status;
    *more = false;
    r->record.rounds--;
    r->record.reason = plm_arena_text(&r->record.arena, plm_last_error(r->w)->what, SIZE_MAX);
    return r->record.reason != NULL ? PLM_OK : PLM_E_MEMORY;
}

/* Treats one fault. *more = false if no faults or no steps are left. */
static plm_status treat(plm_repairing *r, bool *more)
{
    plm_finding f;
    plm_repair_round *round = NULL;
    PLM_TRY(plm_repair_next_fault(r, &f, &round));
    *more = round != NULL && r->record.rounds < PLM_REPAIR_ROUNDS && budget_of(r) > 0;
    if (!*more)
        return PLM_OK;
    r->record.round[r->record.rounds++] = round;
    tell(r, round);
    const plm_level level = f.level;
    const plm_status status = plm_repair_try(r, round, budget_of(r));
    if (status < 0)
        return give_up(r, status, more);
    return round->kept >= 0 ? keep_and_watch(r, round, level) : PLM_OK;
}

/* ---- two faults that hide each other ---- */

/* Returns the first fault that the run still has and for which no change was proven; NULL = there
 * is none. */
static const plm_repair_round *first_unproven(const plm_repairing *r)
{
    for (int i = 0; i < r->record.rounds; i++)
        if (r->record.round[i]->kept < 0 && is_there(r, r->record.round[i]->code, PLM_WARNING))
            return r->record.round[i];
    return NULL;
}

/* Returns the change for a fault that was the best in the screening; if there was no screening, the
 * first one. */
static const plm_change *best_change(const plm_repair_round *round)
{
    const plm_change *best = &round->change[0];
    for (int i = 1; i < round->changes; i++)
        if (plm_change_screened(&round->change[i]) > plm_change_screened(best))
            best = &round->change[i];
    return best;
}

/* Adds the keys and the reason of a change to another change, `to`. */
static plm_status add_change(plm_arena *a, const plm_change *c, plm_change *to)
{
    for (int i = 0; i < c->sets; i++)
        PLM_TRY(plm_change_set(to, c->set[i].key, c->set[i].value));
    to->why = to->why != NULL ? plm_arena_format(a, "%s; %s", to->why, c->why) : c->why;
    return to->why != NULL ? PLM_OK : PLM_E_MEMORY;
}

/* Makes a round, that is a treatment, of two faults: each change for the second is combined with a
 * change for the first. The changes for the second fault are those for a run that has the first
 * change already. */
static plm_status join_rounds(plm_repairing *r, const plm_repair_round *one, const plm_change *c,
                              const plm_finding *f, plm_repair_round **out)
{
    plm_arena *a = &r->record.arena;
    plm_repair_round *round =
        plm_repair_new_round(r, plm_arena_format(a, "%s+%s", one->code, f->code));
    plm_change second[PLM_REPAIR_CHANGES];
    int count = 0;
    if (round == NULL)
        return PLM_E_MEMORY;
    PLM_TRY(plm_changes_find(a, &r->now, f, second, &count));
    for (int i = 0; i < count; i++) {
        round->change[i] = (plm_change){.structural = second[i].structural};
        PLM_TRY(add_change(a, c, &round->change[i]));
        PLM_TRY(add_change(a, &second[i], &round->change[i]));
    }
    round->changes = count;
    *out = count > 0 ? round : NULL;
    return PLM_OK;
}

/* Finds a fault that appears only when a change for another fault is made. *out = the round for
 * both; NULL = there is no such fault. The overrides of the run are restored in any case; only a
 * proven round adds to them. */
static plm_status find_hidden(plm_repairing *r, const plm_repair_round *one, plm_finding *f,
                              plm_repair_round **out)
{
    const plm_change *c = best_change(one);
    const int before = r->count;
    *out = NULL;
    PLM_TRY(keep(r, c));
    PLM_TRY(examine_again(r));
    for (int64_t i = 0; *out == NULL && i < plm_diagnosis_findings(r->now.diagnosis, i, f); i++)
        if (*f->cause == '\0' && f->level >= PLM_WARNING && strcmp(f->code, one->code) != 0 &&
            !plm_change_is_refused(f))
            PLM_TRY(join_rounds(r, one, c, f, out));
    r->count = before;
    return PLM_OK;
}

/* Treats two faults at once, if nothing was proven for one of them: a change may have an effect
 * only if the other fault is corrected, too. *more = true if a combined change was proven. */
static plm_status treat_hidden(plm_repairing *r, bool *more)
{
    const plm_repair_round *one = first_unproven(r);
    plm_repair_round *round = NULL;
    plm_finding f;
    *more = false;
    if (one == NULL || r->record.rounds == PLM_REPAIR_ROUNDS || budget_of(r) <= 0)
        return PLM_OK;
    PLM_TRY(find_hidden(r, one, &f, &round));
    if (round == NULL || budget_of(r) <= 0)
        return PLM_OK;
    r->record.round[r->record.rounds++] = round;
    tell(r, round);
    PLM_TRY(plm_repair_try(r, round, budget_of(r)));
    if (round->kept < 0)
        return PLM_OK;
    PLM_TRY(keep_and_watch(r, round, PLM_ERROR));
    *more = round->kept >= 0;
    return PLM_OK;
}

/* ---- the whole ---- */

/* Sets the result of the repair, and its metric before and after. "before" comes from the first
 * confirmation and "after" from the last, so a repair of several faults reports its whole gain. */
static void conclude(plm_repairing *r)
{
    plm_repair *record = &r->record;
    double gained = 0;
    for (int i = 0; i < record->rounds; i++) {
        const plm_repair_round *round = record->round[i];
        if (round->kept < 0)
            continue;
        const plm_change *c = &round->change[round->kept];
        double before = 0, after = 0;
        plm_repair_means(c, &before, &after);
        if (isnan(record->before))
            record->before = before;
        record->after = after;
        gained += after - before;
    }
    const bool open = plm_diagnosis_roots(r->now.diagnosis, PLM_WARNING) > 0;
    record->status = gained > 0           ? PLM_REPAIR_PROVEN
                     : record->rounds > 0 ? PLM_REPAIR_NOT_PROVEN
                     : open               ? PLM_REPAIR_REFUSED
                                          : PLM_REPAIR_NOT_NEEDED;
}

/* Treats one fault after the other. When none is left, two faults that may hide each other are
 * tried together; if their changes were proven, other faults may have become visible. */
plm_status plm_repair_run(plm_repairing *r, const plm_examined *first)
{
    bool more = true;
    r->record = (plm_repair){
        .arena = {.w = r->w}, .before = (double)NAN, .after = (double)NAN, .run = NULL};
    r->now = *first;
    r->key_value = (const char **)(const void *)r->override;
    r->count = r->overrides;
    r->record.planned = planned_steps(first);
    r->runs = !plm_diagnosis_is_refused(first->diagnosis);
    choose_judge(r, first);
    /* without data, or with several targets, trial trainings cannot be compared */
    if (first->job->data == NULL || first->job->about.targets != 1)
        more = false;
    while (more)
        PLM_TRY(treat(r, &more));
    PLM_TRY(treat_hidden(r, &more));
    while (more)
        PLM_TRY(treat(r, &more));
    conclude(r);
    return PLM_OK;
}

/* Frees the last examination, if the repair has made it, then the record with all texts. */
void plm_repair_free(plm_repairing *r)
{
    release_own(r);
    plm_arena_free(&r->record.arena);
}
