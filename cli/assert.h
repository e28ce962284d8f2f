/* --assert 'accuracy>=0.97': conditions on figures, for scripts. */
#ifndef PLM_CLI_ASSERT_H
#define PLM_CLI_ASSERT_H

#include "cli.h"

/* Checks that text can be read; NULL is fine. Returns an exit code. */
int plm_cli_assert_check(const char *text);
/* Whether every condition holds; a figure that is not among the logs is wrong use. Returns an
 * exit code. */
int plm_cli_assert(const char *text, const plm_log *log, int logs);

#endif
