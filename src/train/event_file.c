/* Writes event files of TensorBoard, see event_file.h. */
#include "train/event_file.h"

#include <string.h>

/* HEAD, TAIL: number of bytes of a record before and after its data. LONGEST: max bytes of a
 * varint. */
enum { HEAD = 12, TAIL = 4, LONGEST = 10 };
/* The tags of the fields: number of the field << 3 | its wire type. */
enum { WALL_TIME = 0x09, STEP = 0x10, FILE_VERSION = 0x1a, SUMMARY = 0x2a };
enum { VALUE = 0x0a, TAG = 0x0a, SIMPLE_VALUE = 0x15 };

/* Returns the CRC-32C of bytes (polynomial of Castagnoli), bit by bit: events are few and short, so
 * no table is needed. */
uint32_t plm_crc32c(const void *bytes, size_t n)
{
    const unsigned char *at = bytes;
    uint32_t crc = ~UINT32_C(0);
    for (size_t i = 0; i < n; i++) {
        crc ^= at[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0x82f63b78) : 0);
    }
    return ~crc;
}

/* Appends a whole number, its lowest byte first. */
static void add_bytes(plm_text *t, uint64_t number, int bytes)
{
    for (int i = 0; i < bytes; i++)
        plm_text_append(t, (char[]){(char)(number >> 8 * i & 255)}, 1);
}

/* Appends a varint: seven bits in each byte, the lowest first; the highest bit says that more
 * follow. */
static void add_varint(plm_text *t, uint64_t number)
{
    for (; number >= 128; number >>= 7)
        add_bytes(t, (number & 127) | 128, 1);
    add_bytes(t, number, 1);
}

/* Appends a field of bytes. */
static void add_field(plm_text *t, int tag, const char *bytes, size_t n)
{
    add_bytes(t, (uint64_t)tag, 1);
    add_varint(t, n);
    plm_text_append(t, bytes, n);
}

/* Appends the checksum of bytes: their CRC-32C, rotated and shifted by a constant. */
static void add_checksum(plm_text *t, const char *bytes, size_t n)
{
    const uint32_t crc = plm_crc32c(bytes, n);
    add_bytes(t, (crc >> 15 | crc << 17) + UINT32_C(0xa282ead8), 4);
}

/* Appends a record. */
static void add_record(plm_text *t, const plm_text *event)
{
    plm_text length = {.w = t->w};
    add_bytes(&length, event->length, 8);
    plm_text_append(t, plm_text_get(&length), length.length);
    add_checksum(t, plm_text_get(&length), length.length);
    plm_text_append(t, plm_text_get(event), event->length);
    add_checksum(t, plm_text_get(event), event->length);
    t->failed = t->failed || event->failed || length.failed;
    plm_text_done(t, &length);
}

/* Appends the wall time, the first field of every event. */
static void add_time(plm_text *event, double wall_time)
{
    uint64_t bits = 0;
    memcpy(&bits, &wall_time, sizeof bits);
    add_bytes(event, WALL_TIME, 1);
    add_bytes(event, bits, 8);
}

/* Appends the first event, which has the version of the format. TensorBoard ignores a file without
 * it. */
void plm_event_add_version(plm_text *t, double wall_time)
{
    static const char version[] = "brain.Event:2";
    plm_text event = {.w = t->w};
    add_time(&event, wall_time);
    add_field(&event, FILE_VERSION, version, sizeof version - 1);
    add_record(t, &event);
    plm_text_done(t, &event);
}

/* Appends one value of a summary. */
static void add_scalar(plm_text *summary, const plm_event_scalar *s)
{
    plm_text value = {.w = summary->w};
    uint32_t bits = 0;
    memcpy(&bits, &s->value, sizeof bits);
    add_field(&value, TAG, s->tag, strlen(s->tag));
    add_bytes(&value, SIMPLE_VALUE, 1);
    add_bytes(&value, bits, 4);
    add_field(summary, VALUE, plm_text_get(&value), value.length);
    plm_text_done(summary, &value);
}

/* Appends the event of a step with its scalars. The fields are those of TensorFlow's event.proto,
 * in the wire format of protocol buffers. */
void plm_event_add_scalars(plm_text *t, double wall_time, int64_t step,
                           const plm_event_scalar *scalar, int count)
{
    plm_text event = {.w = t->w}, summary = {.w = t->w};
    for (int i = 0; i < count; i++)
        add_scalar(&summary, &scalar[i]);
    add_time(&event, wall_time);
    add_bytes(&event, STEP, 1);
    add_varint(&event, (uint64_t)step);
    add_field(&event, SUMMARY, plm_text_get(&summary), summary.length);
    event.failed = event.failed || summary.failed;
    add_record(t, &event);
    plm_text_free(&summary);
    plm_text_done(t, &event);
}

/* Returns the whole number that n bytes are, the lowest byte first. */
static uint64_t read_bytes(const char *at, int bytes)
{
    uint64_t number = 0;
    for (int i = 0; i < bytes; i++)
        number |= (uint64_t)(unsigned char)at[i] << 8 * i;
    return number;
}

/* Returns the step of an event; 0 = the event has no step, like the first event, which has the
 * version. */
static int64_t step_of(const char *event, size_t n)
{
    uint64_t step = 0;
    if (n < 10 || event[9] != STEP)
        return 0;
    for (size_t i = 0; i < LONGEST && 10 + i < n; i++) {
        step |= (uint64_t)(event[10 + i] & 127) << 7 * i;
        if (!(event[10 + i] & 128))
            break;
    }
    return (int64_t)(step & INT64_MAX);
}

/* Stops at a record that is incomplete, as after a crash, or that belongs to a later step than
 * `last`. */
size_t plm_event_kept(const char *bytes, size_t n, int64_t last)
{
    size_t at = 0;
    while (n - at >= HEAD) {
        const uint64_t length = read_bytes(bytes + at, 8);
        if (length > n - at - HEAD || n - at - HEAD - length < TAIL ||
            step_of(bytes + at + HEAD, (size_t)length) > last)
            break;
        at += HEAD + (size_t)length + TAIL;
    }
    return at;
}
