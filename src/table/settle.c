/* Decides the format of each column, now that all of its cells are known, and sets the numbers of
 * the cells. The rules:
 *
 *     A format that all cells fit is taken. If several formats fit all cells, but give different
 *     numbers, the format is chosen in this order: the one that the caller prefers (that of the
 *     model), the one that another column of the table requires, a guess (notation.c). The column
 *     is then marked as ambiguous. If no format fits all cells, the format that most cells fit is
 *     taken, and the first cell that does not fit it is kept for a message. Cells that contradict
 *     the format of a model do not change it: the first of them is kept for a message. */
#include <math.h>
#include <string.h>

#include "base/threads.h"
#include "table/settle.h"

/* ---- what fits ---- */

/* Reads all words of a column, and counts how often each occurs. */
static plm_status read_words(const plm_store *t, const plm_raw_column *c, plm_findings *f)
{
    if (c->words == 0)
        return PLM_OK;
    f->of = plm_allocate_array(t->arena.w, c->words + 1, sizeof *f->of);
    f->count = plm_allocate_array(t->arena.w, c->words + 1, sizeof *f->count);
    if (f->of == NULL || f->count == NULL)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < c->words && !c->many; i++)
        f->of[i] = plm_cell_read(c->word[i]);
    for (int64_t i = 0; i < t->rows && c->code != NULL; i++)
        if (c->code[i] >= 0)
            f->count[c->code[i]]++;
    return PLM_OK;
}

/* Counts the cells that fit each format. A plain number fits both number formats (point and comma),
 * unless it has decimals. */
static void count_fits(const plm_store *t, const plm_raw_column *c, plm_findings *f)
{
    f->present = t->rows - c->missing;
    f->plain = c->coded ? 0 : f->present - c->texts;
    f->same = true;
    f->fits[PLM_FORMAT_POINT] = f->plain;
    f->fits[PLM_FORMAT_COMMA] = f->plain - (c->coded ? 0 : c->points);
    f->any = f->plain;
    for (size_t i = 0; i < c->words && !c->many; i++) {
        double value = (double)NAN;
        f->any += (f->of[i].fits & PLM_NUMBER_FORMATS) != 0 ? f->count[i] : 0;
        for (int k = 0; k < PLM_FORMATS; k++) {
            if (!(f->of[i].fits >> k & 1))
                continue;
            f->fits[k] += f->count[i];
            f->same = f->same && (isnan(value) || value == f->of[i].value[k]);
            value = f->of[i].value[k];
        }
    }
}

/* ---- the cells ---- */

/* Stores the first cell that does not fit the format. at: index of its text in the words of the
 * column; below 0 = unknown. */
static void keep_odd(plm_raw_column *c, int64_t row, int32_t at)
{
    if (c->odd_row >= 0)
        return;
    c->odd_row = row;
    c->odd = at >= 0 ? c->word[at] : c->words > 0 ? c->word[0] : NULL;
}

/* Finds the first cell that does not fit the format, in a column that keeps no codes since it has
 * too many texts. */
static void find_odd(const plm_store *t, plm_raw_column *c)
{
    for (int64_t i = 0; i < t->rows && c->odd_row < 0; i++)
        if (isinf(c->number[i]))
            keep_odd(c, i, -1);
}

/* Sets the numbers of the cells that are texts, and finds the first that does not fit the
 * format. */
static void set_numbers(const plm_store *t, plm_raw_column *c, const plm_findings *f)
{
    c->odd_row = -1;
    c->odd = NULL;
    if (c->many)
        find_odd(t, c);
    for (int64_t i = 0; i < t->rows && c->code != NULL; i++) {
        const int32_t at = c->code[i];
        if (at < 0)
            continue;
        const bool good = c->format != PLM_FORMATS && (f->of[at].fits >> c->format & 1);
        c->number[i] = good ? f->of[at].value[c->format] : (double)INFINITY;
        if (!good)
            keep_odd(c, i, at);
    }
}

/* Keeps the currency of a number. */
static void note_currency(plm_raw_column *c, int currency)
{
    if (currency == 0)
        return;
    if (c->currency != 0 && currency != c->currency)
        c->disagree = "signs of several currencies";
    c->currency = currency;
}

/* Finds the percent and currency signs of the numbers, and whether all numbers have the same. Zeros
 * need no percent sign. */
static void find_signs(plm_raw_column *c, const plm_findings *f)
{
    int64_t signs = 0, bare = f->plain;
    c->disagree = NULL;
    c->currency = 0;
    for (size_t i = 0; i < c->words && plm_format_is_number(c->format); i++) {
        const plm_cell_reading *r = &f->of[i];
        if (!(r->fits >> c->format & 1))
            continue;
        if (r->percent)
            signs += f->count[i];
        else if (r->value[c->format] != 0)
            bare += f->count[i];
        note_currency(c, r->currency);
    }
    c->percent = signs > 0;
    if (signs > 0 && bare > 0)
        c->disagree = "only some numbers have a percent sign";
}

/* Counts the whole numbers whose last digits are lost. */
static void find_rounded(plm_raw_column *c, const plm_findings *f)
{
    c->rounded = 0;
    c->long_word = NULL;
    for (size_t i = 0; i < c->words && plm_format_is_number(c->format); i++) {
        const plm_cell_reading *r = &f->of[i];
        if (!(r->fits >> c->format & 1) || plm_table_keeps_digits(c->word[i], r->value[c->format]))
            continue;
        c->rounded += f->count[i];
        c->long_word = c->long_word != NULL ? c->long_word : c->word[i];
    }
}

/* Counts numbers, dates and other words. */
static void count_kinds(plm_raw_column *c, const plm_findings *f)
{
    int64_t blanks = 0;
    const int64_t fitting = c->format < PLM_FORMATS ? f->fits[c->format] : 0;
    c->numbers = plm_format_is_date(c->format) ? f->plain : fitting;
    c->dates = plm_format_is_date(c->format) ? fitting : 0;
    c->others = f->present - c->numbers - c->dates;
    for (size_t i = 0; i < c->words; i++)
        for (const char *s = c->word[i]; *s != '\0'; s++)
            blanks += *s == ' ';
    c->sentences = blanks > (int64_t)c->words;
}

/* Finds the smallest and the largest number or date, and counts whole numbers and cells that are
 * larger by 1 than the cell before. */
static void measure(const plm_store *t, plm_raw_column *c)
{
    double low = (double)INFINITY, high = -(double)INFINITY, before = (double)NAN;
    int64_t whole = 0, steps = 0;
    for (int64_t i = 0; i < t->rows; i++) {
        const double x = c->number[i];
        if (x - x == 0) { /* neither missing nor a word */
            low = x < low ? x : low;
            high = x > high ? x : high;
            whole += plm_plain_is_whole(x);
            steps += x == before + 1;
        }
        before = x;
    }
    c->low = low;
    c->high = high;
    c->whole = whole;
    c->steps = steps;
}

/* The set of different numbers of a column while they are counted. */
typedef struct {
    double number[PLM_STORE_DIFFERENT + 1]; /* [count] */
    int64_t count;
    /* cache of some of the numbers, indexed by their bits, so that most cells need no search; NaN =
     * free */
    double recent[64];
} different;

/* Adds a number, if it is new. */
static void add_different(different *d, double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    double *recent = &d->recent[bits * UINT64_C(0x9E3779B97F4A7C15) >> 58];
    if (*recent == x)
        return;
    int64_t k = 0;
    while (k < d->count && d->number[k] != x)
        k++;
    if (k == d->count)
        d->number[d->count++] = x;
    *recent = x;
}

/* Counts the different cells of a column, up to PLM_STORE_DIFFERENT + 1. */
static void count_different(const plm_store *t, plm_raw_column *c)
{
    different d = {.count = 0};
    const int64_t most = PLM_STORE_DIFFERENT - (int64_t)c->words;
    for (int k = 0; k < 64; k++)
        d.recent[k] = (double)NAN;
    for (int64_t i = 0; i < t->rows && d.count <= most && !c->many; i++)
        if ((c->code == NULL || c->code[i] == PLM_CODE_PLAIN) && !isnan(c->number[i]))
            add_different(&d, c->number[i]);
    c->different =
        c->many || d.count > most ? PLM_STORE_DIFFERENT + 1 : d.count + (int64_t)c->words;
}

/* ---- all together ---- */

/* Reads the words of a column, chooses its format, and sets its numbers. */
static plm_status settle(plm_store *t, plm_raw_column *c, unsigned evidence)
{
    plm_findings f = {0};
    const plm_status status = read_words(t, c, &f);
    if (status >= 0) {
        count_fits(t, c, &f);
        plm_format_choose(t, c, &f, evidence);
        set_numbers(t, c, &f);
        find_signs(c, &f);
        find_rounded(c, &f);
        count_kinds(c, &f);
        measure(t, c);
        count_different(t, c);
    }
    plm_release(t->arena.w, f.of);
    plm_release(t->arena.w, f.count);
    return status;
}

/* Returns the formats that at least one column requires, as a bit set. */
static unsigned evidence_of(const plm_store *t)
{
    unsigned evidence = 0;
    for (size_t i = 0; i < t->columns; i++)
        if (t->column[i].required)
            evidence |= 1u << t->column[i].format;
    return evidence;
}

/* The work of a thread: chooses the format of columns that have only numbers, which needs no
 * memory. */
static void settle_numbers(void *argument, int thread, int threads)
{
    plm_store *t = argument;
    int64_t first = 0, last = 0;
    plm_share((int64_t)t->columns, 1, thread, threads, &first, &last);
    for (int64_t i = first; i < last; i++)
        if (t->column[i].words == 0)
            plm_ignore(settle(t, &t->column[i], 0));
}

/* Chooses the format of all columns. If it was a guess, it is chosen again with the formats that
 * the other columns require. */
plm_status plm_store_settle(plm_store *t)
{
    PLM_TRY(plm_store_flush(t));
    if (t->arena.w->pool != NULL)
        plm_parallel(t->arena.w->pool, 0, settle_numbers, t);
    else
        settle_numbers(t, 0, 1);
    for (size_t i = 0; i < t->columns; i++)
        if (t->column[i].words > 0)
            PLM_TRY(settle(t, &t->column[i], 0));
    const unsigned evidence = evidence_of(t);
    for (size_t i = 0; i < t->columns; i++)
        if (t->column[i].ambiguous || t->column[i].groups > 0)
            PLM_TRY(settle(t, &t->column[i], evidence));
    return PLM_OK;
}

/* Settles a column by its own cells alone. */
plm_status plm_store_settle_column(plm_store *t, size_t column)
{
    return settle(t, &t->column[column], 0);
}

/* True if the table must be read again. Until a decimal comma was recognized, a number such as
 * 1.234 was stored without its text; it may mean 1234. */
bool plm_store_lacks_groups(const plm_store *t)
{
    bool lacks = false;
    for (size_t i = 0; i < t->columns && !t->keep_groups; i++)
        lacks = lacks || (t->column[i].format == PLM_FORMAT_COMMA && t->column[i].groups > 0);
    return lacks;
}
