/* The words of a model: texts that it keeps beside its layers, and that its file carries. A new
 * word costs a row here and its user: plm_model_setting, model files, checkpoints and clones take
 * them all from this table. */
#ifndef PLM_MODEL_WORDS_H
#define PLM_MODEL_WORDS_H

#include <stdbool.h>

/* ROW(name in C, key, always): key is that of plm_model_setting, and "plummet.KEY" in a model file;
 * always: files have it even when it is "". A word that a file lacks is "". */
#define PLM_MODEL_WORDS(ROW)                                                                       \
    ROW(OPTIMIZER, "optimizer", true) /* the arguments of plm_compile */                           \
    ROW(LOSS, "loss", true)                                                                        \
    ROW(METRICS, "metrics", true)                                                                  \
    ROW(LOSS_WEIGHTS, "loss_weights", false) /* the argument of plm_model_set_loss_weights */      \
    ROW(INPUTS, "inputs", false)             /* names of the columns it was trained on */          \
    ROW(TARGETS, "targets", false)

#define PLM_MODEL_WORD_ID_(name, key, always) PLM_WORD_##name,
typedef enum { PLM_MODEL_WORDS(PLM_MODEL_WORD_ID_) PLM_WORDS } plm_word;
#undef PLM_MODEL_WORD_ID_

typedef struct {
    const char *key, *file_key;
    bool always;
} plm_word_row;

/* The row of each word. */
extern const plm_word_row plm_words[PLM_WORDS];

#endif
