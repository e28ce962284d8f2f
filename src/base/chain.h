/* Chains of layers as text, such as "20 * dense(100) | relu" or "add() <- left right". */
#ifndef PLM_BASE_CHAIN_H
#define PLM_BASE_CHAIN_H

#include <stdint.h>

#include "base/arena.h"

/* One layer of a chain. */
typedef struct {
    const char *layer; /* the spec of the layer, not parsed yet */
    size_t inputs;     /* number of names after its arrow */
    /* [inputs] the names; NULL = no arrow: the input is the previous layer of the chain */
    const char *const *input;
} plm_chain_part;

/* A parsed chain. */
typedef struct {
    int64_t times;              /* number of times the whole chain is repeated, at least 1 */
    size_t parts;               /* number of layers in the chain, at least 1 */
    const plm_chain_part *part; /* [parts] */
} plm_chain;

/* Parses  chain = [ times "*" ] part { "|" part },  part = spec [ "<-" name { name } ].
 * Signs inside quotes and brackets belong to the spec. *out is in the arena.
 * Errors: E_SPEC if times is not from 1 to 10,000 or no name follows an arrow; E_MEMORY. */
PLM_CHECKED plm_status plm_chain_parse(plm_arena *a, const char *text, plm_chain *out);

#endif
