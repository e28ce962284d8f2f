/* The public calls on streams of batches. A stream is a source and a list of transforms. Several
 * streams may share a source, as rows are split off for validation. The source has its own runtime,
 * since a thread that prefetches may fail while the caller's thread records another error. So every
 * error of a source is copied to the user's runtime (plm_source_carry) by the call that returns it.
 * */
#include <string.h>

#include "data/data.h"

/* ---- opening ---- */

/* Makes a stream over a source, with `count` transforms. The stream owns the reference to the
 * source. NULL = failed. */
static plm_data *stream_over(plm *w, plm_source *s, const plm_spec *const *specs, size_t count)
{
    plm_data *d = plm_pipeline_new(w, s);
    if (d && plm_pipeline_build(d, specs, count) < 0) {
        plm_data_free(d);
        return NULL;
    }
    return d;
}

/* Opens the source and the transforms of a pipeline. words: the arena that gets the parsed
 * specs. */
static plm_data *open_words(plm *w, plm_arena *words, const plm_known_columns *known,
                            const char *pipeline)
{
    size_t count = 0;
    const plm_spec *const *specs = NULL;
    plm_source *s = NULL;
    if (plm_spec_parse_sequence(words, pipeline, '|', &count, &specs) < 0)
        return NULL;
    if (count == 0) {
        (void)plm_fail_key(w, PLM_E_SPEC, "data",
                           "begin the pipeline with a source: digits, csv('a.csv'), ...",
                           "the pipeline is empty");
        return NULL;
    }
    const char *source = plm_spec_text(words, specs[0]);
    if (!source || plm_source_open(w, source, known, &s) < 0)
        return NULL;
    return stream_over(w, s, specs + 1, count - 1);
}

/* Formats the text with its arguments, as printf does, then opens the pipeline. */
plm_data *plm_pipeline_open(plm *w, const plm_known_columns *known, const char *pipeline,
                            va_list list)
{
    if (!w || w->fault < 0)
        return NULL;
    if (!pipeline) {
        (void)plm_fail(w, PLM_E_ORDER, "plm_data_open",
                       "pass a pipeline such as \"digits | batch(32)\"", "the pipeline is NULL");
        return NULL;
    }
    plm_arena words = {.w = w};
    plm_text text = {.w = w};
    plm_text_format_list(&text, pipeline, list);
    plm_data *d = NULL;
    if (text.failed)
        (void)plm_fail_memory(w, "plm_data_open");
    else
        d = open_words(w, &words, known, plm_text_get(&text));
    plm_text_free(&text);
    plm_arena_free(&words);
    return d;
}

/* Opens a stream for a program that has no model yet, so no columns are known. */
plm_data *plm_data_open(plm *w, const char *pipeline, ...)
{
    va_list list;
    va_start(list, pipeline);
    plm_data *d = plm_pipeline_open(w, NULL, pipeline, list);
    va_end(list);
    return d;
}

/* Opens a stream for a trained model. known: the columns that the model was trained on; they
 * complete what the spec does not set. */
plm_data *plm_data_open_known(plm *w, const plm_known_columns *known, const char *pipeline, ...)
{
    va_list list;
    va_start(list, pipeline);
    plm_data *d = plm_pipeline_open(w, known, pipeline, list);
    va_end(list);
    return d;
}

/* Sets *out to the text of the schema of a table, fitted to its rows. "" = the source has no
 * schema. */
plm_status plm_data_schema(const plm_data *d, plm_arena *a, const char **out)
{
    plm_source *s = d->source;
    plm_text t = {.w = d->w};
    *out = "";
    if (!s->schema)
        return PLM_OK;
    const plm_status status = plm_source_fit(s);
    if (status < 0)
        return plm_source_carry(d->w, s, status);
    plm_schema_print(&t, s->schema);
    *out = t.failed ? NULL : plm_arena_text(a, plm_text_get(&t), t.length);
    plm_text_free(&t);
    return *out ? PLM_OK : PLM_E_MEMORY;
}

/* Makes a stream over a source, with the transforms in a text (NULL = none). The stream owns the
 * reference to the source. NULL = failed. */
static plm_data *stream_through(plm *w, plm_source *s, const char *transforms)
{
    plm_arena words = {.w = w};
    size_t count = 0;
    const plm_spec *const *specs = NULL;
    plm_data *d = NULL;
    const bool given = transforms && transforms[strspn(transforms, " \t\n")];
    if (given && plm_spec_parse_sequence(&words, transforms, '|', &count, &specs) < 0)
        plm_source_release(s);
    else
        d = stream_over(w, s, specs, count);
    plm_arena_free(&words);
    return d;
}

/* Makes a stream over arrays. The size of the struct identifies the version of the header with
 * which the program was compiled. */
plm_data *plm_data_from_arrays(plm *w, const plm_arrays *arrays)
{
    plm_arrays a = {0};
    if (!w || w->fault < 0)
        return NULL;
    if (plm_take_options(w, "arrays", arrays, arrays ? arrays->size : 0, &a, sizeof a) < 0)
        return NULL;
    plm_source *s = NULL;
    return plm_source_arrays(w, &a, &s) >= 0 ? stream_through(w, s, a.transforms) : NULL;
}

/* Makes a stream over generated rows. Batches are prefetched only if the pipeline says so, since
 * the caller's function would then be called from another thread. */
plm_data *plm_data_generator(plm *w, const plm_generator *generator)
{
    plm_generator g = {0};
    if (!w || w->fault < 0)
        return NULL;
    if (plm_take_options(w, "generator", generator, generator ? generator->size : 0, &g, sizeof g) <
        0)
        return NULL;
    plm_source *s = NULL;
    plm_data *d = plm_source_generator(w, &g, &s) >= 0 ? stream_through(w, s, g.transforms) : NULL;
    /* without prefetching, the caller's function is called in the caller's thread */
    if (d && d->ahead_batches < 0)
        d->ahead_batches = 0;
    return d;
}

/* Makes a stream over arrays: the short form of plm_data_from_arrays for one input and, with y, one
 * target. */
plm_data *plm_data_arrays(plm *w, const plm_view *x, const plm_view *y, const char *transforms)
{
    return plm_data_from_arrays(w, PLM_ARRAYS(.inputs = 1, .input = x, .targets = y ? 1 : 0,
                                              .target = y, .transforms = transforms));
}

/* Frees a stream; NULL is allowed. If a running call uses the stream, that call frees it when it
 * ends. The thread that prefetches is stopped first, since it uses the
 * source. The source is freed with its last stream. */
void plm_data_free(plm_data *d)
{
    if (!d)
        return;
    if (d->held) { /* a callback of the call that uses the stream wants this */
        d->free_wanted = true;
        return;
    }
    plm_ahead_close(d->ahead);
    plm_source_remove_stream(d);
    plm_source_release(d->source);
    plm_arena_free(&d->arena);
    plm *w = d->w;
    plm_release(w, d);
    plm_runtime_leave(w);
}

/* ---- facts ---- */

/* Describes a stream. The shapes of a table with a schema are known only after fitting, so it is
 * fitted here. */
plm_status plm_data_get_info(const plm_data *d, plm_data_info *out)
{
    if (!d || !out)
        return plm_fail(d ? d->w : NULL, PLM_E_ORDER, "plm_data_get_info",
                        "pass a stream and a plm_data_info to fill", "an argument is NULL");
    const plm_source *s = d->source;
    const plm_status status = plm_source_fit(d->source);
    if (status < 0)
        return plm_source_carry(d->w, s, status);
    *out = (plm_data_info){.rows = plm_pipeline_rows(d),
                           .batch = d->batch,
                           .inputs = s->inputs,
                           .targets = plm_data_targets(d),
                           .classes = d->classes,
                           .name = s->name,
                           .input_columns = s->input_words ? s->input_words : "",
                           .target_columns = s->target_words ? s->target_words : "",
                           .weighted = s->weighted};
    for (int i = 0; i < s->inputs; i++) {
        out->input_rank[i] = d->part[i].rank;
        memcpy(out->input_dims[i], d->part[i].dims, sizeof d->part[i].dims);
    }
    for (int i = 0; i < out->targets; i++) {
        const plm_part *part = &d->part[plm_data_target(d, i)];
        out->target_rank[i] = part->rank;
        memcpy(out->target_dims[i], part->dims, sizeof part->dims);
    }
    return PLM_OK;
}

/* ---- batches ---- */

/* Returns a view of `rows` rows of a part, whose values are at `value`. */
static plm_view lend(const plm_part *part, float *value, int64_t rows)
{
    plm_view view = {.data = value, .dtype = PLM_F32, .rank = part->rank + 1, .dims = {rows}};
    for (int i = 0; i < part->rank; i++)
        view.dims[i + 1] = part->dims[i];
    return view;
}

/* Describes the parts of a slot as a batch, which is valid as long as the slot. */
static void lend_batch(const plm_data *d, const plm_slot *slot, plm_batch *out)
{
    const plm_source *s = d->source;
    *out = (plm_batch){.rows = slot->rows,
                       .inputs = s->inputs,
                       .targets = plm_data_targets(d),
                       .weight = s->weighted ? slot->value[plm_source_weight(s)] : NULL};
    for (int i = 0; i < s->inputs; i++)
        out->input[i] = lend(&d->part[i], slot->value[i], slot->rows);
    for (int i = 0; i < out->targets; i++) {
        const int part = plm_data_target(d, i);
        out->target[i] = lend(&d->part[part], slot->value[part], slot->rows);
    }
}

/* Fails in a child process made by fork, which does not have the thread that prefetches. */
static plm_status check_process(const plm_data *d)
{
    if (!d->ahead || plm_ahead_is_here(d->ahead))
        return PLM_OK;
    return plm_fail_key(d->w, PLM_E_ORDER, "data", "open the stream in the process that reads it",
                        "the thread that prefetches batches is in the parent process, before fork");
}

/* Begins an epoch. The thread that prefetches is stopped meanwhile, since it uses the same stream.
 * */
plm_status plm_held_rewind(plm_data *d, int64_t epoch)
{
    if (epoch < 0)
        return plm_fail(d->w, PLM_E_SPEC, "plm_data_rewind", "give 0 or more",
                        "there is no epoch %lld", (long long)epoch);
    PLM_TRY(check_process(d));
    const plm_status fitted = plm_source_fit(d->source);
    if (fitted < 0)
        return plm_source_carry(d->w, d->source, fitted);
    PLM_TRY(plm_pipeline_prepare(d));
    if (d->ahead)
        plm_ahead_rest(d->ahead);
    d->failed = plm_flow_rewind(d, epoch);
    d->rewound = true;
    if (d->failed < 0)
        return plm_source_carry(d->w, d->source, d->failed);
    if (d->ahead)
        plm_ahead_start(d->ahead);
    return PLM_OK;
}

/* Returns the next batch: from the thread that prefetches or, without one, filled here. */
plm_status plm_held_next(plm_data *d, plm_batch *out)
{
    PLM_TRY(check_process(d));
    if (!d->rewound)
        PLM_TRY(plm_held_rewind(d, 0));
    if (d->failed != PLM_OK) /* an error, or the end of the epoch, is returned until the next rewind
                              * */
        return d->failed;
    const plm_slot *slot = &d->slot;
    if (d->ahead)
        slot = plm_ahead_next(d->ahead);
    else
        plm_flow_fill(d, &d->slot);
    d->failed = slot->status;
    if (slot->status < 0)
        return plm_source_carry(d->w, d->source, slot->status);
    if (slot->status == PLM_OK)
        lend_batch(d, slot, out);
    return slot->status;
}
