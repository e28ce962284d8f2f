/* Chooses how the best epoch of the net of a table is found: for a classifier by the loss after
 * calibration, else by the loss.
 *
 * The loss itself increases as soon as a net becomes overconfident, often long before its
 * predictions stop improving.
 *
 * If rows of the training are copies of others, with the same target, later rows are probably
 * copies of training rows, too, so a net that remembers these predicts them. The accuracy of the
 * validation shows this. Its loss does not: a net that remembers is overconfident about all other
 * rows. A net needs the whole training to remember its rows, so no wave of the learning rate is
 * left out.
 *
 * If the columns have few different values, rows are alike by chance. Then the same inputs also
 * occur with other targets, which distinguishes the two cases. */
#include "run/recipe_copies.h"

#include <string.h>

#include "data/data.h"
#include "data/row_hash.h"

/* MOST_ROWS: tables with more rows are not searched. SHARE: at least one of SHARE rows must be a
 * copy, and at most one of SHARE different inputs may have another target. */
enum { MOST_ROWS = 1000000, SHARE = 10 };

/* Sets the hashes of all rows: of the inputs alone, and of inputs and targets. row: memory for the
 * numbers of the widest part. */
static void hash_rows(const plm_data *d, size_t rows, float *row, uint64_t *inputs, uint64_t *all)
{
    const plm_source *from = d->source;
    for (size_t i = 0; i < rows; i++) {
        const int64_t at = plm_data_row_at(d, (int64_t)i);
        uint64_t hash = 1;
        for (int k = 0; k < from->inputs + from->targets; k++) {
            const plm_table *t = &from->table[k];
            plm_element_gather(NULL, t->element, row, t->rows, t->width, &at, 1);
            hash = plm_hash_numbers(hash, row, t->width);
            if (k + 1 == from->inputs)
                inputs[i] = hash;
        }
        all[i] = hash;
    }
}

/* True if the rows of the table are in memory, and are no series. */
static bool is_readable(const plm_source *s)
{
    bool is = s->schema && !s->series && !s->streamed && s->targets > 0;
    for (int k = 0; k < s->inputs + s->targets && is; k++)
        is = s->table[k].rows != NULL;
    return is;
}

/* Returns the share of rows that are copies of others, if at least a tenth of them are, and not by
 * chance; else 0. inputs, all: the hashes of the rows, which are sorted. scratch: [rows]. */
static double share_of_copies(uint64_t *inputs, uint64_t *all, uint64_t *scratch, size_t rows)
{
    const size_t different = plm_hashes_different(all, scratch, rows),
                 alone = plm_hashes_different(inputs, scratch, rows), copies = rows - different;
    const bool many = copies * SHARE >= rows && (different - alone) * SHARE <= alone;
    return many ? (double)copies / (double)rows : 0;
}

/* Sets *share to the share of the job's training rows that are copies of others, if at least a
 * tenth of them are, and not by chance; else to 0. */
static plm_status find_copies(const plm_job *j, double *share)
{
    const plm_source *s = j->data->source;
    const int64_t count = j->data->last - j->data->first;
    size_t width = 1;
    *share = 0;
    if (!is_readable(s) || count < 1 || count > MOST_ROWS)
        return PLM_OK;
    for (int k = 0; k < s->inputs + s->targets; k++)
        width = s->table[k].width > width ? s->table[k].width : width;
    plm_arena own = {.w = j->home};
    const size_t rows = (size_t)count;
    float *row = plm_arena_array(&own, width, sizeof *row);
    uint64_t *inputs = plm_arena_array(&own, rows, sizeof *inputs),
             *all = plm_arena_array(&own, rows, sizeof *all),
             *scratch = plm_arena_array(&own, rows, sizeof *scratch);
    const bool good = row && inputs && all && scratch;
    if (good) {
        hash_rows(j->data, rows, row, inputs, all);
        *share = share_of_copies(inputs, all, scratch, rows);
    }
    plm_arena_free(&own);
    return good ? PLM_OK : PLM_E_MEMORY;
}

/* Suggests the observer that keeps the weights of the best epoch. more: its further arguments. */
static plm_status suggest(plm_settings *s, const char *monitor, const char *more, const char *why)
{
    const char *text = plm_arena_format(&s->arena, "best_weights(monitor=%s%s)", monitor, more);
    return text && why ? plm_setting_suggest(s, "observers", text, why) : PLM_E_MEMORY;
}

/* Suggests it for a classifier. */
static plm_status of_classes(plm_settings *s, double copies, const char *more, const char *ends)
{
    if (!(copies > 0))
        return suggest(
            s, "val_calibrated", more,
            plm_arena_format(
                &s->arena,
                "the best epoch is the one with the lowest validation loss after calibration%s",
                ends));
    return suggest(s, "val_accuracy", more,
                   plm_arena_format(&s->arena,
                                    "%.3g %% of the rows are copies of others, which a net can "
                                    "remember: the best epoch is the one with the highest "
                                    "validation accuracy%s",
                                    100 * copies, ends));
}

/* True if the run has rows for validation, and the user has not set which weights it keeps. */
static bool is_free(plm_settings *s)
{
    const char *validation = plm_setting_text(s, "validation");
    return validation && strcmp(validation, "none") != 0 && !plm_setting_text(s, "observers") &&
           !plm_setting_text(s, "keep");
}

plm_status plm_recipe_best_epoch(const plm_job *j, plm_settings *s, bool classes, bool waves)
{
    double copies = 0;
    if (!classes && (!waves || !is_free(s)))
        return PLM_OK;
    PLM_TRY(find_copies(j, &copies));
    const bool leaves = waves && !(copies > 0);
    const char *more = leaves ? ", waves=4" : "",
               *ends = leaves ? "; the last cycle of the learning rate is left out if the cycle "
                                "before brought no better epoch"
                              : "";
    if (classes)
        return of_classes(s, copies, more, ends);
    if (!leaves)
        return PLM_OK;
    return suggest(s, "val_loss", more,
                   plm_arena_format(&s->arena,
                                    "the best epoch is the one with the lowest validation loss%s",
                                    ends));
}
