/* Draws a grid of pictures: each tile shows a row of the data and its class. */
#include <math.h>

#include "plot/plot.h"

/* The size of the pictures: height and width in pixels, and the number of channels of a pixel,
 * which are neighbours in memory. */
typedef struct {
    int64_t high, wide, channels;
} size;

/* Finds the size of the pictures by the shape of a row: [high, wide], [high, wide, channels], or a
 * square number of values. False: rows are not pictures. */
static bool find_size(const plm_view *v, size *s)
{
    s->channels = v->rank == 4 ? v->dims[3] : 1;
    if (v->rank >= 3) {
        s->high = v->dims[1];
        s->wide = v->dims[2];
    } else {
        s->high = s->wide = v->rank == 2 ? (int64_t)lround(sqrt((double)v->dims[1])) : 0;
    }
    return v->rank >= 2 && v->rank <= 4 && s->high >= 4 && s->high <= 128 && s->wide >= 4 &&
           s->wide <= 128 && (v->rank != 2 || s->high * s->wide == v->dims[1]);
}

/* Fills value[points] with the means over the channels of data[points][channels], scaled to 0 to
 * 1. */
static void fill(const float *data, int64_t points, int64_t channels, double *value)
{
    double low = INFINITY, high = -INFINITY;
    for (int64_t i = 0; i < points; i++) {
        for (int64_t k = 0; k < channels; k++)
            value[i] += (double)data[i * channels + k] / (double)channels;
        low = fmin(low, value[i]);
        high = fmax(high, value[i]);
    }
    for (int64_t i = 0; i < points; i++)
        value[i] = high > low ? (value[i] - low) / (high - low) : 0;
}

/* Returns the label of row i: its class; the class whose target is largest, if there are several;
 * or the number of the row. NULL = no memory. */
static const char *label_of(plm_arena *a, const plm_batch *b, int64_t i)
{
    if (b->targets < 1)
        return plm_arena_format(a, "row %lld", (long long)i);
    const plm_view *v = &b->target[0];
    const int64_t width = v->rank > 1 ? v->dims[1] : 1;
    const float *at = (const float *)v->data + i * width;
    int64_t best = 0;
    for (int64_t k = 1; k < width; k++)
        best = at[k] > at[best] ? k : best;
    return width > 1 ? plm_arena_format(a, "class %lld", (long long)best)
                     : plm_arena_format(a, "class %g", (double)at[0]);
}

/* Makes tiles of the first `count` rows of a batch. */
static plm_status make(plm *w, const plm_batch *b, int64_t count, const char *source, plm_plot *p)
{
    size s = {0};
    if (!find_size(&b->input[0], &s))
        return plm_fail(w, PLM_E_SPEC, source,
                        "use a data set of pictures, such as digits, mnist or fashion_mnist",
                        "the rows of the data are not pictures");
    count = count < b->rows ? count : b->rows;
    const int64_t points = count * s.high * s.wide;
    double *value = plm_arena_array(&p->arena, (size_t)points, sizeof *value);
    const char **label = plm_arena_array(&p->arena, (size_t)count, sizeof *label);
    p->tiles = plm_arena_take(&p->arena, sizeof *p->tiles);
    if (!value || !label || !p->tiles)
        return PLM_E_MEMORY;
    fill(b->input[0].data, points, s.channels, value);
    for (int64_t i = 0; i < count; i++) {
        label[i] = label_of(&p->arena, b, i);
        if (!label[i])
            return PLM_E_MEMORY;
    }
    *p->tiles = (plm_tiles){source, (int)count, (int)s.high, (int)s.wide, value, label};
    return PLM_OK;
}

/* Makes grey pictures of the first `count` rows of a source, with their classes. */
plm_status plm_plot_samples(plm *w, const char *source, int64_t count, plm_plot *out)
{
    plm_batch batch;
    PLM_TRY(plm_plot_begin(w, 0, out));
    plm_data *data = plm_data_open(w, "%s | batch(%lld)", source, (long long)count);
    plm_status status = data ? plm_data_next(data, &batch) : plm_last_error(w)->status;
    if (status == PLM_END)
        status = plm_fail(w, PLM_E_DATA, source, "", "the data has no rows");
    else if (status >= 0)
        status = make(w, &batch, count, source, out);
    plm_data_free(data);
    return status;
}
