/* Finds columns that lose digits when they are converted to float32. float32 has 24 bits: customer
 * numbers or times in seconds may become equal by the conversion, and the net could not distinguish
 * such rows. A loss of digits alone does not matter (0.1 loses some). What matters is whether
 * different numbers become equal. So the distinct numbers of a column are counted before and after
 * the conversion, in a set of their bit patterns, with a warning if there are much fewer
 * afterwards. A pass that computes statistics comes first and excludes most columns without
 * counting. */
#include "data/rounding.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* LISTED: max number of columns with a separate warning. FIRST_CAPACITY: initial capacity of a set,
 * in bit patterns. */
enum { LISTED = 3, FIRST_CAPACITY = 256 };
/* min share of the distinct numbers that must stay distinct */
static const double kept_part = 0.99;
/* max rounding error of decimals that is ignored, in standard deviations */
static const double harmless_error = 1e-4;

/* ---- a set of bit patterns ---- */

/* A hash table of 64-bit patterns with open addressing. */
typedef struct {
    /* [capacity] the patterns, 0 = free; `zero` says whether the set has the pattern 0 */
    uint64_t *place;
    size_t capacity; /* a power of two, at least twice the number of patterns */
    int64_t count;   /* number of patterns in the set */
    bool zero;       /* the pattern 0 is in the set */
} set;

/* Removes all patterns. */
static void clear(set *s)
{
    memset(s->place, 0, s->capacity * sizeof *s->place);
    s->count = 0;
    s->zero = false;
}

/* Adds a pattern, unless it is in the set already. The multiplier is 2^64 divided by the golden
 * ratio, which spreads neighbouring patterns (Knuth, The Art of Computer Programming, volume 3,
 * section 6.4). The set is at most half full, so a search is short. */
static void put(set *s, uint64_t bits)
{
    uint64_t mixed = bits * UINT64_C(0x9E3779B97F4A7C15);
    size_t i = (size_t)(mixed ^ mixed >> 32) & (s->capacity - 1);
    if (bits == 0) {
        s->count += !s->zero;
        s->zero = true;
        return;
    }
    while (s->place[i] != 0 && s->place[i] != bits)
        i = (i + 1) & (s->capacity - 1);
    s->count += s->place[i] == 0;
    s->place[i] = bits;
}

/* Returns the bits of a number. -0 has the bits of 0, since the two are the same number. */
static uint64_t bits_of(double number)
{
    uint64_t bits = 0;
    if (number != 0)
        memcpy(&bits, &number, sizeof bits);
    return bits;
}

/* ---- a column ---- */

/* A column in the first rows of a table, identified by its index. */
typedef struct {
    const plm_first_rows *r;
    size_t number; /* index in the rows */
} column;

/* Returns the address of the column's number in a row. */
static const void *at(const column *c, int64_t row)
{
    const size_t i = (size_t)row * c->r->width + c->number;
    return (const char *)c->r->number + i * plm_element_size(c->r->element);
}

/* Returns the column's number in a row as a double. Types whose numbers all fit in float32 are
 * converted through float32. */
static double value_of(const column *c, int64_t row)
{
    const void *number = at(c, row);
    int64_t whole = 0;
    double value = 0;
    float single = 0;
    switch (c->r->element) {
    case PLM_F64:
        memcpy(&value, number, sizeof value);
        return value;
    case PLM_I64:
        memcpy(&whole, number, sizeof whole);
        return (double)whole;
    case PLM_U64: {
        uint64_t natural = 0;
        memcpy(&natural, number, sizeof natural);
        return (double)natural;
    }
    case PLM_I32: {
        int32_t small = 0;
        memcpy(&small, number, sizeof small);
        return small;
    }
    case PLM_U32: {
        uint32_t small = 0;
        memcpy(&small, number, sizeof small);
        return small;
    }
    default:
        plm_element_decode(c->r->element, &single, number, 1);
        return (double)single;
    }
}

/* Returns a bit pattern that differs for different numbers. It is the bits of the number as a
 * double. Whole numbers of 64 bits may have more digits than a double, so that two of them above
 * 2^53 become the same double: for these it is the number itself. */
static uint64_t exact_bits(const column *c, int64_t row)
{
    uint64_t bits = 0;
    if (c->r->element != PLM_I64 && c->r->element != PLM_U64)
        return bits_of(value_of(c, row));
    memcpy(&bits, at(c, row), sizeof bits);
    return bits;
}

/* Returns the number in a row, as float32. */
static float single_of(const column *c, int64_t row)
{
    float single = 0;
    plm_element_decode(c->r->element, &single, at(c, row), 1);
    return single;
}

/* Statistics of a column. */
typedef struct {
    double min, max, size;  /* size: the largest magnitude */
    bool whole;             /* all are whole numbers */
    double variance, error; /* error: mean square of the rounding errors of float32 */
} measures;

/* True if x is a whole number, as every double from 2^53 on is. (floor would be a function
 * call.) */
static bool is_whole(double x)
{
    return fabs(x) < 0x1p53 ? (double)(int64_t)x == x : !isnan(x);
}

/* Computes the statistics of a column in one pass. NaN does not change min and max, but makes the
 * sums NaN. The first number of the column is subtracted from each, so that a large mean does not
 * cost precision. Each squared error is divided by the number of rows before it is added, so that
 * the sum cannot overflow. */
static measures measure(const column *c)
{
    const bool is_double = c->r->element == PLM_F64;
    const double first = value_of(c, 0);
    const double rows = (double)c->r->rows;
    measures m = {.min = (double)INFINITY, .max = -(double)INFINITY, .whole = true};
    double sum = 0, square = 0;
    for (int64_t i = 0; i < c->r->rows; i++) {
        const double x = value_of(c, i), d = x - first;
        const double e = x - (double)(is_double ? (float)x : single_of(c, i));
        m.min = x < m.min ? x : m.min;
        m.max = x > m.max ? x : m.max;
        m.whole = m.whole && is_whole(x);
        sum += d;
        square += d * d;
        m.error += e * e / rows;
    }
    m.size = fmax(fabs(m.min), fabs(m.max));
    m.variance = square / rows - (sum / rows) * (sum / rows);
    return m;
}

/* True if distinct numbers could become equal in a way that matters: whole numbers above 2^24,
 * decimals with large rounding errors, or numbers that are all below float32's normal range. This
 * quick test comes before counting. Every whole number up to 2^24 is a float32. */
static bool is_suspicious(const measures *m)
{
    if (m->whole)
        return m->size > 0x1p24;
    return m->size < (double)FLT_MIN || m->error > harmless_error * harmless_error * m->variance;
}

/* The result for a column. */
typedef struct {
    int64_t before, after; /* number of distinct values: as read, and after conversion to float32 */
    /* subtracting this constant before the conversion keeps the values distinct; NaN = no such
     * constant is known */
    double constant;
    measures m; /* of the column as it was given */
} counts;

/* True if enough of the distinct numbers stay distinct. */
static bool is_kept(int64_t before, int64_t after)
{
    return (double)after >= kept_part * (double)before;
}

/* True if the numbers stay distinct as float32 when `constant` is subtracted in double before the
 * conversion. */
static bool helps(const column *c, set *s, int64_t before, double constant)
{
    clear(s);
    for (int64_t i = 0; i < c->r->rows; i++)
        put(s, bits_of((double)(float)(value_of(c, i) - constant)));
    return is_kept(before, s->count);
}

/* True if too many distinct numbers of the column become equal; fills *out. For the hint, it also
 * tests whether subtracting the column's minimum, exactly or rounded down, would keep them
 * distinct. Makes up to three passes with the same set: for the numbers as read, as float32, and as
 * float32 after the subtraction. Most columns are excluded before. */
static bool loses_digits(const column *c, set *s, counts *out)
{
    out->m = measure(c);
    if (!is_suspicious(&out->m))
        return false;
    clear(s);
    for (int64_t i = 0; i < c->r->rows; i++)
        put(s, exact_bits(c, i));
    out->before = s->count;
    clear(s);
    for (int64_t i = 0; i < c->r->rows; i++)
        put(s, bits_of((double)single_of(c, i)));
    out->after = s->count;
    if (is_kept(out->before, out->after))
        return false;
    const double min = out->m.min;
    out->constant = helps(c, s, out->before, floor(min)) ? floor(min)
                    : helps(c, s, out->before, min)      ? min
                                                         : (double)NAN;
    return true;
}

/* ---- warnings ---- */

/* Appends advice for the user about a column. */
static void add_hint(plm_text *t, const counts *n)
{
    if (n->m.size < (double)FLT_MIN)
        plm_text_add(t, "multiply the column by a power of ten before it is read");
    else if (!isnan(n->constant))
        plm_text_format(t, "subtract a constant from the column, such as %.17g, before it is read",
                        n->constant);
    else
        plm_text_add(
            t, "split the column into two columns, such as days and seconds, before it is read");
}

/* Warns of a column that loses digits. */
static void report(plm_source *s, const column *c, const counts *n)
{
    const plm_first_rows *r = c->r;
    plm_text text = {.w = &s->w};
    plm_text_format(&text, "%.100s: ", r->table);
    if (r->column != NULL)
        plm_text_format(&text, "column '%.60s': ", r->column[c->number]);
    else if (r->width > 1)
        plm_text_format(&text, "column %zu: ", c->number);
    if (r->rows != s->rows)
        plm_text_format(&text, "in the first %lld rows, ", (long long)r->rows);
    plm_text_format(&text, "%lld different numbers become %lld as float32: ", (long long)n->before,
                    (long long)n->after);
    add_hint(&text, n);
    plm_warn(&s->w, "%s", plm_text_get(&text));
    plm_text_free(&text);
}

/* True if a column belongs to an input or target. */
static bool is_read(const plm_first_rows *r, size_t number)
{
    return r->part == NULL || (r->part[number] >= 0 && r->part[number] != r->weight);
}

/* True if numbers of this type can lose digits as float32: doubles, and whole numbers of 32 bits or
 * more. */
static bool may_lose(plm_dtype e)
{
    return e == PLM_F64 || (!plm_element_is_float(e) && plm_element_size(e) >= 4);
}

/* Allocates an empty set for up to `rows` bit patterns. */
static plm_status open_set(plm *w, int64_t rows, set *s)
{
    s->capacity = FIRST_CAPACITY;
    while (s->capacity < (size_t)rows * 2)
        s->capacity *= 2;
    s->place = plm_allocate_array(w, s->capacity, sizeof *s->place);
    return s->place != NULL ? PLM_OK : PLM_E_MEMORY;
}

/* Checks each column. All use the same set of bit patterns, which is cleared each time. Does
 * nothing if no one receives warnings. */
plm_status plm_rounding_look(plm_source *s, const plm_first_rows *r)
{
    set numbers = {0};
    size_t found = 0;
    if (r->rows < 2 || !may_lose(r->element) || s->w.options.log == NULL)
        return PLM_OK;
    PLM_TRY(open_set(&s->w, r->rows, &numbers));
    for (size_t i = 0; i < r->width; i++) {
        const column c = {r, i};
        counts n = {0};
        if (is_read(r, i) && loses_digits(&c, &numbers, &n) && found++ < LISTED)
            report(s, &c, &n);
    }
    if (found > LISTED)
        plm_warn(&s->w, "%.100s: %zu more columns lose digits as float32 in the same way", r->table,
                 found - LISTED);
    plm_release(&s->w, numbers.place);
    return PLM_OK;
}

/* ---- sources ---- */

/* Returns the number of rows of a table that are checked: fewer if the table is wide, so that the
 * time does not depend on the width. */
int64_t plm_rows_looked_at(size_t width)
{
    const size_t rows = PLM_LOOKED_AT_ALL / (width > 0 ? width : 1);
    return rows > PLM_LOOKED_AT ? PLM_LOOKED_AT : rows > 0 ? (int64_t)rows : 1;
}

/* Describes the first rows of a part that are in memory. */
static plm_first_rows first_rows(const plm_table *t, const void *number, int64_t rows)
{
    const int64_t most = plm_rows_looked_at(t->width);
    return (plm_first_rows){.number = number,
                            .element = t->element,
                            .rows = rows < most ? rows : most,
                            .width = t->width,
                            .table = t->name,
                            .column = t->column,
                            .weight = -1};
}

/* Reads and checks the first rows of a streamed source. The first epoch reads the same rows again,
 * and then reports any error in reading. */
static plm_status look_at_stream(plm_source *s)
{
    plm_arena a = {.w = &s->w};
    void *out[PLM_PARTS] = {NULL};
    int64_t most = PLM_LOOKED_AT, got = 0;
    plm_status status = PLM_OK;
    for (int i = 0; i < plm_source_parts(s); i++) {
        const int64_t rows = plm_rows_looked_at(s->table[i].width);
        most = rows < most ? rows : most;
    }
    most = s->rows >= 0 && s->rows < most ? s->rows : most;
    for (int i = 0; i < plm_source_parts(s) && status >= 0; i++) {
        const plm_table *t = &s->table[i];
        out[i] = plm_arena_array(&a, (size_t)most * t->width, plm_element_size(t->element));
        status = out[i] != NULL ? PLM_OK : PLM_E_MEMORY;
    }
    if (status >= 0 && s->kind->read(s, most, out, &got) >= 0)
        for (int i = 0; i < s->inputs + s->targets && status >= 0; i++) {
            const plm_first_rows r = first_rows(&s->table[i], out[i], got);
            status = plm_rounding_look(s, &r);
        }
    plm_arena_free(&a);
    return status;
}

/* Checks every input and target of a source; reads the first rows of a streamed source. Does
 * nothing if no one receives warnings. */
plm_status plm_rounding_look_at_source(plm_source *s)
{
    bool any = false;
    for (int i = 0; i < s->inputs + s->targets; i++)
        any = any || may_lose(s->table[i].element);
    if (!any || s->w.options.log == NULL)
        return PLM_OK;
    if (s->streamed)
        return look_at_stream(s);
    for (int i = 0; i < s->inputs + s->targets; i++) {
        const plm_first_rows r = first_rows(&s->table[i], s->table[i].rows, s->rows);
        PLM_TRY(plm_rounding_look(s, &r));
    }
    return PLM_OK;
}
