/* Findings of the doctor on a screen. */
#ifndef PLM_SHOW_FINDINGS_H
#define PLM_SHOW_FINDINGS_H

#include "show/screen.h"

/* Appends a text of the doctor. The words that begin a finding are coloured. */
void plm_text_add_findings(plm_text *out, plm_screen s, const char *text);

#endif
