/* Slopes of activations and frequencies of waves that begin far too large. A slope above 1 makes
 * values and gradients larger at each layer, as weights do that are too large. */
#include "doctor/slopes.h"

#include <math.h>
#include <string.h>

/* Returns the root mean square of the values of a layer. */
static double size_of(const plm_reading *reading)
{
    return sqrt(reading->mean * reading->mean + reading->variance);
}

/* Returns the layer that a layer with one input reads; -1 = an input, or there are several. */
static int64_t read_by(const plm_case *c, int64_t k)
{
    const plm_layer *l = &c->model->layer[c->spot[k].layer];
    for (int64_t i = 0; i < k && l->inputs == 1; i++)
        if (c->spot[i].layer == (size_t)l->input[0])
            return i;
    return -1;
}

void plm_find_slopes(const plm_case *c, double limit, plm_report *r)
{
    double all = 1, most = 0;
    int64_t at = -1, count = 0;
    for (int64_t k = 0; k < c->layers; k++) {
        const int64_t from = read_by(c, k);
        if (plm_case_layer_is(c, k, "*normalization"))
            all = 1;
        if (from < 0 || !plm_case_layer_is(c, k, "*leaky_relu|prelu|relu|elu|celu"))
            continue;
        const double gain = size_of(&c->first[k]) / size_of(&c->first[from]);
        if (!(gain > 1))
            continue;
        all *= gain;
        count++;
        at = gain > most ? k : at;
        most = fmax(most, gain);
    }
    if (at < 0 || !(all > limit))
        return;
    plm_report_found(r, PLM_WARNING, PLM_PART_INIT, at,
                     "the slopes of the activations are too large: %s makes its values %.3g times "
                     "as large",
                     plm_case_layer(c, at), most);
    r->number = all;
    r->threshold = limit;
    plm_report_line(r, "such layers: %lld; together %.3g times", (long long)count, all);
    plm_report_remedy(r, "", "slopes from 0 to 0.3, as leaky_relu(0.2) has");
}

/* Returns the root mean square of the frequencies of a layer; 0 = it has none. */
static double frequency_of(const plm_case *c, int64_t layer)
{
    const plm_graph *g = &c->model->graph;
    const char *name = plm_case_layer(c, layer);
    for (size_t i = 0; i < g->weights; i++) {
        const plm_weight *w = &g->weight[i];
        double sum = 0;
        if (w->layer != name || strstr(w->name, "/frequency") == NULL)
            continue;
        for (size_t k = 0; k < w->size; k++) {
            const double own = (double)c->model->vector.p[w->offset + k];
            sum += own * own;
        }
        return sqrt(sum / (double)w->count);
    }
    return 0;
}

/* Returns the root mean square of the deviations of the columns that come out of layer i; -1: of
 * the inputs. */
static double deviation_of(const plm_case *c, int64_t i)
{
    double sum = 0, count = 0;
    if (i >= 0)
        return sqrt(c->first[i].variance);
    for (int64_t j = 0; c->data != NULL && j < c->data->columns; j++, count++)
        sum += c->data->column[j].deviation * c->data->column[j].deviation;
    return count > 0 ? sqrt(sum / count) : (double)NAN;
}

void plm_find_waves(const plm_case *c, double limit, plm_report *r)
{
    for (int64_t k = 0; k < c->layers; k++) {
        if (!plm_case_layer_is(c, k, "periodic_embedding"))
            continue;
        const double waves = frequency_of(c, k) * deviation_of(c, read_by(c, k));
        if (!(waves > limit))
            continue;
        plm_report_found(r, PLM_WARNING, PLM_PART_INIT, k,
                         "the frequencies of %s are too large: %.3g waves for each standard "
                         "deviation of its inputs",
                         plm_case_layer(c, k), waves);
        r->number = waves;
        r->threshold = limit;
        plm_report_line(r, "rows that are similar get values that have nothing in common;");
        plm_report_line(r, "usual are 0.01 to 1");
        plm_report_change(r, c, k, "frequency_initializer", "random_normal(stddev=0.1)");
        return;
    }
}
