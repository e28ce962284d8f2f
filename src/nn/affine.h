/* Declares what normalization layers share: for each column a learned factor, gamma, and a learned
 * offset, beta. Internal to nn/. */
#ifndef PLM_NN_AFFINE_H
#define PLM_NN_AFFINE_H

#include "nn/nn.h"

/* The arguments of both. */
typedef struct {
    bool center, scale; /* learn beta; learn gamma */
    const plm_spec *beta_initializer, *beta_regularizer, *beta_constraint;
    const plm_spec *gamma_initializer, *gamma_regularizer, *gamma_constraint;
} plm_affine;

/* Makes a field table row for a member of the config's plm_affine: a spec (PLM_AFFINE_SPEC) or a
 * bool (PLM_AFFINE_FLAG). */
#define PLM_AFFINE_SPEC(config_, name_, fallback_, family_, help_)                                 \
    {.name = #name_,                                                                               \
     .type = PLM_SPEC,                                                                             \
     .offset = offsetof(config_, affine.name_),                                                    \
     .fallback = fallback_,                                                                        \
     .choices = family_,                                                                           \
     .help = help_}
#define PLM_AFFINE_FLAG(config_, name_, help_)                                                     \
    {.name = #name_,                                                                               \
     .type = PLM_BOOL,                                                                             \
     .offset = offsetof(config_, affine.name_),                                                    \
     .fallback = "true",                                                                           \
     .help = help_}
/* The field table rows of a config that has a plm_affine called affine. */
#define PLM_AFFINE_FIELDS(config_)                                                                 \
    PLM_AFFINE_FLAG(config_, center, "true = learn an offset, beta"),                              \
        PLM_AFFINE_FLAG(config_, scale, "learn a factor, gamma"),                                  \
        PLM_AFFINE_SPEC(config_, beta_initializer, "zeros", "initializer",                         \
                        "initial values of beta"),                                                 \
        PLM_AFFINE_SPEC(config_, beta_regularizer, "none", "regularizer", "penalty on beta"),      \
        PLM_AFFINE_SPEC(config_, beta_constraint, "none", "constraint", "constraint on beta"),     \
        PLM_AFFINE_SPEC(config_, gamma_initializer, "ones", "initializer",                         \
                        "initial values of gamma"),                                                \
        PLM_AFFINE_SPEC(config_, gamma_regularizer, "none", "regularizer", "penalty on gamma"),    \
        PLM_AFFINE_SPEC(config_, gamma_constraint, "none", "constraint", "constraint on gamma")

/* Makes the learned parameters that the config asks for, each [width], and stores them in in[0..]:
 * gamma, then beta. Returns how many there are. */
static inline int plm_affine_weights(plm_builder *b, const plm_affine *c, int64_t width,
                                     plm_value *in)
{
    int n = 0;
    if (c->scale)
        in[n++] = plm_weight_of_columns(b, "gamma", width, c->gamma_initializer,
                                        c->gamma_regularizer, c->gamma_constraint);
    if (c->center)
        in[n++] = plm_weight_of_columns(b, "beta", width, c->beta_initializer, c->beta_regularizer,
                                        c->beta_constraint);
    return n;
}

#endif
