/* While a call such as a fit reads a stream, it may call functions of the program: observers, or
 * the functions of a generator. These must not use the same stream: a batch that they took would be
 * missing in the fit, and a stream that they freed would be read afterwards. So the running call
 * marks its streams, and the public calls on a marked stream fail. */
#include "data/data.h"

/* Fails if a running call uses the stream. */
plm_status plm_data_idle(const plm_data *d, const char *caller)
{
    if (!d || !d->held)
        return PLM_OK;
    return plm_fail(
        d->w, PLM_E_ORDER, caller, "open a second stream over the same rows, or call it afterwards",
        "this call came from a callback of %s, which is still reading this stream", d->held);
}

/* Marks a stream as used by the running call. */
const char *plm_data_hold(plm_data *d, const char *call)
{
    const char *before = d ? d->held : NULL;
    if (d)
        d->held = call;
    return before;
}

/* Ends the use of a stream, and frees it if a callback wanted that. */
void plm_data_let(plm_data *d, const char *before)
{
    if (!d)
        return;
    d->held = before;
    if (!before && d->free_wanted)
        plm_data_free(d);
}

/* Ends a public call that returns `status`. Fails if a function of the generator has freed the
 * stream meanwhile. before: see plm_data_hold. function: name of that function. */
static plm_status end_call(plm_data *d, const char *before, plm_status status, const char *function)
{
    if (d->free_wanted)
        status = plm_fail(d->w, PLM_E_ORDER, d->held, "free the stream after this call",
                          "the function %s of the generator has freed its own stream", function);
    plm_data_let(d, before);
    return status;
}

/* Begins an epoch, for a caller that does not hold the stream. */
plm_status plm_data_rewind(plm_data *d, int64_t epoch)
{
    if (!d)
        return PLM_E_ORDER;
    PLM_TRY(plm_data_idle(d, "plm_data_rewind"));
    const char *before = plm_data_hold(d, "plm_data_rewind");
    return end_call(d, before, plm_held_rewind(d, epoch), "begin");
}

/* Gives the next batch, for a caller that does not hold the stream. */
plm_status plm_data_next(plm_data *d, plm_batch *out)
{
    if (!d || !out)
        return plm_fail(d ? d->w : NULL, PLM_E_ORDER, "plm_data_next",
                        "pass a stream and a plm_batch to fill", "an argument is NULL");
    PLM_TRY(plm_data_idle(d, "plm_data_next"));
    const char *before = plm_data_hold(d, "plm_data_next");
    return end_call(d, before, plm_held_next(d, out), "next");
}
