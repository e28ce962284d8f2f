/* Rules of schedules, of any bytes: read, or refused with a message; what was read can be asked. */
#include <stdlib.h>

#include "nn/expression.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"epoch", "step", "learning_rate", NULL};
    static const double values[] = {3, 1e6, 0.01};
    plm w = {0};
    plm_arena a = {.w = &w};
    plm_expression e;
    const char *text = plm_arena_text(&a, (const char *)data, size);
    const plm_status status = plm_expression_read(&a, text, names, &e);
    if (status != PLM_OK && status != PLM_E_SPEC)
        abort();
    if (status == PLM_OK) {
        volatile double value = plm_expression_value(&e, values);
        (void)value;
    }
    plm_arena_free(&a);
    return 0;
}
