/* What the tests of model files share: a small model of several layers, and whole files as
 * bytes. */
#ifndef PLM_TESTS_UNIT_MODEL_SUPPORT_H
#define PLM_TESTS_UNIT_MODEL_SUPPORT_H

#include "data_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline plm_model *small_model(plm *w)
{
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(4, name='gr\xc3\xb6\xc3\x9f"
               "e \"x\" \\\\')");
    plm_add(m, "normalization");
    plm_add(m, "dense(5, activation=elu(alpha=0.5), kernel_initializer=he_normal, name=first)");
    plm_add(m, "prelu(alpha_initializer=constant(0.25))");
    plm_add(m, "dense(17, trainable=false, use_bias=false)");
    plm_add(m, "dense(3, activation=softmax)");
    assert_int_equal(plm_compile(m, "adam(0.01)", "sparse_categorical_crossentropy", "accuracy"),
                     PLM_OK);
    return m;
}

static inline unsigned char *read_all(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    unsigned char *bytes = malloc(1 << 20);
    *length = fread(bytes, 1, 1 << 20, file);
    fclose(file);
    return bytes;
}

#endif
