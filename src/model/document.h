/* The neutral form of a model file: specs as text and named tensors. Codecs (format/) turn bytes
 * into a document and back and know no layer; the model knows no codec. */
#ifndef PLM_MODEL_DOCUMENT_H
#define PLM_MODEL_DOCUMENT_H

#include "base/arena.h"

/* One layer, in an order in which inputs come first. */
typedef struct {
    const char *name; /* unique */
    const char *spec; /* "dense(10, activation=softmax)", without name */
    int inputs;
    const char *const *input; /* names of the layers it takes */
} plm_document_layer;

typedef struct {
    const char *name; /* "dense/kernel" */
    int rank;
    int64_t dims[8];
    plm_dtype dtype;
    const void *data; /* row-major, without gaps; borrowed or in the document's arena */
    size_t bytes;
} plm_document_tensor;

typedef struct {
    plm_arena arena; /* owns all text and what a reader read */
    size_t layers, tensors, outputs;
    plm_document_layer *layer;
    plm_document_tensor *tensor;
    const char **output;                    /* names of layers; none = the last one */
    const char *optimizer, *loss, *metrics; /* as said to plm_compile; "" = nothing */
    /* as said to plm_model_set_loss_weights; "" or NULL = nothing */
    const char *loss_weights;
    /* names, as plm_model_said gives them; "" or NULL = unknown */
    const char *input_columns, *target_columns;
} plm_document;

/* Fills a document from a compiled model; tensors are copies in the arena. Open with {0}. */
plm_status plm_document_from_model(const plm_model *m, plm_document *d);
/* Tensors whose name begins so are the state of a training (train/checkpoint.c): no parameters,
 * passed over here. */
#define PLM_DOCUMENT_TRAINING "training/"

/* A compiled model from a document; *out NULL on error. where = path, for messages. Missing,
 * surplus or misshapen tensors are errors that name the tensor. */
plm_status plm_document_to_model(plm *w, const plm_document *d, const char *where, plm_model **out);
void plm_document_free(plm_document *d);

#endif
