/* Variance of outputs and gradients through deep stacks of dense layers. Kernels come from the
 * library's initializers and activations from its forward pass; the sums between them are in
 * double, so that what vanishes or explodes can be followed beyond the range of float32. */
#include "plot_variance.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Beyond FAR the activations are straight lines or constants, and nearer to 0 than NEAR they are
 * straight lines on either side of it: there the curve is followed along its tangent, for
 * float32 goes no further. */
static const double FAR = 1e6, NEAR = 1e-20;

enum { OWN_SEED = 2000000000 };

/* One net: its kernels, and what a batch leaves behind in it. Matrices are row-major. */
typedef struct {
    const plm_cli_variance_plan *plan;
    plm *w;
    size_t layers, width, count; /* count: numbers of a batch, rows x width */
    float *kernel, *turned;      /* layers x [width, width], as they are and transposed */
    float *normal;               /* two batches of standard normal numbers: inputs, gradients */
    /* a batch: outputs and sums, or gradients before and behind a layer */
    double *a, *z;
    double *slope; /* layers x batch: the derivatives at the sums */
    float *x, *y;  /* the three points of each tangent */
} net;

static int open_net(net *n, const plm_cli_variance_plan *plan, int64_t which)
{
    size_t width = (size_t)plan->width, layers = (size_t)plan->depth[plan->depths - 1];
    size_t count = (size_t)plan->rows * width;
    *n = (net){.plan = plan, .layers = layers, .width = width, .count = count};
    n->w = plm_open(PLM_OPTIONS(.threads = 1, .seed = (uint64_t)(plan->seed + which)));
    if (!n->w)
        return plm_cli_fail(PLM_EXIT_INTERNAL, NULL, NULL, "out of memory");
    n->kernel = plm_cli_take(layers * width * width * sizeof *n->kernel);
    n->turned = plm_cli_take(layers * width * width * sizeof *n->turned);
    n->normal = plm_cli_take(2 * count * sizeof *n->normal);
    n->a = plm_cli_take(count * sizeof *n->a);
    n->z = plm_cli_take(count * sizeof *n->z);
    n->slope = plm_cli_take(layers * count * sizeof *n->slope);
    n->x = plm_cli_take(3 * count * sizeof *n->x);
    n->y = plm_cli_take(3 * count * sizeof *n->y);
    return PLM_EXIT_GOOD;
}

static void close_net(net *n)
{
    plm_close(n->w);
    free(n->kernel);
    free(n->turned);
    free(n->normal);
    free(n->a);
    free(n->z);
    free(n->slope);
    free(n->x);
    free(n->y);
}

/* The kernels of so many dense layers of `width` units behind an input of `inputs`, one after
 * the other. */
static int read_kernels(const net *n, size_t inputs, size_t layers, const char *initializer,
                        float *out)
{
    plm_model *m = plm_model_new(n->w);
    plm_add(m, "input(%zu)", inputs);
    for (size_t i = 0; i < layers; i++)
        plm_add(m, "dense(%zu, use_bias=false, kernel_initializer=%s)", n->width, initializer);
    plm_status status = plm_compile(m, NULL, NULL, NULL);
    for (size_t i = 0; i < layers && status >= 0; i++)
        status = plm_parameter_read(m, (int64_t)i, out + i * inputs * n->width);
    int code = status < 0 ? plm_cli_fail_status(n->w, status, initializer) : PLM_EXIT_GOOD;
    plm_model_free(m);
    return code;
}

/* Rows of standard normal numbers, by a seed of their own: by the net's they would be rows of
 * its kernels. */
static int fill_rows(net *n, int64_t which)
{
    long long seed = OWN_SEED + (long long)(n->plan->seed + which);
    char *spec = plm_cli_format("random_normal(stddev=1, seed=%lld)", seed);
    int code = read_kernels(n, 2 * (size_t)n->plan->rows, 1, spec, n->normal);
    free(spec);
    return code;
}

static int fill_kernels(net *n, const char *initializer)
{
    size_t width = n->width, size = width * width;
    int code = read_kernels(n, width, n->layers, initializer, n->kernel);
    for (size_t l = 0; l < n->layers && !code; l++)
        for (size_t i = 0; i < width; i++)
            for (size_t j = 0; j < width; j++)
                n->turned[l * size + j * width + i] = n->kernel[l * size + i * width + j];
    return code;
}

/* out [rows, width] = in [rows, width] times matrix [width, width] */
static void multiply(const net *n, const double *restrict in, const float *restrict matrix,
                     double *restrict out)
{
    size_t width = n->width;
    memset(out, 0, n->count * sizeof *out);
    for (size_t row = 0; row < n->count; row += width)
        for (size_t i = 0; i < width; i++)
            for (size_t j = 0; j < width; j++)
                out[row + j] += in[row + i] * (double)matrix[i * width + j];
}

/* The variance over all numbers of a batch. */
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

/* Three points from x outwards, away from 0, so that the kink of relu and its like at 0 is never
 * spanned. */
static void place_points(float *x, size_t stride, double z)
{
    double size = fabs(z) < NEAR ? 0 : fmin(fabs(z), FAR), step = fmax(size, 1) / 256;
    for (size_t i = 0; i < 3; i++)
        x[i * stride] = (float)copysign(size + (double)i * step, z);
}

/* The derivative at the first of three points: that of the parabola through them. */
static double tangent(const float *x, const float *y, size_t stride)
{
    double one = (double)x[stride] - (double)x[0], two = (double)x[2 * stride] - (double)x[0];
    double rise_one = (double)y[stride] - (double)y[0],
           rise_two = (double)y[2 * stride] - (double)y[0];
    return (rise_one / one * two - rise_two / two * one) / (two - one);
}

/* a = f(z), and the derivatives of layer l. */
static int activate(net *n, const plm_cli_function *f, size_t l)
{
    size_t count = n->count;
    for (size_t i = 0; i < count; i++)
        place_points(n->x + i, count, n->z[i]);
    int code = plm_cli_function_apply(f, 3 * n->plan->rows, n->x, n->y);
    for (size_t i = 0; i < count && !code; i++) {
        double slope = tangent(n->x + i, n->y + i, count);
        n->slope[l * count + i] = slope;
        n->a[i] = (double)n->y[i] + slope * (n->z[i] - (double)n->x[i]);
    }
    return code;
}

/* Returns through how many layers the numbers stayed finite, or a negative exit code. */
static int forward(net *n, const plm_cli_function *f, plm_cli_variance *out)
{
    const plm_cli_variance_plan *p = n->plan;
    for (size_t i = 0; i < n->count; i++)
        n->a[i] = (double)n->normal[i];
    double before = variance(n->a, n->count);
    for (size_t l = 0; l < n->layers; l++) {
        multiply(n, n->a, n->kernel + l * n->width * n->width, n->z);
        if (!isfinite(variance(n->z, n->count)))
            return (int)l;
        int code = activate(n, f, l);
        if (code)
            return -code;
        for (int d = 0; d < p->depths; d++)
            if ((size_t)p->depth[d] == l + 1)
                out->outputs[d] = variance(n->a, n->count) / before;
    }
    return (int)n->layers;
}

/* Normal gradients at the outputs of layer `depth`, back to the inputs of the first. */
static double backward(net *n, size_t depth)
{
    for (size_t i = 0; i < n->count; i++)
        n->a[i] = (double)n->normal[n->count + i];
    double before = variance(n->a, n->count);
    for (size_t l = depth; l-- > 0;) {
        for (size_t i = 0; i < n->count; i++)
            n->a[i] *= n->slope[l * n->count + i];
        multiply(n, n->a, n->turned + l * n->width * n->width, n->z);
        double *spare = n->a;
        n->a = n->z;
        n->z = spare;
    }
    return variance(n->a, n->count) / before;
}

static int measure_pair(net *n, const char *activation, plm_cli_variance *out)
{
    const plm_cli_variance_plan *p = n->plan;
    plm_cli_function f;
    int code = plm_cli_function_open(&f, n->w, activation, p->width),
        good = code ? 0 : forward(n, &f, out);
    plm_cli_function_free(&f);
    if (code || good < 0)
        return code ? code : -good;
    for (int d = 0; d < p->depths; d++) {
        bool finite = p->depth[d] <= good;
        double gradient = finite ? backward(n, (size_t)p->depth[d]) : INFINITY;
        out->gradients[d] = isfinite(gradient) ? gradient : INFINITY;
        out->outputs[d] = finite && isfinite(out->outputs[d]) ? out->outputs[d] : INFINITY;
    }
    return PLM_EXIT_GOOD;
}

static int measure_net(const plm_cli_variance_plan *p, int64_t which, plm_cli_variance *out)
{
    net n;
    int code = open_net(&n, p, which), initializers = p->initializers.count;
    code = code ? code : fill_rows(&n, which);
    for (int i = 0; i < initializers && !code; i++) {
        code = fill_kernels(&n, p->initializers.text[i]);
        for (int a = 0; a < p->activations.count && !code; a++)
            code = measure_pair(&n, p->activations.text[a], &out[a * initializers + i]);
    }
    close_net(&n);
    return code;
}

static int rising(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The median of the nets' figures; of an even number the lower one of the middle. */
static double median(const plm_cli_variance_plan *p, const double *first, size_t stride)
{
    double *sorted = plm_cli_take((size_t)p->nets * sizeof *sorted);
    for (size_t i = 0; i < (size_t)p->nets; i++)
        sorted[i] = first[i * stride];
    qsort(sorted, (size_t)p->nets, sizeof *sorted, rising);
    double middle = sorted[(p->nets - 1) / 2];
    free(sorted);
    return middle;
}

int plm_cli_variance_measure(const plm_cli_variance_plan *p, plm_cli_variance *out)
{
    size_t pairs = (size_t)p->initializers.count * (size_t)p->activations.count;
    plm_cli_variance *all = plm_cli_take((size_t)p->nets * pairs * sizeof *all);
    size_t stride = pairs * sizeof *all / sizeof(double);
    int code = PLM_EXIT_GOOD;
    for (int64_t i = 0; i < p->nets && !code; i++)
        code = measure_net(p, i, all + (size_t)i * pairs);
    for (size_t k = 0; k < pairs && !code; k++)
        for (int d = 0; d < p->depths; d++) {
            out[k].outputs[d] = median(p, &all[k].outputs[d], stride);
            out[k].gradients[d] = median(p, &all[k].gradients[d], stride);
        }
    free(all);
    return code;
}
