/* Tables with types, of any bytes: read, or refused with a message; also by a model's schema. */
#include "fuzz_data.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const char *const pipelines[] = {
        "table('%s', target=-1)",
        "table('%s', target=0, header=false, quotes=false, comments=true, skip=1) | batch(3)",
        "table('%s', target=none, delimiter=';', encoding='utf-16le', max_columns=9, max_line=200)",
        "table('%s', target=-1, encoding='windows-1252', columns='0=decimal_comma, 1=date', "
        "max_memory=20000)",
        NULL};
    return fuzz_pipelines(bytes, n, pipelines);
}
