/* Sums over the targets after the first one, in one pass. */
#include "doctor/target_sizes.h"

#include <math.h>

#include "doctor/rows_seen.h"

void plm_target_sizes_add(plm_target_sizes *s, const plm_batch *b)
{
    for (int i = 1; i < b->targets && i <= PLM_DOCTOR_TARGETS; i++) {
        const float *y = b->target[i].data;
        const int64_t numbers = b->target[i].dims[0] * plm_view_width(&b->target[i]);
        if (numbers > 0 && !(s->count[i - 1] > 0))
            s->first[i - 1] = (double)y[0];
        for (int64_t j = 0; j < numbers; j++) {
            const double from = (double)y[j] - s->first[i - 1];
            s->sum[i - 1] += from;
            s->square[i - 1] += from * from;
        }
        s->count[i - 1] += (double)numbers;
    }
}

void plm_target_sizes_take(const plm_target_sizes *s, plm_data_facts *f)
{
    for (int i = 0; i < PLM_DOCTOR_TARGETS; i++) {
        if (!(s->count[i] > 0))
            continue;
        const double mean = s->sum[i] / s->count[i];
        f->more_target[i] = (plm_target_size){
            s->first[i] + mean, sqrt(fmax(s->square[i] / s->count[i] - mean * mean, 0))};
    }
}
