/* Columns of numbers that are codes: the values next to each other have no more in common than any
 * two. A net that reads them as quantities must learn each value by itself. */
#include <math.h>
#include <string.h>

#include "base/number_keys.h"
#include "doctor/codes.h"
#include "doctor/ladder.h"

/* VALUES: different values of a code; EACH: min rows of a value in the mean; CLASSES: classes that
 * are compared, the others tell little. */
enum { FEW_VALUES = 6, VALUES = 64, EACH = 5, CLASSES = 24 };

/* The rows with each value of a column, in the order of the values. */
typedef struct {
    int64_t values, end[VALUES]; /* end: index after the last row of a value */
} groups;

/* Lists the values of the sorted rows. False = they are too few, or too many. */
static bool list_values(const plm_row_sample *s, const uint64_t *key, groups *g)
{
    g->values = 0;
    for (int64_t i = 0; i < s->count; i++) {
        if (i > 0 && key[i] >> 32 == key[i - 1] >> 32) {
            g->end[g->values - 1] = i + 1;
            continue;
        }
        if (g->values == VALUES)
            return false;
        g->end[g->values++] = i + 1;
    }
    return g->values >= FEW_VALUES && s->count >= EACH * g->values;
}

/* How much the mean targets of the values differ. between: their weighted squares around the mean
 * of all; steps: the squared differences of neighbouring values, on the same scale if the order of
 * the values means nothing; variance: of single rows. */
typedef struct {
    double between, steps, variance;
} spread;

/* Adds the spread of one number for each row: the target or, if class >= 0, whether it is this
 * class. */
static void add_spread(const plm_row_sample *s, const uint64_t *key, const groups *g, int class,
                       spread *out)
{
    double mean[VALUES], rows[VALUES], all = 0, square = 0;
    const double n = (double)s->count, values = (double)g->values;
    for (int64_t v = 0, i = 0; v < g->values; v++) {
        const int64_t begin = i;
        double sum = 0;
        for (; i < g->end[v]; i++) {
            const double own = (double)s->target[key[i] & UINT32_MAX],
                         y = class < 0 ? own : fabs(own - class) < 0.5;
            sum += y;
            square += y * y;
        }
        rows[v] = (double)(i - begin);
        mean[v] = sum / rows[v];
        all += sum / n;
    }
    out->variance += square / n - all * all;
    for (int64_t v = 0; v < g->values; v++) {
        const double from = mean[v] - all;
        out->between += rows[v] * from * from;
        if (v + 1 < g->values) {
            const double step = mean[v + 1] - mean[v];
            out->steps += step * step / (1 / rows[v] + 1 / rows[v + 1]) * values / (values - 1);
        }
    }
}

bool plm_column_is_code(const plm_row_sample *s, const uint64_t *key, const plm_data_column *c,
                        int classes)
{
    static const double tells = 3, order = 0.8;
    groups g;
    spread all = {0, 0, 0};
    if (!c->whole || c->id || classes > CLASSES || !list_values(s, key, &g))
        return false;
    for (int k = classes > 1 ? 0 : -1; k < (classes > 1 ? classes : 0); k++)
        add_spread(s, key, &g, k, &all);
    return all.between > tells * (double)(g.values - 1) * all.variance &&
           all.steps > order * all.between;
}

/* True if a layer of the model reads numbers as codes. */
static bool reads_codes(const plm_case *c)
{
    for (int64_t i = 0; i < c->layers; i++)
        if (plm_case_layer_is(c, i, "embedding|*_lookup|category_encoding|hashing|discretization"))
            return true;
    return false;
}

/* True if the training is over, and the net predicts neither its own nor other rows well. */
static bool predicts_badly(const plm_case *c)
{
    static const double good = 0.9;
    const bool over = c->ended || (c->planned > 0 && c->steps >= c->planned);
    return over && !c->not_finite && plm_case_reach(c, plm_case_predicts_classes(c)) < good;
}

int64_t plm_count_codes(const plm_data_facts *d, int64_t *values)
{
    int64_t codes = 0;
    *values = 0;
    for (int64_t i = 0; i < d->columns; i++) {
        codes += d->column[i].coded;
        *values += d->column[i].coded ? d->column[i].values : 0;
    }
    return codes;
}

/* Adds lines with the first columns of codes. */
static void show(const plm_data_facts *d, plm_report *r)
{
    enum { NAME = 40, SHOWN = 6 };
    char name[NAME];
    for (int64_t i = 0, shown = 0; i < d->columns && shown < SHOWN; i++)
        if (d->column[i].coded) {
            plm_doctor_column(&d->column[i], name, sizeof name);
            plm_report_line(r, "%-30s %lld numbers", name, (long long)d->column[i].values);
            shown++;
        }
    plm_report_line(r, "the targets of neighbouring numbers are no more alike than of any two");
}

/* Nets learn codes of a few values as quantities, too, so then it is a warning only if this one has
 * not. */
void plm_find_codes(const plm_case *c, plm_report *r)
{
    enum { MANY = 12 };
    int64_t values = 0;
    if (c->data == NULL || c->spot == NULL || c->data->images || reads_codes(c))
        return;
    const int64_t codes = plm_count_codes(c->data, &values);
    if (codes < PLM_CODES)
        return;
    const bool many = values >= MANY * codes, badly = !many && predicts_badly(c);
    plm_report_found(r, many || badly ? PLM_WARNING : PLM_NOTE,
                     badly ? PLM_PART_EVALUATION : PLM_PART_DATA, -1,
                     "the numbers of %lld columns seem to be codes, but the net reads them as "
                     "quantities",
                     (long long)codes);
    r->number = (double)codes;
    r->key = "data";
    show(c->data, r);
    plm_report_remedy(r, "",
                      "columns: 'NAME=category', or category_encoding(..., one_hot) or embedding "
                      "as the first layer");
}
