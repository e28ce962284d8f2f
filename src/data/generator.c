/* The source whose rows a function of the caller makes on demand. The source is streamed, and its
 * values are float32. The caller's function is called in the thread that reads the stream. It gets
 * memory for the requested rows, writes at most that many rows, and sets how many it has written; 0
 * is the end of the epoch. Its results are checked like values of a file: a wrong number of rows or
 * a wrong status is an error, not an access beyond the memory. */
#include "data/data.h"
#include <inttypes.h>

/* The state of the source. */
typedef struct {
    plm_generator given; /* the user's function, with its shapes */
    int64_t skip;        /* number of rows to generate and drop, since the pipeline skips them */
} generator;

static const char caller[] = "generator";

/* Returns the status that a function of the caller returned, with a message if it is not PLM_OK.
 * Any other number than that of an error is a mistake in the function itself. */
static plm_status answer(plm_source *s, plm_status status, const char *function)
{
    plm_text hint = {.w = &s->w};
    if (status == PLM_OK)
        return status;
    const bool unknown = status > 0 || status < PLM_E_INTERNAL;
    const plm_status fault = unknown ? PLM_E_SPEC : status;
    plm_text_format(&hint,
                    unknown ? "let %s of your plm_generator return PLM_OK or an error (PLM_E_...)"
                            : "check why the function %s of your plm_generator failed",
                    function);
    (void)plm_fail(&s->w, fault, caller, plm_text_get(&hint),
                   "the function %s of the generator returned status %d in epoch %lld", function,
                   (int)status, (long long)s->epoch);
    plm_text_free(&hint);
    return fault;
}

/* Begins an epoch; the first `row` rows are generated and dropped. */
static plm_status seek(plm_source *s, int64_t row)
{
    generator *g = s->state;
    g->skip = row;
    if (!g->given.begin)
        return PLM_OK;
    return answer(s, g->given.begin(g->given.self, s->epoch), "begin");
}

/* Describes the memory for `most` rows in the form in which the caller's function gets it. */
static plm_batch room_of(const plm_source *s, int64_t most, void *const out[PLM_PARTS])
{
    plm_batch room = {.rows = most, .inputs = s->inputs, .targets = s->targets};
    for (int i = 0; i < s->inputs + s->targets; i++) {
        const plm_table *t = &s->table[i];
        plm_view *view = i < s->inputs ? &room.input[i] : &room.target[i - s->inputs];
        *view = (plm_view){.data = out[i], .dtype = PLM_F32, .rank = t->rank + 1, .dims = {most}};
        for (int k = 0; k < t->rank; k++)
            view->dims[k + 1] = t->dims[k];
    }
    return room;
}

/* Lets the caller's function generate up to `most` rows, and checks how many it generated. */
static plm_status make_rows(plm_source *s, int64_t most, void *const out[PLM_PARTS], int64_t *got)
{
    const generator *g = s->state;
    plm_batch room = room_of(s, most, out);
    float *weight = s->weighted ? out[plm_source_weight(s)] : NULL;
    const plm_status status = g->given.next(g->given.self, &room, weight);
    *got = status == PLM_OK ? room.rows : 0;
    PLM_TRY(answer(s, status, "next"));
    if (*got < 0 || *got > most)
        return plm_fail(
            &s->w, PLM_E_DATA, caller,
            "set batch->rows to the number of rows written, at most the number that it had",
            "the generator's function next was asked for %lld rows, but reports that it wrote %lld",
            (long long)most, (long long)*got);
    return PLM_OK;
}

/* Reads the next `most` rows, or fewer if the caller's function has no more. Rows that the pipeline
 * skips are generated into the same memory first, and then overwritten. */
static plm_status read(plm_source *s, int64_t most, void *const out[PLM_PARTS], int64_t *got)
{
    generator *g = s->state;
    *got = 0;
    while (g->skip > 0) {
        PLM_TRY(make_rows(s, g->skip < most ? g->skip : most, out, got));
        g->skip = *got > 0 ? g->skip - *got : 0;
    }
    int64_t rows = 0;
    do { /* repeated calls fill the batch, even if the caller generates few rows at a time */
        void *rest[PLM_PARTS] = {NULL};
        for (int i = 0; i < plm_source_parts(s); i++)
            rest[i] = (float *)out[i] + (size_t)rows * s->table[i].width;
        PLM_TRY(make_rows(s, most - rows, rest, got));
        rows += *got;
    } while (*got > 0 && rows < most);
    *got = rows;
    return PLM_OK;
}

static const plm_source_kind kind = {
    .kind = {.name = "generator", .help = "rows that the calling program generates"},
    .seek = seek,
    .read = read};

/* Checks that a row of a part has sizes of at least 0, and fits into memory. Without this check the
 * message would be about a damaged file. */
static plm_status check_row(plm_source *s, const plm_table *t, int rank, const int64_t *dims)
{
    int64_t numbers = 0;
    size_t bytes = 0;
    for (int i = 0; i < rank; i++)
        if (dims[i] < 0)
            return plm_fail(&s->w, PLM_E_SHAPE, t->name, "set each size to 0 or more",
                            "rows of the generator have the size %" PRId64 " on axis %d", dims[i],
                            i);
    if (!plm_checked_product(rank, dims, &numbers) ||
        !plm_checked_multiply((size_t)numbers, plm_element_size(t->element), &bytes) ||
        bytes > SIZE_MAX / 2)
        return plm_fail(&s->w, PLM_E_SHAPE, t->name, "give the axes smaller sizes",
                        "rows of the generator are larger than memory");
    return PLM_OK;
}

/* Sets the shapes of `count` parts, from part `first` on, to the caller's ranks and dims. side:
 * name of these parts in messages. */
static plm_status take_side(plm_source *s, int first, int count, const int *rank,
                            const int64_t (*dims)[8], const char *side)
{
    for (int i = 0; i < count; i++) {
        plm_table *t = &s->table[first + i];
        int64_t shape[PLM_ROW_RANK + 1] = {1};
        t->name = count == 1 ? side : plm_arena_format(&s->arena, "%s %d", side, i);
        if (!t->name)
            return PLM_E_MEMORY;
        if (rank[i] < 0 || rank[i] > PLM_ROW_RANK)
            return plm_fail(&s->w, PLM_E_SHAPE, t->name, "describe rows with 0 to 7 axes",
                            "rows of the generator have %d axes", rank[i]);
        for (int k = 0; k < rank[i]; k++)
            shape[k + 1] = dims[i][k];
        PLM_TRY(check_row(s, t, rank[i], shape + 1));
        PLM_TRY(plm_source_shape(s, t, rank[i] + 1, shape));
    }
    return PLM_OK;
}

/* Checks the counts that the caller gave. */
static plm_status check_generator(plm_source *s, const plm_generator *given)
{
    if (!given->next)
        return plm_fail(&s->w, PLM_E_ORDER, caller, "set the function `next`, which generates rows",
                        "the function next of the generator is NULL");
    if (given->inputs < 1 || given->inputs > PLM_SIDE || given->targets < 0 ||
        given->targets > PLM_SIDE || given->rows < 0)
        return plm_fail(&s->w, PLM_E_SHAPE, caller,
                        "set 1 to 4 inputs, 0 to 4 targets and 0 or more rows",
                        "the generator has %d inputs, %d targets and %lld rows", given->inputs,
                        given->targets, (long long)given->rows);
    return PLM_OK;
}

/* Fills the source from the caller's description. */
static plm_status open_generator(plm_source *s, const plm_generator *given)
{
    PLM_TRY(check_generator(s, given));
    generator *g = plm_arena_take(&s->arena, sizeof *g);
    if (!g)
        return PLM_E_MEMORY;
    g->given = *given;
    s->state = g;
    s->kind = &kind;
    s->name = caller;
    s->streamed = true;
    s->rows = given->rows > 0 ? given->rows : -1;
    s->inputs = given->inputs;
    s->targets = given->targets;
    s->weighted = given->weighted;
    PLM_TRY(take_side(s, 0, s->inputs, given->input_rank, given->input_dims, "input"));
    PLM_TRY(take_side(s, s->inputs, s->targets, given->target_rank, given->target_dims, "target"));
    if (s->weighted)
        PLM_TRY(take_side(s, s->inputs + s->targets, 1, (int[1]){0}, NULL, "weight"));
    return plm_source_settle(s);
}

/* Opens a source that calls the program for its rows. An error is recorded on the source's own
 * runtime first, and then copied to the user's. */
plm_status plm_source_generator(plm *user, const plm_generator *given, plm_source **out)
{
    *out = NULL;
    plm_source *s = plm_source_new(user);
    if (!s)
        return PLM_E_MEMORY;
    const plm_status status = open_generator(s, given);
    if (status < 0) {
        const plm_status reported = plm_source_carry(user, s, status);
        plm_source_release(s);
        return reported;
    }
    *out = s;
    return PLM_OK;
}
