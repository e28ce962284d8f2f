/* Forecasts of a series, see forecast.c. */
#ifndef PLM_EVALUATION_FORECAST_H
#define PLM_EVALUATION_FORECAST_H

#include "run/job.h"

/* Predicts the last rows of the job's data, whose target is missing, one after another, so that
 * each prediction can be an input of later rows. Does nothing if the data is no series. */
PLM_CHECKED plm_status plm_forecast(plm_job *j);

#endif
