/* Predicts the rows of a stream and keeps the predictions with the true targets. Metrics over all
 * rows need only the predictions and the targets, so rows are predicted in the batches of the
 * stream and their inputs are dropped. Importance changes the inputs and predicts again, so a
 * sample of rows is kept with its inputs. Predictions are made by the public call for scaled
 * outputs, so the metrics describe the predictions that a user of the model gets. */
#include <string.h>

#include "assess/assessment.h"
#include "base/random.h"
#include "data/data.h"
#include "model/schema.h"

/* Number of rows that are predicted at a time if their inputs are kept. */
enum { BLOCK = 1024 };

/* Which rows of a stream are taken. */
typedef struct {
    /* most: max number of rows, 0 = all. rows: number of rows in the stream, -1 = unknown */
    int64_t most, rows;
    int64_t seen, taken; /* seen: number of rows read from the stream. taken: number of rows that
                          * were kept */
    int64_t only;        /* the row of the source to take; -1 = any */
    plm_random random;
} selection;

/* ---- memory for rows ---- */

/* Replaces *array by a copy in the arena with capacity for `to` rows of `size` bytes each. */
static plm_status grow_one(plm_predicted *p, void **array, int64_t to, size_t size)
{
    void *larger = plm_arena_array(&p->arena, (size_t)to, size);
    if (!larger)
        return PLM_E_MEMORY;
    if (p->rows > 0)
        memcpy(larger, *array, (size_t)p->rows * size);
    *array = larger;
    return PLM_OK;
}

/* Makes sure that there is memory for `rows` rows. */
static plm_status reserve(plm_predicted *p, int64_t rows)
{
    const int64_t to = rows > 2 * p->capacity ? rows : 2 * p->capacity;
    if (rows <= p->capacity)
        return PLM_OK;
    PLM_TRY(grow_one(p, (void **)&p->row, to, sizeof *p->row));
    PLM_TRY(grow_one(p, (void **)&p->line, to, sizeof *p->line));
    for (int i = 0; i < p->inputs; i++)
        PLM_TRY(
            grow_one(p, (void **)&p->input[i], to, (size_t)p->input_width[i] * sizeof **p->input));
    for (int i = 0; i < p->targets; i++) {
        plm_predicted_target *t = &p->target[i];
        if (t->classes > 0) {
            PLM_TRY(grow_one(p, (void **)&t->probability, to,
                             (size_t)t->classes * sizeof *t->probability));
            PLM_TRY(grow_one(p, (void **)&t->truth, to, sizeof *t->truth));
        } else {
            PLM_TRY(grow_one(p, (void **)&t->guess, to, sizeof *t->guess));
            PLM_TRY(grow_one(p, (void **)&t->wanted, to, sizeof *t->wanted));
        }
    }
    p->capacity = to;
    return PLM_OK;
}

/* ---- a row ---- */

/* Returns how many values a row of the view has. */
static int64_t numbers_of(const plm_view *v)
{
    int64_t count = 1;
    for (int i = 1; i < v->rank; i++)
        count *= v->dims[i];
    return count;
}

/* Stores row i of a batch as row p->rows: its true targets, its number in the source and, if inputs
 * are kept, its inputs. position: of the row in the epoch. */
static void take_truth(plm_predicted *p, const plm_data *d, const plm_batch *b, int64_t i,
                       int64_t position)
{
    p->row[p->rows] = plm_data_row(d, position);
    p->line[p->rows] = 0;
    for (int k = 0; k < p->inputs; k++) {
        const size_t width = (size_t)p->input_width[k];
        memcpy(p->input[k] + (size_t)p->rows * width,
               (const float *)b->input[k].data + (size_t)i * width, width * sizeof(float));
    }
    for (int k = 0; k < p->targets; k++) {
        plm_predicted_target *t = &p->target[k];
        const plm_view *v = &b->target[t->output];
        const int64_t width = numbers_of(v);
        const float *y = (const float *)v->data + i * width;
        if (t->single && width > 1)
            t->truth[p->rows] = y[t->column] > 0.5F;
        else if (t->classes > 0)
            t->truth[p->rows] = plm_class_in(y, width, t->classes);
        else
            t->wanted[p->rows] =
                (double)y[t->column < width ? t->column : 0] * t->deviation + t->center;
    }
    p->rows++;
}

/* ---- predictions ---- */

/* Returns a view of `values` in the shape of output k: [rows, ...]. */
static plm_view output_view(const plm_model *m, int k, float *values, int64_t rows)
{
    plm_port port;
    plm_view view = {.data = values, .dtype = PLM_F32, .dims = {rows}};
    (void)plm_model_outputs(m, k, &port);
    view.rank = port.rank + 1;
    memcpy(view.dims + 1, port.dims, (size_t)port.rank * sizeof *port.dims);
    return view;
}

/* Predicts rows into new memory y[outputs], which the caller frees. */
static plm_status predict(plm_predicted *p, int inputs, const plm_view *x, int64_t rows,
                          float *y[PLM_SIDE])
{
    plm_view view[PLM_SIDE];
    const int outputs = plm_model_outputs(p->model, -1, NULL);
    for (int k = 0; k < outputs; k++) {
        y[k] = plm_allocate_array(p->w, (size_t)rows * (size_t)plm_output_numbers(p->model, k) + 1,
                                  sizeof **y);
        if (!y[k])
            return PLM_E_MEMORY;
        view[k] = output_view(p->model, k, y[k], rows);
    }
    return plm_predict_scaled(p->model, inputs, x, outputs, view);
}

/* Frees the memory of predict. */
static void free_outputs(plm_predicted *p, float *y[PLM_SIDE])
{
    for (int k = 0; k < PLM_SIDE; k++)
        plm_release(p->w, y[k]);
}

/* Predicts `rows` rows and stores their predictions as rows first .. first + rows - 1 of p. */
static plm_status take_batch_guesses(plm_predicted *p, int inputs, const plm_view *x, int64_t rows,
                                     int64_t first)
{
    float *y[PLM_SIDE] = {NULL};
    const plm_status status = predict(p, inputs, x, rows, y);
    for (int k = 0; status >= 0 && k < p->targets; k++) {
        plm_predicted_target *t = &p->target[k];
        const int64_t width = plm_output_numbers(p->model, t->output);
        for (int64_t i = 0; i < rows; i++)
            plm_predicted_take(t, first + i, y[t->output] + i * width);
    }
    free_outputs(p, y);
    return status;
}

/* Describes rows first .. first + rows - 1 of kept inputs as views. */
static void input_views(const plm_predicted *p, float *const *x, int64_t first, int64_t rows,
                        plm_view *view)
{
    for (int i = 0; i < p->inputs; i++) {
        plm_port port;
        (void)plm_model_inputs(p->model, i, &port);
        view[i] = (plm_view){.data = x[i] + first * p->input_width[i],
                             .dtype = PLM_F32,
                             .rank = port.rank + 1,
                             .dims = {rows}};
        memcpy(view[i].dims + 1, port.dims, (size_t)port.rank * sizeof *port.dims);
    }
}

/* Predicts all kept rows, block by block. */
static plm_status predict_kept(plm_predicted *p)
{
    plm_view x[PLM_SIDE];
    for (int64_t first = 0; first < p->rows; first += BLOCK) {
        const int64_t rows = p->rows - first < BLOCK ? p->rows - first : BLOCK;
        input_views(p, p->input, first, rows, x);
        PLM_TRY(take_batch_guesses(p, p->inputs, x, rows, first));
    }
    return PLM_OK;
}

/* Predicts rows with changed inputs into the caller's memory, without storing the result in p. */
plm_status plm_predicted_again(plm_predicted *p, int64_t rows, float *const *x, float *const *y)
{
    plm_view in[PLM_SIDE], out[PLM_SIDE];
    const int outputs = plm_model_outputs(p->model, -1, NULL);
    input_views(p, x, 0, rows, in);
    for (int k = 0; k < outputs; k++)
        out[k] = output_view(p->model, k, y[k], rows);
    return plm_predict_scaled(p->model, p->inputs, in, outputs, out);
}

/* ---- the stream ---- */

/* Decides whether the next row is taken. If the number of rows is known, exactly `most` are taken,
 * each with the same probability (Knuth, The Art of Computer Programming 2, algorithm 3.4.2 S). */
static bool takes(selection *s, const plm_data *d, int64_t position)
{
    s->seen++;
    if (s->only >= 0)
        return plm_data_row(d, position) == s->only && s->taken == 0 && ++s->taken;
    if (s->most == 0 || s->rows < 0)
        return s->most == 0 || s->taken++ < s->most;
    const double left = (double)(s->rows - s->seen + 1), wanted = (double)(s->most - s->taken);
    if (plm_random_uniform(&s->random) * left >= wanted)
        return false;
    s->taken++;
    return true;
}

/* Keeps the rows of a batch that `takes` selects. Predicts them at once, unless inputs are kept:
 * then all rows are predicted at the end. */
static plm_status take_batch(plm_predicted *p, const plm_data *d, const plm_batch *b, selection *s,
                             int64_t position)
{
    const int64_t first = p->rows;
    PLM_TRY(reserve(p, p->rows + b->rows));
    for (int64_t i = 0; i < b->rows; i++)
        if (takes(s, d, position + i))
            take_truth(p, d, b, i, position + i);
    return p->inputs > 0 ? PLM_OK : take_batch_guesses(p, b->inputs, b->input, b->rows, first);
}

/* Reads the whole stream. */
static plm_status read_stream(plm_predicted *p, plm_data *d, selection *s)
{
    plm_batch batch;
    plm_status status = PLM_OK;
    int64_t position = 0;
    PLM_TRY(plm_data_rewind(d, 0));
    while ((status = plm_data_next(d, &batch)) == PLM_OK) {
        PLM_TRY(take_batch(p, d, &batch, s, position));
        position += batch.rows;
    }
    return status < 0 ? status : PLM_OK;
}

/* Prepares the targets, reads the stream and predicts. keep: the inputs of the rows are kept, and
 * all kept rows are predicted together at the end. */
static plm_status open_rows(plm_predicted *p, plm_model *m, plm_data *d, selection *s, bool keep)
{
    plm_data_info about;
    p->arena.w = p->w;
    p->model = m;
    PLM_TRY(plm_data_get_info(d, &about));
    s->rows = about.rows;
    p->inputs = keep ? about.inputs : 0;
    for (int i = 0; i < p->inputs; i++) {
        p->input_width[i] = 1;
        for (int k = 0; k < about.input_rank[i]; k++)
            p->input_width[i] *= about.input_dims[i][k];
    }
    PLM_TRY(plm_predicted_targets(p, plm_data_targets(d)));
    if (s->most == 0 && about.rows > 0)
        PLM_TRY(reserve(p, about.rows));
    PLM_TRY(read_stream(p, d, s));
    return keep ? predict_kept(p) : PLM_OK;
}

/* Predicts all rows, and keeps no inputs. */
plm_status plm_predicted_open(plm_predicted *p, plm_model *m, plm_data *d)
{
    selection s = {.only = -1};
    return open_rows(p, m, d, &s, false);
}

/* Draws rows at random and keeps their inputs. If the number of rows is unknown, takes the first
 * rows, since a stream of unknown length can be read only once. */
plm_status plm_predicted_sample(plm_predicted *p, plm_model *m, plm_data *d, int64_t most,
                                uint64_t seed)
{
    selection s = {
        .only = -1, .most = most, .random = plm_random_open(seed, PLM_RANDOM_IMPORTANCE, 0, 0)};
    return open_rows(p, m, d, &s, true);
}

/* Finds one row of the source and predicts it. In a stream that is split or shuffled, this row has
 * another position. */
plm_status plm_predicted_row(plm_predicted *p, plm_model *m, plm_data *d, int64_t row)
{
    selection s = {.only = row, .most = 1};
    PLM_TRY(open_rows(p, m, d, &s, true));
    if (p->rows > 0)
        p->line[0] = plm_data_line(d, p->row[0]);
    return PLM_OK;
}

/* Frees all memory but keeps the runtime p->w, so that p can be opened again. */
void plm_predicted_free(plm_predicted *p)
{
    plm_arena_free(&p->arena);
    *p = (plm_predicted){.w = p->w};
}
