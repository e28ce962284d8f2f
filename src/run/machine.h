/* The keys that say where and how a model is run. They do not change any result. Commands that run
 * a trained model have these keys, too, with the same meaning as in run files. */
#ifndef PLM_RUN_MACHINE_H
#define PLM_RUN_MACHINE_H

#include "run/settings.h"

#define PLM_MACHINE_THREADS "number of threads; default 0: all cores that this process may use"
#define PLM_MACHINE_ISA                                                                            \
    "instruction set: plain, avx2, avx512, neon; default: the best one of the machine"
#define PLM_MACHINE_DATA "folders of named data sets, separated by ':'"

/* Rows for tables of keys: threads and isa. */
#define PLM_THREADS_KEYS                                                                           \
    {"threads", PLM_SETTING_COUNT, "N", PLM_MACHINE_THREADS, 0, 256},                              \
        {"isa", PLM_SETTING_TEXT, "NAME", PLM_MACHINE_ISA, 0, 0}
/* Rows for the tables of keys of commands that run a trained model: threads, isa and data_dir. */
#define PLM_MACHINE_KEYS                                                                           \
    PLM_THREADS_KEYS, {"data_dir", PLM_SETTING_TEXT, "DIRS", PLM_MACHINE_DATA, 0, 0}

#endif
