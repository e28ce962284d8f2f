/* Assigns an error because of which a run cannot be built to a finding, by the code that the error
 * carries (plm_fail_code). Such a run has one finding, the error itself. It is the finding with
 * this code; without a code, the general finding for data (D200) or settings (S300). The message,
 * its place and its hint are those of the library. */
#include "doctor/refusal.h"

#include <string.h>

/* True if `code` is the code of the finding that reports the error because of which the run could
 * not be built. Each such error has exactly one code, so it is reported once. */
bool plm_refusal_is(const plm_case *c, const char *code)
{
    static const char *const explained[] = {"D201", "S301", "S310"};
    const char *own = c->refused == PLM_PART_DATA ? "D200" : "S300";
    if (c->refusal == NULL)
        return false;
    for (size_t i = 0; i < sizeof explained / sizeof explained[0]; i++)
        if (strcmp(c->refusal->code, explained[i]) == 0)
            own = explained[i];
    return strcmp(own, code) == 0;
}

/* The hint of the error is the remedy. */
void plm_refusal_report(const plm_case *c, plm_report *r)
{
    const plm_error *e = c->refusal;
    plm_report_found(r, PLM_ERROR, c->refused, -1, "%s", e->what);
    if (strcmp(e->where, e->key) != 0) /* the place of the key is shown anyway */
        plm_report_line(r, "%s", e->where);
    if (*e->key != '\0')
        r->key = e->item >= 0 ? plm_arena_format(c->arena, "%s.%d", e->key, e->item) : e->key;
    plm_report_remedy(r, "", "%s", e->hint);
}
