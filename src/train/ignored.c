/* Asks the loss of an output whether it leaves out rows with a label. */
#include "train/ignored.h"

#include "model/model.h"

/* True if the loss of output k leaves out rows with this label (ignore_class). */
bool plm_training_ignores(const plm_model *m, int k, float label)
{
    const plm_real value = label;
    const plm_loss_kind *loss = m->head[k].loss;
    return loss != NULL && loss->counted != NULL &&
           loss->counted(m->head[k].loss_config, &value, 1, 1) == 0;
}
