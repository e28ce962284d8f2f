/* plm_data_split: rows of one stream become a stream of their own. */
#include <math.h>
#include <string.h>

#include "data/data.h"

/* The rows train[i] and taken[j] of n, from a list of all of them. */
typedef struct {
    int64_t *all;
    int64_t kept, taken;
} division;

/* A random subset of the positions 0..n-1: the last `taken` of a shuffled list; both halves
 * rising. */
static plm_status choose(plm_data *d, const plm_split_config *said, const plm_data *from,
                         division *v)
{
    const int64_t n = v->kept + v->taken;
    v->all = plm_arena_array(&d->arena, (size_t)n, sizeof *v->all);
    bool *goes = plm_allocate(d->w, (size_t)n);
    int64_t *list = plm_allocate_array(d->w, (size_t)n, sizeof *list);
    if (!v->all || !goes || !list) {
        plm_release(d->w, goes);
        plm_release(d->w, list);
        return PLM_E_MEMORY;
    }
    plm_random r =
        plm_random_open(plm_data_seed(d, said->seed), PLM_RANDOM_SPLIT, 0, (uint32_t)from->splits);
    for (int64_t i = 0; i < n; i++)
        list[i] = i;
    for (int64_t i = n - 1; i >= v->kept; i--) { /* Fisher-Yates, for the part that goes */
        const int64_t j = (int64_t)plm_random_below(&r, (uint64_t)i + 1);
        const int64_t kept = list[i];
        list[i] = list[j];
        list[j] = kept;
        goes[list[i]] = true;
    }
    int64_t stay = 0, go = v->kept;
    for (int64_t i = 0; i < n; i++) {
        const int64_t row = from->chosen ? from->chosen[from->first + i] : from->first + i;
        v->all[goes[i] ? go++ : stay++] = row;
    }
    plm_release(d->w, goes);
    plm_release(d->w, list);
    return PLM_OK;
}

/* Transforms of the new stream: what changes numbers and collects them; rows keep their order. */
static plm_status copy_transforms(plm_data *d, const plm_data *from)
{
    for (int i = 0; i < from->transforms; i++) {
        const plm_transform_role role = from->transform[i].kind->role;
        const plm_spec *spec = NULL;
        if (role == PLM_TRANSFORM_PICKS || role == PLM_TRANSFORM_MIXES)
            continue;
        PLM_TRY(plm_spec_parse(&d->arena, from->transform[i].spec, &spec));
        PLM_TRY(plm_pipeline_add(d, spec));
    }
    d->drop_remainder = false; /* every row of a validation counts */
    return PLM_OK;
}

static plm_status check(const plm_data *train, const plm_split_config *said, division *v)
{
    plm *w = train->w;
    const plm_source *s = train->source;
    if (train->begun)
        return plm_fail(w, PLM_E_ORDER, "plm_data_split", "split before the first batch",
                        "batches of this stream were already taken");
    if (s->streamed && !s->spec)
        return plm_fail(w, PLM_E_UNSUPPORTED, s->name, "make a generator of its own for these rows",
                        "rows that a program makes one after the other cannot be split");
    if (s->rows < 0)
        return plm_fail(
            w, PLM_E_UNSUPPORTED, s->spec,
            "keep the rows to take away in a file of their own, or read it whole with stream=false",
            "a streamed file whose rows are not known cannot be split");
    if (s->streamed && said->shuffle)
        return plm_fail(w, PLM_E_UNSUPPORTED, s->spec,
                        "split without shuffle, or read it whole with stream=false",
                        "a streamed file cannot give up random rows");
    const int64_t n = train->last - train->first;
    v->kept = (int64_t)floor((double)n * (1.0 - said->fraction)); /* Keras's rule */
    v->taken = n - v->kept;
    if (v->kept < 1 || v->taken < 1)
        return plm_fail(w, PLM_E_DATA, plm_source_title(s),
                        "choose a fraction that leaves both parts at least one row",
                        "split(%g) of %lld rows leaves %lld and takes %lld away", said->fraction,
                        (long long)n, (long long)v->kept, (long long)v->taken);
    return PLM_OK;
}

/* A source for the new stream: the same one, or the file opened once more. */
static plm_source *second_source(plm_data *train)
{
    plm_source *s = train->source;
    if (s->streamed) {
        plm_source *again = NULL;
        return plm_source_open(train->w, s->spec, &s->known, &again) >= 0 ? again : NULL;
    }
    s->references++;
    return s;
}

static plm_status divide(plm_data *train, plm_data *d, const plm_split_config *said, division *v)
{
    if (said->shuffle) {
        /* both lists lie in the arena of train, and d has a copy of its own */
        PLM_TRY(choose(train, said, train, v));
        int64_t *mine = plm_arena_array(&d->arena, (size_t)v->taken, sizeof *mine);
        if (!mine)
            return PLM_E_MEMORY;
        memcpy(mine, v->all + v->kept, (size_t)v->taken * sizeof *mine);
        d->chosen = mine;
        d->first = 0;
        d->last = v->taken;
    } else {
        d->first = train->first + v->kept;
        d->last = train->last;
        if (train->chosen) {
            int64_t *mine = plm_arena_array(&d->arena, (size_t)v->taken, sizeof *mine);
            if (!mine)
                return PLM_E_MEMORY;
            memcpy(mine, train->chosen + d->first, (size_t)v->taken * sizeof *mine);
            d->chosen = mine;
            d->first = 0;
            d->last = v->taken;
        }
    }
    return copy_transforms(d, train);
}

static plm_data *split(plm_data *train, const plm_split_config *said)
{
    division v = {0};
    if (check(train, said, &v) < 0)
        return NULL;
    plm_source *s = second_source(train);
    plm_data *d = s ? plm_pipeline_new(train->w, s) : NULL;
    if (!d)
        return NULL;
    if (divide(train, d, said, &v) < 0) {
        plm_data_free(d);
        return NULL;
    }
    if (said->shuffle) {
        train->chosen = v.all;
        train->first = 0;
        train->last = v.kept;
    } else {
        train->last = train->first + v.kept;
    }
    train->splits++;
    if (plm_pipeline_check(train) < 0) {
        plm_data_free(d);
        return NULL;
    }
    return d;
}

static plm_data *split_text(plm_data *train, plm_arena *words, const char *text)
{
    const plm_spec *spec = NULL;
    const plm_kind *kind = NULL;
    const void *config = NULL;
    if (plm_spec_parse(words, text, &spec) < 0)
        return NULL;
    plm_split_config plain = {.seed = -1};
    if (spec->type == PLM_SPEC_NUMBER) { /* 0.1 = split(0.1) */
        plain.fraction = spec->number;
        return split(train, &plain);
    }
    if (plm_kind_bind(words, "transform", spec, &kind, &config) < 0)
        return NULL;
    const plm_transform_kind *transform = (const plm_transform_kind *)(const void *)kind;
    if (transform->role != PLM_TRANSFORM_DIVIDES) {
        (void)plm_fail(train->w, PLM_E_SPEC, text, "say split(0.1)", "%s takes no rows away",
                       kind->name);
        return NULL;
    }
    return split(train, config);
}

plm_data *plm_data_split(plm_data *train, const char *spec, ...)
{
    if (!train || !spec) {
        (void)plm_fail(train ? train->w : NULL, PLM_E_ORDER, "plm_data_split",
                       "give a stream and \"split(0.1)\"", "an argument is NULL");
        return NULL;
    }
    plm_arena words = {.w = train->w};
    plm_text text = {.w = train->w};
    va_list list;
    va_start(list, spec);
    plm_text_format_list(&text, spec, list);
    va_end(list);
    plm_data *d = NULL;
    if (text.failed)
        (void)plm_fail_memory(train->w, "plm_data_split");
    else
        d = split_text(train, &words, plm_text_get(&text));
    plm_text_free(&text);
    plm_arena_free(&words);
    return d;
}
