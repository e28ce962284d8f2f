/* Inputs that go past the layers that scale them. */
#ifndef PLM_DOCTOR_BYPASSED_H
#define PLM_DOCTOR_BYPASSED_H

#include "doctor/finding.h"

/* Returns the first layer with a matrix that reads the inputs as they are, maybe beside other
 * values: between them are only layers such as concatenate, which change no value; -1 = none, or
 * the net has several inputs. */
int64_t plm_case_reads_raw(const plm_case *c);
/* Number of layers that are looked at for one that scales the inputs. */
enum { PLM_FIRST_LAYERS = 3 };
/* Layers that divide each row by its own size. */
#define PLM_BY_ROW "layer_normalization|rms_normalization|group_normalization|unit_normalization"
/* Returns the first of the first layers if it divides each row by its own size; -1 = none does.
 * Such a layer does not bring columns to the same size: where they differ much, the row is that of
 * its largest columns. */
int64_t plm_case_divides_rows(const plm_case *c);
/* True if a normalization follows the first dense layer, which has no activation. It divides the
 * outputs by their size, so the size of all inputs together does no harm. Columns that differ in
 * size still do. */
bool plm_case_normalizes_behind(const plm_case *c);

#endif
