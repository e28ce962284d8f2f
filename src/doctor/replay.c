/* Repeats the steps before a loss that is not finite, and measures each of them. The steps have the
 * same bits as in the original training, so the first number that is not finite is found where it
 * arises, and not some steps later, when NaN has spread. */
#include <string.h>

#include "doctor/diagnosis.h"

/* Measures every step until a number is not finite, then ends the fit. */
static plm_status on_replay(void *self, plm_run *run, const plm_event *e)
{
    plm_diagnosis *d = self;
    if (e->kind == PLM_FIT_BEGIN && plm_run_model(run) == d->model)
        plm_probe_attach(&d->replay);
    if (e->kind == PLM_EPOCH_BEGIN)
        d->replay.epoch = e->epoch;
    if (e->kind == PLM_FIT_END)
        plm_probe_detach(&d->replay);
    return e->kind == PLM_BATCH_END && d->replay.bad.known ? PLM_STOPPED : PLM_OK;
}

/* Makes the observer of a replay. It has its own probe, which measures every step. A replay begins
 * at the last good epoch, so it may have few rows: fewer are enough to count dead units. */
plm_status plm_diagnosis_replay(plm_diagnosis *d, int64_t rows, plm_observer *out)
{
    enum { ENOUGH = 256 };
    const plm_status opened = plm_probe_open(&d->replay, d->model, rows, 8);
    plm_probe_set_rows(&d->replay, ENOUGH);
    d->replaying = true;
    d->replay.always = true;
    *out = (plm_observer){.name = "replay", .on_event = on_replay, .self = d};
    return opened;
}

/* Adds a measured step of the replay to those of the training, if it is later than all of them. */
static void copy_sample(plm_diagnosis *d, const plm_sample *from)
{
    plm_probe *p = &d->probe;
    if (p->samples == p->capacity ||
        (p->samples > 0 && p->sample[p->samples - 1].step >= from->step))
        return;
    plm_sample *to = &p->sample[p->samples++];
    to->step = from->step;
    to->epoch = from->epoch;
    to->loss = from->loss;
    memcpy(to->reading, from->reading, p->layers * sizeof *to->reading);
}

/* Takes over the measurements of the replay. If the finding G110 (loss not finite) was made before,
 * with less evidence, it is removed and made again. If the readings of the run were not used, only
 * the replay tells that the loss is not finite. */
plm_status plm_diagnosis_replayed(plm_diagnosis *d)
{
    if (d->replay.steps == 0)
        return PLM_OK;
    plm_diagnosis_take_bad(d, &d->replay);
    d->c.not_finite = d->c.not_finite || d->c.bad.known;
    d->c.replayed = d->c.bad.known;
    for (int64_t i = 0; i < d->replay.samples; i++)
        copy_sample(d, &d->replay.sample[i]);
    plm_diagnosis_take_samples(d);
    for (int i = 0; i < d->rules; i++) /* found before with less */
        d->rule[i].found = d->rule[i].found && strcmp(d->rule[i].kind->kind.alias, "G110") != 0;
    return plm_diagnosis_apply(d, NULL);
}
