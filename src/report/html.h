/* Writes pieces of HTML. All texts that come from files go through plm_html_text. */
#ifndef PLM_REPORT_HTML_H
#define PLM_REPORT_HTML_H

#include "base/text.h"
#include "draw/chart.h"
#include "draw/heat.h"
#include "report/report.h"

/* Writes a text with the special characters of HTML escaped; control characters become escapes such
 * as \x1b. */
void plm_html_text(FILE *f, const char *text);
/* Writes a text of the library, which may have several lines, with the special characters of HTML
 * escaped. */
void plm_html_escape(FILE *f, const char *text);
/* Writes a value with four digits, or "&ndash;" if it is not defined. */
void plm_html_figure(FILE *f, double value);
/* Writes the ends of a confidence interval in brackets. */
void plm_html_interval(FILE *f, const plm_interval *is);
/* Begins a section of the page with its heading. id: the target of links to the section. */
void plm_html_section(FILE *f, const char *id, const char *heading);
/* Ends a section. */
void plm_html_section_end(FILE *f);
/* Writes a link that saves a CSV file, whose text is in the link itself, and frees the text. */
void plm_html_csv(FILE *f, const char *file, plm_text *csv);
/* Writes a chart as a figure with its caption. Its colours are those of the page. A chart without
 * points is left out. */
PLM_CHECKED plm_status plm_html_chart(plm *w, FILE *f, const plm_chart *c, const char *caption);

/* Writes a heat map likewise. */
PLM_CHECKED plm_status plm_html_heat(plm *w, FILE *f, const plm_heat *h, const char *caption);

/* ---- the sections ---- */

/* Writes the metrics at the top of the page. best: the best epoch, from 1; 0 = unknown.
 * (summary.c) */
void plm_report_summary(const plm_report *r, FILE *f, int64_t epochs, int64_t best);
/* Charts of the epochs. (curves.c) */
PLM_CHECKED plm_status plm_report_curves(const plm_report *r, FILE *f, const plm_history *h);
/* Writes the confusion matrix, the metrics of each class and the calibration of a target.
 * (classes.c) */
PLM_CHECKED plm_status plm_report_classes(const plm_report *r, FILE *f, const plm_assessment *s,
                                          int number);
/* Writes charts of predicted against true numbers. (numbers.c) */
PLM_CHECKED plm_status plm_report_numbers(const plm_report *r, FILE *f, const plm_assessment *s,
                                          int number);
/* Which inputs matter. (inputs.c) */
void plm_report_inputs(const plm_report *r, FILE *f);
/* Writes the rows with the largest loss. (worst.c) */
void plm_report_worst(const plm_report *r, FILE *f, const plm_assessment *s, int number);
/* Writes a table of the columns of the data. (columns.c) */
void plm_report_columns(const plm_report *r, FILE *f);
/* Writes what the doctor found, if the run's folder has a doctor.json. (findings.c) */
PLM_CHECKED plm_status plm_report_findings(const plm_report *r, FILE *f);
/* Writes what the doctor has measured in each layer over time, if the run's folder has a
 * readings.csv. (readings.c) */
PLM_CHECKED plm_status plm_report_readings(const plm_report *r, FILE *f);
/* Writes the settings with their origin, and the layers. (settings.c) */
void plm_report_settings(const plm_report *r, FILE *f);

#endif
