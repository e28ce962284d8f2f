/* Warns of the effects of few rows in the run of a table: metrics of few rows are unreliable, and a
 * rare class may be missing in the test or the training. If the test is a single row, its accuracy
 * is 0 or 1, which must not look like the result of a good net. */
#include "run/few_rows.h"

#include <string.h>

#include "data/data.h"

/* SHOWN: max number of classes that a warning names. */
enum { SHOWN = 3 };

/* Returns the number of rows of a stream; 0 if d is NULL. */
static int64_t rows_of(const plm_data *d)
{
    return d ? d->last - d->first : 0;
}

/* Warns if the whole table, or its test, has so few rows that their metrics are unreliable. */
static void warn_rows(const plm_job *j)
{
    const plm_source *s = j->data->source;
    const long long all = s->rows, test = rows_of(j->test);
    const bool own = j->test && j->test->source == s; /* the test is a part of the table */
    if (all <= PLM_FEW_ROWS)
        plm_warn(j->w, "%.100s: only %lld rows: metrics of so few rows mean little", s->file, all);
    else if (test > 0 && test < PLM_FEW_ROWS)
        plm_warn(j->w, "%.100s: the test has only %lld row%s, so its metrics mean little%s",
                 s->file, test, test == 1 ? "" : "s", own ? "; test=none trains on all rows" : "");
}

/* Counts the rows of each class in a stream; adds the numbers to count[classes]. */
static void count_classes(const plm_data *d, int64_t *count, int64_t classes)
{
    const plm_source *s = d->source;
    const plm_table *t = &s->table[s->inputs];
    for (int64_t i = 0; i < rows_of(d); i++) {
        float label = -1;
        const int64_t row = plm_data_row_at(d, i);
        plm_element_gather(NULL, t->element, &label, t->rows, 1, &row, 1);
        if (label >= 0 && label < (float)classes)
            count[(int64_t)label]++;
    }
}

/* Writes the names of classes that occur in other[classes] but not in count[classes], at most SHOWN
 * of them. Returns how many such classes there are. */
static int64_t name_lost(const plm_column *target, const int64_t *count, const int64_t *other,
                         plm_text *out)
{
    int64_t lost = 0;
    for (size_t k = 0; k < target->words; k++) {
        if (count[k] > 0 || other[k] == 0)
            continue;
        if (lost++ < SHOWN)
            plm_text_format(out, "%s'%.40s' (%lld row%s)", lost > 1 ? ", " : "", target->word[k],
                            (long long)other[k], other[k] == 1 ? "" : "s");
    }
    if (lost > SHOWN)
        plm_text_format(out, " and %lld more", (long long)(lost - SHOWN));
    return lost;
}

/* Warns of classes that occur in one of two parts of the data, training and test, and not in the
 * other. tested: true = the rows are in the test. */
static void warn_lost(const plm_job *j, const plm_column *target, const int64_t *count,
                      const int64_t *other, bool tested)
{
    static const char *const what[2][2] = {
        {"no row of it is in the test, so it is not tested",
         "no row of them is in the test, so they are not tested"},
        {"all its rows are in the test, so it cannot be learned; add rows, or drop the class",
         "all their rows are in the test, so they cannot be learned; add rows, or drop the "
         "classes"}};
    plm_text names = {.w = j->w};
    const int64_t lost = name_lost(target, count, other, &names);
    if (lost > 0 && !names.failed)
        plm_warn(j->w, "%.100s: class%s %s of '%.60s' %s too rare for the split: %s",
                 j->data->source->file, lost == 1 ? "" : "es", plm_text_get(&names), target->name,
                 lost == 1 ? "is" : "are", what[tested][lost > 1]);
    plm_text_free(&names);
}

/* Counts the classes of the target in the parts of the data, and warns of classes that a part does
 * not have. */
static plm_status warn_classes(const plm_job *j, const plm_column *target)
{
    const int64_t classes = (int64_t)target->words;
    int64_t *train = plm_allocate_array(j->w, 2 * target->words + 2, sizeof *train);
    if (!train)
        return PLM_E_MEMORY;
    int64_t *test = train + classes;
    count_classes(j->data, train, classes);
    count_classes(j->test, test, classes);
    warn_lost(j, target, train, test, true);
    warn_lost(j, target, test, train, false);
    plm_release(j->w, train);
    return PLM_OK;
}

/* Warns of few rows. The classes of the test are examined, but not those of the validation, which
 * each of several nets has for itself. */
plm_status plm_few_rows_warn(const plm_job *j)
{
    const plm_source *s = j->data->source;
    const plm_column *target = s->schema ? plm_schema_target(s->schema, 0) : NULL;
    if (!s->schema || s->known.schema[0] != '\0')
        return PLM_OK;
    warn_rows(j);
    if (!target || target->encoding != PLM_ENCODE_CLASSES || !j->test || j->test->source != s)
        return PLM_OK;
    return warn_classes(j, target);
}

/* Fails if there are too few rows to split: the test, the validation and the training each need a
 * row. */
plm_status plm_few_rows_check(const plm_job *j, plm_settings *s)
{
    enum { LEAST = 3 };
    const plm_source *source = j->data->source;
    const char *test = plm_setting_text(s, "test"), *validation = plm_setting_text(s, "validation");
    const bool both =
        test && validation && !strncmp(test, "split", 5) && !strncmp(validation, "split", 5);
    if (!both || source->rows >= LEAST)
        return PLM_OK;
    return plm_fail(j->home, PLM_E_DATA, source->file,
                    "add rows, or train on all of them with test=none validation=none",
                    "%lld row%s %s too few to hold out rows for a test and a validation",
                    (long long)source->rows, source->rows == 1 ? "" : "s",
                    source->rows == 1 ? "is" : "are");
}
