/* Fits a temperature to the predictions for validation rows; see temperature.h. The logits are
 * computed from the probabilities. For softmax they are log(p); these differ from the logits by a
 * constant, which softmax ignores. For sigmoid they are log(1 - p) and log(p), the logits of two
 * classes. */
#include "study/temperature.h"

#include <math.h>
#include <string.h>

#include "train/sense.h"

/* log(1 / temperature) is searched in [-WIDEST, WIDEST], which is halved HALVINGS times. */
static const double WIDEST = 2.5;
enum { HALVINGS = 24 };

/* The rows that a temperature is fitted to. */
typedef struct {
    plm *w;
    double *logit;                  /* [rows][classes] */
    int64_t *class;                 /* [rows] */
    float *weight;                  /* [rows] */
    size_t rows, classes, capacity; /* capacity: rows that fit */
} sample;

/* Makes sure that `more` rows fit into the sample. */
static plm_status reserve(sample *s, size_t more)
{
    if (s->rows + more <= s->capacity)
        return PLM_OK;
    const size_t capacity = 2 * (s->rows + more);
    sample larger = *s;
    larger.capacity = capacity;
    larger.logit = plm_allocate_array(s->w, capacity * s->classes, sizeof *s->logit);
    larger.class = plm_allocate_array(s->w, capacity, sizeof *s->class);
    larger.weight = plm_allocate_array(s->w, capacity, sizeof *s->weight);
    const bool good = larger.logit != NULL && larger.class != NULL && larger.weight != NULL;
    if (good && s->rows > 0) {
        memcpy(larger.logit, s->logit, s->rows * s->classes * sizeof *s->logit);
        memcpy(larger.class, s->class, s->rows * sizeof *s->class);
        memcpy(larger.weight, s->weight, s->rows * sizeof *s->weight);
    }
    sample *old = good ? s : &larger;
    plm_release(s->w, old->logit);
    plm_release(s->w, old->class);
    plm_release(s->w, old->weight);
    if (!good)
        return PLM_E_MEMORY;
    *s = larger;
    return PLM_OK;
}

/* Returns the logarithm of a probability. A probability of 0 (a small one may be rounded to 0) is
 * taken as 1e-30. */
static double logarithm(double p)
{
    return log(p > 1e-30 ? p : 1e-30);
}

/* Adds the rows of a batch with their predictions p [rows, units]. */
static void add_rows(sample *s, const plm_batch *b, const float *p, size_t units)
{
    const float *target = b->target[0].data;
    for (int64_t i = 0; i < b->rows; i++, s->rows++) {
        double *logit = s->logit + s->rows * s->classes;
        const float *row = p + (size_t)i * units;
        for (size_t k = 0; k < units; k++)
            logit[units == 1 ? 1 : k] = logarithm((double)row[k]);
        if (units == 1)
            logit[0] = logarithm(1 - (double)row[0]);
        s->class[s->rows] = (int64_t)target[i];
        s->weight[s->rows] = b->weight != NULL ? b->weight[i] : 1;
    }
}

/* Computes the predictions p [rows, units] of a batch. */
static plm_status predict(plm_model *m, const plm_batch *b, float *p, int64_t units)
{
    plm_view y = {.data = p, .dtype = PLM_F32, .rank = 2, .dims = {b->rows, units}};
    return plm_predict_several(m, b->inputs, b->input, 1, &y);
}

/* Adds the rows `held` with the model's predictions for them. Errors are recorded on the model's
 * runtime. */
static plm_status add_model(sample *s, plm_model *m, plm_data *held)
{
    const plm_head h = plm_head_of(m, 0);
    plm_batch b;
    plm_data_info about;
    plm_status status = plm_data_get_info(held, &about);
    float *p =
        status < 0 ? NULL : plm_allocate_array(m->w, (size_t)(about.batch * h.units), sizeof *p);
    if (p == NULL)
        return status < 0 ? status : PLM_E_MEMORY;
    status = plm_data_rewind(held, 0);
    while (status == PLM_OK && (status = plm_data_next(held, &b)) == PLM_OK) {
        status = reserve(s, (size_t)b.rows);
        status = status < 0 ? status : predict(m, &b, p, h.units);
        if (status >= 0)
            add_rows(s, &b, p, (size_t)h.units);
    }
    plm_release(m->w, p);
    return status < 0 ? status : PLM_OK;
}

/* Returns the slope of the log loss with respect to beta = 1 / temperature. The targets are not
 * quite 1 and 0 (Platt, Probabilistic outputs for support vector machines, 1999): if all rows are
 * predicted correctly, exact targets would give a temperature of 0. */
static double slope(const sample *s, double beta)
{
    const double right = ((double)s->rows + 1) / ((double)s->rows + 2),
                 wrong = (1 - right) / (double)(s->classes - 1);
    double sum = 0;
    for (size_t i = 0; i < s->rows; i++) {
        const double *l = s->logit + i * s->classes;
        double top = l[0], total = 0, mean = 0, wanted = 0;
        for (size_t k = 1; k < s->classes; k++)
            top = l[k] > top ? l[k] : top;
        for (size_t k = 0; k < s->classes; k++) {
            const double e = exp(beta * (l[k] - top));
            total += e;
            mean += e * (l[k] - top);
            wanted += (l[k] - top) * ((int64_t)k == s->class[i] ? right : wrong);
        }
        sum += (double)s->weight[i] * (mean / total - wanted);
    }
    return sum;
}

/* Rounds beta = 1 / temperature, so that the last bits of log and exp do not change it. */
static double rounded(double beta)
{
    return round(1024 * beta) / 1024;
}

/* Compares beta = 1 / temperature with the ends of the searched range, which `fit` rounds as
 * well. */
bool plm_temperature_is_bound(double temperature)
{
    const double beta = temperature > 0 ? 1 / temperature : 1, least = rounded(exp(-WIDEST)),
                 most = rounded(exp(WIDEST));
    return fabs(beta - least) < 1e-6 || fabs(beta - most) < 1e-6;
}

/* Returns the beta = 1 / temperature with the lowest log loss, by bisection: the log loss is convex
 * in beta. If all logits of each row are equal, every beta gives the same probabilities, and the
 * result is 1. */
static double fit(const sample *s)
{
    if (slope(s, exp(-WIDEST)) == 0 && slope(s, exp(WIDEST)) == 0)
        return 1;
    double low = -WIDEST, high = WIDEST;
    for (int i = 0; i < HALVINGS; i++) {
        const double middle = (low + high) / 2;
        if (slope(s, exp(middle)) > 0)
            high = middle;
        else
            low = middle;
    }
    return rounded(exp((low + high) / 2));
}

/* Multiplies the parameters of the last layer by beta. */
static plm_status scale(plm_model *m, double beta)
{
    const char *layer = plm_model_output_name(m, 0);
    plm_parameter p;
    for (int64_t i = 0; i < plm_parameters(m, i, &p); i++) {
        size_t count = 1;
        if (strcmp(p.layer, layer) != 0)
            continue;
        for (int k = 0; k < p.rank; k++)
            count *= (size_t)p.dims[k];
        float *value = plm_allocate_array(m->w, count, sizeof *value);
        plm_status status = value != NULL ? plm_parameter_read(m, i, value) : PLM_E_MEMORY;
        for (size_t k = 0; k < count && status >= 0; k++)
            value[k] = (float)(beta * (double)value[k]);
        status = status < 0 ? status : plm_parameter_write(m, i, value);
        plm_release(m->w, value);
        PLM_TRY(status);
    }
    return PLM_OK;
}

/* True if the model has a layer of this name with parameters. */
static bool has_parameters(const plm_model *m, const char *layer)
{
    plm_parameter p;
    for (int64_t i = 0; i < plm_parameters(m, i, &p); i++)
        if (strcmp(p.layer, layer) == 0)
            return true;
    return false;
}

/* True if the output has this activation and this loss. */
static bool is_pair(const plm_head *h, const char *function, const char *loss)
{
    return h->function != NULL && strcmp(h->function, function) == 0 && h->loss != NULL &&
           strcmp(h->loss, loss) == 0;
}

/* True if the model can be calibrated. The loss must compare probabilities, which makes sure that
 * the outputs are probabilities, whose logarithms are logits. */
bool plm_temperature_fits(const plm_model *m)
{
    const plm_head h = plm_head_of(m, 0);
    if (!has_parameters(m, plm_model_output_name(m, 0)) || plm_model_outputs(m, 0, NULL) != 1)
        return false;
    return (is_pair(&h, "softmax", "sparse_categorical_crossentropy") && h.units > 1) ||
           (is_pair(&h, "sigmoid", "binary_crossentropy") && h.units == 1);
}

/* Fits one temperature to the predictions of all models. The logits of all models are gathered
 * first. */
plm_status plm_temperature_apply(int count, plm_model *const *models, plm_data *const *held,
                                 double *temperature)
{
    const plm_head h = plm_head_of(models[0], 0);
    sample all = {.w = models[0]->w, .classes = h.units == 1 ? 2 : (size_t)h.units};
    plm_status status = PLM_OK;
    int failed = 0;
    for (int k = 0; k < count && status >= 0; k++)
        status = add_model(&all, models[failed = k], held[k]);
    const double beta = status >= 0 && all.rows > 0 ? fit(&all) : 1;
    for (int k = 0; k < count && status >= 0; k++)
        status = scale(models[failed = k], beta);
    *temperature = 1 / beta;
    plm_release(all.w, all.logit);
    plm_release(all.w, all.class);
    plm_release(all.w, all.weight);
    if (status < 0 && failed > 0) {
        plm_error_record error;
        plm_error_take(models[failed]->w, &error);
        plm_error_restore(models[0]->w, &error);
    }
    return status;
}
