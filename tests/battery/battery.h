/* What the battery shares: kinds found in the registry, examples read, nets built around them
 * and run. Nothing here names a kind that is tested; only dense, flatten and input serve as
 * scaffold. */
#ifndef PLM_TESTS_BATTERY_H
#define PLM_TESTS_BATTERY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/model.h"
#include "train/train.h"

/* ---- complaints: a test goes on after a fault, so that one run shows them all ---- */

typedef struct {
    int complaints;
    int checks;
} battery_report;

void battery_complain(battery_report *r, const char *format, ...) PLM_PRINTF(2, 3);
/* Fails the test when there was a complaint, or nothing at all was checked. */
void battery_end(const battery_report *r);

/* ---- kinds and their examples ---- */

/* Seed 42, unpinned; fails the test when it cannot be opened. isa NULL = the best. */
plm *battery_open(int threads, const char *isa);
/* Kinds of a family, ended by NULL; an empty list when the registry has no such family. */
const plm_kind *const *battery_kinds(const plm *w, const char *family);
/* The runtime's last error as one line; borrowed until the next call of plm_*. */
const char *battery_error(const plm *w, char *out, size_t room);

/* "dense(3) <- [4]" taken apart; "dense(3, name=low) | dense_transpose(low) <- [4]" has a layer
 * below the tested one. */
typedef struct {
    const char *text; /* the whole */
    char below[200];  /* "" = none; its name is low */
    char spec[400];
    int inputs;
    int rank[PLM_INPUTS];
    int64_t dims[PLM_INPUTS][PLM_RANK];
} battery_example;

/* False = not in that notation. */
bool battery_parse(const char *text, battery_example *out);
/* Gives every input the last axis `width`, or leaves it (0). */
void battery_widen(battery_example *e, int64_t width);

/* All arguments by key, one replaced: key NULL = none; value NULL = left out. Made from the
 * kind's field table, so that a test may spoil one argument without knowing where it stands. The
 * result lives in a. */
const char *battery_respell(plm_arena *a, const plm_kind *kind, const char *spec, const char *key,
                            const char *value);

/* Is a field's number held to a range? */
bool battery_has_range(const plm_field *f);
/* Values of a field that are worth a look, the first of them "" for the default; returns how
 * many. */
int battery_values_of(const plm_field *f, char out[8][40]);
/* What to call a kind by, to try it out: its first example (of a pipeline the part that names
 * it), else its bare name. False = its table has a required field and there is no example. */
bool battery_base_spec(const plm_kind *kind, char *out, size_t room);

/* ---- nets ---- */

typedef struct {
    const char *optimizer, *loss; /* NULL = "sgd(0.05)", "mean_squared_error" */
    const char *metrics;          /* NULL = none */
    const char *head;             /* a layer put on top, or NULL */
    /* Stands in for the layer; its config is the example's spec. NULL = none. */
    const plm_layer_kind *wrapper;
    /* a dense layer with the identity as kernel below each input: gradients must pass */
    bool front;
    bool shared;  /* one input, given to the layer as often as the example has inputs */
    bool tapped;  /* the layer's output is the first output of the net, the head's the second */
    bool stored;  /* gradients land in the long vector instead of in the optimizer */
    bool one_hot; /* targets are one-hot rows instead of numbers in (0, 1) */
} battery_form;

typedef struct {
    plm_model *m;
    plm_batch batch;
    plm_value front[PLM_INPUTS]; /* values of the graph below the tested layer */
} battery_net;

/* A compiled net around an example, and a batch of so many rows of random numbers: multiples of
 * 2^-12 in [-2, 2]. On error the net is closed. */
plm_status battery_net_open(battery_net *n, plm *w, const battery_example *e,
                            const battery_form *form, int64_t rows);
void battery_net_close(battery_net *n);
/* Numbers of the parameters: learned ones move by a little noise (so that zeros hide nothing),
 * state ones become positive. The scaffold in front stays the identity. */
void battery_net_stir(battery_net *n, uint32_t stream);
/* The plan for the net's batch, bound to it, with rows first .. first + rows. all_threads: even
 * where it pays not. */
plm_plan *battery_net_bind(battery_net *n, plm_plan_use use, int64_t first, int64_t rows,
                           bool all_threads);
/* Mean of the row losses of a plan that has run, summed over the outputs. */
double battery_net_loss(const battery_net *n, const plm_plan *plan);
/* Copies the first output's true numbers; returns how many there are in a row. out NULL = only
 * counts. */
size_t battery_net_output(const battery_net *n, const plm_plan *plan, int64_t rows, plm_real *out);

/* Uniform in [0, 1): a function of stream and i alone. */
double battery_uniform(uint32_t stream, uint64_t i);
/* malloc that never gives NULL. */
void *battery_take(size_t count, size_t size);

#endif
