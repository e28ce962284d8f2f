/* Any bytes as a spec, a pipeline and the arguments of a kind: no crash, no leak, and what is
 * printed reads back as the same text. Memory is bounded by the text's length. */
#include <stdlib.h>
#include <string.h>

#include "base/fields.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct {
    int64_t units;
    double rate;
    bool flag;
    const char *label, *mode;
    const plm_spec *activation, *value;
    plm_ints shape;
    plm_reals weights;
} config;

static const plm_field fields[] = {
    PLM_FIELD(config, units, PLM_INT, NULL, 1, 1e9, "a size"),
    PLM_FIELD(config, rate, PLM_REAL, "nan", 0, 1, "a share"),
    PLM_FIELD(config, flag, PLM_BOOL, "true", 0, 0, "yes or no"),
    PLM_FIELD(config, label, PLM_TEXT, "", 0, 0, "a name"),
    PLM_FIELD_OF(config, mode, PLM_CHOICE, "a", "a|b|c", "a choice"),
    PLM_FIELD_OF(config, activation, PLM_SPEC, "", "layer", "a spec"),
    PLM_FIELD(config, value, PLM_VALUE, "", 0, 0, "anything"),
    PLM_FIELD(config, weights, PLM_REALS, "", 0, 0, "numbers"),
    PLM_FIELD(config, shape, PLM_INTS, "[1, 2]", 0, 0, "sizes"),
    {0}};
static const plm_kind kind = {.name = "f", .config_size = sizeof(config), .fields = fields};
static const plm_kind *const kinds[] = {&kind, NULL};
static const plm_family families[] = {{"layer", "", kinds}, {NULL, NULL, NULL}};

/* Printed text is canonical: it reads, and prints as itself. */
static void check_printed(plm_arena *a, const plm_spec *s)
{
    const plm_spec *again = NULL;
    const char *once = plm_spec_text(a, s);
    if (!once || plm_spec_parse(a, once, &again) < 0 || strcmp(plm_spec_text(a, again), once) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    plm w = {.families = families};
    plm_arena a = {.w = &w};
    char *text = plm_arena_text(&a, (const char *)data, size);
    const plm_spec *s = NULL;
    const plm_spec *const *steps = NULL;
    size_t count = 0;
    if (plm_spec_parse(&a, text, &s) >= 0) {
        const plm_kind *found = NULL;
        const void *bound = NULL;
        check_printed(&a, s);
        (void)plm_kind_bind(&a, "layer", s, &found, &bound);
    }
    if (plm_spec_parse_sequence(&a, text, '|', &count, &steps) >= 0)
        for (size_t i = 0; i < count; i++)
            check_printed(&a, steps[i]);
    plm_text quoted = {.w = &w};
    plm_spec_quote(&quoted, text);
    if (plm_spec_parse(&a, plm_text_get(&quoted), &s) < 0 || strcmp(s->text, text) != 0)
        abort();
    plm_text_free(&quoted);
    plm_arena_free(&a);
    return 0;
}
