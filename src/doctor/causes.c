/* Determines which finding is the cause of which, and the order of all findings. For example, a
 * learning rate that is too high (the cause) makes units die and the loss jump (the consequences).
 * Each kind of finding names its possible causes; the first of them that was found earlier, and is
 * at least as severe, becomes the cause. The findings are printed as trees: the root of a tree has
 * no cause, and below it are its consequences; roots are in the order of their harm. Once the root
 * is corrected, most of its consequences disappear. */
#include <string.h>

#include "doctor/diagnosis.h"

/* Returns the rule with this code (length letters) if it has a finding, otherwise NULL. */
static plm_doctor_rule *found_rule(const plm_diagnosis *d, const char *code, size_t length)
{
    for (int i = 0; i < d->rules; i++)
        if (d->rule[i].found && strncmp(d->rule[i].finding.code, code, length) == 0 &&
            d->rule[i].finding.code[length] == '\0')
            return &d->rule[i];
    return NULL;
}

/* True if the finding of rule `cause` existed before that of rule b or at the same time, so that it
 * can be the cause of b. For example, a learning rate has no effect before the first step. */
static bool is_earlier(const plm_doctor_rule *cause, const plm_finding *b)
{
    const plm_finding *a = &cause->finding;
    if (cause->kind->root == PLM_ROOT_RATE && b->part < PLM_PART_RUN)
        return false;
    if (a->part != b->part)
        return a->part < b->part;
    return a->part != PLM_PART_RUN || a->step <= b->step;
}

/* True if finding `cause` is a direct or indirect consequence of finding f, so that f cannot be a
 * consequence of `cause`. */
static bool leads_to(const plm_diagnosis *d, const plm_finding *f, const plm_doctor_rule *cause)
{
    for (; cause != NULL; cause = found_rule(d, cause->finding.cause, strlen(cause->finding.cause)))
        if (&cause->finding == f)
            return true;
    return false;
}

/* True if the finding of rule `cause` explains the finding of rule r: it was found in time, is at
 * least a warning, and is as severe as the other. Some findings show that their cause has done harm
 * (plm_finding_kind.proves): they may be more severe than the cause. */
static bool explains(const plm_diagnosis *d, const plm_doctor_rule *cause, const plm_doctor_rule *r)
{
    return cause != NULL && is_earlier(cause, &r->finding) && !leads_to(d, &r->finding, cause) &&
           cause->finding.level >= PLM_WARNING &&
           (cause->finding.level >= r->finding.level || r->kind->proves);
}

/* Returns the first of a rule's possible causes that explains its finding; NULL = none. */
static plm_doctor_rule *first_cause(const plm_diagnosis *d, const plm_doctor_rule *r)
{
    for (const char *c = r->kind->causes; c != NULL && *c != '\0';) {
        const size_t length = strcspn(c, "|");
        plm_doctor_rule *cause = found_rule(d, c, length);
        if (explains(d, cause, r))
            return cause;
        c += length + (c[length] == '|');
    }
    return NULL;
}

/* Sets the cause of each finding: the first of its possible causes that was found and is not less
 * severe. True if this made a cause more severe, so that it may now explain other findings. */
static bool find_causes(plm_diagnosis *d)
{
    bool worse = false;
    for (int i = 0; i < d->rules; i++)
        d->rule[i].finding.cause = "";
    for (int i = 0; i < d->rules; i++) {
        plm_doctor_rule *r = &d->rule[i], *cause = r->found ? first_cause(d, r) : NULL;
        if (cause == NULL)
            continue;
        r->finding.cause = cause->finding.code;
        worse = worse || cause->finding.level < r->finding.level;
        if (cause->finding.level < r->finding.level)
            cause->finding.level = r->finding.level;
    }
    return worse;
}

/* True if a cause with this code could have been found before a finding of this part: only rows
 * explain rows, and a learning rate has no effect before the first step. */
static bool is_possible(const plm_diagnosis *d, const plm_finding *f, const char *code)
{
    if (f->part == PLM_PART_DATA && code[0] != 'D')
        return false;
    for (int i = 0; i < d->rules; i++)
        if (strcmp(d->rule[i].kind->kind.alias, code) == 0)
            return d->rule[i].kind->root != PLM_ROOT_RATE || f->part >= PLM_PART_RUN;
    return true;
}

/* Sets `code` to the next possible cause that was examined but not found. Such causes are printed,
 * as they spare the reader a search. If no step was measured, a finding about the training rules
 * nothing out. */
const char *plm_diagnosis_next_ruled_out(const plm_diagnosis *d, const plm_finding *f,
                                         const char *at, char code[8])
{
    const plm_doctor_rule *rule = found_rule(d, f->code, strlen(f->code));
    if (f->part == PLM_PART_RUN && d->c.samples == 0)
        return NULL;
    if (at == NULL)
        at = rule != NULL && rule->kind->causes != NULL ? rule->kind->causes : "";
    while (*at != '\0') {
        const size_t length = strcspn(at, "|");
        const bool out = length < 8 && found_rule(d, at, length) == NULL;
        if (out) {
            memcpy(code, at, length);
            code[length] = '\0';
        }
        at += length + (at[length] == '|');
        if (out && is_possible(d, f, code))
            return at;
    }
    return NULL;
}

/* True if the finding of rule a is printed before that of rule b: warnings and errors before
 * notes; of data and settings, errors before warnings; then in the order of plm_root; then the
 * more severe first; then by code. */
static bool is_before(const plm_doctor_rule *a, const plm_doctor_rule *b)
{
    if (a->finding.level != b->finding.level &&
        (a->finding.level == PLM_NOTE || b->finding.level == PLM_NOTE))
        return a->finding.level > b->finding.level;
    if (a->kind->root <= PLM_ROOT_SET_UP && b->kind->root <= PLM_ROOT_SET_UP &&
        a->finding.level != b->finding.level)
        return a->finding.level > b->finding.level;
    if (a->kind->root != b->kind->root)
        return a->kind->root < b->kind->root;
    if (a->finding.level != b->finding.level)
        return a->finding.level > b->finding.level;
    return strcmp(a->finding.code, b->finding.code) < 0;
}

/* Adds a finding to the order, followed by its consequences. */
static void put(plm_diagnosis *d, int index)
{
    d->order[d->found++] = index;
    for (int i = 0; i < d->rules; i++)
        if (d->rule[i].found && strcmp(d->rule[i].finding.cause, d->rule[index].finding.code) == 0)
            put(d, i);
}

/* Sorts the findings: those without a cause first, each followed by its consequences. */
static void sort(plm_diagnosis *d)
{
    d->found = 0;
    for (int last = -1;;) {
        int next = -1;
        for (int i = 0; i < d->rules; i++)
            if (d->rule[i].found && *d->rule[i].finding.cause == '\0' && i != last &&
                (last < 0 || is_before(&d->rule[last], &d->rule[i])) &&
                (next < 0 || is_before(&d->rule[i], &d->rule[next])))
                next = i;
        if (next < 0)
            return;
        put(d, next);
        last = next;
    }
}

/* Finds causes and order. A cause that becomes more severe by its consequences may explain other
 * findings, so this is repeated until nothing changes. Levels only increase, so the repetition
 * ends. */
void plm_diagnosis_relate(plm_diagnosis *d)
{
    while (find_causes(d))
        ;
    sort(d);
}
