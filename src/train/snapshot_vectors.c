/* Lists the vectors of a training, for those who store them: checkpoints (snapshot.c,
 * snapshot_restore.c) and the fallback state (good.c). */
#include <stdio.h>

#include "train/snapshot.h"

/* Appends a vector to the list, unless it is NULL: a vector that this training does not have is
 * left out of the file. Returns the new length of the list. */
static int add_vector(plm_snapshot_vector *list, int n, const char *name, plm_real *vector,
                      bool whole)
{
    if (vector == NULL)
        return n;
    list[n] = (plm_snapshot_vector){.vector = vector, .whole = whole};
    snprintf(list[n].name, sizeof list[n].name, "%s", name);
    return n + 1;
}

/* Lists the vectors of the training that a checkpoint holds, and returns their number. The list is
 * used for writing, and for reading into the same vectors. batches: true = the fit stopped within
 * an epoch; the list then includes `good`, the state to return to if the loss diverges in the rest
 * of the epoch. */
int plm_snapshot_own(const plm_training *t, bool batches, plm_snapshot_vector *list)
{
    const char *const *slot = t->optimizer->slots;
    int n = 0;
    for (int i = 0; i < PLM_SLOTS && slot != NULL && slot[i] != NULL; i++)
        n = add_vector(list, n, slot[i], t->m->vector.slot[i], false);
    n = add_vector(list, n, "average", t->average, false);
    n = add_vector(list, n, "gathered", t->gathered, false);
    n = add_vector(list, n, "slow", t->slow, false);
    if (!batches || t->good == NULL)
        return n;
    plm_real *copy = t->good + t->m->vector.length;
    const int own = n;
    for (int i = 0; i < own; i++, copy += t->m->vector.trained) {
        char name[sizeof list->name];
        snprintf(name, sizeof name, "good_%.26s", list[i].name);
        n = add_vector(list, n, name, copy, false);
    }
    return add_vector(list, n, "good", t->good, true);
}

/* The optimizer of the fit needs a vector that the one of the checkpoint did not have. */
plm_status plm_snapshot_no_vector(plm *w, const char *path, const char *name)
{
    char hint[PLM_HINT_CAPACITY];
    snprintf(hint, sizeof hint,
             "resume with the optimizer that wrote the checkpoint; to train on with another one, "
             "begin a new run from its weights: start=%.100s",
             path);
    return plm_fail(w, PLM_E_FORMAT, path, hint,
                    "the optimizer is not that of the checkpoint, which has no tensor '%s'", name);
}
