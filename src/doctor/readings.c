/* Writes and reads readings.csv, the measurements of a training. It is written while a run trains,
 * and read again to diagnose a run that is over or to resume a run. It has a row for each layer of
 * each measured step. If the loss became NaN or infinite, the last row has only this loss and the
 * layer with the first number that was not finite. */
#include <math.h>
#include <string.h>

#include "base/notation.h"
#include "base/split.h"
#include "doctor/diagnosis.h"

static const char header[] = "step,epoch,loss,layer,units,finite,mean,variance,largest,zero,low,"
                             "high,dead,rms_dz,norm_w,norm_g,norm_u\n";

enum { NUMBERS = 11 };

/* ---- writing ---- */

/* Writes a comma and a number; only the comma for NaN. Returns the end. */
static char *write_number(char *out, double value)
{
    *out++ = ',';
    return isnan(value) ? out : out + plm_nine_digits(out, value);
}

/* Writes a comma and a whole number >= 0. Returns the end. */
static char *write_whole(char *out, int64_t value)
{
    char digit[24];
    int count = 0;
    *out++ = ',';
    do
        digit[count++] = (char)('0' + value % 10);
    while ((value /= 10) > 0);
    while (count > 0)
        *out++ = digit[--count];
    return out;
}

/* Adds the rows of one measured step. A long training has tens of thousands of numbers, so each row
 * is written into a small buffer first. */
static void add_sample(const plm_diagnosis *d, const plm_sample *s, plm_text *t)
{
    char row[(NUMBERS + 4) * (PLM_NINE_DIGITS + 1)];
    for (int64_t k = 0; k < d->c.layers; k++) {
        const plm_reading *r = &s->reading[k];
        const double numbers[NUMBERS] = {r->mean,   r->variance, r->largest, r->zero,
                                         r->low,    r->high,     r->dead,    r->rms_dz,
                                         r->norm_w, r->norm_g,   r->norm_u};
        char *end = write_whole(row, plm_step_number(s->step));
        end = write_number(write_whole(end, s->epoch + 1), s->loss);
        *end++ = ',';
        plm_text_append(t, row + 1, (size_t)(end - row - 1)); /* no comma before the first cell */
        plm_text_add_cell(t, r->layer, ",");
        end = write_whole(write_whole(row, r->units), r->finite);
        for (int n = 0; n < NUMBERS; n++)
            end = write_number(end, numbers[n]);
        *end++ = '\n';
        plm_text_append(t, row, (size_t)(end - row));
    }
}

/* Writes the readings. Nine digits are enough to restore every float exactly. */
void plm_diagnosis_add_readings(const plm_diagnosis *d, plm_text *t)
{
    plm_text_add(t, header);
    for (int64_t i = 0; i < d->c.samples; i++)
        add_sample(d, &d->c.sample[i], t);
    if (!d->c.not_finite)
        return;
    plm_text_format(t, "%lld,%lld,nan,", plm_step_number(d->c.bad.step),
                    (long long)d->probe.epoch + 1);
    plm_text_add_cell(t, plm_case_layer(&d->c, d->c.bad.layer), ",");
    plm_text_add(t, ",,0,,,,,,,,,,,\n");
}

/* ---- reading ---- */

/* A table that is being read. */
typedef struct {
    plm_diagnosis *d;
    /* at: the part of the text that is still to be read. file: its name, for messages */
    const char *at, *file;
    int64_t line, layer; /* layer: of the next row */
    int64_t begin;       /* number of the first step */
    bool no_memory;
} table;

/* Fails with E_FORMAT for the line that is being read, or with E_MEMORY if memory was missing to
 * read it. */
static plm_status fail(const table *t)
{
    if (t->no_memory)
        return PLM_E_MEMORY;
    return plm_fail(t->d->w, PLM_E_FORMAT, t->file,
                    "restore this file as `plummet train RUNFILE doctor=true` wrote it, or remove "
                    "it: the doctor then trains the first steps again",
                    "line %lld does not belong to the readings of this net", (long long)t->line);
}

/* Reads a number up to the next comma or the end of the line; an empty cell is NaN. False = the
 * cell has something else. */
static bool read_number(table *t, double *out)
{
    const char *end = t->at;
    *out = (double)NAN;
    if (*t->at != ',' && *t->at != '\n')
        *out = plm_text_number(t->at, &end);
    const bool good = *end == ',' || *end == '\n';
    t->at = end + (*end == ',');
    return good;
}

/* Reads past the cell with the name of layer `layer`; -1 = an empty cell. False = the cell has
 * another name. */
static bool skip_layer(table *t, int64_t layer)
{
    plm_text cell = {.w = t->d->w};
    plm_text_add_cell(&cell, plm_case_layer(&t->d->c, layer), ",");
    plm_text_add(&cell, ",");
    t->no_memory = t->no_memory || cell.failed;
    const bool same = !cell.failed && strncmp(t->at, plm_text_get(&cell), cell.length) == 0;
    t->at += same ? cell.length : 0;
    plm_text_free(&cell);
    return same;
}

/* Reads the last row, which names the layer with the first number that was not finite. */
static plm_status read_bad(table *t, int64_t step, int64_t epoch)
{
    plm_case *c = &t->d->c;
    c->not_finite = true;
    c->bad = (plm_bad){.known = true, .step = step, .row = -1, .unit = -1};
    c->bad_epoch = epoch;
    for (c->bad.layer = c->layers - 1; c->bad.layer >= 0; c->bad.layer--)
        if (skip_layer(t, c->bad.layer))
            break;
    t->at += strcspn(t->at, "\n");
    return t->no_memory ? PLM_E_MEMORY : PLM_OK;
}

/* Reads what follows the name of a layer. */
static bool read_reading(table *t, plm_reading *r)
{
    double units,
        finite, *const numbers[NUMBERS] = {&r->mean,   &r->variance, &r->largest, &r->zero,
                                           &r->low,    &r->high,     &r->dead,    &r->rms_dz,
                                           &r->norm_w, &r->norm_g,   &r->norm_u};
    bool good = read_number(t, &units) && read_number(t, &finite) && units >= 0 && units < 1e15;
    for (int n = 0; n < NUMBERS && good; n++)
        good = read_number(t, numbers[n]);
    r->units = good ? (int64_t)units : 0;
    r->between = (double)NAN; /* only a look measures it */
    r->finite = good && finite > 0;
    return good && *t->at == '\n';
}

/* Returns the sample (measured step) with this number, which is added when its first layer is read;
 * NULL = the rows are not in order, or there are more steps than a probe can hold. */
static plm_sample *sample_of(table *t, int64_t step)
{
    plm_probe *p = &t->d->probe;
    const int64_t last = p->samples > 0 ? p->sample[p->samples - 1].step : -1;
    if (t->layer > 0)
        return last == step ? &p->sample[p->samples - 1] : NULL;
    return step > last && p->samples < p->capacity ? &p->sample[p->samples++] : NULL;
}

/* Reads step and epoch, the first cells of each row. In files of older versions steps are counted
 * from 0. */
static bool read_place(table *t, int64_t *step, int64_t *epoch)
{
    double numbers[2];
    const bool good = read_number(t, &numbers[0]) && read_number(t, &numbers[1]) &&
                      numbers[0] >= 0 && numbers[0] < 1e15 && numbers[1] >= 1 && numbers[1] < 1e15;
    t->begin = good && numbers[0] < 1 ? 0 : t->begin;
    *step = good ? (int64_t)numbers[0] - t->begin : 0;
    *epoch = good ? (int64_t)numbers[1] - 1 : 0;
    return good;
}

/* Reads one row. */
static plm_status read_row(table *t)
{
    int64_t step, epoch;
    double loss;
    if (!read_place(t, &step, &epoch))
        return fail(t);
    if (strncmp(t->at, "nan,", 4) == 0) {
        t->at += 4;
        return t->layer == 0 ? read_bad(t, step, epoch) : fail(t);
    }
    if (!read_number(t, &loss) || !skip_layer(t, t->layer))
        return fail(t);
    plm_sample *s = sample_of(t, step);
    if (s == NULL)
        return fail(t);
    plm_reading *r = &s->reading[t->layer];
    s->step = step;
    r->step = plm_step_number(step);
    s->epoch = epoch;
    s->loss = loss;
    r->layer = plm_case_layer(&t->d->c, t->layer);
    if (!read_reading(t, r))
        return fail(t);
    t->layer = (t->layer + 1) % t->d->c.layers;
    return PLM_OK;
}

/* Reads the readings. The layers of the file must be those of the model, in the same order;
 * otherwise the file belongs to another net. */
plm_status plm_diagnosis_read_readings(plm_diagnosis *d, const char *text, const char *file)
{
    table t = {.d = d, .at = text, .file = file, .line = 1, .begin = 1};
    const size_t length = strlen(header);
    if (strncmp(text, header, length) != 0 || d->c.layers == 0)
        return fail(&t);
    t.at += length;
    while (*t.at != '\0') {
        t.line++;
        PLM_TRY(read_row(&t));
        t.at += *t.at == '\n';
    }
    if (t.layer != 0)
        return fail(&t);
    plm_probe_resume(&d->probe);
    return PLM_OK;
}

/* A training without the doctor leaves no measured step, only the row of the loss that was not
 * finite. */
int64_t plm_diagnosis_steps_to_repeat(plm_diagnosis *d)
{
    if (!d->c.not_finite || d->probe.samples > 0)
        return 0;
    const int64_t steps = d->c.bad.step + 1;
    d->c.not_finite = false;
    d->c.bad = (plm_bad){.layer = -1};
    return steps;
}

/* Copies measurements: before a training, those of the untrained net; afterwards those of all
 * measured steps, layer after layer. */
int64_t plm_diagnosis_readings(const plm_diagnosis *d, int64_t index, plm_reading *out)
{
    if (d == NULL)
        return 0;
    const int64_t layers = d->c.layers, looks = d->c.first != NULL && d->c.samples == 0 ? 1 : 0,
                  count = (d->c.samples + looks) * layers;
    if (out == NULL || index < 0 || index >= count)
        return count;
    const plm_reading *reading = looks ? d->c.first : d->c.sample[index / layers].reading;
    *out = reading[index % layers];
    return count;
}
