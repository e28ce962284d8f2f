/* O405: the trained net fails for a group of rows, such as those of one city, while it predicts the
 * others well. Good metrics over all rows hide this. Rows that are hard by nature are no fault, so
 * the loss of a group is not only compared with that of the other rows, but also with that of a
 * constant prediction for the group: only a net that explains far less of a group than of the
 * others is reported.
 *
 * All groups of all columns are compared, and the worst of many groups looks bad by chance. So both
 * comparisons are tests, by Student's t distribution, which takes the number of rows into account,
 * and Holm's correction keeps the chance of any false finding below p. Losses are skewed to the
 * right: then the test of a small group errs towards no finding. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/notation.h"
#include "doctor/row_groups.h"
#include "doctor/student.h"

typedef struct {
    int64_t rows;
    double part, learned, note, warning, nothing, good, p;
} thresholds;

static const plm_field fields[] = {
    PLM_FIELD(
        thresholds, rows, PLM_INT, "20", 20, 1e9,
        "min number of rows of a group; they are rows of the validation or, if there is none, "
        "of the test"),
    PLM_FIELD(thresholds, part, PLM_REAL, "0.5", 0, 1,
              "max share of the rows that a group has: larger groups are what is usual"),
    PLM_FIELD(thresholds, learned, PLM_REAL, "0.3", 0, 1,
              "the net must explain more than this share of the other rows: 1 - loss / loss of a "
              "constant"),
    PLM_FIELD(thresholds, note, PLM_REAL, "0.75", 0, 1,
              "a note if the net explains less of the group than this part of what it explains of "
              "the others"),
    PLM_FIELD(thresholds, warning, PLM_REAL, "0.5", 0, 1,
              "a warning if it explains less than this part"),
    PLM_FIELD(thresholds, nothing, PLM_REAL, "0.1", 0, 1,
              "also a warning if the group of the note is explained by less than this part, and "
              "the others by more than `good`: a part of `warning` cannot be certain of few rows"),
    PLM_FIELD(thresholds, good, PLM_REAL, "0.6", 0, 1, "see `nothing`"),
    PLM_FIELD(
        thresholds, p, PLM_REAL, "0.05", 0, 1,
        "only if both differences are as large by chance with less than this probability, over "
        "all groups"),
    {0}};

/* Probabilities below this one are not told apart. */
static const double SURE = 1e-9;

/* A group and its probability by chance. */
typedef struct {
    double p;
    const plm_row_group *group;
} tested;

/* Returns the share of the rows that the net explains: R2, or the skill score of Brier. */
static double explained(const plm_row_sums *s)
{
    return s->constant > 0 ? 1 - s->loss / s->constant : (double)NAN;
}

/* Returns the squared standard error of a mean of `rows` values, by their sum and the sum of their
 * squares. */
static double error_of(double sum, double square, double rows)
{
    return fmax(square - sum * sum / rows, 0) / (rows - 1) / rows;
}

/* Returns the probability that the loss of a group is larger by chance than that of the others. */
static double worse_by_chance(const plm_row_group *g)
{
    const plm_row_sums *a = &g->own, *b = &g->rest;
    const double mean[2] = {a->loss / a->rows, b->loss / b->rows},
                 square[2] = {error_of(a->loss, a->loss_square, a->rows),
                              error_of(b->loss, b->loss_square, b->rows)},
                 rows[2] = {a->rows, b->rows};
    return plm_welch_above(mean, square, rows);
}

/* Returns the probability that the net explains, by chance, less than `share` of a group. For each
 * row, the loss of the net is compared with the loss that explains this share. */
static double ignorant_by_chance(const plm_row_sums *s, double share)
{
    const double f = 1 - share, sum = s->loss - f * s->constant,
                 square = s->loss_square - 2 * f * s->both + f * f * s->constant_square;
    return plm_student_positive(sum / s->rows, error_of(sum, square, s->rows), s->rows - 1);
}

/* Returns the probability by chance of a group: the larger one of both comparisons, since both must
 * be certain (Berger, Multiparameter hypothesis testing and acceptance sampling, 1982). part: note
 * or warning. */
static double chance_of(const thresholds *t, const plm_row_group *g, double part)
{
    const double rest = explained(&g->rest);
    if (!(rest > t->learned))
        return 1;
    const double worse = worse_by_chance(g), ignorant = ignorant_by_chance(&g->own, part * rest);
    return worse > ignorant ? worse : ignorant;
}

/* True if a group is compared with the other rows. */
static bool is_compared(const thresholds *t, const plm_row_groups *all, const plm_row_group *g)
{
    return g->own.rows >= (double)t->rows && g->own.rows <= t->part * (double)all->rows;
}

/* Compares two groups for qsort: by their probabilities, then in the order of the columns. */
static int by_chance(const void *a, const void *b)
{
    const tested *x = a, *y = b;
    if (x->p < y->p || x->p > y->p)
        return x->p < y->p ? -1 : 1;
    return (x->group > y->group) - (x->group < y->group);
}

/* Corrects the probabilities of sorted groups (Holm, A simple sequentially rejective multiple test
 * procedure, 1979). Returns how many are below p. */
static int64_t correct(tested *list, int64_t count, double p)
{
    double before = 0;
    int64_t certain = 0;
    for (int64_t i = 0; i < count; i++) {
        before = fmax(before, fmin(1, (double)(count - i) * list[i].p));
        list[i].p = before;
        certain += before < p;
    }
    return certain;
}

/* Tests all groups: list[*count], the most certain one first. Returns how many are certain.
 * part: note or warning. */
static int64_t test_all(const thresholds *t, const plm_row_groups *all, double part, tested *list,
                        int64_t *count)
{
    *count = 0;
    for (int64_t i = 0; i < all->groups; i++)
        if (is_compared(t, all, &all->group[i]))
            list[(*count)++] = (tested){chance_of(t, &all->group[i], part), &all->group[i]};
    qsort(list, (size_t)*count, sizeof *list, by_chance);
    return correct(list, *count, t->p);
}

/* ---- the report ---- */

/* Writes what the rows of a group have in common: "city = Bonn", "age = 18 to 30". */
static void name_of(const plm_row_group *g, char *out, size_t size)
{
    if (g->value != NULL)
        plm_print(out, size, "%.40s = %.40s", g->column, g->value);
    else
        plm_print(out, size, "%.40s missing", g->column);
}

/* Adds a row of the table: how well the net and a constant predict these rows. */
static void add_line(plm_report *r, const plm_row_groups *all, int target, const char *name,
                     const plm_row_sums *s)
{
    if (all->target[target].classes > 0)
        plm_report_line(r, "%-34.34s %6.0f %9.3f %9.3f %10.2f", name, s->rows, s->right / s->rows,
                        s->most / s->rows, explained(s));
    else
        plm_report_line(r, "%-34.34s %6.0f %9.4g %9.4g %10.2f", name, s->rows,
                        sqrt(s->loss / s->rows), sqrt(s->constant / s->rows), explained(s));
}

/* Adds the evidence: the group, the other rows, and further groups of the same target that are
 * certain. */
static void show(plm_report *r, const plm_row_groups *all, const tested *list, int64_t certain,
                 int64_t compared)
{
    enum { MORE = 2, NAME = 96 };
    const plm_row_group *first = list[0].group;
    const plm_row_target *t = &all->target[first->target];
    char name[NAME];
    int more = 0;
    plm_report_line(r, "%-34s %6s %9s %9s %10s", "rows not trained on", "number",
                    t->classes > 0 ? "accuracy" : "rmse", "constant", "explained");
    name_of(first, name, sizeof name);
    add_line(r, all, first->target, name, &first->own);
    add_line(r, all, first->target, "all others", &first->rest);
    for (int64_t i = 1; i < certain && more < MORE; i++) {
        if (list[i].group->target != first->target)
            continue;
        name_of(list[i].group, name, sizeof name);
        add_line(r, all, first->target, name, &list[i].group->own);
        more++;
    }
    if (all->targets > 1 && *t->name != '\0')
        plm_report_line(r, "of the target %.60s", t->name);
    plm_report_line(r, "by chance with a probability %s %.1g, over all %lld groups of %lld columns",
                    list[0].p < SURE ? "below" : "of", fmax(list[0].p, SURE), (long long)compared,
                    (long long)all->columns);
}

/* Reports the most certain group at the level r->level. */
static void report(plm_report *r, const plm_case *c, const tested *list, int64_t certain,
                   int64_t compared)
{
    const plm_row_group *g = list[0].group;
    const double own = explained(&g->own), rest = explained(&g->rest);
    char name[96];
    name_of(g, name, sizeof name);
    if (own < 0)
        plm_report_found(r, r->level, PLM_PART_EVALUATION, -1,
                         "for the rows with %s the net is worse than a constant prediction", name);
    else
        plm_report_found(r, r->level, PLM_PART_EVALUATION, -1,
                         "the net fails for the rows with %s: it explains %.0f %% of them, and "
                         "%.0f %% of the others",
                         name, 100 * own, 100 * rest);
    r->key = "data";
    r->number = own / rest;
    show(r, c->groups, list, certain, compared);
    if (c->source != NULL && strncmp(c->source, "table(", 6) == 0)
        plm_report_remedy(r, "", "compare all groups: plummet evaluate RUN by='%.60s'", g->column);
    plm_report_remedy(
        r, "",
        "check the targets of these rows, train on more of them, or add a column that "
        "explains them");
}

/* The worst of many groups looks worse than it is, so what it explains is taken literally only if
 * at most this number of groups is compared. */
enum { FEW_GROUPS = 100 };

/* Reports the group that is most certainly below a threshold: of a warning, else of a note. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    const thresholds *t = config;
    const plm_row_groups *all = c->groups;
    int64_t compared = 0;
    if (all == NULL)
        return;
    tested *list = plm_allocate_array(c->w, (size_t)all->groups + 1, sizeof *list);
    r->what.failed = list == NULL;
    for (int warns = 1; warns >= 0 && list != NULL && !r->found; warns--) {
        r->level = warns ? PLM_WARNING : PLM_NOTE;
        r->threshold = warns ? t->warning : t->note;
        const int64_t certain = test_all(t, all, r->threshold, list, &compared);
        if (certain > 0)
            report(r, c, list, certain, compared);
        if (r->found && compared <= FEW_GROUPS && r->number < t->nothing &&
            explained(&list[0].group->rest) > t->good)
            r->level = PLM_WARNING;
    }
    plm_release(c->w, list);
}

const plm_finding_kind plm_finding_underperforming_group = {
    .kind =
        {.name = "underperforming_group",
         .alias = "O405",
         .help = "the net fails for a group of rows",
         .formula =
             "the loss of the validation rows with one value, or one range, of a column is "
             "larger than that of the others (Welch's t test), and the net explains less of "
             "them, as 1 - loss / loss of a constant, than note times what it explains of the "
             "others (t test); both with a probability by chance < p over all groups (Holm)",
         .notes =
             "Only a table with names of columns has groups, and neither a time series nor rows "
             "that belong together by a column group=. They are measured once, when the "
             "training is over, on the validation rows or, without a validation, on the test "
             "rows. The loss is the squared error, of classes that of all probabilities "
             "(Brier). Reasons are wrong targets in a part of the table, another relation "
             "there, too few such rows in training, and rows that nobody can predict from these "
             "columns.",
         .source = "Chung et al., Slice Finder: Automated data slicing for model validation, 2019; "
                   "Holm, A simple sequentially rejective multiple test procedure, 1979",
         .config_size = sizeof(thresholds),
         .fields = fields},
    .root = PLM_ROOT_GENERAL,
    .healthy = {0.75, 1},
    .causes = "D214|D211|D202|D203|D206|G105|G101|G103|G104|S301|S302|S303|S304|S305|S306|S307|"
              "S308|S310|O402|O403",
    .find = find,
};
