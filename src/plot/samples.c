/* Draws a grid of pictures: each tile shows a row of the data and its class. */
#include <math.h>
#include <string.h>

#include "base/names.h"
#include "base/spec.h"
#include "evaluation/evaluation.h"
#include "plot/plot.h"
#include "run/job.h"
#include "run/runfile.h"

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
                        "use data whose rows are pictures: [height, width], or a square number of "
                        "values, such as digits, mnist or fashion_mnist",
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

/* Opens data without its step batch(...), in batches of `count` rows. *out: NULL = failed. */
static plm_status open_data(plm *w, const char *source, int64_t count, plm_data **out)
{
    plm_arena a = {.w = w};
    plm_text t = {.w = w};
    const plm_spec *const *step = NULL;
    size_t steps = 0;
    *out = NULL;
    plm_status status = plm_spec_parse_sequence(&a, source, '|', &steps, &step);
    for (size_t i = 0; status >= 0 && i < steps; i++)
        if (i == 0 || step[i]->type != PLM_SPEC_NAME || !plm_name_equal(step[i]->text, "batch")) {
            plm_text_add(&t, i > 0 ? " | " : "");
            plm_spec_print(&t, step[i]);
        }
    if (status >= 0 && t.failed)
        status = plm_fail_memory(w, "plot samples");
    if (status >= 0 &&
        (*out = plm_data_open(w, "%s | batch(%lld)", plm_text_get(&t), (long long)count)) == NULL)
        status = plm_last_error(w)->status;
    plm_text_free(&t);
    plm_arena_free(&a);
    return status;
}

/* Draws the first rows of data. source: its spec, NULL = there is none. */
static plm_status draw(plm *w, const char *source, int64_t count, const char *title, plm_plot *out)
{
    plm_batch batch;
    plm_data *data = NULL;
    PLM_TRY(open_data(w, source ? source : "", count, &data));
    plm_status status = plm_data_next(data, &batch);
    if (status == PLM_END)
        status = plm_fail(w, PLM_E_DATA, title, "use data with at least one row",
                          "the data has no rows");
    else if (status >= 0)
        status = make(w, &batch, count, title, out);
    plm_data_free(data);
    return status;
}

/* Draws rows of the data of the run in a folder, whose run.yaml names the data and the folder that
 * file names start from. */
static plm_status draw_run(plm *w, const char *folder, int64_t count, plm_plot *out)
{
    plm_job job = {.home = w, .data_dir = w->options.data_dir};
    plm_settings s = {0};
    const char *file = plm_arena_format(&out->arena, "%s/run.yaml", folder);
    plm_status status = file ? plm_settings_open(&s, w, plm_run_keys) : PLM_E_MEMORY;
    if (status >= 0)
        status = plm_run_settings_read(&s, file);
    if (status >= 0)
        status = plm_run_settings_resolve(&s);
    if (status >= 0)
        status = plm_job_open(&job, &s);
    if (status >= 0) {
        status = draw(job.w, plm_setting_text(&s, "data"), count, folder, out);
        status = status < 0 ? plm_job_fail_at(&job, status, file) : status;
    }
    plm_job_free(&job);
    plm_settings_free(&s);
    return status;
}

/* Makes grey pictures of the first `count` rows of a source, or of a run's data, with their
 * classes. */
plm_status plm_plot_samples(plm *w, const char *source, int64_t count, plm_plot *out)
{
    PLM_TRY(plm_plot_begin(w, 0, out));
    if (plm_is_run_folder(source))
        return draw_run(w, source, count, out);
    if (strchr(source, '/') != NULL && strpbrk(source, "(|'\"") == NULL)
        return plm_fail(w, PLM_E_IO, source,
                        "`plummet runs` lists the runs; data is written as 'mnist | shuffle'",
                        "there is no run in this folder");
    return draw(w, source, count, source, out);
}
