/* Collects facts about the rows in one pass over the batches: after the transforms, before any
 * layer. Memory is bounded: sums for each column, a hash for each row, and a small sample of rows.
 * */
#include "doctor/facts.h"

#include <math.h>
#include <string.h>

#include "doctor/column_sums.h"
#include "doctor/neighbours.h"
#include "doctor/target_sizes.h"

enum { MAX_ROWS = 200000, MAX_NUMBERS = 50000000 };

/* What is summed of the first target. */
typedef struct {
    double first, sum, square, numbers, min, max;
    int64_t *count; /* [PLM_DOCTOR_CLASSES] rows of each class */
    int64_t last, same;
    /* more, equal: number of rows whose target is larger than, or equal to, that of the previous
     * row. last: the previous target */
    int64_t more, equal;
    float before;
    double steps; /* sum of the squared differences from the previous target */
    bool whole;  /* true = all rows have a class: a whole number below PLM_DOCTOR_CLASSES, or a one-
                  * hot row */
    bool single; /* it is one number a row */
    bool marks;  /* it has several numbers a row, all of them 0 or 1 */
    int64_t none, several; /* if marks is true: rows without a 1, and rows with two or more */
} target_sums;

/* What is read of one stream. */
typedef struct {
    plm_data_column *column; /* [columns] */
    plm_column_sums sums;
    int64_t columns, rows;
    target_sums target;
    double weight, weight_square; /* sums of the rows' weights and of their squares */
    double *class_weight; /* [PLM_DOCTOR_CLASSES] sums of the weights of each class, or NULL */
    plm_target_sizes more;
    plm_row_hashes hashes;
    plm_row_sample sample; /* a sample of the training rows */
    bool sampled;
} reading;

/* Adds the rows of one input to its columns, the first of which has the number `at`. y: the target,
 * one value per row; NULL = the target has several values. */
static void add_input(reading *r, const char *isa, const plm_view *v, int64_t at, const float *y)
{
    const int64_t width = plm_view_width(v), rows = v->dims[0];
    const float *x = v->data;
    if (r->rows == 0 && rows > 0)
        plm_column_sums_begin(&r->sums, at, x, width);
    for (int64_t i = 0; i < rows; i++) {
        plm_column_sums_add(&r->sums, isa, at, x + i * width, width);
        if (y != NULL)
            plm_column_sums_add_target(&r->sums, isa, at, x + i * width, width, y[i],
                                       (double)y[i] - r->target.first);
    }
}

/* Returns the class of a row: a class number, or the index of the 1 in a one-hot row; -1 = the row
 * has no class. The numbers of a one-hot row sum to 1, also if they are smoothed, such as 0.9 and
 * 0.1; a row with two ones, or without one, has no class. */
static int64_t class_of(const float *y, int64_t width)
{
    if (width == 1)
        return y[0] >= 0 && y[0] < PLM_DOCTOR_CLASSES && !(floorf(y[0]) < y[0]) ? (int64_t)y[0]
                                                                                : -1;
    double sum = 0;
    int64_t class = -1;
    for (int64_t j = 0; j < width; j++) {
        if (!(y[j] >= 0))
            return -1;
        sum += (double)y[j];
        class = y[j] > 0.5F ? j : class;
    }
    return class < PLM_DOCTOR_CLASSES && fabs(sum - 1) < 1e-3 ? class : -1;
}

/* Counts the ones of a row of several numbers, which may be marks of classes. */
static void add_marks(target_sums *t, const float *y, int64_t width)
{
    int64_t ones = 0;
    for (int64_t j = 0; t->marks && j < width; j++) {
        const bool one = !(y[j] < 1) && !(y[j] > 1), zero = !(y[j] < 0) && !(y[j] > 0);
        t->marks = one || zero;
        ones += one;
    }
    t->none += ones == 0;
    t->several += ones > 1;
}

/* Counts how often the target of a row [rows], a single number, is larger than or equal to that of
 * the previous row. */
static void add_order(target_sums *t, const float *y, int64_t rows, bool begin)
{
    for (int64_t i = 0; i < rows; i++) {
        const bool first = begin && i == 0, more = y[i] > t->before, less = y[i] < t->before;
        t->more += !first && more;
        t->equal += !first && !more && !less;
        const double step = first ? 0 : (double)y[i] - (double)t->before;
        t->steps += step * step;
        t->before = y[i];
    }
}

/* Adds the classes of the targets of a batch, y [rows, width], and their marks of classes. */
static void add_classes(target_sums *t, const float *y, int64_t rows, int64_t width)
{
    for (int64_t i = 0; i < rows; i++) {
        const int64_t class = class_of(y + i * width, width);
        t->whole = t->whole && class >= 0;
        if (t->whole)
            t->count[class]++;
        t->same += class >= 0 && class == t->last;
        t->last = class;
        if (t->marks)
            add_marks(t, y + i * width, width);
    }
}

/* Adds the first target of a batch. begin: this is the first batch. */
static void add_target(target_sums *t, const plm_view *v, bool begin)
{
    const int64_t width = plm_view_width(v), rows = v->dims[0];
    const float *y = v->data;
    if (begin && rows > 0)
        t->first = t->min = t->max = (double)y[0];
    t->single = width == 1;
    t->marks = begin ? v->rank == 2 && width > 1 : t->marks;
    for (int64_t i = 0; i < rows * width; i++) {
        const double value = (double)y[i], from = value - t->first;
        t->min = value < t->min ? value : t->min;
        t->max = value > t->max ? value : t->max;
        t->sum += from;
        t->square += from * from;
    }
    add_classes(t, y, rows, width);
    if (t->single)
        add_order(t, y, rows, begin);
    t->numbers += (double)(rows * width);
}

/* Counts the columns of a batch. */
static int64_t count_columns(const plm_batch *b)
{
    int64_t columns = 0;
    for (int i = 0; i < b->inputs; i++)
        columns += plm_view_width(&b->input[i]);
    return columns;
}

/* Allocates the columns of a batch like b. */
static plm_status open_reading(plm_arena *a, const plm_data *d, const plm_batch *b, reading *r)
{
    const int64_t rows = plm_pipeline_rows(d);
    r->columns = count_columns(b);
    r->column = plm_arena_array(a, (size_t)r->columns + 1, sizeof *r->column);
    PLM_TRY(plm_column_sums_open(&r->sums, a, r->columns));
    PLM_TRY(plm_row_hashes_open(&r->hashes, a, rows >= 0 && rows < MAX_ROWS ? rows : MAX_ROWS));
    if (r->sampled)
        PLM_TRY(plm_row_sample_open(&r->sample, a, r->columns));
    return r->column != NULL ? PLM_OK : PLM_E_MEMORY;
}

/* Adds the weights of the rows of a batch, also by class. */
static void add_weights(reading *r, const plm_batch *b)
{
    const int64_t width = b->targets > 0 ? plm_view_width(&b->target[0]) : 0;
    for (int64_t i = 0; i < b->rows; i++) {
        const double weight = (double)b->weight[i];
        const int64_t class =
            width > 0 ? class_of((const float *)b->target[0].data + i * width, width) : -1;
        r->weight += weight;
        r->weight_square += weight * weight;
        if (class >= 0 && r->class_weight != NULL)
            r->class_weight[class] += weight;
    }
}

/* Adds a batch. */
static void add_batch(reading *r, const char *isa, const plm_batch *b)
{
    int64_t at = 0;
    plm_target_sizes_add(&r->more, b);
    if (b->targets > 0)
        add_target(&r->target, &b->target[0], r->rows == 0);
    const float *y = b->targets > 0 && r->target.single ? b->target[0].data : NULL;
    for (int i = 0; i < b->inputs; i++) {
        add_input(r, isa, &b->input[i], at, y);
        at += plm_view_width(&b->input[i]);
    }
    plm_row_hashes_add(&r->hashes, b);
    if (b->weight != NULL)
        add_weights(r, b);
    if (r->sampled)
        plm_row_sample_add(&r->sample, b);
    r->rows += b->rows;
}

/* Returns the standard deviation of values, computed from their sums. */
static double deviation_of(double sum, double square, double count)
{
    const double mean = sum / count;
    return sqrt(fmax(square / count - mean * mean, 0));
}

/* Turns sums into means, standard deviations and correlations. */
static void finish(reading *r)
{
    const double rows = (double)r->rows;
    const target_sums *t = &r->target;
    for (int64_t j = 0; j < r->columns && r->rows > 0; j++) {
        plm_data_column *c = &r->column[j];
        const plm_column_sums *s = &r->sums;
        c->mean = s->first[j] + s->sum[j] / rows;
        c->deviation = deviation_of(s->sum[j], s->square[j], rows);
        c->min = (double)s->min[j];
        c->max = (double)s->max[j];
        c->whole = !(s->broken[j] > 0);
        c->constant = !(c->min < c->max);
        c->correlation = (double)NAN;
        if (!t->single || c->constant)
            continue;
        const double deviations = c->deviation * deviation_of(t->sum, t->square, rows);
        c->correlation = (s->product[j] / rows - s->sum[j] / rows * (t->sum / rows)) / deviations;
        c->equal = (double)s->equal[j] / rows;
    }
}

/* Reads the rows of epoch 0. */
static plm_status read_rows(plm_arena *a, plm_data *d, plm_batch *b, reading *r)
{
    PLM_TRY(plm_data_rewind(d, 0));
    while (r->rows < MAX_ROWS && r->rows * r->columns < MAX_NUMBERS) {
        const plm_status status = plm_data_next(d, b);
        PLM_TRY(status);
        if (status == PLM_END)
            break;
        if (r->column == NULL)
            PLM_TRY(open_reading(a, d, b, r));
        add_batch(r, d->w->kernel->isa, b);
    }
    finish(r);
    return plm_data_rewind(d, 0);
}

/* Marks the columns of the inputs that have the ids of words, for an embedding. b: the last batch.
 * */
static void mark_ids(const plm_data *d, const plm_batch *b, reading *r)
{
    const plm_schema *s = d->source->schema;
    bool ids[sizeof b->input / sizeof b->input[0]] = {false};
    int64_t at = 0;
    for (size_t i = 0; s != NULL && i < s->columns; i++)
        if (s->column[i].role == PLM_ROLE_INPUT && s->column[i].encoding == PLM_ENCODE_INDEX)
            ids[plm_schema_part(s, i)] = true;
    for (int i = 0; i < b->inputs; i++)
        for (int64_t j = plm_view_width(&b->input[i]); j > 0; j--)
            r->column[at++].id = ids[i];
}

/* True if rows are likely to repeat by chance, since their columns have few different values. Then
 * fewer than 100 times as many different rows are possible as there are rows, so more than about
 * one row in 100 has a copy by chance. Columns that depend on each other, such as those of one-hot
 * categories, allow fewer rows than that. There, rows with equal inputs show it: copies have equal
 * targets, too, but rows that are equal by chance often have other targets. different: rows;
 * inputs: different inputs among them. */
static bool is_discrete(const reading *r, int64_t different, int64_t inputs)
{
    const double conflicts = (double)(different - inputs), copies = (double)(r->rows - different);
    double rows = 0;
    if (conflicts >= 5 && conflicts > 0.02 * copies)
        return true;
    for (int64_t j = 0; j < r->columns; j++)
        rows += log((double)(r->column[j].values > 0 ? r->column[j].values : 1));
    return rows < log(100 * (double)r->rows + 1);
}

/* Copies to the facts how the rows are ordered: how often neighbouring rows have the same class or
 * a rising target. */
static void take_order(const reading *r, plm_data_facts *f)
{
    const target_sums *t = &r->target;
    const double pairs = (double)(r->rows - 1);
    const bool known = t->single && pairs > 0;
    f->rising = known ? (double)t->more / pairs : (double)NAN;
    f->level = known ? (double)t->equal / pairs : (double)NAN;
    const double deviation = f->target_deviation;
    f->change = known && deviation > 0 ? t->steps / pairs / (deviation * deviation) : (double)NAN;
    f->same_class = pairs > 0 ? (double)t->same / pairs : 0;
}

/* Copies to the facts how many classes the target has, and how many rows have none or several. */
static void take_classes(const plm_data *d, const target_sums *t, plm_data_facts *f)
{
    const int64_t classes = plm_data_count_classes(d);
    /* a target of whole numbers that are nearly all different is a quantity, such as a price, not a
     * class */
    if (t->whole && classes > 0 && classes <= PLM_DOCTOR_CLASSES && classes <= (f->rows + 1) / 2)
        f->classes = (int)classes;
    f->one_hot = f->classes > 0 && !t->single;
    f->marked_none = t->marks ? t->none : 0;
    f->marked_several = t->marks ? t->several : 0;
}

/* Takes the training rows that were read. */
static plm_status take_train(plm_arena *a, const plm_data *d, reading *r, plm_data_facts *f)
{
    const target_sums *t = &r->target;
    int64_t inputs = 0;
    uint32_t *work = plm_arena_array(a, 2 * (size_t)r->sample.count + 1, sizeof *work);
    if (work == NULL)
        return PLM_E_MEMORY;
    f->rows = r->rows;
    f->columns = r->columns;
    f->column = r->column;
    f->weight = r->rows > 0 ? r->weight / (double)r->rows : 0;
    f->weighing = r->weight_square > 0 ? r->weight * r->weight / r->weight_square : (double)r->rows;
    PLM_TRY(plm_row_hashes_sort(&r->hashes, a, &f->different, &inputs));
    for (int64_t j = 0; j < r->columns; j++)
        plm_row_sample_describe(&r->sample, j, work, &r->column[j]);
    plm_target_sizes_take(&r->more, f);
    f->far = plm_far_rows(&r->sample, r->column);
    f->sampled = r->sample.count;
    f->discrete = is_discrete(r, f->different, inputs);
    if (t->numbers > 0) {
        f->target_mean = t->first + t->sum / t->numbers;
        f->target_deviation = deviation_of(t->sum, t->square, t->numbers);
        f->target_min = t->min;
        f->target_max = t->max;
    }
    if (t->single)
        plm_row_sample_target(&r->sample, work, &f->target_median, &f->target_spread);
    take_classes(d, t, f);
    take_order(r, f);
    /* of several numbers, the sample has only the index of the largest, which is no class then */
    if (!(t->numbers > 0) || (!t->single && !f->one_hot))
        return PLM_OK;
    plm_facts_take_units(d, f);
    PLM_TRY(plm_row_sample_place(&r->sample, a, d));
    PLM_TRY(plm_one_column_find(&r->sample, a, f));
    PLM_TRY(plm_column_pairs_find(&r->sample, a, f));
    return plm_neighbours_find(&r->sample, a, f);
}

/* Compares a sample of the validation rows with the training rows that are nearest to them. */
static plm_status compare_sample(plm_arena *a, const reading *r, plm_data_facts *f)
{
    if (f->near.copied > 0)
        PLM_TRY(plm_near_copies_common(&r->sample, a, f));
    if (f->classes <= 1)
        return r->target.single ? plm_followed_find(&r->sample, a, f) : PLM_OK;
    return r->target.whole ? plm_recoding_find(&r->sample, a, f) : PLM_OK;
}

/* Reads the validation rows and compares them with the training rows, which are sorted. */
static plm_status read_validation(plm_arena *a, plm_data *d, const reading *train,
                                  plm_data_facts *f)
{
    plm_batch b = {0};
    reading r = {.target = {.count = f->validation_count, .last = -1, .whole = true},
                 .sampled = f->near.rows > 0};
    PLM_TRY(read_rows(a, d, &b, &r));
    f->validation_rows = r.rows;
    f->other_target_min = r.target.numbers > 0 ? r.target.min : (double)NAN;
    f->other_target_max = r.target.numbers > 0 ? r.target.max : (double)NAN;
    if (r.columns != train->columns)
        return PLM_OK;
    plm_facts_name_others(d, &b, f);
    f->common = plm_row_hashes_common(&train->hashes, &r.hashes);
    for (int64_t j = 0; j < r.columns; j++) {
        f->column[j].other_mean = r.column[j].mean;
        f->column[j].other_deviation = r.column[j].deviation;
    }
    return r.sampled ? compare_sample(a, &r, f) : PLM_OK;
}

/* Reads the rows. Training rows are read first, as the validation rows are compared with them. */
plm_status plm_facts_read(plm_arena *a, plm_data *train, plm_data *validation, plm_data_facts **out)
{
    plm_batch b = {0};
    plm_data_facts *f = plm_arena_take(a, sizeof *f);
    if (f == NULL)
        return PLM_E_MEMORY;
    reading r = {.target = {.count = f->count, .last = -1, .whole = true},
                 .class_weight = f->class_weight,
                 .sampled = true};
    PLM_TRY(read_rows(a, train, &b, &r));
    mark_ids(train, &b, &r);
    PLM_TRY(take_train(a, train, &r, f));
    plm_facts_name(train, &b, f);
    if (validation != NULL)
        PLM_TRY(read_validation(a, validation, &r, f));
    *out = f;
    return PLM_OK;
}
