/* What tests of faults in data share: rows of a generator, one of whose batches fails. */
#ifndef PLM_TESTS_UNIT_FAULT_SUPPORT_H
#define PLM_TESTS_UNIT_FAULT_SUPPORT_H

#include <math.h>

#include "data_support.h"

enum { ROWS = 40, BATCH = 8, BATCHES = ROWS / BATCH };

typedef enum { NO_FAULT, REFUSES, NOT_A_NUMBER, BAD_LABEL, TOO_MANY } fault;

/* Rows of a generator; in one epoch, from 0, a fault in one of its batches. */
typedef struct {
    fault fault;
    int64_t in_epoch, in_batch;
    int64_t epoch, at;
    int64_t begins, fails_begin; /* this begin of an epoch, from 1, is refused; 0 = none */
} maker;

static inline plm_status begin(void *self, int64_t epoch)
{
    maker *o = self;
    o->epoch = epoch;
    o->at = 0;
    return ++o->begins == o->fails_begin ? PLM_E_IO : PLM_OK;
}

static inline plm_status next(void *self, plm_batch *b, float *weight)
{
    maker *o = self;
    const int64_t batch = o->at / BATCH;
    const fault now =
        o->epoch == o->in_epoch && batch == o->in_batch && o->at < ROWS ? o->fault : NO_FAULT;
    float *x = b->input[0].data, *y = b->target[0].data;
    (void)weight;
    const int64_t most = b->rows < BATCH ? b->rows : BATCH;
    b->rows = o->at + most > ROWS ? ROWS - o->at : most;
    for (int64_t i = 0; i < b->rows; i++) {
        x[2 * i] = (float)((o->at + i) % 5) / 5;
        x[2 * i + 1] = (float)((o->at + i) % 7) / 7;
        y[i] = (float)((o->at + i) % 3);
    }
    o->at += b->rows;
    if (now == NOT_A_NUMBER)
        x[3] = (float)NAN;
    if (now == BAD_LABEL)
        y[2] = 3;
    if (now == TOO_MANY)
        b->rows = BATCH + 1;
    return now == REFUSES ? PLM_E_IO : PLM_OK;
}

static inline plm_data *open_rows_through(plm *w, maker *o, const char *transforms)
{
    const plm_generator g = {.size = sizeof g,
                             .rows = ROWS,
                             .inputs = 1,
                             .targets = 1,
                             .input_rank = {1},
                             .input_dims = {{2}},
                             .begin = begin,
                             .next = next,
                             .self = o,
                             .transforms = transforms};
    plm_data *d = plm_data_generator(w, &g);
    assert_non_null(d);
    return d;
}

static inline plm_data *open_rows(plm *w, maker *o)
{
    return open_rows_through(w, o, "batch(8)");
}

#endif
