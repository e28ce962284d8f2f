/* D207: a class is only in validation, or only in training. A split of few rows, or of sorted rows,
 * can leave all rows of a class on one side. If training lacks a class, the loss still falls, but
 * the validation accuracy cannot exceed a limit. */
#include <string.h>

#include "doctor/finding.h"

typedef struct {
    double expected;
} thresholds;

static const plm_field fields[] = {
    PLM_FIELD(thresholds, expected, PLM_REAL, "10", 1, 1e9,
              "a note if validation lacks a class of which at least this many rows were expected"),
    {0}};

/* Returns the number of classes that validation has and training lacks. *first: the first such
 * class. */
static int count_unseen(const plm_data_facts *d, int *first, int64_t *rows)
{
    int unseen = 0;
    for (int k = 0; k < PLM_DOCTOR_CLASSES; k++)
        if (d->count[k] == 0 && d->validation_count[k] > 0) {
            *first = unseen++ == 0 ? k : *first;
            *rows += d->validation_count[k];
        }
    return unseen;
}

/* Returns the number of classes that training has and validation lacks, although so many validation
 * rows should have some of them. *first: the first such class. */
static int count_untested(const plm_data_facts *d, double expected, int *first)
{
    const double share = (double)d->validation_rows / (double)d->rows;
    int untested = 0;
    for (int k = 0; k < PLM_DOCTOR_CLASSES; k++)
        if (d->validation_count[k] == 0 && (double)d->count[k] * share > expected)
            *first = untested++ == 0 ? k : *first;
    return untested;
}

/* Returns the level of classes that validation lacks: a warning if its rows were chosen, not split
 * off, and it lacks classes that most training rows have, so that it tells little about the net. */
static plm_level level_of(const plm_case *c)
{
    const plm_data_facts *d = c->data;
    const char *validation = plm_case_setting(c, "validation");
    int64_t lacking = 0;
    for (int k = 0; k < PLM_DOCTOR_CLASSES; k++)
        lacking += d->validation_count[k] == 0 ? d->count[k] : 0;
    const bool chosen = *validation != '\0' && strncmp(validation, "split", 5) != 0;
    return chosen && 2 * lacking > d->rows ? PLM_WARNING : PLM_NOTE;
}

/* Returns the number of classes of an output of this width that no row has. *first: the first such
 * class. */
static int count_lacking(const plm_data_facts *d, int64_t width, int *first)
{
    int lacking = 0;
    for (int k = 0; k < width && k < PLM_DOCTOR_CLASSES; k++)
        if (d->count[k] + d->validation_count[k] == 0)
            *first = lacking++ == 0 ? k : *first;
    return lacking;
}

/* True if the run file takes only a part of the source. */
static bool takes_part(const plm_case *c)
{
    return c->rest != NULL &&
           (strstr(c->rest, "| take(") != NULL || strstr(c->rest, "| skip(") != NULL);
}

/* Reports an output with more classes than the rows have, if the run file takes only a part of the
 * source: when a sorted table is cut, its last classes are gone from training and validation. */
static void find_cut(const plm_case *c, plm_report *r)
{
    const plm_data_facts *d = c->data;
    char name[PLM_CLASS_TEXT];
    if (c->spot == NULL || c->model == NULL || c->model->heads != 1 || !takes_part(c))
        return;
    const plm_shape *s = plm_graph_shape(&c->model->graph, c->model->head[0].prediction);
    int first = -1;
    const int lacking = count_lacking(d, s->width, &first);
    if (s->width < 2 || lacking == 0)
        return;
    plm_report_found(r, PLM_WARNING, PLM_PART_STATIC, -1,
                     "no row that was taken has %s, but the net has %d outputs",
                     plm_class_text(d, first, name), (int)s->width);
    r->number = lacking;
    r->key = "data";
    plm_report_line(r, "such classes: %d; rows are taken by:%s", lacking, c->rest);
    plm_report_remedy(r, "", "take rows from all parts of the file: shuffle it first");
}

/* Reports a class that only one of training and validation has. A class that training lacks is a
 * warning, since the net predicts every such validation row wrongly. The reverse is a note, and
 * only for classes that would be expected among that many validation rows; a warning if other rows
 * than those of a split lack the classes of most training rows. */
static void find_sides(const thresholds *t, const plm_data_facts *d, const plm_case *c,
                       plm_report *r)
{
    char name[PLM_CLASS_TEXT];
    int first = 0;
    int64_t rows = 0;
    int classes = count_unseen(d, &first, &rows);
    if (classes > 0)
        plm_report_found(r, PLM_WARNING, PLM_PART_DATA, -1,
                         "no training row has %s, but validation rows have it",
                         plm_class_text(d, first, name));
    else {
        classes = count_untested(d, t->expected, &first);
        if (classes == 0)
            return;
        plm_report_found(r, level_of(c), PLM_PART_DATA, -1,
                         "no validation row has %s, but %lld training rows have it",
                         plm_class_text(d, first, name), (long long)d->count[first]);
    }
    r->number = (double)classes;
    r->key = "validation";
    if (rows > 0)
        plm_report_line(
            r, "such classes: %d, with %lld of %lld validation rows; no net can learn them",
            classes, (long long)rows, (long long)d->validation_rows);
    else
        plm_report_line(r, "such classes: %d; they are trained, but not validated", classes);
    if (!plm_report_shuffled_split(r, c) && c->setting == NULL)
        plm_report_remedy(r, "validation", "split(0.2, shuffle=true)");
    if (rows > 0)
        plm_report_remedy(r, "", "add rows of such classes to training, or leave them out of both");
    else
        plm_report_remedy(r, "", "take validation rows from all classes");
}

/* Looks for classes that are not in all parts of the rows. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    const thresholds *t = config;
    const plm_data_facts *d = c->data;
    if (!plm_case_learns_classes(c) || d == NULL || d->classes < 2 || d->rows < 1)
        return;
    find_cut(c, r);
    if (!r->found && d->validation_rows > 0)
        find_sides(t, d, c, r);
}

const plm_finding_kind plm_finding_unseen_class = {
    .kind = {.name = "unseen_class",
             .alias = "D207",
             .help = "a class is only in validation, or only in training",
             .formula =
                 "rows of a class in training = 0 and in validation > 0: a warning; or the "
                 "reverse where validation should have more than `expected` rows: a note; or a "
                 "part of the source is taken, and a class of the output is in no row",
             .notes = "A net cannot learn a class without a row of it. The usual reason is a "
                      "sorted table whose end is split off; then take random rows.",
             .source = "Pedregosa et al., Scikit-learn: stratified splitting, 2011",
             .config_size = sizeof(thresholds),
             .fields = fields},
    .root = PLM_ROOT_DATA,
    .causes = "D212|D206",
    .still = true,
    .find = find,
};
