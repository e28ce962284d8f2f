/* The neutral form of a model file: specs as text and named tensors. Codecs (format/) turn bytes
 * into a document and back and know no layer; the model knows no codec. */
#ifndef PLM_MODEL_DOCUMENT_H
#define PLM_MODEL_DOCUMENT_H

#include "base/arena.h"
#include "model/words.h"

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
    const char **output;         /* names of layers; none = the last one */
    const char *word[PLM_WORDS]; /* see words.h; NULL or "" = nothing */
} plm_document;

/* Fills a document from a compiled model; tensors are copies in the arena. Open with {0}. */
PLM_CHECKED plm_status plm_document_from_model(const plm_model *m, plm_document *d);
/* Tensors whose name begins so are the state of a training (train/checkpoint.c): no parameters,
 * passed over here. */
#define PLM_DOCUMENT_TRAINING "training/"

void plm_document_free(plm_document *d);

#endif
