/* The number types of safetensors files, and the order of their bytes. In the table the largest
 * types come first: files have their tensors in the order of the table, so that each one is
 * aligned. */
#include "format/safetensors.h"

#include <string.h>

const plm_safetensors_dtype plm_safetensors_dtypes[] = {
    {"F64", PLM_ELEMENT_F64, PLM_F64, false},     {"I64", PLM_ELEMENT_I64, PLM_I64, false},
    {"U64", PLM_ELEMENT_U64, PLM_F32, true},      {"F32", PLM_ELEMENT_F32, PLM_F32, false},
    {"I32", PLM_ELEMENT_I32, PLM_I32, false},     {"U32", PLM_ELEMENT_U32, PLM_F32, true},
    {"BF16", PLM_ELEMENT_BF16, PLM_BF16, false},  {"F16", PLM_ELEMENT_F16, PLM_F16, false},
    {"U16", PLM_ELEMENT_U16, PLM_F32, true},      {"I16", PLM_ELEMENT_I16, PLM_F32, true},
    {"U8", PLM_ELEMENT_U8, PLM_U8, false},        {"I8", PLM_ELEMENT_I8, PLM_F32, true},
    {"BOOL", PLM_ELEMENT_BOOL, PLM_BOOL8, false}, {0},
};

/* Stores the number 1 and looks at its first byte, which is 1 on little-endian machines. */
bool plm_safetensors_must_swap(void)
{
    const uint16_t one = 1;
    unsigned char first = 0;
    memcpy(&first, &one, 1);
    return first == 0;
}

void plm_safetensors_swap(plm_element e, void *data, size_t n)
{
    if (plm_safetensors_must_swap())
        plm_element_swap(e, data, n);
}
