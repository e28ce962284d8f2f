/* One pass over the rows as batches give them: after the transforms, before any layer. */
#include "doctor/facts.h"

#include <math.h>
#include <string.h>

enum { MAX_ROWS = 200000, MAX_NUMBERS = 50000000 };

/* The sums of a column while rows are read. Deviations are summed from the first value on, so that
 * a large mean takes no digits. */
typedef struct {
    double first, sum, square;
} column_sums;

/* Returns the number of columns of an input of a batch. */
static int64_t width_of(const plm_view *v)
{
    int64_t width = 1;
    for (int i = 1; i < v->rank; i++)
        width *= v->dims[i];
    return width;
}

/* Adds the rows of one input to its columns. begin: no row was added before. */
static void add_input(plm_data_column *column, column_sums *sums, const plm_view *v, bool begin)
{
    const int64_t width = width_of(v), rows = v->dims[0];
    const float *x = v->data;
    for (int64_t j = 0; begin && rows > 0 && j < width; j++) {
        sums[j].first = (double)x[j];
        column[j].min = column[j].max = (double)x[j];
    }
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < width; j++) {
            const double value = (double)x[i * width + j], from = value - sums[j].first;
            sums[j].sum += from;
            sums[j].square += from * from;
            column[j].min = value < column[j].min ? value : column[j].min;
            column[j].max = value > column[j].max ? value : column[j].max;
        }
}

/* What is summed of the first target. */
typedef struct {
    double sum, square, numbers;
    bool whole; /* all are whole numbers from 0 to the most classes that are counted */
} target_sums;

/* Adds the first target of a batch. */
static void add_target(plm_data_facts *f, target_sums *t, const plm_view *v)
{
    const int64_t width = width_of(v), count = v->dims[0] * width;
    const float *y = v->data;
    t->whole = t->whole && width == 1;
    for (int64_t i = 0; i < count; i++) {
        const double value = (double)y[i];
        t->sum += value;
        t->square += value * value;
        t->whole = t->whole && value >= 0 && value < PLM_DOCTOR_CLASSES && !(floor(value) < value);
        if (t->whole)
            f->count[(int)value]++;
        if (width > 1 && value > 0.5 && i % width < PLM_DOCTOR_CLASSES)
            f->count[i % width]++; /* one-hot rows, if that is what they are */
    }
    t->numbers += (double)count;
}

/* Allocates the columns of a batch like b, with their names. */
static plm_status open_columns(plm_arena *a, const plm_data *d, const plm_batch *b,
                               plm_data_facts *f, column_sums **sums)
{
    for (int i = 0; i < b->inputs; i++)
        f->columns += width_of(&b->input[i]);
    f->column = plm_arena_array(a, (size_t)f->columns + 1, sizeof *f->column);
    *sums = plm_arena_array(a, (size_t)f->columns + 1, sizeof **sums);
    if (f->column == NULL || *sums == NULL)
        return PLM_E_MEMORY;
    plm_data_column *c = f->column;
    for (int i = 0; i < b->inputs; i++) {
        const plm_table *t = &d->source->table[i];
        const int64_t width = width_of(&b->input[i]);
        const bool named = t->column != NULL && (int64_t)t->width == width;
        f->named = f->named || named;
        f->images = f->images || b->input[i].rank > 2;
        for (int64_t j = 0; j < width; j++, c++)
            *c =
                (plm_data_column){.name = named ? t->column[j] : NULL, .input = i, .index = (int)j};
    }
    return PLM_OK;
}

/* Turns sums into means and deviations. */
static void finish(plm_data_facts *f, const column_sums *sums, const target_sums *t,
                   int64_t classes)
{
    const double rows = (double)f->rows;
    for (int64_t j = 0; j < f->columns && f->rows > 0; j++) {
        plm_data_column *c = &f->column[j];
        const double from = sums[j].sum / rows;
        c->mean = sums[j].first + from;
        c->deviation = sqrt(fmax(sums[j].square / rows - from * from, 0));
        c->constant = !(c->min < c->max);
    }
    if (t->numbers > 0) {
        f->target_mean = t->sum / t->numbers;
        f->target_deviation =
            sqrt(fmax(t->square / t->numbers - f->target_mean * f->target_mean, 0));
    }
    if (t->whole && classes > 0 && classes <= PLM_DOCTOR_CLASSES)
        f->classes = (int)classes;
}

/* Reads the training rows. */
static plm_status read_rows(plm_arena *a, plm_data *d, plm_data_facts *f)
{
    plm_batch b;
    column_sums *sums = NULL;
    target_sums target = {.whole = true};
    plm_data_info info;
    PLM_TRY(plm_data_get_info(d, &info));
    PLM_TRY(plm_data_rewind(d, 0));
    while (f->rows < MAX_ROWS && f->rows * f->columns < MAX_NUMBERS) {
        const plm_status status = plm_data_next(d, &b);
        PLM_TRY(status);
        if (status == PLM_END)
            break;
        if (sums == NULL)
            PLM_TRY(open_columns(a, d, &b, f, &sums));
        plm_data_column *c = f->column;
        column_sums *s = sums;
        for (int i = 0; i < b.inputs; i++) {
            add_input(c, s, &b.input[i], f->rows == 0);
            c += width_of(&b.input[i]);
            s += width_of(&b.input[i]);
        }
        if (b.targets > 0)
            add_target(f, &target, &b.target[0]);
        f->rows += b.rows;
    }
    finish(f, sums, &target, plm_data_count_classes(d));
    return plm_data_rewind(d, 0);
}

plm_status plm_facts_read(plm_arena *a, plm_data *train, plm_data *validation, plm_data_facts **out)
{
    plm_data_facts *f = plm_arena_take(a, sizeof *f);
    if (f == NULL)
        return PLM_E_MEMORY;
    PLM_TRY(read_rows(a, train, f));
    if (validation != NULL) {
        const int64_t rows = plm_pipeline_rows(validation);
        f->validation_rows = rows > 0 ? rows : 0;
    }
    *out = f;
    return PLM_OK;
}
