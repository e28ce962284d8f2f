/* Says which cores this process may use, and binds threads to cores. No other part of the thread
 * pool depends on the operating system. On systems other than Linux no thread is pinned. */
#ifndef PLM_BASE_CORES_H
#define PLM_BASE_CORES_H

#include "base/threads.h"

/* Chooses a core for each thread. core[threads]: core[0] is the core that the caller is on; the
 * others are for workers, on different physical cores as long as there are any.
 * Returns false if it cannot, for example with more threads than cores; threads are then not
 * pinned. */
bool plm_cores_plan(int threads, int *core);
/* Binds the calling thread to one of the cores that plm_cores_plan has chosen. */
void plm_core_pin(int core);
/* Returns the bytes of the second-level cache of a core, at least 256 KiB and at most 4 MiB; 1 MiB
 * if the system does not give the size. Only speed depends on it. */
size_t plm_second_cache(void);
/* Writes the name of the processor, such as "AuthenticAMD 25 1" (vendor, family, model), cut to
 * `capacity`; "" = the system does not give the name. */
void plm_processor(char *out, size_t capacity);
/* Returns the number of the core that the calling thread is on; -1 = not known. */
int plm_core_here(void);
/* Moves the calling thread to a core without binding it: the system may move it away again. */
void plm_core_move(int core);

#endif
