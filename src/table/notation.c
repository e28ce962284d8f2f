/* Chooses the format of a column: the decimal mark, or the order of day and month. 2.749 means 2749
 * if points separate thousands. This is likely if the column also has numbers such as 401, but no
 * 1000 or larger number without a point: decimals would hardly all have three digits, and hardly
 * all be smaller than the whole numbers. So the other numbers of a column are used as evidence, and
 * the other columns, too. */
#include <math.h>

#include "table/settle.h"

/* If at least one of ROUND_SHARE numbers such as 2.749 ends in 000, their points separate
 * thousands. */
enum { TEN = 10, HUNDRED = 100, THOUSAND = 1000, ROUND_SHARE = 10 };

/* True if the format fits all cells that are not missing. */
static bool fits_all(const plm_findings *f, int format)
{
    return f->fits[format] == f->present;
}

/* Returns the formats that fit all cells, as a bit set. */
static unsigned find_full(const plm_findings *f)
{
    unsigned full = 0;
    for (int k = 0; k < PLM_FORMATS; k++)
        full |= fits_all(f, k) ? 1u << k : 0;
    return full;
}

/* Returns the format that most cells fit; if several fit as many, the first of them. */
static plm_cell_format most_fitting(const plm_findings *f)
{
    int best = 0;
    for (int k = 1; k < PLM_FORMATS; k++)
        best = f->fits[k] > f->fits[best] ? k : best;
    return f->fits[best] > 0 ? (plm_cell_format)best : PLM_FORMATS;
}

/* True if all dates of the column are written with points: 1.2.2024. */
static bool has_points(const plm_raw_column *c, const plm_findings *f)
{
    for (size_t i = 0; i < c->words; i++)
        if (!f->of[i].points)
            return false;
    return true;
}

/* Returns the only format in the bit set; PLM_FORMATS = there is none, or there are several. */
static plm_cell_format only(unsigned bits)
{
    int k = 0;
    while (k < PLM_FORMATS && bits != 1u << k)
        k++;
    return (plm_cell_format)k;
}

/* ---- marks of thousands ---- */

/* Counts of the numbers of a column. A mark is a point or comma that may separate thousands.
 * marked: numbers with a mark, such as 2.749 or 2,749; pointed: those of them with a point; round:
 * those of them that end in 000. bare: numbers without a mark that are at least 10 (smaller ones
 * also occur among decimals: 3.333, 3, 3.667); large: those that are at least 100; above: at least
 * 1000. */
typedef struct {
    int64_t marked, pointed, round, bare, large, above;
} marks;

/* Counts a number without a mark. */
static void count_bare(marks *m, double x, int64_t count)
{
    m->bare += fabs(x) >= TEN ? count : 0;
    m->large += fabs(x) >= HUNDRED ? count : 0;
    m->above += fabs(x) >= THOUSAND ? count : 0;
}

/* Counts the cells whose texts are known. */
static void count_words(const plm_raw_column *c, const plm_findings *f, marks *m)
{
    for (size_t i = 0; i < c->words; i++) {
        const double *value = f->of[i].value;
        const double point = fabs(value[PLM_FORMAT_POINT]), comma = fabs(value[PLM_FORMAT_COMMA]);
        if ((f->of[i].fits & PLM_NUMBER_FORMATS) != PLM_NUMBER_FORMATS)
            continue;
        if (point == comma)
            count_bare(m, point, f->count[i]);
        else {
            m->marked += f->count[i];
            m->pointed += point < comma ? f->count[i] : 0;
            m->round += plm_plain_is_whole(point < comma ? point : comma) ? f->count[i] : 0;
        }
    }
}

/* Counts the plain numbers, whose texts are not kept: 2 may have been written 2.000. All with a
 * mark that may separate thousands are below 1000. */
static void count_plain(const plm_store *t, const plm_raw_column *c, marks *m)
{
    marks whole = {0};
    int64_t parts = 0;
    for (int64_t i = 0; i < t->rows; i++) {
        if ((c->code != NULL && c->code[i] != PLM_CODE_PLAIN) || !isfinite(c->number[i]))
            continue;
        if (plm_plain_is_whole(c->number[i]))
            count_bare(&whole, c->number[i], 1);
        else
            parts++;
    }
    const int64_t round = c->groups - parts; /* they are among the whole ones */
    m->marked += c->groups;
    m->pointed += c->groups;
    m->round += round;
    m->bare += whole.bare > round ? whole.bare - round : 0;
    m->large += whole.large > round ? whole.large - round : 0;
    m->above += whole.above;
}

/* Counts the numbers that have a point or comma that may separate thousands, and those without. */
static marks count_marks(const plm_store *t, const plm_raw_column *c, const plm_findings *f)
{
    marks m = {0};
    count_words(c, f, &m);
    if (f->plain > 0)
        count_plain(t, c, &m);
    return m;
}

/* Returns the format in which points or commas separate thousands, if the numbers without them
 * suggest it; otherwise PLM_FORMATS. */
static plm_cell_format thousands(const marks *m)
{
    const bool large = m->large > 0 || m->round * ROUND_SHARE >= m->marked;
    if (m->marked == 0 || m->bare == 0 || m->above > 0 || !large)
        return PLM_FORMATS;
    return m->pointed == m->marked ? PLM_FORMAT_COMMA
           : m->pointed == 0       ? PLM_FORMAT_POINT
                                   : PLM_FORMATS;
}

/* ---- the choice ---- */

/* Chooses the decimal mark by the numbers of the column alone. A plain number such as 2.749 is
 * doubtful only if the column has numbers without a point, or if the file is separated by
 * semicolons, where decimals usually have a comma. */
static plm_cell_format guess_mark(const plm_store *t, const plm_raw_column *c,
                                  const plm_findings *f, const marks *m, plm_cell_format first,
                                  bool *sure)
{
    const plm_cell_format found = thousands(m);
    const bool semicolons = t->delimiter == ';';
    if (found < PLM_FORMATS) {
        *sure = semicolons == (found == PLM_FORMAT_COMMA);
        return found;
    }
    *sure = f->same && (m->above > 0 || (m->bare == 0 && !semicolons));
    return semicolons && c->groups == 0 ? PLM_FORMAT_COMMA : first;
}

/* Chooses among several formats that fit all cells, the bit set `full`: takes the preferred one, or
 * the one that other columns of the table use. evidence: the formats that the other columns
 * require. *sure = false: the choice is a guess. */
static plm_cell_format guess(const plm_store *t, plm_raw_column *c, const plm_findings *f,
                             unsigned full, unsigned evidence, bool *sure)
{
    const plm_cell_format first = most_fitting(f), required = only(full & evidence);
    *sure = true;
    if (f->same && c->groups == 0)
        return first;
    if (c->prefer < PLM_FORMATS && full >> c->prefer & 1)
        return c->prefer;
    const bool date = plm_format_is_date(first);
    const marks m = date ? (marks){0} : count_marks(t, c, f);
    c->unmarked = m.bare > 0;
    if (required < PLM_FORMATS) {
        const plm_cell_format found = thousands(&m);
        *sure = found == PLM_FORMATS || found == required;
        return required;
    }
    if (!date)
        return guess_mark(t, c, f, &m, first, sure);
    *sure = has_points(c, f);
    return *sure ? PLM_FORMAT_DMY : first;
}

/* True if the cells contradict the format of the model, as 13/02/2024 contradicts month/day. Then
 * another format would change how all other cells are read, too. Dates whose order is clear, such
 * as 2024-12-31, contradict no order, and a model of such dates accepts any clear order. */
static bool contradicts(const plm_raw_column *c, unsigned full)
{
    const unsigned clear = 1u << PLM_FORMAT_YMD;
    if (!c->strict || c->prefer >= PLM_FORMATS || full >> c->prefer & 1)
        return false;
    if (c->prefer == PLM_FORMAT_YMD)
        return (full & (1u << PLM_FORMAT_DMY | 1u << PLM_FORMAT_MDY)) == 0;
    return !plm_format_is_date(c->prefer) || c->prefer == PLM_FORMAT_TIME || !(full & clear);
}

void plm_format_choose(const plm_store *t, plm_raw_column *c, const plm_findings *f,
                       unsigned evidence)
{
    bool sure = true;
    const unsigned full = find_full(f);
    c->required = full != 0 && (full & (full - 1)) == 0 && f->present > 0;
    c->ambiguous = c->unmarked = false;
    c->both = full == 0 && f->present > 0 && f->any == f->present;
    const bool forced = c->force || contradicts(c, full);
    c->format = forced ? c->prefer : most_fitting(f);
    if (forced || c->format == PLM_FORMATS || full == 0 || c->required)
        return;
    c->format = guess(t, c, f, full, evidence, &sure);
    c->ambiguous = !sure;
}
