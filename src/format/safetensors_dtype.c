/* The number types of safetensors files, and their byte order. The table has the largest types
 * first. Tensors stand in a file in the order of this table, so that each one is aligned. */
#include "format/safetensors.h"

#include <string.h>

const plm_safetensors_dtype plm_safetensors_dtypes[] = {
    {"F64", PLM_F64},    {"I64", PLM_I64},
    {"U64", PLM_U64},    {"F32", PLM_F32},
    {"I32", PLM_I32},    {"U32", PLM_U32},
    {"BF16", PLM_BF16},  {"F16", PLM_F16},
    {"U16", PLM_U16},    {"I16", PLM_I16},
    {"U8", PLM_U8},      {"I8", PLM_I8},
    {"BOOL", PLM_BOOL8}, {0},
};

/* Stores the number 1 and looks at its first byte, which is 1 on little-endian machines. */
bool plm_safetensors_must_swap(void)
{
    const uint16_t one = 1;
    unsigned char first = 0;
    memcpy(&first, &one, 1);
    return first == 0;
}

/* Converts n numbers between the byte order of the file, little-endian, and that of the machine.
 * Files have the low byte first, as nearly all machines do. */
void plm_safetensors_swap(plm_dtype e, void *data, size_t n)
{
    if (plm_safetensors_must_swap())
        plm_element_swap(e, data, n);
}
