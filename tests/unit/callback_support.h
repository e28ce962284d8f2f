/* What the tests of functions that the library calls share: 24 rows of two classes, and a small net
 * that learns them. */
#ifndef PLM_TESTS_CALLBACK_SUPPORT_H
#define PLM_TESTS_CALLBACK_SUPPORT_H

#include "helper.h"

enum { ROWS = 24, WIDTH = 3 };

/* The rows, in batches of 8. */
static inline plm_data *arrays(plm *w)
{
    static float x[ROWS][WIDTH], y[ROWS];
    for (int i = 0; i < ROWS; i++) {
        for (int k = 0; k < WIDTH; k++)
            x[i][k] = (float)((i * 7 + k * 5) % 11) / 5.0f - 1.0f;
        y[i] = (float)(i % 2);
    }
    const plm_view in = {x, PLM_F32, 2, {ROWS, WIDTH}}, out = {y, PLM_F32, 1, {ROWS}};
    return plm_data_arrays(w, &in, &out, "batch(8)");
}

/* A compiled net for them. */
static inline plm_model *net(plm *w)
{
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(%d)", WIDTH);
    plm_add(m, "dense(4, activation=elu, name=hidden)");
    plm_add(m, "dense(1, activation=sigmoid)");
    assert_int_equal(plm_compile(m, "adam(0.05)", "binary_crossentropy", "accuracy"), PLM_OK);
    return m;
}

#endif
