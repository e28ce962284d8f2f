/* Measures the variance of outputs and gradients through deep stacks of dense layers. Kernels come
 * from the initializers of the library, and activations from its forward pass. Matrix products are
 * computed in double, so that a variance that vanishes or explodes can be measured beyond the range
 * of float32. */
#include "study/variance.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/runtime.h"
#include "study/curve.h"

/* Bounds within which an activation is evaluated in float32. Beyond FAR, activations are straight
 * lines or constants; closer to 0 than NEAR, they are straight lines on either side of 0. There the
 * value is computed from the tangent at FAR or at 0, since float32 has no numbers so large or so
 * small. */
static const double FAR = 1e6, NEAR = 1e-20;

/* number added to the seeds of the rows, so that they differ from the seeds of the nets */
enum { OWN_SEED = 2000000000 };

/* One net, and memory for a batch of rows. Matrices are row-major. */
typedef struct {
    const plm_variance_plan *plan; /* depths, widths, activations and initializers to measure */
    plm *w;                        /* runtime of this net, with its seed */
    plm_arena arena;               /* all memory below */
    /* number of layers of the deepest net; largest width; size of a batch of that width, rows x
     * width */
    size_t layers, width, count;
    /* [layers][inputs, units] the kernels, and [layers][units, inputs] their transposes; each layer
     * has memory for the largest kernel */
    float *kernel, *transposed;
    /* [2][rows, width] standard normal numbers: the inputs, and the gradients at the outputs */
    float *normal;
    /* [rows, width] each. Going forward: the outputs and the weighted sums of a layer. Going
     * backward: the gradients before and after a layer */
    double *a, *z;
    /* [layers][rows, width] derivatives of the activation with respect to the weighted sums */
    double *slope;
    /* [3][rows, width] the three points from which each derivative is computed, and their values */
    float *x, *y;
} net;

/* Returns the number of units of layer l; layers count from 1. l = 0 gives the number of inputs. */
static size_t units_of(const net *n, size_t l)
{
    return (size_t)n->plan->width[l % (size_t)n->plan->widths];
}

/* Returns the largest of the widths. */
static size_t max_width(const plm_variance_plan *plan)
{
    size_t width = 0;
    for (int i = 0; i < plan->widths; i++)
        width = (size_t)plan->width[i] > width ? (size_t)plan->width[i] : width;
    return width;
}

/* Allocates a net. The kernels and rows are filled later. */
static plm_status open_net(net *n, plm *w, const plm_variance_plan *plan)
{
    const size_t width = max_width(plan), layers = (size_t)plan->depth[plan->depths - 1];
    const size_t count = (size_t)plan->rows * width, size = width * width;
    *n = (net){.plan = plan, .w = w, .layers = layers, .width = width, .count = count};
    n->arena.w = w;
    n->kernel = plm_arena_array(&n->arena, layers * size, sizeof *n->kernel);
    n->transposed = plm_arena_array(&n->arena, layers * size, sizeof *n->transposed);
    n->normal = plm_arena_array(&n->arena, 2 * count, sizeof *n->normal);
    n->a = plm_arena_array(&n->arena, count, sizeof *n->a);
    n->z = plm_arena_array(&n->arena, count, sizeof *n->z);
    n->slope = plm_arena_array(&n->arena, layers * count, sizeof *n->slope);
    n->x = plm_arena_array(&n->arena, 3 * count, sizeof *n->x);
    n->y = plm_arena_array(&n->arena, 3 * count, sizeof *n->y);
    return n->kernel && n->transposed && n->normal && n->a && n->z && n->slope && n->x && n->y
               ? PLM_OK
               : PLM_E_MEMORY;
}

/* Fills `out` with kernels that the initializer draws for `layers` dense layers, one after another,
 * each `stride` numbers after the previous one. inputs: number of inputs of the first layer. units:
 * number of units of each layer; 0 = as the variance plan of n says. */
static plm_status read_kernels(const net *n, size_t inputs, size_t units, size_t layers,
                               size_t stride, const char *initializer, float *out)
{
    plm_model *m = plm_model_new(n->w);
    plm_add(m, "input(%zu)", inputs);
    for (size_t i = 0; i < layers; i++)
        plm_add(m, "dense(%zu, use_bias=false, kernel_initializer=%s)",
                units ? units : units_of(n, i + 1), initializer);
    plm_status status = m ? plm_compile(m, NULL, NULL, NULL) : PLM_E_MEMORY;
    for (size_t i = 0; i < layers && status >= 0; i++)
        status = plm_parameter_read(m, (int64_t)i, out + i * stride);
    if (status < 0)
        plm_fail_within(n->w, "%s", initializer);
    plm_model_free(m);
    return status;
}

/* Fills the batch of inputs and the batch of gradients at the outputs with standard normal numbers.
 * They have their own seed: with the seed of the net they would repeat numbers of its kernels. */
static plm_status fill_rows(net *n, int64_t which)
{
    const long long seed = OWN_SEED + (long long)(n->plan->seed + which);
    const char *spec = plm_arena_format(&n->arena, "random_normal(stddev=1, seed=%lld)", seed);
    return spec ? read_kernels(n, 2 * (size_t)n->plan->rows, n->width, 1, 0, spec, n->normal)
                : PLM_E_MEMORY;
}

/* Fills the kernels of all layers by an initializer, then transposes them. */
static plm_status fill_kernels(net *n, const char *initializer)
{
    const size_t size = n->width * n->width;
    PLM_TRY(read_kernels(n, units_of(n, 0), 0, n->layers, size, initializer, n->kernel));
    for (size_t l = 0; l < n->layers; l++) {
        const size_t inputs = units_of(n, l), units = units_of(n, l + 1);
        for (size_t i = 0; i < inputs; i++)
            for (size_t j = 0; j < units; j++)
                n->transposed[l * size + j * inputs + i] = n->kernel[l * size + i * units + j];
    }
    return PLM_OK;
}

/* Computes out [rows, units] = in [rows, inputs] times matrix [inputs, units]. */
static void multiply(const net *n, size_t inputs, size_t units, const double *restrict in,
                     const float *restrict matrix, double *restrict out)
{
    const size_t rows = (size_t)n->plan->rows;
    memset(out, 0, rows * units * sizeof *out);
    for (size_t row = 0; row < rows; row++)
        for (size_t i = 0; i < inputs; i++)
            for (size_t j = 0; j < units; j++)
                out[row * units + j] += in[row * inputs + i] * (double)matrix[i * units + j];
}

/* Returns the variance of the numbers x [count] of a batch. */
static double variance(const double *x, size_t count)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < count; i++)
        sum += x[i];
    double mean = sum / (double)count;
    for (size_t i = 0; i < count; i++)
        squares += (x[i] - mean) * (x[i] - mean);
    return squares / (double)count;
}

/* Fills three points from z outwards, away from 0, so that the points are never on both sides of
 * the kink that relu and similar functions have at 0. |z| is limited to FAR; below NEAR, z is taken
 * as 0. The points are `stride` numbers apart. */
static void place_points(float *x, size_t stride, double z)
{
    double size = fabs(z) < NEAR ? 0 : fmin(fabs(z), FAR), step = fmax(size, 1) / 256;
    for (size_t i = 0; i < 3; i++)
        x[i * stride] = (float)copysign(size + (double)i * step, z);
}

/* Returns the derivative at the first of three points, as that of the parabola through them. */
static double tangent(const float *x, const float *y, size_t stride)
{
    double one = (double)x[stride] - (double)x[0], two = (double)x[2 * stride] - (double)x[0];
    double rise_one = (double)y[stride] - (double)y[0],
           rise_two = (double)y[2 * stride] - (double)y[0];
    return (rise_one / one * two - rise_two / two * one) / (two - one);
}

/* Computes a = f(z) and the derivatives of layer l. f is evaluated in float32 at x, the float32
 * number nearest to z, and the tangent at x corrects for z - x. */
static plm_status activate(net *n, const plm_function *f, size_t l)
{
    const size_t units = units_of(n, l + 1), count = (size_t)n->plan->rows * units;
    for (size_t i = 0; i < count; i++)
        place_points(n->x + i, count, n->z[i]);
    PLM_TRY(plm_function_apply(f, 3 * (int64_t)units, n->x, n->y)); /* rows as wide as `rows` */
    for (size_t i = 0; i < count; i++) {
        const double slope = tangent(n->x + i, n->y + i, count);
        n->slope[l * n->count + i] = slope;
        n->a[i] = (double)n->y[i] + slope * (n->z[i] - (double)n->x[i]);
    }
    return PLM_OK;
}

/* Stores the variance of the outputs after `layers` layers, divided by that of the inputs. */
static void fill_outputs(const net *n, size_t layers, double ratio, plm_variance *out)
{
    out->output_line[layers] = ratio;
    for (int d = 0; d < n->plan->depths; d++)
        if ((size_t)n->plan->depth[d] == layers)
            out->outputs[d] = ratio;
}

/* Passes the inputs through all layers, and stores the ratios of the variances of outputs. *finite
 * = number of layers after which all numbers are still finite. */
static plm_status forward(net *n, const plm_function *f, plm_variance *out, size_t *finite)
{
    const size_t rows = (size_t)n->plan->rows, first = rows * units_of(n, 0);
    for (size_t i = 0; i < first; i++)
        n->a[i] = (double)n->normal[i];
    const double before = variance(n->a, first);
    for (*finite = 0; *finite < n->layers; ++*finite) {
        const size_t l = *finite, count = rows * units_of(n, l + 1);
        multiply(n, units_of(n, l), units_of(n, l + 1), n->a, n->kernel + l * n->width * n->width,
                 n->z);
        if (!isfinite(variance(n->z, count)))
            break;
        PLM_TRY(activate(n, f, l));
        fill_outputs(n, l + 1, variance(n->a, count) / before, out);
    }
    return PLM_OK;
}

/* Passes normal gradients from the outputs of layer `depth` back to the inputs of the first layer.
 * Returns the variance at the inputs divided by that at the outputs. forward() must have filled the
 * derivatives. line: [depth + 1], filled with the ratios after 0, 1, ... layers; NULL = not
 * wanted. */
static double backward(net *n, size_t depth, double *line)
{
    const size_t rows = (size_t)n->plan->rows, last = rows * units_of(n, depth);
    for (size_t i = 0; i < last; i++)
        n->a[i] = (double)n->normal[n->count + i];
    const double before = variance(n->a, last);
    for (size_t l = depth; l-- > 0;) {
        const size_t units = units_of(n, l + 1), inputs = units_of(n, l);
        for (size_t i = 0; i < rows * units; i++)
            n->a[i] *= n->slope[l * n->count + i];
        multiply(n, units, inputs, n->a, n->transposed + l * n->width * n->width, n->z);
        double *spare = n->a;
        n->a = n->z;
        n->z = spare;
        if (line)
            line[depth - l] = variance(n->a, rows * inputs) / before;
    }
    return variance(n->a, rows * units_of(n, 0)) / before;
}

/* Fills both series of ratios as if no number were finite after the first layer: 1, then
 * infinity. */
static void clear_lines(plm_variance *out)
{
    for (int k = 0; k <= PLM_VARIANCE_LAYERS; k++)
        out->output_line[k] = out->gradient_line[k] = k ? INFINITY : 1;
}

/* Measures one activation in a net whose kernels are set. */
static plm_status measure_pair(net *n, const char *activation, plm_variance *out)
{
    const plm_variance_plan *p = n->plan;
    plm_function f;
    size_t good = 0;
    clear_lines(out);
    plm_status status = plm_function_open(&f, n->w, activation, p->rows);
    if (status >= 0)
        status = forward(n, &f, out, &good);
    plm_function_free(&f);
    for (int d = 0; d < p->depths && status >= 0; d++) {
        const bool finite = (size_t)p->depth[d] <= good;
        double *line = d + 1 == p->depths ? out->gradient_line : NULL;
        const double gradient = finite ? backward(n, (size_t)p->depth[d], line) : INFINITY;
        out->gradients[d] = isfinite(gradient) ? gradient : INFINITY;
        out->outputs[d] = finite && isfinite(out->outputs[d]) ? out->outputs[d] : INFINITY;
    }
    return status;
}

/* Measures all pairs in net number `which`. out: [activations][initializers], filled. */
static plm_status measure_pairs(net *n, int64_t which, plm_variance *out)
{
    const plm_variance_plan *p = n->plan;
    PLM_TRY(fill_rows(n, which));
    for (int i = 0; i < p->initializers; i++) {
        PLM_TRY(fill_kernels(n, p->initializer[i]));
        for (int a = 0; a < p->activations; a++)
            PLM_TRY(measure_pair(n, p->activation[a], &out[a * p->initializers + i]));
    }
    return PLM_OK;
}

/* Measures all pairs in net number `which`, which has a runtime of its own: the seed of the runtime
 * determines the kernels. Errors of that runtime are copied to w. */
static plm_status measure_net(plm *w, const plm_variance_plan *p, int64_t which, plm_variance *out)
{
    net n;
    plm *own = plm_open(PLM_OPTIONS(.threads = 1, .seed = (uint64_t)(p->seed + which)));
    if (!own)
        return plm_fail_memory(w, "variance");
    plm_status status = open_net(&n, own, p);
    if (status >= 0)
        status = measure_pairs(&n, which, out);
    if (status < 0) {
        plm_error_record error;
        plm_error_take(own, &error);
        plm_error_restore(w, &error);
    }
    plm_arena_free(&n.arena);
    plm_close(own);
    return status;
}

/* Compares two numbers, for qsort. */
static int rising(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Returns the median of `count` numbers that are `stride` apart; of an even count, the lower one of
 * the two in the middle. sorted [count]: working memory. */
static double median(const double *first, size_t stride, size_t count, double *sorted)
{
    for (size_t i = 0; i < count; i++)
        sorted[i] = first[i * stride];
    qsort(sorted, count, sizeof *sorted, rising);
    return sorted[(count - 1) / 2];
}

/* Fills out [pairs] with the medians over the nets of all [nets][pairs]. */
static void fill_medians(const plm_variance_plan *p, size_t pairs, const plm_variance *all,
                         double *sorted, plm_variance *out)
{
    const size_t stride = pairs * sizeof *all / sizeof(double), nets = (size_t)p->nets;
    for (size_t k = 0; k < pairs; k++)
        for (int d = 0; d < p->depths; d++) {
            out[k].outputs[d] = median(&all[k].outputs[d], stride, nets, sorted);
            out[k].gradients[d] = median(&all[k].gradients[d], stride, nets, sorted);
        }
    for (size_t k = 0; k < pairs; k++)
        for (int64_t l = 0; l <= PLM_VARIANCE_LAYERS; l++) {
            out[k].output_line[l] = median(&all[k].output_line[l], stride, nets, sorted);
            out[k].gradient_line[l] = median(&all[k].gradient_line[l], stride, nets, sorted);
        }
}

/* Measures all pairs in several nets and takes medians. all: [nets][activations][initializers]. The
 * median over nets keeps one unlucky draw of the kernels from deciding. */
plm_status plm_variance_measure(plm *w, const plm_variance_plan *p, plm_variance *out)
{
    const size_t pairs = (size_t)p->initializers * (size_t)p->activations;
    plm_variance *all = plm_allocate_array(w, (size_t)p->nets * pairs, sizeof *all);
    double *sorted = plm_allocate_array(w, (size_t)p->nets, sizeof *sorted);
    plm_status status = all && sorted ? PLM_OK : PLM_E_MEMORY;
    for (int64_t i = 0; i < p->nets && status >= 0; i++)
        status = measure_net(w, p, i, all + (size_t)i * pairs);
    if (status >= 0)
        fill_medians(p, pairs, all, sorted, out);
    plm_release(w, all);
    plm_release(w, sorted);
    return status;
}
