/* The contents of a model file in a form that does not depend on the file format: specs as text,
 * and tensors with names. File formats (format/) convert bytes to a document and back and know no
 * layer; the model knows no file format. */
#ifndef PLM_MODEL_DOCUMENT_H
#define PLM_MODEL_DOCUMENT_H

#include "base/arena.h"
#include "model/settings.h"

/* A layer. Layers are stored in an order in which the inputs of a layer come before it. */
typedef struct {
    const char *name; /* unique */
    const char *spec; /* spec such as "dense(10, activation=softmax)", without the name */
    int inputs;
    const char *const *input; /* [inputs] names of the layers whose outputs this layer takes */
} plm_document_layer;

/* A named array. */
typedef struct {
    const char *name; /* "dense/kernel" */
    int rank;
    int64_t dims[8];
    plm_dtype dtype;
    const void *data; /* row-major, without gaps; borrowed or in the document's arena */
    size_t bytes;
} plm_document_tensor;

/* The contents of a model file. Initialise it with {0}. */
typedef struct {
    plm_arena arena; /* owns all texts, and the tensors that a reader read */
    size_t layers, tensors, outputs;
    plm_document_layer *layer;
    plm_document_tensor *tensor;
    const char **output;               /* [outputs] names of layers; none = the last layer */
    const char *setting[PLM_SETTINGS]; /* see settings.h; NULL or "" = not given */
} plm_document;

/* Fills a document from a compiled model. The tensors are copies in the arena. */
PLM_CHECKED plm_status plm_document_from_model(const plm_model *m, plm_document *d);
/* Tensors whose names have this prefix are the state of a training (train/checkpoint.c), not
 * parameters; loading a model ignores them. */
#define PLM_DOCUMENT_TRAINING "training/"

/* Frees everything in a document. */
void plm_document_free(plm_document *d);

#endif
