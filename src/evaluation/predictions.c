/* Predicts all rows of a job's data, batch by batch, and hands the text of each batch to the
 * caller. So memory does not grow with the number of rows. A net that was trained on a standardized
 * target predicts in standard deviations. Users want the unit of the target, so the values are
 * scaled back in double, with as many digits as the float32 of the net can tell apart. Monte Carlo
 * dropout predicts the same rows again and again with other random numbers; mean and standard
 * deviation are added up over the samples. If all samples are equal, the model has no random
 * layers, and a warning says so. */
#include "evaluation/predictions.h"

#include <math.h>
#include <string.h>

#include "base/system.h"
#include "model/schema.h"
#include "evaluation/forecast.h"

/* The predictions of a batch. y[k], deviation[k]: [rows, columns] of output k, as the net gives
 * them; deviation[k] is NULL without samples. */
typedef struct {
    int64_t rows; /* capacity */
    float *y[PLM_PREDICTION_OUTPUTS], *deviation[PLM_PREDICTION_OUTPUTS];
    /* the predictions in the unit of the target, [4][rows, columns]: the means, the standard
     * deviations, the lower and the upper ends of the intervals */
    double *number[PLM_PREDICTION_OUTPUTS];
    bool moved; /* true = a standard deviation above 0 was found, so the samples differ */
} batch_values;

/* Takes the names of the labels, if the output has a probability for each of them. */
static bool name_labels(plm_prediction_columns *c, const plm_column *target)
{
    if (target->encoding != PLM_ENCODE_LABELS || target->words != (size_t)c->columns)
        return false;
    c->meaning = PLM_MEANS_LABELS;
    c->label = target->word;
    c->separator = target->separator;
    return true;
}

/* Takes the names of the classes, or of the predicted number, from the schema of the model. */
static void name_classes(plm_prediction_columns *c, const plm_column *target)
{
    const size_t classes = c->meaning == PLM_MEANS_ONE_OF_TWO ? 2 : (size_t)c->columns;
    if (target->encoding == PLM_ENCODE_CLASSES && c->meaning != PLM_MEANS_OUTPUTS &&
        target->words == classes)
        c->label = target->word;
    else if (target->encoding == PLM_ENCODE_STANDARDIZE && c->columns == 1)
        c->title = target->name;
    if (!c->spread && c->title && c->name && !strcmp(c->title, c->name))
        c->name = NULL; /* the output is named after its column, so its name need not be repeated */
}

/* Takes the names of an output's columns from the schema of the model, if it has one. */
static void name_columns(plm_prediction_columns *c, const plm_column *target)
{
    if (target != NULL && !name_labels(c, target))
        name_classes(c, target);
}

/* Sets the unit of an output, and how many digits its values get: 7, as a float32 has, and more if
 * the target is far from 0 in relation to its standard deviation. */
static void set_unit(plm_prediction_columns *c, plm_scale unit)
{
    c->center = unit.center;
    c->deviation = unit.deviation;
    const double far = unit.deviation > 0 ? ceil(log10(1 + fabs(unit.center) / unit.deviation)) : 0;
    c->digits = far > 10 ? 17 : 7 + (int)far;
}

/* Finds the names of the outputs of the job's model. What the columns of an output mean follows
 * from its loss: the probabilities of classes, the probability of the second of two classes, or
 * plain numbers. */
plm_status plm_predictions_open(plm_predictions *p, const plm_job *j, const char *where)
{
    plm_port port;
    plm_prediction_row *r = &p->columns;
    r->outputs = plm_model_outputs(j->model, -1, NULL);
    for (int k = 0; k < r->outputs; k++) {
        plm_prediction_columns *c = &r->of[k];
        (void)plm_model_outputs(j->model, k, &port);
        c->name = r->outputs > 1 ? port.name : NULL;
        c->columns = 1;
        for (int i = 0; i < port.rank; i++)
            c->columns *= (int)port.dims[i];
        c->meaning = plm_meaning_of(port.loss, c->columns);
        c->spread = p->samples > 0;
        set_unit(c, plm_model_scale(j->model, k));
        name_columns(c, plm_model_target(j->model, k));
    }
    if (r->outputs > 1 && !p->format->several)
        return plm_fail(j->home, PLM_E_SPEC, where, "use --format csv or --format jsonl",
                        "%s holds a single array, but the model has %d outputs", p->format->name,
                        r->outputs);
    r->id = p->id ? p->id->name : NULL;
    r->also = p->id ? p->id->also : NULL;
    if (r->id && !p->format->texts)
        return plm_fail(j->home, PLM_E_SPEC, where, "use --format csv or --format jsonl",
                        "%s holds only numbers, so it cannot hold the column '%s'", p->format->name,
                        r->id);
    return PLM_OK;
}

/* Returns a view of the memory `values` in the shape of output k: [rows, ...]. values may be NULL,
 * for an output without standard deviations. */
static plm_view view_of(const plm_model *m, int k, float *values, int64_t rows)
{
    plm_port port;
    plm_view view = {.data = values, .dtype = PLM_F32, .dims = {rows}};
    (void)plm_model_outputs(m, k, &port);
    view.rank = port.rank + 1;
    memcpy(view.dims + 1, port.dims, (size_t)port.rank * sizeof *port.dims);
    return view;
}

/* Frees the memory for the predictions of a batch, so that memory for a larger batch can be
 * allocated. */
static void free_values(plm *w, batch_values *v)
{
    for (int k = 0; k < PLM_PREDICTION_OUTPUTS; k++) {
        plm_release(w, v->y[k]);
        plm_release(w, v->deviation[k]);
        plm_release(w, v->number[k]);
        v->y[k] = v->deviation[k] = NULL;
        v->number[k] = NULL;
    }
}

/* Makes sure that v has capacity for `rows` rows. Its former content is lost. */
static plm_status make_values(const plm_predictions *p, plm *w, batch_values *v, int64_t rows)
{
    if (rows <= v->rows)
        return PLM_OK;
    free_values(w, v);
    v->rows = rows;
    for (int k = 0; k < p->columns.outputs; k++) {
        const size_t count = (size_t)rows * (size_t)p->columns.of[k].columns;
        v->y[k] = plm_allocate_array(w, count, sizeof(float));
        v->number[k] = plm_allocate_array(w, count, 4 * sizeof(double));
        v->deviation[k] = p->samples ? plm_allocate_array(w, count, sizeof(float)) : NULL;
        if (!v->y[k] || !v->number[k] || (p->samples && !v->deviation[k]))
            return PLM_E_MEMORY;
    }
    return PLM_OK;
}

/* Converts the predictions of a batch to the unit of the target. */
static void unscale(const plm_predictions *p, batch_values *v, int64_t rows)
{
    static const double sigmas = 1.96; /* the quantile 0.975 of a standard normal distribution */
    for (int k = 0; k < p->columns.outputs; k++) {
        const plm_prediction_columns *c = &p->columns.of[k];
        const int64_t part = v->rows * c->columns;
        for (int64_t i = 0; i < rows * c->columns; i++) {
            double *out = v->number[k] + i;
            out[0] = (double)v->y[k][i] * c->deviation + c->center;
            out[part] = p->samples ? (double)v->deviation[k][i] * c->deviation : 0;
            out[2 * part] = out[0] - sigmas * out[part];
            out[3 * part] = out[0] + sigmas * out[part];
        }
    }
}

/* Predicts a batch into v: once, or as mean and standard deviation of p->samples passes. */
static plm_status predict(const plm_predictions *p, plm_job *j, const plm_batch *b, batch_values *v)
{
    plm_view y[PLM_PREDICTION_OUTPUTS], deviation[PLM_PREDICTION_OUTPUTS];
    const int outputs = p->columns.outputs;
    for (int k = 0; k < outputs; k++) {
        y[k] = view_of(j->model, k, v->y[k], b->rows);
        deviation[k] = view_of(j->model, k, v->deviation[k], b->rows);
    }
    const plm_status status =
        p->samples ? plm_predict_scaled_monte_carlo(j->model, b->inputs, b->input, (int)p->samples,
                                                    outputs, y, deviation)
                   : plm_predict_scaled(j->model, b->inputs, b->input, outputs, y);
    if (status < 0)
        return plm_job_fail_at(j, status, NULL);
    unscale(p, v, b->rows);
    return PLM_OK;
}

/* Adds the rows of a batch to the text. Sets b->moved if a standard deviation is above 0, which
 * shows that the samples differ. */
static plm_status add_rows(const plm_predictions *p, batch_values *b, int64_t rows, plm_text *t)
{
    for (int64_t i = 0; i < rows; i++) {
        plm_prediction_values v = {.y = {NULL}};
        if (p->id)
            PLM_TRY(plm_id_column_next(p->id, &v.id, &v.also));
        for (int k = 0; k < p->columns.outputs; k++) {
            const int columns = p->columns.of[k].columns;
            const int64_t part = b->rows * columns;
            v.y[k] = b->number[k] + i * columns;
            v.deviation[k] = p->samples ? v.y[k] + part : NULL;
            v.low[k] = p->samples ? v.y[k] + 2 * part : NULL;
            v.high[k] = p->samples ? v.y[k] + 3 * part : NULL;
            for (int n = 0; p->samples && n < columns; n++)
                b->moved = b->moved || v.deviation[k][n] > 0;
        }
        p->format->row(t, &p->columns, &v);
    }
    return PLM_OK;
}

/* Passes the text to the caller's `write`, and empties it. */
static plm_status pass(const plm_predictions *p, int64_t at, plm_text *t)
{
    const plm_status status = t->failed ? PLM_E_MEMORY : p->write(p->self, at, t);
    plm_text_free(t);
    return status;
}

/* Writes the rows of a batch. */
static plm_status write_rows(const plm_predictions *p, plm *w, batch_values *b, int64_t rows)
{
    plm_text t = {.w = w};
    const plm_status status = add_rows(p, b, rows, &t);
    if (status >= 0)
        return pass(p, -1, &t);
    plm_text_free(&t);
    return status;
}

/* Writes the head of the format, if it has one. at: see plm_predictions.write. rows: number of
 * rows, 0 = unknown. */
static plm_status write_head(const plm_predictions *p, plm *w, int64_t at, int64_t rows)
{
    plm_text t = {.w = w};
    if (!p->format->begin)
        return PLM_OK;
    p->format->begin(&t, &p->columns, rows);
    return pass(p, at, &t);
}

/* Predicts and writes one batch after another, up to the end of the data. */
static plm_status write_batches(plm_predictions *p, plm_job *j, batch_values *v)
{
    plm_batch batch;
    plm_status status = PLM_OK;
    while ((status = plm_data_next(j->data, &batch)) == PLM_OK) {
        PLM_TRY(make_values(p, j->home, v, batch.rows));
        PLM_TRY(predict(p, j, &batch, v));
        PLM_TRY(write_rows(p, j->home, v, batch.rows));
        p->rows += batch.rows;
    }
    return status < 0 ? plm_job_fail_at(j, status, NULL) : PLM_OK;
}

/* Predicts all rows and writes them. Some formats state the number of rows in their head. If the
 * number was not known before, the head is written again at the end. */
plm_status plm_predictions_run(plm_predictions *p, plm_job *j)
{
    batch_values v = {0};
    const int64_t promised = j->about.rows < 0 ? 0 : j->about.rows;
    PLM_TRY(plm_forecast(j));
    PLM_TRY(write_head(p, j->home, -1, promised));
    const plm_status status = write_batches(p, j, &v);
    free_values(j->home, &v);
    PLM_TRY(status);
    if (p->samples > 1 && p->rows && !v.moved)
        plm_warn(j->home, "all samples are the same, and the intervals have no width: the model "
                          "has no dropout or "
                          "noise, so they say nothing about how certain it is");
    return p->format->counts && p->rows != promised ? write_head(p, j->home, 0, p->rows) : PLM_OK;
}

/* ---- what must not be replaced ---- */

/* Fails if the output is the same file as an input, so that no input is overwritten. input: the
 * path as the user gave it. */
static plm_status keep(plm *w, const char *out, const char *file, const char *input)
{
    if (!file || !plm_path_is_file(out) || !plm_path_is_same(out, file))
        return PLM_OK;
    return plm_fail(w, PLM_E_SPEC, out, "name another file: -o answers.csv",
                    "the predictions would overwrite their own input, %s", input);
}

/* Checks that the output is none of the files that a pipeline names in quotes, such as 'a.csv'. */
static plm_status keep_named(plm *w, plm_arena *a, const char *out, const char *data)
{
    for (const char *c = strpbrk(data, "'\""), *end = NULL; c; c = strpbrk(end + 1, "'\"")) {
        end = strchr(c + 1, *c);
        if (!end)
            break;
        const char *file = plm_arena_text(a, c + 1, (size_t)(end - c - 1));
        PLM_TRY(file ? keep(w, out, file, file) : PLM_E_MEMORY);
    }
    return PLM_OK;
}

/* Checks that the output does not overwrite the model or the data. Files are compared by identity,
 * not by the text of their paths: a.csv and ./a.csv are the same. */
plm_status plm_predictions_keep_inputs(plm *w, const char *out, const char *model, const char *data)
{
    plm_arena a = {.w = w};
    if (!out)
        return PLM_OK;
    PLM_TRY(keep(w, out, model, model));
    PLM_TRY(keep(w, out, strcmp(data, "-") ? data : "/dev/stdin", data));
    const plm_status status = keep_named(w, &a, out, data);
    plm_arena_free(&a);
    return status;
}
