/* Draws a kernel with the library's initializer, and makes a histogram of its weights.
 *
 * The weights come from a model that is made and compiled for this, so the picture shows what a net
 * would get, with its fans and its seed. */
#include "study/weights.h"

#include <math.h>

#include "base/runtime.h"

/* Fills out [inputs, units] with the initial kernel of a dense layer, which a model of that layer
 * gives. */
static plm_status read_kernel(plm *w, const char *spec, int64_t inputs, int64_t units, float *out)
{
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(%lld)", (long long)inputs);
    plm_add(m, "dense(%lld, use_bias=false, kernel_initializer=%s)", (long long)units, spec);
    plm_status status = m ? plm_compile(m, NULL, NULL, NULL) : PLM_E_MEMORY;
    if (status >= 0)
        status = plm_parameter_read(m, 0, out);
    if (status < 0)
        plm_fail_within(w, "%s", spec);
    plm_model_free(m);
    return status;
}

/* Computes mean, standard deviation, minimum and maximum. */
static void measure(const float *weight, size_t count, plm_drawn_weights *out)
{
    double sum = 0, squares = 0;
    out->low = INFINITY;
    out->high = -INFINITY;
    for (size_t i = 0; i < count; i++) {
        sum += (double)weight[i];
        out->low = fmin(out->low, (double)weight[i]);
        out->high = fmax(out->high, (double)weight[i]);
    }
    out->mean = sum / (double)count;
    for (size_t i = 0; i < count; i++)
        squares += ((double)weight[i] - out->mean) * ((double)weight[i] - out->mean);
    out->deviation = sqrt(squares / (double)count);
}

/* Fills the outline: two points for each bin, and at either end one point on the axis. The area
 * below the outline is 1, so that it can be compared with a density. */
static void outline(const float *weight, size_t count, int bins, plm_drawn_weights *out)
{
    const double range = out->high > out->low ? out->high - out->low : 1, step = range / bins;
    plm_curve *c = &out->density;
    for (size_t i = 0; i < count; i++) { /* count in y[2 bin + 1] */
        const int bin = (int)fmin(bins - 1, ((double)weight[i] - out->low) / step);
        c->y[2 * bin + 1] += 1 / (step * (double)count);
    }
    for (int b = 0; b < bins; b++) {
        c->x[2 * b + 1] = out->low + b * step;
        c->x[2 * b + 2] = out->low + (b + 1) * step;
        c->y[2 * b + 2] = c->y[2 * b + 1];
    }
    c->x[0] = out->low;
    c->x[2 * bins + 1] = out->low + range;
    c->count = 2 * bins + 2;
}

/* Draws the kernel [inputs, units] of a dense layer and makes its histogram of `bins` bins. spec:
 * an initializer. The outline steps at each edge of a bin, so it has two points at each edge. */
plm_status plm_weights_draw(plm *w, const char *spec, int64_t inputs, int64_t units, int bins,
                            plm_drawn_weights *out)
{
    const size_t count = (size_t)inputs * (size_t)units, points = 2 * (size_t)bins + 2;
    *out = (plm_drawn_weights){0};
    float *weight = plm_allocate_array(w, count, sizeof *weight);
    out->density.x = plm_allocate_array(w, points, sizeof(double));
    out->density.y = plm_allocate_array(w, points, sizeof(double));
    plm_status status = weight && out->density.x && out->density.y
                            ? read_kernel(w, spec, inputs, units, weight)
                            : PLM_E_MEMORY;
    if (status >= 0) {
        measure(weight, count, out);
        outline(weight, count, bins, out);
    }
    plm_release(w, weight);
    return status;
}
