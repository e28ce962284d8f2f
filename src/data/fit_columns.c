/* Fits the schema of a table to the training rows. The rows of a table are divided after it was
 * opened, by plm_data_split: some become validation and test rows. So the schema is fitted later,
 * when the shape of a batch or a batch is first requested. The first stream of the source has the
 * training rows; streams that were split off are later in the list. If rows are split off after the
 * fit, it is repeated. */
#include "data/data.h"

/* Marks the schema of a source as not fitted, since its rows have changed. A schema that comes from
 * a model is kept, as the model was trained with it. */
void plm_source_unfit(plm_source *s)
{
    if (s->schema && s->known.schema[0] == '\0')
        s->fitted = false;
}

/* Copies the new parts of its source to a stream, then calls `settle` of the transforms that change
 * values, since they depend on the parts. */
static plm_status renew(plm_data *d)
{
    plm_pipeline_parts(d);
    for (int i = 0; i < d->transforms; i++) {
        plm_transform *t = &d->transform[i];
        if (t->kind->role == PLM_TRANSFORM_CHANGES && t->kind->settle)
            PLM_TRY(t->kind->settle(t));
    }
    return PLM_OK;
}

/* Fits to the rows of a stream. */
static plm_status fit_to(plm_source *s, const plm_data *d)
{
    const int64_t rows = d->last - d->first;
    int64_t *row = plm_allocate_array(&s->w, (size_t)rows + 1, sizeof *row);
    if (!row)
        return PLM_E_MEMORY;
    for (int64_t i = 0; i < rows; i++)
        row[i] = d->chosen ? d->chosen[d->first + i] : d->first + i;
    const plm_status status = s->kind->fit(s, row, rows);
    plm_release(&s->w, row);
    return status;
}

/* Fits the schema of a source to the rows of its first stream, if it is not fitted, and gives all
 * its streams their final parts. All streams get the shapes of the new fit, as the width of the
 * inputs depends on the words that were found. */
plm_status plm_source_fit(plm_source *s)
{
    if (!s->schema || s->fitted || !s->stream)
        return PLM_OK;
    PLM_TRY(fit_to(s, s->stream));
    s->fitted = true;
    for (plm_data *d = s->stream; d; d = d->next)
        PLM_TRY(renew(d));
    return PLM_OK;
}
