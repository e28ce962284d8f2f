/* Reads the space of a search and draws values from it, see space.h. */
#include "search/space.h"

#include <math.h>
#include <string.h>

#include "base/random.h"
#include "base/spec.h"

/* The names of the kinds of ranges, in the order of plm_range_kind. */
static const char *const words[] = {"uniform", "log_uniform", "whole", "choice"};

static const char hint[] = "write NAME = RANGE, such as rate = log_uniform(1e-4, 0.1), units = "
                           "whole(16, 256), act = choice(relu, elu)";

/* Reads the values of a choice. item: index of the range in the list of the key search. */
static plm_status read_choices(plm_settings *s, plm_range *r, const plm_spec *spec, int item)
{
    if (spec->count > PLM_SPACE_CHOICES)
        return plm_setting_fail(s, "search", item, "list fewer values",
                                "the choice has %zu values, more than %d", spec->count,
                                PLM_SPACE_CHOICES);
    for (size_t i = 0; i < spec->count; i++) {
        r->choice[r->choices] = plm_spec_text(&s->arena, spec->argument[i].value);
        if (!r->choice[r->choices++])
            return PLM_E_MEMORY;
    }
    return PLM_OK;
}

/* Reads the two ends of a range of numbers. False: an end is not a number, or they are not in
 * ascending order. */
static bool read_ends(plm_range *r, const plm_spec *spec)
{
    const bool numbers = spec->count == 2 && spec->argument[0].value->type == PLM_SPEC_NUMBER &&
                         spec->argument[1].value->type == PLM_SPEC_NUMBER;
    if (!numbers)
        return false;
    r->low = spec->argument[0].value->number;
    r->high = spec->argument[1].value->number;
    return r->low < r->high && (r->kind != PLM_RANGE_LOG_UNIFORM || r->low > 0);
}

/* Reads the range to the right of the equals sign. item: index of the range in the list that the
 * key `search` has, for errors. */
static plm_status read_range(plm_settings *s, plm_range *r, const char *text, int item)
{
    const plm_spec *spec = NULL;
    int kind = 0;
    const plm_status status = plm_spec_parse(&s->arena, text, &spec);
    if (status == PLM_E_MEMORY)
        return status;
    if (status < 0)
        return plm_setting_fail(s, "search", item, hint, "'%s' is no range", text);
    while (kind < 4 && (spec->type != PLM_SPEC_NAME || strcmp(spec->text, words[kind]) != 0))
        kind++;
    if (kind == 4)
        return plm_setting_fail(s, "search", item, hint, "'%s' is no range", text);
    r->kind = (plm_range_kind)kind;
    if (r->kind == PLM_RANGE_CHOICE)
        PLM_TRY(read_choices(s, r, spec, item));
    else if (!read_ends(r, spec))
        return plm_setting_fail(
            s, "search", item, hint,
            r->kind == PLM_RANGE_LOG_UNIFORM
                ? "'%s' does not have two numbers in ascending order from above 0"
                : "'%s' does not have two numbers in ascending order",
            text);
    return r->kind != PLM_RANGE_CHOICE || r->choices > 0
               ? PLM_OK
               : plm_setting_fail(s, "search", item, hint, "the choice is empty");
}

/* Reads NAME = RANGE. */
static plm_status read_item(plm_settings *s, plm_range *r, const char *text, int item)
{
    const char *sign = strchr(text, '=');
    size_t length = sign ? (size_t)(sign - text) : 0;
    while (length > 0 && text[length - 1] == ' ')
        length--;
    if (length == 0)
        return plm_setting_fail(s, "search", item, hint, "'%s' is not a name and a range", text);
    r->name = plm_arena_text(&s->arena, text, length);
    return r->name ? read_range(s, r, sign + 1 + strspn(sign + 1, " "), item) : PLM_E_MEMORY;
}

/* Reads the space. The names are in the order of the run file, which determines the random numbers
 * of each. */
plm_status plm_space_read(plm_settings *s, plm_space *out)
{
    const plm_setting *given = plm_setting_of(s, "search");
    if (!given || given->count == 0)
        return plm_fail(s->w, PLM_E_SPEC, s->file, hint, "the run file has no key search");
    if (given->count > PLM_SPACE_NAMES)
        return plm_setting_fail(s, "search", -1, "search fewer names",
                                "the search has more than %d names", PLM_SPACE_NAMES);
    for (int i = 0; i < (int)given->count; i++, out->count++) {
        PLM_TRY(read_item(s, &out->range[i], given->item[i].text, i));
        for (int k = 0; k < i; k++)
            if (!strcmp(out->range[k].name, out->range[i].name))
                return plm_setting_fail(s, "search", i, "keep one of the two ranges",
                                        "'%s' has a range twice", out->range[i].name);
    }
    return PLM_OK;
}

/* Returns the value of a range in a trial. Numbers are rounded to three digits, so that files
 * contain exactly the value that was tried, with any math library. */
const char *plm_space_draw(const plm_space *space, plm_arena *a, int i, uint64_t seed,
                           int64_t trial)
{
    const plm_range *r = &space->range[i];
    plm_random random = plm_random_open(seed, PLM_RANDOM_SEARCH, (uint32_t)i, (uint32_t)trial);
    const double share = plm_random_uniform(&random);
    switch (r->kind) {
    case PLM_RANGE_CHOICE:
        return r->choice[(int)(share * r->choices)];
    case PLM_RANGE_WHOLE:
        return plm_arena_format(a, "%.0f", floor(r->low + share * (r->high - r->low + 1)));
    case PLM_RANGE_LOG_UNIFORM:
        return plm_arena_format(a, "%.3g", r->low * exp(share * log(r->high / r->low)));
    default:
        return plm_arena_format(a, "%.3g", r->low + share * (r->high - r->low));
    }
}
