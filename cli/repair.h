/* plummet doctor --repair. */
#ifndef PLM_CLI_REPAIR_H
#define PLM_CLI_REPAIR_H

#include "home.h"
#include "repair/repair.h"

/* Repairs the run file of a call, which was examined, and writes the repaired run file and the
 * record of the proof if something was proven. The record becomes a part of the examination's
 * reports; r must live as long as that. Returns an exit code. */
int plm_cli_repair(const plm_cli_call *call, plm_cli_home *home, plm_examination *e,
                   plm_repairing *r);

#endif
