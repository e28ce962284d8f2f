/* Chooses the layers of a model that are pretrained. Internal to study/. */
#ifndef PLM_STUDY_PRETRAIN_LAYERS_H
#define PLM_STUDY_PRETRAIN_LAYERS_H

#include "model/model.h"

/* Returns the last layer that belongs to dense layer i: the layers that follow it in a chain belong
 * to it, up to the next layer that is dense or has several inputs. */
size_t plm_pretrain_last_of(const plm_model *m, size_t i);
/* True if layer i is a hidden dense layer whose name matches, so that it is to be pretrained. */
bool plm_pretrain_is_wanted(const plm_model *m, const char *patterns, size_t i);
/* Returns the number of layers that are to be pretrained. */
int plm_pretrain_count(const plm_model *m, const char *patterns);

#endif
