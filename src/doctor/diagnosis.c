/* The order of an examination: data, settings, a measured pass of the untrained net (probe pass),
 * then the training. Each part adds to what is known (plm_case), and then all rules are applied to
 * it, so they are applied many times. A finding is kept, and replaced only by a more severe one, so
 * that it does not appear and disappear while a net trains. */
#include "doctor/diagnosis.h"

#include <math.h>
#include <string.h>

/* ---- rules ---- */

/* Binds the rules of a list of specs. */
static plm_status bind_given(plm_diagnosis *d, const char *rules)
{
    size_t count = 0;
    const plm_spec *const *spec = NULL;
    PLM_TRY(plm_spec_parse_sequence(&d->arena, rules, ',', &count, &spec));
    d->rule = plm_arena_array(&d->arena, count + 1, sizeof *d->rule);
    if (d->rule == NULL)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const plm_kind *kind = NULL;
        plm_doctor_rule *rule = &d->rule[d->rules];
        PLM_TRY(plm_kind_bind(&d->arena, "finding", spec[i], &kind, &rule->config));
        rule->kind = (const plm_finding_kind *)(const void *)kind;
        d->rules++;
    }
    return PLM_OK;
}

/* Adds all kinds of findings as rules, with their default thresholds. */
static plm_status bind_all(plm_diagnosis *d)
{
    const plm_family *family = plm_family_find(d->w, "finding");
    int count = 0;
    if (family == NULL)
        return plm_fail(d->w, PLM_E_INTERNAL, "doctor", NULL, "there are no findings");
    while (family->kinds[count] != NULL)
        count++;
    d->rule = plm_arena_array(&d->arena, (size_t)count + 1, sizeof *d->rule);
    if (d->rule == NULL)
        return PLM_E_MEMORY;
    for (; d->rules < count; d->rules++) {
        const plm_kind *kind = family->kinds[d->rules];
        const plm_spec *spec = NULL;
        PLM_TRY(plm_spec_parse(&d->arena, kind->name, &spec));
        d->rule[d->rules].kind = (const plm_finding_kind *)(const void *)kind;
        PLM_TRY(plm_kind_bind(&d->arena, "finding", spec, &kind, &d->rule[d->rules].config));
    }
    return PLM_OK;
}

/* Allocates a diagnosis that records errors on w. */
static plm_diagnosis *new_diagnosis(plm *w, plm_model *m)
{
    plm_diagnosis *d = plm_allocate(w, sizeof *d);
    if (d == NULL)
        return NULL;
    d->w = w;
    d->model = m;
    d->arena.w = d->text.w = d->json.w = w;
    d->c = (plm_case){.w = w,
                      .arena = &d->arena,
                      .model = m,
                      .first_loss = NAN,
                      .bad = {.layer = -1, .row = -1, .unit = -1},
                      .bad_epoch = -1};
    return d;
}

/* Opens a diagnosis. If `rules` is NULL, all kinds of findings in the registry are its rules, with
 * their default thresholds; otherwise those that `rules` names. */
plm_status plm_diagnosis_open(plm *w, plm_model *m, const char *rules, plm_diagnosis **out)
{
    plm_diagnosis *d = new_diagnosis(w, m);
    *out = d;
    if (d == NULL)
        return PLM_E_MEMORY;
    plm_status status = rules != NULL ? bind_given(d, rules) : bind_all(d);
    d->order = plm_arena_array(&d->arena, (size_t)d->rules + 1, sizeof *d->order);
    if (status >= 0 && d->order == NULL)
        status = PLM_E_MEMORY;
    if (status >= 0)
        return PLM_OK;
    plm_diagnosis_free(d);
    *out = NULL;
    return status;
}

/* Frees a diagnosis. Its probes are detached from the model first, as the model may outlive the
 * diagnosis. */
void plm_diagnosis_free(plm_diagnosis *d)
{
    if (d == NULL)
        return;
    if (d->looked)
        plm_probe_close(&d->first);
    if (d->probing) {
        plm_probe_detach(&d->probe);
        plm_probe_close(&d->probe);
    }
    if (d->replaying) {
        plm_probe_detach(&d->replay);
        plm_probe_close(&d->replay);
    }
    plm_text_free(&d->text);
    plm_text_free(&d->json);
    plm *w = d->w;
    plm_arena_free(&d->arena);
    plm_release(w, d);
}

/* ---- findings ---- */

/* Returns the key of the run file (such as "model.2") that made a layer; "" = unknown. */
static const char *key_of_layer(plm_diagnosis *d, int64_t layer)
{
    if (layer < 0 || layer >= d->c.layers || d->item == NULL)
        return "";
    const int item = d->item[d->c.spot[layer].layer];
    return item >= 0 ? plm_arena_format(&d->arena, "model.%d", item) : "";
}

/* Names the items of the run file in the remedies. Without memory a remedy would be missing. */
static plm_status place(plm_diagnosis *d, plm_report *r)
{
    const uint64_t errors = d->w->errors;
    plm_diagnosis_place(d, r);
    return plm_memory_since(d->w, errors);
}

/* True if the healthy range of a rule can be that of the reported number: what is above its limit
 * is above the range, what is below it is below the range. A rule with several criteria has the
 * range of its first one, whose numbers may be of another kind. */
static bool is_ranged(const plm_report *r, const double healthy[2])
{
    return isnan(r->number) || isnan(r->threshold) ||
           (r->number >= r->threshold && r->number >= healthy[1]) ||
           (r->number <= r->threshold && r->number <= healthy[0]);
}

/* Copies the report of a rule into its finding. */
static plm_status keep(plm_diagnosis *d, plm_doctor_rule *rule, plm_report *r)
{
    plm_finding *f = &rule->finding;
    const plm_finding before = *f;
    const char *layer_key = key_of_layer(d, r->layer);
    const char *key = r->key != NULL ? r->key : layer_key;
    if (key == NULL || layer_key == NULL)
        return PLM_E_MEMORY;
    PLM_TRY(place(d, r));
    *f = (plm_finding){.code = rule->kind->kind.alias,
                       .name = rule->kind->kind.name,
                       .cause = "",
                       .what = plm_arena_text(&d->arena, plm_text_get(&r->what), SIZE_MAX),
                       .layer = plm_case_layer(&d->c, r->layer),
                       .key = key,
                       .evidence = plm_arena_text(&d->arena, plm_text_get(&r->evidence), SIZE_MAX),
                       .level = r->level,
                       .part = r->part,
                       .step = r->step >= 0 ? plm_step_number(r->step) : -1,
                       .epoch = r->epoch,
                       .number = r->number,
                       .threshold = r->threshold,
                       .remedies = r->remedies};
    if (is_ranged(r, rule->kind->healthy))
        memcpy(f->healthy, rule->kind->healthy, sizeof f->healthy);
    plm_remedy *remedy = plm_arena_array(&d->arena, 4, sizeof *remedy);
    if (f->what == NULL || f->evidence == NULL || remedy == NULL)
        return PLM_E_MEMORY;
    memcpy(remedy, r->remedy, sizeof r->remedy);
    f->remedy = remedy;
    if (rule->found && before.level >= PLM_WARNING) { /* it says when it was known first */
        f->part = before.part;
        f->step = before.step;
        f->epoch = before.epoch;
    }
    rule->found = true;
    rule->told = r->told;
    return PLM_OK;
}

/* Sets step and epoch of a finding about the training to those of the last measured step, unless
 * the rule has set them. */
static void place_in_time(const plm_case *c, plm_report *r)
{
    if (r->part != PLM_PART_RUN || c->samples == 0)
        return;
    if (r->step < 0)
        r->step = c->sample[c->samples - 1].step;
    if (r->epoch >= 0)
        return;
    for (int64_t i = 0; i < c->samples && c->sample[i].step <= r->step; i++)
        r->epoch = c->sample[i].epoch;
}

/* Applies one rule. A rule ignores texts that cannot be parsed, but if memory runs out meanwhile,
 * this is an error, since the finding or its remedies would be incomplete. Adds 1 to *fresh if the
 * rule finds something for the first time, or something more severe than before. */
static plm_status apply(plm_diagnosis *d, plm_doctor_rule *rule, int *fresh)
{
    plm_report r = {.layer = -1,
                    .other = -1,
                    .step = -1,
                    .epoch = -1,
                    .number = NAN,
                    .threshold = NAN,
                    .what = {.w = d->w},
                    .evidence = {.w = d->w},
                    .arena = &d->arena};
    plm_status status = PLM_OK;
    if (rule->found && rule->finding.level == PLM_ERROR)
        return PLM_OK;
    const uint64_t errors = d->w->errors;
    rule->kind->find(rule->config, &d->c, &r);
    const bool failed = r.what.failed || r.evidence.failed || plm_memory_since(d->w, errors) < 0;
    if (failed)
        status = plm_fail_memory(d->w, "doctor");
    else if (r.found && (!rule->found || r.level > rule->finding.level)) {
        place_in_time(&d->c, &r);
        status = keep(d, rule, &r);
        ++*fresh;
    }
    plm_text_free(&r.what);
    plm_text_free(&r.evidence);
    return status;
}

/* Applies all rules or, while a net trains, those to which its steps matter. Causes and order are
 * determined again each time: there are few findings, and a new one may be the cause of an old
 * one. */
static plm_status apply_rules(plm_diagnosis *d, bool trains, int *fresh)
{
    int count = 0;
    for (int i = 0; i < d->rules; i++)
        if (!trains || !d->rule[i].kind->still)
            PLM_TRY(apply(d, &d->rule[i], &count));
    plm_diagnosis_relate(d);
    if (fresh != NULL)
        *fresh = count;
    return PLM_OK;
}

plm_status plm_diagnosis_apply(plm_diagnosis *d, int *fresh)
{
    return apply_rules(d, false, fresh);
}

/* Epochs of a small net take a millisecond: to count all rows by class after each would take a
 * noticeable part of it. */
plm_status plm_diagnosis_apply_trained(plm_diagnosis *d, int *fresh)
{
    return apply_rules(d, true, fresh);
}

/* Returns the number of findings without a cause. Findings that follow from others are not counted,
 * since they disappear with their cause. */
int plm_diagnosis_roots(const plm_diagnosis *d, plm_level level)
{
    int count = 0;
    for (int i = 0; i < d->rules; i++)
        count += d->rule[i].found && *d->rule[i].finding.cause == '\0' &&
                 d->rule[i].finding.level >= level;
    return count;
}

/* In the order in which they are printed. */
int64_t plm_diagnosis_findings(const plm_diagnosis *d, int64_t index, plm_finding *out)
{
    if (d == NULL)
        return 0;
    if (index >= 0 && index < d->found && out != NULL)
        *out = d->rule[d->order[index]].finding;
    return d->found;
}
