/* Reads the header of IDX, the file format of MNIST: element type, rank and dimensions. */
#include "data/array_file.h"

/* Finds the element type for the type byte of IDX: 08 u8, 09 i8, 0B i16, 0C i32, 0D f32, 0E f64.
 * False: the byte is not a type. */
static bool idx_element(unsigned char type, plm_dtype *out)
{
    static const struct {
        unsigned char type;
        plm_dtype element;
    } known[] = {{0x08, PLM_U8},  {0x09, PLM_I8},  {0x0B, PLM_I16},
                 {0x0C, PLM_I32}, {0x0D, PLM_F32}, {0x0E, PLM_F64}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i].type == type) {
            *out = known[i].element;
            return true;
        }
    return false;
}

/* Reads element type, rank and dimensions, and checks that they are valid for an IDX file. */
plm_status plm_idx_header(plm_source *s, plm_array_file *f)
{
    unsigned char head[4], size[4];
    PLM_TRY(
        plm_reader_need(f->reader, head, sizeof head, "the first four bytes of the IDX header"));
    if (head[0] != 0 || head[1] != 0 || !idx_element(head[2], &f->element))
        return plm_fail(
            &s->w, PLM_E_FORMAT, f->path,
            "use a file in IDX format, the format of MNIST, plain or compressed with gzip",
            "the file begins with %02x %02x %02x %02x, but IDX begins with 00 00 and a "
            "type (08, 09, 0b..0e)",
            head[0], head[1], head[2], head[3]);
    if (head[3] == 0 || head[3] > PLM_ROW_RANK + 1)
        return plm_fail(&s->w, PLM_E_FORMAT, f->path, "use an array with 1 to 8 dimensions",
                        "the array has %d dimensions", (int)head[3]);
    f->rank = head[3];
    for (int i = 0; i < f->rank; i++) {
        PLM_TRY(plm_reader_need(f->reader, size, sizeof size, "the dimensions in the IDX header"));
        f->dims[i] = (int64_t)size[0] << 24 | (int64_t)size[1] << 16 | (int64_t)size[2] << 8 |
                     (int64_t)size[3];
    }
    f->offset = 4 + 4 * (int64_t)f->rank;
    f->swapped = plm_low_byte_first();
    return PLM_OK;
}
