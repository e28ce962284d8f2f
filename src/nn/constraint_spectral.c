/* spectral_norm: divides a matrix by its largest singular value, which is found by power iteration.
 * The vector of the iteration is kept from step to step, so one round for each step is enough. All
 * sums are in double and in a fixed order. */
#include <math.h>
#include <string.h>

#include "kernel/kernel.h"
#include "kernel/per_isa.h"
#include "nn/penalty.h"

typedef struct {
    int64_t power_iterations; /* rounds for each update */
} spectral;

static const plm_field fields[] = {PLM_FIELD(spectral, power_iterations, PLM_INT, "1", 1, 1e6,
                                             "rounds of the power iteration for each update"),
                                   {0}};

/* Returns the address of the part of row i that lies in columns 16 k to 16 k + 15, for both layouts
 * of the parameter (in panels, or row by row). *columns: the number of elements of this part, fewer
 * than 16 at the end of a row. */
static plm_real *row_of(const plm_weight *weight, plm_real *p, size_t i, size_t k, size_t *columns)
{
    const size_t left = weight->columns - k * PLM_LANES;
    plm_real *x = p + weight->offset;
    *columns = left < PLM_LANES ? left : PLM_LANES;
    return weight->layout == PLM_LAYOUT_PANELS ? x + (k * weight->rows + i) * PLM_LANES
                                               : x + i * weight->columns + k * PLM_LANES;
}

/* Computes v [rows] = W u or, if `back`, u [columns] = W^T v; W is the parameter. Either product
 * reads the parameter once, in the order in which it is stored. */
static void multiply(const plm_weight *weight, plm_real *p, double *v, double *u, bool back)
{
    const size_t panels = (weight->columns + PLM_LANES - 1) / PLM_LANES;
    memset(back ? u : v, 0, (back ? weight->columns : weight->rows) * sizeof *u);
    for (size_t k = 0; k < panels; k++)
        for (size_t i = 0; i < weight->rows; i++) {
            size_t columns = 0;
            const plm_real *x = row_of(weight, p, i, k, &columns);
            double *at = u + k * PLM_LANES;
            for (size_t j = 0; j < columns; j++) {
                if (back)
                    at[j] += (double)x[j] * v[i];
                else
                    v[i] += (double)x[j] * at[j];
            }
        }
}

/* Scales x [count] to norm 1, unless it is 0. Returns the norm that it had. */
static double normalize(double *x, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += x[i] * x[i];
    const double norm = sqrt(sum);
    for (size_t i = 0; norm > 0 && i < count; i++)
        x[i] /= norm;
    return norm;
}

/* Multiplies x [count] by `factor`. */
static void scale(plm_real *x, size_t count, double factor)
{
    for (size_t i = 0; i < PLM_WHOLE(count); i++)
        x[i] = plm_flushed((plm_real)((double)x[i] * factor));
}

/* Makes one round: v = W u / |W u|, then u = W^T v / |W^T v|. |W^T v| = v^T W u is then the
 * singular value. If W is all zeros, u does not change. A single round from the last u is enough,
 * since W and so u change little from step to step. */
static void divide(const plm_constraint *c, plm_real *p)
{
    const plm_weight *weight = c->weight, *kept = c->kept;
    double *v = c->work, *u = c->work + weight->rows, sigma = 0;
    for (size_t j = 0; j < weight->columns; j++)
        u[j] = (double)p[kept->offset + j];
    for (int64_t n = 0; n < ((const spectral *)c->config)->power_iterations; n++) {
        multiply(weight, p, v, u, false);
        normalize(v, weight->rows);
        multiply(weight, p, v, u, true);
        sigma = normalize(u, weight->columns);
    }
    if (!(sigma > 0))
        return;
    for (size_t j = 0; j < weight->columns; j++)
        p[kept->offset + j] = (plm_real)u[j];
    scale(p + weight->offset, weight->size, 1 / sigma);
}

const plm_constraint_kind plm_constraint_spectral_norm = {
    .kind = {.name = "spectral_norm",
             .alias = "SpectralNorm",
             .help = "divides a matrix by its largest singular value, which is then 1",
             .formula = "w / sigma, sigma by power iteration: v = w u / |w u|, u = w' v / |w' v|",
             .notes = "The layer then never increases the distance between two inputs. It can also "
                      "be written as Keras's wrapper: spectral_normalization(dense(10)). The "
                      "vector u is a state of the layer and is stored in the model file. Unlike "
                      "other constraints, it is also enforced before the first step.",
             .source = "Miyato et al., Spectral normalization for generative adversarial networks, "
                       "ICLR 2018",
             .config_size = sizeof(spectral),
             .fields = fields},
    .apply = divide,
    .keeps = true};
