/* The space of a search (key search): a list of NAME = RANGE. Each trial draws a value for each
 * name. The key define also defines these names, so `plummet train` can run the same file, with the
 * values in define. */
#ifndef PLM_SEARCH_SPACE_H
#define PLM_SEARCH_SPACE_H

#include "run/settings.h"

/* What a range draws from. */
typedef enum {
    PLM_RANGE_UNIFORM,
    PLM_RANGE_LOG_UNIFORM,
    PLM_RANGE_WHOLE,
    PLM_RANGE_CHOICE
} plm_range_kind;

/* Max number of names of a space, and max number of values of a choice. */
enum { PLM_SPACE_NAMES = 32, PLM_SPACE_CHOICES = 64 };

/* A name and its range. */
typedef struct {
    const char *name;
    plm_range_kind kind;
    double low, high;
    const char *choice[PLM_SPACE_CHOICES];
    int choices;
} plm_range;

/* A space. */
typedef struct {
    plm_range range[PLM_SPACE_NAMES];
    int count;
} plm_space;

/* Reads the key search. Texts are in the arena of the settings. Errors: E_SPEC with the place. */
PLM_CHECKED plm_status plm_space_read(plm_settings *s, plm_space *out);
/* Returns the value of range i in a trial, as text in the arena: the same space, seed and trial
 * give the same value. NULL = no memory. */
const char *plm_space_draw(const plm_space *space, plm_arena *a, int i, uint64_t seed,
                           int64_t trial);

#endif
