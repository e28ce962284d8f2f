/* Rewrites the remedies of a report so that they name items of the key `model` of the run file. The
 * doctor examines layers, but a user wrote items: "20 * dense(100) | relu" is one item that makes
 * forty layers. So that a remedy can be pasted, it is the whole item, with the other layers of its
 * chain. */
#include <string.h>

#include "base/chain.h"
#include "doctor/diagnosis.h"

/* Returns the text of item number `item` of the key model, with another layer as part number `part`
 * of its chain; NULL = no memory, or the item is not a chain. */
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

/* Rewrites a remedy for a layer so that it names the item in the run file and includes the other
 * layers of the item's chain. item: -1 = the layer comes from no item. False = not possible: a
 * layer that is to be added once would be added several times, or there is no memory. */
static bool place_remedy(plm_diagnosis *d, plm_remedy *r, int item, size_t part)
{
    const bool once = strcmp(r->key, PLM_REMEDY_ONCE) == 0;
    if (!once && strcmp(r->key, "model") != 0)
        return true;
    if (d->item == NULL) /* there is no run file */
        r->key = "model";
    if (d->item == NULL || item < 0 || (once && is_repeated(d, item)))
        return d->item == NULL;
    r->key = plm_arena_format(&d->arena, "model.%d", item);
    r->value = item_with(d, item, part, r->value);
    return r->key != NULL && r->value != NULL;
}

void plm_diagnosis_place(plm_diagnosis *d, plm_report *r)
{
    const int64_t usual = r->other >= 0 ? r->other : r->layer;
    int kept = 0;
    for (int i = 0; i < r->remedies; i++) {
        const int64_t own = r->changes[i] > 0 ? r->changes[i] - 1 : usual;
        const size_t layer = own >= 0 ? d->c.spot[own].layer : 0;
        const int item = d->item != NULL && own >= 0 ? d->item[layer] : -1;
        if (place_remedy(d, &r->remedy[i], item, part_of(d, item, layer)))
            r->remedy[kept++] = r->remedy[i];
    }
    r->remedies = kept;
}
