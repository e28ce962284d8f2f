/* Changes the key model of a run file: makes the same change in all hidden layers, or adds a layer
 * before or after all others. */
#ifndef PLM_REPAIR_LAYER_EDITS_H
#define PLM_REPAIR_LAYER_EDITS_H

#include "doctor/doctor.h"
#include "run/settings.h"

/* What to change in layers. */
typedef struct {
    const char *kind; /* kind of the layers: "dense" */
    /* An argument and its new value; value = NULL removes the argument. key = "activation" changes
     * only layers with a non-linear activation, and also sets the initializer that suits the new
     * activation. key = "kernel_initializer" with the value "" sets the initializer that suits the
     * layer's activation. key = NULL: no argument is changed. */
    const char *key, *value;
    bool given; /* true = change only layers that have the argument already */
    /* for activations: true = also change layers without an activation, and do not change the
     * initializer */
    bool every;
    size_t at;          /* position of the argument if it is written without its key */
    const char *behind; /* a layer to add after each of these layers; NULL = none */
} plm_layers_edit;

/* Adds to c the keys model.N that make the change in all layers of the kind, except the output
 * layer, which is the last dense layer. Adds nothing if no layer would change. Texts are in the
 * arena. */
PLM_CHECKED plm_status plm_edit_hidden(plm_arena *a, const plm_settings *s,
                                       const plm_layers_edit *edit, plm_change *c);
/* Adds to c the key model.N that makes the change in the output layer, the last dense layer. */
PLM_CHECKED plm_status plm_edit_output(plm_arena *a, const plm_settings *s,
                                       const plm_layers_edit *edit, plm_change *c);
/* Adds to c the key model with a new layer, either after input(...) and before all other layers, or
 * after the last layer. */
PLM_CHECKED plm_status plm_edit_add_layer(plm_arena *a, const plm_settings *s, const char *layer,
                                          bool last, plm_change *c);
/* Adds a key with its value to c. E_UNSUPPORTED if c has too many keys. */
PLM_CHECKED plm_status plm_change_set(plm_change *c, const char *key, const char *value);

#endif
