/* The settings of a model are texts that it has besides its layers, and that its file stores. A new
 * setting needs a row here and the code that uses it; plm_model_setting, model files, checkpoints
 * and clones use all rows of this table. */
#ifndef PLM_MODEL_SETTINGS_H
#define PLM_MODEL_SETTINGS_H

#include <stdbool.h>

/* ROW(name in C, key, always), one row for each setting. key is the argument of plm_model_setting,
 * and "plummet.KEY" in a model file. always: true = files store it even if it is "". A setting that
 * is missing in a file is "". */
#define PLM_MODEL_SETTINGS(ROW)                                                                    \
    ROW(OPTIMIZER, "optimizer", true) /* the arguments of plm_compile */                           \
    ROW(LOSS, "loss", true)                                                                        \
    ROW(METRICS, "metrics", true)                                                                  \
    ROW(LOSS_WEIGHTS, "loss_weights", false) /* the argument of plm_model_set_loss_weights */      \
    ROW(INPUTS, "inputs", false)             /* names of the columns in training */                \
    ROW(TARGETS, "targets", false)                                                                 \
    ROW(SCHEMA, "schema", false)                 /* schema of a table, see table/schema.h */       \
    ROW(FACTORS, "learning_rate_factors", false) /* of single parameters, see factors.c */

#define PLM_MODEL_SETTING_ID_(name, key, always) PLM_SETTING_##name,
/* The number of each setting: PLM_SETTING_LOSS, ... */
typedef enum { PLM_MODEL_SETTINGS(PLM_MODEL_SETTING_ID_) PLM_SETTINGS } plm_setting;
#undef PLM_MODEL_SETTING_ID_

/* A row of the table. */
typedef struct {
    const char *key, *file_key; /* "loss", "plummet.loss" */
    bool always;                /* true = files store it even if it is "" */
} plm_setting_row;

/* The rows, by the number of the setting. */
extern const plm_setting_row plm_settings[PLM_SETTINGS];

#endif
