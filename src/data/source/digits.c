/* digits: 1797 images of handwritten digits, 8 x 8 greys 0..16, ten classes: the test part of the
 * UCI "Optical Recognition of Handwritten Digits". It is compiled into the library, as gzipped
 * text: a line for each image, with 64 greys and the label. */
#include <string.h>
#include <zlib.h>

#include "data/data.h"

extern const unsigned char plm_digits_gz[];
extern const size_t plm_digits_gz_size;

enum { ROWS = 1797, GREYS = 64, CLASSES = 10 };

/* Reads whole numbers from text that comes in pieces; a number may be divided between two pieces.
 * */
typedef struct {
    uint8_t *greys, *labels; /* [ROWS][GREYS]; [ROWS] */
    size_t seen;             /* number of numbers so far */
    unsigned value;          /* the number that is being read, so far */
    /* in_number: the last byte was a digit. wrong: a number was too large */
    bool in_number, wrong;
} reading;

/* Stores the number that just ended, if there is one. */
static void end_number(reading *r)
{
    if (!r->in_number)
        return;
    const size_t row = r->seen / (GREYS + 1), column = r->seen % (GREYS + 1);
    if (row >= ROWS || r->value > 16)
        r->wrong = true;
    else if (column < GREYS)
        r->greys[row * GREYS + column] = (uint8_t)r->value;
    else
        r->labels[row] = (uint8_t)r->value;
    r->seen++;
    r->in_number = false;
    r->value = 0;
}

/* Reads the numbers in a piece of text. */
static void read_piece(reading *r, const unsigned char *text, size_t n)
{
    for (size_t i = 0; i < n && !r->wrong; i++) {
        if (text[i] >= '0' && text[i] <= '9') {
            r->value = r->value < 100 ? r->value * 10 + (text[i] - '0') : r->value;
            r->in_number = true;
        } else {
            end_number(r);
        }
    }
}

/* Allocates memory for zlib from the source's runtime. */
static voidpf zlib_take(voidpf w, uInt items, uInt size)
{
    return plm_allocate_array(w, items, size);
}

/* Frees what zlib_take allocated. */
static void zlib_give(voidpf w, voidpf block)
{
    plm_release(w, block);
}

/* Unpacks the text piece by piece and reads its numbers. */
static plm_status inflate_digits(plm_source *s, reading *r)
{
    unsigned char piece[4096];
    z_stream z = {.zalloc = zlib_take, .zfree = zlib_give, .opaque = &s->w};
    /* zlib's next_in is not const everywhere */
    unsigned char *packed = plm_allocate(&s->w, plm_digits_gz_size);
    if (!packed)
        return PLM_E_MEMORY;
    memcpy(packed, plm_digits_gz, plm_digits_gz_size);
    z.next_in = packed;
    z.avail_in = (uInt)plm_digits_gz_size;
    int done = inflateInit2(&z, 15 + 16);
    while (done == Z_OK) {
        z.next_out = piece;
        z.avail_out = sizeof piece;
        done = inflate(&z, Z_NO_FLUSH);
        read_piece(r, piece, sizeof piece - z.avail_out);
    }
    (void)inflateEnd(&z);
    plm_release(&s->w, packed);
    if (done == Z_MEM_ERROR)
        return plm_fail_memory(&s->w, "digits");
    end_number(r);
    if (done != Z_STREAM_END || r->wrong || r->seen != (size_t)ROWS * (GREYS + 1))
        return plm_fail(&s->w, PLM_E_INTERNAL, "digits",
                        "build plummet again, since its library is damaged",
                        "the digits that are compiled into the library are damaged");
    return PLM_OK;
}

/* Fills the two parts, images and labels. */
static plm_status open_digits(plm_source *s, const void *config)
{
    (void)config;
    s->name = "digits";
    s->rows = ROWS;
    s->inputs = s->targets = 1;
    s->classes = CLASSES;
    s->table[0] = (plm_table){.name = "digits", .element = PLM_U8};
    s->table[1] = (plm_table){.name = "digits", .element = PLM_U8};
    PLM_TRY(plm_source_shape(s, &s->table[0], 2, (int64_t[]){ROWS, GREYS}));
    PLM_TRY(plm_source_shape(s, &s->table[1], 1, (int64_t[]){ROWS}));
    reading r = {.greys = plm_source_take_rows(s, &s->table[0], ROWS)};
    if (!r.greys)
        return PLM_E_MEMORY;
    r.labels = plm_source_take_rows(s, &s->table[1], ROWS);
    if (!r.labels)
        return PLM_E_MEMORY;
    return inflate_digits(s, &r);
}

extern const plm_source_kind plm_source_digits;
const plm_source_kind plm_source_digits = {
    .kind = {.name = "digits",
             .help = "1797 hand-written digits, 8 x 8 greys 0..16, ten classes; built into plummet",
             .notes = "Rows of 64 greys, target 0..9. Small enough to train on in a second: for "
                      "first steps and tests.",
             .source = "UCI Optical Recognition of Handwritten Digits, Alpaydin and Kaynak 1998",
             .examples = PLM_LIST("digits", "digits | shuffle | batch(32)")},
    .open = open_digits,
};
