/* Handles the shape of rows as the first layer may give it in Keras: dense(300,
 * input_shape=(784,)). Such a spec stands for two layers: an input layer and the layer itself. */
#ifndef PLM_MODEL_FIRST_SHAPE_H
#define PLM_MODEL_FIRST_SHAPE_H

#include "base/arena.h"

/* Cuts the spec of one layer into two. *input: the spec of the input layer, such as "input(784)";
 * NULL if the layer does not give a shape. *layer: the layer without the shape, if it gives one.
 * Both texts are in the arena. Errors: E_SPEC for an invalid shape. A text that is not a spec is
 * not an error here. */
PLM_CHECKED plm_status plm_first_shape_cut(plm_arena *a, const char *text, const char **input,
                                           const char **layer);
/* Sets *given: true if the first layer of the chain is an input layer or gives the shape of its
 * input. A text that cannot be parsed gives none. Errors: E_MEMORY. */
PLM_CHECKED plm_status plm_first_shape_given(plm_arena *a, const char *chain, bool *given);

#endif
