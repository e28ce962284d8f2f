/* plm_data_split: removes some rows from a stream and makes a second stream of them, for
 * validation. The data itself is not moved. Both streams read the same source, and each has a list
 * or a range of row numbers, so a split needs at most 8 bytes per row. A streamed source cannot be
 * shared, since it has one reading position; its file is opened a second time. By default the last
 * rows are split off, as in Keras; with shuffle, random rows. Which rows are drawn depends only on
 * the seed and on the number of earlier splits, not on threads or the time. In this file, rows that
 * are split off "go", the others "stay". */
#include <math.h>
#include <string.h>

#include "data/data.h"

/* How the rows of a stream are divided: the rows all[0 .. kept) stay in the stream, and the rows
 * all[kept .. kept + taken) are split off to the new stream. all = NULL: the last `taken` rows are
 * split off. */
typedef struct {
    int64_t *all;
    /* kept: number of rows that stay. taken: number of rows that are split off. folds: into how
     * many parts of `taken` rows the rows can be divided */
    int64_t kept, taken, folds;
} division;

/* Fills order[n] with the positions 0 .. n - 1, in a random order in its last `count` places
 * (Fisher-Yates). The last place is drawn first: the end of the order is fold 0, the places before
 * it are fold 1, and so on. So the folds of one seed never overlap. */
static void draw(plm_random *r, int64_t n, int64_t count, int64_t *order)
{
    for (int64_t i = 0; i < n; i++)
        order[i] = i;
    for (int64_t i = n - 1; i >= n - count && i > 0; i--) {
        const int64_t j = (int64_t)plm_random_below(r, (uint64_t)i + 1);
        const int64_t other = order[i];
        order[i] = order[j];
        order[j] = other;
    }
}

/* Returns the number of positions at the end of the order that must be drawn: those of this fold
 * and of earlier folds or, if the split is stratified or the rows are in groups, all positions. */
static int64_t drawn(const plm_data *from, const plm_split_config *config, const division *v)
{
    const int64_t n = v->kept + v->taken;
    if (!config->shuffle)
        return 0;
    return config->stratify || from->source->grouped ? n : (config->fold + 1) * v->taken;
}

/* Marks the positions that are split off: those of the fold in the order, or whole groups. With
 * groups, the size of the fold may differ from the requested size. */
static plm_status mark(const plm_data *from, const plm_split_config *config, const int64_t *order,
                       bool *goes, division *v)
{
    const int64_t n = v->kept + v->taken, end = n - config->fold * v->taken;
    for (int64_t i = end - v->taken; i < end && !from->source->grouped; i++)
        goes[order[i]] = true;
    if (!from->source->grouped)
        return PLM_OK;
    const plm_group_fold f = {v->taken, config->fold, config->alone, goes, &v->taken, &v->folds};
    PLM_TRY(plm_data_group_fold(from, n, order, &f));
    v->kept = n - v->taken;
    return PLM_OK;
}

/* Fills v->all: the rows that stay, then the rows of the fold. Folds are counted from the end of
 * the shuffled order: fold 0 is at its end, fold 1 before it. Both parts of the list are in
 * ascending order, so that both streams read their rows in the order of the file. The list is in
 * the arena of `from`. */
static plm_status choose(plm_data *from, const plm_split_config *config, division *v)
{
    const int64_t n = v->kept + v->taken;
    v->all = plm_arena_array(&from->arena, (size_t)n, sizeof *v->all);
    bool *goes = plm_allocate(from->w, (size_t)n);
    int64_t *order = plm_allocate_array(from->w, (size_t)n, sizeof *order);
    plm_status status = v->all && goes && order ? PLM_OK : PLM_E_MEMORY;
    if (status >= 0) {
        plm_random r = plm_random_open(plm_data_seed(from, config->seed), PLM_RANDOM_SPLIT, 0,
                                       (uint32_t)from->splits);
        draw(&r, n, drawn(from, config, v), order);
        if (config->stratify)
            status = plm_data_spread(from, n, order);
    }
    if (status >= 0)
        status = mark(from, config, order, goes, v);
    if (status >= 0) {
        int64_t stay = 0, go = v->kept;
        for (int64_t i = 0; i < n; i++)
            v->all[goes[i] ? go++ : stay++] = plm_data_row_at(from, i);
    }
    plm_release(from->w, goes);
    plm_release(from->w, order);
    return status;
}

/* Adds the transforms of `from` to the new stream, except those that pick rows and, unless `mixed`,
 * those that mix rows or are for training only: validation rows keep their order and their values.
 * The specs are parsed again, since each stream has its own state of a transform. */
static plm_status copy_transforms(plm_data *d, const plm_data *from, bool mixed)
{
    for (int i = 0; i < from->transforms; i++) {
        const plm_transform_role role = from->transform[i].kind->role;
        const plm_spec *spec = NULL;
        const bool training = role == PLM_TRANSFORM_MIXES || from->transform[i].kind->training_only;
        if (role == PLM_TRANSFORM_PICKS || (training && !mixed))
            continue;
        PLM_TRY(plm_spec_parse(&d->arena, from->transform[i].spec, &spec));
        PLM_TRY(plm_pipeline_add(d, spec));
    }
    d->drop_remainder = false; /* validation uses every row */
    return PLM_OK;
}

/* Checks that only the last rows of a series are split off, and that a split of groups is not
 * stratified. */
static plm_status check_kind(const plm_data *train, const plm_split_config *config)
{
    const plm_source *s = train->source;
    if (s->series && (config->shuffle || config->stratify || config->fold > 0))
        return plm_fail(train->w, PLM_E_SPEC, plm_source_title(s),
                        "use a split without further arguments, such as split(0.2)",
                        "the rows of a series are split by time: only the last rows can be split "
                        "off, without shuffle, stratify and fold");
    if (s->grouped && config->stratify)
        return plm_fail(train->w, PLM_E_SPEC, plm_source_title(s),
                        "remove stratify: split(0.2, shuffle=true)",
                        "rows in groups cannot be stratified");
    return PLM_OK;
}

/* Checks that rows of this source can be split off. */
static plm_status check_source(const plm_data *train, const plm_split_config *config)
{
    plm *w = train->w;
    const plm_source *s = train->source;
    if (train->begun)
        return plm_fail(w, PLM_E_ORDER, "plm_data_split",
                        "call plm_data_split before the first batch",
                        "batches of this stream were already taken");
    if (s->streamed && !s->spec)
        return plm_fail(w, PLM_E_UNSUPPORTED, s->name,
                        "use a second generator for the rows to split off",
                        "rows that a program generates cannot be split");
    if (s->rows < 0)
        return plm_fail(w, PLM_E_UNSUPPORTED, s->spec,
                        "put the rows to split off into a separate file, or load the whole file "
                        "with stream=false",
                        "a streamed file with an unknown number of rows cannot be split");
    if (s->streamed && (config->shuffle || config->stratify || config->fold > 0))
        return plm_fail(
            w, PLM_E_UNSUPPORTED, s->spec,
            "split without shuffle, stratify and fold, or load the whole file with stream=false",
            "only the last rows of a streamed file can be split off");
    return check_kind(train, config);
}

/* Computes how many rows stay and how many are split off. Fails if either number is 0. */
static plm_status count_rows(const plm_data *train, const plm_split_config *config, division *v)
{
    const int64_t n = train->last - train->first;
    v->kept = (int64_t)floor((double)n * (1.0 - config->fraction)); /* as Keras rounds */
    v->taken = n - v->kept;
    v->folds = v->taken > 0 ? n / v->taken : 0;
    if (v->kept < 1 || v->taken < 1)
        return plm_fail(train->w, PLM_E_DATA, plm_source_title(train->source),
                        "choose a fraction with which both parts have at least one row",
                        "split(%g) of %lld row%s keeps %lld and splits off %lld", config->fraction,
                        (long long)n, n == 1 ? "" : "s", (long long)v->kept, (long long)v->taken);
    if (config->fold >= n / v->taken)
        return plm_fail(train->w, PLM_E_SPEC, plm_source_title(train->source),
                        "count the folds from 0, or use a smaller fraction",
                        "there is no fold %lld: %lld rows can be divided into %lld folds of %lld",
                        (long long)config->fold, (long long)n, (long long)(n / v->taken),
                        (long long)v->taken);
    return PLM_OK;
}

/* Returns the source for the new stream, with a reference to it. Both streams share a source in
 * memory; a streamed file is opened again. NULL = failed. */
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

/* Copies a list of rows into the arena of d, and uses it as the rows of d. Each stream has its own
 * list, so either may be freed first. */
static plm_status take_rows(plm_data *d, const int64_t *rows, int64_t count)
{
    int64_t *own = plm_arena_array(&d->arena, (size_t)count, sizeof *own);
    if (!own)
        return PLM_E_MEMORY;
    memcpy(own, rows, (size_t)count * sizeof *rows);
    d->chosen = own;
    d->first = 0;
    d->last = count;
    return PLM_OK;
}

/* Makes a stream over the same rows. Transforms that pick rows are not copied: the new stream
 * already has only the rows that they picked. */
plm_data *plm_data_again(plm *w, const plm_data *d)
{
    plm_source *s = d->source;
    if (s->streamed) {
        (void)plm_fail(w, PLM_E_UNSUPPORTED, plm_source_title(s),
                       "load the whole file with stream=false",
                       "a streamed file cannot have several streams over its rows");
        return NULL;
    }
    s->references++;
    plm_data *again = plm_pipeline_new(w, s);
    if (!again)
        return NULL;
    again->first = d->first;
    again->last = d->last;
    plm_status status = d->chosen ? take_rows(again, d->chosen + d->first, d->last - d->first) : 0;
    status = status < 0 ? status : copy_transforms(again, d, true);
    again->drop_remainder = d->drop_remainder;
    again->splits = d->splits;
    if (status >= 0)
        return again;
    plm_data_free(again);
    return NULL;
}

/* Sets the rows of the new stream d and copies the transforms of `train`, whose own rows are not
 * changed yet. */
static plm_status divide(plm_data *train, plm_data *d, const plm_split_config *config, division *v)
{
    d->first = train->first + v->kept;
    d->last = train->last;
    if (config->shuffle || config->stratify || config->fold > 0 || train->source->grouped) {
        PLM_TRY(choose(train, config, v));
        PLM_TRY(take_rows(d, v->all + v->kept, v->taken));
    } else if (train->chosen) {
        PLM_TRY(take_rows(d, train->chosen + d->first, v->taken));
    }
    return copy_transforms(d, train, false);
}

/* Reduces `train` to the rows that stay. On failure `train` keeps its rows. The schema may have
 * been fitted to rows that were split off, so it is fitted again at the first batch. */
static plm_status leave_rows(plm_data *train, const division *v)
{
    const plm_data before = *train;
    if (v->all) {
        train->chosen = v->all;
        train->first = 0;
    }
    train->last = train->first + v->kept;
    train->splits++;
    if (train->source->stream == train)
        plm_source_unfit(train->source);
    const plm_status status = plm_pipeline_check(train);
    if (status < 0) {
        train->chosen = before.chosen;
        train->first = before.first;
        train->last = before.last;
        train->splits--;
    }
    return status;
}

/* Makes the new stream, then removes its rows from `train`. NULL = failed: `train` still has all
 * its rows, since the new stream is completed first. */
static plm_data *split(plm_data *train, const plm_split_config *config)
{
    division v = {0};
    if (check_source(train, config) < 0 || count_rows(train, config, &v) < 0)
        return NULL;
    plm_source *s = second_source(train);
    plm_data *d = s ? plm_pipeline_new(train->w, s) : NULL;
    if (!d)
        return NULL;
    if (divide(train, d, config, &v) >= 0 && leave_rows(train, &v) >= 0) {
        d->folds = v.folds;
        return d;
    }
    plm_data_free(d);
    return NULL;
}

/* Parses "split(0.1)", or just "0.1", and splits. fold: added to the fold in the text; -1 = there
 * is only one part, unless the text has a fold. seed: used if the text has no seed. NULL = failed.
 * */
static plm_data *split_text(plm_data *train, plm_arena *words, const char *text, int64_t fold,
                            int64_t seed)
{
    const plm_spec *spec = NULL;
    const plm_kind *kind = NULL;
    const void *config = NULL;
    if (plm_spec_parse(words, text, &spec) < 0)
        return NULL;
    const bool alone = fold < 0 && !plm_spec_argument_of(spec, "fold", 3);
    if (train->source->series || fold < 0)
        fold = 0; /* if the rows are a series, every net holds out the last rows */
    plm_split_config c = {.seed = seed, .fold = fold, .alone = alone};
    if (spec->type == PLM_SPEC_NUMBER) { /* 0.1 = split(0.1) */
        c.fraction = spec->number;
        return split(train, &c);
    }
    if (plm_kind_bind(words, "transform", spec, &kind, &config) < 0)
        return NULL;
    const plm_transform_kind *transform = (const plm_transform_kind *)(const void *)kind;
    if (transform->role != PLM_TRANSFORM_DIVIDES) {
        (void)plm_fail(train->w, PLM_E_SPEC, text, "use split(0.1)", "%s does not split a stream",
                       kind->name);
        return NULL;
    }
    c = *(const plm_split_config *)config;
    c.alone = alone;
    c.fold += fold;
    c.seed = c.seed < 0 ? seed : c.seed;
    return split(train, &c);
}

/* Splits off a fold, for several nets of which each holds out another part of the rows. seed: used
 * if the spec has none. */
plm_data *plm_data_fold(plm_data *train, const char *spec, int64_t fold, int64_t seed)
{
    plm_arena words = {.w = train->w};
    plm_data *d = split_text(train, &words, spec, fold, seed);
    plm_arena_free(&words);
    return d;
}

/* Formats the text with its arguments, as printf does, then splits. */
plm_data *plm_data_split(plm_data *train, const char *spec, ...)
{
    if (!train || !spec) {
        (void)plm_fail(train ? train->w : NULL, PLM_E_ORDER, "plm_data_split",
                       "pass a stream and \"split(0.1)\"", "an argument is NULL");
        return NULL;
    }
    if (plm_data_idle(train, "plm_data_split") < 0)
        return NULL;
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
        d = split_text(train, &words, plm_text_get(&text), -1, -1);
    plm_text_free(&text);
    plm_arena_free(&words);
    return d;
}
