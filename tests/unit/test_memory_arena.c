/* The lives of test_memory_faults where every object of an arena is an allocation of its own. In
 * the library many share a block, so that few of the calls that take one could fail; here each
 * does, alone. This file's arena stands in the place of base/arena.c. */
#include "base/arena.h"
#include "base/text.h"
#include "memory_lives.h"

struct plm_arena_block {
    plm_arena_block *previous;
    size_t bytes;
};

void *plm_arena_take(plm_arena *a, size_t bytes)
{
    plm_arena_block *block = plm_allocate(a->w, LINE + bytes);
    if (block == NULL)
        return NULL;
    *block = (plm_arena_block){.previous = a->last, .bytes = LINE + bytes};
    a->last = block;
    return (char *)block + LINE;
}

void *plm_arena_array(plm_arena *a, size_t count, size_t size)
{
    size_t bytes = 0;
    return plm_checked_multiply(count, size, &bytes) ? plm_arena_take(a, bytes) : NULL;
}

char *plm_arena_text(plm_arena *a, const char *text, size_t length)
{
    const size_t n = length == SIZE_MAX ? strlen(text) : length;
    char *copy = plm_arena_take(a, n + 1);
    if (copy != NULL)
        memcpy(copy, text, n);
    return copy;
}

char *plm_arena_format(plm_arena *a, const char *format, ...)
{
    plm_text t = {.w = a->w};
    va_list list;
    va_start(list, format);
    plm_text_format_list(&t, format, list);
    va_end(list);
    char *copy = t.failed ? NULL : plm_arena_text(a, plm_text_get(&t), t.length);
    plm_text_free(&t);
    return copy;
}

size_t plm_arena_bytes(const plm_arena *a)
{
    size_t sum = 0;
    for (const plm_arena_block *b = a->last; b != NULL; b = b->previous)
        sum += b->bytes;
    return sum;
}

void plm_arena_free(plm_arena *a)
{
    while (a->last != NULL) {
        plm_arena_block *block = a->last;
        a->last = block->previous;
        plm_release(a->w, block);
    }
}

void *plm_arena_grow(plm_arena *a, void *items, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return items;
    void *more = plm_arena_array(a, count + 1, size);
    if (more != NULL && count > 0)
        memcpy(more, items, count * size);
    if (more != NULL)
        *room = count + 1;
    return more;
}

/* A net that is built: how most lives begin. It is tried once, and not in those. */
static plm_status built(plm *w)
{
    plm_model *m = NULL;
    const plm_status status = say(w, "sgd", &m);
    plm_model_free(m);
    return status;
}

static void survives_alone(work *body, bool begins_so)
{
    threads_at_work = 1;
    const long first = begins_so ? learn(built) - 8 : 1;
    (void)learn(body);
    survives_each(body, first, false);
}

#define LIFE(name, begins_so)                                                                      \
    static void life_of_##name(void **state)                                                       \
    {                                                                                              \
        (void)state;                                                                               \
        survives_alone(name, begins_so);                                                           \
    }
LIFE(use_stored, false)
LIFE(save_and_load, true)
LIFE(joined, false)
LIFE(resumed, true)
LIFE(named, true)
LIFE(pretrain_and_reuse, true)
LIFE(pretrain_named, true)
LIFE(layers, false)
LIFE(digits_and_help, false)
LIFE(wide_table, false)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(life_of_use_stored),      cmocka_unit_test(life_of_save_and_load),
        cmocka_unit_test(life_of_joined),          cmocka_unit_test(life_of_resumed),
        cmocka_unit_test(life_of_named),           cmocka_unit_test(life_of_pretrain_and_reuse),
        cmocka_unit_test(life_of_pretrain_named),  cmocka_unit_test(life_of_layers),
        cmocka_unit_test(life_of_digits_and_help), cmocka_unit_test(life_of_wide_table)};
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
