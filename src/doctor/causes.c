/* Which finding is the cause of which, and the order of all.
 *
 * Findings depend on one another: a learning rate that is too high (the cause) makes units die and
 * the loss jump (what follows). Each kind names its possible causes; the first one that was found
 * before, and is at least as severe, becomes the cause. What is printed is a forest: roots in the
 * order of their harm, and below each what it causes. A reader corrects the root first, and most of
 * the rest is gone. */
#include <string.h>

#include "doctor/diagnosis.h"

/* Returns the rule with this code if it has found something, else NULL. */
static plm_doctor_rule *found_rule(const plm_diagnosis *d, const char *code, size_t length)
{
    for (int i = 0; i < d->rules; i++)
        if (d->rule[i].found && strncmp(d->rule[i].finding.code, code, length) == 0 &&
            d->rule[i].finding.code[length] == '\0')
            return &d->rule[i];
    return NULL;
}

/* True if what rule `cause` has found was known before b or at the same time, so that it can be the
 * cause of b. A learning rate has done nothing before the first step. */
static bool is_earlier(const plm_doctor_rule *cause, const plm_finding *b)
{
    const plm_finding *a = &cause->finding;
    if (cause->kind->root == PLM_ROOT_RATE && b->part < PLM_PART_RUN)
        return false;
    if (a->part != b->part)
        return a->part < b->part;
    return a->part != PLM_PART_RUN || a->step <= b->step;
}

/* True if finding f is `cause`, or one of its causes, so that f cannot be its effect. */
static bool leads_to(const plm_diagnosis *d, const plm_finding *f, const plm_doctor_rule *cause)
{
    for (; cause != NULL; cause = found_rule(d, cause->finding.cause, strlen(cause->finding.cause)))
        if (&cause->finding == f)
            return true;
    return false;
}

/* True if what rule `cause` has found explains the finding of rule r: it was known in time, is a
 * warning at least, and is not less severe, unless the finding proves it. */
static bool explains(const plm_diagnosis *d, const plm_doctor_rule *cause, const plm_doctor_rule *r)
{
    return cause != NULL && is_earlier(cause, &r->finding) && !leads_to(d, &r->finding, cause) &&
           cause->finding.level >= PLM_WARNING &&
           (cause->finding.level >= r->finding.level || r->kind->proves);
}

/* Returns the first of the possible causes of a rule that explains its finding; NULL = none. */
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
 * severe. True if a cause became more severe by that, so that it may now explain others. */
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

/* A cause that was looked for and not found is worth telling: it spares the reader a search. */
const char *plm_diagnosis_next_ruled_out(const plm_diagnosis *d, const plm_finding *f,
                                         const char *at, char code[8])
{
    const plm_doctor_rule *rule = found_rule(d, f->code, strlen(f->code));
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
        if (out)
            return at;
    }
    return NULL;
}

/* True if rule a is printed before rule b: notes come last, then by the order of roots, then the
 * more severe one first, then by code. */
static bool is_before(const plm_doctor_rule *a, const plm_doctor_rule *b)
{
    if (a->finding.level != b->finding.level &&
        (a->finding.level == PLM_NOTE || b->finding.level == PLM_NOTE))
        return a->finding.level > b->finding.level;
    if (a->kind->root != b->kind->root)
        return a->kind->root < b->kind->root;
    if (a->finding.level != b->finding.level)
        return a->finding.level > b->finding.level;
    return strcmp(a->finding.code, b->finding.code) < 0;
}

/* Adds a finding to the order, followed by all that it causes. */
static void put(plm_diagnosis *d, int index)
{
    d->order[d->found++] = index;
    for (int i = 0; i < d->rules; i++)
        if (d->rule[i].found && strcmp(d->rule[i].finding.cause, d->rule[index].finding.code) == 0)
            put(d, i);
}

/* Sorts the findings: roots first, each followed by what it causes. */
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

/* A cause that is made more severe by what it causes may explain others, so causes are found until
 * none changes. Levels only rise, so that ends. */
void plm_diagnosis_relate(plm_diagnosis *d)
{
    while (find_causes(d))
        ;
    sort(d);
}
