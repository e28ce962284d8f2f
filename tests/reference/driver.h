/* What the files of the driver share: the state, and how answers are sent. */
#ifndef PLM_TEST_DRIVER_H
#define PLM_TEST_DRIVER_H

#include "model/model.h"

typedef struct {
    plm *w;
    plm_model *m;
    plm_batch batch;
    double *out; /* the answer */
    size_t count, room;
} driver;

/* Appends a number to the answer. */
void driver_answer(driver *d, double value);
/* Sends the answer, or the error of the runtime if the status is one. */
void driver_send(driver *d, plm_status status);
/* Returns the number of values of a view. */
size_t driver_size(const plm_view *v);
/* Answers the request data: "EPOCH SPEC". */
void driver_rows(driver *d, const char *said);

#endif
