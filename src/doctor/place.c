/* Rewrites the remedies of a report so that they name items of the key `model` of the run file. The
 * doctor examines layers, but a user wrote items: "20 * dense(100) | relu" is one item that makes
 * forty layers. So that a remedy can be pasted, it is the whole item, with the other layers of its
 * chain. */
#include <string.h>

#include "base/chain.h"
#include "doctor/diagnosis.h"

/* Returns the number of layers that come before a layer in its item of the key model. */
static size_t part_of(const plm_diagnosis *d, int item, size_t layer)
{
    size_t part = 0;
    while (item >= 0 && part < layer && d->item[layer - part - 1] == item)
        part++;
    return part;
}

/* Returns the item that made a layer; -1 = none, or there is no run file. */
static int item_of(const plm_diagnosis *d, int64_t layer)
{
    return d->item != NULL && layer >= 0 ? d->item[d->c.spot[layer].layer] : -1;
}

/* Returns the new text of part number `part` of an item that has `parts` parts, or `old` if none of
 * the layers text[count] is this part. */
static const char *new_text(const plm_diagnosis *d, int item, size_t part, size_t parts,
                            const plm_layer_text *text, int64_t count, const char *old)
{
    for (int64_t i = 0; i < count; i++)
        if (item_of(d, text[i].layer) == item &&
            part_of(d, item, d->c.spot[text[i].layer].layer) % parts == part)
            return text[i].text;
    return old;
}

/* Returns the text of item number `item` of the key model, in which the layers text[count] that
 * belong to it have other texts; NULL = no memory, or the item is not a chain. */
static const char *item_with(plm_diagnosis *d, int item, const plm_layer_text *text, int64_t count)
{
    plm_chain chain;
    plm_text t = {.w = d->w};
    if (plm_chain_parse(&d->arena, d->places.item[item], &chain) < 0)
        return NULL;
    if (chain.times > 1)
        plm_text_format(&t, "%lld * ", (long long)chain.times);
    for (size_t i = 0; i < chain.parts; i++) {
        const plm_chain_part *p = &chain.part[i];
        plm_text_format(&t, "%s%s", i > 0 ? " | " : "",
                        new_text(d, item, i, chain.parts, text, count, p->layer));
        if (p->input != NULL)
            plm_text_add(&t, " <-");
        for (size_t k = 0; p->input != NULL && k < p->inputs; k++)
            plm_text_format(&t, " %s", p->input[k]);
    }
    const char *all = t.failed ? NULL : plm_arena_text(&d->arena, plm_text_get(&t), SIZE_MAX);
    plm_text_free(&t);
    return all;
}

/* True if an item of the key model stands for several equal chains: "20 * dense(100)". */
static bool is_repeated(plm_diagnosis *d, int item)
{
    plm_chain chain;
    return plm_chain_parse(&d->arena, d->places.item[item], &chain) >= 0 && chain.times > 1;
}

/* Returns the item of layer text[at].layer; -1 = it comes from no item, or from that of an earlier
 * one of the layers. */
static int new_item(const plm_diagnosis *d, const plm_layer_text *text, int64_t at)
{
    const int item = item_of(d, text[at].layer);
    for (int64_t i = 0; i < at; i++)
        if (item_of(d, text[i].layer) == item)
            return -1;
    return item;
}

/* Sets key and value of a remedy to an item and its new text. False = not possible. */
static bool place_item(plm_diagnosis *d, int item, const plm_layer_text *text, int64_t count,
                       plm_remedy *r)
{
    r->key = plm_arena_format(&d->arena, "model.%d", item);
    r->value = item_with(d, item, text, count);
    return r->key != NULL && r->value != NULL;
}

/* Rewrites a remedy for the layers text[count] so that it names their items in the run file and
 * includes the other layers of each item's chain. Layers that come from no item are left out; so
 * are those of repeated items if `once`. False = no layer remains, or there is no memory. */
static bool place_layers(plm_diagnosis *d, plm_remedy *r, const plm_layer_text *text, int64_t count,
                         bool once)
{
    const plm_remedy *also = r->also;
    plm_remedy *last = NULL;
    for (int64_t i = 0; i < count; i++) {
        const int item = new_item(d, text, i);
        if (item < 0 || (once && is_repeated(d, item)))
            continue;
        plm_remedy *now = last == NULL ? r : plm_arena_take(&d->arena, sizeof *now);
        if (now == NULL || !place_item(d, item, text, count, now))
            return false;
        now->also = also;
        if (last != NULL)
            last->also = now;
        last = now;
    }
    return last != NULL;
}

/* Rewrites a remedy for layers. Without a run file there are no items: the remedy then has the text
 * of one layer, the one that the finding names, `named`. False = not possible. */
static bool place_remedy(plm_diagnosis *d, plm_remedy *r, const plm_layer_text *text, int64_t count,
                         int64_t named)
{
    const bool once = strcmp(r->key, PLM_REMEDY_ONCE) == 0;
    if (!once && strcmp(r->key, "model") != 0)
        return true;
    if (d->item != NULL)
        return place_layers(d, r, text, count, once);
    r->key = "model";
    for (int64_t i = 0; i < count; i++)
        r->value = text[i].layer == named ? text[i].text : r->value;
    return true;
}

void plm_diagnosis_place(plm_diagnosis *d, plm_report *r)
{
    const int64_t usual = r->other >= 0 ? r->other : r->layer;
    int kept = 0;
    for (int i = 0; i < r->remedies; i++) {
        const plm_layer_text one = {r->changes[i] > 0 ? r->changes[i] - 1 : usual,
                                    r->remedy[i].value};
        const bool several = r->texts[i] > 0;
        if (place_remedy(d, &r->remedy[i], several ? r->text[i] : &one, several ? r->texts[i] : 1,
                         r->layer))
            r->remedy[kept++] = r->remedy[i];
    }
    r->remedies = kept;
}
