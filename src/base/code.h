/* Functions of Python in a spec or a run file, which hold no code: they are found, and the error
 * says what to write instead. */
#ifndef PLM_BASE_CODE_H
#define PLM_BASE_CODE_H

#include "base/runtime.h"

/* Returns the first function in a text, "lambda ..." or "def name(...", outside of quotes; NULL =
 * there is none. */
const char *plm_code_find(const char *text);
/* Fails since the text has a function. The hint is about the kind whose argument it is, such as
 * LearningRateScheduler. where: its place; "" = only the text is shown. Errors: E_SPEC. */
PLM_CHECKED plm_status plm_code_fail(plm *w, const char *where, const char *text);

#endif
