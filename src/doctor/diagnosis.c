/* The order of an examination: data, settings, a look, then the training. Each part adds to the
 * case and applies the rules to it.
 *
 * Rules are applied again and again while the case grows. A rule that has found something is kept,
 * and replaced only by something worse, so that a finding does not flicker while a net trains. */
#include "doctor/diagnosis.h"

#include <math.h>
#include <string.h>

#include "base/chain.h"

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

/* Binds all rules with their default thresholds. */
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
                      .bad = {.layer = -1, .row = -1, .unit = -1}};
    return d;
}

/* Without a text all kinds of the registry are rules, with their thresholds; with one, those that
 * it names. */
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

/* Probes are detached first, as the model may outlive the diagnosis. */
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

/* Returns the key of the run file that made a layer; "" = unknown. */
static const char *key_of_layer(plm_diagnosis *d, int64_t layer)
{
    if (layer < 0 || layer >= d->c.layers || d->item == NULL)
        return "";
    const int item = d->item[d->c.spot[layer].layer];
    return item >= 0 ? plm_arena_format(&d->arena, "model.%d", item) : "";
}

/* Returns the text of item number `item` of the key model with another layer in place of part
 * number `part` of its chain; NULL = no memory, or the item is no chain. */
static const char *item_with(plm_diagnosis *d, int item, size_t part, const char *layer)
{
    plm_chain chain;
    plm_text t = {.w = d->w};
    if (plm_chain_parse(&d->arena, d->places.item[item], &chain) < 0)
        return NULL;
    if (chain.times > 1)
        plm_text_format(&t, "%lld * ", (long long)chain.times);
    for (size_t i = 0; i < chain.parts; i++) {
        const plm_chain_part *p = &chain.part[i];
        plm_text_format(&t, "%s%s", i > 0 ? " | " : "", i == part % chain.parts ? layer : p->layer);
        if (p->input != NULL)
            plm_text_add(&t, " <-");
        for (size_t k = 0; p->input != NULL && k < p->inputs; k++)
            plm_text_format(&t, " %s", p->input[k]);
    }
    const char *text = t.failed ? NULL : plm_arena_text(&d->arena, plm_text_get(&t), SIZE_MAX);
    plm_text_free(&t);
    return text;
}

/* True if an item of the key model stands for several equal chains: "20 * dense(100)". */
static bool is_repeated(plm_diagnosis *d, int item)
{
    plm_chain chain;
    return plm_chain_parse(&d->arena, d->places.item[item], &chain) >= 0 && chain.times > 1;
}

/* Returns the number of layers that come before a layer in its item of the key model. */
static size_t part_of(const plm_diagnosis *d, int item, size_t layer)
{
    size_t part = 0;
    while (item >= 0 && part < layer && d->item[layer - part - 1] == item)
        part++;
    return part;
}

/* Makes a remedy for a layer name its item in the run file, with the other layers of the item's
 * chain. False = it cannot be written: a layer that is to be added once would be added several
 * times, or there is no memory. */
static bool place_remedy(plm_diagnosis *d, plm_remedy *r, const char *key, int item, size_t part)
{
    const bool once = strcmp(r->key, PLM_REMEDY_ONCE) == 0;
    if (!once && strcmp(r->key, "model") != 0)
        return true;
    r->key = *key != '\0' ? key : "model";
    if (item < 0)
        return true;
    if (once && is_repeated(d, item))
        return false;
    r->value = item_with(d, item, part, r->value);
    return r->value != NULL;
}

/* Makes all remedies of a report name items of the run file. */
static void place_remedies(plm_diagnosis *d, plm_report *r, const char *key)
{
    const size_t layer = r->layer >= 0 ? d->c.spot[r->layer].layer : 0;
    const int item = d->item != NULL && r->layer >= 0 ? d->item[layer] : -1;
    const size_t part = part_of(d, item, layer);
    int kept = 0;
    for (int i = 0; i < r->remedies; i++)
        if (place_remedy(d, &r->remedy[i], key, item, part))
            r->remedy[kept++] = r->remedy[i];
    r->remedies = kept;
}

/* Copies a report into the finding of its rule. */
static plm_status keep(plm_diagnosis *d, plm_doctor_rule *rule, plm_report *r)
{
    plm_finding *f = &rule->finding;
    const plm_finding before = *f;
    const char *layer_key = key_of_layer(d, r->layer);
    const char *key = r->key != NULL ? r->key : layer_key;
    if (key == NULL || layer_key == NULL)
        return PLM_E_MEMORY;
    place_remedies(d, r, layer_key);
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
                       .healthy = {rule->kind->healthy[0], rule->kind->healthy[1]},
                       .remedies = r->remedies};
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

/* Sets step and epoch of a finding of the training to the last measured step, unless the rule has
 * set them. */
static void place_in_time(const plm_case *c, plm_report *r)
{
    if (r->part != PLM_PART_RUN || c->samples == 0)
        return;
    if (r->step < 0)
        r->step = c->sample[c->samples - 1].step;
    for (int64_t i = 0; i < c->samples && c->sample[i].step <= r->step; i++)
        r->epoch = c->sample[i].epoch;
}

/* Applies one rule. Adds 1 to *fresh if the rule finds something for the first time, or something
 * worse than before. */
static plm_status apply(plm_diagnosis *d, plm_doctor_rule *rule, int *fresh)
{
    plm_report r = {.layer = -1,
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
    rule->kind->find(rule->config, &d->c, &r);
    const bool failed = r.what.failed || r.evidence.failed;
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

/* Causes and order are found again each time: they are few, and a new finding may be the cause of
 * an old one. */
plm_status plm_diagnosis_apply(plm_diagnosis *d, int *fresh)
{
    int count = 0;
    for (int i = 0; i < d->rules; i++)
        PLM_TRY(apply(d, &d->rule[i], &count));
    plm_diagnosis_relate(d);
    if (fresh != NULL)
        *fresh = count;
    return PLM_OK;
}

/* What follows from others is not counted, since it goes away with them. */
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
