/* Tables of any bytes: read, or refused with a message. */
#include "fuzz_data.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const char *const pipelines[] = {
        "csv('%s', target=none, stream=true)",
        "csv('%s', target=[0, -1], header=true) | batch(3)",
        "csv('%s', delimiter=';', header=false, skip=1)",
        "csv('%s', inputs=[[0], '1:2'], target=[[-1]], weight=3) | also_target",
        "csv('%s', inputs=1, weight=0, stream=true) | shuffle(3)",
        NULL};
    return fuzz_pipelines(bytes, n, pipelines);
}
