/* Divides items among threads (threads.h). */
#include "base/threads.h"

/* Distributes whole blocks of `grain` items among the threads. If the number of blocks is not a
 * multiple of the number of threads, the first threads get one block more. */
void plm_share(int64_t count, int64_t grain, int thread, int threads, int64_t *first, int64_t *last)
{
    const int64_t step = grain > 0 ? grain : 1;
    const int64_t blocks = count > 0 ? (count - 1) / step + 1 : 0;
    const int64_t each = blocks / threads, more = blocks % threads;
    const int64_t begin = each * thread + (thread < more ? thread : more);
    const int64_t end = begin + each + (thread < more);
    *first = begin * step < count ? begin * step : count > 0 ? count : 0;
    *last = end >= blocks ? (count > 0 ? count : 0) : end * step;
}
