/* plummet plot samples: shows rows of data that are pictures, with their classes. */
#include <math.h>
#include <stdlib.h>

#include "draw/tiles.h"
#include "home.h"
#include "output.h"
#include "plot.h"

/* Finds the height and width of a picture by the shape of a row; rows of n x n numbers are square.
 * Pictures with colours have their channels last. Returns false if rows are no pictures. */
static bool find_size(const plm_view *v, int64_t *high, int64_t *wide, int64_t *channels)
{
    *channels = v->rank == 4 ? v->dims[3] : 1;
    if (v->rank >= 3) {
        *high = v->dims[1];
        *wide = v->dims[2];
    } else {
        *high = *wide = v->rank == 2 ? (int64_t)lround(sqrt((double)v->dims[1])) : 0;
    }
    return v->rank >= 2 && v->rank <= 4 && *high >= 4 && *high <= 128 && *wide >= 4 &&
           *wide <= 128 && (v->rank != 2 || *high * *wide == v->dims[1]);
}

/* Fills value [count * points] from rows with channels, scaled to 0 to 1. */
static void fill(const float *data, int64_t count, int64_t channels, double *value)
{
    double low = INFINITY, high = -INFINITY;
    for (int64_t i = 0; i < count; i++) {
        for (int64_t k = 0; k < channels; k++)
            value[i] += (double)data[i * channels + k] / (double)channels;
        low = fmin(low, value[i]);
        high = fmax(high, value[i]);
    }
    for (int64_t i = 0; i < count; i++)
        value[i] = high > low ? (value[i] - low) / (high - low) : 0;
}

/* Returns what row i is: its class, its largest of several targets, or its number. To be freed. */
static char *label_of(const plm_batch *b, int64_t i)
{
    if (b->targets < 1)
        return plm_cli_format("row %lld", (long long)i);
    const plm_view *v = &b->target[0];
    const int64_t width = v->rank > 1 ? v->dims[1] : 1;
    const float *at = (const float *)v->data + i * width;
    int64_t best = 0;
    for (int64_t k = 1; k < width; k++)
        best = at[k] > at[best] ? k : best;
    return width > 1 ? plm_cli_format("class %lld", (long long)best)
                     : plm_cli_format("class %g", (double)at[0]);
}

/* Draws the first rows of a batch. */
static int draw(const plm_cli_call *call, const plm_batch *b, int64_t count, const char *title)
{
    int64_t high = 0, wide = 0, channels = 1;
    if (!find_size(&b->input[0], &high, &wide, &channels))
        return plm_cli_fail(PLM_EXIT_USAGE, call->argument[1],
                            "name pictures, such as digits, mnist or fashion_mnist",
                            "its rows are not pictures");
    count = count < b->rows ? count : b->rows;
    double *value = plm_cli_take((size_t)(count * high * wide) * sizeof *value);
    char **label = plm_cli_take((size_t)count * sizeof *label);
    fill(b->input[0].data, count * high * wide, channels, value);
    for (int64_t i = 0; i < count; i++)
        label[i] = label_of(b, i);
    const plm_tiles tiles = {title,     (int)count, (int)high,
                             (int)wide, value,      (const char *const *)label};
    const int code = plm_cli_tiles_show(&tiles, plm_cli_picture_of(call));
    for (int64_t i = 0; i < count; i++)
        free(label[i]);
    free(label);
    free(value);
    return code;
}

/* Opens the data and draws its first rows. */
static int show(const plm_cli_call *call, const plm_cli_home *home)
{
    static const int64_t bounds[2] = {1, 100};
    int64_t count = 10;
    plm_batch batch;
    int code = plm_cli_whole_option(call, "count", bounds, &count);
    plm *w = plm_open(PLM_OPTIONS(.threads = 1, .data_dir = home->data_dir));
    if (code || !w) {
        plm_close(w);
        return code ? code : plm_cli_fail(PLM_EXIT_INTERNAL, NULL, NULL, "out of memory");
    }
    plm_data *data = plm_data_open(w, "%s | batch(%lld)", call->argument[1], (long long)count);
    const plm_status status = data ? plm_data_next(data, &batch) : plm_last_error(w)->status;
    code = plm_cli_code(w, status);
    if (!code && status == PLM_END)
        code = plm_cli_fail(PLM_EXIT_DATA, call->argument[1], NULL, "there is no row");
    code = code ? code : draw(call, &batch, count, call->argument[1]);
    plm_data_free(data);
    plm_close(w);
    return code;
}

int plm_cli_plot_samples(const plm_cli_call *call)
{
    plm_cli_home home;
    if (call->arguments != 2)
        return plm_cli_fail(PLM_EXIT_USAGE, NULL, "plummet plot samples 'mnist | shuffle'",
                            "name the data, in one argument");
    int code = plm_cli_home_open(&home);
    code = code ? code : show(call, &home);
    plm_cli_home_close(&home);
    return code;
}
