/* The rows of a pipeline, as an epoch gives them. */
#include <stdlib.h>

#include "driver.h"

static void answer_view(driver *d, const plm_view *v)
{
    const float *values = v->data;
    for (size_t i = 0; i < driver_size(v); i++)
        driver_answer(d, (double)values[i]);
}

/* The first input and the first target of each batch, with its number of rows before them. */
void driver_rows(driver *d, const char *said)
{
    char *rest = NULL;
    const int64_t epoch = strtoll(said, &rest, 10);
    plm_data *data = plm_data_open(d->w, "%s", rest);
    plm_status status = data != NULL ? plm_data_rewind(data, epoch) : PLM_E_SPEC;
    plm_batch b;
    while (status >= 0 && (status = plm_data_next(data, &b)) == PLM_OK) {
        if (d->count == 0) {
            driver_answer(d, (double)(driver_size(&b.input[0]) / (size_t)b.rows));
            driver_answer(d, (double)(driver_size(&b.target[0]) / (size_t)b.rows));
        }
        driver_answer(d, (double)b.rows);
        answer_view(d, &b.input[0]);
        answer_view(d, &b.target[0]);
    }
    driver_send(d, status);
    plm_data_free(data);
}
