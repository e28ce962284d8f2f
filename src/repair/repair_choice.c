/* Chooses the fault that a repair treats next. A fault is treated once. It is treated again if a
 * change was kept for it, but the run still has it; and if nothing was proven for it, and a change
 * for another fault was kept later, because its own changes may help now. */
#include "repair/repair_choice.h"

#include <string.h>

#include "repair/changes.h"

/* True if the fault `code` was treated already. A fault for which no change was proven is treated
 * again if another change was kept later, as the two faults may have hidden each other; one that is
 * still there after a change was kept for it, until nothing is proven any more. */
static bool is_treated(const plm_repairing *r, const char *code)
{
    bool since = true;
    for (int i = r->record.rounds; i-- > 0;) {
        const plm_repair_round *round = r->record.round[i];
        since = since && round->kept < 0;
        if ((since || (round->kept >= 0 && !round->open)) && strstr(round->code, code) != NULL)
            return true;
    }
    for (int i = 0; i < r->skips; i++)
        if (strcmp(r->skip[i], code) == 0)
            return true;
    return false;
}

/* Returns the keys of a remedy as key=value, to be pasted; NULL = it has no key, or no memory. */
static const char *help_text(plm_arena *a, const plm_remedy *r)
{
    const char *text = *r->key != '\0' ? "" : NULL;
    for (; r != NULL && text != NULL; r = r->also) {
        const char *quote = plm_shell_quote(r->value);
        text = plm_arena_format(a, "%s%s%s=%s%s%s", text, *text != '\0' ? " " : "", r->key, quote,
                                r->value, quote);
    }
    return text;
}

/* Records that a fault is not treated, and its remedy if it sets a key. A remedy that changes the
 * rows, such as those of the validation, cannot be proven, since the two nets would be compared on
 * different rows. So it is left to the user. */
static void name_fault(plm_repair *record, const plm_finding *f)
{
    for (int i = 0; i < record->named; i++)
        if (strcmp(record->name[i], f->code) == 0)
            return;
    if (record->named >= PLM_REPAIR_NAMED)
        return;
    record->help[record->named] = f->remedies > 0 ? help_text(&record->arena, &f->remedy[0]) : NULL;
    record->name[record->named++] = f->code;
}

/* Makes the empty record of the treatment of a fault (a round). It belongs to the record of the
 * repair, which outlives the repair. */
plm_repair_round *plm_repair_new_round(plm_repairing *r, const char *code)
{
    plm_repair_round *round = plm_arena_take(&r->record.arena, sizeof *round);
    if (round == NULL || code == NULL)
        return NULL;
    *round = (plm_repair_round){.code = code, .kept = -1};
    return round;
}

/* True if a change was already tried for another fault, on the run with the same changes kept, or
 * if it is one of those that were kept. */
static bool is_tried(const plm_repair *record, const plm_change *c)
{
    for (int i = 0; i < record->rounds; i++) {
        const plm_repair_round *round = record->round[i];
        if (round->kept >= 0 && plm_change_is_same(&round->change[round->kept], c))
            return true;
    }
    for (int i = record->rounds; i-- > 0 && record->round[i]->kept < 0;)
        for (int k = 0; k < record->round[i]->changes; k++) {
            const plm_change *other = &record->round[i]->change[k];
            if (other->verdict != PLM_CHANGE_PENDING && plm_change_is_same(other, c))
                return true;
        }
    return false;
}

/* Finds the changes for a fault that were not tried yet. */
static plm_status find_changes(plm_repairing *r, const plm_finding *f, plm_repair_round *round)
{
    int kept = 0;
    if (plm_change_is_refused(f))
        return PLM_OK;
    PLM_TRY(plm_changes_find(&r->record.arena, &r->now, f, round->change, &round->changes));
    for (int i = 0; i < round->changes; i++)
        if (!is_tried(&r->record, &round->change[i]))
            round->change[kept++] = round->change[i];
    round->changes = kept;
    return PLM_OK;
}

/* Finds the next fault. Findings are in the order of their harm. A finding that another one causes
 * is skipped: it disappears with its cause. A fault without a change is noted in the record, so
 * that the report can name it. */
plm_status plm_repair_next_fault(plm_repairing *r, plm_finding *f, plm_repair_round **out)
{
    plm_diagnosis *d = r->now.diagnosis;
    *out = NULL;
    for (int64_t i = 0; i < plm_diagnosis_findings(d, i, f); i++) {
        if (*f->cause != '\0' || f->level < PLM_WARNING || is_treated(r, f->code))
            continue;
        plm_repair_round *round = plm_repair_new_round(r, f->code);
        if (round == NULL)
            return PLM_E_MEMORY;
        PLM_TRY(find_changes(r, f, round));
        if (round->changes > 0) {
            *out = round;
            return PLM_OK;
        }
        name_fault(&r->record, f);
    }
    return PLM_OK;
}
