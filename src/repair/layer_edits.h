/* Changes of the key model of a run file: the same change in all hidden layers, or a layer before
 * or behind all others. */
#ifndef PLM_REPAIR_LAYER_EDITS_H
#define PLM_REPAIR_LAYER_EDITS_H

#include "doctor/doctor.h"
#include "run/settings.h"

/* What to change in layers. */
typedef struct {
    const char *kind; /* kind of the layers: "dense" */
    /* An argument and its new value. value NULL = the argument is removed. key "activation" changes
     * layers that have one that bends, and gives them its initializer as well. key
     * "kernel_initializer" with the value "" takes the initializer that belongs to the layer's
     * activation. key NULL = nothing. */
    const char *key, *value;
    bool given;         /* only layers that have the argument are changed */
    bool every;         /* activation: also of layers without one, and alone */
    size_t at;          /* place of the argument where it is given without its key */
    const char *behind; /* a layer to add behind each of them; NULL = none */
} plm_layers_edit;

/* Adds to c the keys model.N that make the change in all layers of the kind but the output, the
 * last dense layer. Adds nothing if no layer changes. Texts are in the arena. */
PLM_CHECKED plm_status plm_edit_hidden(plm_arena *a, const plm_settings *s,
                                       const plm_layers_edit *edit, plm_change *c);
/* The same for the output layer alone. */
PLM_CHECKED plm_status plm_edit_output(plm_arena *a, const plm_settings *s,
                                       const plm_layers_edit *edit, plm_change *c);
/* Adds to c the key model with a layer before the first one, but behind input(...), or behind the
 * last one. */
PLM_CHECKED plm_status plm_edit_add_layer(plm_arena *a, const plm_settings *s, const char *layer,
                                          bool last, plm_change *c);
/* Adds a key with its value to c. E_UNSUPPORTED if it has too many. */
PLM_CHECKED plm_status plm_change_set(plm_change *c, const char *key, const char *value);

#endif
