/* Collects the arguments of a bracket while a spec is read, and computes lists as Python does:
 * [0] * 3 repeats, [0] + [1] appends.
 *
 * The text may come from an untrusted file, so the number of elements that * and + make is limited
 * for the whole text. Otherwise lists of repeated lists could be larger than any memory when they
 * are printed. */
#include <string.h>

#include "base/names.h"
#include "base/spec_reader.h"

/* Max number of: arguments of a bracket, and elements made by * in a text; keys of a bracket. */
enum { MAX_ARGUMENTS = 1 << 16, MAX_KEYS = 256 };

/* Fails if an argument by position comes after one by key, or if a key is a duplicate. keys: true =
 * keys are allowed. */
static plm_status check_key(const plm_spec_reader *r, const plm_spec *s,
                            const plm_spec_argument *argument, bool keys)
{
    const size_t at = (size_t)argument->column - 1;
    if (!argument->key) {
        if (s->count > 0 && s->argument[s->count - 1].key)
            return plm_spec_fail_at(r, at, "put arguments by position first, or give their key",
                                    "an argument by position comes after one by key");
        return PLM_OK;
    }
    if (!keys)
        return plm_spec_fail_at(r, at, "give only values: [1, 2]", "a list cannot have keys");
    size_t first = s->count;
    for (; first > 0 && s->argument[first - 1].key; first--)
        if (plm_name_equal(s->argument[first - 1].key, argument->key))
            return plm_spec_fail_at(r, at, "keep one of the two", "a duplicate key");
    if (s->count - first >= MAX_KEYS)
        return plm_spec_fail_at(r, at, "give at most 256 keys; no kind takes more",
                                "there are more than 256 keys");
    return PLM_OK;
}

/* Appends an argument, after checking its key. The list of arguments grows as needed. */
plm_status plm_spec_collect(const plm_spec_reader *r, plm_spec_collector *c,
                            const plm_spec_argument *argument)
{
    plm_spec *s = c->s;
    if (s->count == MAX_ARGUMENTS)
        return plm_spec_fail_at(r, r->at, "read long lists from a file",
                                "there are more than 65536 arguments");
    PLM_TRY(check_key(r, s, argument, c->keys));
    c->item = plm_arena_grow(r->a, c->item, s->count, &c->capacity, sizeof(plm_spec_argument));
    if (!c->item)
        return PLM_E_MEMORY;
    c->item[s->count++] = *argument;
    s->argument = c->item;
    return PLM_OK;
}

/* ---- lists as in Python ---- */

size_t plm_spec_measure_method(const char *name, size_t length, const char *method)
{
    const size_t n = strlen(method);
    return length > n && strncmp(name + length - n, method, n) == 0 ? n : 0;
}

/* Blanks may come before an operator. If there is none, they are not part of the list. */
bool plm_spec_skip_operator(plm_spec_reader *r, char operator)
{
    const size_t end = r->at;
    plm_spec_skip_blanks(r);
    if (plm_spec_peek(r) != operator) {
        r->at = end;
        return false;
    }
    r->at++;
    plm_spec_skip_blanks(r);
    return true;
}

/* Makes s a list of `count` elements: its own, then those of `next`, from its first one again after
 * the last. at: the position of the operator's second operand. */
static plm_status extend(plm_spec_reader *r, plm_spec *s, size_t at, size_t count,
                         const plm_spec *next)
{
    if (count > MAX_ARGUMENTS - r->computed)
        return plm_spec_fail_at(r, at, "read long lists from a file",
                                "* and + make more than 65536 elements of lists");
    plm_spec_argument *item = plm_arena_array(r->a, count + 1, sizeof *item);
    if (!item)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < count; i++)
        item[i] = i < s->count ? s->argument[i] : next->argument[(i - s->count) % next->count];
    r->computed += count;
    s->argument = item;
    s->count = count;
    return PLM_OK;
}

plm_status plm_spec_append(plm_spec_reader *r, plm_spec *s, const plm_spec *more)
{
    return extend(r, s, (size_t)more->column - 1, s->count + more->count, more);
}

plm_status plm_spec_repeat(plm_spec_reader *r, plm_spec *s)
{
    plm_spec times = {0};
    const size_t at = r->at;
    PLM_TRY(plm_spec_read_number(r, &times));
    if (!times.whole || times.number < 0)
        return plm_spec_fail_at(r, at, "write a whole number: [0.0] * 64",
                                "a list cannot be repeated by this number");
    const double most = MAX_ARGUMENTS + 1.0; /* more elements than this are too many in any case */
    const double count = s->count > 0 ? times.number * (double)s->count : 0;
    return extend(r, s, at, (size_t)(count < most ? count : most), s);
}
