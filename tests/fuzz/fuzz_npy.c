/* npy files of any bytes: read, or refused with a message. */
#include "fuzz_data.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const char *const pipelines[] = {"npy('%s')",
                                            "npy('%s', '%s', stream=true) | shuffle(5)",
                                            "npy(['%s', '%s'], weight='%s') | also_target", NULL};
    return fuzz_pipelines(bytes, n, pipelines);
}
