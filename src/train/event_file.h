/* Event files of TensorBoard: records of TFRecord files, each an Event as a protocol buffer.
 *
 *     record: length (8 bytes), checksum of these, data, checksum of the data
 *     checksum: CRC-32C, rotated and shifted by a constant, 4 bytes; all little-endian
 *     Event: 1 wall_time (double), 2 step (varint), 3 file_version (text), 5 summary
 *     Summary: 1 value (repeated); its Value: 1 tag (text), 2 simple_value (float)
 *
 * Internal to train/. */
#ifndef PLM_TRAIN_EVENT_FILE_H
#define PLM_TRAIN_EVENT_FILE_H

#include "base/text.h"

/* The CRC-32C of bytes (polynomial 0x1EDC6F41, reflected). */
uint32_t plm_crc32c(const void *bytes, size_t n);
/* Appends the record that every event file begins with. */
void plm_event_add_version(plm_text *t, double wall_time);
/* A scalar of an event. */
typedef struct {
    const char *tag;
    float value;
} plm_event_scalar;
/* Appends a record with the values (scalars) of a step. */
void plm_event_add_scalars(plm_text *t, double wall_time, int64_t step,
                           const plm_event_scalar *scalar, int count);
/* Returns how many of the n bytes are whole records, written by the functions above, up to the
 * first one of a step after `last`. */
size_t plm_event_kept(const char *bytes, size_t n, int64_t last);

#endif
