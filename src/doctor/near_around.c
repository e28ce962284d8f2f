/* The rows around a row: its nearest rows, and theirs. They are more than the nearest rows alone,
 * so their vote is more certain. */
#include "doctor/near_rows.h"

/* Each is listed once. */
int plm_near_around(const plm_near_rows *r, int64_t i, int64_t *list)
{
    int count = 0;
    for (int k = 0; k < PLM_NEAREST * (PLM_NEAREST + 1); k++) {
        const int64_t own = r->nearest[i * PLM_NEAREST + k % PLM_NEAREST],
                      at = k < PLM_NEAREST ? own
                                           : r->nearest[own * PLM_NEAREST + k / PLM_NEAREST - 1];
        int known = 0;
        while (known < count && list[known] != at)
            known++;
        if (at != i && known == count)
            list[count++] = at;
    }
    return count;
}
