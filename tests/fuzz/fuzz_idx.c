/* IDX files of any bytes: read, or refused with a message. */
#include "fuzz_data.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const char *const pipelines[] = {"idx('%s')",
                                            "idx('%s', '%s', stream=true) | shuffle(5)", NULL};
    return fuzz_pipelines(bytes, n, pipelines);
}
