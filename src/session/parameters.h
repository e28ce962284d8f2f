/* Compares and copies the parameters of two models. */
#ifndef PLM_SESSION_PARAMETERS_H
#define PLM_SESSION_PARAMETERS_H

#include "plummet.h"

/* True if the parameters of both models have the same names, shapes and bits. Also false if memory
 * runs out. */
bool plm_run_parameters_equal(plm *w, const plm_model *a, const plm_model *b);
/* Copies all parameters of one model to the other. Errors: E_FORMAT, without a message, if names or
 * shapes differ; E_MEMORY. */
PLM_CHECKED plm_status plm_run_parameters_copy(plm *w, const plm_model *from, plm_model *to);

#endif
